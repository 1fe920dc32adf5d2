# The whole text in the mail: by section, by story, and where a story can be
# read nowhere else; what Gmail would clip becomes a summary.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
start_smtp

# configure [BASE_URL]
configure()
{
    cat >digest.yaml <<YAML
transport: { url: "smtp://127.0.0.1:$smtp_port", tls: none }
site:
  name: Test Post
  url: https://www.example.org
  postal_address: 1 Quay Street, Harbour Town
YAML
    [ $# = 0 ] || echo "  base_url: $1" >>digest.yaml
}

# paste NAME TITLE TEXT: an article without an address.
paste()
{
    {
        printf '%s\nUpdate Time : %s\n3 Time View\nBy Rana Haque\n\n' \
            "$2" "$(date -u '+%A, %B %d, %Y')"
        printf '%s\n' "$3"
    } >"$work/$1.txt"
    expect 0 "$DIGEST" article import --category World "$work/$1.txt"
}

# id_of TITLE
id_of()
{
    sqlite3 digest.db "SELECT id FROM article WHERE title = '$1'"
}

# shows AS TEXT, shows_not AS TEXT: whether a copy has a text.
shows()
{
    expect 0 "$DIGEST" issue show weekly --as "$1"
    tr -s ' \n' ' ' <"$work/out" | grep -qF "$2" || fail "as $1 it lacks: $2"
}
shows_not()
{
    expect 0 "$DIGEST" issue show weekly --as "$1"
    ! tr -s ' \n' ' ' <"$work/out" | grep -qF "$2" || fail "as $1 it has: $2"
}

# ---- without a base_url nobody could read on: the mail holds it all

configure
paste harbour 'A breakwater is agreed' 'The council has agreed on it, after eleven years of talks between the port and the town, and the work begins in spring.

The engineer Karim Sele has drawn it twice, once with stone from the quarry behind the town and once with concrete, and the fishers on the quay have looked at both drawings for a long while before they said which of the two they would rather have in a winter storm.

The last stone is laid before the storms.'
expect 0 "$DIGEST" newsletter edit weekly --section World:9
expect 0 "$DIGEST" issue draft weekly --explain
says "in full: it has no address"
expect 0 "$DIGEST" --json issue draft weekly --explain
[ "$(json "$work/out" "[s['show'] for s in j['shown']]")" = \
    "['summary', 'summary', 'full']" ] || fail "what is shown"
shows text 'The last stone is laid before the storms.'
shows html 'The last stone is laid before the storms.'

# Too much for a mail is said before it goes out, with the remedy.
long=$(for i in $(seq 900); do
    printf 'On day %d the barge was moored at the quay, and the crew had waited for the wind to turn. \n\n' "$i"
done)
paste barge 'A year on a barge' "$long"
expect 0 "$DIGEST" issue draft weekly
expect 65 "$DIGEST" lint weekly/1
says 'only-here'
says 'site.base_url'
expect 65 "$DIGEST" issue send weekly
[ -z "$(ls "$work"/received 2>/dev/null)" ] || fail "it went out all the same"

# ---- with one, each has a page, and the section decides

configure https://news.example.org
expect 0 "$DIGEST" lint weekly/1
shows_not text 'The last stone is laid before the storms.'
expect 0 "$DIGEST" newsletter edit weekly --show full
shows text 'The last stone is laid before the storms.'
expect 0 "$DIGEST" newsletter show weekly
says 'in full'
expect 0 "$DIGEST" newsletter edit weekly --show World=headline
shows_not text 'The council has agreed on it'
expect 66 "$DIGEST" newsletter edit weekly --show Nowhere=full
warns 'there is World'
expect 64 "$DIGEST" newsletter edit weekly --show everything
expect 0 "$DIGEST" newsletter edit weekly --section World:9 --show full \
    --section Science:2 --show headline
expect 0 "$DIGEST" --json newsletter show weekly
[ "$(json "$work/out" "[s['show'] for s in j['sections']]")" = \
    "['full', 'headline']" ] || fail "what the sections show"

# The long one gives way, named; its reader goes on on its page.
expect 0 "$DIGEST" lint weekly/1
says 'shortened'
says 'A year on a barge'
shows text 'The last stone is laid before the storms.'
shows html 'Continue reading'
shows_not html 'On day 900 '

# A story can differ from its section.
id=$(id_of 'A breakwater is agreed')
expect 0 "$DIGEST" issue edit weekly --show "$id" headline
shows_not text 'The council has agreed on it'
expect 64 "$DIGEST" issue edit weekly --show "$id" some
expect 0 "$DIGEST" issue edit weekly --show "$id" section
shows text 'The last stone is laid before the storms.'

# ---- what has no words is no text

cat >"$work/feed.json" <<JSON
{"version": "https://jsonfeed.org/version/1.1", "title": "Pictures",
 "items": [
  {"id": "p", "url": "https://www.example.org/p", "title": "Pictures alone",
   "date_published": "$(date -u +%Y-%m-%dT%H:%M:%SZ)", "summary": "Three boats.",
   "content_html": "<p><img src='https://www.example.org/1.jpg' alt=''></p>",
   "tags": ["World"]}]}
JSON
cat >"$work/empty.md" <<MD
---
title: Nothing at all
date: $(date -u +%Y-%m-%dT%H:%M:%SZ)
category: World
url: https://www.example.org/n
summary: A line.
---
MD
expect 0 "$DIGEST" article import "$work/empty.md"
expect 0 "$DIGEST" article import "$work/feed.json"
expect 0 "$DIGEST" issue draft weekly --explain
says 'a summary: its text has only pictures'
says 'a summary: it has no text'
shows text 'Three boats.'

# ---- sent, and withdrawn: the rest stays in full

expect 0 "$DIGEST" issue send weekly
"$python" - "$work"/received/*.eml <<'PY' || fail "the message"
import email, email.policy, sys
for name in sys.argv[1:]:
    m = email.message_from_file(open(name), policy=email.policy.default)
    if m["To"].addresses[0].addr_spec != "ana@example.org":
        continue
    for part in ("plain", "html"):
        text = " ".join(m.get_body(preferencelist=(part,)).get_content().split())
        assert "The last stone is laid before the storms." in text, (name, part)
        assert "On day 900 " not in text, (name, part)
PY
expect 0 "$DIGEST" archive "$work/site"
grep -q 'On day 900 ' "$work/site/weekly/1/index.html" ||
    fail "the archive's copy is cut"
expect 0 "$DIGEST" article withdraw "$id" --note 'Taken back.'
expect 0 "$DIGEST" archive "$work/site"
! grep -q 'last stone' "$work/site/weekly/1/index.html" ||
    fail "it is still in the archive"
grep -q 'On day 900 ' "$work/site/weekly/1/index.html" ||
    fail "the others have lost their text"

# ---- as long, and as deep, as a text can come

paste novel 'A novel for Sunday' "$(for i in $(seq 22000); do
    printf 'On page %d the ship lay still, and the crew told each other of the towns that they had seen.\n\n' "$i"
done)"
{
    printf -- '---\ntitle: Deep quotes\ndate: %s\ncategory: World\n---\n' \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf '> %.0s' $(seq 500)
    printf 'At the bottom of the well.\n'
} >"$work/deep.md"
expect 0 "$DIGEST" article import "$work/deep.md"
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" lint weekly/2
says 'A novel for Sunday'
shows html 'Continue reading'
shows text 'At the bottom of the well.'
expect 0 "$DIGEST" issue send weekly
expect 0 "$DIGEST" archive "$work/site"
grep -q 'On page 22000 ' "$work/site/weekly/2/a-novel-for-sunday/index.html" ||
    fail "its page doesn't go to the end"
