"""requests - send the requests of a file byte by byte and judge the answers.

usage: requests.py FILE DIR PORT [agent | kubelet]

FILE is checkpoint-agent/test/requests or one like it, which says at its top how
it is written.  DIR has NAME.crt and NAME.key of each client that it names.
Prints the requests whose answer is another than FILE says, of our agent or of
the kubelet, and then how many were sent; fails if there is any.
"""
import re
import socket
import ssl
import sys

PROBE = b"GET /nosuch HTTP/1.1\r\nHost: n\r\n\r\n"
PATIENCE_S = 30  # a guard against hanging; a checkpoint takes a while


# --- the file -----------------------------------------------------------------
ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", "s": b" ", "0": b"\0"}
PIECE = re.compile(r"\\x(..)|\\(.)|(\|)|(\$)|\{([^*}]+)\*(\d+)\}|(.)")


def bytes_of(text):
    """What a request or a body stands for."""
    out = b""
    for code, escaped, end, host, what, times, plain in PIECE.findall(text):
        if code:
            out += bytes([int(code, 16)])
        elif escaped:
            out += ESCAPES.get(escaped, escaped.encode())
        elif end:
            out += b"\r\n"
        elif host:
            out += b" HTTP/1.1\r\nHost: n\r\n"
        elif what:
            out += bytes_of(what) * int(times)
        else:
            out += plain.encode()
    return out


class Wanted:
    """One answer: a status, fields, the first line of the body."""

    def __init__(self, text):
        text = text.strip()
        self.body = None
        if '"' in text:
            text, body = text.split('"', 1)
            self.body = bytes_of(body.rsplit('"', 1)[0])
        words = text.split()
        self.status = words[0]
        self.is_bare = "bare" in words
        self.fields = [w.split("=", 1) for w in words[1:] if "=" in w]

    def fits(self, answer):
        return (answer.status == self.status
                and self.is_bare == answer.is_bare
                and (self.body is None or self.body == answer.line)
                and all(answer.fields.get(name.lower(), "").replace(" ", "")
                        == value for name, value in self.fields))


class Wish:
    """What is to come of one request: answers, and is the connection kept?"""

    def __init__(self, text):
        text, _, self.reason = text.partition(" : ")
        text = re.sub(r"\{([^*}]+ & )\*(\d+)\}",
                      lambda m: m[1] * int(m[2]), text)
        parts = text.strip().split(" & ")
        self.closes = parts[-1] == "close"
        self.answers = [Wanted(p) for p in parts if p != "close"]
        self.text = text.strip()

    def fits(self, answers, closed):
        return (closed == self.closes and len(answers) == len(self.answers)
                and all(w.fits(a) for w, a in zip(self.answers, answers)))


class Case:
    def __init__(self, number, who, line):
        request, answer = line.rsplit(" -> ", 1)
        self.number, self.who, self.text = number, who, request.strip()
        self.bytes = bytes_of(self.text)
        self.agent = self.kubelet = Wish(answer)


def cases_of(name):
    who, cases = "-", []
    for number, line in enumerate(open(name), 1):
        line = line.rstrip("\n")
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            who = line.strip("[]")
        elif line.lstrip().startswith("! "):
            cases[-1].kubelet = Wish(line.strip()[2:])
            assert cases[-1].kubelet.reason, "line %d: no reason" % number
        else:
            cases.append(Case(number, who, line))
    return cases


# --- a connection -------------------------------------------------------------
class Answer:
    def __init__(self, status, fields, body, is_bare):
        self.status, self.fields, self.is_bare = status, fields, is_bare
        self.line = body.split(b"\n")[0]

    def __str__(self):
        told = ["%s=%s" % (n.title(), v.replace(" ", ""))
                for n, v in self.fields.items()
                if n not in ("date", "content-length", "connection")]
        return " ".join([self.status, *(["bare"] if self.is_bare else []),
                         *told, repr(self.line[:200])])


class Client:
    def __init__(self, context, port):
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        self.socket = context.wrap_socket(plain)
        self.read = b""
        self.is_closed = False

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # what came before the end is still to be read

    def more(self):
        """False: the other side has ended the connection."""
        try:
            piece = self.socket.recv(65536)
        except (ConnectionError, ssl.SSLError):
            piece = b""
        self.is_closed = self.is_closed or not piece
        self.read += piece
        return bool(piece)

    def head(self):
        """Status and fields; None at the end."""
        while b"\r\n\r\n" not in self.read:
            if not self.more():
                return None
        head, self.read = self.read.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        return first.split()[1], {n.lower(): v.strip() for n, v in
                                  (line.split(":", 1) for line in lines)}

    def take(self, size):
        while len(self.read) < size and self.more():
            pass
        taken, self.read = self.read[:size], self.read[size:]
        return taken

    def body(self, fields):
        if fields.get("transfer-encoding") != "chunked":
            return self.take(int(fields.get("content-length", 1 << 62)))
        body = b""
        while True:
            while b"\r\n" not in self.read and self.more():
                pass
            line, _, self.read = self.read.partition(b"\r\n")
            piece = self.take(int(line or b"0", 16) + 2)[:-2]
            body += piece
            if not piece:
                return body

    def answer(self, is_bare):
        head = self.head()
        if head is None:
            return None
        status, fields = head
        has_none = is_bare or status[0] == "1" or status == "204"
        return Answer(status, fields, b"" if has_none else self.body(fields),
                      is_bare)


def try_case(case, wish, context, port):
    """The answers, and whether the connection ended with them."""
    c, answers = Client(context, port), []
    c.send(case.bytes)
    for wanted in wish.answers:
        answer = c.answer(wanted.is_bare)
        if answer is None:
            return answers, True
        answers.append(answer)
    c.send(PROBE)
    probe = None if c.is_closed else c.answer(False)
    while probe is not None and probe.line != b"404 page not found":
        answers.append(probe)
        probe = None if c.is_closed else c.answer(False)
    return answers, probe is None


# --- all of it ----------------------------------------------------------------
def context_of(where, who):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if who != "-":
        context.load_cert_chain("%s/%s.crt" % (where, who),
                                "%s/%s.key" % (where, who))
    return context


def main(name, where, port, whose="agent"):
    contexts, wrong = {}, 0
    cases = cases_of(name)
    for case in cases:
        if case.who not in contexts:
            contexts[case.who] = context_of(where, case.who)
        wish = getattr(case, whose)
        try:
            answers, closed = try_case(
                case, wish, contexts[case.who], int(port))
        except TimeoutError:
            answers, closed = ["(nothing more for %d s)" % PATIENCE_S], False
        if not wish.fits(answers, closed):
            wrong += 1
            print("%s:%d: %s: %s\n\twanted %s\n\tgot    %s" % (
                name, case.number, case.who, case.text[:150], wish.text,
                " & ".join(map(str, answers + ["close"] * closed))))
    print("%d requests, %d answered in another way" % (len(cases), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
