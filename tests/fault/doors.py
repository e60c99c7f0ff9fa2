# Clients of the hub's doors that can be cut at any byte: SFTP, FTPS, HTTPS in the same words. Python's
# standard library, and OpenSSH's client underneath SFTP. Each connection may go through proxy.c.
#
#   door.session(plan)       a logged-in session; plan is {line: plan of the proxy}, lines as door.lines
#   session.put(path, data, offset)   sends what follows offset; returns when the hub has given its receipt
#   session.part(path)       how much of a cut upload is here, 0: nothing
#   session.get(path, sink)  goes on behind what is in sink; returns when the hub has said that it is all
#   session.list(folder)     {name: size}
#   session.close()
#
# Cut: the line broke. Refused: the hub said no; .code is its word for it. Wrong: it said what is not true.
import http.client
import json
import re
import select
import socket
import ssl
import struct
import subprocess

WAIT_S = 20


class Cut(Exception):
    pass


class Refused(Exception):
    def __init__(self, code, text):
        super().__init__(f'{code} {text}')
        self.code = code


class Wrong(Exception):
    """The hub said what is not true."""


class Proxy:
    """A proxy.c; the plan of a connection is given before it is made."""

    def __init__(self, program, port=0, address='127.0.0.1', own=0):
        self.child = subprocess.Popen([program, str(port), address, str(own)], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, bufsize=1)
        self.port = int(self.child.stdout.readline().split()[1])

    def plan(self, words):
        self.child.stdin.write(words + '\n')
        while self.child.stdout.readline().strip() != 'ready':
            pass  # of a connection that nobody asked after

    def ended(self):
        """Bytes up and down of the next connection that has ended."""
        words = self.child.stdout.readline().split()
        while words[0] != 'end':
            words = self.child.stdout.readline().split()
        return int(words[1]), int(words[2])

    def close(self):
        self.child.stdin.close()
        self.child.wait()


class Ledger:
    """One psql for the whole sweep."""

    def __init__(self, command):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      text=True, bufsize=1)

    def ask(self, sql):
        self.child.stdin.write(sql + ';\n\\echo --\n')
        lines = []
        while True:
            line = self.child.stdout.readline()
            if line in ('--\n', ''):
                return lines
            lines.append(line.rstrip('\n'))

    def rows(self, name):
        return int(self.ask(f"select count(*) from ledger.file where name = '{name}'")[0])

    def entry(self, login, folder, name):
        return self.ask("select encode(e.sha256, 'hex') from delivery.entry e join delivery.account a "
                        f"using (account) where a.login = '{login}' and folder = '{folder}' "
                        f"and name = '{name}' and removed_at is null")


# ---- SFTP, version 3, over OpenSSH's ssh or a busbar-sftp of one's own ----

INIT, VERSION, OPEN, CLOSE, READ, WRITE, STAT = 1, 2, 3, 4, 5, 6, 17
OPENDIR, READDIR, REMOVE, RENAME = 11, 12, 13, 18
STATUS, HANDLE, DATA, NAME, ATTRS = 101, 102, 103, 104, 105
FX_OK, FX_EOF, FX_NO_SUCH_FILE = 0, 1, 2


def text(s):
    s = s.encode() if isinstance(s, str) else s
    return struct.pack('>I', len(s)) + s


class Packet:
    def __init__(self, body):
        self.kind, self.body, self.at = body[0], body, 1

    def u32(self):
        self.at += 4
        return struct.unpack_from('>I', self.body, self.at - 4)[0]

    def u64(self):
        self.at += 8
        return struct.unpack_from('>Q', self.body, self.at - 8)[0]

    def text(self):
        n = self.u32()
        self.at += n
        return self.body[self.at - n:self.at]

    def size(self):
        flags = self.u32()
        size = self.u64() if flags & 1 else None
        self.at += (8 if flags & 2 else 0) + (4 if flags & 4 else 0) + (8 if flags & 8 else 0)
        return size


