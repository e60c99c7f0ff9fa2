"""Makes pages of the portal from the guides: guide_pages.py FOLDER FILE.md...

Each file becomes FOLDER/guide_NAME.html, a template of the portal. Of Markdown it knows what docs/ uses: headings, paragraphs,
lists, tables, blocks of code, and in a line `code`, **bold**, *italic* and [links](of.md). Links to files that are pages
too lead there; of others the name stays.
"""
import html
import os
import re
import sys

# pages of the portal that a guide may name as `/page`: a link on the page that is made of it
PORTAL_PAGES = re.compile(r"/(sign-in|sign-up|forgot|register|companies|status|scoreboard|help|privacy|home|use|download|meter"
                          r"|devices|reads|account|premises)")
SECTIONS_LEAST = 4  # from so many on there is a list of them


def name_of(path):
    """docs/guides/csp.md is csp, docs/formats/lse.md is format-lse, docs/ftps.md is ftps."""
    folder, file = os.path.split(os.path.normpath(path))
    name = file.removesuffix(".md")
    if os.path.basename(folder) == "formats":
        return "formats" if name == "README" else "format-" + name
    return name


def escaped(text):
    # a brace may be a tag of a template
    return html.escape(text, quote=True).replace("{", "&#123;").replace("}", "&#125;")


def plain(text):
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "").replace("*", "")


def anchor_of(text):
    return re.sub(r"[^a-z0-9]+", "-", plain(text).lower()).strip("-") or "part"


