# From a publication's address to a draft of its newsletter.
. "$(dirname "$0")/../support/lib.sh"

export DIGEST_NOW=1795500000 # 2026-11-24T06:00:00Z
mkdir "$work/wp" "$work/files"
"$python" - "$work/wp" <<'PY'
import json, sys
categories = ["World"] * 9 + ["Arts & Culture"] * 5 + ["Science"] * 3 + ["Odd"]
json.dump([{"id": i, "title": "Story %d" % i, "author": "Ann Lee",
            "content": "<p>What story %d says.</p>" % i,
            "date": "2026-11-%02dT07:00:00" % (i + 1),
            "categories": ["News", category]}
           for i, category in enumerate(categories)],
          open(sys.argv[1] + "/posts.json", "w"))
json.dump({"name": "Le \"Courrier\" du Port", "language": "fr-FR",
           "timezone": "Europe/Paris"}, open(sys.argv[1] + "/site.json", "w"))
PY
"$python" "$here/wordpress_site.py" "$work/wp" >"$work/wp.log" 2>&1 &
pids+=($!)
until_true 20 test -s "$work/wp/port"
wp=http://127.0.0.1:$(cat "$work/wp/port")

# Plain files: what a page names, and what none does.
feed()
{
    mkdir -p "$(dirname "$work/files/$1")"
    {
        echo "<rss version='2.0'><channel><title>$2</title>"
        echo "<language>$3</language>"
        for day in 1 2 3; do
            echo "<item><title>$2 $day</title><link>/$1/$day</link>" \
                "<category>$4</category><description>Words.</description>" \
                "<pubDate>$(date -u -R -d "$5 +$day day")</pubDate></item>"
        done
        echo '</channel></rss>'
    } >"$work/files/$1"
}
page()
{
    mkdir -p "$work/files/$1"
    echo "<!doctype html><html lang='$2'><title>$3</title>$4" \
        >"$work/files/$1/index.html"
}
feed tongues/en.xml 'The Tongue' en World 2026-11-18
feed tongues/de.xml 'Die Zunge' de Welt 2026-11-18
feed tongues/comments.xml 'Comments on it' de Welt 2026-11-18
page tongues de 'Start | Die Zunge' "
    <link rel=alternate type=application/rss+xml href=comments.xml>
    <link rel=alternate type=application/rss+xml hreflang=en href=en.xml>
    <link rel=alternate type=application/rss+xml hreflang=de href=de.xml>"
feed rare/news.xml 'The Rarely' en World 2025-03-01
page rare en 'The Rarely' '<a href="/rare/news.xml">x</a><a
    href="/rare/news.xml/feed">RSS</a><link rel=alternate
    type=application/atom+xml href=/gone.xml><link rel=alternate
    type=text/xml href=news.xml>'
page nothing en Nothing ''
page empty en 'The Empty' '<link rel=alternate type=text/xml href=a.xml>'
echo '<rss><channel><title>E</title></channel></rss>' \
    >"$work/files/empty/a.xml"
cat >"$work/files.py" <<'PY'
import functools, http.server, sys, os
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass
server = http.server.ThreadingHTTPServer(
    ("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
open(sys.argv[2] + ".new", "w").write(str(server.server_address[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
PY
"$python" "$work/files.py" "$work/files" "$work/files.port" \
    >"$work/files.log" 2>&1 &
pids+=($!)
until_true 20 test -s "$work/files.port"
files=http://127.0.0.1:$(cat "$work/files.port")

# A private address is no site until the folder says so; nothing is made.
expect 77 "$DIGEST" init --from "$wp" "$work/a"
warns 'allow_private: true'
[ ! -e "$work/a" ] || fail "a folder was made"
make_private()
{
    expect 0 "$DIGEST" init "$work/$1"
    echo 'fetch: { allow_private: true }' >>"$work/$1/digest.yaml"
}

make_private a
expect 0 "$DIGEST" init --from "$wp" "$work/a"
says "Found a WordPress site at $wp/: $wp/wp-json/."
says 'fetched 18 articles'
says 'with the sections World, Arts & Culture, Science, and one for the rest'
says 'Drafted weekly/1 with 12 articles'
grep -q 'Story 17' "$work/a/weekly-1.html" || fail "the preview"
expect 0 "$DIGEST" -C "$work/a" newsletter show weekly
says 'Le "Courrier" du Port'
says 'fr-FR, times in Europe/Paris'
expect 0 "$DIGEST" -C "$work/a" issue show weekly --as text
says 'ARTS & CULTURE'
says_not 'NEWS'
# Once is enough.
expect 65 "$DIGEST" init --from "$wp" "$work/a"
warns 'has a newsletter already'

# The feed in the page's language; the other is named, comments are not.
make_private b
expect 0 "$DIGEST" init --from "$files/tongues/" "$work/b"
says "$files/tongues/de.xml."
says "Another feed there was left: $files/tongues/en.xml"
says_not 'comments.xml'
says '"Die Zunge", in "de", with the sections of all articles'
# Nothing for a year: the draft reaches back as far as it has to. A feed that
# is gone is no reason to stop.
make_private c
expect 0 "$DIGEST" --json init --from "$files/rare/" "$work/c"
[ "$(json "$work/out" '(j["articles"], j["issue"], j["newsletter"]["title"],
    len(j["newsletter"]["sections"]))')" = \
    "(3, 'weekly/1', 'The Rarely', 1)" ] || fail "the rare one"
grep -q 'The Rarely 3' "$(json "$work/out" 'j["preview"]')" || fail "preview"
# Nothing found: said, and nothing is made.
make_private d
expect 65 "$DIGEST" init --from "$files/nothing/" "$work/d"
warns 'none in the usual places'
expect 0 "$DIGEST" -C "$work/d" source list
says 'No source yet'
make_private e
expect 0 "$DIGEST" init --from "$files/empty/" "$work/e"
says 'no article for a draft yet'
