"""The mail server of a simulated crowd: keeps what it takes, answers an invitation as the history wants it to be
answered, and holds a connection where its sender is to die."""
import asyncio
import email
import email.policy
import hashlib
import re
import ssl
import threading

from aiosmtpd.controller import Controller

TAKEN, DEFERRED, REFUSED, DIED_BEFORE, DIED_AFTER = range(5)
HOLD_MOST_S = 15
LINK = re.compile(r'https://[^\s<>"]+/a/([A-Za-z0-9_-]{43})')


class Mail:
    """One that was taken; its text is looked at when somebody reads it."""

    def __init__(self, address, data):
        self.address = address
        self.data = data

    def text(self):
        m = email.message_from_bytes(self.data, policy=email.policy.default)
        return m.get_body(('plain',)).get_content()

    def link(self):
        return LINK.search(self.text()).group(1)

    def code(self):
        return re.search(r'^ *(\d{6})\s*$', self.text(), re.M).group(1)


class Post:
    """What aiosmtpd calls, in a thread of its own; the rest is called by the crowd."""

    def __init__(self, port, cert, key):
        self.lock = threading.Lock()
        self.taken = {}  # verp: mails
        self.fates = {}  # (address, third party's name): how its mail is answered
        self.attempts = []  # (verp, fate, letter) since they were last asked for
        self.may_hold = False
        self.held = 0
        self.gone = asyncio.Event()
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(cert, key)
        self.server = Controller(self, hostname='127.0.0.1', port=port, tls_context=tls, require_starttls=True,
                                 data_size_limit=2 ** 20)
        self.server.start()

    def fate_of(self, address, subject):
        """Of an invitation; a sender dies once."""
        asked = re.match(r'(Sim \d+ [ABC]) asks to see ', subject)
        if asked is None:
            return None
        key = (address, asked.group(1))
        fate = self.fates.get(key, TAKEN)
        if fate in (DIED_BEFORE, DIED_AFTER):
            self.fates[key] = TAKEN
            if not self.may_hold:
                return TAKEN
            self.held += 1
        return fate

    async def handle_DATA(self, server, session, envelope):
        head = email.message_from_bytes(envelope.original_content.split(b'\r\n\r\n', 1)[0] + b'\r\n\r\n',
                                        policy=email.policy.default)
        verp = re.search(r'\+([0-9a-f]{20})@', envelope.mail_from).group(1)
        letter = int.from_bytes(hashlib.sha256(str(head['Message-ID']).encode()).digest()[:7], 'big')
        address = envelope.rcpt_tos[0].lower()
        with self.lock:
            fate = self.fate_of(address, str(head['Subject']))
            if fate in (None, TAKEN, DIED_AFTER):
                self.taken.setdefault(verp, []).append(Mail(address, envelope.original_content))
            if fate is not None:
                self.attempts.append((verp, fate, letter))
        if fate in (DIED_BEFORE, DIED_AFTER):
            try:
                await asyncio.wait_for(self.gone.wait(), HOLD_MOST_S)
            except asyncio.TimeoutError:
                pass
            return '421 4.3.2 nobody is there any more'
        if fate == DEFERRED:
            return '451 4.2.1 not now'
        if fate == REFUSED:
            return '550 5.1.1 nobody here'
        return '250 2.0.0 kept'

    def round_begins(self, may_hold):
        with self.lock:
            self.may_hold = may_hold
            self.held = 0
            self.gone.clear()

    def sender_died(self):
        with self.lock:
            self.may_hold = False
            self.held = 0
        self.server.loop.call_soon_threadsafe(self.gone.set)

    def asked(self):
        with self.lock:
            attempts, self.attempts = self.attempts, []
        return attempts

    def newest(self, verp):
        with self.lock:
            mails = self.taken.get(verp)
        return mails[-1] if mails else None

    def stop(self):
        self.server.stop()
