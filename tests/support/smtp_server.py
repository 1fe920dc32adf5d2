"""A real SMTP server for journeys (aiosmtpd), which writes down what it gets.

Each message becomes OUT/N.eml, and OUT/N.json with its envelope.
"""
import argparse
import asyncio
import json
import os
import re
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Recorder:
    def __init__(self, options):
        self.out = options.out
        self.reject = [r.split("=", 1) for r in options.reject]
        self.refuse_data = options.refuse_data
        self.count = 0
        os.makedirs(self.out, exist_ok=True)

    async def handle_RCPT(self, server, session, envelope, address, options):
        for pattern, reply in self.reject:
            if re.search(pattern, address):
                return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuse_data:
            return self.refuse_data
        self.count += 1
        base = os.path.join(self.out, str(self.count))
        with open(base + ".eml", "wb") as file:
            file.write(envelope.original_content)
        with open(base + ".json", "w") as file:
            json.dump({
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "tls": session.ssl is not None,
                "user": getattr(session, "login_name", None),
                "options": envelope.mail_options,
                "client": session.host_name,
            }, file)
        return "250 2.0.0 queued as %d" % self.count


class Server(SMTP):
    """One session; STARTTLS and AUTH as the options ask."""


def authenticator(user, password):
    def check(server, session, envelope, mechanism, data):
        good = (isinstance(data, LoginPassword)
                and data.login.decode() == user
                and data.password.decode() == password)
        if good:
            session.login_name = user
        return AuthResult(success=good, handled=good or None)
    return check


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", help="where the port is written")
    parser.add_argument("--out", required=True)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--smtps", action="store_true")
    parser.add_argument("--auth", help="user:password; required to send")
    parser.add_argument("--reject", action="append", default=[],
                        help="PATTERN=REPLY, for RCPT")
    parser.add_argument("--refuse-data", help="the reply to every message")
    parser.add_argument("--utf8", action="store_true",
                        help="offer SMTPUTF8")
    parser.add_argument("--size", type=int, default=33554432)
    options = parser.parse_args()

    context = None
    if options.cert:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.cert, options.key)
    settings = {"enable_SMTPUTF8": options.utf8, "hostname": "localhost",
                "data_size_limit": options.size}
    if options.starttls:
        settings.update(tls_context=context, require_starttls=True)
    if options.auth:
        user, password = options.auth.split(":", 1)
        settings.update(authenticator=authenticator(user, password),
                        auth_required=True,
                        auth_require_tls=options.starttls)
    recorder = Recorder(options)
    server = await asyncio.get_running_loop().create_server(
        lambda: Server(recorder, **settings), "127.0.0.1", options.port,
        ssl=context if options.smtps else None)
    if options.port_file:
        with open(options.port_file + ".new", "w") as file:
            file.write("%d\n" % server.sockets[0].getsockname()[1])
        os.rename(options.port_file + ".new", options.port_file)
    await server.serve_forever()


asyncio.run(main())
