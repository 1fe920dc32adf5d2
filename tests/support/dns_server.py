#!/usr/bin/python3
"""A name server that answers from a file: lines of NAME TYPE TEXT.

It answers over UDP, cut with TC where the client asked for less, and over
TCP. The file is read anew for each question; the text "!" is SERVFAIL, and
"?" is no answer at all. What was asked goes to --log.
"""
import argparse
import socketserver
import struct
import threading

TYPES = {1: "A", 28: "AAAA", 15: "MX", 16: "TXT"}


def pack_name(name):
    name = name.rstrip(".")
    labels = name.split(".") if name else []
    return b"".join(bytes([len(l)]) + l.encode() for l in labels) + b"\0"


def pack_data(kind, text):
    if kind == "A":
        return bytes(int(part) for part in text.split("."))
    if kind == "AAAA":
        import ipaddress
        return ipaddress.IPv6Address(text).packed
    if kind == "MX":
        order, name = text.split()
        return struct.pack("!H", int(order)) + pack_name(name)
    data = text.encode()
    parts = [data[i:i + 255] for i in range(0, len(data), 255)] or [b""]
    return b"".join(bytes([len(part)]) + part for part in parts)


def read_question(query):
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    kind = struct.unpack("!H", query[at + 1:at + 3])[0]
    return ".".join(labels).lower(), TYPES.get(kind, "?"), kind, \
        query[12:at + 5]


def answer(query, records, log):
    name, kind, number, question = read_question(query)
    with open(log, "a") as out:
        print(name, kind, file=out)
    lines = [line.rstrip("\n").split(" ", 2) for line in open(records)
             if line.strip()]
    known = any(line[0].lower() == name for line in lines)
    found = [line[2] for line in lines
             if line[0].lower() == name and line[1] == kind]
    if found == ["?"]:
        return None
    code = 2 if found == ["!"] else 0 if known else 3
    if code:
        found = []
    body = b"".join(
        b"\xc0\x0c" + struct.pack("!HHIH", number, 1, 60, len(data)) + data
        for data in (pack_data(kind, text) for text in found))
    head = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(found), 0, 0)
    return head + question + body


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        query, sock = self.request
        reply = answer(query, options.records, options.log)
        if reply is None:
            return
        if len(reply) > 1200:
            flags = struct.unpack("!H", reply[2:4])[0] | 0x0200
            question = read_question(query)[3]
            reply = reply[:2] + struct.pack("!HHHHH", flags, 1, 0, 0, 0) \
                + question
        sock.sendto(reply, self.client_address)


class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        size = self.rfile.read(2)
        if len(size) < 2:
            return
        query = self.rfile.read(struct.unpack("!H", size)[0])
        reply = answer(query, options.records, options.log)
        if reply is not None:
            self.wfile.write(struct.pack("!H", len(reply)) + reply)


parser = argparse.ArgumentParser()
parser.add_argument("--records", required=True)
parser.add_argument("--port-file", required=True)
parser.add_argument("--log", required=True)
options = parser.parse_args()

socketserver.ThreadingTCPServer.allow_reuse_address = True
tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tcp)
port = tcp.server_address[1]
udp = socketserver.ThreadingUDPServer(("127.0.0.1", port), Udp)
threading.Thread(target=tcp.serve_forever, daemon=True).start()
with open(options.port_file + ".new", "w") as out:
    print(port, file=out)
import os
os.rename(options.port_file + ".new", options.port_file)
udp.serve_forever()
