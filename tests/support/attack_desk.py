"""Treats the editors' desk of a running `digest serve` as its enemies do.

usage: attack_desk.py BASE DATABASE ROUTES SERVER_PID DIGEST

ROUTES is the source of the desk's routes: each of them is attacked, those to
come too. Ends the server, with pages open that read nothing.
"""
import binascii
import hashlib
import http.client
import http.server
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

from html.parser import HTMLParser

base = urllib.parse.urlsplit(sys.argv[1])
database, source, server, digest = sys.argv[2:]
LIMIT_S = 120  # that only a fault reaches
PASSWORD = 'correct horse battery'
FORM = 'application/x-www-form-urlencoded'
ROLES = ['writer', 'editor', 'owner']
MARK = 'xq9'
EVIL = ('"\'><%s %s=1><script>%s()</script><img src=x onerror=%s()>'
        '<a href="javascript:%s()">{{csrf}}' % ((MARK,) * 5))


def check(good, *what):
    if not good:
        sys.exit('attack: ' + ' '.join(map(str, what)))


# ---- asking ----------------------------------------------------------------

class Answer:
    def __init__(self, reply):
        self.status = reply.status
        self.headers = reply.headers
        body = reply.read()
        self.page = body.decode('utf-8')  # strictly: a page is UTF-8

    def get(self, name):
        return self.headers.get(name, '')


def ask(method, path, body=None, headers=()):
    connection = http.client.HTTPConnection(base.hostname, base.port,
                                            timeout=LIMIT_S)
    connection.request(method, path, body, dict(headers))
    answer = Answer(connection.getresponse())
    connection.close()
    check(answer.status < 500 or answer.status in (502, 503), method, path,
          answer.status, answer.page[:300])
    return answer


clients = iter(range(1, 10 ** 6))


def next_client():
    """The proxy's word for where a request comes from."""
    return '198.51.100.%d' % (next(clients) % 250)


class Visitor:
    """A browser: its cookie, and the token of its forms."""

    def __init__(self, cookie=None, csrf=''):
        self.cookie, self.csrf = cookie, csrf

    def headers(self, more):
        own = {'Cookie': self.cookie} if self.cookie else {}
        return {**own, **more}

    def get(self, path, method='GET', **more):
        return ask(method, '/desk/' + path, None, self.headers(more))

    def post(self, path, fields=(), csrf=None, **more):
        fields = dict(fields)
        if csrf is not False:
            fields['csrf'] = csrf or self.csrf
        return ask('POST', '/desk/' + path, urllib.parse.urlencode(fields),
                   self.headers({'Content-Type': FORM, **more}))

    def save(self, page, action, fields):
        """What the form of a page does that was opened just now."""
        stamp = re.search('action="[^"]*/%s"[^>]*>(?:(?!</form>).)*?'
                          'name="stamp" value="([^"]+)"' % re.escape(action),
                          self.get(page).page, re.S)
        check(stamp, 'no form on', page, 'for', action)
        answer = self.post(action, {**fields, 'stamp': stamp[1]})
        check(answer.status != 409, action, answer.page)
        return answer

    def is_in(self):
        return self.get('account').status == 200


def cookie_of(answer):
    return next((c.split(';')[0] for c in
                 answer.headers.get_all('Set-Cookie', [])
                 if 'digest_known' not in c), '')


def at_the_door(cookie=None):
    """A browser that has opened the form, and the form's own field."""
    answer = Visitor().get('sign-in')
    visitor = Visitor('; '.join(filter(None, (cookie, cookie_of(answer)))))
    return visitor, re.search('name="door" value="([^"]+)"', answer.page)[1]


def patiently(ask_once):
    """All together may try few passwords in a row: then others wait."""
    answer = ask_once()
    while answer.status == 429 and int(answer.get('Retry-After')) < 60:
        time.sleep(1)
        answer = ask_once()
    return answer


def enter_by_the_door(fields, cookie=None, **headers):
    visitor, door = at_the_door(cookie)
    return patiently(lambda: visitor.post(
        'sign-in', {'door': door, **fields}, **headers))


def sign_in(role, cookie=None, **more):
    answer = enter_by_the_door(
        {'email': role + '@example.org', 'password': PASSWORD}, cookie,
        **{'X-Forwarded-For': next_client(), **more})
    check(answer.status == 303, 'sign-in', answer.status, answer.page)
    visitor = Visitor(cookie_of(answer))
    page = visitor.get('account').page
    visitor.csrf = re.search('name="csrf" value="([^"]+)"', page)[1]
    return visitor


def enter(role, agent=''):
    """A session, without the door: passwords may be tried ten times only."""
    token = base64(os.urandom(32))
    csrf = base64(hashlib.sha256(b'form ' + token).digest())
    now = int(time.time())
    write('INSERT INTO session (token_hash, editor_id, created_at, seen_at, '
          'expires_at, client, agent) VALUES (?, (SELECT id FROM editor WHERE '
          "email = ?), ?, ?, ?, '192.0.2.1', ?)",
          hashlib.sha256(b'session ' + token).digest(), role + '@example.org',
          now, now, now + 86400, agent)
    visitor = Visitor('__Host-digest_desk=' + token.decode(), csrf.decode())
    check(visitor.is_in(), 'no way in')
    return visitor


def base64(data):
    return binascii.b2a_base64(data, newline=False).translate(
        bytes.maketrans(b'+/', b'-_'), b'=')


# ---- the routes, as the source has them ------------------------------------

