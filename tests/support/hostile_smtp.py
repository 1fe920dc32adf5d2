"""An SMTP server that misbehaves as its scenario says.

What it accepts is recorded: a line of RECORD for each message, with the
recipient and the Message-ID, before the answer leaves. With --times N only
the first N connections misbehave, and the later ones find a good server.
"""
import argparse
import asyncio
import re
import ssl

ID = re.compile(rb"^message-id:\s*(<[^>]*>)", re.I | re.M)
PATH = re.compile(rb"<([^>]*)>")


class Gone(Exception):
    """The connection is to be closed, here and now."""


class Session:
    """A good server; scenarios say where they differ."""
    capabilities = ["localhost", "8BITMIME", "SMTPUTF8",
                    "ENHANCEDSTATUSCODES", "PIPELINING"]

    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.taken = 0

    # ---- how answers travel ----

    async def write(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def say(self, text):
        await self.write(text.encode() + b"\r\n")

    # ---- what is said; each can be replaced ----

    async def greeting(self):
        await self.say("220 localhost ESMTP")

    async def ehlo(self, line):
        await self.say("\r\n".join(
            ["250-" + c for c in self.capabilities[:-1]]
            + ["250 " + self.capabilities[-1]]))

    async def mail(self, line):
        self.sender = True
        await self.say("250 2.1.0 ok")

    async def rcpt(self, line):
        if not self.sender:
            await self.say("503 5.5.1 MAIL first")
            return False
        await self.say("250 2.1.5 ok")
        return True

    async def data(self, line):
        if not self.recipients:
            await self.say("554 5.5.1 no valid recipients")
            return False
        await self.say("354 go on")
        return True

    async def body(self):
        message = b""
        while True:
            line = await self.line()
            if line == b".":
                return message
            message += line + b"\n"

    async def final(self, message):
        self.server.take(self.recipients, message)
        self.taken += 1
        await self.say("250 2.0.0 taken")

    async def other(self, verb, line):
        if verb == b"RSET":
            await self.say("250 2.0.0 ok")
        elif verb == b"QUIT":
            await self.say("221 2.0.0 bye")
            raise Gone
        else:
            await self.say("502 5.5.1 not known")

    # ---- the conversation ----

    def forget(self):
        self.sender, self.recipients = False, []

    async def line(self):
        line = await self.reader.readuntil(b"\n")
        return line.rstrip(b"\r\n")

    async def talk(self):
        self.forget()
        await self.greeting()
        while True:
            line = await self.line()
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                await self.ehlo(line)
            elif verb == b"MAIL":
                self.forget()
                await self.mail(line)
            elif verb == b"RCPT":
                if await self.rcpt(line):
                    self.recipients.append(PATH.search(line).group(1))
            elif verb == b"DATA":
                if await self.data(line):
                    await self.final(await self.body())
                self.forget()
            else:
                if verb == b"RSET":
                    self.forget()
                await self.other(verb, line)


# ---- it hangs up ----

class DropConnect(Session):
    async def greeting(self):
        raise Gone


class DropGreeting(Session):
    async def greeting(self):
        await self.write(b"220 local")
        raise Gone


class DropEhlo(Session):
    async def ehlo(self, line):
        await self.write(b"250-localhost\r\n250-PIPE")
        raise Gone


class DropMail(Session):
    async def mail(self, line):
        raise Gone


class DropRcpt(Session):
    async def rcpt(self, line):
        raise Gone


class DropData(Session):
    async def data(self, line):
        raise Gone


class DropBody(Session):
    async def body(self):
        await self.reader.read(200)
        raise Gone


class DropFinal(Session):
    """It takes the message, but nobody hears of it."""
    async def final(self, message):
        self.server.take(self.recipients, message)
        raise Gone


class DropFinalEach(DropFinal):
    """The same, after two messages that went well."""
    async def final(self, message):
        if self.taken == 2:
            await DropFinal.final(self, message)
        await Session.final(self, message)


class ShutGreeting(Session):
    async def greeting(self):
        await self.say("554 5.7.1 we don't talk to you")
        raise Gone


class BusyGreeting(Session):
    async def greeting(self):
        await self.say("421 4.3.2 come back later")
        raise Gone


class Busy(Session):
    """421 in the middle, after each third message."""
    async def rcpt(self, line):
        if self.taken == 3:
            await self.say("421 4.3.2 enough of you")
            raise Gone
        return await Session.rcpt(self, line)


class BusyMail(Session):
    async def mail(self, line):
        if self.taken == 2:
            await self.say("421 4.4.5 too busy")
            raise Gone
        await Session.mail(self, line)


# ---- it says odd things ----

class Slow(Session):
    """One byte at a time."""
    async def write(self, data):
        for byte in data:
            self.writer.write(bytes([byte]))
            await self.writer.drain()
            await asyncio.sleep(0.001)


class ManyLines(Session):
    async def say(self, text):
        if text[:3] in ("250", "220", "354") and "\r\n" not in text:
            code, rest = text[:3], text[4:]
            text = "\r\n".join(["%s-%s" % (code, rest)] * 5
                               + ["%s %s" % (code, rest)])
        await Session.say(self, text)


class Bare(Session):
    """Codes alone, and once it is under way line feeds alone."""
    async def say(self, text):
        end = b"\n" if self.sender else b"\r\n"
        await self.write(text[:3].encode() + end)

    async def ehlo(self, line):
        await self.say("250")


class Nonsense(Session):
    async def rcpt(self, line):
        await self.say("yes, why not")
        return True


class Letters(Session):
    async def mail(self, line):
        await self.say("25O 2.1.0 ok")


class Mixed(Session):
    async def mail(self, line):
        await self.say("250-2.1.0 ok\r\n550 5.1.0 or not")


class Binary(Session):
    async def mail(self, line):
        await self.write(bytes(range(256)) * 4 + b"\r\n")


class LongLine(Session):
    async def rcpt(self, line):
        await self.say("250 " + "x" * 100000)
        return True


class Endless(Session):
    async def rcpt(self, line):
        while True:
            await self.say("250-there is more to say")


class Unasked(Session):
    async def mail(self, line):
        await self.say("250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on"
                       "\r\n250 2.0.0 taken")


class WrongCode(Session):
    async def data(self, line):
        await self.say("250 2.0.0 data? what data?")
        return False


class LongRefusal(Session):
    """A refusal of many lines, with bytes that don't belong there."""
    async def rcpt(self, line):
        if b"reader1@" not in line:
            return await Session.rcpt(self, line)
        await self.write(b"550-5.1.1 no such user\x1b[2J\xff\r\n" * 20
                         + b"550 5.1.1 " + b"z" * 900 + b"\r\n")
        return False


class Pieces(Session):
    """The answers to a pipeline in pieces that fall anywhere."""
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.held = b""

    async def write(self, data):
        self.held += data
        while len(self.held) >= 7:
            self.writer.write(self.held[:7])
            self.held = self.held[7:]
            await self.writer.drain()
            await asyncio.sleep(0)
        self.writer.write(self.held)
        self.held = b""
        await self.writer.drain()


class Together(Session):
    """All answers to a pipeline in one piece, when it is over."""
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.held = b""

    async def write(self, data):
        self.held += data
        if not self.reader._buffer:
            held, self.held = self.held, b""
            await Session.write(self, held)


# ---- it refuses ----

class Refusing(Session):
    replies = {b"gone": "550 5.1.1 no such user",
               b"policy": "550 5.7.1 not for such as you",
               b"full": "452 4.2.2 mailbox full",
               b"later": "451 4.7.1 greylisted, come back",
               b"bare": "550 something or other",
               b"big": "552 5.3.4 too big"}

    async def rcpt(self, line):
        name = PATH.search(line).group(1).split(b"@")[0]
        if name not in self.replies:
            return await Session.rcpt(self, line)
        await self.say(self.replies[name])
        return False


class RefusingSlowly(Refusing):
    capabilities = ["localhost", "8BITMIME"]


class RefusingAfterwards(Session):
    """Only after the message does it say that it doesn't want it."""
    async def final(self, message):
        to = self.recipients[0]
        if to.startswith(b"reader1@"):
            await self.say("554 5.6.0 not in this form")
        elif to.startswith(b"reader2@"):
            await self.say("451 4.3.0 try again")
        else:
            await Session.final(self, message)


class RefuseAll(Session):
    async def rcpt(self, line):
        await self.say("550 5.7.1 sender is listed")
        return False


class RefuseAllDead(Session):
    async def rcpt(self, line):
        await self.say("550 5.1.1 no such user")
        return False


class RefuseAllLater(Session):
    async def mail(self, line):
        await self.say("451 4.3.0 out of order")


class RefuseLater(Session):
    """Well behaved for ten messages, then it wants no more of us."""
    async def rcpt(self, line):
        if self.server.count >= 10:
            await self.say("550 5.7.1 over your quota")
            return False
        return await Session.rcpt(self, line)


class DeadInARow(Session):
    """The first addresses of the list are all dead, the last are not."""
    async def rcpt(self, line):
        found = re.search(rb"reader(\d+)@", line)
        if found and int(found.group(1)) < 20:
            await self.say("550 5.1.1 no such user")
            return False
        return await Session.rcpt(self, line)


class RefuseRset(Refusing):
    async def other(self, verb, line):
        if verb == b"RSET":
            await self.say("502 5.5.1 no RSET here")
        else:
            await Session.other(self, verb, line)


# ---- what it offers ----

class Small(Session):
    capabilities = ["localhost", "SIZE 1000"]


class Ascii(Session):
    capabilities = ["localhost", "8BITMIME", "PIPELINING"]


class Bald(Session):
    """No EHLO, no extensions."""
    async def ehlo(self, line):
        if line[:4].upper() == b"EHLO":
            await self.say("502 5.5.1 not known")
        else:
            await self.say("250 localhost")


class Stripped(Session):
    """Someone in between has taken STARTTLS out."""
    capabilities = ["localhost", "8BITMIME", "XXXXXXXA"]


class StartTls(Session):
    capabilities = ["localhost", "8BITMIME", "STARTTLS"]
    before = b""

    async def other(self, verb, line):
        if verb != b"STAR":
            await Session.other(self, verb, line)
            return
        await self.write(b"220 2.0.0 go on\r\n" + self.before)
        await self.writer.start_tls(self.server.context)
        self.capabilities = Session.capabilities


class Smuggled(StartTls):
    """Someone in between puts plaintext before the encrypted answers, to be
    taken for them (CVE-2021-22947)."""
    before = (b"250-evil.example\r\n250 AUTH PLAIN\r\n"
              b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go\r\n250 taken\r\n")


class RefuseTls(StartTls):
    async def other(self, verb, line):
        if verb == b"STAR":
            await self.say("454 4.7.0 TLS not available")
        else:
            await Session.other(self, verb, line)


def scenarios():
    """Names as on the command line: DropConnect is drop-connect."""
    found, waiting = {}, [Session]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        name = re.sub(r"(?<!^)([A-Z])", r"-\1", kind.__name__).lower()
        found["good" if kind is Session else name] = kind
    return found


class Server:
    def __init__(self, options):
        self.kind = scenarios()[options.scenario]
        self.times = options.times
        self.connections = self.count = 0
        self.record = open(options.record, "ab", buffering=0)
        self.context = None
        if options.cert:
            self.context = ssl.create_default_context(
                ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(options.cert, options.key)

    def take(self, recipients, message):
        self.count += 1
        found = ID.search(message)
        for to in recipients:
            self.record.write(
                to + b"\t" + (found.group(1) if found else b"-") + b"\n")

    async def serve(self, reader, writer):
        self.connections += 1
        good = self.times and self.connections > self.times
        session = (Session if good else self.kind)(self, reader, writer)
        try:
            await session.talk()
        except (Gone, ConnectionError, asyncio.IncompleteReadError,
                asyncio.LimitOverrunError, ssl.SSLError):
            pass
        writer.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--record", required=True)
    parser.add_argument("--scenario", choices=sorted(scenarios()),
                        required=True)
    parser.add_argument("--times", type=int, default=0)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    options = parser.parse_args()
    server = Server(options)
    listening = await asyncio.start_server(
        server.serve, "127.0.0.1", options.port, limit=1 << 20, backlog=100)
    print("ready", flush=True)
    await listening.serve_forever()


asyncio.run(main())
