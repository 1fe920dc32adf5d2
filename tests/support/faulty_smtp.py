"""An SMTP server that misbehaves on purpose, or only keeps a good record.

usage: faulty_smtp.py --port-file FILE [--fault KIND@STAGE]... [options]
       faulty_smtp.py --list

A fault is a kind and the stage of the dialogue where it happens: drop@rcpt,
silent@dot, long@ehlo. `--times N` lets it happen N times in all, and after
that the server behaves; `--only REGEX` keeps it to recipients that match.
What was taken is appended to --record, a line "RECIPIENT MESSAGE-ID" for
each recipient, before the reply goes out, so that it outlives a client that
is killed. Every command, and the dot that ends a message, goes to --log as a line of
JSON.
`--also PORT-FILE RECORD` is a second server in the same process: however busy
the machine is, neither runs ahead of the other.
`--delay MS` answers each command that much later, none waiting for another.
"""
import argparse
import asyncio
import collections
import json
import os
import re
import ssl
import sys

STAGES = ("banner", "ehlo", "starttls", "mail", "rcpt", "data", "body", "dot",
          "rset", "quit")

KINDS = {
    "drop": "closes the connection instead of answering",
    "lost": "does what was asked, then closes without an answer",
    "silent": "never answers, and keeps the connection",
    "busy": "421, and closes",
    "defer": "451 4.3.0",
    "refuse": "554 5.7.1",
    "unknown": "550 5.1.1",
    "slow": "the right answer, byte by byte",
    "held": "the right answer when the file --hold FILE is there, and not "
            "within 1.2 s",
    "pieces": "the right answer in two pieces",
    "lines": "the right answer as the last of forty lines",
    "mixed": "a line of another code before the right one",
    "twice": "the right answer, two times",
    "garbage": "a line that is no reply",
    "nul": "a reply with NUL bytes in it",
    "lf": "the right answer, its line ended by LF alone",
    "long": "a line of 100,000 bytes",
    "endless": "a line that never ends",
    "flood": "a reply of lines without end",
    "injected": "(starttls) plain text behind the 220, before TLS begins",
    "plain": "(starttls) no TLS after the 220",
}

REFUSALS = {
    "busy": b"421 4.3.2 closing now",
    "defer": b"451 4.3.0 try again later",
    "refuse": b"554 5.7.1 refused",
    "unknown": b"550 5.1.1 no such user",
    "garbage": b"I would rather not say",
}

HEAD = re.compile(rb"^message-id:\s*(<[^>]*>)", re.I | re.M)


class Faults:
    """Which faults are left, and whether one is due now."""

    def __init__(self, specs, times, only):
        self.due = {}
        for spec in specs:
            kind, _, stage = spec.partition("@")
            if kind not in KINDS or stage not in STAGES:
                sys.exit("no such fault: %s (--list names them)" % spec)
            self.due[stage] = kind
        self.left = times
        self.only = re.compile(only) if only else None

    def at(self, stage, recipients):
        kind = self.due.get(stage)
        if not kind or self.left == 0:
            return None
        if self.only and not any(self.only.search(r) for r in recipients):
            return None
        self.left -= 1
        return kind