def read_routes():
    text = open(source, encoding='utf-8').read()
    table = re.search(r'routes\[\] = \{\n(.*?)\n\};', text, re.S)[1]
    found = re.findall(r'\{METHOD_(\w+),\s*"([^"]*)",\s*ROLE_(\w+),\s*\w+,'
                       r'\s*(true|false)\}', table)
    check(len(found) == table.count('METHOD_') > 40, 'routes not understood')
    return [(method, pattern, role.lower(), is_open == 'true')
            for method, pattern, role, is_open in found]


REAL = {'issues': ['weekly', '2'], 'newsletters': ['weekly', '1']}


def fill(pattern, values=None):
    """A pattern's path: to what there is, or with one text for each *."""
    names = pattern.split('/')
    real = list(REAL.get(names[0], ['1']))
    return '/'.join((real.pop(0) if values is None else values)
                    if name == '*' else name for name in names)


def record():
    """All that stands in the database, but for who was last seen when."""
    db = sqlite3.connect('file:%s?mode=ro' % database, uri=True)
    tables = [row[0] for row in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT "
        "LIKE 'sqlite%' AND name NOT LIKE 'article_search%' AND name NOT IN "
        "('session', 'audit')")]
    rows = {t: db.execute('SELECT * FROM "%s"' % t).fetchall() for t in tables}
    db.close()
    return rows


def check_same(before, what):
    after = record()
    for table, rows in before.items():
        check(rows == after[table], what, 'changed', table,
              [row for row in after[table] if row not in rows][:3])


def write(sql, *values):
    db = sqlite3.connect(database, timeout=LIMIT_S)
    with db:
        db.execute(sql, values)
    db.close()


# ---- forged forms ----------------------------------------------------------

def forged():
    owner, other = enter('owner'), enter('owner')
    before = record()
    for method, pattern, _, is_open in routes:
        path = fill(pattern)
        if method != 'POST':
            continue
        for site in ('cross-site', 'same-site', 'none', 'x'):
            answer = owner.post(path, **{'Sec-Fetch-Site': site})
            check(answer.status == 403, site, path, answer.status)
        if is_open:
            continue
        for token in (False, other.csrf, ' ', owner.csrf[:-1],
                      owner.csrf + 'A', owner.cookie.split('=')[1]):
            answer = owner.post(path, {'act': 'now'}, csrf=token)
            check(answer.status == 403, 'forged', path, answer.status)
        # Nor by a way around the form.
        for headers in ({'X-HTTP-Method-Override': 'POST'},
                        {'X-HTTP-Method': 'POST', 'X-Method-Override': 'POST'}):
            owner.get(path + '?_method=POST&csrf=' + owner.csrf, **headers)
        answer = ask('POST', '/desk/%s?csrf=%s' % (path, owner.csrf), '{}',
                     owner.headers({'Content-Type': 'application/json'}))
        check(answer.status == 403, 'by query', path, answer.status)
    check_same(before, 'a forged form')
    check(owner.is_in() and other.is_in(), 'a forged form ended a session')


# ---- roles -----------------------------------------------------------------

def roles():
    nobody = Visitor(csrf='x')
    visitors = [enter(role) for role in ROLES]
    before = record()
    for method, pattern, role, is_open in routes:
        path = fill(pattern)
        if is_open:
            continue
        for who in (nobody, Visitor('digest_desk=' + 'A' * 43),
                    Visitor('__Host-digest_desk=' + 'A' * 43)):
            answer = who.get(path) if method == 'GET' else who.post(path)
            check(answer.status == 303 and
                  'desk/sign-in' in answer.get('Location'),
                  'nobody reaches', path, answer.status)
        for i, visitor in enumerate(visitors):
            may = i >= ROLES.index(role)
            # What they may do is asked for what isn't there.
            path = fill(pattern, 'none' if may and method == 'POST' else None)
            if path == 'sign-out':
                continue
            answer = (visitor.get if method == 'GET' else visitor.post)(path)
            refused = 'takes an account as' in answer.page
            check(refused == (not may) == (answer.status == 403 and refused),
                  ROLES[i], method, path, answer.status)
            for way in ('/desk//' + path, '/desk/' + path + '/',
                        '/desk/' + path.replace('/', '%2F'),
                        '/desk/./' + path):
                if may or method != 'GET':
                    continue
                answer = ask('GET', way, None, visitor.headers({}))
                check(answer.status in (303, 403, 404), 'around', way,
                      answer.status)
    answer = visitors[0].get('issues/weekly/2/preview?for=ana@example.org')
    check(answer.status == 403, 'a writer reads a reader\'s copy')
    check_same(before, 'a role')


# ---- sessions --------------------------------------------------------------

