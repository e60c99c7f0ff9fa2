#!/usr/bin/env python3
"""What clients do to the FTPS door, good and bad, and what it must answer. Standard library only.

Run by 87_ftps.sh, which names the groups of cases; each case prints "ok SENTENCE" or "not ok SENTENCE: WHY".
"""
import ftplib
import io
import os
import select
import socket
import ssl
import sys
import time
import traceback

import ftps_files  # noqa: F401: its cases are in GROUPS
from ftps_raw import ENV, GROUPS, HOST, IMPLICIT, PORT, TIMEOUT, V12, V13, Raw, case, context, expect, noise

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
    left, got = b"NOOP\r\n" * count + b"PWD\r\n", b""
    r.sock.setblocking(False)  # all is sent, and read when no more can be
    deadline = time.monotonic() + TIMEOUT
    while got.count(b"\n") < count + 1:
        if time.monotonic() > deadline:
            raise AssertionError(f"{got.count(10)} replies")
        try:
            left = left[r.sock.send(left) :] if left else left
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        try:
            got += r.sock.recv(1 << 16)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            select.select([r.sock], [r.sock] if left else [], [], 1)
    r.sock.settimeout(TIMEOUT)
    replies = got.split(b"\r\n")
    expect("replies", {line[:4] for line in replies[:count]}, {b"200 "})
    expect("PWD", replies[count][:4], b"257 ")


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


@case("six", "over IPv6 EPSV works, and PASV says that it cannot")
def _():
    r = Raw()
    for line, code in (("PASV", 425), ("EPSV 1", 522), ("EPSV 2", 229)):
        expect(line, r.ask(line), code)
    expect("STOR", r.put("STOR test/six", b"six"), 226)
    expect("RETR", r.get("RETR test/six"), b"six")
    r.quit()


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
                lines = [str(f.lineno) for f in where if "ftps_" in f.filename]
                print(f"not ok {sentence}: {type(e).__name__}: {e} (line {', '.join(lines)})", flush=True)
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
