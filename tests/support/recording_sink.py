"""An SMTP sink that keeps a record of what it took.

Each message that is answered with 250 is one line of RECORD, written and
flushed before the answer leaves: the time, the recipient, the Message-ID,
the envelope sender, separated by tabs. So whatever a client believes, the
record says what a real server would have delivered.

Answers can come late, each so many milliseconds after its command, without
holding up other connections, or later commands of the same one.
"""
import argparse
import asyncio
import collections
import re
import time

ID = re.compile(rb"^message-id:[ \t\r\n]*(<[^>]*>)", re.I | re.M)
PATH = re.compile(rb"<([^>]*)>")
CAPABILITIES = [b"localhost", b"8BITMIME", b"SMTPUTF8", b"SIZE 52428800",
                b"ENHANCEDSTATUSCODES"]


class Record:
    def __init__(self, path):
        self.file = open(path, "ab", buffering=0)

    def add(self, recipients, sender, message):
        found = ID.search(message[:65536])
        name = found.group(1) if found else b"-"
        at = b"%.6f" % time.time()
        self.file.write(b"".join(
            b"\t".join((at, to, name, sender)) + b"\n" for to in recipients))


class Session(asyncio.Protocol):
    def __init__(self, record, options):
        self.record = record
        self.pipelining = not options.no_pipelining
        self.latency = options.latency / 1000
        self.loop = asyncio.get_running_loop()
        self.buffer = bytearray()
        self.searched = 0
        self.in_data = False
        self.late = collections.deque()
        self.forget()

    def forget(self):
        self.sender, self.recipients = b"", []

    def connection_made(self, transport):
        self.transport = transport
        self.answer(b"220 localhost ESMTP\r\n")

    # What is to be done is done when its answer is due, in order.
    def answer(self, text, before=None, close=False):
        if not self.latency:
            self.do(text, before, close)
            return
        self.late.append((self.loop.time() + self.latency, text, before,
                          close))
        if len(self.late) == 1:
            self.loop.call_at(self.late[0][0], self.flush)

    def flush(self):
        while self.late and self.late[0][0] <= self.loop.time():
            self.do(*self.late.popleft()[1:])
        if self.late:
            self.loop.call_at(self.late[0][0], self.flush)

    def do(self, text, before, close):
        if before:
            before()
        if not self.transport.is_closing():
            self.transport.write(text)
        if close:
            self.transport.close()

    def data_received(self, data):
        self.buffer += data
        while self.take_message() if self.in_data else self.take_line():
            pass

    def take_message(self):
        if self.buffer.startswith(b".\r\n"):
            end, skip = 0, 3
        else:
            end = self.buffer.find(b"\r\n.\r\n", max(0, self.searched - 5))
            skip = 5
        if end < 0:
            self.searched = len(self.buffer)
            return False
        message = bytes(self.buffer[:end])
        del self.buffer[:end + skip]
        self.searched = 0
        self.in_data = False
        recipients, sender = self.recipients, self.sender
        self.forget()
        self.answer(b"250 2.0.0 taken\r\n",
                    lambda: self.record.add(recipients, sender, message))
        return True

    def take_line(self):
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        del self.buffer[:end + 2]
        self.command(line)
        return True

    def command(self, line):
        verb = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            lines = list(CAPABILITIES)
            if self.pipelining:
                lines.append(b"PIPELINING")
            self.answer(b"".join(b"250-%s\r\n" % part for part in lines[:-1])
                        + b"250 %s\r\n" % lines[-1])
        elif verb == b"MAIL":
            self.forget()
            self.sender = PATH.search(line).group(1)
            self.answer(b"250 2.1.0 ok\r\n")
        elif verb == b"RCPT":
            self.recipients.append(PATH.search(line).group(1))
            self.answer(b"250 2.1.5 ok\r\n")
        elif verb == b"DATA":
            self.in_data = True
            self.answer(b"354 go on\r\n")
        elif verb == b"QUIT":
            self.answer(b"221 2.0.0 bye\r\n", close=True)
        elif verb in (b"RSET", b"NOOP"):
            self.forget()
            self.answer(b"250 2.0.0 ok\r\n")
        else:
            self.answer(b"502 5.5.1 not known\r\n")


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--record", required=True)
    parser.add_argument("--no-pipelining", action="store_true")
    parser.add_argument("--latency", type=float, default=0,
                        help="milliseconds")
    options = parser.parse_args()
    record = Record(options.record)
    server = await asyncio.get_running_loop().create_server(
        lambda: Session(record, options), "127.0.0.1", options.port,
        backlog=512)
    await server.serve_forever()


asyncio.run(main())