def sessions():
    # A cookie that others planted is not the one that is signed in.
    planted = sign_in('owner')
    fresh = sign_in('owner', planted.cookie)
    check(fresh.cookie != planted.cookie and fresh.is_in() and
          not planted.is_in(), 'a planted session was taken over')
    chosen = '__Host-digest_desk=' + 'B' * 43
    check(sign_in('owner', chosen).cookie != chosen and
          not Visitor(chosen).is_in(), 'a chosen token was taken over')
    plain = Visitor(fresh.cookie.replace('__Host-', ''))
    check(not plain.is_in(), 'a cookie that any host may set was taken')
    answer = enter_by_the_door({'email': 'owner@example.org',
                                'password': PASSWORD},
                               **{'X-Forwarded-For': next_client()})
    # Nobody is signed in by a form of another's making.
    known = {'email': 'owner@example.org', 'password': PASSWORD}
    mine, door = at_the_door()
    other, theirs = at_the_door()
    for visitor, fields in ((Visitor(), known),
                            (Visitor(), {'door': door, **known}),
                            (mine, known),
                            (mine, {'door': theirs, **known}),
                            (mine, {'door': '', **known})):
        refused = visitor.post('sign-in', fields,
                               **{'X-Forwarded-For': next_client()})
        check(refused.status == 403 and
              'digest_desk=' not in refused.get('Set-Cookie'),
              'signed in by a forged form', refused.status)
    flags = answer.get('Set-Cookie').split('; ')[1:]
    for flag in ('HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'):
        check(flag in flags, 'the cookie lacks', flag)
    check(not any(f.startswith('Domain') for f in flags), 'Domain in cookie')
    # Signing out ends it at the server, not in the browser alone.
    check(fresh.post('sign-out').status == 303 and not fresh.is_in(),
          'signed out, and in')
    # What has expired is over.
    for column, age in (('expires_at', 0), ('seen_at', 3 * 86400)):
        old = enter('owner')
        write('UPDATE session SET %s = ?' % column, int(time.time()) - age)
        check(not old.is_in(), 'a session outlived', column)
    # So is that of somebody whose role, password or account went.
    writer = enter('writer')
    run = lambda *args, text=None: subprocess.run(
        [digest, 'editor', *args], input=text, text=True, check=True,
        capture_output=True)
    run('add', 'guest@example.org', '--role', 'owner', text=PASSWORD + '\n')
    guest = sign_in('guest')
    check(guest.get('trail').status == 200, 'an owner sees no trail')
    run('role', 'guest@example.org', 'writer')
    check(guest.get('trail').status in (303, 403), 'a role that went stays')
    run('passwd', 'guest@example.org', text=PASSWORD + ' two\n')
    check(not guest.is_in(), 'a password that went still opens')
    write('DELETE FROM session WHERE editor_id = (SELECT id FROM editor WHERE '
          "email = 'guest@example.org')")
    run('remove', 'guest@example.org')
    check(writer.is_in(), 'others were ended with it')


# ---- what is smuggled in ---------------------------------------------------

class Feed(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        evil = (EVIL.replace('&', '&amp;').replace('<', '&lt;')
                .replace('"', '&quot;'))
        items = ''.join(
            '<item><title>%s %d</title><link>%s</link><guid>%s%d</guid>'
            '<dc:creator>%s</dc:creator><category>%s</category>'
            '<pubDate>%s</pubDate><description>%s</description>'
            '<content:encoded>&lt;p onclick="%s()" style="position:fixed"&gt;'
            '%s words&lt;/p&gt;&lt;iframe src="https://x"&gt;&lt;/iframe&gt;'
            '&lt;a href="javascript:%s()"&gt;a&lt;/a&gt;'
            '&lt;a href="data:text/html,x"&gt;b&lt;/a&gt;'
            '&lt;base href="https://evil.example/"&gt;'
            '&lt;form action="https://evil.example/"&gt;&lt;input name=csrf&gt;'
            '&lt;/form&gt;&lt;meta http-equiv=refresh content="0;url=x"&gt;'
            '</content:encoded>'
            '<enclosure url="javascript:%s()" type="image/png" length="1"/>'
            '</item>' % (evil, i, link, evil, i, evil, evil,
                         time.strftime('%a, %d %b %Y %H:%M:%S GMT',
                                       time.gmtime(time.time() - 60 * i)),
                         evil, MARK, evil, MARK, MARK)
            for i, link in enumerate(
                ['javascript:%s()' % MARK, 'data:text/html,%s' % MARK,
                 'https://example.org/a?b=&quot;&gt;&lt;%s&gt;' % MARK,
                 ' java\tscript:%s()' % MARK, 'https://example.org/plain',
                 'vbscript:%s' % MARK]))
        body = ('<?xml version="1.0"?><rss version="2.0" '
                'xmlns:dc="http://purl.org/dc/elements/1.1/" '
                'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
                '<channel><title>%s</title><link>javascript:%s()</link>%s'
                '</channel></rss>' % (evil, MARK, items)).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/rss+xml')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def wait_for_work(visitor, answer):
    check(answer.status == 303 and '/work/' in answer.get('Location'),
          'no work', answer.status, answer.page)
    path = answer.get('Location').split('desk/', 1)[1]
    deadline = time.monotonic() + LIMIT_S
    while True:
        page = visitor.get(path)
        if not page.get('Refresh'):
            return path, page
        check(time.monotonic() < deadline, 'the work never ends')


def multipart(fields, filename):
    out = b''
    for name, value in fields.items():
        extra = '; filename="%s"' % filename if name == 'list' else ''
        out += ('--QQ\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
                % (name, extra)).encode() + value.encode() + b'\r\n'
    return out + b'--QQ--\r\n'


def upload(owner, rows):
    """A list, with its columns chosen and checked: the way to its page."""
    answer = ask('POST', '/desk/readers/import',
                 multipart({'csrf': owner.csrf, 'list': rows},
                           EVIL.replace('"', '')),
                 owner.headers(
                     {'Content-Type': 'multipart/form-data; boundary=QQ'}))
    check(answer.status == 303, 'not uploaded', answer.status, answer.page)
    way = answer.get('Location').split('desk/', 1)[1]
    check('&lt;' + MARK in owner.get(way).page, 'no columns')
    wait_for_work(owner, owner.post(way + '/check', {
        'newsletter': 'weekly', 'column.1': 'email', 'column.2': 'name',
        'column.3': 'language', 'column.4': 'categories',
        'column.5': 'newsletter', 'column.6': EVIL, 'column.7': 'email'}))
    return way


def smuggle(owner):
    """Puts EVIL wherever a stranger or an editor can."""
    feed = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Feed)
    threading.Thread(target=feed.serve_forever, daemon=True).start()
    address = 'http://127.0.0.1:%d/' % feed.server_port
    _, page = wait_for_work(owner, owner.post(
        'sources/add', {'address': address, 'category': EVIL}))
    check('new articles' in page.page, 'the feed was not read', page.page)
    for bad in ('javascript:%s()' % MARK, 'file:///etc/passwd', EVIL,
                'http://127.0.0.1:1/' + EVIL, '/etc'):
        wait_for_work(owner, owner.post('sources/add', {'address': bad}))
    feed.shutdown()
    owner.post('articles/paste', {'text': '# %s\n\n%s\n\n[x](javascript:%s())'
                                  % (EVIL, EVIL, MARK), 'category': EVIL})
    os.makedirs('more', exist_ok=True)
    with open('more/evil.md', 'w', encoding='utf-8') as out:
        out.write("---\ntitle: >-\n  %s\nauthor: >-\n  %s\ncategory: World\n"
                  "date: %s\nurl: https://example.org/evil\nsummary: >-\n  %s\n"
                  "---\n%s\n\n[a](javascript:%s())\n"
                  % (EVIL, EVIL, time.strftime('%Y-%m-%dT%H:%M:%SZ',
                                               time.gmtime()), EVIL, EVIL,
                     MARK))
    subprocess.run([digest, 'article', 'import', 'more'], check=True,
                   capture_output=True)
    quoted = '"%s"' % EVIL.replace('"', '""')
    rows = ('email,name,language,categories,newsletter,%s\n'
            'zed@example.org,%s,%s,%s,weekly,x\n'
            'yan@example.org,"=HYPERLINK(""x"")",de,"@a,b",weekly,x\n'
            '%s,%s,en,World,weekly,%s\n' % ((quoted,) * 7))
    # One list is looked at, and stays for its pages to be read; one comes in.
    upload(owner, rows)
    way = upload(owner, rows)
    page = owner.get(way).page
    check('File checked' in page, 'not checked', page)
    checks = re.search('name="checks" value="(\\d+)"', page)[1]
    wait_for_work(owner, owner.post(way + '/enter', {'checks': checks}))
    check('File imported' in owner.get(way).page, 'not imported')
    owner.post('readers/add', {'email': EVIL, 'name': EVIL, 'how': 'put',
                               'newsletter': 'weekly'})
    owner.post('readers/add', {'email': 'wim@example.org', 'name': EVIL,
                               'how': 'put', 'newsletter': 'weekly'})
    owner.save('readers/1', 'readers/1/edit', {
        'email': 'ana@example.org', 'name': EVIL, 'language': '',
        'timezone': ''})
    owner.save('newsletters/weekly', 'newsletters/weekly',
               newsletter(title=EVIL, from_name=EVIL))
    again = owner.post('issues/draft', {'newsletter': 'weekly'})
    check(again.status == 303, 'drafted again', again.status, again.page)
    version = re.search('name="version" value="(\\d+)"',
                        owner.get('issues/weekly/2').page)[1]
    texts = owner.post('issues/weekly/2/edit', {
        'act': 'texts', 'version': version, 'subject': EVIL, 'preheader': EVIL,
        'intro': EVIL + '\n\n[x](javascript:%s())' % MARK})
    check(texts.status == 303, 'texts', texts.status, texts.page)
    write('INSERT INTO bounce_aside (at, why, sender, subject, recipient, '
          'kind, status, reason, source) VALUES (1,?,?,?,?,?,?,?,?)',
          *[EVIL] * 7, EVIL.encode())
    write('INSERT INTO audit (at, who, action, object, note, client) VALUES '
          '(1,?,?,?,?,?)', *[EVIL] * 5)
    owner.post('account/sessions', {'id': '%' * 16})
    check(owner.is_in(), 'a pattern ended sessions')
    sign_in('owner', **{'User-Agent': EVIL})


