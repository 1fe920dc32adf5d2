#!/usr/bin/python3
"""Serves FEEDS feeds of 50 items on loopback, each with an ETag; the port
goes to a file.
usage: feed_server.py FEEDS PORT_FILE"""
import os
import random
import socketserver
import sys

WORDS = ("council harbour ferry market school river budget water city people "
         "year week night plan team report house bridge vote price").split()


def make(number, chance):
    items = []
    for i in range(50):
        text = " ".join(chance.choice(WORDS) for _ in range(60))
        items.append(
            "<item><title>%s %d.%d</title><link>https://f%d.example/%d</link>"
            "<guid isPermaLink='false'>%d-%d</guid><category>%s</category>"
            "<pubDate>Fri, 20 Nov 2026 07:%02d:00 +0000</pubDate>"
            "<description><![CDATA[<p>%s.</p>]]></description></item>"
            % (chance.choice(WORDS), number, i, number, i, number, i,
               chance.choice(WORDS), i, text))
    body = ("<?xml version='1.0'?><rss version='2.0'><channel><title>Feed %d"
            "</title>%s</channel></rss>" % (number, "".join(items))).encode()
    head = ("HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
            "ETag: \"%d\"\r\nContent-Length: %d\r\n\r\n"
            % (number, len(body))).encode()
    return head + body


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        while True:
            line = self.rfile.readline()
            known = False
            if not line:
                return
            while True:
                header = self.rfile.readline()
                if header in (b"\r\n", b""):
                    break
                known |= header.lower().startswith(b"if-none-match:")
            number = int(line.split(b" ")[1][1:-4])
            self.wfile.write(
                b"HTTP/1.1 304 Not Modified\r\nETag: \"%d\"\r\n\r\n" % number
                if known else feeds[number])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


chance = random.Random(7)
feeds = [make(i, chance) for i in range(int(sys.argv[1]))]
with Server(("127.0.0.1", 0), Handler) as server:
    with open(sys.argv[2] + ".new", "w") as out:
        out.write(str(server.server_address[1]))
    os.rename(sys.argv[2] + ".new", sys.argv[2])
    server.serve_forever()
