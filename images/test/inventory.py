"""inventory - every property of each entry below a directory, a line each.

usage: inventory.py DIR
"""
import hashlib
import os
import stat
import sys


def attributes(path):
    names = sorted(os.listxattr(path, follow_symlinks=False))
    return ",".join(f"{name}={os.getxattr(path, name, follow_symlinks=False).hex()}"
                    for name in names)


def content(path, mode):
    if stat.S_ISLNK(mode):
        return os.readlink(path)
    if not stat.S_ISREG(mode):
        return "-"
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def line(path, name):
    is_ = os.lstat(path)
    whole = not stat.S_ISDIR(is_.st_mode)
    return " ".join(str(value) for value in (
        name, oct(is_.st_mode), is_.st_uid, is_.st_gid,
        is_.st_size if whole else "-", is_.st_nlink if whole else "-",
        int(is_.st_mtime), is_.st_rdev if whole else "-",
        content(path, is_.st_mode), attributes(path)))


def main(root):
    lines = [line(root, ".")]
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            lines.append(line(path, os.path.relpath(path, root)))
    print("\n".join(sorted(lines)))


main(sys.argv[1])
