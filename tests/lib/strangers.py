"""strangers - clients that nobody asked for, and how long others wait for it.

usage: strangers.py DIR BACK [SECONDS]

DIR has ca.crt, admin.crt, admin.key; BACK is the agent's process; the agent
listens on 10350, its probes on 10351.  First the time that a certificate holder and a probe take is measured
with nobody else there; then again while 300 connections stay silent on each
port (any that is ended is soon opened again) and 10 clients make one handshake
after another with a chain of RSA-8192 keys that is dear to verify.  Prints

    HOLDER-ALONE HOLDER-WORST HOLDER-DELAY PROBE-ALONE PROBE-WORST
    PROBE-DELAY HANDSHAKES

in milliseconds.  `alone` is the median, `worst` the longest of all, `delay` the
longest that the strangers can be blamed for.  That is the same unless the
machine has more to do than it has processors for: the process that answers has
one thread, and while it was not running, it was not busy with strangers either,
so its own time on a processor counts then.
"""
import http.client
import os
import random
import select
import socket
import ssl
import subprocess
import sys
import threading
import time

SILENT, COSTLY = 300, 10


# --- certificates that cost -------------------------------------------------
def der(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    size = bytes([n]) if n < 128 else (
        bytes([0x80 + (n.bit_length() + 7) // 8])
        + n.to_bytes((n.bit_length() + 7) // 8, "big"))
    return bytes([tag]) + size + body


def integer(n):
    return der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def name(text):
    return der(0x30, der(0x31, der(
        0x30, b"\x06\x03\x55\x04\x03", der(0x0c, text))))


SHA256_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
RSA = bytes.fromhex("300d06092a864886f70d0101010500")
CA = bytes.fromhex("300f0603551d130101ff040530030101ff")


def costly_certificate(bits, exponent_bits):
    """A CA's, with a key that belongs to nobody: its signature is never good."""
    modulus = random.getrandbits(bits) | 1 << (bits - 1) | 1
    exponent = random.getrandbits(exponent_bits) | 1 << (exponent_bits - 1) | 1
    key = der(0x30, integer(modulus), integer(exponent))
    to_sign = der(
        0x30, b"\xa0\x03\x02\x01\x02", integer(random.getrandbits(64)),
        SHA256_RSA, name(b"costly"),
        der(0x30, der(0x17, b"200101000000Z"), der(0x17, b"400101000000Z")),
        name(b"costly"), der(0x30, RSA, der(3, b"\0", key)),
        der(0xa3, der(0x30, CA)))
    return der(0x30, to_sign, SHA256_RSA, der(
        3, b"\0", random.randbytes(bits // 8)))


def costly_context(where, bits, exponent_bits, count):
    """A client whose certificate seems to come from each of them."""
    base = os.path.join(where, "costly-%d" % bits)
    run = lambda *a: subprocess.run(
        ["openssl", *a], check=True, capture_output=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("req", "-x509", *key, "-subj", "/CN=costly", "-keyout", base + ".ca",
        "-out", base + ".pem", "-days", "1")
    run("req", "-new", *key, "-subj", "/CN=stranger", "-keyout", base + ".key",
        "-out", base + ".csr")
    # only RSA's signatures are tried with RSA keys
    run("x509", "-req", "-in", base + ".csr", "-CA", base + ".pem", "-CAkey",
        base + ".ca", "-days", "1", "-out", base + ".der", "-outform", "DER")
    leaf = open(base + ".der", "rb").read()
    leaf = with_rsa_signature(leaf, bits)
    with open(base + ".crt", "w") as out:
        out.write(ssl.DER_cert_to_PEM_cert(leaf))
        for _ in range(count):
            out.write(ssl.DER_cert_to_PEM_cert(
                costly_certificate(bits, exponent_bits)))
    context = ssl.create_default_context(cafile=where + "/ca.crt")
    context.check_hostname = False
    context.load_cert_chain(base + ".crt", base + ".key")
    return context


def element(data, at):
    """(start of the body, end) of the DER element at this offset."""
    n, body = data[at + 1], at + 2
    if n & 0x80:
        body += n & 0x7f
        n = int.from_bytes(data[at + 2:body], "big")
    return body, body + n


def with_rsa_signature(leaf, bits):
    """The same certificate as if an RSA key had signed it."""
    start, _ = element(leaf, 0)
    body, end = element(leaf, start)
    fields, at = [], body
    while at < end:
        _, after = element(leaf, at)
        fields.append(leaf[at:after])
        at = after
    # behind the serial number, and a version unless it is the first
    fields[2 if fields[0][0] == 0xa0 else 1] = SHA256_RSA
    return der(0x30, der(0x30, *fields), SHA256_RSA, der(
        3, b"\0", random.randbytes(bits // 8)))


# --- strangers --------------------------------------------------------------
class Strangers:
    def __init__(self, contexts):
        self.contexts, self.ending, self.handshakes = contexts, False, 0
        self.threads = [threading.Thread(target=self.stay_silent, args=(port,))
                        for port in (10350, 10351)]
        self.threads += [threading.Thread(target=self.shake_hands, args=(n,))
                         for n in range(COSTLY)]

    def dial(self, port, n):
        s = socket.socket()
        s.settimeout(10)
        # half of them from one address, half of them from many
        s.bind(("127.0.0.2" if n % 2 else "127.0.1.%d" % (1 + n % 200), 0))
        s.connect(("127.0.0.1", port))
        return s

    def stay_silent(self, port):
        mine, poll, n = {}, select.poll(), 0
        while not self.ending:
            # all at first, then 20 in a tenth of a second: no flood
            first = n < SILENT
            for _ in range(SILENT if first else min(20, SILENT - len(mine))):
                n += 1
                s = self.dial(port, n)
                mine[s.fileno()] = s
                poll.register(s, select.POLLIN)
            for fd, _ in poll.poll(0):
                poll.unregister(fd)
                mine.pop(fd).close()
            time.sleep(0.1)

    def shake_hands(self, n):
        while not self.ending:
            try:
                with self.dial(10350, 2 * n) as s:
                    with self.contexts[n % len(self.contexts)].wrap_socket(
                            s) as t:
                        t.recv(1)  # in TLS 1.3 the verdict comes later
            except OSError:
                pass
            self.handshakes += 1


# --- others -----------------------------------------------------------------
def ask_as_holder(context):
    c = http.client.HTTPSConnection("127.0.0.1", 10350, context=context,
                                    timeout=60)
    c.request("GET", "/healthz")
    return c


def ask_as_probe(_):
    c = http.client.HTTPConnection("127.0.0.1", 10351, timeout=60)
    c.request("GET", "/livez")
    return c


def process_of(back, name):
    for pid in open("/proc/%s/task/%s/children" % (back, back)).read().split():
        if open("/proc/%s/comm" % pid).read().strip() == name:
            return pid
    sys.exit("no process " + name)


def ran_ms(pid):
    return int(open("/proc/%s/schedstat" % pid).read().split()[0]) / 1e6


def time_of(ask, context, pid):
    """(milliseconds by the clock, those that strangers can be blamed for)"""
    ran, begun = ran_ms(pid), time.monotonic()
    c = ask(context)
    status = c.getresponse().status
    c.close()
    if status != 200:
        sys.exit("status %d" % status)
    wall, ran = 1000 * (time.monotonic() - begun), ran_ms(pid) - ran
    is_busy = os.getloadavg()[0] > os.cpu_count()
    return wall, min(wall, ran) if is_busy else wall


def median(ask, context, pid):
    return sorted(time_of(ask, context, pid)[0] for _ in range(9))[4]


def main():
    where, back = sys.argv[1:3]
    seconds = float(sys.argv[3]) if sys.argv[3:] else 5
    front = process_of(back, "agent-front")
    probes = process_of(back, "agent-probes")
    holder = ssl.create_default_context(cafile=where + "/ca.crt")
    holder.load_cert_chain(where + "/admin.crt", where + "/admin.key")
    contexts = [costly_context(where, 8192, 8191, 4),
                costly_context(where, 4096, 32, 4)]
    alone = [median(ask_as_holder, holder, front),
             median(ask_as_probe, None, probes)]
    strangers = Strangers(contexts)
    for t in strangers.threads:
        t.start()
    of_holder, of_probe = [], []
    end = time.monotonic() + seconds
    time.sleep(0.5)  # until they are there
    try:
        while time.monotonic() < end:
            of_holder.append(time_of(ask_as_holder, holder, front))
            of_probe.append(time_of(ask_as_probe, None, probes))
    finally:
        strangers.ending = True
        for t in strangers.threads:
            t.join()
    worst = [max(t[i] for t in times) for times in (of_holder, of_probe)
             for i in (0, 1)]
    print("%.0f %.0f %.0f %.0f %.0f %.0f %d" % (
        alone[0], *worst[:2], alone[1], *worst[2:], strangers.handshakes))


if __name__ == "__main__":
    main()
