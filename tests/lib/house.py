"""house - reads tests/rooms and says where in the house a file lies."""
import os

TABLE = "tests/rooms"
KEELSON = ("images", "rootfs", "sbom", "static-build")


class House:
    """The rooms by name, roof first: which they may include, what for."""

    def __init__(self, table=TABLE):
        self.below, self.purpose = {}, {}
        with open(table, encoding="utf-8") as lines:
            for line in lines:
                line, _, purpose = line.split("#")[0].partition("|")
                if not line.strip():
                    continue
                room, rooms = line.split(":")
                self.below[room.strip()] = rooms.split()
                self.purpose[room.strip()] = purpose.strip()

    def room_of(self, path):
        """The longest room that a path lies in, None outside of all."""
        inside = [r for r in self.below if path.startswith(r + "/")]
        return max(inside, key=len, default=None)

    def sources(self):
        """Every C file and header of the rooms, tests included."""
        found = []
        for top in sorted({room.split("/")[0] for room in self.below}):
            for folder, _, names in os.walk(top):
                found += [os.path.join(folder, name) for name in names
                          if name.endswith((".c", ".h"))]
        return sorted(found)


def program_of(path):
    """What a file is linked into: a program, or a library of ours."""
    first = path.split("/")[0]
    if path.startswith(("static-build/record", "static-build/confine")):
        return path.split("/")[1]
    if first == "lib":
        return "/".join(path.split("/")[:2])
    return "keelson" if first in KEELSON else first


def is_test(path):
    return "/test/" in path


def report(checks):
    """Print (what, faults) as TAP; the exit status."""
    for number, (what, faults) in enumerate(checks, 1):
        print(f"{'not ok' if faults else 'ok'} {number} - {what}")
        for fault in faults:
            print(f"# {fault}")
    print(f"1..{len(checks)}")
    return 1 if any(faults for _, faults in checks) else 0
