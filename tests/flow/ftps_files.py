"""Cases of ftps_client.py: files, their parts and their names."""
import hashlib
import time
import zlib

from ftps_raw import V12, V13, Raw, case, expect, noise


@case("files", "what is put is there, with its facts")
def _():
    r = Raw()
    content = noise(100_001)
    expect("CWD", r.ask("CWD test"), 250)
    expect("STOR", r.put("STOR facts.bin", content), 226)
    if hashlib.sha256(content).hexdigest() not in r.text:
        raise AssertionError("the receipt has no SHA-256: " + r.text)
    expect("SIZE", (r.ask("SIZE facts.bin"), r.text), (213, "213 100001"))
    expect("MFMT", r.ask("MFMT 20260102030405 facts.bin"), 213)
    expect("MDTM", (r.ask("MDTM facts.bin"), r.text), (213, "213 20260102030405"))
    expect("MFMT wrong", r.ask("MFMT 2026 facts.bin"), 501)
    expect("HASH", r.ask("HASH facts.bin"), 213)
    expect("HASH says", r.text, f"213 SHA-256 0-100001 {hashlib.sha256(content).hexdigest()} facts.bin")
    expect("XSHA256", (r.ask("XSHA256 facts.bin"), r.text), (250, "250 " + hashlib.sha256(content).hexdigest()))
    expect("XCRC", (r.ask("XCRC facts.bin"), r.text), (250, f"250 {zlib.crc32(content):08X}"))
    expect("MLST", r.ask("MLST facts.bin"), 250)
    if "type=file;size=100001;modify=20260102030405;perm=rdf;" not in r.text or "/test/facts.bin" not in r.text:
        raise AssertionError(r.text)
    expect("OPTS", (r.ask("OPTS MLST size;modify;nonsense;"), r.text), (200, "200 MLST OPTS size;modify;"))
    if b"size=100001;modify=20260102030405; facts.bin\r\n" not in r.get("MLSD"):
        raise AssertionError("MLSD")
    if b" 100001 Jan  2  2026 facts.bin\r\n" not in r.get("LIST -la") and b"facts.bin" not in r.get("LIST -la"):
        raise AssertionError("LIST")
    expect("NLST", r.get("NLST facts*"), b"facts.bin\r\n")
    expect("LIST of a file", len(r.get("LIST facts.bin").split(b"\r\n")), 2)
    expect("STAT path", r.ask("STAT facts.bin"), 213)
    expect("RNFR", r.ask("RNFR facts.bin"), 350)
    expect("RNTO", r.ask("RNTO other.bin"), 250)
    expect("RNTO alone", r.ask("RNTO third.bin"), 503)
    expect("SIZE of the old", r.ask("SIZE facts.bin"), 550)
    expect("RETR", r.get("RETR other.bin"), content)
    expect("DELE", r.ask("DELE other.bin"), 250)
    expect("DELE again", r.ask("DELE other.bin"), 550)


@case("files", "small commands")
def _():
    r = Raw()
    for line, code in (
        ("SYST", 215), ("HELP", 214), ("HELP STOR", 214), ("MODE S", 200), ("MODE B", 504), ("STRU F", 200),
        ("STRU R", 504), ("TYPE A", 200), ("TYPE A N", 200), ("TYPE E", 504), ("TYPE L 8", 200), ("TYPE I", 200),
        ("ALLO 10", 202), ("MKD new", 550), ("RMD in", 550), ("XMKD new", 550), ("STOU", 502), ("ACCT x", 502),
        ("REIN", 502), ("SITE", 214), ("SITE CHMOD 644 x", 202), ("SITE EXEC x", 504), ("OPTS UTF8 ON", 200),
        ("OPTS UTF8 OFF", 504), ("OPTS HASH SHA-256", 200), ("OPTS HASH MD5", 504), ("OPTS X", 501), ("CDUP", 250),
        ("CWD nowhere", 550), ("CWD", 501), ("XPWD", 257), ("DELE in", 550), ("MLST", 250), ("MLST in", 250),
        ("REST 5", 350), ("REST", 501), ("REST -1", 501), ("REST abc", 501), ("REST 99999999999999999999", 501),
        ("NOSUCH", 500), ("TOOLONGAVERBFORANYTHING", 500),
    ):  # fmt: skip
        expect(line, r.ask(line), code)
    r.ask("FEAT")
    for feature in ("AUTH TLS", "EPSV", "MLST type*;size*;", "REST STREAM", "UTF8", "HASH SHA-256*", "TVFS"):
        if feature not in r.text:
            raise AssertionError(f"{feature} is not in FEAT")


