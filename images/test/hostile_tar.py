"""hostile_tar - layers that unpackers read in more than one way.

usage: hostile_tar.py CASE TAR
"""
import io
import sys
import tarfile

BLOCK = 512


def header(name, size=0, kind=tarfile.REGTYPE, link=""):
    entry = tarfile.TarInfo(name)
    entry.size, entry.type, entry.linkname = size, kind, link
    return entry.tobuf(tarfile.USTAR_FORMAT)


def file(name, content, **more):
    pad = -len(content) % BLOCK
    return header(name, len(content), **more) + content + bytes(pad)


def pax(records):
    return file("pax", records, kind=tarfile.XHDTYPE)


CASES = {
    "good": lambda: file("a", b"1") + header("h", kind=tarfile.LNKTYPE,
                                             link="a"),
    "content-of-a-directory": lambda: (
        header("d", BLOCK, kind=tarfile.DIRTYPE) + header("hidden")),
    "content-without-a-name": lambda: file("a", b"1") + file(".", b"2"),
    "two-sizes": lambda: pax(b"10 size=0\n") + file("a", b"1"),
    "two-names": lambda: (pax(b"10 path=b\n") + pax(b"10 path=c\n") +
                          file("a", b"1")),
    "sparse": lambda: pax(b"22 GNU.sparse.major=1\n") + file("a", b"1"),
    "below-a-link": lambda: (header("l", kind=tarfile.SYMTYPE, link="/etc") +
                             file("l/passwd", b"1")),
    "whiteout": lambda: file("a", b"1") + header(".wh.a"),
    "link-out": lambda: header("h", kind=tarfile.LNKTYPE, link="../x"),
    "twice": lambda: file("a", b"1") + file("./a", b"2"),
    "escape": lambda: file("a\033[2Jb", b"1"),
}


def main(case, path):
    with io.open(path, "wb") as tar:
        tar.write(CASES[case]() + bytes(2 * BLOCK))


if len(sys.argv) == 1:
    print("\n".join(CASES))
else:
    main(*sys.argv[1:])