def newsletter(**fields):
    return {'title': 'Weekly', 'from_name': 'Review', 'reply_to': '',
            'from_address': 'weekly@example.org', 'language': 'en',
            'timezone': 'UTC', 'categories.0': '*', 'most.0': '20',
            'place.0': '1', 'ranking': 'recent',
            'max_age': '30d', 'min': '1', 'most': '', 'per_source': '',
            'per_author': '', 'excluded': '', 'template': 'default',
            **fields}


class Page(HTMLParser):
    """Finds what no page of the desk has of its own."""

    def __init__(self, path, is_mail):
        super().__init__()
        self.path, self.is_mail, self.links = path, is_mail, []

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_starttag(self, tag, attributes):
        where = (self.path, tag, attributes)
        check(tag not in (MARK, 'base', 'object', 'embed', 'svg:script') and
              (tag != 'script' or
               re.fullmatch(r'(\.\./|\./)+desk/desk\.js\?v=[\w.]+',
                            dict(attributes).get('src', ''))), 'run', where)
        for name, value in attributes:
            value = value or ''
            check(not name.startswith('on') and name not in (MARK, 'srcdoc'),
                  'attribute', where)
            check(name != 'http-equiv' or self.is_mail, 'meta', where)
            check(name != 'style' or self.is_mail, 'style', where)
            if name in ('href', 'src', 'action', 'formaction', 'data',
                        'poster', 'xlink:href', 'background'):
                bare = re.sub(r'[\x00-\x20]', '', value).lower()
                check(re.match(r'(https?://|mailto:|[^:]*([/?#]|$))', bare) or
                      (name == 'src' and bare.startswith('data:image/')),
                      'leads to', where)
                check(name not in ('action', 'formaction') or
                      not re.match('https?:|//', bare), 'form to', where)
            if name == 'href' and '://' not in value:
                self.links.append(value)


