#!/usr/bin/env python3
"""What clients do to the FTPS door, good and bad, and what it must answer. Standard library only.

Run by 87_ftps.sh, which names the groups of cases; each case prints "ok SENTENCE" or "not ok SENTENCE: WHY".
"""
import ftplib
import hashlib
import io
import os
import socket
import ssl
import sys
import threading
import time
import traceback
import zlib

from ftps_raw import ENV, HOST, IMPLICIT, PORT, TIMEOUT, V12, V13, Raw, context, expect, noise

GROUPS = {}


def case(group, sentence):
    def keep(function):
        GROUPS.setdefault(group, []).append((sentence, function))
        return function

    return keep


# ---- before the login ----


@case("walls", "nothing but AUTH and the like is answered in the clear")
def _():
    r = Raw(secure=False)
    for line in ("USER a", "PASS b", "RETR c", "PBSZ 0", "PROT P", "EPSV", "CWD /", "SIZE x", "ABOR", "STAT"):
        expect(line, r.ask(line), 530)
    for line, code in (("NOOP", 200), ("FEAT", 211), ("SYST", 215), ("CLNT x", 200), ("HELP", 214)):
        expect(line, r.ask(line), code)
    r.quit()


@case("walls", "what follows AUTH in the clear is not run")
def _():
    r = Raw(secure=False)
    r.send(b"AUTH TLS\r\nUSER injected\r\n")
    expect("AUTH", r.reply()[0], 421)
    r.closed()


@case("walls", "AUTH takes TLS only, and once")
def _():
    r = Raw(secure=False)
    expect("AUTH SSL", r.ask("AUTH SSL"), 504)
    expect("AUTH X", r.ask("AUTH KERBEROS_V4"), 504)
    expect("AUTH", r.ask("AUTH"), 501)
    r.tls()
    expect("AUTH again", r.ask("AUTH TLS"), 503)


@case("walls", "TLS 1.1 is refused")
def _():
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    c.minimum_version = ssl.TLSVersion.TLSv1
    c.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        c.set_ciphers("ALL:@SECLEVEL=0")
        c.wrap_socket(socket.create_connection((HOST, IMPLICIT), TIMEOUT))
    except ssl.SSLError:
        return
    raise AssertionError("it was taken")


@case("walls", "protection: PBSZ before PROT, PROT P only, no way back")
def _():
    r = Raw(login=None)
    for line, code in (
        ("PROT P", 503),
        ("PBSZ abc", 501),
        ("PBSZ -1", 501),
        ("PBSZ 0", 200),
        ("PROT C", 534),
        ("PROT S", 536),
        ("PROT E", 536),
        ("PROT X", 504),
        ("PROT P", 200),
        ("CCC", 533),
    ):
        expect(line, r.ask(line), code)


@case("walls", "no data connection without PROT P")
def _():
    r = Raw(login=None)
    r.ask("USER " + ENV["USER1"])
    expect("PASS", r.ask("PASS " + ENV["PASS1"]), 230)
    r.passive()
    for line in ("MLSD", "LIST", "RETR test/x", "STOR test/x"):
        expect(line, r.ask(line), 521)


@case("walls", "implicit TLS protects data from the start")
def _():
    r = Raw(implicit=True, login=None)
    r.ask("USER " + ENV["USER1"])
    expect("PASS", r.ask("PASS " + ENV["PASS1"]), 230)
    if b"in" not in r.get("NLST"):
        raise AssertionError("no list")
    r.quit()


@case("walls", "the order of a login")
def _():
    r = Raw(login=None)
    for line, code in (("PASS x", 503), ("PWD", 530), ("USER", 501), ("USER a", 331), ("USER b", 331), ("MLSD", 530)):
        expect(line, r.ask(line), code)
    r = Raw()
    expect("USER again", r.ask("USER x"), 503)
    expect("PASS again", r.ask("PASS x"), 503)
    expect("HOST late", r.ask("HOST x"), 503)


