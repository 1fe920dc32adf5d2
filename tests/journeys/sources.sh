# Sources: found from a home page, fetched with what is known of them, moved,
# failing and resting, each without touching the others.
. "$(dirname "$0")/../support/lib.sh"

cat >"$work/site.py" <<'PY'
import http.server, sys, threading, time, pathlib

folder = pathlib.Path(sys.argv[1])
log = open(folder / "log", "a", buffering=1)

def feed(name, items):
    return ("<rss version='2.0'><channel><title>%s</title>" % name + "".join(
        "<item><guid isPermaLink='false'>%s-%s</guid><title>Story %s of %s"
        "</title><link>https://%s.example/%s</link><category>Politique"
        "</category><description>What is in it.</description></item>"
        % (name, i, i, name, name, i) for i in items)
        + "</channel></rss>").encode()

class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *arguments):
        pass
    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)
    def do_GET(self):
        asked = self.headers.get("If-None-Match", "")
        log.write("%s %s\n" % (self.path, asked))
        if self.path == "/":
            self.answer(200, b"<!doctype html><title>The Post</title>"
                b"<link rel=alternate type=application/rss+xml "
                b"href=/comments/feed><link rel=alternate "
                b"type=application/rss+xml href=feeds/main.xml>",
                Content_Type="text/html")
        elif self.path == "/feeds/main.xml":
            if asked == '"one"':
                self.answer(304, ETag='"one"')
            else:
                self.answer(200, feed("main", range(3)), ETag='"one"',
                            Content_Type="application/rss+xml")
        elif self.path == "/old.xml" and (folder / "moved").exists():
            self.answer(301, Location="/new.xml")
        elif self.path in ("/old.xml", "/new.xml"):
            self.answer(200, feed("moving", range(2)))
        elif self.path == "/bad.xml" and (folder / "down").exists():
            self.answer(503)
        elif self.path == "/bad.xml":
            self.answer(200, feed("bad", range(1)))
        elif self.path == "/plain":
            self.answer(200, b"<!doctype html><title>No feed</title>")
        else:
            self.answer(404)

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
(folder / "port.new").write_text(str(server.server_address[1]))
(folder / "port.new").rename(folder / "port")
server.serve_forever()
PY
mkdir "$work/site"
"$python" "$work/site.py" "$work/site" >"$work/site.log" 2>&1 &
pids+=($!)
until_true 20 test -s "$work/site/port"
at=http://127.0.0.1:$(cat "$work/site/port")

make_folder here
expect 77 "$DIGEST" source add "$at/"
warns 'private or loopback'
echo 'fetch: { allow_private: true }' >>digest.yaml

expect 0 "$DIGEST" source list
says 'No source yet'
expect 0 "$DIGEST" source add "$at/" --category World \
    --map 'politique=Science'
says "$at/feeds/main.xml (The Post)"
expect 65 "$DIGEST" source add "$at/plain"
warns 'neither a feed nor a page that names one'
expect 64 "$DIGEST" source add "$at/" --map politique
expect 65 "$DIGEST" source add ftp://feeds.example.org/main.xml
warns 'begins with https:// or http://'
expect 0 "$DIGEST" source add "$at/old.xml"
expect 0 "$DIGEST" source add "$at/bad.xml"
expect 65 "$DIGEST" source add "$at/bad.xml"
warns 'is a source already'
# What kinds there are is told in one way, wherever it is.
expect 0 "$DIGEST" article import --help
says 'auto, markdown, feed, wordpress or page'
expect 64 "$DIGEST" article import notes --format path
warns 'has to be auto, markdown, feed, wordpress or page'
echo '%PDF' >a.pdf
expect 65 "$DIGEST" article import a.pdf
warns '(Markdown, a feed, a WordPress export, a page); say what it is with'
mkdir notes
cp articles/one.md notes/
expect 0 "$DIGEST" source add notes

# A Markdown post without an address has one on the publication's own site.
mkdir posts
sed '/^url:/d' articles/two.md >posts/garden.md
expect 0 "$DIGEST" source add posts
expect 0 "$DIGEST" source fetch posts
expect 0 "$DIGEST" --json article list
[ "$(json "$work/out" '[a["url"] for a in j if "garden" in a["url"]]')" = \
    "['https://news.example.org/garden']" ] || fail "the address"
