"""Reads a message as Python's email package does, and fails on any defect.

usage: check_message.py FILE [HEADER=VALUE | text=FILE | html=FILE]...

HEADER=VALUE compares a decoded header; text=FILE and html=FILE compare a
part's decoded bytes.
"""

import email
import email.policy
import sys


def check(condition, problem):
    if not condition:
        sys.exit(f"check_message: {problem}")


def check_wire(raw):
    check(b"\r" not in raw.replace(b"\r\n", b""), "a bare CR")
    check(b"\n" not in raw.replace(b"\r\n", b""), "a bare LF")
    check(raw.endswith(b"\r\n"), "no line end at the end")
    head, _, body = raw.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        check(len(line) <= 998, f"a header line of {len(line)} octets")
        check(line.strip() != b"", "a blank header line")
    for line in body.split(b"\r\n"):
        check(len(line) <= 76, f"a body line of {len(line)} columns: {line}")
        check(not line.startswith((b".", b"From ")), f"mangled: {line}")
    check(all(b < 128 for b in body), "a body that is not 7-bit")


def check_defects(message):
    for part in message.walk():
        check(not part.defects, f"{part.get_content_type()}: {part.defects}")
        for name, value in part.items():
            check(not value.defects, f"{name}: {value.defects}")


def parts_of(message):
    if not message.is_multipart():
        return {"text": message}
    check(message.get_content_type() == "multipart/alternative", "structure")
    check(not message.preamble and not message.epilogue, "a pre- or epilogue")
    text, html = message.get_payload()
    check(text.get_content_type() == "text/plain", "the text is not first")
    check(html.get_content_type() == "text/html", "the HTML is not last")
    return {"text": text, "html": html}


def main(path, *expected):
    with open(path, "rb") as file:
        raw = file.read()
    check_wire(raw)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    check_defects(message)
    parts = parts_of(message)
    for part in parts.values():
        check(part.get_content_charset() == "utf-8", "charset")
        check(part["Content-Transfer-Encoding"] == "quoted-printable", "CTE")
        part.get_content()
    for pair in expected:
        name, _, value = pair.partition("=")
        if name in ("text", "html"):
            with open(value, "rb") as file:
                wanted = file.read()
            got = parts[name].get_payload(decode=True)
            check(got == wanted, f"{name}: {got!r} is not {wanted!r}")
        else:
            check(len(message.get_all(name, [])) == 1, f"{name}: not one")
            check(message[name] == value, f"{name}: {message[name]!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
