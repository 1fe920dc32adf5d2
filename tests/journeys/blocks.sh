# Blocks: notes, sponsors and events between the stories, in their places, on
# their days, for their languages; frozen with the issue.
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
day() { date -u -d "$1" +%Y-%m-%d; }

# order TEXT...: whether the text part has these in this order.
order()
{
    expect 0 "$DIGEST" issue show weekly --as text
    "$python" - "$work/out" "$@" <<'PY' || fail "not in this order: $*"
import sys
text = " ".join(open(sys.argv[1]).read().split())
at = 0
for wanted in sys.argv[2:]:
    at = text.find(wanted, at)
    assert at >= 0, wanted
    at += len(wanted)
PY
}

expect 0 "$DIGEST" block list
says 'No block yet'
expect 0 "$DIGEST" block add weekly --place top \
    --text 'Our *summer fair* is issue {{issue.number}} of {{newsletter.title}}. See [the map]({{site.url}}/map).'
expect 0 "$DIGEST" block add weekly --place 'after World' --kind sponsor \
    --text 'Drink more tea: [a shop](https://tea.example.org/?a=1&b=2).'
expect 0 "$DIGEST" block add weekly --place 'after story 1' --kind event \
    --text 'The reading club meets.' --from "$(day -2days)" --until "$(day +2days)"
expect 0 "$DIGEST" block add weekly --text 'That is all.'
expect 0 "$DIGEST" block add weekly --text 'From yesterday.' --until "$(day -2days)"
expect 0 "$DIGEST" block add weekly --text 'Not yet.' --from "$(day +3days)"
expect 0 "$DIGEST" block add weekly --text 'Nur auf Deutsch.' --language de,fr
expect 0 "$DIGEST" block list weekly
says 'after World'
expect 0 "$DIGEST" --json block list weekly
[ "$(json "$work/out" "[b['kind'] for b in j][:3]")" = \
    "['note', 'sponsor', 'event']" ] || fail "the list as JSON"

expect 0 "$DIGEST" issue draft weekly
order 'Our *summer fair* is issue 1 of Weekly Review' \
    'https://www.example.org/map' 'WORLD' 'Story one' \
    'The reading club meets.' 'Story two' '[Advertisement]' 'Drink more tea' \
    'SCIENCE' 'Story three' 'That is all.' 'Unsubscribe:'
for gone in 'From yesterday.' 'Not yet.' 'Nur auf Deutsch.'; do
    ! grep -qF "$gone" "$work/out" || fail "it carries: $gone"
done
expect 0 "$DIGEST" issue show weekly --as html
says 'https://tea.example.org/?a=1&amp;b=2'
says 'Advertisement'
expect 0 "$DIGEST" lint weekly

# ---- what can't be saved

expect 65 "$DIGEST" block add weekly --text '   '
warns 'has no text'
expect 65 "$DIGEST" block add weekly --text 'Hello {{reader.name}}'
warns '{{reader.name}}: there is no such name; there is {{newsletter.title}}'
expect 65 "$DIGEST" block add weekly --text 'Hello {{issue.number'
warns 'never closed'
expect 65 "$DIGEST" block add weekly --text A --from 2026-02-30
expect 65 "$DIGEST" block add weekly --text A --from 2026-02-02 --until 2026-02-01
expect 64 "$DIGEST" block add weekly --text A --kind advert
expect 64 "$DIGEST" block add weekly --text A --place middle
expect 66 "$DIGEST" block add weekly --text A --place 'after Sports'
warns 'there is World; Science'
expect 66 "$DIGEST" block remove 99
expect 0 "$DIGEST" block edit 4 --text 'That is all for now.'

# A section that is gone: its block moves to the bottom, and is said.
expect 0 "$DIGEST" newsletter edit weekly --section Science:3
expect 0 "$DIGEST" issue draft weekly
order 'Story three' '[Advertisement]' 'Drink more tea'
expect 0 "$DIGEST" lint weekly
says 'block 2 is to stand after "World"'
expect 0 "$DIGEST" newsletter edit weekly --section World:3 --section Science:3
expect 0 "$DIGEST" issue draft weekly

# A design of one's own can't leave a sponsor's label out.
expect 0 "$DIGEST" template copy default mine
sed -i '/section_blocks/d; /story_blocks/d; /blocks_bottom/d; /{{>block}}/d' \
    templates/email/mine/html.mustache
expect 0 "$DIGEST" newsletter edit weekly --template mine
expect 65 "$DIGEST" issue send weekly
warns 'Advertisement'
expect 0 "$DIGEST" newsletter edit weekly --template default

# ---- sent: frozen, whatever becomes of the blocks

expect 0 "$DIGEST" issue send weekly
"$python" - "$work"/received/*.eml <<'PY' || fail "the message"
import email, email.policy, sys
for name in sys.argv[1:]:
    m = email.message_from_file(open(name), policy=email.policy.default)
    for part in ("plain", "html"):
        text = m.get_body(preferencelist=(part,)).get_content()
        assert "Advertisement" in text and "Drink more tea" in text, (name, part)
        assert "That is all for now." in text, (name, part)
PY
expect 0 "$DIGEST" block remove 1 2 3 4
expect 0 "$DIGEST" archive "$work/site"
grep -q 'Drink more tea' "$work/site/weekly/1/index.html" ||
    fail "the archive has lost what it carried"
expect 0 "$DIGEST" article withdraw 1
expect 0 "$DIGEST" archive "$work/site"
grep -q 'Drink more tea' "$work/site/weekly/1/index.html" ||
    fail "made anew, the archive has lost what it carried"
add_article five World 0
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue show weekly --as text
says_not 'Drink more tea'
