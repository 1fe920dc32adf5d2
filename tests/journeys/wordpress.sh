# A live WordPress site: found from its home page, read whole, then asked for
# what changed, and followed where a post is taken back.
. "$(dirname "$0")/../support/lib.sh"

# posts EXPRESSION: writes the site's posts, a Python list.
posts()
{
    "$python" - "$work/site/posts.json" "$1" <<'PY' || fail "the posts"
import json, os, sys
def post(i, day=20, **more):
    return {"id": i, "title": "Story %d" % i, "author": "Ann Lee",
            "content": "<p>What story %d says, in a sentence that ends. And "
            "one more.</p>" % i, "date": "2026-11-%02dT07:00:00" % day,
            "categories": ["World"], **more}
new = sys.argv[1] + ".new"
json.dump(eval("(" + sys.argv[2] + ")"), open(new, "w"))
os.rename(new, sys.argv[1])
PY
}

mkdir "$work/site"
"$python" "$here/wordpress_site.py" "$work/site" >"$work/site.log" 2>&1 &
pids+=($!)
until_true 20 test -s "$work/site/port"
at=http://127.0.0.1:$(cat "$work/site/port")
export DIGEST_NOW=1795500000 # 2026-11-24T06:00:00Z

posts '[post(1, title="Law & order: it'"'"'s here", excerpt="Its own words.",
             image="https://cdn.example/a.jpg", alt="A quay",
             categories=["Arts & Culture", "World"]),
        post(2, password="x"), post(3, status="draft"),
        post(4, categories=["Uncategorized"], tags=["harbour"])] +
       [post(i, day=1 + i % 19) for i in range(5, 255)]'
echo '{"name": "The Post", "timezone": "Europe/Berlin"}' \
    >"$work/site/site.json"

make_folder here
echo 'fetch: { allow_private: true }' >>digest.yaml
expect 0 "$DIGEST" source add "$at/"
says "$at/wp-json/ (The Post)"
expect 0 "$DIGEST" -v source fetch
says 'Fetched 1 source: 252 new articles'
warns 'left out: protected by a password'
[ "$(grep -c 'posts?per_page=100&page=' "$work/site/log")" = 3 ] ||
    fail "not three pages"
expect 0 "$DIGEST" --json article search order
[ "$(json "$work/out" '[(a["title"], a["author"], a["categories"],
    a["image"], a["language"]) for a in j]')" = \
    "[('Law & order: it’s here', 'Ann Lee', ['Arts & Culture', 'World'], \
'https://cdn.example/a-1024.jpg', 'en-GB')]" ] || fail "the post"
id=$(json "$work/out" 'j[0]["id"]')
expect 0 "$DIGEST" --json article show "$id"
[ "$(json "$work/out" '"Its own words" in j["summary"]')" = True ] ||
    fail "the summary"
# A cut-off excerpt is no one's own: the first sentences stand in.
expect 0 "$DIGEST" --json article search 'story 5'
[ "$(json "$work/out" '"in a sentence that ends" in j[0]["summary"]')" = \
    True ] || fail "the summary of a post without one"

# Nothing new; asked only for what changed, and whether the rest is there.
: >"$work/site/log"
expect 0 "$DIGEST" source fetch
says '0 new articles, 0 changed'
grep -q 'modified_after=2026-11-20T06:59:59Z' "$work/site/log" ||
    fail "not asked from the last change"
[ "$(wc -l <"$work/site/log")" = 2 ] || fail "more than two requests"

# One changed, one became a draft, one vanished, one is shut: each is told.
posts '[post(1, title="Law and order", modified="2026-11-23T08:00:00"),
        post(4, password="y", modified="2026-11-23T08:00:00")] +
       [post(i, day=1 + i % 19) for i in range(5, 255)
        if i not in (18, 37)] +
       [post(18, status="draft", modified="2026-11-23T09:00:00")]'
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" source fetch
says '1 changed, 3 withdrawn'
warns 'was taken back by its source'
expect 0 "$DIGEST" article search 'story 18'
says_not 'Story 18 '
expect 0 "$DIGEST" article search 'law order'
says 'Law and order'

# It comes back.
posts '[post(18, modified="2026-11-23T19:00:00")] +
       [post(i, day=1 + i % 19) for i in range(5, 255)
        if i not in (18, 37)] + [post(1)]'
expect 0 "$DIGEST" source fetch
expect 0 "$DIGEST" article search 'story 18'
says 'Story 18'

# A site that is ill takes nothing back.
posts '[]'
expect 75 "$DIGEST" source fetch
warns 'nothing was withdrawn'
expect 0 "$DIGEST" article search 'story 18'
says 'Story 18'

# A closed API: the feed stands in. One behind a query, one in a header.
posts '[post(1)]'
for api in closed query header; do
    echo "{\"name\": \"The Post\", \"api\": \"$api\"}" \
        >"$work/site/site.json"
    make_folder "$api"
    echo 'fetch: { allow_private: true }' >>digest.yaml
    expect 0 "$DIGEST" source add "$at"
    case $api in
    closed) says "$at/feed/ (The Post)" ;;
    query) says "$at/?rest_route=/ (The Post)" ;;
    header) says "$at/wp-json/ (The Post)" ;;
    esac
    expect 0 "$DIGEST" source fetch
    says '1 new article,'
done
