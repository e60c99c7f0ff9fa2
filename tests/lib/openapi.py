"""api/openapi.yaml as a test has it: which operation a request is of, and whether an answer is one of those told there.

    openapi.py shape                  whether the file itself is sound
    openapi.py routes TABLE           whether the routes of `busbar-apid --routes` are those of the file
    openapi.py answers FOLDER         whether each answer recorded in FOLDER (NAME.at, .headers, .body) is told
    openapi.py covered FOLDER...      which operations have no good answer there

Prints what is wrong, a line each, and how much was looked at; exit 1 when something is wrong."""
import functools
import json
import os
import re
import sys
import urllib.parse
import warnings

import jsonschema
import yaml

warnings.filterwarnings("ignore", message=".*RefResolver")  # newer ones have another; Debian 12's has this
FILE = os.path.join(os.path.dirname(__file__), "../../api/openapi.yaml")
METHODS = ("get", "put", "post", "patch", "delete")
# what a row of the route table calls who may, as the names of `security`
CALLERS = {"login": {"account", "password", "certificate"}, "box": {"account", "password", "certificate"}, "personal": {"personal"}, "access": {"access"},
    "client": {"client"}, "registration": {"registration"}}
# what may be answered without being told for an operation: nginx's and the table's own refusals, and our own troubles
DEFAULT = {405, 408, 411, 413, 414, 500, 503, 504, 507}
SOLE_PROBLEM = "application/problem+json"


