"""Verifies every DKIM-Signature of a message with python3-dkim.

usage: check_dkim.py FILE COUNT SELECTOR._domainkey.DOMAIN.=RECORD...

Exits with 77 where python3-dkim or python3-nacl is missing.
"""

import sys

try:
    import dkim
    import nacl.signing  # noqa: F401  (Ed25519)
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def main(path, count, *records):
    zone = dict(record.split("=", 1) for record in records)

    def look_up(name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        return zone.get(name, "").encode() or None

    with open(path, "rb") as file:
        raw = file.read()
    message = dkim.DKIM(raw)
    for index in range(int(count)):
        try:
            holds = message.verify(idx=index, dnsfunc=look_up)
        except dkim.DKIMException as problem:
            holds = False
            print(f"check_dkim: {problem}")
        if not holds:
            sys.exit(f"check_dkim: signature {index} does not hold")
    found = [name for name, _ in message.headers
             if name.lower() == b"dkim-signature"]
    if len(found) != int(count):
        sys.exit(f"check_dkim: {len(found)} signatures")


if __name__ == "__main__":
    main(*sys.argv[1:])
