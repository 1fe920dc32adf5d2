#!/usr/bin/python3
"""Compares what SPF says with python3-spf, over worlds of made-up records.

usage: spf_worlds.py PROGRAM [WORLDS]

Each world has seven domains that include and redirect to each other, with
mistakes among them, and hosts; PROGRAM (tests/doctor/spf_verdicts.c) and
python3-spf are asked about one address. What python3-spf refuses beyond the
standard (a record that includes itself, a modifier that is unknown and comes
twice) isn't made. It counts a redirect that isn't followed as a look-up: none
of the first 10,000 worlds turns on that.
"""
import collections
import random
import subprocess
import sys

import spf

DOMAINS = ["d%d.example" % i for i in range(7)]
HOSTS = ["h%d.example" % i for i in range(5)]
PREFIXES = ["", "", "/32", "/24", "/25", "/26", "/0", "/33"]
chance = random.Random(7208)


def ip4():
    return "192.0.2.%d" % chance.choice([1, 2, 3, 4, 64, 65, 128, 200])


def ip6():
    return "2001:db8::%x" % chance.choice([1, 2, 0x100, 0xFFFF])


def other(domain):
    return chance.choice([d for d in DOMAINS if d != domain])


def term(domain):
    kind = chance.randrange(12)
    if kind < 3:
        text = "ip4:" + ip4() + chance.choice(PREFIXES)
    elif kind < 4:
        text = "ip6:" + ip6() + chance.choice(["", "/128", "/64", "/120"])
    elif kind < 6:
        host = chance.choice(HOSTS)
        text = "a" + chance.choice(["", ":" + host, ":" + host + "/28", "/24",
                                    "//64", ":nothing.example"])
    elif kind < 8:
        name = chance.choice(DOMAINS)
        text = "mx" + chance.choice(["", ":" + name, "/28",
                                     ":" + name + "/24//120"])
    elif kind < 11:
        text = "include:" + other(domain)
    else:
        text = chance.choice([
            "all", "foo", "a:", "ip4:1.2.3", "include:", "exp=x.example",
            "ip4:" + ip4() + "/", "m%d=bar" % chance.randrange(9**9),
            "redirect=" + other(domain)])
    return ("" if "=" in text else chance.choice(["", "", "+", "-", "~", "?"])
            ) + text


def world():
    records = []
    for domain in DOMAINS:
        count = chance.choice([0, 1, 1, 1, 1, 1, 2])
        for _ in range(1 if domain == DOMAINS[0] else count):
            terms = [term(domain) for _ in range(chance.randrange(1, 5))]
            terms.append(chance.choice(
                ["-all", "~all", "?all", "", "redirect=" + other(domain)]))
            records.append((domain, "TXT", " ".join(["v=spf1"] + terms)))
        if chance.random() < 0.4:
            records.append((domain, "A", ip4()))
        for _ in range(chance.choice([0, 0, 1, 2])):
            records.append((domain, "MX", chance.choice(HOSTS)))
    for host in HOSTS:
        records.append((host, "A", ip4()))
        records.append((host, "AAAA", ip6()))
    return records


records = []


def look_up(name, kind, tcpfallback=True, timeout=30):
    values = [value for domain, its, value in records
              if domain == name.rstrip(".").lower() and its == kind]
    if kind == "TXT":
        values = [(value.encode(),) for value in values]
    elif kind == "MX":
        values = [(10, value) for value in values]
    return [((name, kind), value) for value in values]


spf.DNSLookup = look_up
program = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, text=True)
tally = collections.Counter()
for number in range(int(sys.argv[2]) if len(sys.argv) > 2 else 10000):
    records = world()
    address = ip4() if chance.random() < 0.8 else ip6()
    theirs = spf.query(i=address, s="x@" + DOMAINS[0], h="h.example",
                       strict=True).check()[0]
    lines = "".join("%s %s %s\n" % record for record in records)
    program.stdin.write("%s= %s %s\n" % (lines, DOMAINS[0], address))
    program.stdin.flush()
    ours = program.stdout.readline().strip()
    tally[ours] += 1
    if ours != theirs:
        sys.exit("world %d: %s here, %s there, of %s in\n%s"
                 % (number, ours, theirs, address, lines))
print(dict(tally))
if min(tally[v] for v in ("pass", "fail", "softfail", "neutral",
                          "permerror")) < 100:
    sys.exit("too few of some verdict: the worlds are all alike")