class Page:
    def __init__(self, path, known):
        self.folder = os.path.dirname(path)
        self.known = known
        self.out = []
        self.sections = []
        self.title = name_of(path)
        self.anchors = set()
        with open(path, encoding="utf-8") as file:
            self.lines = file.read().split("\n")
        self.at = 0

    # ---- in a line ----

    def link(self, label, target):
        inner = self.line(label)
        if target.startswith("https://"):
            return f'<a href="{escaped(target)}" rel="noopener noreferrer external">{inner}</a>'
        file, _, part = target.partition("#")
        name = self.known.get(os.path.normpath(os.path.join(self.folder, file))) if file else ""
        if name is None:
            return inner
        where = f"/help/{name}?l={{{{l}}}}" if name else ""
        return f'<a href="{where}{"#" + escaped(part) if part else ""}">{inner}</a>'

    def line(self, text):
        # pictures are for who reads the files
        out, rest = [], re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
        pattern = re.compile(r"`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*")
        while (m := pattern.search(rest)) is not None:
            out.append(escaped(rest[:m.start()]))
            if m.group(1) is not None:
                code = f"<code>{escaped(m.group(1))}</code>"
                out.append(f'<a href="{m.group(1)}?l={{{{l}}}}">{code}</a>' if PORTAL_PAGES.fullmatch(m.group(1)) else code)
            elif m.group(2) is not None:
                out.append(self.link(m.group(2), m.group(3)))
            elif m.group(4) is not None:
                out.append(f"<strong>{self.line(m.group(4))}</strong>")
            else:
                out.append(f"<em>{self.line(m.group(5))}</em>")
            rest = rest[m.end():]
        return "".join(out) + escaped(rest)

    # ---- blocks ----

    def peek(self):
        return self.lines[self.at] if self.at < len(self.lines) else None

    def heading(self, line):
        level, text = len(line) - len(line.lstrip("#")), line.lstrip("#").strip()
        if level == 1:
            self.title = plain(text)
            self.out.append(f"<h1>{self.line(text)}</h1>")
            self.out.append(None)  # where the list of sections goes
            return
        anchor = anchor_of(text)
        while anchor in self.anchors:
            anchor += "-more"
        self.anchors.add(anchor)
        if level == 2:
            self.sections.append((anchor, plain(text)))
        self.out.append(f'<h{level} id="{anchor}">{self.line(text)}</h{level}>')

    def code(self, lines):
        self.out.append(f'<pre tabindex="0"><code>{escaped(chr(10).join(lines))}</code></pre>')

    def fenced(self, drawing):
        lines = []
        while (line := self.peek()) is not None and not line.startswith("```"):
            lines.append(line)
            self.at += 1
        self.at += 1
        if not drawing:
            self.code(lines)

    def indented(self):
        lines = []
        while (line := self.peek()) is not None and (line.startswith("    ") or not line.strip()):
            lines.append(line[4:])
            self.at += 1
        while lines and not lines[-1].strip():
            lines.pop()
        self.code(lines)

    def table(self):
        rows = []
        while (line := self.peek()) is not None and line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            rows.append([c.strip().replace("\\|", "|") for c in cells])
            self.at += 1
        head = rows[0] if len(rows) > 1 and all(re.fullmatch(r":?-+:?", c) for c in rows[1]) else None
        self.out.append('<div class="scroll" tabindex="0"><table>')
        if head is not None:
            cells = "".join(f'<th scope="col">{self.line(c)}</th>' if c else "<td></td>" for c in head)
            self.out.append(f"<thead><tr>{cells}</tr></thead>")
            rows = rows[2:]
        self.out.append("<tbody>")
        for row in rows:
            self.out.append("<tr>" + "".join(f"<td>{self.line(c)}</td>" for c in row) + "</tr>")
        self.out.append("</tbody></table></div>")

    def item(self, mark, first):
        """What belongs to an item is indented; a block of code in it is one here too."""
        words = [first]
        while (more := self.peek()) is not None and more.startswith("  ") and more.strip() and not re.match(mark, more):
            self.at += 1
            if not more.strip().startswith("```"):
                words.append(more.strip())
                continue
            self.out.append(self.line(" ".join(words)))
            words, lines = [], []
            while (line := self.peek()) is not None and not line.strip().startswith("```"):
                lines.append(line.strip())
                self.at += 1
            self.at += 1
            self.code(lines)
            while self.peek() == "" and (self.lines[self.at + 1:] or [""])[0].startswith("  "):
                self.at += 1
        self.out.append(self.line(" ".join(words)) + "</li>")

    def items(self, mark, kind):
        self.out.append(f"<{kind}>")
        while (line := self.peek()) is not None and (m := re.match(mark, line)):
            self.at += 1
            self.out.append("<li>")
            self.item(mark, line[m.end():])
            # a blank line between two items does not end the list
            following = (self.lines[self.at + 1:] or [""])[0]
            if self.peek() == "" and (re.match(mark, following) or following.startswith("   ") and following.strip()):
                self.at += 1
                if not re.match(mark, following):
                    self.out[-1] = self.out[-1].removesuffix("</li>")
                    self.item(mark, "")
                    if self.peek() == "" and re.match(mark, (self.lines[self.at + 1:] or [""])[0]):
                        self.at += 1
        self.out.append(f"</{kind}>")

    def paragraph(self):
        words = []
        while (line := self.peek()) is not None and line.strip() and not re.match(r"#|```|\||- |\* |\d+\. ", line):
            words.append(line.strip())
            self.at += 1
        if not words:  # a line that only looked like more
            words.append(self.lines[self.at])
            self.at += 1
        self.out.append(f"<p>{self.line(' '.join(words))}</p>")

    def blocks(self):
        while (line := self.peek()) is not None:
            if not line.strip():
                self.at += 1
            elif re.match(r"#{1,4} ", line):
                self.at += 1
                self.heading(line)
            elif line.startswith("```"):
                self.at += 1
                self.fenced(line.startswith("```mermaid"))
            elif line.startswith("    "):
                self.indented()
            elif line.startswith("|"):
                self.table()
            elif re.match(r"[-*] ", line):
                self.items(r"[-*] ", "ul")
            elif re.match(r"\d+\. ", line):
                self.items(r"\d+\. ", "ol")
            else:
                self.paragraph()

    def contents(self):
        if len(self.sections) < SECTIONS_LEAST:
            return ""
        links = "".join(f'<li><a href="#{a}">{escaped(t)}</a></li>' for a, t in self.sections)
        return f'<details class="contents"><summary>{{{{@GUIDE_PARTS}}}}</summary><ul>{links}</ul></details>'

    def template(self):
        self.blocks()
        body = "\n".join(self.contents() if part is None else part for part in self.out)
        return f"""{{{{>head.html}}}}
<title>{escaped(self.title)} – Busbar</title>
</head>
{{{{>top.html}}}}
<p><a href="/help?l={{{{l}}}}">{{{{@GUIDE_BACK}}}}</a></p>
{{{{?foreign}}}}<p class="sent">{{{{@GUIDE_ENGLISH}}}}</p>{{{{/}}}}
<article class="guide"{{{{?foreign}}}} lang="en"{{{{/}}}}>
{body}
</article>
{{{{>end.html}}}}
"""


def main():
    folder, files = sys.argv[1], sys.argv[2:]
    known = {os.path.normpath(f): name_of(f) for f in files}
    if len(set(known.values())) != len(files):
        sys.exit("two guides have one name")
    os.makedirs(folder, exist_ok=True)
    for file in files:
        with open(os.path.join(folder, f"guide_{name_of(file)}.html"), "w", encoding="utf-8") as to:
            to.write(Page(file, known).template())


main()