class Session(asyncio.Protocol):
    def __init__(self, server):
        self.server = server
        self.options = server.options
        self.buffer = bytearray()
        self.searched = 0
        self.in_body = False
        self.is_stuck = False  # silent: reads no more
        self.replies = collections.deque()
        self.working = None
        self.is_upgrading = False
        self.taken = 0
        self.tls = False
        self.begin_transaction()

    def begin_transaction(self):
        self.sender = None
        self.recipients = []
        self.may_fail_body = True

    # ---- the connection ------------------------------------------------

    def connection_made(self, transport):
        self.transport = transport
        self.answer("banner", b"220 localhost ESMTP")

    def connection_lost(self, error):
        if self.working:
            self.working.cancel()

    def eof_received(self):
        return False

    def data_received(self, data):
        if self.is_stuck:
            return
        self.buffer += data
        self.read_on()

    def read_on(self):
        while not (self.is_stuck or self.is_upgrading or
                   self.transport.is_closing()):
            if not (self.take_body() if self.in_body else self.take_line()):
                break

    def take_line(self):
        end = self.buffer.find(b"\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end]).rstrip(b"\r")
        del self.buffer[:end + 1]
        self.command(line.decode("utf-8", "replace"))
        return True

    def take_body(self):
        if self.may_fail_body and len(self.buffer) > 100:
            self.may_fail_body = False
            kind = self.server.faults.at("body", self.recipients)
            if kind:
                self.fault(kind, b"250 2.0.0 early")
                return False
        if self.buffer.startswith(b".\r\n"):
            end, after = 0, 3
        else:
            found = self.buffer.find(b"\r\n.\r\n", self.searched)
            if found < 0:
                self.searched = max(0, len(self.buffer) - 4)
                return False
            end, after = found + 2, found + 5
        message = bytes(self.buffer[:end])
        del self.buffer[:after]
        self.searched = 0
        self.in_body = False
        self.server.note(self, ".")
        self.finish(message)
        return True

    # ---- the dialogue --------------------------------------------------

    def command(self, line):
        verb = line.split(" ", 1)[0].split(":", 1)[0].upper()
        self.server.note(self, line)
        handler = getattr(self, "on_" + verb.lower(), None)
        if handler:
            handler(line)
        else:
            self.answer(None, b"502 5.5.2 not here")

    def on_ehlo(self, line):
        offers = [o for o in self.options.offer.split(",") if o]
        if self.options.cert and not self.tls:
            offers.append("STARTTLS")
        lines = ["localhost"] + offers
        reply = "\r\n".join("250%s%s" % (" " if i == len(lines) - 1 else "-",
                                         text)
                            for i, text in enumerate(lines))
        self.begin_transaction()
        self.answer("ehlo", reply.encode())

    def on_helo(self, line):
        self.begin_transaction()
        self.answer("ehlo", b"250 localhost")

    def on_starttls(self, line):
        if not self.options.cert or self.tls:
            self.answer("starttls", b"502 5.5.1 no TLS here")
            return
        kind = self.server.faults.at("starttls", [])
        if kind == "plain":
            self.send(b"220 2.0.0 go ahead\r\n250 and on in clear\r\n")
        elif kind and kind != "injected":
            self.fault(kind, b"220 2.0.0 go ahead")
        else:
            extra = b"250-localhost\r\n250 AUTH PLAIN\r\n"
            self.send(b"220 2.0.0 go ahead\r\n" +
                      (extra if kind == "injected" else b""))
            self.is_upgrading = True
            self.working = asyncio.ensure_future(self.start_tls())

    async def start_tls(self):
        self.buffer.clear()  # what came in clear is not for the session
        try:
            self.transport = await asyncio.get_running_loop().start_tls(
                self.transport, self, self.server.context, server_side=True)
        except OSError:
            self.transport.abort()
            return
        self.tls = True
        self.is_upgrading = False
        self.working = None
        self.read_on()

    def on_mail(self, line):
        self.begin_transaction()
        self.sender = line
        limit = self.options.messages_per_connection
        if limit and self.taken >= limit:
            self.fault("busy", b"")
            return
        kind = self.server.faults.at("mail", [])
        if kind in REFUSALS:
            self.sender = None
        self.answer_with(kind, b"250 2.1.0 OK")

    def on_rcpt(self, line):
        address = re.search(r"<([^>]*)>", line)
        if self.sender is None or not address:
            self.answer(None, b"503 5.5.1 MAIL comes first")
            return
        kind = self.server.faults.at("rcpt", [address.group(1)])
        if kind not in REFUSALS:
            self.recipients.append(address.group(1))
        self.answer_with(kind, b"250 2.1.5 OK")

    def on_data(self, line):
        if not self.recipients:
            self.answer(None, b"503 5.5.1 no valid recipients")
            return
        kind = self.server.faults.at("data", self.recipients)
        self.in_body = kind not in REFUSALS
        self.answer_with(kind, b"354 go ahead")

    def finish(self, message):
        kind = self.server.faults.at("dot", self.recipients)
        if kind not in REFUSALS and kind != "drop":
            self.server.take(self.recipients, message)
            self.taken += 1
        self.begin_transaction()
        self.answer_with(kind, b"250 2.0.0 queued")

    def on_rset(self, line):
        self.begin_transaction()
        self.answer("rset", b"250 2.0.0 OK")

    def on_noop(self, line):
        self.answer(None, b"250 2.0.0 OK")

    def on_quit(self, line):
        self.answer("quit", b"221 2.0.0 bye")
        self.close_after_replies()

    # ---- answers -------------------------------------------------------

    def answer(self, stage, reply):
        kind = self.server.faults.at(stage, self.recipients) if stage else None
        self.answer_with(kind, reply)

    def answer_with(self, kind, reply):
        if kind:
            self.fault(kind, reply)
        else:
            self.send(reply + b"\r\n")

    def fault(self, kind, reply):
        pause = self.options.pause / 1000
        code = reply[:3]
        if kind in ("drop", "lost"):
            self.close_after_replies()
        elif kind == "silent":
            self.is_stuck = True
            self.transport.pause_reading()
        elif kind in REFUSALS:
            self.send(REFUSALS[kind] + b"\r\n")
            if kind == "busy":
                self.close_after_replies()
        elif kind == "slow":
            for byte in reply + b"\r\n":
                self.send(bytes([byte]), pause)
        elif kind == "held":
            self.working = asyncio.ensure_future(self.hold(reply))
        elif kind == "pieces":
            middle = len(reply) // 2
            self.send(reply[:middle])
            self.send(reply[middle:] + b"\r\n", pause)
        elif kind == "lines":
            self.send(b"".join(code + b"-line %d\r\n" % i for i in range(39)) +
                      code + b" the last\r\n")
        elif kind == "mixed":
            self.send((b"550" if code != b"550" else b"250") + b"-first\r\n" +
                      code + b" then\r\n")
        elif kind == "twice":
            self.send(reply + b"\r\n" + reply + b"\r\n")
        elif kind == "nul":
            self.send(code + b" \0\0\0 OK\r\n")
        elif kind == "lf":
            self.send(reply.replace(b"\r\n", b"\n") + b"\n")
        elif kind == "long":
            self.send(code + b" " + b"x" * 100000 + b"\r\n")
        elif kind in ("endless", "flood"):
            chunk = code + b"-more and more\r\n" if kind == "flood" else b"x"
            self.is_stuck = True
            self.working = asyncio.ensure_future(
                self.pour(code + b"-", chunk * (65536 // len(chunk))))

    async def hold(self, reply):
        await asyncio.sleep(1.2)
        while not os.path.exists(self.options.hold):
            await asyncio.sleep(0.01)
        self.send(reply + b"\r\n")

    async def pour(self, begin, chunk):
        self.transport.write(begin)
        while not self.transport.is_closing():
            if self.transport.get_write_buffer_size() < 1 << 20:
                self.transport.write(chunk)
            await asyncio.sleep(0.001)

    def send(self, data, pause=0):
        """Writes now, or when it is due: answers keep their order."""
        delay = self.options.delay / 1000 + pause
        if not delay and not self.replies:
            self.transport.write(data)
            return
        now = asyncio.get_running_loop().time()
        due = now + self.options.delay / 1000
        if self.replies:
            due = max(due, self.replies[-1][0])
        self.replies.append((due + pause, data))
        if len(self.replies) == 1:
            self.plan()

    def plan(self):
        loop = asyncio.get_running_loop()
        loop.call_at(self.replies[0][0], self.send_due)

    def send_due(self):
        now = asyncio.get_running_loop().time()
        while self.replies and self.replies[0][0] <= now + 0.0005:
            data = self.replies.popleft()[1]
            if data is None:
                self.transport.close()
            elif not self.transport.is_closing():
                self.transport.write(data)
        if self.replies:
            self.plan()

    def close_after_replies(self):
        self.is_stuck = True
        if self.replies:
            self.replies.append((self.replies[-1][0], None))
        else:
            self.transport.close()


class Server:
    def __init__(self, options, record):
        self.options = options
        self.faults = Faults(options.fault, options.times, options.only)
        self.record = self.open_log(record)
        self.log = self.open_log(options.log)
        self.context = None
        if options.cert:
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(options.cert, options.key)

    @staticmethod
    def open_log(path):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return os.open(path, flags, 0o644) if path else None

    def take(self, recipients, message):
        if self.record is None:
            return
        head = message.split(b"\r\n\r\n", 1)[0]
        found = HEAD.search(head)
        name = found.group(1).decode() if found else "-"
        lines = "".join("%s %s\n" % (r, name) for r in recipients)
        os.write(self.record, lines.encode())

    def note(self, session, line):
        if self.log is None:
            return
        entry = {"connection": id(session), "tls": session.tls, "line": line}
        os.write(self.log, (json.dumps(entry) + "\n").encode())


async def listen(server, port, port_file):
    listening = await asyncio.get_running_loop().create_server(
        lambda: Session(server), "127.0.0.1", port, backlog=1024)
    port = listening.sockets[0].getsockname()[1]
    if port_file:
        with open(port_file + ".new", "w") as file:
            file.write("%d\n" % port)
        os.rename(port_file + ".new", port_file)
    else:
        print(port, flush=True)
    return listening


async def serve(options):
    for port_file, record in options.also:
        await listen(Server(options, record), 0, port_file)
    listening = await listen(Server(options, options.record), options.port,
                             options.port_file)
    await listening.serve_forever()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--times", type=int, default=-1)
    parser.add_argument("--only", help="recipients that a fault is for")
    parser.add_argument("--record")
    parser.add_argument("--log")
    parser.add_argument("--also", action="append", nargs=2, default=[],
                        metavar=("PORT-FILE", "RECORD"))
    parser.add_argument("--delay", type=float, default=0, metavar="MS")
    parser.add_argument("--pause", type=float, default=20, metavar="MS",
                        help="between bytes (slow) and pieces")
    parser.add_argument("--hold", default="/", metavar="FILE")
    parser.add_argument("--offer", default="PIPELINING,8BITMIME,SMTPUTF8,"
                        "ENHANCEDSTATUSCODES,SIZE 35882577")
    parser.add_argument("--messages-per-connection", type=int, default=0)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    options = parser.parse_args()
    if options.list:
        for kind, meaning in KINDS.items():
            print("%-9s %s" % (kind, meaning))
        print("stages: " + " ".join(STAGES))
        return
    try:
        asyncio.run(serve(options))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