class Once(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Refuses a key that a mapping has already: YAML would take the last one without a word."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(k, deep=True) for k, _ in node.value if k.tag != "tag:yaml.org,2002:merge"]
        twice = sorted({str(k) for k in keys if keys.count(k) > 1})
        if twice:
            raise yaml.YAMLError(f"{node.start_mark}: stands twice: {', '.join(twice)}")
        return super().construct_mapping(node, deep)


class File:
    def __init__(self, path=FILE):
        with open(path, encoding="utf-8") as f:
            self.doc = yaml.load(f, Loader=Once)
        self.resolver = jsonschema.RefResolver("", self.doc)
        self.operations = {}
        for path_, item in self.doc["paths"].items():
            for method in METHODS:
                if method in item:
                    self.operations[method.upper(), path_] = item[method]
        self.patterns = [(re.compile("^" + re.sub(r"\{[^/]+\}", "[^/]+", p) + "/?$"), p) for p in self.doc["paths"]]

    def resolved(self, x):
        while isinstance(x, dict) and "$ref" in x:
            at = self.doc
            for word in x["$ref"].removeprefix("#/").split("/"):
                at = at[word]
            x = at
        return x

    def parameters(self, path, op):
        all_ = self.doc["paths"][path].get("parameters", []) + op.get("parameters", [])
        return [self.resolved(p) for p in all_]

    @functools.lru_cache(None)
    def checker(self, key):
        schema = json.loads(key)
        return jsonschema.Draft202012Validator(schema, resolver=self.resolver)

    def wrong(self, schema, value):
        """What of a value is not as its schema says: words, or None. Of several forms that it might have, what keeps it
        from the one that it is the nearest to."""
        found = next(self.checker(json.dumps(schema)).iter_errors(value), None)
        while found and found.context:
            forms = {}
            for e in found.context:
                forms.setdefault(e.schema_path[0], []).append(e)
            found = min(forms.values(), key=lambda es: (any(e.validator == "const" for e in es), len(es)))[0]
        return found and "%s: %s" % (found.json_path, found.message[:200])

    def at(self, method, address):
        """(path of the file, operation) of a request, or None."""
        path = urllib.parse.urlsplit(address).path
        method = "GET" if method == "HEAD" else method
        for pattern, name in self.patterns:
            if pattern.match(path) and (method, name) in self.operations:
                return name, self.operations[method, name]
        return None

    # ---- answers ----

    def header_wrong(self, told, headers):
        for name, given in told.items():
            h = self.resolved(given)
            value = headers.get(name.lower())
            if value is None:
                if h.get("required"):
                    yield "no header %s" % name
                continue
            schema = self.resolved(h["schema"])
            if schema.get("type") == "integer":
                value = int(value) if value.isdigit() else value
            wrong = self.wrong(schema, value)
            if wrong:
                yield "header %s: %s" % (name, wrong)

    def body_wrong(self, media, kind, body):
        if kind in ("application/json", SOLE_PROBLEM):
            try:
                value = json.loads(body)
            except ValueError as e:
                return "not JSON: %s" % e
            return self.wrong(media["schema"], value)
        if "x-each-line" in media:
            for line in body.decode().splitlines():
                wrong = self.wrong(media["x-each-line"], json.loads(line))
                if wrong:
                    return wrong
        return None

    def answer_wrong(self, method, address, status, headers, body):
        """headers: with names in small letters. None of what is yielded: the answer is as it is told."""
        at = self.at(method, address)
        if at is None:
            if status not in (404, 405):
                yield "%d, where the file has nothing" % status
            return
        told = at[1]["responses"].get(str(status))
        if told is None:
            if status not in DEFAULT:
                yield "status %d is not told" % status
                return
            told = at[1]["responses"]["default"]
        told = self.resolved(told)
        yield from self.header_wrong(told.get("headers", {}), headers)
        if method == "HEAD":
            return
        kind = headers.get("content-type", "").split(";")[0].strip()
        content = told.get("content")
        if not content:
            if body or kind:
                yield "a body of %s, where none is told" % kind
        elif kind not in content:
            yield "type \"%s\", expected %s" % (kind, " or ".join(content))
        else:
            wrong = self.body_wrong(content[kind], kind, body)
            if wrong:
                yield wrong
            if kind == SOLE_PROBLEM and json.loads(body).get("status") != status:
                yield "its problem has another status"

    def question_wrong(self, method, address, body):
        """Of a request that was answered well: what of it the file does not know."""
        at = self.at(method, address)
        if at is None:
            return
        known = {p["name"]: p for p in self.parameters(*at) if p["in"] == "query"}
        given = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query, keep_blank_values=True)
        for name in given:
            if name not in known:
                yield "parameter %s is not told" % name
        for name, p in known.items():
            if p.get("required") and name not in given:
                yield "parameter %s is told to be needed, and is not" % name
        wanted = self.resolved(at[1].get("requestBody"))
        if body and wanted and "application/json" in wanted["content"]:
            wrong = self.wrong(wanted["content"]["application/json"]["schema"], json.loads(body))
            if wrong:
                yield "the body taken: %s" % wrong
        elif body and not wanted:
            yield "a body was taken, and none is told"

    # ---- the file itself ----

    def shape_wrong(self):
        names = set()
        for (method, path), op in self.operations.items():
            where = "%s %s" % (method, path)
            for need in ("operationId", "tags", "summary", "security", "x-budget", "responses"):
                if need not in op:
                    yield "%s: no %s" % (where, need)
                    return
            if op["operationId"] in names:
                yield "%s: operationId %s is there twice" % (where, op["operationId"])
            names.add(op["operationId"])
            in_path = {p["name"] for p in self.parameters(path, op) if p["in"] == "path"}
            if in_path != set(re.findall(r"\{([^}]+)\}", path)):
                yield "%s: parameters of the path are %s" % (where, sorted(in_path))
            for p in self.parameters(path, op):
                if "description" not in p or "schema" not in p:
                    yield "%s: parameter %s has no description or schema" % (where, p.get("name"))
            for need in ("401", "403", "429", "default") if op["security"] else ("default",):
                if need not in op["responses"]:
                    yield "%s: no answer %s" % (where, need)
            if in_path and "404" not in op["responses"]:
                yield "%s: no answer 404" % where
            if not any(s[0] == "2" for s in op["responses"]):
                yield "%s: no good answer" % where
            for one in op["security"]:
                for name in one:
                    if name not in self.doc["components"]["securitySchemes"]:
                        yield "%s: there is no %s" % (where, name)
            tags = {t["name"] for t in self.doc["tags"]}
            if not set(op["tags"]) <= tags:
                yield "%s: tags %s" % (where, op["tags"])
        yield from self.parts_wrong()

    def parts_wrong(self):
        used = set()

        def walk(x, where):
            if isinstance(x, dict):
                if "$ref" in x:
                    used.add(x["$ref"])
                    try:
                        self.resolved(x)
                    except (KeyError, TypeError):
                        yield "%s: there is no %s" % (where, x["$ref"])
                for k, v in x.items():
                    yield from walk(v, "%s/%s" % (where, k))
            elif isinstance(x, list):
                for i, v in enumerate(x):
                    yield from walk(v, "%s/%d" % (where, i))

        yield from walk(self.doc, "")
        for part, of in self.doc["components"].items():
            for name, x in of.items():
                if part != "securitySchemes" and "#/components/%s/%s" % (part, name) not in used:
                    yield "nothing is of %s/%s" % (part, name)
                if part == "schemas":
                    try:
                        jsonschema.Draft202012Validator.check_schema(x)
                    except jsonschema.SchemaError as e:
                        yield "schema %s: %s" % (name, e.message)

    # ---- routes ----

    def routes_wrong(self, table):
        rows = {}
        for line in table:
            family, method, path, who, budget, most, once, _ = line.rstrip("\n").split("\t")
            if family == "v1":
                rows[method, path] = (who.split(","), budget, int(most), once == "once")
        for key in rows.keys() - self.operations.keys():
            yield "%s %s is a route, and not in api/openapi.yaml" % key
        for key in self.operations.keys() - rows.keys():
            yield "%s %s is in api/openapi.yaml, and is no route" % key
        for key in rows.keys() & self.operations.keys():
            who, budget, most, once = rows[key]
            op = self.operations[key]
            callers = set().union(*(CALLERS[w] for w in who if w in CALLERS))
            for what, is_, told in (
                    ("security", callers, {name for one in op["security"] for name in one}),
                    ("x-budget", budget, op["x-budget"]),
                    ("x-body-most", most, op.get("x-body-most", 0)),
                    ("a body", most > 0, "requestBody" in op),
                    ("Idempotency-Key", once, any(p["name"] == "Idempotency-Key" for p in self.parameters(key[1], op)))):
                if is_ != told:
                    yield "%s %s: %s is %s, told is %s" % (*key, what, is_, told)


