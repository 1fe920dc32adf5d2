"""Sends requests that could be read in two ways, over bare sockets.
usage: framing.py PORT DATABASE LINK    LINK: a path that unsubscribes"""
import socket
import sqlite3
import sys

LIMIT_S = 60  # that only a fault reaches

port, database, link = int(sys.argv[1]), sys.argv[2], sys.argv[3]
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CLICK = b"List-Unsubscribe=One-Click"
# A whole request that unsubscribes; it stands behind another, or inside it.
HIDDEN = (b"POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s"
          % (link.encode(), FORM, len(CLICK), CLICK))


def check(holds, *what):
    if not holds:
        sys.exit("not so: %r" % (what,))


def active():
    with sqlite3.connect(database) as db:
        return db.execute("SELECT count(*) FROM subscription "
                          "WHERE state = 'active'").fetchone()[0]


def dial(source="127.0.0.1"):
    return socket.create_connection(("127.0.0.1", port), LIMIT_S,
                                    (source, 0))


def ask(data, source="127.0.0.1"):
    """All that is answered until the server closes."""
    with dial(source) as one:
        one.sendall(data)
        answer = b""
        while more := one.recv(65536):
            answer += more
        return answer


def refused(data, status=b"400"):
    answer = ask(data)
    check(answer.startswith(b"HTTP/1.1 %s " % status), status, data, answer)
    check(answer.count(b"HTTP/1.") == 1, "one answer", data, answer)
    check(b"\r\nConnection: close\r\n" in answer, "closes", data, answer)


def post(fields, version=b"1.1"):
    return b"POST /l HTTP/%s\r\nHost: x\r\n%s%s\r\n\r\n" % (version, FORM,
                                                           fields)


def two_readings():
    chunks = b"0\r\n\r\n"
    for fields in (
            # folded
            b"Content-Length: 1\r\n 0", b"Content-Length:\r\n 5",
            b"Transfer-Encoding:\r\n chunked", b"X: a\r\n\tb",
            # bare CR, bare LF, NUL
            b"Content-Length: 5\rX: y", b"X: y\rContent-Length: 5",
            b"Transfer-Encoding: chunked\r", b"X: y\nContent-Length: 5",
            b"Content-Length: 5\0", b"Transfer-Encoding\0: chunked",
            b"Transfer-Encoding: \0chunked", b"X: \0",
            # twice
            b"Content-Length: 5\r\nContent-Length: 5",
            b"Content-Length: 5\r\nTransfer-Encoding: chunked",
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            b"Host: y",
            # no number, no coding, no name
            b"Content-Length: +5", b"Content-Length: 5,5",
            b"Content-Length:", b"Content-Length : 5",
            b"Transfer-Encoding : chunked", b"Transfer-Encoding: xchunked",
            b"Transfer-Encoding: chunked, identity"):
        refused(post(fields) + chunks + HIDDEN)
    refused(post(b"Transfer-Encoding: chunked", b"1.0") + chunks + HIDDEN)
    refused(post(b"Transfer-Encoding: gzip, chunked") + chunks + HIDDEN,
            b"501")
    refused(post(b"Content-Length: 99999999999999999999") + HIDDEN, b"413")


def two_addresses():
    host = b"Host: x\r\n\r\n"
    for line in (b"GET /l%00 HTTP/1.1", b"GET /%00 HTTP/1.1",
                 b"GET /s/weekly%00x HTTP/1.1", b"GET /l?a=%00 HTTP/1.1",
                 b"GET /l\0 HTTP/1.1", b"GET  /l HTTP/1.1",
                 b"GET /l x HTTP/1.1", b"GET l HTTP/1.1", b"GET /l"):
        refused(line + b"\r\n" + host + HIDDEN)
    refused(b"GET /l HTTP/1.1\r\n\r\n" + HIDDEN)
    refused(b"GET /l HTTP/1.2\r\n" + host + HIDDEN, b"505")
    for length in (9000, 20000, 200000):
        refused(b"GET /l?q=" + b"a" * length + b" HTTP/1.1\r\n" + host, b"414")
    refused(b"GET /l HTTP/1.1\r\nX: " + b"a" * 20000 + b"\r\n" + host, b"431")
    refused(b"GET /l HTTP/1.1\r\n" + b"X: y\r\n" * 200 + host, b"431")


def one_request():
    """What follows a good request is not one."""
    for head in (b"GET /l HTTP/1.1\r\nHost: x\r\n\r\n",
                 b"GET /l HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n"
                 b"\r\n",
                 b"GET /l HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                 b"HEAD /l HTTP/1.1\r\nHost: x\r\n\r\n",
                 post(b"Content-Length: 0"),
                 post(b"Transfer-Encoding: chunked") + b"0\r\n\r\n"):
        answer = ask(head + HIDDEN)
        check(answer.startswith(b"HTTP/1.1 200 ") and
              answer.count(b"HTTP/1.") == 1 and
              b"\r\nConnection: close\r\n" in answer, head, answer)


def holders():
    """Some hold connections open, and send nothing, a head that never ends,
    or a body that doesn't: others are served, and so are they."""
    begins = (b"", b"GET /l HTTP/1.1\r\nX: ",
              post(b"Content-Length: 5000") + b"email=")
    held = []
    for begin in begins:
        for _ in range(99):
            one = dial("127.0.0.2")
            one.sendall(begin)
            held.append(one)
        answer = ask(b"GET /l HTTP/1.1\r\nHost: x\r\n\r\n", "127.0.0.3")
        check(answer.startswith(b"HTTP/1.1 200 "), "others", begin, answer)
    waiting = 0
    for one in held[:198]:
        try:
            waiting += one.recv(1, socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            waiting += 1
        except OSError:
            pass  # cut
    check(0 < waiting <= 100, "of one client wait", waiting)
    for one in held:
        one.close()


before = active()
check(before > 0, "nobody is subscribed")
for attack in (two_readings, two_addresses, one_request, holders):
    attack()
    check(active() == before, "%s unsubscribed somebody" % attack.__name__)
# What was hidden all along does work.
check(ask(HIDDEN).startswith(b"HTTP/1.1 200 "), "the link")
check(active() == before - 1, "nobody was unsubscribed")
