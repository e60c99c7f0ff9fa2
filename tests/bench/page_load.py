#!/usr/bin/env python3
"""Asks for one page so and so often a second, whatever it takes, and tells how long it took.

page_load.py CA URL REQUESTS_A_SECOND SECONDS [--connections 40] [--cookies FILE]

--cookies: a line a session; the requests take turns with them.

Requests begin by the clock, not when the one before is done; what is late because all connections are busy counts
as waiting. Over TLS connections that stay. Before the clock each connection has asked four times, and each session once: a
page's first answer, when the database has not yet planned for it, is another figure. Prints
"p50= p95= p99= max= ok= other= bytes= asked=", times in milliseconds; asked: with those before the clock.
"""
import argparse
import http.client
import itertools
import queue
import ssl
import threading
import time
import urllib.parse


def worker(jobs, found, turns, ready, warm, context, host, port, path, cookies):
    conn = None

    def ask():
        nonlocal conn
        try:
            if conn is None:
                conn = http.client.HTTPSConnection(host, port, context=context, timeout=30)
            headers = {'User-Agent': 'page_load', 'Accept-Encoding': 'identity'}
            if cookies:
                headers['Cookie'] = '__Host-busbar-session=' + cookies[next(turns) % len(cookies)]
            conn.request('GET', path, headers=headers)
            reply = conn.getresponse()
            return reply.status, len(reply.read())
        except (OSError, http.client.HTTPException):
            conn = None
            return 0, 0

    for _ in range(warm):
        ask()
    ready.wait()
    while (due := jobs.get()) is not None:
        status, size = ask()
        found.append((time.perf_counter() - due, status, size))


def main():
    p = argparse.ArgumentParser()
    p.add_argument('ca')
    p.add_argument('url')
    p.add_argument('rate', type=float)
    p.add_argument('seconds', type=float)
    p.add_argument('--connections', type=int, default=40)
    p.add_argument('--cookies')
    a = p.parse_args()
    cookies = open(a.cookies).read().split() if a.cookies else []
    path = urllib.parse.urlsplit(a.url)._replace(scheme='', netloc='').geturl()
    url = urllib.parse.urlsplit(a.url)
    context = ssl.create_default_context(cafile=a.ca)
    jobs, found, turns = queue.Queue(), [], itertools.count()
    ready = threading.Barrier(a.connections + 1)
    warm = max(4, -(-len(cookies) // a.connections))
    threads = [threading.Thread(target=worker, daemon=True, args=(jobs, found, turns, ready, warm, context, url.hostname, url.port or 443, path, cookies))
               for _ in range(a.connections)]
    for t in threads:
        t.start()
    ready.wait()
    begun = time.perf_counter() + 0.2
    for n in range(int(a.rate * a.seconds)):
        due = begun + n / a.rate
        wait = due - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        jobs.put(due)
    for _ in threads:
        jobs.put(None)
    for t in threads:
        t.join()
    took = sorted(x[0] * 1000 for x in found)
    at = lambda share: took[min(len(took) - 1, int(len(took) * share))]
    ok = sum(1 for x in found if x[1] == 200)
    print(f'p50={at(.5):.1f} p95={at(.95):.1f} p99={at(.99):.1f} max={took[-1]:.1f} ok={ok} other={len(found) - ok} '
          f'bytes={max(x[2] for x in found)} asked={len(found) + warm * a.connections}')


main()
