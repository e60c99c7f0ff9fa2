"""An FTPS client that can say everything, for ftps_client.py. Standard library only.

HOST, PORT, IMPLICIT, CA, USER1, PASS1, USER2, PASS2 come from the environment.
"""
import hashlib
import os
import socket
import ssl
import warnings

warnings.simplefilter("ignore", DeprecationWarning)

ENV = os.environ
HOST, PORT, IMPLICIT = ENV["HOST"], int(ENV["PORT"]), int(ENV["IMPLICIT"])
TIMEOUT = 20
GROUPS = {}


def case(group, sentence):
    def keep(function):
        GROUPS.setdefault(group, []).append((sentence, function))
        return function

    return keep


def expect(what, found, *expected):
    if found not in expected:
        raise AssertionError(f"{what}: expected {' or '.join(map(str, expected))}, found {found}")


def context(version=None):
    c = ssl.create_default_context(cafile=ENV["CA"])
    if version:
        c.minimum_version = c.maximum_version = version
    return c


V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


class Raw:
    """A control connection on which everything can be said."""

    def __init__(self, secure=True, implicit=False, version=None, source=None, login=1, certificate=None):
        self.context = context(version)
        if certificate:
            self.context.load_cert_chain(*certificate)
        self.sock = socket.create_connection(
            (HOST, IMPLICIT if implicit else PORT), TIMEOUT, source_address=(source, 0) if source else None
        )
        self.left = b""
        self.source = source
        self.used = set()
        if implicit:
            self.sock = self.context.wrap_socket(self.sock, server_hostname="localhost")
        expect("greeting", self.reply()[0], 220)
        if secure and not implicit:
            self.tls()
        if secure and login:
            self.login(login)

    def tls(self):
        expect("AUTH TLS", self.ask("AUTH TLS"), 234)
        self.sock = self.context.wrap_socket(self.sock, server_hostname="localhost")

    def login(self, n):
        expect("USER", self.ask("USER " + ENV[f"USER{n}"]), 331)
        expect("PASS", self.ask("PASS " + ENV[f"PASS{n}"]), 230)
        expect("PBSZ", self.ask("PBSZ 0"), 200)
        expect("PROT", self.ask("PROT P"), 200)
        expect("TYPE", self.ask("TYPE I"), 200)

    def line(self):
        while b"\n" not in self.left:
            got = self.sock.recv(65536)
            if not got:
                raise EOFError("the server closed the connection")
            self.left += got
        line, self.left = self.left.split(b"\n", 1)
        return line.rstrip(b"\r").decode()

    def reply(self):
        first = self.line()
        text = [first]
        if first[3:4] == "-":
            while not text[-1].startswith(first[:3] + " "):
                text.append(self.line())
        self.text = "\n".join(text)
        return int(first[:3]), self.text

    def send(self, line):
        self.sock.sendall(line if isinstance(line, bytes) else line.encode() + b"\r\n")

    def ask(self, line):
        self.send(line)
        return self.reply()[0]

    def closed(self):
        try:
            while self.sock.recv(65536):
                pass
        except (ssl.SSLError, OSError):
            pass
        return True

    def passive(self):
        expect("EPSV", self.ask("EPSV"), 229)
        return int(self.text.split("|||")[1].split("|")[0])

    def connect(self, port, source=None):
        source = source or self.source
        return socket.create_connection((HOST, port), TIMEOUT, source_address=(source, 0) if source else None)

    def secure(self, plain, session="own"):
        if session == "own":
            session = self.sock.session
            if self.sock.version() == "TLSv1.3" and session is not None:
                if session.id in self.used:
                    raise AssertionError("no fresh ticket came: this one was used before")
                self.used.add(session.id)
        return self.context.wrap_socket(plain, server_hostname="localhost", session=session)

    def data(self, command, session="own"):
        """Begins a transfer: the secured data connection."""
        port = self.passive()
        self.send(command)
        plain = self.connect(port)
        expect(command, self.reply()[0], 150)
        return self.secure(plain, session)

    def get(self, command):
        d = self.data(command)
        got = b""
        while piece := d.recv(1 << 16):
            got += piece
        d.unwrap().close()
        expect(command, self.reply()[0], 226)
        return got

    def put(self, command, content):
        d = self.data(command)
        try:
            d.sendall(content)
            d.unwrap().close()
        except OSError:
            d.close()  # refused: the reply says why
        return self.reply()[0]

    def cut(self, command, content):
        """The line is cut: no close_notify."""
        d = self.data(command)
        d.sendall(content)
        os.close(d.detach())
        return self.reply()[0]

    def quit(self):
        expect("QUIT", self.ask("QUIT"), 221)
        self.sock.close()


def noise(n, seed=b"x"):
    return hashlib.shake_256(seed).digest(n)