@case("files", "TYPE A lists, and takes no file")
def _():
    r = Raw()
    expect("TYPE", r.ask("TYPE A"), 200)
    if b"test" not in r.get("LIST"):
        raise AssertionError("no list")
    r.passive()
    expect("STOR", r.ask("STOR test/ascii"), 550)
    if "TYPE I" not in r.text:
        raise AssertionError(r.text)


@case("files", "where nothing may be put, nothing is put")
def _():
    r = Raw()
    for path in ("ack/x", "x", "/reports/x", "nowhere/x"):
        r.passive()
        expect(path, r.ask("STOR " + path), 550)
    r.passive()
    expect("RETR of a folder", r.ask("RETR in"), 550)
    r.passive()
    expect("MLSD of nothing", r.ask("MLSD nowhere"), 550)


@case("files", "a file of no bytes, up and down, both versions")
def _():
    for version in (V12, V13):
        r = Raw(version=version)
        expect("STOR", r.put("STOR test/nothing", b""), 226)
        expect("SIZE", (r.ask("SIZE test/nothing"), r.text), (213, "213 0"))
        expect("RETR", r.get("RETR test/nothing"), b"")


@case("files", "an upload that is cut is 426, is not listed, and goes on by REST and STOR")
def _():
    for version in (V12, V13):
        r = Raw(version=version)
        content = noise(900_000, b"cut%d" % version)
        name = f"cut{int(version)}"
        r.ask("DELE test/" + name)
        expect("STOR", r.cut("STOR test/" + name, content[:300_000]), 426)
        if "300000 bytes are kept" not in r.text:
            raise AssertionError(r.text)
        if name.encode() in r.get("NLST test"):
            raise AssertionError("it is listed")
        r.passive()
        expect("RETR", r.ask("RETR test/" + name), 550)
        expect("SIZE", (r.ask("SIZE test/" + name), r.text), (213, "213 300000"))
        expect("REST", r.ask("REST 200000"), 350)
        r.passive()
        expect("the wrong offset", r.ask("STOR test/" + name), 554)
        if "300000" not in r.text:
            raise AssertionError(r.text)
        expect("REST", r.ask("REST 300000"), 350)
        expect("STOR", r.put("STOR test/" + name, content[300_000:]), 226)
        if hashlib.sha256(content).hexdigest() not in r.text:
            raise AssertionError(r.text)
        expect("RETR", r.get("RETR test/" + name), content)


@case("files", "and by APPE; one that is whole is not appended to")
def _():
    r = Raw()
    content = noise(500_000, b"appe")
    expect("STOR", r.cut("STOR test/appended", content[:123_456]), 426)
    expect("APPE", r.put("APPE test/appended", content[123_456:]), 226)
    expect("RETR", r.get("RETR test/appended"), content)
    r.ask("DELE test/appended2")
    expect("APPE anew", r.put("APPE test/appended2", content), 226)
    r.passive()
    expect("APPE to a whole one", r.ask("APPE test/appended"), 550)
    expect("DELE", r.ask("DELE test/appended2"), 250)


