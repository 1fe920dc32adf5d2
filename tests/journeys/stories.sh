# The whole story can be read: an article that is pasted, without an address of
# its own, has a page that both parts of the mail lead to.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
start_smtp
cat >digest.yaml <<YAML
transport: { url: "smtp://127.0.0.1:$smtp_port", tls: none }
site:
  name: Test Post
  base_url: https://news.example.org
  url: https://www.example.org
  postal_address: 1 Quay Street, Harbour Town
YAML
paste()
{
    cat >"$work/$1.txt" <<TEXT
$2
Update Time : $(date -u '+%A, %B %d, %Y')
$3 Time View
By Rana Haque

The harbour council has agreed on a new breakwater of 400 metres, after eleven years of talks between the port and the town.

Work begins in spring, said the engineer Karim Sele. "We build from the lighthouse outwards, and the ferry goes on sailing."

$4
TEXT
    expect 0 "$DIGEST" article import --category World "$work/$1.txt"
}
paste first 'Breakwater: "400 metres" agreed, at last!' 6 \
    'The last stone is to be laid in the autumn of the year after, in time for the storms.'
paste second 'Breakwater: 400 metres agreed at last' 9 \
    'A second text under the same headline, which ends on the quay of herrings.'
expect 0 "$DIGEST" newsletter edit weekly --section World:9 --section Science:3

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"

# get PATH WANTED-CODE [CURL-ARGUMENT...]: into $work/page and $work/headers.
get()
{
    local path=$1 wanted=$2 code
    shift 2
    code=$(curl -s -D "$work/headers" -o "$work/page" -w '%{http_code}' "$@" \
        "http://127.0.0.1:$port$path")
    [ "$code" = "$wanted" ] || fail "$path answered $code"
}

