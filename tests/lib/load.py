"""load - a bounded load on the agent's server.

usage: load.py DIR REQUESTS CONNECTIONS HALF-OPEN

One round: REQUESTS over four connections that are kept, CONNECTIONS fresh TLS
connections with one request each, HALF-OPEN handshakes that stop behind half a
ClientHello, and 20 slow clients, of whom half send a head byte by byte and half
do not read their answers.  Exit status 0 when every request was answered.
"""
import http.client
import socket
import ssl
import sys
import threading
import time

SLOW = 20
HELLO = bytes.fromhex("1603010200010001fc0303") + bytes(120)


def context_of(where):
    context = ssl.create_default_context(cafile=where + "/ca.crt")
    context.load_cert_chain(where + "/admin.crt", where + "/admin.key")
    return context


def connect(context):
    return http.client.HTTPSConnection("127.0.0.1", 10350, context=context,
                                       timeout=120)


def ask(c, path="/healthz"):
    c.request("GET", path)
    answer = c.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError("status %d" % answer.status)


def ask_often(context, n, failed):
    try:
        c = connect(context)
        for i in range(n):
            ask(c, "/metrics" if i % 10 == 0 else "/healthz")
        c.close()
    except Exception as e:  # any failure is one
        failed.append(repr(e))


def ask_afresh(context, n, failed):
    try:
        for _ in range(n):
            c = connect(context)
            ask(c)
            c.close()
    except Exception as e:
        failed.append(repr(e))


def stop_halfway(n):
    """From many addresses: one has a share of 128."""
    halves = []
    for i in range(n):
        s = socket.socket()
        s.bind(("127.0.2.%d" % (1 + i % 50), 0))
        s.connect(("127.0.0.1", 10350))
        s.send(HELLO)
        halves.append(s)
    return halves


def be_slow(context, n):
    slow = []
    for i in range(n):
        s = context.wrap_socket(
            socket.create_connection(("127.0.0.1", 10350)),
            server_hostname="127.0.0.1")
        if i % 2:
            s.send(b"GET /healthz HTTP/1.1\r\nHo")
        else:
            s.send(b"GET /metrics HTTP/1.1\r\nHost: n\r\n\r\n" * 50)
        slow.append(s)
    return slow


def main():
    where = sys.argv[1]
    requests, connections, half_open = (int(n) for n in sys.argv[2:5])
    context, failed = context_of(where), []
    slow = be_slow(context, SLOW)
    halves = stop_halfway(half_open)
    threads = [threading.Thread(target=ask_often,
                                args=(context, requests // 4, failed))
               for _ in range(4)]
    threads += [threading.Thread(target=ask_afresh,
                                 args=(context, connections // 2, failed))
                for _ in range(2)]
    for t in threads:
        t.start()
    for byte in b"st: n":
        for s in slow[1::2]:
            try:
                s.send(bytes([byte]))
            except OSError:
                pass  # it has been told that it takes too long
        time.sleep(0.5)
    for t in threads:
        t.join()
    for s in slow + halves:
        s.close()
    if failed:
        sys.exit("\n".join(failed[:5]))


if __name__ == "__main__":
    main()
