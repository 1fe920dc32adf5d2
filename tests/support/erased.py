"""What a database and its files still hold.

usage: erased.py filled DATABASE      tables that texts stand in, and no row does
       erased.py find FOLDER WORD...  where a word stands: in a row of any table,
                                      or among the bytes of any file of FOLDER
"""
import os
import re
import sqlite3
import sys

# Tables that a journey may leave empty: no text in them comes from a reader
# or names one. Whoever adds a table fills it in journeys/erase.sh instead.
NOBODYS = {
    "issue_choice", "plan", "schedule", "occurrence", "source_map",
    "newsletter_boost", "pace", "lease", "story_page", "text_page",
    "withdrawn", "block", "issue_block", "newsletter_text", "issue_text",
    "picture", "article_picture",
}
# Waits for a moment only; tests/scheduler/test_erase.c erases one that waits.
FLEETING = {"reader_request"}


def tables(db):
    for (name,) in db.execute("SELECT name FROM sqlite_schema "
                              "WHERE type = 'table' ORDER BY name"):
        kinds = [row[2].upper() for row in
                 db.execute('PRAGMA table_info("%s")' % name)]
        yield name, any(kind in ("TEXT", "BLOB", "") for kind in kinds)


def filled(path):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    for name, has_text in tables(db):
        if (has_text and name not in NOBODYS | FLEETING
                and not name.startswith(("sqlite_", "article_search"))
                and not db.execute('SELECT 1 FROM "%s" LIMIT 1'
                                   % name).fetchone()):
            print(name)


def forms(word):
    yield word.encode()
    yield word.encode("utf-16-le")


def find(folder, words):
    path = os.path.join(folder, "digest.db")
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    names = [name for name, _ in tables(db)]
    db.text_factory = bytes
    for name in names:
        for row in db.execute('SELECT * FROM "%s"' % name):
            for cell in row:
                text = cell if isinstance(cell, bytes) else str(cell).encode()
                for word in words:
                    if word.encode().lower() in text.lower():
                        print("table %s: %s in %r" % (name, word, row))
    db.close()
    for top, _, names in os.walk(folder):
        for name in names:
            file = os.path.join(top, name)
            data = open(file, "rb").read().lower()
            for word in words:
                for form in forms(word.lower()):
                    at = data.find(form)
                    if at >= 0:
                        print("file %s at %d: %s in %r" % (
                            os.path.relpath(file, folder), at, word,
                            data[max(0, at - 60):at + 60]))


if sys.argv[1] == "filled":
    filled(sys.argv[2])
else:
    find(sys.argv[2], sys.argv[3:])
