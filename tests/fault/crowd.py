# Strangers at the doors, many at once or one without manners, while an honest partner works on: it must not
# notice, and they must be answered as docs/ftps.md says.
#
#   crowd.py THERE SCENE [COUNT]
#
# THERE as for cut.py. Prints "ok" and "not ok" lines.
import json
import multiprocessing
import os
import random
import select
import socket
import ssl
import subprocess
import sys
import threading
import time

from doors import Cut, Ftps, Https, Refused, Wrong

PATIENCE_S = 5  # of the honest partner, for one thing that it does
LOGIN_S, HEADER_S, LATE_S = 5, 10, 4  # ftps.login of the test's settings; nginx's; what a busy machine adds


def say(good, words, *details):
    print(f'{"ok" if good else "not ok"} {words}')
    if not good:
        for detail in details:
            print(f'    {str(detail)[:300]}')


# ---- the honest partner, in a process of its own ----


def work(session, name, data):
    session.put(f'/test/{name}', data)
    if session.list('/test').get(name) != len(data):
        raise Wrong('it is not listed')
    back = bytearray()
    session.get(f'/test/{name}', back)
    if back != data:
        raise Wrong('other bytes came back')
    session.remove(f'/test/{name}')


def honest_run(there, begun_all, stop, out, names):
    doors = {'ftps': Ftps(there, there['proxy'], '1.3'), 'https': Https(there, there['proxy'])}
    doors = {name: doors[name] for name in names}
    sessions, trouble, longest, rounds = {}, [], 0.0, 0
    data = random.Random('honest').randbytes(30000)
    while not stop.is_set() or rounds < 2:
        for name, door in doors.items():
            begun = time.monotonic()
            try:
                if name not in sessions:
                    sessions[name] = door.session()
                if name == 'ftps':
                    sessions[name].ask('NOOP', '200')
                work(sessions[name], f'honest-{name}', data)
            except (Cut, Refused, Wrong, OSError) as e:
                trouble.append(f'{name}: {type(e).__name__} {e}')
                sessions.pop(name, None)
                if len(trouble) > 50:
                    stop.set()
            longest = max(longest, time.monotonic() - begun)
            rounds += 1
            time.sleep(0.02)
        begun_all.set()
    out.put((rounds, longest, trouble))


class Honest:
    def __init__(self, there, names=('ftps', 'https')):
        begun, self.stop, self.out = multiprocessing.Event(), multiprocessing.Event(), multiprocessing.Queue()
        self.child = multiprocessing.Process(target=honest_run, args=(there, begun, self.stop, self.out, names))
        self.child.start()
        begun.wait(20)  # its login takes 19 MiB for a moment: not to be taken for the crowd's

    def end(self, scene):
        self.stop.set()
        rounds, longest, trouble = self.out.get()
        self.child.join()
        say(not trouble and longest < PATIENCE_S,
            f'{scene}: an honest partner does not notice ({rounds} times put, listed, got, removed; '
            f'at most {longest * 1000:.0f} ms)', *trouble)


# ---- what is asked of the machine ----


def ftpsd_workers(there):
    with open(there['ftpsd_pid']) as f:
        parent = int(f.read())
    with open(f'/proc/{parent}/task/{parent}/children') as f:
        return [int(pid) for pid in f.read().split()]


def rss_kb(pids):
    total = 0
    for pid in pids:
        with open(f'/proc/{pid}/status') as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith('VmRSS'))
    return total


