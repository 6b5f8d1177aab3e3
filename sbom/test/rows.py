#!/usr/bin/env python3
"""rows - is it true what `keelson sbom --rows` says of a program?

usage: sbom/test/rows.py KEELSON ROOT PROGRAM

Recomputed with binutils and without the linker's map:

1. each section that readelf says is loaded has rows from its start to its end;
2. a function that nm finds in the program is in a row whose object, taken out
   of its archive by digest, defines a function of that name and size;
3. the bytes of a row are those of that section of its object, but for what
   relocations change.

A sample of each is taken; the seed is printed and can be given as SEED.
"""
import bisect
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile

SAMPLE = 150


def run(*words):
    return subprocess.run(words, check=True, text=True, errors="replace",
                          stdout=subprocess.PIPE).stdout


def loaded_sections(path):
    """(name, address, offset, size, type, flags) of each section with bytes"""
    for line in run("readelf", "-SW", path).splitlines():
        m = re.match(r"\s*\[ *\d+\] (\S+)\s+(\S+)\s+([0-9a-f]{16}) "
                     r"([0-9a-f]+) ([0-9a-f]+) [0-9a-f]+\s+(\w*)\s", line)
        if m and "A" in m[6] and int(m[5], 16) > 0:
            yield (m[1], int(m[3], 16), int(m[4], 16), int(m[5], 16), m[2],
                   m[6])


def archive_members(data):
    """the bytes of each member (ar(5)), in order, names aside"""
    at = 8
    while at + 60 <= len(data):
        size = int(data[at + 48:at + 58])
        if not data[at:at + 16].startswith((b"/ ", b"// ", b"/SYM64/")):
            yield data[at + 60:at + 60 + size]
        at += 60 + size + size % 2


class Objects:
    """the objects of a program, each in a file of its own"""

    def __init__(self, root, listed, folder):
        self.root, self.listed, self.folder = root, listed, folder
        self.archives, self.known = {}, {}

    def path(self, index):
        x = self.listed[index]
        to = f"{self.folder}/{x['sha256']}.o"
        if not os.path.exists(to):
            with open(to, "wb") as out:
                out.write(self.read(x))
        return to

    def read(self, x):
        name = x.get("library", x["name"])
        path = name if name.startswith("/") else f"{self.root}/{name}"
        with open(path, "rb") as file:
            data = file.read()
        if data[:8] == b"!<thin>\n":
            path = os.path.join(os.path.dirname(path), x["name"])
            with open(path, "rb") as file:
                data = file.read()
        elif data[:8] == b"!<arch>\n":
            if path not in self.archives:
                self.archives[path] = {
                    hashlib.sha256(m).hexdigest(): m
                    for m in archive_members(data)}
            data = self.archives[path][x["sha256"]]
        assert hashlib.sha256(data).hexdigest() == x["sha256"], path
        return data

    def functions(self, index):
        """{(name, size)} of the functions that an object defines"""
        if index not in self.known:
            self.known[index] = {(n, s) for n, _, s in
                                 functions(self.path(index))}
        return self.known[index]


def functions(path):
    for line in run("nm", "-S", path).splitlines():
        words = line.split()
        if len(words) == 4 and words[2] in "tTwW":
            yield words[3], int(words[0], 16), int(words[1], 16)


def relocated(path):
    """{section: [offset]} of what the linker changes"""
    found, now = {}, None
    for line in run("readelf", "-rW", path).splitlines():
        m = re.match(r"Relocation section '\.rela(\S+)'", line)
        if m:
            now = found.setdefault(m[1], [])
        m = re.match(r"([0-9a-f]{16})  [0-9a-f]{16} ", line)
        if m and now is not None:
            now.append(int(m[1], 16))
    return found


def check_sections(path, said):
    there = [(n, a, s) for n, a, _, s, _, _ in loaded_sections(path)]
    listed = [(s["name"], s["address"], s["size"]) for s in said["sections"]]
    assert there == listed, f"sections differ: {there} {listed}"
    for s in said["sections"]:
        at = s["address"]
        for row in s["rows"]:
            assert row["address"] == at and row["size"] > 0, \
                f"{s['name']}: gap or overlap at {at:#x}"
            owners = len(row["owners"])
            assert {"section": owners == 1, "shared": owners > 1,
                    "padding": owners == 0,
                    "linker": owners == 0}[row["kind"]], row
            at += row["size"]
        assert at == s["address"] + s["size"], f"{s['name']}: ends at {at:#x}"
    return len(there)


def check_functions(debug, rows, objects):
    starts = [r["address"] for r in rows]
    found = [f for f in functions(debug) if f[2] > 0]
    for name, address, size in random.sample(found, min(SAMPLE, len(found))):
        row = rows[bisect.bisect_right(starts, address) - 1]
        assert row["kind"] == "section", f"{name} is in {row}"
        assert address + size <= row["address"] + row["size"], name
        owner = row["owners"][0]
        assert (name, size) in objects.functions(owner), \
            f"{name} of {size} bytes is not in {objects.listed[owner]}"
    return min(SAMPLE, len(found))


def same_bytes(program, row, offset, objects):
    """True, False, or None when the row is not one whole section"""
    path = objects.path(row["owners"][0])
    fits = [s for s in loaded_sections(path)
            if s[0] == row["part"] and s[3] == row["size"]
            and "M" not in s[5] and s[4] != "NOBITS"]
    if len(fits) != 1:
        return None
    with open(path, "rb") as file:
        file.seek(fits[0][2])
        given = bytearray(file.read(row["size"]))
    placed = bytearray(program[offset:offset + row["size"]])
    for at in relocated(path).get(row["part"], ()):
        for i in range(max(0, at - 4), min(len(given), at + 8)):
            given[i] = placed[i] = 0
    return given == placed


def check_bytes(path, said, objects):
    with open(path, "rb") as file:
        program = file.read()
    at = {s[0]: s for s in loaded_sections(path)}
    rows = [(s["name"], r) for s in said["sections"] for r in s["rows"]
            if r["kind"] == "section" and at[s["name"]][4] != "NOBITS"
            and s["name"] != ".eh_frame"]
    compared = 0
    for name, row in random.sample(rows, min(SAMPLE, len(rows))):
        offset = row["address"] - at[name][1] + at[name][2]
        same = same_bytes(program, row, offset, objects)
        assert same is not False, f"{name}: {row} has other bytes"
        compared += same is True
    return compared


def main():
    keelson, root, path = sys.argv[1:]
    seed = os.environ.get("SEED") or str(random.randrange(1 << 32))
    random.seed(seed)
    said = json.loads(run(keelson, "sbom", "--root", root, "--rows", path))
    debug = f"{root}/build/bin/debug/{os.path.basename(path)}"
    rows = sorted((r for s in said["sections"] if s["name"] != ".tbss"
                   for r in s["rows"]), key=lambda r: r["address"])
    with tempfile.TemporaryDirectory() as folder:
        objects = Objects(root, said["objects"], folder)
        n = check_sections(path, said)
        f = check_functions(debug, rows, objects)
        b = check_bytes(path, said, objects)
    print(f"{os.path.basename(path)}: {n} sections, {len(rows)} rows, "
          f"{f} functions, bytes of {b} rows compared, SEED={seed}")
    assert f > 5 and b > 5


main()
