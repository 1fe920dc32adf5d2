# Past issues as pages: written to a folder, served, and frozen as they were.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
expect 0 "$DIGEST" newsletter edit weekly --theme accent=#7a1f2b \
    --section World:3 --section Science:3
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue show weekly --public
says 'Story three'
says '#7a1f2b'
says_not 'Hello'
expect 0 "$DIGEST" archive "$work/empty"
says '0 issues of 1 newsletter'
"$python" "$here/check_atom.py" "$work/empty/weekly/feed.xml" >"$work/out" ||
    fail "the empty feed"
grep -q 'No issue has been sent yet' "$work/empty/weekly/index.html" ||
    fail "an empty index says nothing"
expect 0 "$DIGEST" issue send weekly

# ---- written to a folder

expect 0 "$DIGEST" archive "$work/site"
says '1 issue of 1 newsletter; 5 files are new'
for file in index.html sitemap.xml weekly/index.html weekly/feed.xml weekly/1/index.html; do
    [ -s "$work/site/$file" ] || fail "no $file"
done
[ "$("$python" "$here/check_atom.py" "$work/site/weekly/feed.xml")" = 1 ] ||
    fail "not one entry"

# Every relative link leads to a file that is there.
"$python" - "$work/site" <<'PY' || fail "a dead link"
import html.parser, os, sys
from urllib.parse import urlsplit
count = 0
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if not name.endswith(".html"):
            continue
        class Links(html.parser.HTMLParser):
            def handle_starttag(self, tag, attributes):
                global count
                href = dict(attributes).get("href")
                if tag not in ("a", "link") or href is None:
                    return
                if urlsplit(href).scheme:
                    return
                path = os.path.join(folder, href)
                if path.endswith("/"):
                    path += "index.html"
                if not os.path.isfile(path):
                    sys.exit("%s/%s: %s" % (folder, name, href))
                count += 1
        Links().feed(open(os.path.join(folder, name)).read())
sys.exit(count < 5)
PY

# Nothing in it is anybody's own.
! grep -rqE '/(u|p|v)/|ana@|omar@|Ana Sousa|Hello|subscribed to' "$work/site" ||
    fail "something personal"

# Nothing changes: no file is touched. What changed is written alone.
touch -d '2001-01-01' "$work"/site/*.html "$work"/site/*/* "$work"/site/*/*/*
expect 0 "$DIGEST" archive "$work/site"
says '0 files are new or changed'
sed -i 's/^title: Story one/title: Another headline/' articles/one.md
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" newsletter edit weekly --title 'Weekly Renamed' \
    --theme accent=#0b5d1e
cp "$work/site/weekly/1/index.html" "$work/before.html"
expect 0 "$DIGEST" archive "$work/site"
says '3 files are new or changed'
cmp -s "$work/before.html" "$work/site/weekly/1/index.html" ||
    fail "a sent issue changed"
grep -q '#7a1f2b' "$work/before.html" || fail "the theme it was sent in"
grep -q 'Weekly Renamed' "$work/site/weekly/index.html" || fail "the new name"
grep -q '#0b5d1e' "$work/site/weekly/index.html" || fail "the new theme"
[ "$(find "$work/site" -newermt 2002-01-01 -name '*.html' | wc -l)" = 2 ] ||
    fail "a file was touched without need"

# Where it is found, when that isn't base_url/archive/.
expect 0 "$DIGEST" archive "$work/site" --url https://www.example.org/letters
grep -q 'href="https://www.example.org/letters/weekly/1/"' \
    "$work/site/weekly/feed.xml" || fail "--url"
expect 64 "$DIGEST" archive "$work/site" --url 'javascript:alert(1)'
warns 'https://example.org/newsletters/'

# A folder with something else in it is left alone.
mkdir "$work/www"
echo mine >"$work/www/index.html"
expect 65 "$DIGEST" archive "$work/www"
warns 'give a folder of its own'
[ "$(cat "$work/www/index.html")" = mine ] || fail "overwritten"

# A page that can't be written is an error, and what is there stays whole.
mv "$work/site/weekly/feed.xml" "$work/feed.xml"
mkdir "$work/site/weekly/feed.xml"
expect 0 "$DIGEST" newsletter edit weekly --title 'Weekly Third'
expect 74 "$DIGEST" archive "$work/site"
warns 'weekly/feed.xml'
grep -q 'Weekly Renamed' "$work/site/weekly/index.html" || fail "lost"
rmdir "$work/site/weekly/feed.xml"
mv "$work/feed.xml" "$work/site/weekly/feed.xml"
[ -z "$(find "$work/site" -type f ! -name '*.html' ! -name feed.xml \
    ! -name sitemap.xml ! -name .digest-archive)" ] || fail "something was left behind"

# ---- served

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"
base=http://127.0.0.1:$port

# get PATH WANTED-CODE [CURL-ARGUMENT...]: into $work/page and $work/headers.
get()
{
    local path=$1 wanted=$2 code
    shift 2
    code=$(curl -s -D "$work/headers" -o "$work/page" -w '%{http_code}' "$@" \
        "$base$path")
    [ "$code" = "$wanted" ] || fail "$path answered $code"
}

expect 0 "$DIGEST" archive "$work/site"
for path in / /weekly/ /weekly/1/; do
    get "/archive$path" 200
    cmp -s "$work/page" "$work/site${path}index.html" ||
        fail "$path is served otherwise than written"
done
get /archive/weekly/feed.xml 200
cmp -s "$work/page" "$work/site/weekly/feed.xml" || fail "the feed"
grep -qi '^content-type: application/atom+xml' "$work/headers" || fail "type"
grep -qi '^x-robots-tag: all' "$work/headers" || fail "robots"

