#!/usr/bin/env python3
"""checkpoint.py - the parts of bench/checkpoint that shell does badly.

usage: checkpoint.py frozen FILE   milliseconds in a stats-dump of CRIU
       checkpoint.py peak COMMAND...
           run it and print the highest peak of resident memory (VmHWM,
           KiB) of any process of the agent meanwhile
"""
import os
import subprocess
import sys
import time

sys.path.insert(0, "/keelson/tests/lib")
from protobuf import fields  # noqa: E402

AGENT = {"checkpoint-agen", "agent-front", "ckpt-guardian"}


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


def main():
    verb, rest = sys.argv[1], sys.argv[2:]
    if verb == "frozen":
        print(frozen_ms(rest[0]))
    else:
        print(peak_kib(rest))


main()
