"""faults - let the calls of a command fail, and judge how it takes that.

usage: faults.py [OPTION VALUE]... COMMAND...

COMMAND is a program of build/test/bin/faulty-* (tests/programs/faulty.c) with
its arguments.  It is run once as it is.  Then TIMES (24) times with one call of
a random kind that fails, alone or with all that follow.  Each time it must end
as before and say the same, or fail with a message of its own, unless nothing
can be written any more; no sanitizer may find anything, and no process may be
left.

    --out DIR      emptied before; after a failure it has nothing that a success
                   does not leave, unless removing it failed as well, and then
                   the next run does it
    --may REGEX    what may be in DIR nevertheless
    --later REGEX  what may be in it until the next run
    --vary REGEX   what of the output may differ
    --end SHELL    what ends that which a success leaves running
    --well SHELL   what must succeed afterwards

    SEED=N   another choice of faults; it is the same each time unless told
    SOAK=N   a choice at random, which is printed as SEED
    EVERY=KIND   no choice: each call of this kind, one after the other;
                 EVERY=KIND- lets all that follow fail as well
"""
import ctypes
import mmap
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

# Those of faulty.c, in its order.
KINDS = ["none", "memory", "open", "descriptor", "process", "read", "write",
         "path"]
FD = 99
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error:|SUMMARY: ")
PR_SET_CHILD_SUBREAPER = 36
TIMES = int(os.environ.get("TIMES", 24))
EVERY = os.environ.get("EVERY")
PATIENCE_S = 120


class Plan:
    """The page of shared memory that says which call fails."""
    HEAD = struct.Struct("4Q")
    CALLS = struct.Struct("%dQ" % len(KINDS))

    def __init__(self):
        with tempfile.TemporaryFile() as page:
            page.truncate(mmap.PAGESIZE)
            self.page = mmap.mmap(page.fileno(), mmap.PAGESIZE)
            os.dup2(page.fileno(), FD, inheritable=True)

    def set(self, kind="none", at=0, lasts=False):
        self.CALLS.pack_into(self.page, self.HEAD.size, *[0] * len(KINDS))
        self.HEAD.pack_into(self.page, 0, KINDS.index(kind), at, lasts, 0)

    def calls(self):
        """How many calls of each kind there were."""
        return dict(zip(KINDS, self.CALLS.unpack_from(self.page,
                                                      self.HEAD.size)))

    def failed(self):
        return self.HEAD.unpack_from(self.page)[3]


def choose(calls, times):
    """(kind, n, lasts) of so many faults; every kind has its turn."""
    if EVERY:
        kind = EVERY.rstrip("-")
        yield from ((kind, n + 1, EVERY != kind) for n in range(calls[kind]))
        return
    kinds = [k for k in KINDS if calls[k]]
    for i in range(times):
        kind = kinds[i % len(kinds)]
        yield kind, random.randint(1, calls[kind]), random.random() < 0.3


def begin(name):
    """Seed the choice, and say with what; orphans are ours from now on."""
    seed = int(os.environ.get("SEED")
               or (random.randrange(1 << 31) if os.environ.get("SOAK") else 1))
    random.seed(seed)
    print("%s: SEED=%d" % (name, seed), flush=True)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def orphans_end():
    """Wait for all that the command has started; are they gone?"""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
        except ChildProcessError:
            return True
    return False


class Command:
    def __init__(self, argv, out=None, may="$^", later="$^", vary=None,
                 well="true", end="true"):
        self.argv, self.out, self.may, self.later = argv, out, may, later
        self.vary, self.well, self.end = vary, well, end
        self.plan = Plan()

    def empty(self):
        if self.out:
            shutil.rmtree(self.out, ignore_errors=True)
            os.mkdir(self.out)

    def run(self, *fault, keep=False):
        """(status, output, errors); the output without what may vary."""
        if not keep:
            self.empty()
        self.plan.set(*fault)
        # files, not pipes: what it starts may keep them open
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            done = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=err, pass_fds=(FD,))
            hangs = ""
            try:
                done.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                done.send_signal(signal.SIGKILL)
                done.wait()
                hangs = "\nit hangs"
            output, errors = self.said(out), self.said(err) + hangs
        if done.returncode == 0:
            self.shell(self.end)
        if self.vary:
            output = re.sub(self.vary, "", output)
        return done.returncode, output, errors

    @staticmethod
    def said(file):
        file.seek(0)
        return file.read().decode(errors="replace")

    @staticmethod
    def shell(text):
        return subprocess.run(["bash", "-c", text], check=False).returncode

    def left(self):
        return [name for name in os.listdir(self.out)
                if not re.search(self.may, name)] if self.out else []

    def wrong(self, usual, now, kind, lasts):
        """What is wrong with a run that met a fault, or None."""
        status, output, errors = now
        if SANITIZER.search(errors) or status < 0 or status > 2:
            return "status %d" % status
        if not orphans_end():
            return "a process is left"
        if self.shell(self.well):
            return "not well afterwards"
        if status == usual[0] and not self.is_refusal(errors):
            return None if output == usual[1] else "other output, no error"
        if not self.is_refusal(errors) and not (lasts and kind == "write"):
            return "no error is said"
        return self.wrong_left(lasts)

    def wrong_left(self, lasts):
        """What is wrong with the files of a run that failed."""
        more = set(self.left()) - self.usual_files
        if more and (lasts or all(re.search(self.later, f) for f in more)):
            self.run(keep=True)
            more = set(self.left()) ^ self.usual_files
        return "left: %s" % sorted(more) if more else None

    @staticmethod
    def is_refusal(errors):
        """It says in its own words that it failed."""
        return re.search(r"^([a-z-]+: |level=error |\S+Z error |"
                         r"Fatal Internal Error in libarchive)", errors, re.M)

    def try_faults(self):
        usual = self.run()
        orphans_end()
        if usual[0] not in (0, 1) or SANITIZER.search(usual[2]):
            sys.exit("without a fault: status %d\n%s" % (usual[0], usual[2]))
        calls, wrong = self.plan.calls(), 0
        self.usual_files = set(self.left())
        for fault in choose(calls, TIMES):
            now = self.run(*fault)
            why = None
            if self.plan.failed():
                why = self.wrong(usual, now, fault[0], fault[2])
            if why:
                wrong += 1
                print("%s %d%s of %s: status %d, %s\n  %s" % (
                    fault[0], fault[1], "-" if fault[2] else "",
                    " ".join(self.argv[1:]), now[0], why,
                    "\n  ".join(now[2].splitlines()[:40])))
        return wrong


def main():
    arguments, options = sys.argv[1:], {}
    while arguments and arguments[0].startswith("--"):
        options[arguments[0][2:]] = arguments[1]
        arguments = arguments[2:]
    begin(" ".join(arguments[1:3]))
    sys.exit(Command(arguments, **options).try_faults() > 0)


if __name__ == "__main__":
    main()