def look(visitor, path, seen):
    answer = visitor.get(path)
    check(answer.status in (200, 303, 403, 404, 409, 422), path, answer.status)
    check_headers(path, answer)
    if not answer.get('Content-Type').startswith('text/html'):
        return
    is_mail = '/preview' in path
    page = Page(path, is_mail)
    page.feed(answer.page)
    seen[path] = answer.page
    here = urllib.parse.urljoin('http://h/desk/', path)
    for link in page.links if not is_mail else ():
        to = urllib.parse.urlsplit(urllib.parse.urljoin(here, link))
        if to.path.startswith('/desk/') and len(seen) < 400:
            way = to.path[len('/desk/'):] + ('?' + to.query) * bool(to.query)
            if way not in seen and '.css' not in way:
                seen[way] = ''
                look(visitor, way, seen)


def check_headers(path, answer):
    policy = answer.get('Content-Security-Policy')
    own = "'(self|none)'" if '/preview' in path else "'none'"
    check("default-src 'none'" in policy and "base-uri 'none'" in policy and
          re.search("frame-ancestors " + own, policy), 'policy of', path,
          policy)
    check('unsafe' not in policy or 'sandbox' in policy, 'policy', path)
    check(answer.get('X-Content-Type-Options') == 'nosniff', 'sniff', path)
    check(answer.get('Cache-Control') == 'no-store', 'kept', path)
    check('referrer' not in answer.get('Referrer-Policy') or
          'no-referrer' in answer.get('Referrer-Policy'), 'referrer', path)


def scripts():
    owner = enter('owner')
    smuggle(owner)
    seen = {}
    look(owner, '', seen)
    for _, pattern, _, _ in [r for r in routes if r[0] == 'GET']:
        path = fill(pattern)
        if path.endswith(('.css', '.js', 'events', 'file')):
            continue
        look(owner, path, seen)
        for name in ('q', 'newsletter', 'state', 'after', 'next', 'for', 'as',
                     'dark', 'all', 'page', 'number', 'csrf', 'said'):
            look(owner, '%s?%s=%s' % (path, name, urllib.parse.quote(EVIL)),
                 seen)
        look(owner, fill(pattern, urllib.parse.quote(EVIL, '')), seen)
    with_it = [p for p, page in seen.items() if '&lt;' + MARK in page]
    for path in ('issues/weekly/2', 'articles', 'readers', 'readers/1',
                 'newsletters', 'newsletters/weekly', 'sources', 'trail',
                 'account', 'readers/aside', 'readers/aside/1', '',
                 'issues/weekly/2/why'):
        check(path in with_it, 'nothing was smuggled into', path)
    for path in ('', 'weekly/', 'weekly/1/', 'weekly/feed.atom'):
        answer = ask('GET', '/archive/' + path)
        if answer.get('Content-Type').startswith('text/html'):
            Page('archive/' + path, True).feed(answer.page)
    # A form that is refused says it without running it.
    for method, pattern, _, _ in routes:
        if method != 'POST' or 'sign-out' in pattern:
            continue
        fields = {name: EVIL for name in (
            'act', 'id', 'version', 'place', 'section', 'title', 'summary',
            'title-1', 'summary-1', 'section-1', 'show-1', 'subject',
            'preheader', 'intro', 'stamp', 'q',
            'url', 'note', 'email', 'name', 'newsletter', 'language', 'to',
            'timezone', 'address', 'category', 'at', 'every', 'policy', 'slug',
            'next', 'old', 'new', 'theme.accent', 'theme.logo', 'template',
            'categories.0', 'heading.0', 'ours.0', 'theirs.0', 'list')}
        answer = owner.post(fill(pattern, 'none'), fields)
        if answer.get('Content-Type').startswith('text/html'):
            Page('POST ' + pattern, False).feed(answer.page)
    print('%d pages, %d with what was smuggled in' % (len(seen), len(with_it)))
    return owner


def headers_and_lists(owner):
    version = lambda: re.search('name="version" value="(\\d+)"',
                                owner.get('issues/weekly/2').page)[1]
    owner.save('newsletters/weekly', 'newsletters/weekly', newsletter(
        title='T\r\nBcc: evil@example.org', from_name='N\r\nBcc: e@x.org'))
    owner.post('issues/weekly/2/edit', {
        'act': 'texts', 'version': version(), 'preheader': '', 'intro': '',
        'subject': 'S\r\nBcc: evil@example.org\x00\x1b\xff'})
    mail = owner.get('issues/weekly/2/preview?as=eml')
    check(mail.status == 200, 'no mail', mail.status, mail.page)
    check(not re.search('^bcc:', mail.page.split('\n\n')[0], re.M | re.I),
          'a header was put in', mail.page[:1000])
    raw = b'csrf=%s&email=%%ff%%fe%%00%%1b@x&name=%%c0%%80' % (
        owner.csrf.encode())
    for path in ('readers/add', 'readers/1/edit', 'newsletters/weekly',
                 'sign-in', 'articles/paste', 'sources/remove'):
        ask('POST', '/desk/' + path, raw, owner.headers({'Content-Type': FORM}))
    for path in ('readers?q=%ff%00%c0', 'articles?q=%ff%22%00*', 'sign-in?'
                 'next=%ff', 'articles?q=a%20AND%20(%22', 'readers?after=%ff'):
        owner.get(path)
    for path in ('x%0d%0aSet-Cookie:%20a=b', 'x%0aLocation:%20//evil.example',
                 'sign-in?next=%0d%0aSet-Cookie:%20a=b', 'x%0d%0a%0d%0a<b>'):
        answer = ask('GET', '/desk/' + path)
        check('a=b' not in answer.get('Set-Cookie') and
              'evil' not in answer.get('Location').split('?')[0] and
              (answer.status == 200 or answer.get('Location')),
              'a header by', path)
    for to in ('//evil.example', 'https://evil.example', '/\\evil.example',
               '\\\\evil', '%2f%2fevil', 'javascript:x', '..//evil', '@evil',
               'a/../../../evil'):
        answer = sign_in_answer(next=to)
        check(answer.get('Location') == '../desk/', 'goes to', to,
              answer.status, answer.get('Location'))
    path, page = wait_for_work(owner, owner.post('readers/export'))
    lines = owner.get(path + '/file')
    check(lines.get('Content-Disposition') ==
          'attachment; filename="readers.csv"', 'the file')
    check('yan@example.org,"\'=HYPERLINK(""x"")"' in lines.page and
          "\"'@a,b\"" in lines.page, 'a formula goes out', lines.page)
    for who in (enter('writer'), enter('editor')):
        check(who.get(path).status == 404 and
              who.get(path + '/file').status in (403, 404),
              'the work of another is shown')


