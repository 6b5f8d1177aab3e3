# acl.py - POSIX ACLs without the package acl, which the lab does not have.
#
#   acl.py give FILE     give it an ACL whose mask is not the group's rights
#   acl.py show FILE     print its ACLs, and its mode, as one line
import os
import struct
import sys

NONE = 0xFFFFFFFF
ACCESS = "system.posix_acl_access"
DEFAULT = "system.posix_acl_default"
# tag, rights, id: linux/posix_acl.h
ENTRIES = [(1, 6, NONE), (2, 7, 1234), (2, 5, 4000000000), (4, 4, NONE),
           (8, 6, 77), (16, 7, NONE), (32, 0, NONE)]


def give(path):
    value = struct.pack("<I", 2)
    for entry in ENTRIES:
        value += struct.pack("<HHI", *entry)
    os.setxattr(path, ACCESS, value)
    if os.path.isdir(path):
        os.setxattr(path, DEFAULT, value)


def show(path):
    said = "%o" % os.stat(path).st_mode
    for name in ACCESS, DEFAULT:
        if name in os.listxattr(path):
            said += " " + os.getxattr(path, name).hex()
    print(said)


{"give": give, "show": show}[sys.argv[1]](sys.argv[2])