@case("walls", "nonsense before a login is heard a limited time")
def _():
    r = Raw(login=None)
    for _ in range(20):
        expect("nonsense", r.ask("GET / HTTP/1.1"), 500)
    expect("one more", r.ask("GET / HTTP/1.1"), 421)
    r.closed()


# ---- data connections ----


@case("walls", "the server connects nowhere")
def _():
    r = Raw()
    for line in ("PORT 127,0,0,1,0,22", "EPRT |1|127.0.0.1|22|", "PORT 8,8,8,8,4,1"):
        expect(line, r.ask(line), 502)
    expect("RETR", r.ask("RETR in/x"), 425)


@case("walls", "EPSV knows its families, EPSV ALL excludes the others")
def _():
    r = Raw()
    for line, code in (("EPSV 1", 229), ("EPSV 2", 522), ("EPSV x", 522), ("PASV", 227), ("EPSV ALL", 200), ("PASV", 503)):
        expect(line, r.ask(line), code)
    r.passive()


@case("walls", "a thief at the port is sent away, and the owner still served")
def _():
    r = Raw()
    port = r.passive()
    thief = r.connect(port, "127.0.0.2")
    r.send("NLST")
    plain = r.connect(port)
    expect("NLST", r.reply()[0], 150)
    d = r.secure(plain)
    if b"in\r\n" not in d.recv(4096):
        raise AssertionError("no list")
    while d.recv(4096):
        pass
    d.unwrap()
    expect("NLST", r.reply()[0], 226)
    thief.settimeout(5)
    expect("the thief reads", thief.recv(10), b"")


@case("walls", "a data connection in the clear is refused")
def _():
    r = Raw()
    port = r.passive()
    r.send("NLST")
    plain = r.connect(port)
    expect("NLST", r.reply()[0], 150)
    plain.sendall(b"hello, in the clear\r\n")
    expect("NLST", r.reply()[0], 425)


@case("walls", "the TLS session of another login is refused, and named")
def _():
    one, two = Raw(), Raw(login=2)
    for r in (one, two):
        expect("NOOP", r.ask("NOOP"), 200)
    port = one.passive()
    one.send("MLSD")
    plain = one.connect(port)
    expect("MLSD", one.reply()[0], 150)
    try:
        two_context_session = two.sock.session
        d = two.context.wrap_socket(plain, server_hostname="localhost", session=two_context_session)
        d.recv(10)
    except (ssl.SSLError, OSError):
        pass
    expect("MLSD", one.reply()[0], 522)
    for word in ("another connection", "--data-tls prefer", ENV["USER1"]):
        if word not in one.text:
            raise AssertionError(f"{word!r} is not in {one.text!r}")
    two.quit()


@case("walls", "nothing is made before the data connection stands")
def _():
    r = Raw()
    port = r.passive()
    r.send("STOR test/never")
    plain = r.connect(port)
    expect("STOR", r.reply()[0], 150)
    try:
        r.secure(plain, session=None).unwrap()
    except (ssl.SSLError, OSError):
        pass
    expect("STOR", r.reply()[0], 522)
    expect("SIZE", r.ask("SIZE test/never"), 550)


@case("walls", "every data connection resumes a fresh ticket: 40 files, both versions")
def _():
    for version in (V12, V13):
        r = Raw(version=version)
        expect("version", r.sock.version(), "TLSv1.2" if version == V12 else "TLSv1.3")
        for i in range(20):
            expect("STOR", r.put(f"STOR test/small{i}", noise(i * 7)), 226)
            expect("content", r.get(f"RETR test/small{i}"), noise(i * 7))
        r.quit()


# ---- lines ----


@case("lines", "paths do not lead out")
def _():
    r = Raw()
    for path in ("../../../etc/passwd", "/etc/passwd", "/proc/self/environ", "in/../../etc/passwd", "test/a/b/c"):
        expect(path, r.ask("SIZE " + path), 550)
        r.passive()
        expect(path, r.ask("RETR " + path), 550)
        expect(path, r.ask("STOR " + path), 550)
    expect("CWD", r.ask("CWD ../../.."), 250)
    expect("PWD", r.ask("PWD"), 257)
    if '"/"' not in r.text:
        raise AssertionError(r.text)


