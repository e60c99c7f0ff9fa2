"""Each route x each caller x each relation: asks a running hub, and says which cells are not as matrix_rules.py has them.

    matrix.py URL CA FOLDER      FOLDER has `world` (who and what there is, by 98_matrix.sh) and `routes`

Ends with "N cells, N wrong"."""
import concurrent.futures
import http.client
import json
import re
import ssl
import sys
import threading
import time
import urllib.parse

import matrix_rules as rules
import openapi

VOLATILE = {"date", "etag", "content-length", "x-request-id", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}


class World:
    def __init__(self, folder):
        self.tokens = {"none": None, "bad": "bba_" + "A" * 43}
        self.secrets = {}  # of matrix_sql.py alone
        self.of = {}
        with open(folder + "/world") as f:
            for line in f:
                kind, name, *values = line.split()
                if kind == "day":
                    self.day, self.us = name, "%s/%s/%s" % (name[5:7], name[8:], name[:4])
                elif kind == "token":
                    self.tokens[name] = values[0]
                elif kind == "secret":
                    self.secrets[name] = values[0]
                else:
                    self.of[kind, name] = values

    def token(self, role):
        return self.tokens[role] if role in self.tokens else self.secrets[role]


class Hub:
    """Asks; one connection a thread."""

    def __init__(self, url, ca):
        at = urllib.parse.urlsplit(url)
        self.host, self.port = at.hostname, at.port
        self.tls = ssl.create_default_context(cafile=ca)
        self.mine = threading.local()
        self.took = []

    def ask(self, method, address, token, body=None, kind="application/json"):
        headers = {"Accept": "*/*"}
        if token:
            headers["Authorization"] = "Bearer " + token
        if body is not None:
            headers["Content-Type"] = kind
        begun = time.monotonic()
        try:
            return self.ask_by(method, address, body, headers)
        finally:
            self.took.append((time.monotonic() - begun, method, address, token and token[:4]))

    def ask_by(self, method, address, body, headers):
        for again in (True, False):
            c = getattr(self.mine, "c", None)
            if c is None:
                c = self.mine.c = http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=60)
            try:
                c.request(method, address, body=body, headers=headers)
                r = c.getresponse()
                return Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
            except (http.client.HTTPException, OSError):
                self.mine.c = None
                if not again:
                    raise


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def plain(self, ids):
        """All of it but what differs between any two requests, with what was asked for called ID."""
        text = re.sub(r'"(request|trans_id|correlationId)":"[^"]*"', r'"\1":""', self.body.decode("utf-8", "replace"))
        text = re.sub(r"<updated>[^<]*</updated>|<id>[^<]*</id>", "", text)
        head = " ".join("%s=%s" % (k, v) for k, v in sorted(self.headers.items()) if k not in VOLATILE)
        out = "%d %s\n%s" % (self.status, head, text)
        for one in sorted(ids, key=len, reverse=True):
            out = re.sub(r"(?<![0-9A-Za-z])%s(?![0-9A-Za-z])" % re.escape(one), "ID", out)
        return out