# links_of PART ADDRESS: the paths of the story pages that a part of the mail
# to an address leads to.
links_of()
{
    "$python" - "$1" "$2" "$work"/received/*.eml <<'PY'
import email, email.policy, html, re, sys
for name in sys.argv[3:]:
    m = email.message_from_file(open(name), policy=email.policy.default)
    if m["To"] and m["To"].addresses[0].addr_spec == sys.argv[2]:
        text = html.unescape(
            m.get_body(preferencelist=(sys.argv[1],)).get_content())
        found = re.findall(
            r"https://news.example.org(/archive/weekly/\d+/[^/\s\"]+/[^\s\"<]*)",
            text)
        print("\n".join(dict.fromkeys(found)))
PY
}

# ---- before it is sent: nobody reads it who wasn't sent a copy

expect 0 "$DIGEST" issue draft weekly
name=breakwater-400-metres-agreed-at-last
get "/archive/weekly/1/$name/" 404
expect 0 "$DIGEST" issue test weekly --to eda@example.org
preview=$(links_of plain eda@example.org | head -n 1)
case $preview in
"/archive/weekly/1/$name"*'/?preview='*) ;;
*) fail "the test copy leads to: $preview" ;;
esac
get "$preview" 200
grep -q 'in time for the storms\|quay of herrings' "$work/page" ||
    fail "the preview isn't the text"
grep -q 'has not been sent yet' "$work/page" || fail "the preview isn't marked"
grep -qi '^cache-control: no-store' "$work/headers" || fail "a preview is kept"
get "${preview}x" 404
get "$(printf %s "$preview" | sed 's|/1/|/2/|')" 404
late=$(date -u -d '8 days' +%Y-%m-%dT%H:%M:%SZ)
port2=$(free_port)
DIGEST_NOW=$late "$DIGEST" serve --listen "127.0.0.1:$port2" \
    >"$work/late.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port2"
code=$(curl -s -o "$work/page" -w '%{http_code}' "http://127.0.0.1:$port2$preview")
[ "$code" = 404 ] || fail "after eight days the preview answered $code"
stop_last

# ---- sent: each part leads to the page, and it has the last sentence

rm -f "$work"/received/*
expect 0 "$DIGEST" issue send weekly
for part in plain html; do
    links_of $part ana@example.org >"$work/links"
    [ "$(wc -l <"$work/links")" = 2 ] ||
        fail "not two pages in the $part part: $(cat "$work/links")"
    while read -r path; do
        get "$path" 200
        cat "$work/page"
    done <"$work/links" >"$work/pages"
    for end in 'in time for the storms' 'quay of herrings'; do
        grep -q "$end" "$work/pages" || fail "no page of $part says: $end"
    done
done
get "/archive/weekly/1/$name/" 200
get "/archive/weekly/1/$name-2/" 200
get "/archive/weekly/1/$name" 308
grep -qi "^location: $name/" "$work/headers" || fail "no way to the slash"
get /archive/weekly/1/story-one/ 404
get /archive/weekly/1/story-one/x/ 404
get "$preview" 200
! grep -q 'has not been sent yet' "$work/page" || fail "still a preview"

# What programs read of it.
get "/archive/weekly/1/$name-2/" 200
"$python" - "$work/page" <<'PY' || fail "the page's data"
import json, re, sys
page = open(sys.argv[1]).read()
ld = json.loads(re.search(
    r'<script type="application/ld\+json">(.*?)</script>', page, re.S).group(1))
assert ld["@type"] == "NewsArticle", ld
assert ld["headline"].startswith("Breakwater: "), ld
assert ld["author"]["name"] == "Rana Haque", ld
assert ld["url"].startswith("https://news.example.org/archive/weekly/1/"), ld
for wanted in ('property="og:type" content="article"', 'property="og:url"',
               'rel="canonical" href="https://news.example.org/archive/'):
    assert wanted in page, wanted
assert page.count("<h1") == 1
assert "More from this issue" in page and "Story one" in page
PY
tag=$(sed -n 's/^ETag: *\(.*\)\r$/\1/Ip' "$work/headers")
get "/archive/weekly/1/$name-2/" 304 -H "If-None-Match: $tag"
get /sitemap.xml 200
grep -q "<loc>https://news.example.org/archive/weekly/1/$name/</loc>" \
    "$work/page" || fail "not in the sitemap"
get /robots.txt 200
grep -q '^Sitemap: https://news.example.org/sitemap.xml' "$work/page" ||
    fail "robots.txt doesn't name the sitemap"
get /archive/weekly/feed.xml 200
grep -q 'quay of herrings' "$work/page" || fail "the feed isn't in full"
[ "$("$python" "$here/check_atom.py" "$work/page")" = 1 ] || fail "the feed"
expect 0 "$DIGEST" archive "$work/site"
grep -rq 'quay of herrings' "$work/site/weekly/1/$name-2" "$work/site/weekly/1/$name" ||
    fail "not among the files"
grep -q "/weekly/1/$name-2/" "$work/site/sitemap.xml" || fail "the files' sitemap"

# ---- what becomes of the article changes no page

id=$(sqlite3 digest.db "SELECT article_id FROM story WHERE name = '$name-2'")
other=$(sqlite3 digest.db "SELECT article_id FROM story WHERE name = '$name'")
get "/archive/weekly/1/$name-2/" 200
cp "$work/page" "$work/frozen"
soon=$(date -u -d '30 minutes' +%Y-%m-%dT%H:%M:%SZ)
DIGEST_NOW=$soon expect 0 "$DIGEST" article edit "$id" --category Science
DIGEST_NOW=$soon expect 0 "$DIGEST" article remove "$id"
get "/archive/weekly/1/$name-2/" 200
cmp -s "$work/page" "$work/frozen" ||
    fail "what isn't its text changed its page: $(diff "$work/page" "$work/frozen")"
expect 0 "$DIGEST" article restore "$id"

# A later change is shown, and said.
later=$(date -u -d '1 hour' +%Y-%m-%dT%H:%M:%SZ)
DIGEST_NOW=$later expect 0 "$DIGEST" article edit "$id" --title 'Breakwater delayed'
get "/archive/weekly/1/$name-2/" 200
grep -q "Updated $(date -u -d '1 hour' +%-d\ %B\ %Y)" "$work/page" ||
    fail "the change isn't said"
grep -q '<h1>Breakwater: ' "$work/page" || fail "what was sent has changed"
grep -q 'Breakwater delayed' "$work/page" || fail "the change can't be read"
get /archive/weekly/ 200
! grep -q 'Breakwater delayed' "$work/page" || fail "the index isn't frozen"

# ---- withdrawn from publication: gone everywhere, with a note

get /archive/weekly/1/ 200
grep -q "/archive/weekly/1/$name/" "$work/page" || fail "the issue's page"
DIGEST_NOW=$later expect 0 "$DIGEST" article withdraw "$id" "$other" \
    --note 'Withdrawn after a complaint <b>'
for path in "$name" "$name-2"; do
    get "/archive/weekly/1/$path/" 410
    grep -q 'Withdrawn after a complaint &lt;b&gt;' "$work/page" || fail "no note"
    ! grep -q 'lighthouse' "$work/page" || fail "the text is still there"
done
view=$("$python" - "$work"/received/*.eml <<'PY'
import email, email.policy, re, sys
m = email.message_from_file(open(sys.argv[1]), policy=email.policy.default)
text = m.get_body(preferencelist=("plain",)).get_content()
print(re.search(r"https://news.example.org(/v/\S+)", text).group(1))
PY
)
for path in /archive/weekly/1/ /archive/weekly/ /archive/weekly/feed.xml \
    "$view" /sitemap.xml; do
    get "$path" 200
    ! grep -qE 'lighthouse|breakwater of 400|herrings' "$work/page" ||
        fail "$path still has it"
done
get /archive/weekly/feed.xml 200
[ "$(grep -c "<updated>$later</updated>" "$work/page")" = 2 ] ||
    fail "the feed doesn't say that it changed"
get /archive/weekly/1/ 200
grep -q 'Story one' "$work/page" || fail "the others went with it"
expect 0 "$DIGEST" archive "$work/site"
! grep -rqE 'lighthouse|herrings' "$work/site" || fail "still among the files"
expect 0 "$DIGEST" article restore "$id" "$other"
get "/archive/weekly/1/$name/" 200
get /archive/weekly/1/ 200
grep -q "/archive/weekly/1/$name/" "$work/page" || fail "not restored"

# ---- an issue that is stopped keeps its pages; all articles may have one

expect 0 "$DIGEST" newsletter edit weekly --story-pages all
expect 64 "$DIGEST" newsletter edit weekly --story-pages some
add_article five World 0
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly
rm -f "$work"/received/*
expect 0 "$DIGEST" issue send weekly
[ "$(links_of html ana@example.org)" = /archive/weekly/2/story-five/ ] ||
    fail "no page for an article with an address: $(links_of html ana@example.org)"
get /archive/weekly/2/story-five/ 200
grep -q 'rel="canonical" href="https://example.org/five"' "$work/page" ||
    fail "the canonical address"
sqlite3 digest.db "UPDATE issue SET state = 'cancelled' WHERE number = 2"
get /archive/weekly/2/story-five/ 200
