"""Each page of the portal x each kind of person x each role: asks a running hub.

    pages.py URL CA FOLDER      FOLDER has `pages` (busbar-portald --pages) and `people` (KIND ROLE COOKIE, a line each)

Who is nobody is led to sign in; whom a page is not for is told so, by 403 and always the same words; whom it is for gets
something else. POST goes without a nonce, so that nothing is changed. Ends with "N cells, N wrong"."""
import http.client
import re
import ssl
import sys
import urllib.parse

import page_rules

RANK = {"reader": 0, "member": 1, "admin": 2}


class Hub:
    def __init__(self, url, ca):
        at = urllib.parse.urlsplit(url)
        self.c = http.client.HTTPSConnection(at.hostname, at.port, context=ssl.create_default_context(cafile=ca), timeout=30)

    def ask(self, method, address, cookie):
        headers = {"Sec-Fetch-Site": "same-origin"}
        if cookie:
            headers["Cookie"] = "__Host-busbar-session=" + cookie
        body = None
        if method == "POST":
            body, headers["Content-Type"] = "x=1", "application/x-www-form-urlencoded"
        for again in (True, False):
            try:
                self.c.request(method, address, body=body, headers=headers)
                r = self.c.getresponse()
                return r.status, r.getheader("Location") or "", r.read().decode("utf-8", "replace")
            except (http.client.HTTPException, OSError):
                self.c.close()
                if not again:
                    raise


def verdict(status, location, body):
    if status == 303 and location.startswith("/sign-in"):
        return "sign in"
    if status == 403 and "This page is not for your account" in body:
        return "not yours"
    return "fails" if status >= 500 or status == 429 else "yours"


def expected(rule, kind, role):
    if not rule:
        return "yours"
    if kind == "nobody":
        return "sign in"
    if kind not in rule or (kind != "customer" and RANK[role] < RANK[rule[kind]]):
        return "not yours"
    return "yours"


def table_wrong(rows, rules):
    """What the program's own table says otherwise, or either has alone."""
    said = {}
    for method, address, who, role, *_ in rows:
        said[method, address] = {} if who == "anybody" else {
            kind: "reader" if role == "any" or kind == "customer" else role for kind in who.split(",")}
    for key in sorted(set(said) | set(rules)):
        if said.get(key) != rules.get(key):
            yield "%s %s: the table has %s, tests/lib/page_rules.py %s" % (*key, said.get(key, "no such page"), rules.get(key, "no such page"))


def main(url, ca, folder):
    rows = [line.rstrip("\n").split("\t") for line in open(folder + "/pages")]
    people = [("nobody", "-", None)] + [line.split() for line in open(folder + "/people")]
    rules, hub, cells = page_rules.rules(), Hub(url, ca), 0
    wrong = list(table_wrong(rows, rules))
    refusals = {}
    for method, address, *_ in rows:
        rule = rules.get((method, address))
        # what asks for a session ends nobody's here, and what ends one is asked by nobody
        if rule is None or (method, address) == ("POST", "/sign-out"):
            continue
        for kind, role, cookie in people:
            status, location, body = hub.ask(method, re.sub(r"\{[^}]+\}", "0", address), cookie)
            got, want = verdict(status, location, body), expected(rule, kind, role)
            cells += 1
            if got != want:
                wrong.append("%s %s, %s %s: %s (%d), expected %s" % (method, address, kind, role, got, status, want))
            if got == "not yours":
                refusals.setdefault(body, address)
    if len(refusals) > 1:
        wrong.append("a refusal tells what it refuses: %s" % sorted(refusals.values()))
    print("\n".join(wrong + ["%d cells, %d wrong" % (cells, len(wrong))]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