def sign_in_answer(**fields):
    return enter_by_the_door({'email': 'writer@example.org',
                              'password': PASSWORD, **fields},
                             **{'X-Forwarded-For': next_client()})


# ---- ways through the file system ------------------------------------------

def traversal():
    owner = enter('owner')
    before = record()
    for path in ('../digest.yaml', '..%2f..%2f..%2fetc/passwd', '%2e%2e/x',
                 'desk.css/../../digest.yaml', 'desk.css%00.x', '%00',
                 '....//digest.db', 'newsletters/..%2f..%2fx', 'work/../x',
                 'newsletters/%2e%2e', 'issues/..%2f/..%2f', 'desk.js/x',
                 '..\\..\\digest.yaml', '\x7f', '%ff%fe', 'layout.mustache'):
        answer = owner.get(urllib.parse.quote(path, '/%.\\'))
        check(answer.status in ((400,) if '%00' in path else (200, 303, 404))
              and 'root:' not in answer.page
              and 'transport: {' not in answer.page, path, answer.status)
    for name in ('../../x', '../desk/layout', '/etc/passwd', '.', '..', '',
                 'default/../default', 'default/', '..%2fx', 'a\x00b',
                 'desk', '../default'):
        answer = owner.post('newsletters/weekly', newsletter(template=name))
        check(answer.status == 422, 'template', name, answer.status)
        answer = owner.post('newsletters/weekly/look',
                            newsletter(template=name))
        check(answer.status in (404, 422), 'look', name, answer.status)
    for theme in ('accent=red;}*{x:y', 'accent=#fff;}</style><script>',
                  'font=x"><script>', 'logo=javascript:x', 'logo=data:x,y',
                  'logo=https://x/");}a{', 'accent=url(https://x)',
                  'accent=#ffffff\nlogo=https://x/y.png', 'width=999999',
                  'font=a;background:url(https://x)',
                  'accent=expression(x)', 'logo=https://x/\\27'):
        name, value = theme.split('=', 1)
        answer = owner.post('newsletters/weekly',
                            newsletter(**{'theme.' + name: value}))
        check(answer.status == 422, 'theme', theme, answer.status)
    check_same(before, 'traversal')


# ---- too large, too many, too slow -----------------------------------------

def numbers():
    owner = enter('owner')
    before = record()
    for number in ('0', '-1', '9223372036854775807', '9223372036854775808',
                   '99999999999999999999999', '1e9', '0x1', '', ' 1', '1;',
                   '%27', '%00'):
        for method, pattern, _, is_open in routes:
            path = fill(pattern, number)
            if is_open or '*' not in pattern:
                continue
            answer = (owner.get if method == 'GET' else owner.post)(
                path.replace(' ', '%20'))
            check(answer.status in ((400,) if number == '%00' else
                                    (200, 303, 404, 405, 409, 422)), path,
                  answer.status)
        for query in ('readers?after=', 'issues?page=', 'articles?page=',
                      'figures?newsletter=', 'issues?all='):
            owner.get((query + number).replace(' ', '%20'))
    for method in ('HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE',
                   'PROPFIND'):
        for _, pattern, _, is_open in routes:
            if 'events' in pattern:
                continue
            answer = owner.get(fill(pattern), method)
            check(answer.status in ((200, 303, 404, 405)
                                    if method == 'HEAD' else (405,)),
                  method, pattern, answer.status)
            check(answer.status != 405 or answer.get('Allow'), 'no Allow')
            check(method != 'TRACE' or owner.cookie not in answer.page, 'trace')
    check_same(before, 'a number')
    check(owner.is_in(), 'a number signed out')


def bodies():
    """Forms that are none, signed in."""
    owner = enter('owner')
    before = record()
    part = b'--Q\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    token = part % b'csrf' + owner.csrf.encode() + b'\r\n'
    for kind, body in (
            ('multipart/form-data', token),
            ('multipart/form-data; boundary=', token),
            ('multipart/form-data; boundary=' + 'Q' * 200, token),
            ('multipart/form-data; boundary="Q', token),
            ('multipart/form-data; boundary=Q', b''),
            ('multipart/form-data; boundary=Q', b'--Q'),
            ('multipart/form-data; boundary=Q', b'--Q--'),
            ('multipart/form-data; boundary=Q', token),
            ('multipart/form-data; boundary=Q', token + part % b'list'),
            ('multipart/form-data; boundary=Q', token * 300 + b'--Q--'),
            ('multipart/form-data; boundary=Q', b'--Q\r\n' * 100000),
            ('multipart/form-data; boundary=Q', b'--' * 1000000),
            ('multipart/form-data; boundary=Q', token + part % b'list'
             + b'\0' * 100000 + b'\r\n--Q--'),
            ('text/plain', b'csrf=' + owner.csrf.encode()),
            ('', token), (FORM, b'&' * 1000000), (FORM, b'=&' * 500000),
            (FORM, b'csrf=' + owner.csrf.encode() + b'&a=b' * 300000),
            (FORM, b'%' * 1000000)):
        for path in ('readers/import', 'articles/paste', 'newsletters/none'):
            answer = ask('POST', '/desk/' + path, body,
                         owner.headers({'Content-Type': kind}))
            check(answer.status in (403, 404, 422), kind, body[:40],
                  answer.status)
    check_same(before, 'a broken form')


