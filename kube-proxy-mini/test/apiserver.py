#!/usr/bin/env python3
"""apiserver.py - a small API server for tests, with the faults of real ones.

usage: apiserver.py --cert FILE --key FILE [--client-ca FILE] [--address A]
                    [--port N] [--control-port N] [--watch-list]
                    [--service-cidrs] [--gzip] [--tls 1.2|1.3] [--curve NAME]

Speaks HTTPS on one port as the Kubernetes API does (GET of lists and watches
of the kinds in KINDS), and plain HTTP on 127.0.0.1, for tests to control it:

  POST /put      {"kind": K, "object": {...}}   add or change; prints version
  POST /delete   {"kind": K, "ns": NS, "name": N}
  POST /fault    {"name": F, ...}   the next matching request fails
  POST /drop     {"kind": K, "torn": bool}      end all watches now
  POST /bookmark {"kind": K}
  POST /compact  {"kind": K}       versions before now have expired: 410
  POST /expire   {"kind": K}       /compact and /drop with nothing in between
  POST /restore  {"kind": K, "version": V, "without": [NS, NAME]}    from a
                 backup: an older version, and without that object; with
                 "quiet": true no bookmark says so, as in kube-apiserver
  POST /again    {"kind": K, "ns": NS, "name": N}    repeat its last event
  POST /hold     {"kind": K, "seconds": S}    delay its events
  POST /calm     cancel all faults
  POST /refuse   {"code": C}       answer every request with C; 0: stop
  GET  /log      requests so far, one per line
  GET  /times    when they came: "SECONDS PATH"

Faults (on: list|watch|page|stream, of: KIND): status (code, retry_after), hang, garbage,
slow (delay_s per piece), pieces (bytes per chunk), error_event (code), close,
torn, coding (a false Content-Encoding), bomb (bytes: a list whose gzip expands
to that size).  --gzip compresses every answer, flushed after each event of a
watch.  --tls is the only version spoken, --curve the only curve.
"""
import argparse
import http.server
import json
import queue
import socketserver
import ssl
import threading
import time
import urllib.parse
import zlib

KINDS = {
    "/api/v1/services": ("Service", "v1"),
    "/api/v1/nodes": ("Node", "v1"),
    "/apis/networking.k8s.io/v1/servicecidrs":
        ("ServiceCIDR", "networking.k8s.io/v1"),
    "/apis/discovery.k8s.io/v1beta1/endpointslices":  # before 1.21
        ("EndpointSlice", "discovery.k8s.io/v1beta1"),
    "/apis/discovery.k8s.io/v1/endpointslices":
        ("EndpointSlice", "discovery.k8s.io/v1"),
}


class Store:
    """All objects, their versions, the changes, and who watches."""

    def __init__(self):
        self.lock = threading.RLock()
        self.version = 100
        self.objects = {kind: {} for kind, _ in KINDS.values()}
        self.changes = {kind: [] for kind, _ in KINDS.values()}
        self.oldest = {kind: 0 for kind, _ in KINDS.values()}
        self.watchers = {kind: [] for kind, _ in KINDS.values()}
        self.held = {kind: 0 for kind, _ in KINDS.values()}
        self.pages = {}
        self.faults = []
        self.refusal = 0
        self.log = []
        self.times = []

    def change(self, kind, verb, item):
        self.version += 1
        item["metadata"]["resourceVersion"] = str(self.version)
        text = json.dumps(item, separators=(",", ":"))
        line = event(verb, text)
        self.changes[kind].append((self.version, line))
        for watcher in self.watchers[kind]:
            watcher.put(line)
        return text

    def put(self, kind, item):
        with self.lock:
            meta = item["metadata"]
            key = (meta.get("namespace", ""), meta["name"])
            verb = "MODIFIED" if key in self.objects[kind] else "ADDED"
            self.objects[kind][key] = self.change(kind, verb, item)
            return self.version

    def delete(self, kind, namespace, name):
        with self.lock:
            item = json.loads(self.objects[kind].pop((namespace, name)))
            self.change(kind, "DELETED", item)
            return self.version

    def again(self, kind, namespace, name):
        """As a server may that was asked twice; the version is the same."""
        with self.lock:
            text = self.objects[kind].get((namespace, name))
            for watcher in self.watchers[kind] if text else []:
                watcher.put(event("MODIFIED", text))
            return bool(text)

    def take_fault(self, where, kind):
        """The first fault that is for this sort of request."""
        with self.lock:
            for i, fault in enumerate(self.faults):
                if (fault.get("on", where) == where
                        and fault.get("of", kind) == kind):
                    return self.faults.pop(i)
        return {}


def event(verb, text):
    return f'{{"type":"{verb}","object":{text}}}\n'.encode()


