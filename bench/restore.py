#!/usr/bin/env python3
"""restore.py - the parts of bench/restore that shell does badly.

usage: restore.py run time|peak FILE COMMAND...
           run it and append a JSON line to FILE: its milliseconds and what
           it wrote to disks, or its peak of memory
       restore.py add OUT CASE FILE...
           the best of each file WAY, and ratios, as CASE into OUT (JSON)
"""
import json
import os
import resource
import subprocess
import sys
import time

MIB = 1 << 20
# Of all groups below, by version: the file, and what a sum is made of.
STATS = (("/sys/fs/cgroup/memory/memory.stat", ("total_rss", "total_shmem")),
         ("/sys/fs/cgroup/memory.stat", ("anon", "shmem")))


def memory_mib():
    """Anonymous memory and tmpfs in the lab."""
    for path, names in STATS:
        if os.path.exists(path):
            with open(path) as f:
                values = dict(line.split() for line in f)
            return sum(int(values[name]) for name in names) / MIB
    return 0


def run_timed(command):
    start = time.monotonic()
    code = subprocess.call(command)
    took = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return code, {"ms": took * 1000,
                  "written_mib": used.ru_oublock * 512 / MIB}


def run_watched(command):
    before = memory_mib()
    peak = before
    child = subprocess.Popen(command)
    while child.poll() is None:
        peak = max(peak, memory_mib())
        time.sleep(0.002)
    peak = max(peak, memory_mib())
    return child.returncode, {"peak_mib": peak - before}


def run(how, path, command):
    code, figures = (run_watched if how == "peak" else run_timed)(command)
    if code == 0:
        with open(path, "a") as f:
            f.write(json.dumps(figures) + "\n")
    return code


def best(path):
    """The least of each figure."""
    figures = {}
    with open(path) as f:
        for line in f:
            for name, value in json.loads(line).items():
                figures[name] = min(value, figures.get(name, value))
    return figures


def add(out, case, paths):
    figures = {}
    for path in paths:
        way = path.rsplit(".", 1)[1]
        for name, value in best(path).items():
            figures[f"{way}_{name}"] = round(value, 2)
    for name in [name for name in figures if name.endswith("_ms")]:
        if name != "criu_ms" and "criu_ms" in figures:
            figures[name.replace("_ms", "_by_criu")] = round(
                figures[name] / figures["criu_ms"], 2)
    with open(out) as f:
        cases = json.load(f)
    cases[case] = figures
    with open(out, "w") as f:
        json.dump(cases, f, indent=2)


def main():
    verb, rest = sys.argv[1], sys.argv[2:]
    if verb == "run":
        sys.exit(run(rest[0], rest[1], rest[2:]))
    add(rest[0], rest[1], rest[2:])


main()
