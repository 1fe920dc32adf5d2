"""Holds lint's table of what mail programs lack to caniemail's data: whatever
it says a program lacks, that program's newest tested version lacks.

usage: check_clients.py CLIENTS.C CANIEMAIL.JSON
Exit code 77, with the reason, where the data isn't there.
"""
import json
import os
import re
import sys

# Who is meant by a name; one of them has to lack it.
PROGRAMS = {
    "Gmail": [("gmail", "desktop-webmail")],
    "Outlook": [("outlook", "windows")],
    "Outlook for Windows": [("outlook", "windows")],
    "Outlook for Mac": [("outlook", "macos")],
    "Outlook.com": [("outlook", "outlook-com")],
    "Outlook's apps": [("outlook", "ios"), ("outlook", "android")],
    "Yahoo": [("yahoo", "desktop-webmail")],
    "Thunderbird": [("thunderbird", "macos")],
    "Samsung Email": [("samsung-email", "android")],
}
# What caniemail calls otherwise.
SLUGS = {
    "@import": "css-at-import", "<input>": "html-input-text",
    "<button>": "html-button-submit", "columns": "css-column-layout-properties",
    "url()": "css-background-image", "var()": "css-variables",
    "calc()": "css-unit-calc", "rgba()": "css-rgba", "lab()": "css-modern-color",
    "oklch()": "css-modern-color", "heic": "image-heif",
}
PREFIXES = {"ELEMENT": "html-", "ATTRIBUTE": "html-", "PROPERTY": "css-",
            "UNIT": "css-unit-", "AT_RULE": "css-at-", "IMAGE": "image-"}
VALUES = {"display": "css-display-", "position": "css-position",
          "visibility": "css-visibility", "float": "css-float"}
FUNCTIONS = ("min", "max", "clamp", "light-dark")
SHOWN = {"ELEMENT": "<%s>", "FUNCTION": "%s()", "AT_RULE": "@%s"}

if not os.path.exists(sys.argv[2]):
    print("no caniemail here; tests/setup fetches it from npm")
    sys.exit(77)
features = {f["slug"]: f for f in json.load(open(sys.argv[2]))["data"]}
source = open(sys.argv[1]).read()
for macro, text in re.findall(r'#define (\w+) ("[^"]*")', source):
    source = re.sub(r"(?<!#define )\b%s\b" % macro, text, source)
rows = re.findall(r'\{CLIENT_(\w+),\s*"([^"]*)",\s*(?:NULL|"([^"]*)"),'
                  r'\s*((?:"[^"]*"\s*)+)\}', source)


def slug_of(kind, name, value):
    shown = SHOWN.get(kind, "%s") % name
    if shown in SLUGS:
        return SLUGS[shown]
    if kind == "VALUE":
        slug = VALUES[name]
        return slug + value.replace("inline-", "") if slug[-1] == "-" else slug
    if kind == "FUNCTION":
        return ("css-function-" if name in FUNCTIONS else "css-") + name
    if kind == "PROPERTY":
        name = re.sub(r"^(margin|padding)-(inline|block)$",
                      r"\1-inline-block", name)
        name = re.sub(r"-(start|end)$", "-start-end", name)
    return PREFIXES[kind] + name


def lacks(feature, program):
    for family, platform in PROGRAMS[program]:
        versions = feature["stats"].get(family, {}).get(platform, {})
        if versions and versions[max(versions)].startswith("n"):
            return True
    return False


failures = 0
for kind, name, value, words in rows:
    lacking = "".join(re.findall(r'"([^"]*)"', words)).replace(
        " (in a style)", "").replace("Windows and Mac",
                                     "Windows, Outlook for Mac")
    feature = features.get(slug_of(kind, name, value))
    if not feature:
        print("%s: not in caniemail's data" % slug_of(kind, name, value))
        failures += 1
        continue
    for program in re.split(r", | and ", lacking):
        if not lacks(feature, program):
            print("%s: %s has it" % (feature["slug"], program))
            failures += 1
print("%d rows, %d wrong" % (len(rows), failures))
sys.exit(failures > 0 or len(rows) < 50)
