#!/usr/bin/env python3
"""checkpoint.py - the parts of bench/checkpoint that shell does badly.

usage: checkpoint.py frozen FILE   milliseconds in a stats-dump of CRIU
       checkpoint.py peak COMMAND...
           run it and print the highest peak of resident memory (VmHWM,
           KiB) of any process of the agent meanwhile
       checkpoint.py table FILE    print the figures in FILE (JSON)
"""
import json
import os
import subprocess
import sys
import time

AGENT = {"checkpoint-agen", "agent-front", "ckpt-guardian"}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            value, at = data[at:at + value], at + value
        yield key >> 3, value


def frozen_ms(path):
    """Two magics, a length, then stats_entry.dump.frozen_time in us."""
    with open(path, "rb") as f:
        dump = dict(fields(f.read()[12:]))[1]
    return dict(fields(dump))[2] / 1000


def peak_of(pid):
    with open(f"/proc/{pid}/status") as f:
        status = dict(line.split(":", 1) for line in f)
    if status["Name"].strip() not in AGENT or "VmHWM" not in status:
        return 0
    return int(status["VmHWM"].split()[0])


def peak_kib(command):
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while child.poll() is None:
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                peak = max(peak, peak_of(pid))
            except (OSError, KeyError):
                pass  # the process has ended
        time.sleep(0.002)
    return peak


def table(path):
    with open(path) as f:
        cases = json.load(f)
    for case, figures in cases.items():
        print(case)
        for name, value in figures.items():
            print(f"    {name:<36} {value:10.2f}")


def main():
    verb, rest = sys.argv[1], sys.argv[2:]
    if verb == "frozen":
        print(frozen_ms(rest[0]))
    elif verb == "peak":
        print(peak_kib(rest))
    else:
        table(rest[0])


main()