class SftpSession:
    BLOCK, AHEAD = 32768, 32

    def __init__(self, command, proxy=None):
        self.proxy = proxy
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, bufsize=0)
        self.number = 0
        self._send(struct.pack('>BI', INIT, 3))
        if self._take().kind != VERSION:
            raise Cut('no version')

    def _send(self, body):
        data = struct.pack('>I', len(body)) + body
        try:
            while data:
                data = data[self.child.stdin.write(data):]
        except OSError as e:
            raise Cut(str(e))

    def _read(self, n):
        got = b''
        while len(got) < n:
            if not select.select([self.child.stdout], [], [], WAIT_S)[0]:
                raise Cut('no answer')
            piece = self.child.stdout.read(n - len(got))
            if not piece:
                raise Cut('end of session')
            got += piece
        return got

    def _take(self):
        return Packet(self._read(struct.unpack('>I', self._read(4))[0]))

    def _ask(self, kind, rest):
        self.number += 1
        self._send(struct.pack('>BI', kind, self.number) + rest)

    def _answer(self):
        p = self._take()
        p.u32()
        return p

    def _call(self, kind, rest, expected):
        self._ask(kind, rest)
        p = self._answer()
        if p.kind == STATUS:
            code, words = p.u32(), p.text().decode()
            if code != FX_OK or expected != STATUS:
                raise Refused(code, words)
        return p

    def put(self, path, data, offset=0):
        flags = 0x02 | 0x08 | (0x10 if offset == 0 else 0)  # WRITE, CREAT, TRUNC
        handle = self._call(OPEN, text(path) + struct.pack('>II', flags, 0), HANDLE).text()
        waiting = 0
        while offset < len(data) or waiting:
            if offset < len(data) and waiting < self.AHEAD:
                piece = data[offset:offset + self.BLOCK]
                self._ask(WRITE, text(handle) + struct.pack('>Q', offset) + text(piece))
                offset += len(piece)
                waiting += 1
                continue
            p = self._answer()
            waiting -= 1
            code, words = p.u32(), p.text().decode()
            if code != FX_OK:
                raise Refused(code, words)
        self._call(CLOSE, text(handle), STATUS)

    def stat(self, path):
        return self._call(STAT, text(path), ATTRS).size()

    def part(self, path):
        """Also the size of the file, once it is whole."""
        try:
            return self.stat(path)
        except Refused as e:
            if e.code == FX_NO_SUCH_FILE:
                return 0
            raise

    def get(self, path, sink):
        handle = self._call(OPEN, text(path) + struct.pack('>II', 1, 0), HANDLE).text()
        asked, waiting, ended = len(sink), 0, False
        while waiting or not ended:
            if not ended and waiting < self.AHEAD:
                self._ask(READ, text(handle) + struct.pack('>QI', asked, self.BLOCK))
                asked += self.BLOCK
                waiting += 1
                continue
            p = self._answer()
            waiting -= 1
            if p.kind == DATA:
                sink += p.text()
            else:
                code, words = p.u32(), p.text().decode()
                if code != FX_EOF:
                    raise Refused(code, words)
                ended = True
        self._call(CLOSE, text(handle), STATUS)

    def list(self, folder):
        handle = self._call(OPENDIR, text(folder), HANDLE).text()
        found = {}
        try:
            while True:
                p = self._call(READDIR, text(handle), NAME)
                for _ in range(p.u32()):
                    name = p.text().decode()
                    p.text()
                    found[name] = p.size()
        except Refused as e:
            if e.code != FX_EOF:
                raise
        self._call(CLOSE, text(handle), STATUS)
        return found

    def rename(self, path, to):
        self._call(RENAME, text(path) + text(to), STATUS)

    def remove(self, path):
        self._call(REMOVE, text(path), STATUS)

    def close(self):
        self.child.stdin.close()
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()