def cpu_s(pids):
    ticks = 0
    for pid in pids:
        with open(f'/proc/{pid}/stat') as f:
            fields = f.read().rsplit(')', 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf('SC_CLK_TCK')


# ---- an FTPS control connection with nothing around it ----


class Control:
    def __init__(self, there, context=None, implicit=False, certificate=False, window=None):
        port = there['ftps_implicit_port' if implicit else 'ftps_port']
        self.sock = socket.socket()
        if window:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.sock.settimeout(20)
        self.sock.connect(('127.0.0.1', port))
        if implicit:
            self.sock = context.wrap_socket(self.sock, server_hostname='localhost')
        self.greeting = self.reply()
        if context and not implicit and self.greeting[:3] == '220':
            self.ask('AUTH TLS')
            self.sock = context.wrap_socket(self.sock, server_hostname='localhost')
        if certificate:
            self.ask('USER ' + there['login'])

    def reply(self):
        got = b''
        while not got.endswith(b'\n'):
            piece = self.sock.recv(1)
            if not piece:
                return got.decode() or 'closed'
            got += piece
        return got.decode().strip()

    def ask(self, command):
        self.sock.sendall(command.encode() + b'\r\n')
        return self.reply()

    def close(self):
        self.sock.close()


def context_of(there, certificate=False):
    c = ssl.create_default_context(cafile=there['ca'])
    if certificate:
        c.load_cert_chain(there['certificate'], there['certificate_key'])
    return c


# ---- scenes ----


def idle(there, count):
    """So many partners logged in who do nothing but say NOOP."""
    count = int(count)
    workers = ftpsd_workers(there)
    context = context_of(there, True)
    honest = Honest(there)
    before, crowd = rss_kb(workers), []
    begun = time.monotonic()
    for _ in range(count):
        crowd.append(Control(there, context, certificate=True))
    opened = time.monotonic() - begun
    each = (rss_kb(workers) - before) / count
    answers = {}
    for c in crowd:
        words = c.ask('NOOP')[:3]
        answers[words] = answers.get(words, 0) + 1
    say(answers == {'200': count}, f'idle: each of {count} sessions is answered', answers)
    honest.end('idle')
    for c in crowd:
        c.close()
    print(f'# {count} sessions in {opened:.1f} s, {each:.1f} kB each in the workers')


def loris(there, count):
    """Connections that send a byte a second, before any login: they are cut, whatever they send."""
    count = int(count)
    context = context_of(there)
    honest = Honest(there)
    hello = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), hello, server_hostname='localhost').do_handshake()
    except ssl.SSLWantReadError:
        hello = hello.read()
    kinds = {  # what is sent a byte at a time, to where, within TLS; by when it is cut
        'FTPS in the clear': (there['ftps_port'], b'AUTH ' * 100, False, LOGIN_S),
        'FTPS, a handshake': (there['ftps_implicit_port'], hello, False, LOGIN_S),
        'FTPS, within TLS': (there['ftps_implicit_port'], b'USER ' * 100, True, LOGIN_S),
        'HTTPS, a handshake': (there['https_port'], hello, False, HEADER_S),
        'HTTPS, headers': (there['https_port'], b'GET /box/ HTTP/1.1\r\nX: ' + b'a' * 999, True, HEADER_S),
    }
    crowd = []
    for name, (port, words, secure, limit) in kinds.items():
        for _ in range(min(count, 50 if port == there['https_port'] else count)):
            s = socket.create_connection(('127.0.0.1', port), 20)
            if secure:
                s = context.wrap_socket(s, server_hostname='localhost')
            crowd.append([name, s, words, time.monotonic(), 0])
    alive, at = list(crowd), 0
    until = time.monotonic() + HEADER_S + LATE_S
    while alive and time.monotonic() < until:
        time.sleep(1)
        for one in list(alive):
            name, s, words, begun, _ = one
            if not drip(s, words[at:at + 1]):
                one[4] = time.monotonic() - begun
                alive.remove(one)
        at += 1
    for name, (_, _, _, limit) in kinds.items():
        lives = [one[4] or 99 for one in crowd if one[0] == name]
        say(max(lives) < limit + LATE_S, f'loris: {name}, a byte a second: {len(lives)} cut within '
            f'{limit} s or little more', f'after {max(lives):.1f} s')
    honest.end('loris')
    for one in crowd:
        one[1].close()


def drip(s, byte):
    """False when the other end has gone."""
    try:
        s.setblocking(False)
        while True:
            if not s.recv(4096):
                return False
    except (BlockingIOError, ssl.SSLWantReadError):
        pass
    except OSError:
        return False
    try:
        s.send(byte)
        return True
    except (BlockingIOError, ssl.SSLWantWriteError):
        return True
    except OSError:
        return False


def line(there, _):
    """4 MB without an end of line: before TLS, before the login, behind it."""
    workers = ftpsd_workers(there)
    honest = Honest(there, ('ftps',))
    before = rss_kb(workers)
    for where, context, certificate in (('in the clear', None, False), ('before the login', context_of(there), False),
                                        ('behind the login', context_of(there, True), True)):
        c = Control(there, context, certificate=certificate)
        try:
            for _ in range(64):
                c.sock.sendall(b'A' * 65536)
            c.sock.sendall(b'\r\n')
            said = c.reply()
        except OSError as e:
            said = answer_left(c) or f'closed ({e})'
        say(said[:3] in ('500', '421') or said.startswith('closed'), f'line: 4 MB {where} is answered by 500 or the end',
            said)
        c.close()
    grown = rss_kb(workers) - before
    say(grown < 4096, f'line: memory grows by less than a line ({grown} kB)')
    honest.end('line')


def answer_left(c):
    try:
        return c.reply()
    except OSError:
        return ''