@case("lines", "NUL, other bytes than UTF-8, control characters")
def _():
    r = Raw()
    expect("NUL", r.ask(b"SIZE test/f\0zzz\r\n"), 501)
    expect("not UTF-8", r.ask(b"SIZE test/\xc3\x28\r\n"), 501)
    expect("control", r.ask(b"SIZE test/\x07\r\n"), 550)
    expect("CR within", r.ask(b"SIZE test/a\rb\r\n"), 550)
    expect("no verb", r.ask(b" NOOP\r\n"), 500)
    expect("empty", r.ask(b"\r\n"), 500)
    expect("still there", r.ask("NOOP"), 200)


@case("lines", "a line of 4 MB ends the session with 500, and no other")
def _():
    other, r = Raw(), Raw()
    try:
        r.sock.sendall(b"A" * (4 << 20))
    except OSError:
        pass
    expect("4 MB", r.reply()[0], 500)
    r.closed()
    expect("the other", other.ask("NOOP"), 200)


@case("lines", "byte by byte, with bare LF, in small letters")
def _():
    r = Raw()
    for byte in b"noop\n":
        r.sock.sendall(bytes([byte]))
    expect("noop", r.reply()[0], 200)
    expect("pwd", r.ask(b"pwd\n"), 257)


@case("lines", "a flood of commands is answered in order")
def _():
    r = Raw()
    count = 20000
    sender = threading.Thread(target=lambda: r.sock.sendall(b"NOOP\r\n" * count + b"PWD\r\n"))
    sender.start()
    for _ in range(count):
        expect("NOOP", r.reply()[0], 200)
    expect("PWD", r.reply()[0], 257)
    sender.join()


def stalled(r):
    """A download whose client does not read."""
    d = r.data("RETR test/large")
    d.recv(1000)
    return d


@case("lines", "ABOR with Telnet's marks ends a transfer at once")
def _():
    r = Raw()
    if r.ask("SIZE test/large") != 213:
        expect("STOR", r.put("STOR test/large", noise(30_000_000)), 226)
    d = stalled(r)
    begun = time.monotonic()
    r.send(b"\xff\xf4\xff\xf2ABOR\r\n")
    expect("transfer", r.reply()[0], 426)
    expect("ABOR", r.reply()[0], 226)
    if time.monotonic() - begun > 3:
        raise AssertionError(f"it took {time.monotonic() - begun:.1f} s")
    os.close(d.detach())
    expect("ABOR of nothing", r.ask("ABOR"), 226)
    expect("and goes on", r.get("NLST test/large"), b"large\r\n")


@case("lines", "STAT and NOOP are answered during a transfer, others after it")
def _():
    r = Raw()
    d = stalled(r)
    expect("STAT", r.ask("STAT"), 211)
    if "RETR /test/large" not in r.text:
        raise AssertionError(r.text)
    expect("NOOP", r.ask("NOOP"), 200)
    for _ in range(40):
        r.send("PWD")
    r.send("SIZE test/large")
    got = 1000
    while piece := d.recv(1 << 16):
        got += len(piece)
    d.unwrap().close()
    expect("bytes", got, 30_000_000)
    expect("RETR", r.reply()[0], 226)
    for _ in range(40):
        expect("PWD", r.reply()[0], 257)
    expect("SIZE", r.reply()[0], 213)


@case("lines", "QUIT during a transfer waits for its end")
def _():
    r = Raw()
    d = stalled(r)
    r.send("QUIT")
    while d.recv(1 << 16):
        pass
    d.unwrap().close()
    expect("RETR", r.reply()[0], 226)
    expect("QUIT", r.reply()[0], 221)


