"""drip.py - a server whose answers never end.

usage: drip.py PORT CERTIFICATE KEY

It accepts TLS on 127.0.0.1, answers each connection's first bytes with the
head of a long answer, and then sends a byte of it four times a second.
"""
import socketserver
import ssl
import sys
import time


class Drip(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.request.recv(65536)
            self.request.sendall(b"HTTP/1.1 201 Created\r\n"
                                 b"Content-Length: 100000\r\n\r\n")
            while True:
                self.request.sendall(b" ")
                time.sleep(0.25)
        except OSError:
            pass


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = daemon_threads = True

    def finish_request(self, request, client_address):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        super().finish_request(
            context.wrap_socket(request, server_side=True), client_address)


Server(("127.0.0.1", int(sys.argv[1])), Drip).serve_forever()