def status(code, message):
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure",
            "message": message, "code": code,
            "reason": "Expired" if code == 410 else ""}


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store = None
    knows_watch_list = False
    has_cidrs = False
    zips = False
    zip = None

    def log_message(self, *_):
        pass

    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size).decode()
        with self.store.lock:
            self.store.log.append(f"post {self.path} {body}")
        self.answer(201, json.loads(body))

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path not in KINDS or self.hides(url.path):
            return self.answer(404, status(404, "the server could not find "
                                           "the requested resource"))
        kind, api_version = KINDS[url.path]
        where = "list"
        if "watch" in query:
            where = "stream" if "sendInitialEvents" in query else "watch"
        elif "continue" in query:
            where = "page"
        fault = self.store.take_fault(where, kind)
        if self.store.refusal:
            fault = {"name": "status", "code": self.store.refusal}
        with self.store.lock:
            self.store.times.append(f"{time.monotonic():.3f} {url.path}")
            self.store.log.append(f"{where} {self.path} "
                                  f"{self.headers.get('Authorization', '-')}")
        if self.hit(fault):
            return None
        if where in ("watch", "stream"):
            return self.watch(kind, api_version, query, where, fault)
        return self.list(kind, api_version, query, fault)

    @classmethod
    def hides(cls, path):
        return path.endswith("/servicecidrs") and not cls.has_cidrs

    def hit(self, fault):
        """Faults that take the place of an answer."""
        name = fault.get("name")
        if name == "status":
            self.answer(fault["code"], status(fault["code"], "as the test "
                                              "wanted"), fault)
        elif name == "hang":
            time.sleep(fault.get("seconds", 3600))
            self.close_connection = True
        elif name == "garbage":
            self.wfile.write(b"\x00\xffno HTTP at all\r\n\r\n")
            self.close_connection = True
        elif name == "close":
            self.close_connection = True
        else:
            return False
        return True

    def answer(self, code, body, fault=None):
        data = json.dumps(body).encode() + b"\n"
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        if fault and fault.get("retry_after"):
            self.send_header("Retry-After", str(fault["retry_after"]))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def begin_chunks(self, fault):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.zip = None
        if fault.get("name") == "coding":
            self.send_header("Content-Encoding", fault["coding"])
        elif self.zips or fault.get("name") == "bomb":
            self.send_header("Content-Encoding", "gzip")
            self.zip = zlib.compressobj(1, wbits=31)
        self.end_headers()

    def chunks(self, data, fault):
        if self.zip:
            data = self.zip.compress(data) + self.zip.flush(
                zlib.Z_SYNC_FLUSH)
        self.pieces(data, fault)

    def end_chunks(self):
        if self.zip:
            self.pieces(self.zip.flush(), {})
        self.wfile.write(b"0\r\n\r\n")

    # A list of one object that goes on and on.
    def bomb(self, size):
        self.chunks(b'{"items":[{"metadata":{"annotations":{"x":"', {})
        block = b"y" * (1 << 20)
        for _ in range(0, size, len(block)):
            self.chunks(block, {})
        self.chunks(b'"},"namespace":"d","name":"bomb"}}],'
                    b'"metadata":{"resourceVersion":"1"}}', {})
        self.end_chunks()

    def pieces(self, data, fault):
        size = fault.get("bytes", 65536)
        delay = fault.get("delay_s", 0)
        for at in range(0, len(data), size):
            piece = data[at:at + size]
            self.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            if delay:
                self.wfile.flush()
                time.sleep(delay)

    def list(self, kind, api_version, query, fault):
        store = self.store
        limit = int(query.get("limit", 0))
        start, version = 0, None
        with store.lock:
            if "continue" not in query:
                self.store.pages[kind] = [
                    i for _, i in sorted(store.objects[kind].items())]
            items = store.pages.get(kind, [])
            version = store.version
        if "continue" in query:
            version, start = map(int, query["continue"].split("."))
            if version < store.oldest[kind]:
                return self.answer(410, status(410, "The provided continue "
                                               "parameter is too old"))
        end = start + limit if limit else len(items)
        meta = {"resourceVersion": str(version)}
        if end < len(items):
            meta["continue"] = f"{version}.{end}"
        head = json.dumps({"kind": kind + "List", "apiVersion": api_version,
                           "metadata": meta}, separators=(",", ":"))
        body = head[:-1] + ',"items":[' + ",".join(items[start:end]) + "]}\n"
        self.begin_chunks(fault)
        if fault.get("name") == "bomb":
            return self.bomb(fault["size"])
        if fault.get("name") == "torn":
            self.chunks(body.encode()[:len(body) // 2], fault)
            self.close_connection = True
            return None
        self.chunks(body.encode(), fault)
        self.end_chunks()
        return None

    def watch(self, kind, api_version, query, where, fault):
        store = self.store
        if where == "stream" and not self.knows_watch_list:
            return self.answer(422, status(
                422, "resourceVersionMatch is forbidden for watch"))
        events = queue.Queue()
        with store.lock:
            since = int(query.get("resourceVersion") or 0)
            if where == "watch" and since < store.oldest[kind]:
                if fault.get("name") != "error_event":
                    return self.answer(410, status(410, "too old resource "
                                                   "version"))
                events.put(event("ERROR", json.dumps(
                    status(410, "too old"))))
            elif fault.get("name") == "error_event":
                events.put(event("ERROR", json.dumps(
                    status(fault["code"], "as wanted"))))
            elif where == "watch":
                for version, line in store.changes[kind]:
                    if version > since:
                        events.put(line)
            else:
                events.put(b"".join(
                    event("ADDED", item) for _, item
                    in sorted(store.objects[kind].items()))
                    + self.bookmark(kind, api_version, True))
            store.watchers[kind].append(events)
        self.begin_chunks(fault)
        self.wfile.flush()
        try:
            self.stream(kind, events,
                        float(query.get("timeoutSeconds", 300)), fault)
        except OSError:
            self.close_connection = True
        finally:
            with store.lock:
                store.watchers[kind].remove(events)
        return None

    def stream(self, kind, events, seconds, fault):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                line = events.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                break
            time.sleep(max(0, self.store.held[kind] - time.monotonic()))
            if line is None or line == b"torn":
                if line:
                    self.chunks(b'{"type":"MODIFIED","object":{"meta', {})
                self.close_connection = True
                self.connection.close()
                return
            self.chunks(line, fault)
            if b'"type":"ERROR"' in line[:20]:
                break
        self.end_chunks()

    @classmethod
    def bookmark(cls, kind, api_version, is_end=False):
        meta = {"resourceVersion": str(cls.store.version),
                "creationTimestamp": None}
        if is_end:
            meta["annotations"] = {"k8s.io/initial-events-end": "true"}
        return event("BOOKMARK", json.dumps({
            "kind": kind, "apiVersion": api_version, "metadata": meta}))


class Control(http.server.BaseHTTPRequestHandler):
    store = None

    def log_message(self, *_):
        pass

    def reply(self, text):
        data = (str(text) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        store = self.store
        with store.lock:
            self.reply("\n".join(
                store.times if self.path == "/times" else store.log))

    def do_POST(self):
        store = self.store
        size = int(self.headers.get("Content-Length", 0))
        what = json.loads(self.rfile.read(size) or "{}")
        with store.lock:
            kind = what.get("kind")
            if self.path == "/put":
                for item in what.get("objects", [what.get("object")]):
                    result = store.put(kind, item)
            elif self.path == "/delete":
                result = store.delete(kind, what["ns"], what["name"])
            elif self.path == "/fault":
                store.faults.append(what)
                result = "ok"
            elif self.path in ("/compact", "/drop", "/expire"):
                if self.path != "/drop":
                    store.version += 1
                    store.oldest[kind] = store.version
                    store.changes[kind].clear()
                    result = store.version
                if self.path != "/compact":
                    for watcher in store.watchers[kind]:
                        watcher.put(b"torn" if what.get("torn") else None)
                    result = len(store.watchers[kind])
            elif self.path == "/bookmark":
                version = {k: v for k, v in KINDS.values()}[kind]
                for watcher in store.watchers[kind]:
                    watcher.put(Api.bookmark(kind, version))
                result = store.version
            elif self.path == "/restore":
                store.version = what["version"]
                store.objects[kind].pop(tuple(what["without"]))
                store.changes[kind].clear()
                store.oldest[kind] = 0
                version = {k: v for k, v in KINDS.values()}[kind]
                for watcher in store.watchers[kind]:
                    if not what.get("quiet"):
                        watcher.put(Api.bookmark(kind, version))
                result = store.version
            elif self.path == "/again":
                result = store.again(kind, what["ns"], what["name"])
            elif self.path == "/hold":
                store.held[kind] = time.monotonic() + what["seconds"]
                result = "ok"
            elif self.path == "/refuse":
                store.refusal = what["code"]
                result = "ok"
            elif self.path == "/calm":
                store.faults.clear()
                result = "ok"
            else:
                result = "unknown"
        self.reply(result)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    context = None

    def handle_error(self, request, client_address):
        pass

    # in the thread of the connection, so that nobody waits for a handshake
    def finish_request(self, request, client_address):
        if self.context:
            request.settimeout(30)
            request = self.context.wrap_socket(request, server_side=True)
            request.settimeout(None)
        super().finish_request(request, client_address)


class Server6(Server):
    address_family = 10


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--client-ca")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=6443)
    parser.add_argument("--control-port", type=int, default=6444)
    parser.add_argument("--watch-list", action="store_true")
    parser.add_argument("--service-cidrs", action="store_true")
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--tls", choices=["1.2", "1.3"])
    parser.add_argument("--curve")
    options = parser.parse_args()

    Api.store = Control.store = Store()
    Api.knows_watch_list = options.watch_list
    Api.has_cidrs = options.service_cidrs
    Api.zips = options.gzip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    if options.tls:
        context.minimum_version = context.maximum_version = ssl.TLSVersion[
            "TLSv" + options.tls.replace(".", "_")]
    if options.curve:
        context.set_ecdh_curve(options.curve)
    if options.client_ca:
        context.load_verify_locations(options.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    kind = Server6 if ":" in options.address else Server
    api = kind((options.address, options.port), Api)
    api.context = context
    control = Server(("127.0.0.1", options.control_port), Control)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    api.serve_forever()


if __name__ == "__main__":
    main()
