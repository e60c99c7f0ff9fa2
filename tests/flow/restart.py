#!/usr/bin/python3
"""Holds a socket as systemd does, starts two processes at it, one after the other anew, while eight ask all the time.

restart.py SOCKET PROGRAM CONF CA URL
"""
import collections
import http.client
import os
import select
import signal
import socket
import ssl
import sys
import threading
from urllib.parse import urlsplit

TIMES, CLIENTS, LISTEN_FD = 20, 8, 3
path, program, conf, ca, url = sys.argv[1:]
said = collections.Counter()
over = threading.Event()


def listen():
    if os.path.exists(path):
        os.unlink(path)
    s = socket.socket(socket.AF_UNIX)
    s.setblocking(False)
    s.bind(path)
    os.chmod(path, 0o660)
    os.chown(path, -1, os.stat(os.path.dirname(path)).st_gid)
    s.listen(1024)
    return s


def start(listener, number):
    """The number of a process that says it is ready to serve."""
    tell = f'/run/busbar-test-notify-{os.getpid()}'
    if os.path.exists(tell):
        os.unlink(tell)
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(tell)
    os.chmod(tell, 0o666)
    pid = os.fork()
    if pid == 0:
        os.dup2(listener.fileno(), LISTEN_FD)
        os.set_inheritable(LISTEN_FD, True)  # it may have been that one
        os.execve(program, [program, '-c', conf, '-n', str(number)],
                  dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS='1', NOTIFY_SOCKET=tell))
    ready, _, _ = select.select([notify], [], [], 20)
    os.unlink(tell)
    if not ready:
        sys.exit('it does not say that it is ready')
    return pid


def ask():
    where = urlsplit(url)
    context = ssl.create_default_context(cafile=ca)
    c = None
    while not over.is_set():
        try:
            c = c or http.client.HTTPSConnection(where.hostname, where.port, timeout=30, context=context)
            c.request('GET', where.path)
            answer = c.getresponse()
            answer.read()
            said[answer.status] += 1
            if answer.getheader('Connection') == 'close':
                c = None
        except (OSError, http.client.HTTPException) as e:
            said[type(e).__name__] += 1
            c = None


def main():
    listener = listen()
    running = [start(listener, 1), start(listener, 2)]
    clients = [threading.Thread(target=ask, daemon=True) for _ in range(CLIENTS)]
    for c in clients:
        c.start()
    otherwise = 0
    for n in range(TIMES):
        before = sum(said.values())
        while sum(said.values()) < before + 100:  # it is being asked
            over.wait(0.01)
        old = running.pop(0)
        os.kill(old, signal.SIGTERM)
        otherwise += os.waitpid(old, 0)[1] != 0
        running.append(start(listener, n % 2 + 1))
    over.set()
    for c in clients:
        c.join()
    for pid in running:
        os.kill(pid, signal.SIGTERM)
        otherwise += os.waitpid(pid, 0)[1] != 0
    os.unlink(path)  # who looks whether a process listens there must not find ours
    answered = said.pop(200, 0)
    print(f'answered: {answered}')
    print(f'broken off: {sum(said.values())}')
    print(f'ended otherwise: {otherwise}')
    for what, n in said.items():
        print(f'{what}: {n}')


main()