class Sftp:
    """Cut below SSH, as networks do it."""
    name, lines = 'sftp', {'connection': ('up', 'down')}

    def __init__(self, there, proxy_program):
        self.there = there
        self.proxy = Proxy(proxy_program, there['sftp_port'])

    def session(self, plan=None):
        words = (plan or {}).get('connection')
        if words:
            self.proxy.plan(words)
        port = self.proxy.port if plan is not None else self.there['sftp_port']
        return SftpSession([
            'ssh', '-F', 'none', '-a', '-x', '-T', '-p', str(port), '-i', self.there['sftp_key'],
            '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-o', 'StrictHostKeyChecking=yes',
            '-o', 'HostKeyAlias=hub', '-o', 'UserKnownHostsFile=' + self.there['sftp_known'],
            '-o', 'LogLevel=ERROR', 'busbar@127.0.0.1', '-s', 'sftp'])

    def passed(self, session):
        """Bytes of an undisturbed session, by line and way."""
        session.close()
        up, down = self.proxy.ended()
        return {('connection', 'up'): up, ('connection', 'down'): down}

    def close(self):
        self.proxy.close()


class SftpAlone:
    """busbar-sftp itself, without sshd: its standard input and output are ours, and so is its environment."""
    name = 'sftp'

    def __init__(self, there, environment=None):
        self.there, self.environment = there, environment or {}

    def session(self, plan=None):
        there = self.there
        line = subprocess.run(as_user('busbar-keys') + [
            there['programs'] + '/busbar-sftp-keys', '-c', there['conf']] + there['sftp_public'],
            capture_output=True, text=True, check=True).stdout
        handle = re.search(r'--handle ([0-9a-f]+)', line).group(1)
        words = [f'{k}={v}' for k, v in self.environment.items()]
        return SftpSession(as_user('busbar') + ['env'] + words + [
            there['programs'] + '/busbar-sftp', '-c', there['conf'], '--handle', handle])


def as_user(user):
    return ['setpriv', '--reuid', user, '--regid', user, '--init-groups']


# ---- FTPS ----

BROKEN = ('421', '425', '426', '451')  # answers that tell of a broken transfer, not of a bad request


