"""Reads a message with Python's own parser and holds it to the rules.

usage: check_message.py FILE [--to ADDRESS] [--name NAME] [--http]
                        [--header NAME=VALUE]... [--has TEXT]... [--leave WORD]
                        [--utf8]
Checks that there is no defect, the headers of list mail, both parts, the
visible unsubscribe link and postal address in each, line lengths, 7 bit;
--header a header as decoded, --has a text that both parts hold, --leave how
unsubscribing is called in the message's language, --utf8 that the header goes
by SMTPUTF8 (RFC 6532).
"""
import argparse
import email
import email.errors
import email.policy
import re
import sys


def fail(text):
    sys.exit("%s: %s" % (options.file, text))


def check(truth, text):
    if not truth:
        fail(text)


parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--to")
parser.add_argument("--name")
parser.add_argument("--http", action="store_true",
                    help="links are http: no one-click header")
parser.add_argument("--header", action="append", default=[])
parser.add_argument("--has", action="append", default=[])
parser.add_argument("--leave", default="unsubscribe")
parser.add_argument("--utf8", action="store_true")
options = parser.parse_args()

raw = open(options.file, "rb").read()
raw = raw.replace(b"\r\n", b"\n")
seven_bit = raw.split(b"\n\n", 1)[1] if options.utf8 else raw
check(all(byte < 0x80 for byte in seven_bit), "isn't 7 bit")
check(b"\r" not in raw, "a bare CR")
check(max(map(len, raw.split(b"\n"))) <= 998, "a line over 998")
head = raw.split(b"\n\n", 1)[0]
body = raw.split(b"\n\n", 1)[1]
check(max(map(len, head.split(b"\n"))) <= 200, "a header line over 200")
check(max(map(len, body.split(b"\n"))) <= 76, "a body line over 76")

if options.utf8:
    message = email.message_from_string(raw.decode("utf-8"),
                                        policy=email.policy.default)
else:
    message = email.message_from_bytes(raw, policy=email.policy.default)


def is_meant(defect):
    return options.utf8 and \
        isinstance(defect, email.errors.NonASCIILocalPartDefect)


def defects_of(part):
    found = list(part.defects)
    for name, value in part.items():
        found += [(name, d) for d in getattr(value, "defects", [])
                  if not is_meant(d)]
    for child in part.iter_parts() if part.is_multipart() else []:
        found += defects_of(child)
    return found


check(not defects_of(message), "defects: %s" % defects_of(message))
for name in ("From", "To", "Subject", "Date", "Message-ID", "List-Id",
             "List-Unsubscribe", "Auto-Submitted", "Precedence",
             "Feedback-ID", "MIME-Version", "Content-Type"):
    check(len(message.get_all(name, [])) == 1, "%s: not exactly one" % name)
for name in ("Return-Path", "Received", "Bcc", "Sender"):
    check(name not in message, "%s doesn't belong here" % name)
if options.to:
    check(message["To"].addresses[0].addr_spec == options.to,
          "To is %s" % message["To"])
if options.name is not None:
    check(message["To"].addresses[0].display_name == options.name,
          "the name in To is %r" % message["To"].addresses[0].display_name)
check(re.fullmatch(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>",
                   message["Message-ID"].strip()),
      "Message-ID is %s" % message["Message-ID"])
check(message["Precedence"] == "bulk", "Precedence")
check(message["Auto-Submitted"] == "auto-generated", "Auto-Submitted")
unsubscribe = "".join(message["List-Unsubscribe"].split())
links = re.findall(r"<([^>]*)>", unsubscribe)
check(any(link.startswith("mailto:") for link in links), "no mailto")
if not options.http:
    check(sum(link.startswith("https://") for link in links) == 1,
          "not one https link")
    check(message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click",
          "List-Unsubscribe-Post")
check(len(message["Feedback-ID"].split(":")) == 4, "Feedback-ID")
check(5 <= len(message["Feedback-ID"].split(":")[3]) <= 15, "SenderId")

check(message.get_content_type() == "multipart/alternative", "no alternative")
parts = list(message.iter_parts())
check([p.get_content_type() for p in parts] == ["text/plain", "text/html"],
      "the parts are %s" % [p.get_content_type() for p in parts])
text, html = (p.get_content() for p in parts)
for name, part in (("text", text), ("html", html)):
    check(options.leave in part.lower(), "%s: no %s" % (name, options.leave))
    check("{{" not in part and "\x02" not in part, "%s: left open" % name)
    check("Street" in part, "%s: no postal address" % name)
    if not options.http:
        link = [l for l in links if l.startswith("https://")][0]
        check(link in part, "%s: no unsubscribe link %s" % (name, link))
for name, value in (h.split("=", 1) for h in options.header):
    check([str(v) for v in message.get_all(name, [])] == [value],
          "%s is %s" % (name, message.get_all(name)))
for wanted in options.has:
    check(wanted in text, "the text lacks %r" % wanted)
    check(wanted in html, "the HTML lacks %r" % wanted)
check(re.search(r"<html[^>]*lang=", html), "html without lang")
check("<script" not in html.lower(), "a script")
