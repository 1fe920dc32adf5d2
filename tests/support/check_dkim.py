"""Verifies every signature of messages, with python3-dkim.

usage: check_dkim.py ZONE SIGNATURES FILE...
ZONE holds the records as `digest dkim record` prints them. Each message has
so many signatures, all of them valid, over the headers that have to be
signed; and none is valid any more once the message was tampered with.
"""
import re
import sys

import dkim

SIGNED = {b"from", b"to", b"subject", b"date", b"message-id",
          b"list-unsubscribe", b"list-unsubscribe-post", b"mime-version"}
# Once more than they are there, so that nobody can add one.
OVERSIGNED = [b"from", b"message-id", b"list-id", b"feedback-id", b"sender",
              b"list-archive", b"list-unsubscribe", b"subject"]


def read_zone(path):
    zone = {}
    text = open(path).read()
    for name, rest in re.findall(r"^(\S+)\s+(?:\d+\s+)?(?:IN\s+)?TXT\s+"
                                 r"(\([^)]*\)|\"[^\n]*)", text, re.M):
        zone[name.rstrip(".")] = "".join(re.findall(r'"([^"]*)"', rest))
    return zone


def tampered(message):
    head, _, body = message.partition(b"\r\n\r\n")
    yield "another body", head + b"\r\n\r\n" + body.replace(b"e", b"a", 1)
    yield "a second From", b"From: evil@example.net\r\n" + message
    yield ("a second List-Unsubscribe",
           b"List-Unsubscribe: <https://evil.example/>\r\n" + message)
    for name in (b"Message-ID", b"List-Id", b"Feedback-ID", b"Sender",
                 b"List-Archive"):
        yield ("another " + name.decode(),
               name + b": <evil@evil.example>\r\n" + message)
    if b"\r\nCFBL-Address:" in head:
        yield ("another CFBL-Address",
               b"CFBL-Address: evil@evil.example; report=arf\r\n" + message)
    yield "another Subject", re.sub(rb"(?im)^(subject: ?)", rb"\1x", message,
                                    count=1)
    yield "an appended body", message + b"more\r\n"


def main():
    zone = read_zone(sys.argv[1])
    count = int(sys.argv[2])

    def lookup(name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        return zone.get(name.rstrip("."), "").encode() or None

    bad = []
    for path in sys.argv[3:]:
        message = open(path, "rb").read()
        found = [v.lower() for k, v in dkim.rfc822_parse(message)[0]
                 if k.lower() == b"dkim-signature"]
        if len(found) != count:
            bad.append("%s: %d signatures" % (path, len(found)))
        present = {k.lower() for k, _ in dkim.rfc822_parse(message)[0]}
        for i in range(len(found)):
            if not dkim.DKIM(message).verify(idx=i, dnsfunc=lookup):
                bad.append("%s: signature %d is not valid" % (path, i))
            tags = dict(dkim.util.parse_tag_value(
                dkim.rfc822_parse(message)[0][i][1]))
            names = [n.strip() for n in
                     re.sub(rb"\s", b"", tags[b"h"]).lower().split(b":")]
            if not SIGNED <= set(names):
                bad.append("%s: not signed: %s"
                           % (path, SIGNED - set(names)))
            for name in OVERSIGNED:
                if names.count(name) < 1 + (name in present):
                    bad.append("%s: %s isn't oversigned"
                               % (path, name.decode()))
            for what, other in tampered(message):
                try:
                    if dkim.DKIM(other).verify(
                            idx=i, dnsfunc=lookup):
                        bad.append("%s: valid with %s" % (path, what))
                except dkim.DKIMException:
                    pass
    print("\n".join(bad) or "%d messages verified" % len(sys.argv[3:]))
    sys.exit(1 if bad else 0)


main()