@case("files", "a part can be dropped")
def _():
    r = Raw()
    expect("STOR", r.cut("STOR test/dropped", b"x" * 1000), 426)
    expect("DELE", r.ask("DELE test/dropped"), 250)
    expect("SIZE", r.ask("SIZE test/dropped"), 550)
    expect("DELE again", r.ask("DELE test/dropped"), 550)
    expect("not listed", b"dropped" in r.get("NLST test"), False)


@case("files", "a download goes on at an offset")
def _():
    r = Raw()
    content = noise(700_000, b"rest")
    expect("STOR", r.put("STOR test/rest", content), 226)
    for offset in (0, 1, 16384, 699_999, 700_000):
        expect("REST", r.ask(f"REST {offset}"), 350)
        expect(f"from {offset}", r.get("RETR test/rest"), content[offset:])
    expect("the whole, without REST", r.get("RETR test/rest"), content)
    expect("REST", r.ask("REST 700001"), 350)
    r.passive()
    expect("behind the end", r.ask("RETR test/rest"), 554)


@case("files", "two sessions do not write one file")
def _():
    one, two = Raw(), Raw()
    d = one.data("STOR test/both")
    d.sendall(b"one")
    time.sleep(0)
    deadline = time.monotonic() + 10
    while one.ask("STAT") == 211 and " 3 bytes" not in one.text and time.monotonic() < deadline:
        pass
    expect("the second", two.put("STOR test/both", b"two"), 450)
    d.unwrap().close()
    expect("the first", one.reply()[0], 226)
    expect("content", two.get("RETR test/both"), b"one")


@case("files", "STOR over a file replaces it when it is whole, not before")
def _():
    r = Raw()
    expect("STOR", r.put("STOR test/over", b"first"), 226)
    expect("cut", r.cut("STOR test/over", b"second, half"), 426)
    expect("still", r.get("RETR test/over"), b"first")
    expect("STOR", r.put("STOR test/over", b"third"), 226)
    expect("now", r.get("RETR test/over"), b"third")


@case("files", "under a temporary name an upload is held; its rename is the receipt")
def _():
    r = Raw()
    content = noise(70_000, b"held")
    expect("CWD", r.ask("CWD test"), 250)
    expect("in test/ a name is a name", r.put("STOR plain.tmp", content), 226)
    expect("SIZE", r.ask("SIZE plain.tmp"), 213)
    expect("DELE", r.ask("DELE plain.tmp"), 250)
    expect("CWD", r.ask("CWD /in"), 250)
    for temporary in ("held.bin.tmp", ".in.held.bin", ".held.bin.part"):
        expect("STOR", r.put("STOR " + temporary, content), 250)
        listed = r.get("NLST")
        if b"held" in listed:
            raise AssertionError(listed)
        expect("SIZE", (r.ask("SIZE " + temporary), r.text), (213, "213 70000"))
        expect("SIZE of the final name", r.ask("SIZE held.bin"), 550)
        expect("MFMT", r.ask(f"MFMT 20260102030405 {temporary}"), 213)
        expect("RNFR", r.ask("RNFR " + temporary), 350)
        expect("RNTO something else", r.ask("RNTO other.bin"), 553)
        expect("DELE", r.ask("DELE " + temporary), 250)
    expect("cut", r.cut("STOR held.bin.tmp", content[:1000]), 426)
    expect("RNFR of a part", r.ask("RNFR held.bin.tmp"), 550)
    expect("SIZE", (r.ask("SIZE held.bin.tmp"), r.text), (213, "213 1000"))
    expect("APPE", r.put("APPE held.bin.tmp", content[1000:]), 250)
    r.quit()
    r = Raw()
    expect("the session before left a part", (r.ask("SIZE in/held.bin"), r.text), (213, "213 70000"))
    expect("DELE", r.ask("DELE in/held.bin"), 250)
    for i in range(8):
        expect("STOR", r.put(f"STOR in/many{i}.tmp", content), 250)
    expect("one more", r.put("STOR in/many8.tmp", content), 451)
    for i in range(9):
        expect("DELE", r.ask(f"DELE in/many{i}.tmp"), 250)