class Matrix:
    def __init__(self, hub, world, table):
        self.hub, self.world = hub, world
        self.file = openapi.File()
        self.cells, self.wrong = 0, []
        self.lock = threading.Lock()
        self.routes = []
        seen = set()
        for family, method, path in table:
            rule = rules.rule_of(family, method, path)
            if rule is None:
                self.wrong.append("%s %s has no rule in tests/lib/matrix_rules.py" % (method, path))
            else:
                self.routes.append((family, method, path, rule))
                seen.add(rule.key)
        self.wrong += ["the rule %s is of no route" % r.key for r in rules.RULES if r.key not in seen]

    # ---- one request ----

    def request(self, role, route, what):
        family, method, path, rule = route
        values = self.values(rule, what)
        address = re.sub(r"\{([^}]+)\}", lambda m: urllib.parse.quote(values.get(m.group(1), values["id"]), safe=""), path)
        fill = lambda s: re.sub(r"@(\w+)@", lambda m: {"login": "mx-" + role.split("_")[0], "day": self.world.day,
            "us": self.world.us, **values}[m.group(1)], s)
        if rule.query:
            address += "?" + fill(rule.query)
        body = rule.body
        if isinstance(body, tuple):  # Smart Meter Texas: who asks says which kind it is
            body = body[0] % ({"CUSTOMER": "RES"}.get(rules.ROLES[role][1], rules.ROLES[role][1]), body[1])
        body = fill(body).encode() if body is not None else b"" if method in ("POST", "PATCH", "PUT") else None
        kind = rule.kind
        answer = self.hub.ask(method, address, self.world.token(role), body, kind)
        if family == "v1":
            for words in self.file.answer_wrong(method, address, answer.status, answer.headers, answer.body):
                self.say("%s %s as %s, %d: %s" % (method, address, role, answer.status, words))
        return answer, values

    def values(self, rule, what):
        """Of a subject by its name: its id and what is below it."""
        if rule.subject is None:
            return {"id": rule.fixed or "1"}
        names = rules.SUBJECTS[rule.subject].names
        values = self.world.of.get((rules.SUBJECTS[rule.subject].kind, what))
        if values is None:
            values = rules.SUBJECTS[rule.subject].unknown
        out = dict(zip(names, values))
        out["id"] = out[rules.SUBJECTS[rule.subject].main]
        # what is below it: its own where there is some, else what cannot be
        below = {name: rules.ZERO + "8" for name in re.findall(r"\{(\w+)\}", rule.key)}
        if "esiid" in out:
            out["meter"] = "M%sLG" % out["esiid"][12:]
        return {**below, **self.world.below.get((None, what), {}), **self.world.below.get((rule.key, what), {}), **out}

    def say(self, words):
        with self.lock:
            self.wrong.append(words)

    def cell(self, route, role, what, ok, found, must):
        with self.lock:
            self.cells += 1
            if not ok:
                self.wrong.append("%s %s as %s of %s: %s, must be %s" % (route[1], route[2], role, what, found, must))

    # ---- a route for a role ----

    def run(self, route, role):
        rule = route[3]
        must = rules.wall(rule, role)
        things = list(rules.SUBJECTS[rule.subject].things) if rule.subject else ["-"]
        if must is not None:
            for what in things if role in rules.THOROUGH else things[:1]:
                answer, _ = self.request(role, route, what)
                self.cell(route, role, what, answer.status in must, answer.status, must)
            return
        if rule.subject is None:
            answer, _ = self.request(role, route, "-")
            good = answer.status < 500 and (rule.yes is None and answer.status not in (401, 403) or answer.status in (rule.yes or ()))
            self.cell(route, role, "-", good, "%d %s" % (answer.status, answer.body[:150]), rule.yes or "past the wall")
            return
        self.run_subject(route, role, rule, things)

    def run_subject(self, route, role, rule, things):
        none, none_values = self.request(role, route, "unknown")
        nothing = none.plain(none_values.values())
        self.cell(route, role, "unknown", none.status in rule.no, "%d %s" % (none.status, none.body[:150]), rule.no)
        for what in things:
            sees = what in rules.sees(rule.subject, role)
            if sees and rule.spare:
                continue  # it would end what others are asked of
            answer, values = self.request(role, route, what)
            plain = answer.plain(values.values())
            if sees:
                self.cell(route, role, what, answer.status in rule.yes and plain != nothing,
                    "%d %s" % (answer.status, answer.body[:150]), rule.yes)
            elif role in rules.STAFF:
                self.cell(route, role, what, answer.status in (200, 404) and not any(d in answer.body for d in rules.DATA),
                    "%d %s" % (answer.status, answer.body[:150]), "without data")
            else:
                self.cell(route, role, what, plain == nothing, plain[:300], "as unknown: " + nothing[:300])

    def all(self):
        roles = list(self.world.tokens)
        for route in self.routes:
            if "*" in route[3].who:
                answer, _ = self.request("none", route, "-")
                self.cell(route, "none", "-", answer.status in (route[3].yes or range(200, 500)), answer.status, route[3].yes)
        jobs = [(route, role) for route in self.routes if "*" not in route[3].who for role in roles]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(self.run, *job) for job in jobs]:
                done.result()


def main(url, ca, folder):
    with open(folder + "/routes") as f:
        table = [line.split("\t")[:3] for line in f]
    world = World(folder)
    hub = Hub(url, ca)
    rules.make(hub, world)
    m = Matrix(hub, world, table)
    m.all()
    with open(folder + "/wrong", "w") as f:
        f.writelines(words + "\n" for words in m.wrong)
    for words in m.wrong[:60]:
        print(words)
    print("%d requests, %.1f s; the slowest:" % (len(hub.took), sum(t[0] for t in hub.took)), *sorted(hub.took, key=lambda t: -t[0])[:8], sep="\n  ")
    print("%d cells, %d wrong" % (m.cells, len(m.wrong)))
    return 1 if m.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