def connect(data):
    one = socket.create_connection((base.hostname, base.port), LIMIT_S)
    one.sendall(data)
    return one


def pour(cookie, at_most):
    """Sends an endless body; how much of it was taken, and the answer."""
    one = connect(b'POST /desk/articles/paste HTTP/1.1\r\nHost: x\r\n%s'
                  b'Content-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n'
                  % (cookie, FORM.encode()))
    sent, piece = 0, b'10000\r\n' + b'a' * 65536 + b'\r\n'
    try:
        while sent < at_most:
            one.sendall(piece)
            sent += 65536
        one.sendall(b'0\r\n\r\n')
        answer = one.recv(100)
    except OSError:
        answer = b''
    one.close()
    return sent, answer


def too_much():
    owner = enter('owner')
    cookie = ('Cookie: %s\r\n' % owner.cookie).encode()
    mb = 1 << 20
    for own, most in ((b'', 64 << 10), (cookie, 16 * mb)):
        head = (b'POST /desk/articles/paste HTTP/1.1\r\nHost: x\r\n' + own +
                b'Content-Length: %d\r\n\r\n' % (most + 1))
        answer = connect(head).recv(100)
        check(b' 413 ' in answer, 'a body of', most + 1, answer)
        sent, answer = pour(own, most + 24 * mb)
        check(sent < most + 24 * mb or b' 413 ' in answer, 'took', sent, answer)
    for data in (b'Cookie: ' + b'a' * 100000, b'X: y\r\n' * 20000,
                 b'Cookie: ' + b'digest_desk=;' * 1000,
                 b'Sec-Fetch-Site: ' + b'x' * 15000):
        try:
            connect(b'GET /desk HTTP/1.1\r\nHost: x\r\n' + data +
                    b'\r\n\r\n').recv(100)
        except OSError:
            pass  # cut off, as it should be
    slow = [connect(b'POST /desk/sign-in HTTP/1.1\r\nHost: x\r\n' + rest)
            for rest in [b'Cookie: ', b'Content-Length: 60000\r\n\r\nemail=']
            for _ in range(150)]
    for one in slow:
        one.sendall(b'x')
    check(owner.is_in() and ask('GET', '/l').status == 200,
          'slow ones keep others out')
    for one in slow:
        one.close()


def framing():
    """A request that could hide another from a proxy is none."""
    hidden = b'GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n'
    for head in (b'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
                 b'Transfer-Encoding: chunked\r\nContent-Length: 60\r\n',
                 b'Content-Length: 0\r\nContent-Length: 45\r\n',
                 b'Content-Length: 45\r\nContent-Length: 0\r\n',
                 b'Content-Length : 45\r\n', b'Host: y\r\n',
                 b'Transfer-Encoding: xchunked\r\n',
                 b'Transfer-Encoding: chunked\r\n'
                 b'Transfer-Encoding: identity\r\n'):
        one = connect(b'POST /desk/sign-in HTTP/1.1\r\nHost: x\r\n' + head +
                      b'\r\n0\r\n\r\n' + hidden)
        answer = b''
        while (more := one.recv(65536)):
            answer += more
        check(answer.startswith(b'HTTP/1.1 400 ') and
              answer.count(b'HTTP/1.1') == 1, 'framing', head, answer)
    check(b' 400 ' in connect(b'GET /l HTTP/1.1\r\n\r\n').recv(100),
          'nobody is asked')


def long_lists():
    """Long bodies that come in at once are held in memory, all of them."""
    owner = enter('owner')
    head = ('POST /desk/readers/import HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n'
            'Content-Length: 1000000\r\n\r\n' % owner.cookie).encode()
    held = [connect(head + b'x' * 200000) for _ in range(2)]
    check(owner.is_in(), 'others are kept out')
    refused = connect(head)
    try:
        refused.sendall(b'x' * 1000000)
        answer = refused.recv(100)
    except OSError:
        answer = b''
    check(b'HTTP/1.1 3' not in answer and b'HTTP/1.1 4' not in answer,
          'a third is taken', answer)
    for one in held:
        one.close()


def watch(owner):
    return connect(('GET /desk/issues/weekly/1/events HTTP/1.1\r\nHost: x\r\n'
                    'Cookie: %s\r\n\r\n' % owner.cookie).encode())


def open_pages():
    """Many that are kept open, some that go, some that read nothing."""
    owner = enter('owner')
    write("UPDATE issue SET state = 'sending' WHERE number = 1")
    held = [watch(owner) for _ in range(130)]
    for one in held[:100]:
        text = b''
        while b'event: progress' not in text:
            text += one.recv(1000)
        check(b'event: end' not in text, 'it ended at once', text)
    for one in held[100:]:
        text = b''
        while b'\r\n\r\n' not in text:
            text += one.recv(1000)
    check(owner.is_in() and ask('GET', '/l').status == 200,
          'open pages keep others out')
    for one in held[:50]:
        one.close()
    for one in held[50:55]:  # told once more, and again
        for _ in range(2):
            check(one.recv(1000), 'an open page was cut')
    check(owner.is_in(), 'those who left took the server with them')
    for one in held[100:]:
        one.close()
    return held


# ---- trying passwords ------------------------------------------------------

def guess(email, **headers):
    return enter_by_the_door({'email': email, 'password': 'x'}, **headers)


