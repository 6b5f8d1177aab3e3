"""faulty - one request of each kind while calls of the server fail.

usage: faulty.py PROGRAM DIR CRIU

PROGRAM is build/test/bin/faulty-checkpoint-agent; DIR has ca.crt, server.*,
admin.*, and takes archives and the server's log; the container is
default/pod-box/main.  For each request TIMES (12) faults: it is answered, with
an error that says why, or its connection is closed.  Then, with no fault any
more, the processes are the same, no descriptor is left open, no sanitizer has
found anything, and the same request is answered as usual.

Before that, faults while the server starts: it serves in the end, or ends with
a status and a reason; no process and no file is left.
"""
import http.client
import json
import os
import ssl
import subprocess
import sys
import time

sys.path.insert(0, "/keelson/tests/lib")
from faults import (PATIENCE_S, SANITIZER, Command, Plan, FD,  # noqa: E402
                    begin, choose, orphans_end)

PORT, PROBES = 10350, 10351
TIMES = int(os.environ.get("TIMES", 12))
LASTING_S = 10
QUIET_S = 2.5  # longer than a connection lingers
NAMES = "default/pod-box/main"


class Server:
    def __init__(self, program, where, criu):
        self.where = where
        self.context = ssl.create_default_context(cafile=where + "/ca.crt")
        self.context.load_cert_chain(where + "/admin.crt",
                                     where + "/admin.key")
        # opened twice: what we read must not depend on what it writes
        written = open(where + "/log", "ab")
        self.log = open(where + "/log", encoding="utf-8", errors="replace")
        self.log.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(
            [program, "serve", "--address", "127.0.0.1", "--root-dir", where,
             "--tls-cert-file", where + "/server.crt",
             "--tls-private-key-file", where + "/server.key",
             "--client-ca-file", where + "/ca.crt", "--criu", criu,
             "--healthz-port", str(PROBES), "--keep", "2",
             "--enable-archive-access", "--feature-gates",
             "PodCheckpoint=true"],
            stderr=written, pass_fds=(FD,))
        written.close()

    def serves(self):
        return self.ask("GET", "/healthz", LASTING_S)[0] == 200

    def has_started(self):
        return self.has_ended() or self.serves()

    def end(self):
        """Its status, None if it does not end."""
        if not self.has_ended():
            self.process.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def until(self, holds, patience_s=PATIENCE_S):
        """Wait for it; False when that takes too long."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            try:
                if holds():
                    return True
            except OSError:
                pass
            time.sleep(0.02)
        return False

    def ask(self, method, path, patience_s=PATIENCE_S):
        """(status, body); status 0 when the connection was closed."""
        c = http.client.HTTPSConnection("127.0.0.1", PORT, timeout=patience_s,
                                        context=self.context)
        try:
            c.request(method, path)
            answer = c.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as e:
            if isinstance(e, TimeoutError):
                return -1, b"no answer"
            return 0, b""
        finally:
            c.close()

    def ask_probe(self, patience_s=PATIENCE_S):
        c = http.client.HTTPConnection("127.0.0.1", PROBES, timeout=patience_s)
        try:
            c.request("GET", "/livez")
            answer = c.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            c.close()

    def looks(self):
        """Each process by its number, and how many descriptors it has."""
        back = self.process.pid
        with open("/proc/%d/task/%d/children" % (back, back),
                  encoding="ascii") as children:
            pids = [back] + [int(n) for n in children.read().split()]
        return {pid: len(os.listdir("/proc/%d/fd" % pid)) for pid in pids}

    def remember(self):
        """How it looks when it has closed what it is about to close."""
        looks = None
        while looks != self.looks():
            looks = self.looks()
            time.sleep(QUIET_S)
        self.was = looks

    def has_ended(self):
        return self.process.poll() is not None

    def is_as_before(self):
        return not self.has_ended() and self.looks() == self.was

    def has_settled(self):
        return self.has_ended() or self.is_as_before()

    def said(self):
        """What it has logged since the last time."""
        return self.log.read()


def files(where):
    return sorted(os.path.join(folder, name)
                  for folder, _, names in os.walk(where) for name in names)


def wrong_start(server, plan, is_mute):
    """What is wrong with a start that met a fault, or None.

    is_mute: nothing can be written any more, so no reason can be given.
    """
    # with a fault that lasts nobody may be answered, but the rest goes on
    server.until(server.has_started, LASTING_S)
    plan.set()
    if not server.until(server.has_started):
        return "it neither serves nor ends"
    had_ended = server.has_ended()
    status, said = server.end(), server.said()
    if SANITIZER.search(said):
        return "sanitizer"
    if status is None:
        return "it does not end"
    if not had_ended:
        return "status %d at the end" % status if status else None
    if status not in (1, 2) or not (is_mute or Command.is_refusal(said)):
        return "status %d without a reason: %s" % (status, said)
    return None


def try_starts(plan, arguments):
    plan.set()
    server, where = Server(*arguments), arguments[1]
    server.until(server.serves)
    calls, failures = plan.calls(), 0
    server.end()
    orphans_end()
    before = files(where)
    for fault in choose(calls, TIMES):
        plan.set(*fault)
        server = Server(*arguments)
        why = wrong_start(server, plan,
                          fault[0] == "write" and fault[2])
        if not orphans_end():
            why = "a process is left"
        if files(where) != before:
            why = "files: %s" % sorted(set(files(where)) ^ set(before))
        if why:
            failures += 1
            print("start, %s %d%s: %s" % (
                fault[0], fault[1], "-" if fault[2] else "", why), flush=True)
    return failures


def newest(server):
    """The path of an archive that exists."""
    listed = json.loads(server.ask("GET", "/checkpoints/" + NAMES)[1])
    return "/checkpoints/%s/%s" % (NAMES, listed["items"][0]["name"])


class Plain:
    """A request that needs nothing before it."""

    def __init__(self, server, method, path):
        self.server, self.method, self.path = server, method, path

    def prepare(self):
        pass

    def __call__(self, *patience_s):
        return self.server.ask(self.method, self.path, *patience_s)

    def wrong(self, status):
        """What is wrong with what it did, or None."""


class Delete(Plain):
    """Of an archive of its own; it is gone when the answer says so."""

    def __init__(self, server):
        super().__init__(server, "DELETE", None)

    def prepare(self):
        self.server.ask("POST", "/checkpoint/" + NAMES)
        self.path = newest(self.server)

    def wrong(self, status):
        there = self.server.ask("GET", self.path)[0]
        if there != 404 and (status == 204 or there != 200):
            return "answered %d, and then GET %d" % (status, there)
        return None


class Probe(Plain):
    def __call__(self, *patience_s):
        return self.server.ask_probe(*patience_s)


def requests(server):
    """(name, a function that asks) of each kind."""
    def plain(method, path):
        return Plain(server, method, path)

    yield "checkpoint", plain("POST", "/checkpoint/" + NAMES)
    yield "pod", plain("POST", "/checkpoint/default/pod-box")
    yield "dry run", plain("GET", "/checkpoint/%s?dryRun=true" % NAMES)
    yield "list", plain("GET", "/checkpoints/default")
    yield "get", plain("GET", newest(server))
    yield "metrics", plain("GET", "/metrics")
    yield "healthz", plain("GET", "/healthz")
    yield "delete", Delete(server)
    yield "absent", plain("POST", "/checkpoint/default/pod-box/none")
    yield "probe", Probe(server, "GET", "/livez")


def wrong(server, usual, answer, ask):
    """What is wrong after a fault, or None."""
    status, body = answer
    if status < 0 or (status >= 400 and not body):
        return "status %d without a reason" % status
    if not server.until(server.has_settled):
        return "was %s, is %s" % (server.was, server.looks())
    if server.has_ended():
        return "the server has ended"
    why = ask.wrong(status)
    if why:
        return why
    ask.prepare()
    again = ask()
    if again[0] != usual:
        return "afterwards status %d, not %d: %s" % (again[0], usual,
                                                     again[1][:300])
    server.until(server.is_as_before)
    return None


def try_faults(plan, server, name, ask):
    ask.prepare()
    plan.set()
    usual, failures = ask()[0], 0
    if usual not in (200, 204, 404):
        sys.exit("%s: status %d without a fault" % (name, usual))
    server.until(server.is_as_before)
    calls = plan.calls()
    for fault in choose(calls, TIMES):
        ask.prepare()
        server.until(server.is_as_before)
        plan.set(*fault)
        # while no connection can be accepted, nobody can be answered
        answer = ask(LASTING_S) if fault[2] else ask()
        plan.set()
        if fault[2] and answer[0] < 0:
            answer = 0, b""
        why = wrong(server, usual, answer, ask)
        said = server.said()
        if SANITIZER.search(said):
            why = "sanitizer"
        if why:
            failures += 1
            print("%s, %s %d%s: status %d, %s\n%s" % (
                name, fault[0], fault[1], "-" if fault[2] else "",
                answer[0], why, said), flush=True)
        if server.has_ended():
            sys.exit(1)
        if why:
            server.remember()
    return failures


def main():
    begin("serve")
    plan = Plan()
    failures = try_starts(plan, sys.argv[1:4])
    server = Server(*sys.argv[1:4])
    server.until(server.serves)
    server.remember()
    # an archive to list and to get
    server.ask("POST", "/checkpoint/" + NAMES)
    server.until(server.is_as_before)
    for name, ask in requests(server):
        failures += try_faults(plan, server, name, ask)
    server.process.terminate()
    server.process.wait(PATIENCE_S)
    if SANITIZER.search(server.said()) or server.process.returncode != 0:
        failures += 1
        print("at the end: status %d" % server.process.returncode)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