# Who has it need not fetch it again; without a slash it leads there.
for path in /archive/weekly/ /archive/weekly/1/ /archive/weekly/feed.xml; do
    get $path 200
    tag=$(sed -n 's/^ETag: *\(.*\)\r$/\1/Ip' "$work/headers")
    changed=$(sed -n 's/^Last-Modified: *\(.*\)\r$/\1/Ip' "$work/headers")
    get $path 304 -H "If-None-Match: $tag"
    get $path 200 -H 'If-None-Match: "other"'
    get $path 304 -H "If-Modified-Since: $changed"
    get $path 200 -H 'If-Modified-Since: Mon, 01 Jan 2001 00:00:00 GMT'
done
for path in /archive /archive/weekly /archive/weekly/1; do
    get $path 308
    last=${path##*/}
    grep -qi "^location: $last/" "$work/headers" || fail "$path leads nowhere"
done
for path in /archive/other/ /archive/weekly/2/ /archive/weekly/01/ \
    /archive/weekly/x/ /archive/weekly/1/2/ /archive/%0d%0aX:%20y; do
    get $path 404
done
! grep -qi '^x:' "$work/headers" || fail "a forged header"

# The view link of each mail shows what that reader got, and no more of them.
view_of()
{
    "$python" - "$1" outbox/new/* <<'PY'
import email, email.policy, re, sys
for name in sys.argv[2:]:
    m = email.message_from_file(open(name), policy=email.policy.default)
    if m["To"].addresses[0].addr_spec == sys.argv[1]:
        text = m.get_body(preferencelist=("plain",)).get_content()
        print(re.search(r"https://news.example.org(/v/\S+)", text).group(1))
PY
}
get "$(view_of ana@example.org)" 200
grep -q 'Story one' "$work/page" && grep -q 'Story four' "$work/page" ||
    fail "the view of everything"
! grep -qE '/(u|p)/|Hello' "$work/page" || fail "the view has something personal"
get "$(view_of omar@example.org)" 200
! grep -q 'example.org/one' "$work/page" &&
    grep -q 'example.org/four' "$work/page" ||
    fail "the view of what was chosen"
link=$(sed -n 's/.*<a class="footer-link" href="\(\.\.[^"]*\)".*/\1/p' \
    "$work/page" | head -n 1)
[ "$link" = ../archive/weekly/ ] || fail "the archive is not linked: $link"

# Each mail says in its header where the archive is.
path=$(sed -n 's|^List-Archive: <https://news.example.org\(.*\)>.*|\1|p' \
    outbox/new/* | sort -u)
get "${path:-/no-archive-named}" 200
grep -q 'Issue 1' "$work/page" || fail "List-Archive leads to $path"

# The next issue appears at once.
add_article five World 0
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly
get /archive/weekly/2/ 404
expect 0 "$DIGEST" issue send weekly
get /archive/weekly/ 200
grep -q 'Issue 2' "$work/page" || fail "the second issue isn't in the index"
get /archive/weekly/feed.xml 200
[ "$("$python" "$here/check_atom.py" "$work/page")" = 2 ] || fail "two entries"
expect 0 "$DIGEST" archive "$work/site"
# One that is stopped half-way stays: people have its links.
sqlite3 digest.db "UPDATE issue SET state = 'cancelled' WHERE number = 2"
get /archive/weekly/2/ 200
get /archive/weekly/ 200
grep -q 'Issue 2' "$work/page" || fail "the stopped issue isn't listed"
expect 0 "$DIGEST" archive "$work/site"
[ -e "$work/site/weekly/2/index.html" ] || fail "the stopped issue is gone"

# Issues from before such copies were kept are shown as they are now.
sqlite3 digest.db "UPDATE variant SET public_parts = ''"
get /archive/weekly/1/ 200
grep -q 'example.org/four' "$work/page" || fail "an issue without a copy"
get "$(view_of ana@example.org | head -n 1)" 200

# The check of feeds sees what is wrong with one.
feed=$work/site/weekly/feed.xml
for fault in 's/<updated>[^<]*</<updated>yesterday</' \
    's/<id>urn:uuid:[^<]*</<id>one</' 's/<author>.*<\/author>//' \
    's/<title>[^<]*<\/title>//' 's/href="https:/href="/' \
    's/<\/entry>//' 's/<generator>/<other\/><generator>/'; do
    sed "$fault" "$feed" >"$work/broken.xml"
    ! "$python" "$here/check_atom.py" "$work/broken.xml" >"$work/out" 2>&1 ||
        fail "unseen: $fault"
done

# The page above all is in the language of the newsletter made first.
expect 0 "$DIGEST" newsletter create arabic --title 'المثال' --language ar \
    --from 'Review <weekly@example.org>' --section '*:9'
get /archive/ 200
grep -q '<html lang="en" dir="ltr">' "$work/page" || fail "of the first by name"

# ---- the front page

# It is the archive's, from one level above; a newsletter that has sent nothing
# yet can be subscribed to.
for path in / /archive/; do
    get "$path" 200
    root=archive/
    [ "$path" = / ] || root=
    grep -q "<a href=\"${root}weekly/\">" "$work/page" || fail "$path: no weekly"
    for slug in weekly arabic; do
        grep -q "class=\"button\" href=\"https://news.example.org/s/$slug\"" \
            "$work/page" || fail "$path: no way to subscribe to $slug"
    done
    ! grep -q "href=\"${root}arabic/\"" "$work/page" || fail "an empty archive"
done
get / 200
get /archive/weekly/ 200
get /robots.txt 200
grep -qxF 'Allow: /$' "$work/page" || fail "robots"
get / 405 -X POST -d x=y