def known_of(role):
    answer = enter_by_the_door(
        {'email': role + '@example.org', 'password': PASSWORD},
        **{'X-Forwarded-For': next_client()})
    found = [c.split(';')[0] for c in answer.headers.get_all('Set-Cookie')
             if 'digest_known' in c]
    check(len(found) == 1, 'not known from here on', answer.status)
    return found[0]


def guesses():
    editor = enter('editor')
    # All in a row: somebody else has to wait for a few seconds. So many as
    # this are one a second at least, wherever a password takes less.
    visitor, door = at_the_door()
    for i in range(60):
        one = visitor.post('sign-in', {
            'door': door, 'email': 'row%d@example.org' % i, 'password': 'x'},
            **{'X-Forwarded-For': next_client()})
        if one.status == 429:
            break
    check(one.status == 429 and one.get('Retry-After') == '6',
          'passwords can be tried in a row, and nobody else served')
    tries = [patiently(lambda: editor.post(
        'account/password', {'old': 'x' * 12, 'new': 'y' * 12},
        **{'X-Forwarded-For': next_client()})) for _ in range(11)]
    check(tries[0].status == 403 and tries[-1].status == 429 and
          tries[-1].get('Retry-After'), 'the present password can be guessed')
    check(editor.is_in(), 'a guess ended the session')
    # Who tries an account until nobody may keeps its editor out, but for the
    # browsers that they use; and one of another account is none of those.
    known, other = (known_of('writer'), known_of('owner'))
    for i in range(11):
        guess('writer@example.org', **{'X-Forwarded-For': next_client()})
    for cookie, status in ((None, 429), (other, 429), (known, 303)):
        answer = enter_by_the_door(
            {'email': 'writer@example.org', 'password': PASSWORD}, cookie,
            **{'X-Forwarded-For': next_client()})
        check(answer.status == status, 'kept out', cookie, answer.status)
    tries = [enter_by_the_door(
        {'email': 'writer@example.org', 'password': 'x'}, known,
        **{'X-Forwarded-For': next_client()}) for _ in range(11)]
    check(tries[-1].status == 429, 'a known browser may guess')
    # Whoever asks, and however the address is written.
    for email in ('no@example.org', 'NO@example.org '):
        tries = [guess(email, **{'X-Forwarded-For': next_client()})
                 for _ in range(11)]
    check(tries[0].status == tries[-1].status == 429 and
          tries[-1].get('Retry-After'), 'a password can be guessed')
    # From one place, whoever is asked for.
    tries = [guess('n%d@example.org' % i, **{'X-Forwarded-For': '192.0.2.7'})
             for i in range(11)]
    check(tries[-1].status == 429, 'passwords can be guessed from one place')
    right = enter_by_the_door({'email': 'owner@example.org',
                               'password': PASSWORD},
                              **{'X-Forwarded-For': '192.0.2.7'})
    check(right.status == 429 and not right.get('Set-Cookie'),
          'a limit lets the right password through')


# ---- mail to anybody -------------------------------------------------------

def test_copies():
    """A writer's account is no way to mail the world."""
    def outbox():
        return sum(len(names) for _, _, names in os.walk('outbox'))

    writer, before = enter('writer'), outbox()
    for start in range(0, 30, 5):
        answer = writer.post('issues/weekly/2/test', {'to': ' '.join(
            't%d@example.org' % i for i in range(start, start + 5))})
        _, page = wait_for_work(writer, answer)
        check('Sent a test copy' in page.page, 'no test copy', page.page)
    check(outbox() == before + 30, 'copies', before, outbox())
    for to in ('t31@example.org', 't1@example.org'):
        answer = writer.post('issues/weekly/2/test', {'to': to})
        check(answer.status == 403 and 'within the hour' in answer.page,
              'the 31st copy', answer.status, answer.page)
    check(outbox() == before + 30, 'a copy too many')
    # Who must never be mailed isn't, by this way either.
    subprocess.run([digest, 'suppression', 'add', 'never@example.org'],
                   check=True, capture_output=True)
    editor = enter('editor')
    _, page = wait_for_work(editor, editor.post(
        'issues/weekly/2/test', {'to': 't@example.org, NEVER@example.org'}))
    check('NEVER@example.org is suppressed' in page.page and
          outbox() == before + 30, 'a suppressed address', page.page)
    # Nor to who left, or asked to be forgotten; the others get none either.
    for name, command in (('gone', 'unsubscribe'), ('forgot', 'forget')):
        email = name + '@example.org'
        subprocess.run([digest, 'subscriber', 'add', email, '--newsletter',
                        'weekly'], check=True, capture_output=True)
        subprocess.run([digest, 'subscriber', command, email],
                       check=True, capture_output=True)
        for to in (email, 't@example.org, ' + email.upper(),
                   't@example.org, none'):
            _, page = wait_for_work(editor, editor.post(
                'issues/weekly/2/test', {'to': to}))
            check('class="note wrong"' in page.page and
                  outbox() == before + 30, 'a copy to', to, page.page)


def main():
    forged()
    roles()
    sessions()
    owner = scripts()
    headers_and_lists(owner)
    traversal()
    numbers()
    bodies()
    test_copies()
    too_much()
    framing()
    long_lists()
    guesses()
    held = open_pages()
    os.kill(int(server), signal.SIGTERM)
    deadline = time.monotonic() + LIMIT_S
    while b' Z ' not in state_of_server():
        check(time.monotonic() < deadline, 'the server does not end')
        time.sleep(0.05)
    for one in held:
        one.close()


def state_of_server():
    """Ended, and its code not yet asked for, is a Z."""
    try:
        with open('/proc/%s/stat' % server, 'rb') as stat:
            return stat.read()
    except OSError:
        return b' Z '


routes = read_routes()
main()
