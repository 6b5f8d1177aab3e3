#!/usr/bin/env python3
"""page_html - a page of `keelson report`, read by a parser that is not ours.

usage: page_html.py PAGE check          refuse what the page must not be
       page_html.py PAGE rows:ID        rows of the table whose caption is c-ID
       page_html.py PAGE verdicts       "CVE STATUS", a line each
       page_html.py PAGE parts          "BYTES FILE" of each file of a program
       page_html.py PAGE commands       line, tab, what it prints
"""
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "hr", "input"}
BANNED = {"script", "img", "link", "iframe", "object", "embed", "form",
          "base", "audio", "video", "image", "use"}
HEADINGS = {"h1", "h2", "h3"}


class Element:
    def __init__(self, name, attributes, parent):
        self.name = name
        self.attributes = dict(attributes)
        self.parent = parent
        self.children = []

    def text(self):
        return "".join(c if isinstance(c, str) else c.text()
                       for c in self.children)

    def all(self, name=None):
        for child in self.children:
            if not isinstance(child, str):
                if name in (None, child.name):
                    yield child
                yield from child.all(name)

    def has_class(self, word):
        return word in self.attributes.get("class", "").split()


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("", (), None)
        self.faults = []
        self.feed(text)
        self.close()
        if self.open is not self.root:
            self.faults.append(f"<{self.open.name}> is not closed")

    def handle_starttag(self, tag, attrs):
        new = Element(tag, attrs, self.open)
        self.open.children.append(new)
        if tag not in VOID:
            self.open = new

    def handle_startendtag(self, tag, attrs):
        self.open.children.append(Element(tag, attrs, self.open))

    def handle_endtag(self, tag):
        if self.open.name != tag:
            self.faults.append(f"</{tag}> closes <{self.open.name}>")
        self.open = self.open.parent or self.root

    def handle_data(self, data):
        self.open.children.append(data)

    def handle_comment(self, data):
        self.faults.append(f"a comment: {data[:40]}")


def plain(element):
    return re.sub(r"\s+", " ", element.text().replace("\xa0", " ")).strip()


def check_element(x, ids):
    if x.name in BANNED:
        yield f"<{x.name}>"
    for key, value in x.attributes.items():
        if key.startswith("on") or key in ("style", "src", "srcset", "action"):
            yield f"<{x.name} {key}=>"
        if key in ("href", "aria-labelledby") and \
                value.lstrip("#") not in ids:
            yield f"<{x.name} {key}={value}>: there is no such id"
        if key == "tabindex" and int(value) > 0:
            yield f"<{x.name} tabindex={value}>"
    if x.name == "a" and not x.attributes.get("href", "").startswith("#"):
        yield f"a link to {x.attributes.get('href')}"
    if x.name == "table" and not any(x.all("caption")):
        yield "a table without a caption"
    if x.name == "th" and x.attributes.get("scope") not in ("col", "row"):
        yield "a head without a scope"


def check(page):
    yield from page.faults
    elements = list(page.root.all())
    ids = [x.attributes["id"] for x in elements if "id" in x.attributes]
    yield from (f"id {i} is there twice" for i in set(ids)
                if ids.count(i) > 1)
    for x in elements:
        yield from check_element(x, ids)
    for name, n in (("main", 1), ("h1", 1), ("title", 1), ("style", 1),
                    ("nav", 1), ("header", 1), ("footer", 1)):
        found = sum(x.name == name and x.parent.name not in ("g", "rect")
                    for x in elements)
        if found != n:
            yield f"{found} <{name}>"
    level = 1
    for x in elements:
        if x.name in HEADINGS:
            if int(x.name[1]) > level + 1:
                yield f"<{x.name}> after <h{level}>"
            level = int(x.name[1])
    policy = [x.attributes.get("content", "") for x in page.root.all("meta")
              if x.attributes.get("http-equiv") == "Content-Security-Policy"]
    if len(policy) != 1 or "default-src 'none'" not in policy[0]:
        yield "no policy"


def tables(page):
    for table in page.root.all("table"):
        caption = next(table.all("caption"))
        body = next(table.all("tbody"))
        yield caption.attributes["id"].removeprefix("c-"), [
            [c for c in row.children if not isinstance(c, str)]
            for row in body.all("tr")]


def rows(page, wanted):
    for name, list_ in tables(page):
        if name == wanted:
            yield from (" ".join(map(plain, cells)) for cells in list_)


def verdicts(page):
    for section in page.root.all("section"):
        if section.attributes.get("id") == "cves":
            for summary in section.all("summary"):
                badge = next(s for s in summary.all("span")
                             if s.has_class("badge"))
                yield f"{plain(next(summary.all('b')))} {plain(badge)}"


def parts(page):
    for name, list_ in tables(page):
        if re.fullmatch(r"p\d+-\d+", name):
            for cells in list_:
                yield plain(cells[1]).replace(",", "") + " " + plain(cells[0])


def commands(page):
    for step in page.root.all("ol"):
        if step.has_class("steps"):
            for item in step.all("li"):
                codes = list(item.all("code"))
                yield codes[0].text() + "\t" + "".join(
                    c.text() for c in codes[1:])


def main(path, what):
    with open(path, encoding="utf-8") as file:
        page = Page(file.read())
    if what == "check":
        faults = list(check(page))
        print("\n".join(faults[:20]), end="\n" if faults else "")
        sys.exit(bool(faults))
    if what.startswith("rows:"):
        lines = rows(page, what[5:])
    else:
        lines = {"verdicts": verdicts, "parts": parts,
                 "commands": commands}[what](page)
    for line in lines:
        print(line)


main(*sys.argv[1:])
