#!/usr/bin/env python3
"""Makes a page for people of api/openapi.yaml: one file of HTML, no script.

    openapi_page.py openapi.yaml > reference.html
"""
import html
import re
import sys

import yaml

METHODS = ("get", "put", "post", "patch", "delete")


def text(s):
    """A line of Markdown: `code`, **strong**, [words](address)."""
    s = html.escape(str(s), quote=False)
    s = re.sub(r"`([^`]+)`", r"<code>\1</code>", s)
    s = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", s)
    return re.sub(r"\[([^]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', s)


def paragraphs(s):
    return "".join("<p>%s</p>\n" % text(" ".join(p.split())) for p in re.split(r"\n\s*\n", (s or "").strip()) if p.strip())


class Page:
    def __init__(self, doc):
        self.doc = doc

    def resolved(self, x):
        while isinstance(x, dict) and "$ref" in x:
            at = self.doc
            for word in x["$ref"].removeprefix("#/").split("/"):
                at = at[word]
            x = at
        return x

    # ---- types ----

    def type(self, s):
        """A schema in a few words of HTML."""
        if "$ref" in s:
            name = s["$ref"].split("/")[-1]
            return '<a href="#schema-%s">%s</a>' % (name, name)
        for key in ("oneOf", "anyOf"):
            if key in s:
                return " or ".join(self.type(x) for x in s[key])
        if "const" in s:
            return "<code>%s</code>" % html.escape(str(s["const"]))
        if "enum" in s:
            return ", ".join("<code>%s</code>" % ("null" if x is None else html.escape(str(x))) for x in s["enum"])
        kinds = s.get("type", "any")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "array" in kinds:
            return "list of " + self.type(s.get("items", {}))
        words = " or ".join(kinds)
        least, most = s.get("minimum"), s.get("maximum")
        if least is not None and most is not None:
            words += ", %d to %d" % (least, most)
        elif least is not None:
            words += ", %d or more" % least
        if "maxLength" in s:
            words += ", at most %d characters" % s["maxLength"]
        return words

    def rows(self, s, before=""):
        """Members of an object as (name, type, needed, words); those of objects in it too."""
        for name, m in s.get("properties", {}).items():
            words = m.get("description") or ("" if "$ref" not in m else self.resolved(m).get("description", ""))
            if "default" in m:
                words += " Preset: `%s`." % str(m["default"]).lower()
            yield before + name, self.type(m), name in s.get("required", []), words
            inner = m.get("items", m) if m.get("type") == "array" else m
            if isinstance(inner, dict) and "properties" in inner:
                yield from self.rows(inner, before + name + ("[]." if inner is not m else "."))

    def members(self, rows, needed="always"):
        out = ['<dl class="members">']
        for name, kind, must, words in rows:
            out.append("<div><dt><code>%s</code></dt><dd><span class=\"type\">%s%s</span>%s</dd></div>" % (
                html.escape(name), kind, ", " + needed if must else "", " " + text(words) if words else ""))
        out.append("</dl>")
        return "\n".join(out) + "\n"

    def schema(self, s):
        """What a body is: its members, or words."""
        if "$ref" in s or "properties" not in s:
            return "<p>%s%s</p>\n" % (self.type(s), ". " + text(s["description"]) if "description" in s else "")
        return self.members(self.rows(s))

    # ---- an operation ----

    def callers(self, op):
        names = [name for one in op.get("security", []) for name in one]
        return ", ".join('<a href="#caller-%s">%s</a>' % (n, n) for n in names) or "anybody"

    def parameters(self, item, op):
        all_ = [self.resolved(p) for p in item.get("parameters", []) + op.get("parameters", [])]
        rows = [(p["name"], self.type(p["schema"]) + (" (header)" if p["in"] == "header" else ""), p.get("required", False),
            (p.get("description", "") + (" Preset: `%s`." % str(p["schema"]["default"]).lower()
                if "default" in p["schema"] else ""))) for p in all_]
        return "<h4>Parameters</h4>\n" + self.members(rows, "required") if rows else ""

    def body(self, op):
        if "requestBody" not in op:
            return ""
        (kind, media), = self.resolved(op["requestBody"])["content"].items()
        most = op.get("x-body-most")
        schema = self.resolved(media["schema"]) if "$ref" in media["schema"] else media["schema"]
        return "<h4>Body</h4>\n<p><code>%s</code>%s</p>\n%s" % (kind,
            ", at most %s bytes" % format(most, ",") if most else "", self.members(self.rows(schema), "required"))

    def answers(self, op):
        out = ["<h4>Answers</h4>\n<dl class=\"answers\">"]
        for status, given in op["responses"].items():
            r = self.resolved(given)
            out.append("<div><dt>%s</dt><dd>%s" % ("else" if status == "default" else status, paragraphs(r["description"])))
            for kind, media in r.get("content", {}).items():
                if kind != "application/problem+json":
                    out.append('<p class="media"><code>%s</code></p>%s' % (kind, self.schema(media["schema"])))
            if str(status)[0] == "2" and r.get("headers"):
                out.append("<p>Headers: %s</p>" % ", ".join(
                    '<a href="#header-%s">%s</a>' % (h, h) for h in r["headers"]))
            out.append("</dd></div>")
        return "\n".join(out) + "\n</dl>\n"

    def operation(self, path, method, item, op):
        id_ = op["operationId"]
        where = '<span class="method">%s</span> <code>%s</code>' % (method.upper(), re.sub(r"([/_])", r"\1<wbr>", html.escape(path)))
        return '<section class="operation">\n<h3 id="%s">%s</h3>\n<p class="where">%s</p>\n%s' % (
            id_, text(op["summary"]), where, paragraphs(op.get("description"))) + (
            "<p class=\"for\">For: %s. Budget: %s.</p>\n" % (self.callers(op), op["x-budget"]) if "x-budget" in op else "") + (
            self.parameters(item, op) + self.body(op) + self.answers(op) + "</section>\n")

    # ---- all ----

    def operations(self):
        for path, item in list(self.doc["paths"].items()) + list(self.doc.get("webhooks", {}).items()):
            for method in METHODS:
                if method in item:
                    yield path, method, item, item[method]

    def groups(self):
        out = []
        for tag in self.doc["tags"]:
            name = tag["name"]
            out.append('<h2 id="%s">%s</h2>\n%s' % (slug(name), name, paragraphs(tag["description"])))
            out += [self.operation(*x) for x in self.operations() if name in x[3]["tags"]]
        return "".join(out)

    def contents(self):
        out = []
        for tag in self.doc["tags"]:
            links = "".join('<li><a href="#%s">%s</a></li>\n' % (op["operationId"], text(op["summary"]))
                for _, _, _, op in self.operations() if tag["name"] in op["tags"])
            out.append('<li><a href="#%s">%s</a>\n<ul>\n%s</ul></li>\n' % (slug(tag["name"]), tag["name"], links))
        for id_, words in (("callers", "Who may"), ("headers", "Headers"), ("schemas", "What bodies hold")):
            out.append('<li><a href="#%s">%s</a></li>\n' % (id_, words))
        return "".join(out)

    def terms(self, prefix, of, words):
        return "<dl class=\"members\">\n" + "".join('<div id="%s-%s"><dt><code>%s</code></dt><dd>%s</dd></div>\n' % (
            prefix, name, name, words(x)) for name, x in of.items()) + "</dl>\n"

    def schemas(self):
        out = []
        for name, s in self.doc["components"]["schemas"].items():
            out.append('<section>\n<h3 id="schema-%s">%s</h3>\n' % (name, name))
            if "properties" in s:
                out.append(paragraphs(s.get("description")) + self.members(self.rows(s)))
            else:
                out.append("<p>%s%s</p>\n" % (self.type(s), ". " + text(s["description"]) if "description" in s else ""))
            out.append("</section>\n")
        return "".join(out)

    def page(self):
        info, parts = self.doc["info"], self.doc["components"]
        return """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%(title)s: the API, version %(version)s</title>
<link rel="stylesheet" href="/reference.css">
</head>
<body>
<a class="skip" href="#page">To the text</a>
<header><p><strong>%(title)s</strong> %(summary)s</p></header>
<nav aria-label="Contents">
<ul>
%(contents)s</ul>
</nav>
<main id="page" tabindex="-1">
<h1>The API, version %(version)s</h1>
<p><a href="/openapi.yaml">openapi.yaml</a> is the same for programs (OpenAPI %(openapi)s).</p>
%(description)s%(groups)s<h2 id="callers">Who may</h2>
%(callers)s<h2 id="headers">Headers of answers</h2>
%(headers)s<h2 id="schemas">What bodies hold</h2>
%(schemas)s</main>
</body>
</html>
""" % dict(title=html.escape(info["title"]), version=html.escape(info["version"]), summary=text(info["summary"]),
            openapi=self.doc["openapi"], contents=self.contents(), description=paragraphs(info["description"]),
            groups=self.groups(), schemas=self.schemas(),
            callers=self.terms("caller", parts["securitySchemes"], lambda x: text(x["description"])),
            headers=self.terms("header", parts["headers"], lambda x: text(x["description"])))


def slug(name):
    return "tag-" + re.sub(r"[^a-z]+", "-", name.lower())


with open(sys.argv[1], encoding="utf-8") as f:
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(Page(yaml.safe_load(f)).page())