class FtpsSession:
    BLOCK = 1 << 16

    def __init__(self, door, plan):
        self.door, self.plan, self.proxied = door, plan or {}, plan is not None
        there = door.there
        try:
            self.raw = self._connect('control', there['ftps_port'])
            self.file = self.raw.makefile('rb')
            if not door.implicit:
                self._reply('220')
                self.raw.sendall(b'AUTH TLS\r\n')
                self._reply('234')
            self.control = door.context.wrap_socket(self.raw, server_hostname='localhost')
            self.file = self.control.makefile('rb')
            if door.implicit:
                self._reply('220')
            self.ask('USER ' + there['login'], '331')
            self.ask('PASS ' + there['password'], '230')
            self.ask('PBSZ 0', '200')
            self.ask('PROT P', '200')
            self.ask('TYPE I', '200')
        except (OSError, EOFError, ValueError) as e:
            raise Cut(str(e))

    def _connect(self, line, port):
        if self.proxied:
            self.door.proxies[line].plan(f'to {port} ' + self.plan.get(line, ''))
            port = self.door.proxies[line].port
        s = socket.create_connection(('127.0.0.1', port), WAIT_S)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def _reply(self, *expected):
        line = self.file.readline()
        if re.match(rb'\d\d\d-', line):
            last = line[:3] + b' '
            while line and not line.startswith(last):
                line = self.file.readline()
        if not line.endswith(b'\n'):
            raise Cut('end of the control connection')
        code, words = line[:3].decode(), line[4:].decode('utf-8', 'replace').strip()
        if expected and code not in expected:
            raise Cut(f'{code} {words}') if code in BROKEN else Refused(code, words)
        return code, words

    def ask(self, command, *expected):
        try:
            self.control.sendall(command.encode() + b'\r\n')
            return self._reply(*expected)
        except (OSError, ValueError) as e:
            raise Cut(str(e))

    def _data(self, command):
        port = int(re.search(r'\|\|\|(\d+)\|', self.ask('EPSV', '229')[1]).group(1))
        try:
            raw = self._connect('data', port)
        except OSError as e:
            raise Cut(str(e))
        try:
            self.ask(command, '150', '125')
            return self.door.context.wrap_socket(raw, server_hostname='localhost',
                                                 session=self.control.session,
                                                 suppress_ragged_eofs=False)
        except OSError as e:
            raw.close()
            raise self._broken(e)
        except BaseException:
            raw.close()
            raise

    def _broken(self, e):
        """The data connection broke: what the control connection says of it, if anything."""
        try:
            said = self._reply()
        except (Cut, OSError, ValueError) as other:
            return Cut(f'{e}; {other}')
        if said[0] == '226':
            return Wrong(f'226 {said[1]} for an upload that ended in: {e}')
        return Cut(f'{e}; {said[0]} {said[1]}')

    def put(self, path, data, offset=0):
        if offset:
            self.ask(f'REST {offset}', '350')
        d = self._data('STOR ' + path)
        try:
            for at in range(offset, len(data), self.BLOCK):
                d.sendall(data[at:at + self.BLOCK])
        except OSError as e:
            d.close()
            raise self._broken(e)
        try:
            d.unwrap()  # its answer may be missing: the reply says what counts
        except (OSError, ValueError):
            pass
        d.close()
        try:
            self._reply('226')
        except OSError as e:
            raise Cut(str(e))

    def get(self, path, sink):
        if sink:
            self.ask(f'REST {len(sink)}', '350')
        d = self._data('RETR ' + path)
        try:
            piece = d.recv(self.BLOCK)
            while piece:
                sink += piece
                piece = d.recv(self.BLOCK)
        except OSError as e:
            d.close()
            raise self._broken(e) if not isinstance(e, ssl.SSLEOFError) else self._truncated(e)
        try:
            d.unwrap()
        except (OSError, ValueError):
            pass
        d.close()
        try:
            self._reply('226')
        except OSError as e:
            raise Cut(str(e))

    def _truncated(self, e):
        """No close_notify came: whatever the hub believes, the client must not."""
        try:
            self._reply()
        except (Cut, OSError, ValueError):
            pass
        return Cut(str(e))

    def part(self, path):
        try:
            return int(self.ask('SIZE ' + path, '213')[1])
        except Refused as e:
            if e.code == '550':
                return 0
            raise

    def list(self, folder):
        d = self._data('MLSD ' + folder)
        got = b''
        try:
            piece = d.recv(self.BLOCK)
            while piece:
                got += piece
                piece = d.recv(self.BLOCK)
            d.unwrap()
        except OSError as e:
            if not got:
                raise Cut(str(e))
        d.close()
        self._reply('226')
        found = {}
        for line in got.decode().splitlines():
            facts, name = line.split(' ', 1)
            facts = dict(f.lower().split('=', 1) for f in facts.split(';') if f)
            if facts.get('type') == 'file':
                found[name] = int(facts['size'])
        return found

    def remove(self, path):
        self.ask('DELE ' + path, '250')

    def close(self):
        for s in (self.file, getattr(self, 'control', None), self.raw):
            if s is not None:
                s.close()


class Ftps:
    """Cut below TLS, on the control or the data connection."""
    lines = {'data': ('up', 'down'), 'control': ('up', 'down')}

    def __init__(self, there, proxy_program, version, implicit=False):
        self.there, self.implicit = there, implicit
        self.name = 'ftps' + version.replace('.', '')
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.load_verify_locations(there['ca'])
        self.context.minimum_version = self.context.maximum_version = {
            '1.2': ssl.TLSVersion.TLSv1_2, '1.3': ssl.TLSVersion.TLSv1_3}[version]
        self.proxies = {line: Proxy(proxy_program) for line in self.lines}

    def session(self, plan=None):
        return FtpsSession(self, plan)

    def passed(self, session):
        session.close()
        found = {}
        for line, proxy in self.proxies.items():
            found[line, 'up'], found[line, 'down'] = proxy.ended()
        return found

    def close(self):
        for proxy in self.proxies.values():
            proxy.close()


# ---- HTTPS ----


