"""Holds an Atom feed to what RFC 4287 requires.

usage: check_atom.py FILE [BASE]
With BASE, links may be relative to it. Prints the number of entries.
"""
import re
import sys
import xml.etree.ElementTree as tree
from urllib.parse import urljoin, urlsplit

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")
FEED = {"author", "category", "contributor", "generator", "icon", "id",
        "link", "logo", "rights", "subtitle", "title", "updated", "entry"}
ENTRY = {"author", "category", "content", "contributor", "id", "link",
         "published", "rights", "source", "summary", "title", "updated"}


def must(truth, what):
    if not truth:
        sys.exit("%s: %s" % (sys.argv[1], what))


def check_text(element):
    kind = element.get("type", "text")
    must(kind in ("text", "html", "xhtml"), "type %s" % kind)
    must(kind == "xhtml" or len(element) == 0,
         "%s has child elements" % element.tag)


def check_links(parent, base):
    seen = set()
    for link in parent.findall(ATOM + "link"):
        href = link.get("href")
        must(href, "a link without href")
        parts = urlsplit(urljoin(base, href))
        must(parts.scheme in ("http", "https") and parts.netloc,
             "%s is no address" % href)
        rel = link.get("rel", "alternate")
        key = (rel, link.get("type"), link.get("hreflang"))
        must(rel != "alternate" or key not in seen, "two alternates of a kind")
        seen.add(key)
    return {key[0] for key in seen}


def check_common(parent, allowed, at_most_one):
    for child in parent:
        must(child.tag.startswith(ATOM) and child.tag[len(ATOM):] in allowed,
             "%s inside %s" % (child.tag, parent.tag))
    for name in ("id", "title", "updated"):
        must(len(parent.findall(ATOM + name)) == 1, "not one %s" % name)
    for name in at_most_one:
        must(len(parent.findall(ATOM + name)) <= 1, "more than one %s" % name)
    identity = parent.find(ATOM + "id").text or ""
    must(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z", identity),
         "id %r is no absolute IRI" % identity)
    for name in ("updated", "published"):
        for element in parent.findall(ATOM + name):
            must(DATE.match(element.text or ""), "%s: %s" % (name,
                                                             element.text))
    for name in ("title", "summary", "subtitle", "rights"):
        for element in parent.findall(ATOM + name):
            check_text(element)
    must(parent.find(ATOM + "title").text, "an empty title")
    for author in parent.findall(ATOM + "author"):
        must(len(author.findall(ATOM + "name")) == 1, "an author's name")
    return identity


def check_entry(entry, base, feed_has_author):
    identity = check_common(entry, ENTRY, ("content", "published", "rights",
                                           "source", "summary"))
    rels = check_links(entry, base)
    content = entry.find(ATOM + "content")
    must(content is not None or "alternate" in rels,
         "neither content nor an alternate link")
    must(feed_has_author or entry.find(ATOM + "author") is not None,
         "no author")
    if content is not None:
        must(content.get("src") is None or entry.find(ATOM + "summary")
             is not None, "content elsewhere, and no summary")
        check_text(content)
    return identity


def main():
    base = sys.argv[2] if len(sys.argv) > 2 else ""
    with open(sys.argv[1], "rb") as file:
        feed = tree.fromstring(file.read())
    must(feed.tag == ATOM + "feed", "no feed")
    must(feed.get(LANG), "no language")
    ids = [check_common(feed, FEED, ("generator", "icon", "logo", "rights",
                                     "subtitle"))]
    rels = check_links(feed, base)
    must("alternate" in rels, "no link to its page")
    must("self" in rels or base, "no link to itself")
    entries = feed.findall(ATOM + "entry")
    has_author = feed.find(ATOM + "author") is not None
    for entry in entries:
        ids.append(check_entry(entry, base, has_author))
    must(len(set(ids)) == len(ids), "an id comes twice")
    stamps = [entry.find(ATOM + "published").text for entry in entries]
    must(stamps == sorted(stamps, reverse=True), "not the newest first")
    for entry, stamp in zip(entries, stamps):
        must(entry.find(ATOM + "updated").text >= stamp,
             "changed before it was published")
    print(len(entries))


main()
