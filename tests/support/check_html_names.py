#!/usr/bin/python3
"""Holds the table of named references to that of Python, which is the
standard's (HTML, section 13.5).
usage: check_html_names.py html_names.txt"""
import html.entities
import sys

wanted = {}
for name, text in html.entities.html5.items():
    bare = name.rstrip(";")
    points = " ".join("%X" % ord(c) for c in text)
    end = "" if bare in html.entities.html5 else ";"
    wanted[bare] = "%s%s %s" % (bare, end, points)
lines = [wanted[name] for name in sorted(wanted, key=str.encode)]
found = open(sys.argv[1], encoding="ascii").read().splitlines()
for line in sorted(set(lines) ^ set(found)):
    print("missing:" if line in lines else "beyond it:", line)
if found != lines:
    sys.exit("the table isn't that of the standard, or not in order")
legacy = sum(";" not in line for line in lines)
print("%d names, %d without a semicolon" % (len(lines) + legacy, legacy))