def flood(there, count):
    """Commands without end from one who does not read the answers, then reads them all."""
    count = int(count)
    workers = ftpsd_workers(there)
    honest = Honest(there)
    before = rss_kb(workers)
    c = Control(there, context_of(there, True), certificate=True, window=65536)
    c.sock.setblocking(False)
    words, sent, answers, left = b'NOOP\r\n' * count, 0, 0, b''
    since = time.monotonic()
    while sent < len(words) and time.monotonic() - since < 1.5:
        n = push(c.sock, words, sent)
        since = time.monotonic() if n else since
        sent += n
        if not n:
            select.select([], [c.sock], [], 0.2)
    grown, unread = rss_kb(workers) - before, sent
    since = time.monotonic()
    while answers < count and time.monotonic() - since < 20:
        select.select([c.sock], [c.sock] if sent < len(words) else [], [], 1)
        sent += push(c.sock, words, sent) if sent < len(words) else 0
        try:
            piece = c.sock.recv(65536)
        except ssl.SSLWantReadError:
            continue
        if not piece:
            break
        since = time.monotonic()
        lines = (left + piece).split(b'\r\n')
        left = lines.pop()
        answers += sum(one.startswith(b'200 ') for one in lines)
    say(answers == count, f'flood: each of {count} commands is answered, in its time', f'{answers} answers')
    say(grown < 4096, f'flood: they do not pile up in memory ({grown} kB after {unread} bytes without a reader)')
    honest.end('flood')
    c.close()


def push(s, words, at):
    try:
        return s.send(words[at:at + 16384])
    except (ssl.SSLWantWriteError, BlockingIOError):
        return 0


def limit(pids, n):
    """Soft limits; as their user, who needs no capability for that."""
    for pid in pids:
        with open(f'/proc/{pid}/status') as f:
            ids = {line.split(':')[0]: line.split()[1] for line in f if line[:4] in ('Uid:', 'Gid:')}
        subprocess.run(['setpriv', '--reuid', ids['Uid'], '--regid', ids['Gid'], '--clear-groups',
                        'prlimit', '--pid', str(pid), f'--nofile={n}:'], check=True)


def soft_limit(pid):
    with open(f'/proc/{pid}/limits') as f:
        return next(int(line.split()[3]) for line in f if line.startswith('Max open files'))


def used(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


def descriptors(there, _):
    """No descriptor is left for one more connection: whoever is in stays, nothing spins, and it passes."""
    workers = ftpsd_workers(there)
    inside = [Control(there, context_of(there, True), certificate=True) for _ in range(4)]
    most = soft_limit(workers[0])
    for pid in workers:
        limit([pid], used(pid))
    crowd = []
    for _ in range(60):
        s = socket.create_connection(('127.0.0.1', there['ftps_port']), 20)
        crowd.append(s)
    begun = cpu_s(workers)
    time.sleep(2)
    spent = cpu_s(workers) - begun
    say(spent < 0.5, f'descriptors: FTPS workers without any do not spin ({spent:.2f} s in 2 s)')
    answers = [c.ask('NOOP')[:3] for c in inside]
    say(answers == ['200'] * 4, 'descriptors: sessions that are open go on', answers)
    answers = {c.ask('EPSV')[:3] for c in inside}
    say(answers <= {'425', '421', '451', '200'}, 'descriptors: a data connection is refused for now', answers)
    answers = [c.ask('NOOP')[:3] for c in inside]
    say(answers == ['200'] * 4, 'descriptors: and the session stays', answers)
    limit(workers, most)
    for s in crowd:
        s.settimeout(10)
        try:
            greeted = s.recv(4)
        except OSError as e:
            greeted = e
        if greeted != b'220 ':
            say(False, 'descriptors: those who waited are let in', greeted)
            break
    else:
        say(True, 'descriptors: those who waited are let in')
    for c in crowd + inside:
        c.close()
    apid_descriptors(there)
    Honest(there).end('descriptors, afterwards')


def apid_descriptors(there):
    with open(there['apid_pid']) as f:
        pid = int(f.read())
    door = Https(there, there['proxy'])
    door.session().list('/test')  # its session is open
    most = soft_limit(pid)
    limit([pid], used(pid) + 2)
    outcomes = {}

    def one(n):
        try:
            work(door.session(), f'crowd-{n}', b'x' * 100000)
            said = 'served'
        except Cut as e:
            said = str(e)[:3]
        except Refused as e:
            said = str(e.code)
        except Wrong as e:
            said = str(e)
        outcomes[said] = outcomes.get(said, 0) + 1

    crowd = [threading.Thread(target=one, args=(n,)) for n in range(40)]
    begun = cpu_s([pid])
    for t in crowd:
        t.start()
    for t in crowd:
        t.join()
    time.sleep(1)
    spent = cpu_s([pid]) - begun
    say(set(outcomes) <= {'served', '503'}, f'descriptors: HTTPS is served or told to try again: {outcomes}')
    before = cpu_s([pid])
    time.sleep(1)
    say(cpu_s([pid]) - before < 0.3, 'descriptors: busbar-apid does not spin')
    limit([pid], most)
    with open(there['apid_pid']) as f:
        say(int(f.read()) == pid, f'descriptors: busbar-apid lives ({spent:.2f} s of CPU)')


def main():
    there_file, scene = sys.argv[1:3]
    with open(there_file) as f:
        there = json.load(f)
    begun = time.monotonic()
    {'idle': idle, 'loris': loris, 'line': line, 'flood': flood, 'descriptors': descriptors}[scene](
        there, (sys.argv[3:] + ['0'])[0])
    print(f'# {scene}: {time.monotonic() - begun:.1f} s')


main()
