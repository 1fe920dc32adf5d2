# A first draft that can go out as it is: from a feed of thirty stories, with
# nothing chosen, lint finds nothing to say of it.
. "$(dirname "$0")/../support/lib.sh"

export DIGEST_NOW=2026-12-01T07:00:00Z
"$python" - >"$work/feed.xml" <<'PY'
headlines = [
    "Council votes for a new tram line, and the budget follows in summer after all",
    "Harbour bridge opens two years early",
    "Library: reading rooms stay open on Sundays from next spring until late autumn",
    "Schools are short of teachers again",
    "Storm closes the ferry for a week – and what that means for those on the islands",
]
categories = ["City", "World", "Science", "Culture"]
print("<rss version='2.0'><channel><title>Harbour News</title>")
print("<link>https://harbour.example/</link><description>News</description>")
for i in range(30):
    print(f"<item><title>{headlines[i % 5]}</title>")
    print(f"<link>https://harbour.example/{i}</link><guid>{i}</guid>")
    print(f"<category>{categories[i % 4]}</category>")
    print(f"<pubDate>Mon, 30 Nov 2026 {23 - i % 24:02d}:{i:02d}:00 GMT</pubDate>")
    print(f"<description>Story {i} in a sentence or two. The second is here, "
          f"and says {'more ' * i}of it.</description></item>")
print("</channel></rss>")
PY

expect 0 "$DIGEST" init "$work/news"
cd "$work/news" || exit 1
expect 0 "$DIGEST" article import "$work/feed.xml"

# drafted SLUG: how many stories its draft has; the rest of it has to be right.
drafted()
{
    expect 0 "$DIGEST" issue draft "$1"
    expect 0 "$DIGEST" lint "$1"
    says 'Nothing to find fault with'
    expect 0 "$DIGEST" --json issue show "$1"
    "$python" - "$work/out" <<'PY'
import json
import sys

issue = json.load(open(sys.argv[1]))
assert len(issue["subject"]) <= 60, issue["subject"]
assert ": " not in issue["subject"], issue["subject"]
print(len(issue["articles"]))
PY
}

# create SLUG OPTION...
create()
{
    local slug=$1
    shift
    expect 0 "$DIGEST" newsletter create "$slug" --title 'Harbour News' \
        --from 'Harbour News <news@harbour.example>' "$@"
}

create plain
[ "$(drafted plain)" = 12 ] || fail "a dozen of all"
expect 0 "$DIGEST" issue show plain
says 'Council votes for a new tram line'
expect 0 "$DIGEST" template list
mapfile -t designs < <(sed -n 's/ (built in)$//p' "$work/out" | sort -u)
[ "${#designs[@]}" -ge 2 ] || fail "designs: ${designs[*]}"
for design in "${designs[@]}"; do
    create "in-$design" --template "$design"
    [ "$(drafted "in-$design")" = 12 ] || fail "a dozen in $design"
done
create parts --section City --section World --section '*'
[ "$(drafted parts)" = 12 ] || fail "a dozen in sections"
create told --section City:3 --section '*:14'
[ "$(drafted told)" = 17 ] || fail "as many as was said"
create more --section '*:14' --max 9
[ "$(drafted more)" = 9 ] || fail "at most as was said"

# Sections that an issue has no room for are spoken of.
expect 0 "$DIGEST" newsletter edit plain --section '*:20'
says 'at most 12 articles in all; --max changes that'
expect 0 "$DIGEST" newsletter edit told --section '*:20'
says_not 'in all'

# A greeting where nobody greets.
expect 0 "$DIGEST" issue show parts --as text
says 'Hello,'
says_not 'Here is issue'
printf 'Dear readers,\n\nit rained all week.\n' >intro.md
expect 0 "$DIGEST" issue edit parts --intro intro.md
expect 0 "$DIGEST" issue show parts --as text
says 'Dear readers,'
says_not 'Hello,'
printf 'It rained all week.\n' >intro.md
expect 0 "$DIGEST" issue edit parts --intro intro.md
expect 0 "$DIGEST" issue show parts --as text
says 'Hello,'
expect 0 "$DIGEST" newsletter edit parts --greeting off
expect 0 "$DIGEST" issue show parts --as html
says_not 'Hello,'
expect 0 "$DIGEST" newsletter show parts
says 'greeting   off'
expect 64 "$DIGEST" newsletter edit parts --greeting maybe
warns 'has to be on or off'

# Where a mail server gets it, what receivers ask for is asked for.
cat >digest.yaml <<'YAML'
site: { postal_address: "1 Quay Street, Harbour Town" }
transport: { url: "smtp://mail.harbour.example:587" }
YAML
expect 0 "$DIGEST" lint plain
says '0 errors, 1 warning'
says one-click
cat >digest.yaml <<'YAML'
site: { base_url: "https://news.harbour.example", postal_address: "1 Quay Street, Harbour Town" }
transport: { url: "smtp://mail.harbour.example:587" }
YAML
drafted plain >/dev/null
