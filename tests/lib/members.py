#!/usr/bin/env python3
"""members - print the struct members that no code reads.

usage: tests/lib/members.py        one a line: FILE:LINE: STRUCT.MEMBER

clang shows the syntax tree of every .c file but unit tests and fuzzers, which
only see that a member has its value.  A member is read where its value is used, its address is taken or it becomes a pointer; not
where it is assigned, counted up or measured by sizeof, or where the whole
struct is copied.  A struct that is passed as `const void *` or cast to
`const char *` is read as bytes, with all its members: a key is hashed, a
request is sent.  offsetof() does not name its member in clang's output: every word in the arguments of
offsetof() and of macros counts as read in such a file.

Not reported: padding, which is called `spare`, and structs whose layout is not
ours (a kernel header's, a standard's); the comment right above such a struct
says "Layout:" and where it is from.

Fails when a file cannot be parsed: members could be read there.
"""
import multiprocessing
import os
import re
import subprocess
import sys

sys.path.insert(0, "tests/lib")
from house import House, is_test  # noqa: E402

CLANG = ["clang", "-std=c17", "-D_GNU_SOURCE", "-I.", "-isystem",
         "build/host/yyjson/src", "-idirafter", "build/sysroot/include", "-w",
         "-fsyntax-only", "-fno-color-diagnostics", "-Xclang", "-ast-dump"]
# Where clang is ccache, that would answer with the tree of another file.
ENVIRONMENT = {**os.environ, "CCACHE_DISABLE": "1"}
NODE = re.compile(r"([ |`-]*)(<<<NULL>>>|\w+)(?: 0x([0-9a-f]+))?(.*)")
PLACE = re.compile(r"(?:([^\s<>,:]+\.[ch])|line):(\d+):\d+")
RECORD = re.compile(r"\b(?:struct|union)(?: (\w+))? definition$")
FIELD = re.compile(r"(?:^| )(\w+) '")
MEMBER = re.compile(r"(?:->|\.)\w* 0x([0-9a-f]+)$")
CHECKS = re.compile(r"t_|fuzz_")
MACRO = re.compile(r"\b(?:offsetof|[A-Z][A-Z_0-9]*)\s*\(([^;{}]*)")
BYTES = re.compile(r"'const (?:void|char|unsigned char|uint8_t) \*'"
                   r"(?::'[^']*')? <BitCast>$")
POINTER = re.compile(r"'(?:const )?(?:struct|union) (?:(\w+)|"
                     r"\(unnamed \w+ at (\S+):(\d+):\d+\)) \*'")
# They copy a struct; whoever has the copy reads it.
COPY = re.compile(r"'(?:memcpy|memmove)'")
# Statements, and which of their children are values in use.
STATEMENTS = {"CompoundStmt": (), "IfStmt": (0,), "WhileStmt": (0,),
              "ForStmt": (2,), "CaseStmt": (0,), "DefaultStmt": (),
              "LabelStmt": ()}


class Node:
    """A line of the tree: its kind, what follows, which child it is."""

    def __init__(self, kind, rest, index):
        self.kind, self.rest, self.index = kind, rest, index
        self.children = 0
        self.record = None  # of a RecordDecl
        self.is_copy = False  # of a CallExpr


def is_statement(path):
    """Nothing uses the value of the last node."""
    node, parent = path[-1], path[-2]
    if parent.kind == "BinaryOperator" and parent.rest.endswith("','"):
        return node.index == 0
    if parent.kind == "ParenExpr":
        return is_statement(path[:-1])
    used = STATEMENTS.get(parent.kind)
    return used is not None and node.index not in used


def is_read(path):
    """What the last node of a path from the root designates is read."""
    node, parent = path[-1], path[-2]
    if parent.kind in ("ParenExpr", "MemberExpr"):
        return is_read(path[:-1])
    if parent.kind == "ImplicitCastExpr" and "<ArrayToPointerDecay>" in \
            parent.rest and path[-3].kind == "ArraySubscriptExpr" and \
            parent.index == 0:
        return is_read(path[:-2])
    if parent.kind == "BinaryOperator" and parent.rest.endswith("'='"):
        return node.index != 0
    if parent.kind == "CompoundAssignOperator" and node.index == 0:
        return not is_statement(path[:-1])
    if parent.kind == "UnaryOperator" and re.search(
            r"'(\+\+|--)'", parent.rest):
        return not is_statement(path[:-1])
    return parent.kind != "UnaryExprOrTypeTraitExpr"


