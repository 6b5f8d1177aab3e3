#!/usr/bin/env python3
"""record - the best of each figure, and their ratios, as JSON.

usage: bench/record.py FILE    lines: CASE WAY WALL CPU, in seconds
"""
import json
import sys


def main(path):
    best = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            case, way, wall, cpu = line.split()
            figures = best.setdefault(case, {})
            for kind, value in (("wall", wall), ("cpu", cpu)):
                name = f"{way}_{kind}_s"
                figures[name] = min(float(value), figures.get(name, 1e9))
    for figures in best.values():
        for kind in ("wall", "cpu"):
            figures[f"{kind}_ratio"] = round(
                figures[f"recorded_{kind}_s"] / figures[f"plain_{kind}_s"], 3)
    print(json.dumps(best, indent=1))


main(*sys.argv[1:])
