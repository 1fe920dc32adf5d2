"""Treats a running `digest serve` as scanners, robots and vandals do.

usage: attack.py BASE DATABASE LINKS     LINKS: a file of paths, a line each

Nothing of it may change what the database holds about anybody, and honest
requests are answered all the while.
"""
import http.client
import socket
import sqlite3
import sys
import urllib.parse

base = urllib.parse.urlsplit(sys.argv[1])
database = sys.argv[2]
links = open(sys.argv[3]).read().split()
LIMIT_S = 60  # that only a fault reaches


def ask(method, path, body=None, **headers):
    connection = http.client.HTTPConnection(base.hostname, base.port,
                                            timeout=LIMIT_S)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    page = answer.read().decode("utf-8")
    connection.close()
    return answer.status, page


def form(path, **fields):
    return ask("POST", path, urllib.parse.urlencode(fields),
               **{"Content-Type": "application/x-www-form-urlencoded"})


def record():
    """All that stands about people."""
    db = sqlite3.connect("file:%s?mode=ro" % database, uri=True)
    rows = [db.execute("SELECT * FROM %s ORDER BY 1, 2" % table).fetchall()
            for table in ("subscriber", "subscription", "consent_event",
                          "suppression", "address_change", "notice")]
    db.close()
    return rows


def check(good, what):
    if not good:
        sys.exit("attack: " + what)


def scanners():
    """Every link fetched, in each way that changes nothing."""
    for path in links:
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH",
                       "TRACE", "PROPFIND"):
            status, _ = ask(method, path)
            check(status in (200, 204, 404, 405, 501),
                  "%s %s: %d" % (method, path, status))
        for extra in ("?", "?action=unsubscribe", "?List-Unsubscribe=One-Click",
                      "/", "//", "/../../l", "%00", "#x"):
            ask("GET", path + extra)


def broken_tokens():
    """Cut and changed ones, all with one and the same answer."""
    seen = set()
    for path in links:
        kind, token = path[:3], path[3:]
        bad = [token[:n] for n in range(1, len(token))]
        bad += [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1:]
                for n in range(len(token) - 1)]
        bad += [token + "A", token * 2, token[::-1], "%ff" + token,
                token.swapcase(), "A" * 3000]
        for one in bad:
            status, page = form(kind + one, action="unsubscribe")
            check(status == (405 if kind == "/v/" else 404),
                  "POST %s: %d" % (kind + one, status))
            check(token not in page and "example.org" not in
                  page.replace("name@example.org", ""), "the page tells")
            if kind != "/v/":
                seen.add(hide_time(page))
        # Nor does a link of one kind open another's page.
        for other in ("/u/", "/p/", "/c/", "/a/", "/v/"):
            if other != kind:
                status, _ = form(other + token, action="unsubscribe")
                check(status in (404, 405), "%s as %s: %d" % (kind, other,
                                                              status))
    check(len(seen) == 1, "%d different answers to wrong links" % len(seen))


def hide_time(page):
    begin = page.find('name="form_time"')
    return page if begin < 0 else page[:begin] + page[page.find(">", begin):]


def robots():
    """Forms without a form time, with another form's, with the bait."""
    _, page = ask("GET", "/l")
    stamp = page.split('name="form_time" value="')[1].split('"')[0]
    when, mac = stamp.split(".")
    forged = [{}, {"form_time": ""}, {"form_time": stamp},
              {"form_time": "%d.%s" % (int(when) - 100, mac)},
              {"form_time": when}, {"form_time": "-1." + mac},
              {"form_time": "9" * 40 + "." + mac},
              {"form_time": stamp, "more": "x"}]
    for fields in forged:
        status, _ = form("/s/weekly", email="new@example.org", **fields)
        check(status == 200, "a robot got %d" % status)
    for body in (b"\xff\xfe", b"=&=&" * 1000, b"email=" + b"%" * 4000,
                 b"email=a@b.c&" * 300, b"&" * 8000):
        ask("POST", "/s/weekly", body,
            **{"Content-Type": "application/x-www-form-urlencoded"})
        ask("POST", "/s/weekly", body,
            **{"Content-Type": "multipart/form-data; boundary=email"})


def connect(data):
    one = socket.create_connection((base.hostname, base.port), LIMIT_S)
    one.sendall(data)
    return one


def vandals():
    """Slow and endless ones, while others are served."""
    head = b"POST /l HTTP/1.1\r\nHost: x\r\n"
    held = [connect(head + b"X-Slow: ") for _ in range(200)]
    held += [connect(head + b"Content-Length: 5000\r\n\r\nemail=")
             for _ in range(200)]
    for one in held:
        try:
            one.sendall(b"x")
        except OSError:
            pass  # one client may not hold so many
    status, _ = ask("GET", "/l")
    check(status == 200, "slow ones keep others out: %d" % status)
    for data in (head + b"X: " + b"y" * 200000,
                 head + b"X: y\r\n" * 20000,
                 b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\n\r\n",
                 head + b"Content-Length: -1\r\n\r\n",
                 head + b"Content-Length: 99999999999999999999\r\n\r\n",
                 head + b"Content-Length: 3\r\nTransfer-Encoding: chunked"
                 b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                 b"\x16\x03\x01\x02\x00\x01\x00", b"\0" * 5000):
        try:
            one = connect(data)
            one.recv(100)
            one.close()
        except OSError:
            pass  # cut off, as it should be
    for one in held:
        one.close()
    status, _ = ask("GET", "/l")
    check(status == 200, "it no longer serves: %d" % status)


before = record()
for attack in (scanners, broken_tokens, robots, vandals):
    attack()
    check(record() == before, "%s changed the record" % attack.__name__)