class Tree:
    """The members that one file sees, and which of them it reads."""

    def __init__(self):
        self.members, self.read = {}, set()  # (file, line, record, name)
        self.read_whole = set()  # names of structs, or (file, line)
        self.by_address = {}
        self.path, self.file, self.line = [], "", 0
        self.has_offsetof = False

    def add(self, text):
        found = NODE.match(text)
        prefix, kind, address, rest = found.groups()
        depth = len(prefix) // 2
        del self.path[depth:]
        if self.path:
            self.path[-1].children += 1
        node = Node(kind, rest, self.path[-1].children - 1
                    if self.path else 0)
        self.path.append(node)
        # A type may name a place, too; that one clang does not abbreviate by.
        for file, line in PLACE.findall(rest.partition("'")[0]):
            self.file, self.line = file or self.file, int(line)
        if kind == "RecordDecl":
            self.add_record(node)
        elif kind == "FieldDecl":
            self.add_field(address, rest)
        elif kind == "MemberExpr":
            self.add_use(rest)
        elif kind == "OffsetOfExpr":
            self.has_offsetof = True
        elif kind == "DeclRefExpr" and COPY.search(rest):
            self.path[-3].is_copy = True
        if len(self.path) > 2 and BYTES.search(self.path[-2].rest):
            self.add_bytes(rest)

    def add_record(self, node):
        found = RECORD.search(node.rest)
        outer = self.path[-2].record if len(self.path) > 1 else None
        if found:
            node.record = outer or (os.path.normpath(self.file), self.line,
                                    found[1] or "(unnamed)")

    def add_field(self, address, rest):
        record, found = self.path[-2].record, FIELD.search(rest)
        if not record or record[0].startswith(("/", "build/")) or \
                not found or found[1] == "implicit":
            return
        member = record + (found[1],)
        self.by_address[address] = member
        self.members[member] = self.line

    def add_use(self, rest):
        found = MEMBER.search(rest)
        member = found and self.by_address.get(found[1])
        if member and member not in self.read and is_read(self.path):
            self.read.add(member)

    def add_bytes(self, rest):
        found, call = POINTER.search(rest), self.path[-3]
        is_cast = self.path[-2].kind == "CStyleCastExpr"
        if found and (is_cast or call.kind == "CallExpr") and \
                not call.is_copy:
            self.read_whole.add(found[1] or (os.path.normpath(found[2]),
                                             int(found[3])))


def parse(path):
    """Members and their lines, those read, structs read, words that may
    name more."""
    tree = Tree()
    with subprocess.Popen(CLANG + [path], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL, env=ENVIRONMENT) as clang:
        for text in clang.stdout:
            tree.add(text.rstrip("\n"))
    if clang.returncode:
        return path, None
    words = set()
    if tree.has_offsetof:
        with open(path, encoding="utf-8") as code:
            for arguments in MACRO.findall(code.read()):
                words.update(re.findall(r"\w+", arguments))
    return path, (tree.members, tree.read, tree.read_whole, words)


def is_foreign(file, line):
    """The comment that ends right above the line says so."""
    with open(file, encoding="utf-8") as text:
        lines = text.read().splitlines()[:line - 1]
    above = "\n".join(lines)
    start = above.rfind("/*")
    return above.endswith("*/") and "Layout:" in above[start:]


def main():
    sources = [p for p in House().sources() if p.endswith(".c") and not
               (is_test(p) and CHECKS.match(os.path.basename(p)))]
    members, failed = {}, []
    read, whole, words = set(), set(), {"spare"}
    with multiprocessing.Pool() as pool:
        for path, found in pool.imap_unordered(parse, sources, 4):
            if not found:
                failed.append(f"{path}: clang cannot parse it")
                continue
            members.update(found[0])
            for all_of, more in zip((read, whole, words), found[1:]):
                all_of |= more
    dead = [f"{file}:{at}: {record}.{name}"
            for (file, line, record, name), at in members.items()
            if (file, line, record, name) not in read and name not in words
            and not whole & {record, (file, line)}
            and not is_foreign(file, line)]
    for fault in sorted(failed) or sorted(dead):
        print(fault)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
