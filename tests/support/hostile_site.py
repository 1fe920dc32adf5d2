#!/usr/bin/python3
"""Feeds that nobody should send, and two good ones, on loopback.
usage: hostile_site.py PORT_FILE"""
import gzip
import http.server
import os
import sys


def rss(items, head=b"<?xml version='1.0' encoding='UTF-8'?>"):
    return (head + b"<rss version='2.0'><channel><title>T</title>" + items
            + b"</channel></rss>")


def item(name, more=b""):
    return (b"<item><title>%s</title><link>https://h.example/%s</link>"
            b"<description>Words of it.</description>%s</item>"
            % (name, name[:20], more))


def brotli(data):
    """A stream of one block that isn't compressed (RFC 7932, 9.2)."""
    bits = (len(data) - 1) << 4 | 1 << 20
    return bits.to_bytes(3, "little") + data + b"\x03"


BOMB = b"<!DOCTYPE rss [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (i, b"&a%d;" % (i - 1) * 10)
    for i in range(1, 10)) + b"]>"
FILE = b"<!DOCTYPE rss [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
DATES = [b"", b"yesterday", b"32 Foo 2026 25:61:61", b"0000-00-00",
         b"9999999999999999", b"-1", b"2026-13-45T99:99:99Z",
         b"Thu, 01 Jan 1970 00:00:00 GMT", b"31 Feb 2026", b"\xf0\x9f\x98\x80",
         b"Fri, 20 Nov 99999 07:00:00 +9999", b"2026-11-20T07:00:00+99:99",
         b"1 Jan 0001", b"12/31/9999", b"<b>now</b>", b"9" * 5000]

FEEDS = {
    "/good.xml": rss(item(b"good")),
    "/bomb.xml": rss(item(b"bomb", b"<author>&a9;</author>"), BOMB),
    "/file.xml": rss(item(b"file", b"<author>&f;</author>"), FILE),
    "/title.xml": rss(item(b"title" + b"A" * 10000000)),
    "/latin.xml": rss(item(b"na\xefve")),
    "/utf16.xml": rss(item(b"sixteen"),
                      b"<?xml version='1.0' encoding='UTF-16'?>"),
    "/nocharset.xml": rss(item(b"unheard"),
                          b"<?xml version='1.0' encoding='x-none'?>"),
    "/nul.xml": rss(item(b"nul\0\x01\x02byte")),
    "/half.xml": rss(item(b"whole") + b"<item><title>cut")[:-25],
    "/dates.xml": rss(b"".join(
        item(b"date%d" % i, b"<pubDate>" + date + b"</pubDate>")
        for i, date in enumerate(DATES))),
    "/deep.xml": rss(b"<item>" + b"<a>" * 100000 + b"</a>" * 100000
                     + b"</item>" + item(b"deep")),
    "/markup.xml": rss(item(b"markup", b"<category><![CDATA[<script>alert(1)"
                            b"</script>Cat\r\nBcc: x@y.example]]></category>"
                            b"<author>A\r\nBcc: z@y.example</author>")),
    "/tags.xml": rss(b"<item>" + b"<a/>" * 3000000 + b"</item>"),
    "/scheme.xml": rss(b"<item><title>scheme</title>"
                       b"<link>javascript:alert(1)</link></item>"),
    "/page.xml": b"<!doctype html><title>Not a feed</title><p>Gone.",
    "/empty.xml": b"",
    "/noise.xml": bytes(range(256)) * 100,
}


class Site(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self, body, **headers):
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def flood(self, piece, **headers):
        self.answer(b"<rss><channel><item><title>", **headers)
        try:
            while True:
                self.wfile.write(piece)
        except OSError:
            pass

    def do_GET(self):
        if self.path.startswith("/round"):
            self.send_response(301)
            self.send_header("Location", self.path + "x")
            self.end_headers()
        elif self.path == "/passwd.xml":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()
        elif self.path == "/short.xml":
            self.answer(FEEDS["/good.xml"], Content_Length="100000")
        elif self.path == "/flood.xml":
            self.flood(b"A" * 65536)
        elif self.path == "/gzip.xml":
            self.answer(gzip.compress(rss(item(b"gzip"))),
                        Content_Encoding="gzip")
        elif self.path == "/brotli.xml":
            self.answer(brotli(rss(item(b"brotli"))), Content_Encoding="br")
        elif self.path == "/gzbomb.xml":
            self.answer(gzip.compress(b"<rss>" + b" " * 200000000, 9),
                        Content_Encoding="gzip")
        elif self.path == "/badgzip.xml":
            self.answer(b"\x1f\x8b\x08 no more", Content_Encoding="gzip")
        elif self.path in FEEDS:
            self.answer(FEEDS[self.path],
                        Content_Type="application/rss+xml; charset=utf-8")
        else:
            self.send_error(404)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
with open(sys.argv[1] + ".new", "w") as out:
    out.write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