class HttpsSession:
    """A connection that is kept; each request shows the token."""

    def __init__(self, door, port):
        self.token = door.there['token']
        self.connection = http.client.HTTPSConnection('localhost', port, timeout=WAIT_S, context=door.context)

    def _ask(self, method, path, body=b'', sink=None, **headers):
        """Status and headers of the answer, its body behind what is in sink."""
        sink = bytearray() if sink is None else sink
        headers = {k.replace('_', '-'): v for k, v in headers.items()}
        if method == 'PUT':
            headers['Content-Length'] = str(len(body))
        try:
            try:
                self.connection.request(method, '/box' + path, body=body or None,
                                        headers={'Authorization': 'Bearer ' + self.token, **headers})
            except ConnectionError:
                pass  # it may have been answered before all of it was sent
            answer = self.connection.getresponse()
            into = sink if answer.status < 300 else bytearray()
            before, told = len(into), answer.getheader('Content-Length')
            while piece := answer.read(1 << 16):
                into += piece
        except (OSError, http.client.HTTPException, ValueError) as e:
            self.connection.close()
            raise Cut(f'{type(e).__name__} {e}')
        if method != 'HEAD' and told is not None and len(into) - before != int(told):
            self.connection.close()
            raise Cut(f'{len(into) - before} bytes of {told}')
        if answer.status == 503:  # nobody behind nginx has answered
            raise Cut(f'503 {into.decode("utf-8", "replace").strip()}')
        if answer.status >= 400 and not (method == 'HEAD' and answer.status == 404):
            raise Refused(answer.status, into.decode('utf-8', 'replace').strip())
        return answer.status, answer.headers

    def put(self, path, data, offset=0):
        headers = {}
        if offset == len(data):
            headers['Content_Range'] = f'bytes */{len(data)}'
        elif offset:
            headers['Content_Range'] = f'bytes {offset}-{len(data) - 1}/{len(data)}'
        sink = bytearray()
        status, _ = self._ask('PUT', path, data[offset:], sink, **headers)
        if status not in (200, 201):
            raise Refused(status, 'no receipt')
        receipt = json.loads(sink)
        if receipt['size'] != len(data):
            raise Wrong(f'a receipt for {receipt["size"]} bytes of {len(data)}')

    def part(self, path):
        status, headers = self._ask('HEAD', path)
        return int(headers.get('Upload-Offset', 0))

    def get(self, path, sink):
        headers = {'Range': f'bytes={len(sink)}-'} if sink else {}
        try:
            status, _ = self._ask('GET', path, sink=sink, **headers)
        except Refused as e:
            if e.code == 416:  # there is nothing behind what we have
                return
            raise

    def list(self, folder):
        sink = bytearray()
        self._ask('GET', folder.rstrip('/') + '/', sink=sink)
        return {item['name']: item['size'] for item in json.loads(sink)['items']}

    def remove(self, path):
        self._ask('DELETE', path)

    def close(self):
        self.connection.close()


class Https:
    """Cut below TLS, before nginx."""
    name, lines = 'https', {'connection': ('up', 'down')}

    def __init__(self, there, proxy_program):
        self.there = there
        self.context = ssl.create_default_context(cafile=there['ca'])
        self.proxy = Proxy(proxy_program, there['https_port'])

    def session(self, plan=None):
        words = (plan or {}).get('connection')
        if words:
            self.proxy.plan(words)
        return HttpsSession(self, self.proxy.port if plan is not None else self.there['https_port'])

    def passed(self, session):
        session.close()
        up, down = self.proxy.ended()
        return {('connection', 'up'): up, ('connection', 'down'): down}

    def close(self):
        self.proxy.close()


def door_of(name, there, proxy_program):
    if name == 'sftp':
        return Sftp(there, proxy_program)
    if name == 'https':
        return Https(there, proxy_program)
    if name in ('ftps12', 'ftps13'):
        return Ftps(there, proxy_program, {'ftps12': '1.2', 'ftps13': '1.3'}[name])
    raise SystemExit(f'no such door: {name}')
