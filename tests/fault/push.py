# Deliveries to a partner's server cut at byte offsets drawn from a seed, tried again as dropd does it, until
# they are sent. The partner never sees a name that is not whole, and has the bytes at the end.
#
#   push.py THERE KIND POINTS SEED [ONLY]
#
# KIND is sftp (OpenSSH's own server), ftps (another hub's box) or https (a server of this file's, which keeps a
# PUT when it is whole). THERE as for cut.py, and "push": {ask, socket, folder, sshd_port, sshd_pin, cert_pin,
# key, passive}. Prints "ok" and "not ok" lines.
import hashlib
import http.server
import json
import os
import random
import ssl
import subprocess
import sys
import threading
import time

from doors import Https, Proxy

TRIES, EDGE, CLOCK_S = 10, 4096, 60


class Folder(http.server.BaseHTTPRequestHandler):
    """A partner's HTTPS server: whole files, or nothing."""
    protocol_version = 'HTTP/1.1'
    kept = {}

    def log_message(self, *_):
        pass

    def answer(self, status, body=b'', length=None):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self):
        name = os.path.basename(self.path)
        self.answer(200, length=len(self.kept[name])) if name in self.kept else self.answer(404)

    def do_GET(self):
        name = os.path.basename(self.path)
        self.answer(200, self.kept[name]) if name in self.kept else self.answer(404)

    def do_PUT(self):
        length = int(self.headers['Content-Length'])
        if self.headers.get('Expect', '').lower() == '100-continue':
            self.send_response_only(100)
            self.end_headers()
        body = self.rfile.read(length)
        if len(body) == length:
            self.kept[os.path.basename(self.path)] = body
            self.answer(201)
        else:
            self.close_connection = True


class SftpPartner:
    lines = {'connection': ('up', 'down')}

    def __init__(self, there):
        self.there = there['push']
        self.proxies = {'connection': [Proxy(there['proxy'], self.there['sshd_port'])]}
        self.job = {'kind': 'SFTP', 'host': '127.0.0.1', 'port': self.proxies['connection'][0].port,
                    'login': 'root', 'key': open(self.there['key']).read(), 'pin': self.there['sshd_pin'],
                    'path': self.there['folder']}

    def names(self):
        found = {}
        for name in os.listdir(self.there['folder']):
            found[name] = os.path.getsize(os.path.join(self.there['folder'], name))
        return found

    def visible(self):
        return {name: size for name, size in self.names().items() if not name.startswith('.')}

    def read(self, name):
        with open(os.path.join(self.there['folder'], name), 'rb') as f:
            return f.read()

    def remove(self, name):
        os.unlink(os.path.join(self.there['folder'], name))

    def left(self):
        return [name for name in self.names() if name.startswith('.')]


class FtpsPartner:
    """Data connections go to the host of the control connection: the proxies have an address of their own and
    the same ports."""
    lines = {'data': ('up', 'down'), 'control': ('up', 'down')}

    def __init__(self, there):
        control = Proxy(there['proxy'], there['ftps_port'], '127.0.0.2')
        self.proxies = {'control': [control],
                        'data': [Proxy(there['proxy'], p, '127.0.0.2', p) for p in there['push']['passive']]}
        self.job = {'kind': 'FTPS', 'implicit': False, 'host': '127.0.0.2', 'port': control.port,
                    'login': there['login'], 'password': there['password'], 'pin': there['push']['cert_pin'],
                    'path': '/test'}
        self.box = Https(there, there['proxy']).session()

    def visible(self):
        return {name: size for name, size in self.box.list('/test').items() if not name.startswith('.')}

    def read(self, name):
        sink = bytearray()
        self.box.get('/test/' + name, sink)
        return bytes(sink)

    def remove(self, name):
        self.box.remove('/test/' + name)

    def left(self):
        return [name for name in self.box.list('/test') if name.startswith('.')]


class HttpsPartner:
    lines = {'connection': ('up', 'down')}

    def __init__(self, there):
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(there['certificate'], there['certificate_key'])
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pem = ssl.PEM_cert_to_DER_cert(open(there['certificate']).read())
        self.proxies = {'connection': [Proxy(there['proxy'], server.server_address[1])]}
        self.job = {'kind': 'HTTPS', 'host': '127.0.0.1', 'port': self.proxies['connection'][0].port,
                    'login': 'hub', 'password': 'p', 'pin': hashlib.sha256(pem).hexdigest(), 'path': '/in'}

    def visible(self):
        return {name: len(data) for name, data in Folder.kept.items()}

    def read(self, name):
        return Folder.kept[name]

    def remove(self, name):
        del Folder.kept[name]

    def left(self):
        return []


