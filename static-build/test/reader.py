#!/usr/bin/env python3
"""reader - which sources are linked into this program?

usage: reader.py EVIDENCE PROGRAM    EVIDENCE is what `keelson record` wrote

A reader of the evidence that shares no code with keelson.  It was written from
docs/formats/record.md alone, and a test holds that page to it: when this
program goes wrong, the page is wrong.  Prints the path of each source that
belongs to an object of the program, sorted; files of the host are left out.

Of members with one name in one archive, which the names in a linker map do not
tell apart, all are printed.
"""
import hashlib
import json
import os
import re
import sys

FORMAT = 1


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


class Evidence:
    def __init__(self, place):
        with open(os.path.join(place, "record.json"), encoding="utf-8") as f:
            record = json.load(f)
        if record["format"] != FORMAT:
            sys.exit(f"reader: format {record['format']} is not known")
        self.room = os.path.join(place, "build")
        self.made = {}  # sha256 of an output: the events that wrote it
        with open(os.path.join(self.room, "events.jsonl"),
                  encoding="utf-8") as lines:
            for line in lines:
                self.add(json.loads(line))

    def add(self, event):
        if event["rc"] != 0:
            return
        outputs = event.get("outputs", [])
        if event.get("output"):
            outputs = outputs + [event["output"]]
        for file in outputs:
            if file["sha256"]:
                self.made.setdefault(file["sha256"], []).append(event)

    def maker(self, file, *kinds):
        """The event that wrote these bytes; of several the one whose output
        has the same path."""
        found = [e for e in self.made.get(file["sha256"], [])
                 if e["ev"] in kinds]
        for event in found:
            if (event.get("output") or {}).get("path") == file["path"]:
                return event
        return found[0] if found else None

    def map(self, link):
        path = os.path.join(self.room, "maps", link["map"] + ".map")
        with open(path, encoding="utf-8", errors="replace") as f:
            text = f.read()
        if digest(path) != link["map"]:
            sys.exit(f"reader: {path} was changed")
        return text


def taken_members(text):
    """Base name of an archive: names of the members that the map says were
    taken."""
    head = text.split("Merging program properties")[0]
    head = head.split("Discarded input sections")[0]
    head = head.split("Memory Configuration")[0]
    taken = {}
    for path, member in re.findall(r"^(\S+)\(([^()]+)\)", head, re.MULTILINE):
        taken.setdefault(os.path.basename(path), set()).add(member)
    return taken


class Reader:
    def __init__(self, evidence):
        self.evidence = evidence
        self.sources = set()
        self.seen = set()

    def program(self, path):
        file = {"path": path, "sha256": digest(path)}
        link = self.evidence.maker(file, "link")
        while link is None:  # a stripped copy
            step = self.evidence.maker(file, "generate")
            if step is None:
                sys.exit(f"reader: {path}: no recorded command made it")
            file = step["inputs"][0]
            link = self.evidence.maker(file, "link")
        self.link(link)

    def link(self, event):
        taken = taken_members(self.evidence.map(event))
        for file in event["inputs"]:
            self.input(file, taken.get(os.path.basename(file["path"]), set()))

    def input(self, file, members):
        archive = self.evidence.maker(file, "archive")
        if archive is None:
            self.object(file)
            return
        for member in archive["members"]:
            if member["name"] in members:
                self.object({"path": member["name"],
                             "sha256": member["sha256"]})

    def object(self, file):
        """An object, or what else is linked: a file without a maker is the
        host's; a link that is not relocatable, a shared library."""
        if file["sha256"] is None or file["sha256"] in self.seen:
            return
        self.seen.add(file["sha256"])
        maker = self.evidence.maker(file, "assemble", "compile") or \
            self.evidence.maker(file, "link") or \
            self.evidence.maker(file, "generate")
        if maker is None:
            return
        if maker["ev"] == "link":
            if maker["relocatable"]:
                self.link(maker)
        elif maker["ev"] == "generate":
            for inner in maker["inputs"]:
                self.object(inner)
        else:
            self.source(maker)

    def source(self, event):
        if event["ev"] == "assemble":
            events = self.evidence.made.get(event["source"]["sha256"], [])
            compiles = [e for e in events if e["ev"] == "compile"]
            same_run = [e for e in compiles if e["run"] == event["run"]]
            if compiles:
                event = (same_run or compiles)[0]
        self.sources.add(event["source"]["path"])


def main(place, program):
    reader = Reader(Evidence(place))
    reader.program(program)
    for path in sorted(reader.sources):
        print(path)


main(*sys.argv[1:])
