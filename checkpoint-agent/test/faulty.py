"""faulty - one request of each kind while calls of the server fail.

usage: faulty.py PROGRAM DIR CRIU

PROGRAM is build/test/bin/faulty-checkpoint-agent; DIR has ca.crt, server.*,
admin.*, and takes archives and the server's log; the container is
default/pod-box/main.  For each request TIMES (12) faults: it is answered, with
an error that says why, or its connection is closed.  Then, with no fault any
more, the processes are the same, no descriptor is left open, no sanitizer has
found anything, and the same request is answered as usual.
"""
import http.client
import json
import os
import ssl
import subprocess
import sys
import time

sys.path.insert(0, "/keelson/tests/lib")
from faults import (PATIENCE_S, SANITIZER, Plan, FD,  # noqa: E402
                    begin, choose)

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
        self.log = open(where + "/log", "w+", encoding="utf-8",
                        errors="replace")
        self.process = subprocess.Popen(
            [program, "serve", "--address", "127.0.0.1", "--root-dir", where,
             "--tls-cert-file", where + "/server.crt",
             "--tls-private-key-file", where + "/server.key",
             "--client-ca-file", where + "/ca.crt", "--criu", criu,
             "--healthz-port", str(PROBES), "--keep", "2",
             "--enable-archive-access", "--feature-gates",
             "PodCheckpoint=true"],
            stderr=self.log, pass_fds=(FD,))
        self.until(lambda: self.ask("GET", "/healthz")[0] == 200)
        self.remember()

    def until(self, holds):
        """Wait for it; False when that takes too long."""
        end = time.monotonic() + PATIENCE_S
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


def newest(server):
    """The path of an archive that exists."""
    listed = json.loads(server.ask("GET", "/checkpoints/" + NAMES)[1])
    return "/checkpoints/%s/%s" % (NAMES, listed["items"][0]["name"])


def requests(server):
    """(name, a function that asks) of each kind."""
    def plain(method, path):
        return lambda *patience_s: server.ask(method, path, *patience_s)

    yield "checkpoint", plain("POST", "/checkpoint/" + NAMES)
    yield "pod", plain("POST", "/checkpoint/default/pod-box")
    yield "dry run", plain("GET", "/checkpoint/%s?dryRun=true" % NAMES)
    yield "list", plain("GET", "/checkpoints/default")
    yield "get", plain("GET", newest(server))
    yield "metrics", plain("GET", "/metrics")
    yield "healthz", plain("GET", "/healthz")
    yield "absent", plain("POST", "/checkpoint/default/pod-box/none")
    yield "probe", server.ask_probe


def wrong(server, usual, answer, ask):
    """What is wrong after a fault, or None."""
    status, body = answer
    if status < 0 or (status >= 400 and not body):
        return "status %d without a reason" % status
    if not server.until(server.has_settled):
        return "was %s, is %s" % (server.was, server.looks())
    if server.has_ended():
        return "the server has ended"
    again = ask()
    if again[0] != usual:
        return "afterwards status %d, not %d: %s" % (again[0], usual,
                                                     again[1][:300])
    server.until(server.is_as_before)
    return None


def try_faults(plan, server, name, ask):
    plan.set()
    usual, failures = ask()[0], 0
    if usual not in (200, 404):
        sys.exit("%s: status %d without a fault" % (name, usual))
    server.until(server.is_as_before)
    for fault in choose(plan.calls(), TIMES):
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
    server = Server(*sys.argv[1:4])
    failures = 0
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
