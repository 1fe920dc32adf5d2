"""A mail server that means no good: IMAP or POP3 over TLS, with a mailbox of
one report and one trick.

usage: hostile_mailbox.py PROTOCOL TRICK CERT KEY PORT_FILE SAID_FILE

At the trick it says endless bytes, as fast as they are taken, until nobody
listens; writes to SAID_FILE how many those were, and serves the next one. The
tricks "silent" and "slow-…" take the time instead: SAID_FILE appears when the
client waits.
"""
import os
import socket
import ssl
import sys
import time

protocol, trick, cert, key, port_file, said_file = sys.argv[1:]
REPORT = (b"From: a@example.net\r\nSubject: hello, %s %s\r\n\r\nWho are you?\r\n"
          % (protocol.encode(), trick.encode()))
SECOND = REPORT.replace(b"hello", b"again")
MOST = 3 << 30


def note(count):
    with open(said_file + ".new", "w") as f:
        f.write("%d\n" % count)
    os.rename(said_file + ".new", said_file)


class Gone(Exception):
    pass


def flood(client, head, chunk):
    said = 0
    try:
        client.sendall(head)
        while said < MOST:
            client.sendall(chunk)
            said += len(chunk)
    except OSError:
        pass
    note(said)
    raise Gone


def trickle(client, head):
    client.sendall(head)
    note(0)
    try:
        while True:
            client.sendall(b"x")
            time.sleep(0.05)
    except OSError:
        raise Gone


def lines(client):
    rest = b""
    while True:
        while b"\r\n" not in rest:
            got = client.recv(65536)
            if not got:
                return
            rest += got
        line, rest = rest.split(b"\r\n", 1)
        yield line


def imap(client):
    if trick == "greeting":
        flood(client, b"* OK ", b"x" * 65536)
    if trick == "slow-greeting":
        trickle(client, b"* OK ")
    client.sendall(b"* OK hello\r\n")
    for line in lines(client):
        tag, command = line.split(b" ", 1)
        upper = command.upper()
        if upper.startswith(b"SELECT"):
            client.sendall(b"* 2 EXISTS\r\n* 0 RECENT\r\n* FLAGS ()\r\n"
                           b"* OK [UIDVALIDITY 1]\r\n")
            if trick != "no-uidnext":
                client.sendall(b"* OK [UIDNEXT 8]\r\n")
        elif upper.startswith(b"UID SEARCH"):
            if trick == "list":
                flood(client, b"* SEARCH", b" 7" * 32768)
            if trick == "slow-list":
                trickle(client, b"* SEARCH ")
            client.sendall(b"* SEARCH 3 7\r\n")
        elif upper.startswith(b"UID FETCH 3"):
            client.sendall(b"* 1 FETCH (UID 3 BODY[]<0> {%d}\r\n%s)\r\n"
                           % (len(REPORT), REPORT))
        elif upper.startswith(b"UID FETCH 7"):
            head = b"* 2 FETCH (UID 7 BODY[]<0> {%d}\r\n"
            if trick == "mail":
                flood(client, head % 4000000000, b"x" * 65536)
            if trick == "lines":
                flood(client, b"", b"* 2 EXISTS\r\n" * 4096)
            if trick == "slow-mail":
                trickle(client, head % 1000000)
            client.sendall(head % len(SECOND) + SECOND + b")\r\n")
        elif upper.startswith(b"LOGOUT") and trick == "goodbye":
            note(0)
            time.sleep(3600)
        elif upper.startswith(b"CAPABILITY"):
            client.sendall(b"* CAPABILITY IMAP4rev1 UIDPLUS\r\n")
        client.sendall(tag + b" OK done\r\n")


def pop3(client):
    if trick == "greeting":
        flood(client, b"+OK ", b"x" * 65536)
    if trick == "slow-greeting":
        trickle(client, b"+OK ")
    client.sendall(b"+OK hello\r\n")
    for line in lines(client):
        upper = line.upper()
        if upper.startswith(b"LIST"):
            if trick == "list":
                flood(client, b"+OK\r\n", b"1 1\r\n" * 13000)
            if trick == "slow-list":
                trickle(client, b"+OK\r\n")
            client.sendall(b"+OK\r\n1 %d\r\n2 %d\r\n.\r\n"
                           % (len(REPORT), len(SECOND)))
        elif upper.startswith(b"UIDL"):
            client.sendall(b"-ERR no\r\n")
        elif upper.startswith(b"RETR 1"):
            client.sendall(b"+OK\r\n" + REPORT + b".\r\n")
        elif upper.startswith(b"RETR 2"):
            if trick == "mail":
                flood(client, b"+OK\r\n", b"x" * 998 + b"\r\n")
            if trick == "lines":
                flood(client, b"+OK\r\n", b"x" * 65536)
            if trick == "slow-mail":
                trickle(client, b"+OK\r\n")
            client.sendall(b"+OK\r\n" + SECOND + b".\r\n")
        elif upper.startswith(b"QUIT") and trick == "goodbye":
            note(0)
            time.sleep(3600)
        elif upper.startswith(b"CAPA"):
            client.sendall(b"-ERR no\r\n")
        else:
            client.sendall(b"+OK\r\n")


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server = socket.create_server(("127.0.0.1", 0))
with open(port_file, "w") as f:
    f.write("%d\n" % server.getsockname()[1])
while True:
    raw, _ = server.accept()
    if trick == "silent":
        note(0)
        while raw.recv(65536):
            pass
        continue
    try:
        with context.wrap_socket(raw, server_side=True) as client:
            (imap if protocol == "imap" else pop3)(client)
    except (OSError, Gone):
        pass