@case("lines", "whoever leaves the control connection leaves the transfer")
def _():
    r = Raw()
    d = stalled(r)
    os.close(r.sock.detach())
    d.settimeout(5)
    got = 1000
    try:
        while piece := d.recv(1 << 20):
            got += len(piece)
    except OSError:
        pass
    if got == 30_000_000:
        raise AssertionError("the transfer went on to its end")


# ---- files ----


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
    expect("SIZE", (r.ask("SIZE test/dropped"), r.text)[0], 550, 213)
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


# ---- logins ----


@case("logins", "a client certificate logs in without a password")
def _():
    r = Raw(login=None, certificate=(ENV["CERT"], ENV["CERTKEY"]))
    expect("USER", r.ask("USER " + ENV["USER1"]), 232)
    expect("PBSZ", r.ask("PBSZ 0"), 200)
    expect("PROT", r.ask("PROT P"), 200)
    if b"test" not in r.get("NLST"):
        raise AssertionError("no list")


@case("logins", "and opens no other account; a password still does")
def _():
    r = Raw(login=None, certificate=(ENV["CERT"], ENV["CERTKEY"]))
    expect("USER", r.ask("USER " + ENV["USER2"]), 331)
    expect("PASS", r.ask("PASS " + ENV["PASS2"]), 230)


@case("logins", "a certificate that nobody knows is as none, however often it comes")
def _():
    for _ in range(25):
        r = Raw(login=None, source="127.2.0.1", certificate=(ENV["STRANGER"], ENV["STRANGERKEY"]))
        expect("USER", r.ask("USER " + ENV["USER1"]), 331)
        r.sock.close()
    r = Raw(source="127.2.0.1", certificate=(ENV["STRANGER"], ENV["STRANGERKEY"]))
    r.quit()


@case("logins", "a wrong password and an unknown name are told alike; guessing is slowed, then shut out")
def _():
    def text(user, word):
        r = Raw(login=None, source="127.3.0.1")
        expect("USER", r.ask("USER " + user), 331)
        said = (r.text, r.ask("PASS " + word), r.text)
        r.sock.close()
        return said

    expect("the same words", text(ENV["USER2"], "wrong-password-1"), text("nobody-at-all", "wrong-password-1"))
    codes = []
    for _ in range(8):
        r = Raw(login=None, source="127.3.0.1")
        for _ in range(5):
            r.ask("USER " + ENV["USER2"])
            codes.append(r.ask("PASS wrong-password-2"))
            if codes[-1] != 530:
                break
        if codes[-1] == 421:
            break
    expect("in the end", codes[-1], 421)
    if "wait" not in r.text or "seconds" not in r.text:
        raise AssertionError(r.text)
    if len(codes) > 10:
        raise AssertionError(f"{len(codes)} guesses were free")
    r = Raw(login=None, source="127.3.0.1")
    r.ask("USER " + ENV["USER2"])
    expect("the right one, too soon", r.ask("PASS " + ENV["PASS2"]), 421)
    r = Raw(login=2)  # from elsewhere
    r.quit()


@case("logins", "some failed logins end a connection")
def _():
    r = Raw(login=None, source="127.4.0.1")
    for i in range(5):
        r.ask(f"USER nobody{i}")
        expect("PASS", r.ask("PASS wrong-password-3"), 530)
    if "closing" not in r.text:
        raise AssertionError(r.text)
    r.closed()


# ---- Python's own client ----


class Resuming(ftplib.FTP_TLS):
    """Shows the control connection's session on data connections, as servers want it."""

    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            conn = self.context.wrap_socket(conn, server_hostname=self.host, session=self.sock.session)
        return conn, size


def ftp(kind, n=1):
    f = kind(context=context(), timeout=TIMEOUT)
    f.connect(HOST if HOST != "127.0.0.1" else "localhost", PORT)
    f.login(ENV[f"USER{n}"], ENV[f"PASS{n}"])
    f.prot_p()
    return f


