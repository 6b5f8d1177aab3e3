"""cgroup_image - let an archive name cgroups of the node.

usage: cgroup_image.py FILE PATH...

FILE is CRIU's cgroup.img.  All its processes are moved to the first PATH of each
hierarchy, version 1 and 2; every PATH is to be made there, with a child `below`
and, where its controller has such, limits of its own.
"""
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(__file__))
from protobuf import field, fields  # noqa: E402

LIMITS = {b"pids": (b"pids.max", b"7"),
          b"memory": (b"memory.limit_in_bytes", b"16777216"),
          b"": (b"cgroup.max.descendants", b"7")}


def moved(group, path):
    """A cg_set_entry, all of whose members are at `path`."""
    out = b""
    for number, value in fields(group):
        if number == 2:  # ctls
            name = [v for n, v in fields(value) if n == 1][0]
            value = field(1, name) + field(2, path)
        out += field(number, value)
    return out


def directory(path, names):
    """A cgroup_dir_entry."""
    out = field(1, path) + field(2, field(1, b"below"))
    for name in names:
        if name in LIMITS:
            limit, value = LIMITS[name]
            out += field(3, field(1, limit) + field(2, value))
    return out


def spoilt(entry, paths):
    out = b""
    for number, value in fields(entry):
        if number == 1:
            value = moved(value, paths[0])
        elif number == 2:
            names = [v for n, v in fields(value) if n == 1]
            value = b"".join(field(1, name) for name in names) + b"".join(
                field(2, directory(path, names)) for path in paths)
        out += field(number, value)
    return out


def main(name, *paths):
    with open(name, "rb") as f:
        head, size = f.read(8), struct.unpack("<I", f.read(4))[0]
        entry = f.read(size)
    assert any(number == 1 for number, _ in fields(entry)), "no cgroups"
    entry = spoilt(entry, [path.encode() for path in paths])
    with open(name, "wb") as f:
        f.write(head + struct.pack("<I", len(entry)) + entry)


main(*sys.argv[1:])