def recorded(folder):
    """Requests and their answers as tests/flow/api.sh keeps them."""
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".at"):
            continue
        base = os.path.join(folder, name[:-3])
        with open(base + ".at") as f:
            method, status, address = f.read().strip().split(" ", 2)
        headers = {}
        with open(base + ".headers", encoding="latin-1") as f:
            for line in f:
                if line.startswith("HTTP/"):
                    headers = {}
                elif ":" in line:
                    k, v = line.strip().split(":", 1)
                    headers[k.lower()] = v.strip()
        body = b""
        if os.path.exists(base + ".body"):
            with open(base + ".body", "rb") as f:
                body = f.read()
        yield method, address, int(status), headers, body


def main(what, *given):
    file = File()
    wrong, n = [], 0
    if what == "shape":
        wrong, n = list(file.shape_wrong()), len(file.operations)
    elif what == "routes":
        with open(given[0]) as f:
            wrong, n = list(file.routes_wrong(f)), len(file.operations)
    elif what == "answers":
        for method, address, status, headers, body in recorded(given[0]):
            n += 1
            found = list(file.answer_wrong(method, address, status, headers, body))
            if status < 300:
                found += [w for w in file.question_wrong(method, address, b"") if "parameter" in w]
            wrong += ["%s %s, %d: %s" % (method, address.split("/v1", 1)[-1], status, w) for w in found]
    else:
        sys.exit(__doc__)
    for line in wrong:
        print(line)
    print("%d looked at, %d wrong" % (n, len(wrong)))
    return 1 if wrong or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
