"""workloads.py - a client of a server that is checkpointed.

usage: workloads.py PROTOCOL
       workloads.py PROTOCOL copy LAST

Each request makes the server count by one, and its answer has the count.  The
client asks over one connection until SIGTERM; an answer that is not the next
number, or none, and it fails.  It prints the last number and the slowest
answer.  With `copy` it asks a restored server: that one remembers a number up
to LAST, and counts on from there.
"""
import http.client
import json
import signal
import socket
import struct
import sys
import time

HOST, TIMEOUT_S = "127.0.0.1", 120


class Lines:
    """A connection."""

    def __init__(self, port):
        self.socket = socket.create_connection((HOST, port), TIMEOUT_S)
        self.file = self.socket.makefile("rb")

    def take(self, n):
        got = self.file.read(n)
        if len(got) != n:
            raise EOFError("the connection has ended")
        return got


class Memcached(Lines):
    def __init__(self):
        super().__init__(11211)
        self.say(b"add n 0 0 1\r\n0")

    def say(self, text):
        self.socket.sendall(text + b"\r\n")
        return self.file.readline().strip()

    def ask(self):
        return int(self.say(b"incr n 1"))


class Web:
    def __init__(self, port):
        self.web = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_S)

    def get(self, method, path, body=None):
        self.web.request(method, path, body)
        answer = self.web.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise ValueError("status %d" % answer.status)
        return text


class Etcd(Web):
    """The revision of the store grows by one with each put."""

    def __init__(self):
        super().__init__(2379)

    def ask(self):
        put = json.dumps({"key": "bg==", "value": "bg=="})
        told = json.loads(self.get("POST", "/v3/kv/put", put))
        return int(told["header"]["revision"])


class Haproxy(Web):
    """Its table counts the requests of a client, and it answers the count."""

    def __init__(self):
        super().__init__(8080)

    def ask(self):
        return int(self.get("GET", "/"))


class Java(Web):
    """Java's own web server, whose answers are the same bytes each time."""

    def __init__(self):
        super().__init__(8000)
        self.n, self.first = 0, self.get("GET", "/numbers")
        if self.first != b"".join(b"%d\n" % i for i in range(1, 20001)):
            raise ValueError("other bytes")

    def ask(self):
        if self.get("GET", "/numbers") != self.first:
            raise ValueError("other bytes")
        self.n += 1
        return self.n


class Mosquitto(Lines):
    """MQTT 3.1.1: a retained message that is also subscribed to."""

    def __init__(self):
        super().__init__(1883)
        self.n = 0
        self.send(0x10, b"\0\4MQTT\4\2\0\0" + b"\0\0")
        self.packet(0x20)
        self.send(0x82, b"\0\1\0\1n\1")
        self.packet(0x90)
        self.send(0xC0, b"")  # what is retained comes before the answer
        self.packet(0xD0)

    def send(self, kind, body):
        self.socket.sendall(struct.pack("BB", kind, len(body)) + body)

    def packet(self, wanted):
        """Read up to a packet of this kind; a message sets the number."""
        while True:
            kind, size = struct.unpack("BB", self.take(2))
            body = self.take(size)
            if kind & 0xF0 == 0x30:
                self.n = int(body[5 if kind & 6 else 3:])
                if kind & 6:
                    self.send(0x40, body[3:5])
            if kind & 0xF0 == wanted:
                return

    def ask(self):
        n = self.n
        self.send(0x33, b"\0\1n\0\1%d" % (n + 1))
        seen = 0
        while seen != 3:  # the message itself, and that it was taken
            kind, size = struct.unpack("BB", self.take(2))
            body = self.take(size)
            if kind & 0xF0 == 0x40:
                seen |= 1
            if kind & 0xF0 == 0x30:
                self.n = int(body[5 if kind & 6 else 3:])
                if kind & 6:
                    self.send(0x40, body[3:5])
                seen |= 2
        return self.n


class Postgres(Lines):
    """The protocol's simple query, without a password."""

    def __init__(self):
        super().__init__(5432)
        who = b"user\0postgres\0database\0postgres\0\0"
        self.socket.sendall(struct.pack(">II", len(who) + 8, 196608) + who)
        self.answer()
        self.query(b"CREATE TABLE IF NOT EXISTS n AS SELECT 0 AS v")

    def answer(self):
        """What a query gave, up to ReadyForQuery."""
        row = None
        while True:
            kind, size = struct.unpack(">cI", self.take(5))
            body = self.take(size - 4)
            if kind == b"E":
                raise ValueError(repr(body))
            if kind == b"D":
                row = body[6:]
            if kind == b"Z":
                return row

    def query(self, text):
        text += b"\0"
        self.socket.sendall(b"Q" + struct.pack(">I", len(text) + 4) + text)
        return self.answer()

    def ask(self):
        return int(self.query(b"UPDATE n SET v = v + 1 RETURNING v"))


def go_on(server):
    """Ask until SIGTERM."""
    ends = []
    signal.signal(signal.SIGTERM, lambda *_: ends.append(1))
    n, worst = server.ask(), 0
    print(n, flush=True)
    while not ends:
        at = time.monotonic()
        got = server.ask()
        worst = max(worst, time.monotonic() - at)
        if got != n + 1:
            sys.exit("%d was answered after %d" % (got, n))
        n = got
        time.sleep(0.001)
    print("# %d answers, the slowest after %d ms" % (n, worst * 1000))
    print(n)


def main():
    server = globals()[sys.argv[1].capitalize()]()
    if len(sys.argv) == 2:
        go_on(server)
        return
    n = server.ask()
    if not 1 <= n <= int(sys.argv[3]) + 1:
        sys.exit("the copy says %d after %s" % (n, sys.argv[3]))
    if n == 1 and sys.argv[1] != "java":
        sys.exit("the copy has forgotten")
    if server.ask() != n + 1:
        sys.exit("the copy does not count on")


main()
