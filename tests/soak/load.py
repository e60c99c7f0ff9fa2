#!/usr/bin/python3
"""Who reads, many at once, until the time is over; prints latencies a kind of request, and errors before and after the
kills begin. A connection that breaks is opened again; during the kills answers may be 502 to 504."""
import argparse
import collections
import http.client
import ssl
import threading
import time
from urllib.parse import urlsplit


def arguments():
    p = argparse.ArgumentParser()
    for name in ("api", "portal", "ca", "token", "box", "esiid", "day"):
        p.add_argument("--" + name, required=True)
    for name in ("clients", "seconds", "kills"):
        p.add_argument("--" + name, type=int, required=True)
    return p.parse_args()


class Client(threading.Thread):
    def __init__(self, a, number, begun):
        super().__init__(daemon=True)
        self.a, self.number, self.begun = a, number, begun
        self.took, self.errors, self.at = {}, [collections.Counter(), collections.Counter()], {}
        bearer = {"Authorization": "Bearer " + a.token}
        self.asks = [
            ("reads of a day", a.api, f"/v1/reads?esiid={a.esiid}&from={a.day}&to={a.day}", bearer),
            ("own premises", a.api, "/v1/premises", bearer),
            ("who am I", a.api, "/v1/me", bearer),
            ("a box", a.api, "/box/in/", {"Authorization": "Bearer " + a.box}),
            ("front page", a.portal, "/", {}),
            ("sign-in page", a.portal, "/login", {}),
            ("status page", a.portal, "/status", {}),
        ]

    def connection(self, base):
        if base not in self.at:
            where = urlsplit(base)
            context = ssl.create_default_context(cafile=self.a.ca)
            self.at[base] = http.client.HTTPSConnection(where.hostname, where.port, timeout=30, context=context)
        return self.at[base]

    def ask(self, name, base, path, headers):
        start = time.monotonic()
        try:
            c = self.connection(base)
            c.request("GET", path, headers=headers)
            answer = c.getresponse()
            answer.read()
            status, why = answer.status, str(answer.status)
        except (OSError, http.client.HTTPException) as e:
            self.at.pop(base, None)
            status, why = 599, type(e).__name__
        now = time.monotonic()
        killing = now - self.begun >= self.a.kills
        if status >= 500:
            self.errors[killing][f"{name} {why}"] += 1
        elif status == 429:
            time.sleep(0.2)
        elif not killing:
            self.took.setdefault(name, []).append((now - start) * 1000)

    def run(self):
        n = self.number
        while time.monotonic() - self.begun < self.a.seconds:
            self.ask(*self.asks[n % len(self.asks)])
            n += 1
            time.sleep(0.02)


def main():
    a = arguments()
    begun = time.monotonic()
    clients = [Client(a, n, begun) for n in range(a.clients)]
    for c in clients:
        c.start()
    for c in clients:
        c.join()
    took = {}
    for c in clients:
        for name, ms in c.took.items():
            took.setdefault(name, []).extend(ms)
    print(f"{'request':16} {'answers':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'most ms':>8}")
    for name, ms in sorted(took.items()):
        ms.sort()
        at = [ms[min(len(ms) - 1, int(len(ms) * q))] for q in (0.5, 0.95, 0.99)]
        print(f"{name:16} {len(ms):8} {at[0]:8.1f} {at[1]:8.1f} {at[2]:8.1f} {ms[-1]:8.1f}")
    for n, when in enumerate(("before", "during")):
        errors = sum((c.errors[n] for c in clients), collections.Counter())
        print(f"errors {when} the kills: {errors.total()}")
        for what, times in errors.most_common(8):
            print(f"    {times} {what}")


if __name__ == "__main__":
    main()
