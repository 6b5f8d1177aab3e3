#!/usr/bin/env python3
"""opened - is every file that a recorded build opened in its evidence?

usage: opened.py TREE LOG    LOG is of strace -f -y -e trace=execve,openat
                             over the whole recorded build: glibc opens files
                             by openat(2), keelson itself by open(2)

Prints the files that are neither in the evidence of TREE (.keelson) nor of a
kind that is listed in REASONS, and fails if there are any; then how many files
each reason took.  A file is in the evidence when the manifest or an event names
its path.
"""
import json
import os
import re
import sys

# What a build reads though nothing of it goes into a program, by its path; the
# first that matches counts.
REASONS = [
    ("the kernel's", r"/(proc|sys|dev)/"),
    ("response files, whose words are in the events",
     r"TREE/(.*/)?(conftest\.lst|[^/]*\.rsp)$"),
    ("the evidence itself", r"TREE/\.keelson/"),
    ("the packages of the machine, looked up by keelson", r"/var/lib/dpkg/"),
    ("temporary", r"/(var/)?tmp/(?!strangers/)"),
    ("settings of the machine", r"/etc/"),
    ("languages and character sets",
     r"/usr/(share|lib)/(locale|i18n)/|.*/gconv/|/usr/share/misc/|"
     r"/usr/lib/file/"),
    ("what build systems are made of",
     r"/usr/share/(autoconf|automake|aclocal|libtool|cmake|meson|perl)[^/]*/|"
     r"/usr/(lib|share)/python|/usr/lib/[^/]*/perl|/root/\.|"
     r".*/perl-base/"),
    ("programs and scripts that were run", r"/usr/(bin|sbin|libexec)/"),
    ("what gcc and ld ask whether it is there: plugins, specs",
     r"/usr/lib/(gcc/.*/|bfd-plugins/|[^/]*/bfd-plugins/)"
     r"[^/]*(plugin|specs|lto)[^/]*$"),
]
OPEN = re.compile(r'^(\d+) +openat\((?:AT_FDCWD|\d+)(?:<([^>]*)>)?, '
                  r'"((?:[^"\\]|\\.)*)", ([A-Z_|]+).*\) = \d+')
EXEC = re.compile(r'^(\d+) +execve\("([^"]*)".*\) = 0')
TOOLS = {"cc1", "cc1plus", "as", "ld", "ld.bfd", "collect2", "ar"}


def named(value, found):
    """Every path of an event."""
    if isinstance(value, dict):
        if isinstance(value.get("path"), str):
            found.add(value["path"])
        for inner in value.values():
            named(inner, found)
    elif isinstance(value, list):
        for inner in value:
            named(inner, found)


def evidence(tree):
    found = set()
    room = os.path.join(tree, ".keelson", "build")
    for name in ("manifest.jsonl", "events.jsonl"):
        with open(os.path.join(room, name), encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                named(event, found)
                found.add(event.get("tool", ""))
    return {os.path.realpath(os.path.join(tree, path)) for path in found}


def opened(log):
    """Paths, each with the flags it was opened with, and READ when a compiler
    or linker read it."""
    found, program = {}, {}
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            started, call = EXEC.match(line), OPEN.match(line)
            if started:
                program[started[1]] = os.path.basename(started[2])
            if not call:
                continue
            path = os.path.normpath(os.path.join(call[2] or "/", call[3]))
            flags = set(call[4].split("|"))
            name = program.get(call[1], "").split("-linux-gnu-")[-1]
            if name in TOOLS and "O_RDONLY" in flags:
                flags.add("READ")
            found.setdefault(path, set()).update(flags)
    return found


def reason(path, flags, tree):
    if "O_DIRECTORY" in flags or os.path.isdir(path):
        return "directories"
    if re.search(r"\.so(\.|$)", path) and "O_CLOEXEC" in flags:
        return "libraries that the tools themselves need"
    for why, pattern in REASONS:
        if re.match(pattern.replace("TREE", re.escape(tree)), path):
            return why
    if path.startswith(tree + "/") and "READ" not in flags:
        return "made by the build, and read by no compiler or linker"
    return None


def main(tree, log):
    tree, known, counts, missing = os.path.realpath(tree), evidence(tree), \
        {}, []
    for path, flags in sorted(opened(log).items()):
        if os.path.realpath(path) in known:
            why = "in the evidence"
        else:
            why = reason(path, flags, tree)
        if why is None:
            missing.append(path)
        else:
            counts[why] = counts.get(why, 0) + 1
    for path in missing:
        print(f"neither in the evidence nor explained: {path}")
    for why, n in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{n:6} {why}")
    sys.exit(1 if missing or not counts.get("in the evidence") else 0)


main(*sys.argv[1:])
