"""registry_front - a registry's front door that misbehaves on demand.

usage: registry_front.py PORT UPSTREAM-PORT LOG [FAULT...]

Passes requests on to the registry at 127.0.0.1:UPSTREAM-PORT.  Each request is
a line of LOG: METHOD PATH, then `range=` and `auth=` if it had those fields.
Each FAULT happens as often as it says, to requests as they come:

  busy=N         429 with Retry-After: 1
  broken=N       503
  cut-get=N      half of a blob, then the connection ends
  cut-patch=N    a part that is not the first is lost with its connection
  die=1          half of a blob, then the front door is gone
  stand=N        a part is taken, and the upload stands where it began
  endless=N      a manifest that never ends
  lie=N          a blob with one byte changed
  elsewhere=URL  blobs are redirected there, always
  token=USER     the API wants a token; /token gives one to USER, whose
                 password is "secret", always
"""
import base64
import http.client
import http.server
import json
import os
import re
import socketserver
import sys

PORT, UPSTREAM, LOG = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
FAULTS = dict(word.split("=", 1) for word in sys.argv[4:])
BLOB = re.compile(r"/v2/.*/blobs/sha256:")
HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}


def due(fault):
    left = int(FAULTS.get(fault, 0))
    FAULTS[fault] = max(left - 1, 0)
    return left > 0


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self):
        words = [self.command, self.path]
        for name, field in (("range", "Range"), ("auth", "Authorization")):
            if self.headers[field]:
                words.append(f"{name}={self.headers[field]}")
        with open(LOG, "a", encoding="utf-8") as log:
            print(*words, file=log)

    def answer(self, status, fields, body=b""):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def drop(self):
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def give_token(self):
        user = base64.b64encode(
            (FAULTS["token"] + ":secret").encode()).decode()
        if self.headers["Authorization"] == "Basic " + user:
            self.answer(200, {}, json.dumps({"token": "t0ken"}).encode())
        else:
            self.answer(401, {}, b"{}")

    def refuse(self):
        """Is the request answered here?"""
        if "token" in FAULTS and self.path.startswith("/token?"):
            self.give_token()
        elif "token" in FAULTS and \
                self.headers["Authorization"] != "Bearer t0ken":
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.answer(401, {"WWW-Authenticate":
                              f'Bearer realm="http://localhost:{PORT}/token",'
                              'service="the, \\"registry\\""'}, b"{}")
        elif self.path != "/v2/" and due("busy"):
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.answer(429, {"Retry-After": "1"})
        elif self.path != "/v2/" and due("broken"):
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.answer(503, {})
        elif "elsewhere" in FAULTS and self.command == "GET" and \
                BLOB.match(self.path):
            self.answer(307, {"Location": FAULTS["elsewhere"] + self.path})
        elif self.command == "PATCH" and due("stand"):
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.answer(202, {"Location": self.path, "Range": "0-0"})
        elif "/manifests/" in self.path and due("endless"):
            self.give_without_end()
        else:
            return False
        return True

    def give_without_end(self):
        self.send_response(200)
        self.send_header("Content-Type",
                         "application/vnd.oci.image.manifest.v1+json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        piece = b'{"a":' * 13107
        try:
            while True:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        except OSError:
            self.close_connection = True

    def ask_upstream(self, body):
        upstream = http.client.HTTPConnection("127.0.0.1", UPSTREAM)
        fields = {name: value for name, value in self.headers.items()
                  if name.lower() not in HOP | {"authorization"}}
        upstream.request(self.command, self.path, body, fields)
        return upstream.getresponse()

    def any_method(self):
        self.note()
        if self.refuse():
            return
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.command == "PATCH" and \
                not self.headers["Content-Range"].startswith("0-") and \
                due("cut-patch"):
            self.drop()
            return
        got = self.ask_upstream(body)
        data = got.read()
        is_blob = self.command == "GET" and BLOB.match(self.path)
        is_dead = is_blob and len(data) > 4096 and due("die")
        is_cut = is_dead or is_blob and len(data) > 4096 and due("cut-get")
        if is_blob and due("lie"):
            data = data[:-1] + bytes([data[-1] ^ 1])
        self.send_response(got.status)
        for name, value in got.getheaders():
            if name.lower() not in HOP | {"date", "server"}:
                self.send_header(name, value)
        length = got.getheader("Content-Length") \
            if self.command == "HEAD" else len(data)
        if got.status != 204:
            self.send_header("Content-Length", str(length or 0))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[:len(data) // 2] if is_cut else data)
        if is_cut:
            self.drop()
        if is_dead:
            os._exit(0)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = any_method


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True


Server(("127.0.0.1", PORT), Front).serve_forever()