def by_ftplib(f):
    content = noise(2_000_000, b"ftplib")
    f.storbinary("STOR test/by-ftplib", io.BytesIO(content))
    expect("size", f.size("test/by-ftplib"), len(content))
    got = []
    f.retrbinary("RETR test/by-ftplib", got.append)
    expect("content", b"".join(got), content)
    got = []
    f.retrbinary("RETR test/by-ftplib", got.append, rest=1_999_000)
    expect("tail", b"".join(got), content[-1000:])
    if "by-ftplib" not in f.nlst("test") and "by-ftplib" not in " ".join(f.nlst("test")):
        raise AssertionError("nlst")
    if not any(name == "by-ftplib" for name, _ in f.mlsd("test")):
        raise AssertionError("mlsd")
    lines = []
    f.dir("test", lines.append)
    f.delete("test/by-ftplib")
    f.quit()


@case("ftplib", "ftplib that resumes the session: put, get, go on, list, remove")
def _():
    by_ftplib(ftp(Resuming))


@case("ftplib", "plain ftplib is refused 522 where resumption is required, with the setting's name")
def _():
    f = ftp(ftplib.FTP_TLS)
    try:
        f.nlst("test")
    except (ftplib.error_perm, ftplib.error_temp) as e:
        expect("code", str(e)[:3], "522")
        return
    except (ssl.SSLError, OSError):
        expect("reply", f.getmultiline()[:3], "522")
        return
    raise AssertionError("it was taken")


@case("prefer", "plain ftplib works where the account prefers resumption")
def _():
    by_ftplib(ftp(ftplib.FTP_TLS))


# ---- limits ----


@case("full", "one more session is told 421, and those inside go on")
def _():
    inside = []
    refused = 0
    for _ in range(60):
        try:
            inside.append(Raw(secure=False))
        except (AssertionError, EOFError, OSError) as e:
            refused += 1
            if "421" not in str(e):
                raise
    if refused == 0 or len(inside) < 5:
        raise AssertionError(f"{len(inside)} inside, {refused} refused")
    for r in inside:
        expect("NOOP", r.ask("NOOP"), 200)
    for r in inside:
        r.quit()
    deadline = time.monotonic() + 10
    while True:
        try:
            Raw().quit()
            return
        except (AssertionError, EOFError, OSError):
            if time.monotonic() > deadline:
                raise


@case("idle", "who asks for nothing is sent away with 421")
def _():
    r = Raw()
    expect("idle", r.reply()[0], 421)
    r.closed()
    r = Raw(secure=False)
    expect("idle in the clear", r.reply()[0], 421)
    r.closed()


@case("idle", "an upload in which nothing moves is 426 and stays a part")
def _():
    r = Raw()
    d = r.data("STOR test/stalls")
    d.sendall(b"x" * 5000)
    expect("STOR", r.reply()[0], 426)
    expect("SIZE", (r.ask("SIZE test/stalls"), r.text), (213, "213 5000"))


@case("idle", "a port that is announced and not used is free again")
def _():
    r = Raw(implicit=True)
    r.passive()
    deadline = time.monotonic() + 10
    port = r.passive()
    while True:
        try:
            r.connect(port).close()
        except ConnectionRefusedError:
            break
        if time.monotonic() > deadline:
            raise AssertionError("it still listens")
        time.sleep(0.1)
    expect("and the session goes on", r.ask("NOOP"), 200)
    r.passive()


@case("idle", "who announces a data connection and does not come is 425")
def _():
    r = Raw()
    r.passive()
    expect("LIST", r.ask("LIST"), 425)


def main():
    bad = 0
    for group in sys.argv[1:]:
        for sentence, function in GROUPS[group]:
            try:
                function()
                print("ok", sentence, flush=True)
            except Exception as e:  # noqa: BLE001: every failure is a line
                bad += 1
                where = traceback.extract_tb(e.__traceback__)
                lines = [str(f.lineno) for f in where if f.filename.endswith("ftps_client.py")]
                print(f"not ok {sentence}: {type(e).__name__}: {e} (line {', '.join(lines)})", flush=True)
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