class Sweep:
    def __init__(self, there, kind, seed):
        self.there, self.kind, self.seed = there, kind, seed
        self.partner = {'sftp': SftpPartner, 'ftps': FtpsPartner, 'https': HttpsPartner}[kind](there)
        self.work = there['push']['work']
        self.point, self.wrong, self.cuts, self.resumed = None, [], 0, 0
        self.replay = f'tests/fault/cut_push {kind} --seed {seed} --only'

    def not_ok(self, words):
        self.wrong.append(f'point {self.point}: {words}; replay: {self.replay} {self.point}')

    def attempt(self, files, **members):
        """What was said, a line each; the last one tells how it ended."""
        job = os.path.join(self.work, 'job')
        with open(job, 'w') as f:
            json.dump({'action': 'send', **self.partner.job, **members}, f)
        done = subprocess.run([self.there['push']['ask'], self.there['push']['socket'], job, '--clock', str(CLOCK_S)]
                              + files, capture_output=True, text=True)
        return done.stdout.splitlines() or ['nothing']

    def plans(self, line, words):
        for name, proxies in self.partner.proxies.items():
            for proxy in proxies:
                proxy.plan(words if name == line else '')

    def measure(self):
        files = self.files(0)
        self.plans(None, '')
        said = self.attempt(list(files))
        if not said[-1].startswith('sent '):
            self.not_ok(f'undisturbed: {said}')
        for path in files:
            self.partner.remove(os.path.basename(path))
        # a data connection of the file and its handshakes; a control connection or one of SSH: a guess that
        # is checked by how many cuts hit
        self.total = {(line, way): 2000000 if (line, way) in (('data', 'up'), ('connection', 'up')) else 3000
                      for line, ways in self.partner.lines.items() for way in ways}

    def files(self, k):
        rng = random.Random(f'{self.seed} {self.kind} push {k}')
        found = {}
        for name, size in ((f'drop-{k}.csv', 2000000 + rng.randrange(1000)), (f'drop-{k}.csv.manifest.json', 300)):
            path = os.path.join(self.work, name)
            found[path] = rng.randbytes(size)
            with open(path, 'wb') as f:
                f.write(found[path])
        return found

    def cut(self, rng):
        lines = [(line, way) for line, ways in self.partner.lines.items() for way in ways]
        line, way = lines[0] if rng.random() < 0.7 else rng.choice(lines)
        total, where = self.total[line, way], rng.random()
        at = rng.randrange(min(EDGE, total)) if where < 0.25 else \
            rng.randrange(max(0, total - EDGE), total + EDGE) if where < 0.5 else rng.randrange(total)
        self.plans(line, f'{way} ' + rng.choice([f'cut {at} rst', f'cut {at} fin', f'stall {at} 150',
                                                 f'slice 1000 cut {at} rst']))

    def look(self, files):
        seen = self.partner.visible()
        for path, data in files.items():
            size = seen.pop(os.path.basename(path), None)
            if size not in (None, len(data)):
                self.not_ok(f'{os.path.basename(path)} is there with {size} of {len(data)} bytes')
        if seen:
            self.not_ok(f'there is more: {sorted(seen)[:5]}')

    def deliver(self, k):
        rng = random.Random(f'{self.seed} {self.kind} cuts {k}')
        files, published, said = self.files(k), False, []
        for attempt in range(TRIES):
            if attempt == 0 or attempt < TRIES - 2 and rng.random() < 0.3:
                self.cut(rng)
            else:
                self.plans(None, '')
            said = self.attempt(list(files), resume=attempt > 0, publishing=published)
            published = published or 'uploaded' in said
            self.resumed += any(line.startswith('resumed') for line in said)
            self.look(files)
            if said[-1].startswith('sent '):
                break
            if not said[-1].startswith('failed ') or said[-1].split()[1] not in ('reset', 'connect', 'stall', 'remote'):
                self.not_ok(f'it is told as: {said[-1]}')
            self.cuts += 1
            time.sleep(0.05)
        if not said[-1].startswith('sent '):
            self.not_ok(f'it was never sent: {said[-1]}')
            return
        for path, data in files.items():
            name = os.path.basename(path)
            if self.partner.visible().get(name) is None or self.partner.read(name) != data:
                self.not_ok(f'{name} is not there, or has other bytes')
                continue
            self.partner.remove(name)
            os.unlink(path)
        if self.partner.left():
            self.not_ok(f'it leaves {self.partner.left()}')

    def run(self, points):
        self.measure()
        for k in points:
            self.point = k
            self.deliver(k)


def main():
    there_file, kind, points, seed = sys.argv[1:5]
    only = [int(k) for k in sys.argv[5:6]]
    with open(there_file) as f:
        there = json.load(f)
    begun = time.monotonic()
    sweep = Sweep(there, kind, seed)
    sweep.run(only or range(1, int(points) + 1))
    for line in sweep.wrong[:20]:
        print('    ' + line)
    print(f'{"not ok" if sweep.wrong else "ok"} push {kind}: {len(only) or points} deliveries cut {sweep.cuts} '
          f'times, seed {seed}: there at last, and never a name that is not whole')
    hit = bool(only) or sweep.cuts * 2 >= int(points)
    print(f'{"ok" if hit else "not ok"} push {kind}: most cuts hit; {sweep.resumed} times it went on where it stopped')
    print(f'# {time.monotonic() - begun:.1f} s')


main()