expect 0 "$DIGEST" source remove posts

# All of them; the mapped category is ours.
expect 0 "$DIGEST" source fetch
says 'Fetched 4 sources: 7 new articles'
expect 0 "$DIGEST" --json article list
[ "$(json "$work/out" '[a["categories"] for a in j
    if a["title"] == "Story 1 of main"]')" = "[['Science', 'World']]" ] ||
    fail "the categories"

# Nothing new: asked with the ETag. One has moved for good, one is down.
touch "$work/site/moved" "$work/site/down"
export DIGEST_NOW=$(($(date +%s) + 3600))
expect 75 "$DIGEST" source fetch
says 'Fetched 3 sources: 0 new articles'
says '1 failed'
warns '/bad.xml: the server answers 503'
grep -qF '/feeds/main.xml "one"' "$work/site/log" || fail "without its ETag"
expect 0 "$DIGEST" source list
says "$at/new.xml"
says 'failing since'

# It rests, then is told with how long it has been failing; then it is back.
expect 0 "$DIGEST" source fetch
says '1 resting after failures'
DIGEST_NOW=$((DIGEST_NOW + 3 * 86400))
expect 75 "$DIGEST" source fetch
warns '(failing for 3 days, 2 times)'
rm "$work/site/down"
expect 0 "$DIGEST" source fetch --again
expect 0 "$DIGEST" source list
says_not 'failing since'

expect 0 "$DIGEST" source remove "$at/bad.xml"
says 'its articles stay'
expect 66 "$DIGEST" source remove "$at/bad.xml"
expect 0 "$DIGEST" source add "$at/bad.xml"

# A password in a source's address is for the fetching alone: no list, message,
# mail, log or stored error has it, and no article whose link was relative.
mkdir -p "$work/secret/www"
cat >"$work/secret/www/feed.xml" <<'XML'
<rss version="2.0"><channel><title>Closed</title><link>/</link><item>
<title>Behind the door</title><link>/behind</link><guid>1</guid>
<description>Text with &lt;img src="/a.png" alt="a"&gt;</description>
</item></channel></rss>
XML
port=$(free_port)
"$python" -m http.server --bind 127.0.0.1 --directory "$work/secret/www" \
    "$port" >"$work/secret/log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"
expect 0 "$DIGEST" init "$work/secret/news"
cd "$work/secret/news" || exit 1
cat >digest.yaml <<'YAML'
site: { name: Test Post, base_url: "https://news.example.org", postal_address: "1 Quay Street", operator: ops@example.org }
transport: { url: "maildir:outbox" }
fetch: { allow_private: true }
YAML
hush()
{
    "$@" >>"$work/secret/said" 2>&1 </dev/null
    return 0
}
hush "$DIGEST" source add "http://ada:s3cret@127.0.0.1:$port/feed.xml"
hush "$DIGEST" source fetch
hush "$DIGEST" source list
hush "$DIGEST" --json source list
hush "$DIGEST" --json article list
hush "$DIGEST" article show 1
stop_last
for hour in 1 5 30 60; do
    hush env DIGEST_NOW="$(date -u -d "$hour hours" +%Y-%m-%dT%H:%M:%SZ)" \
        "$DIGEST" run
    hush env DIGEST_NOW="$(date -u -d "$hour hours" +%Y-%m-%dT%H:%M:%SZ)" \
        "$DIGEST" source fetch --again
done
hush "$DIGEST" source list
hush "$DIGEST" doctor
hush "$DIGEST" run --explain
hush "$DIGEST" source add "http://ada:s3cret@127.0.0.1:$port/no"
hush "$DIGEST" article import "http://ada:s3cret@127.0.0.1:$port/no"
grep -q "127.0.0.1:$port" "$work/secret/said" || fail "nothing was said"
! grep -rqa s3cret "$work/secret/said" outbox ||
    fail "said: $(grep -rha s3cret "$work/secret/said" outbox | head -n 5)"
sqlite3 digest.db .dump | grep -a s3cret >"$work/secret/kept"
[ "$(grep -c . "$work/secret/kept")" = 1 ] &&
    grep -q 'INSERT INTO source ' "$work/secret/kept" ||
    fail "the password is kept: $(cat "$work/secret/kept")"
