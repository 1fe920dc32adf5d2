# What an editor and the rules choose, from the draft to the mail: near-
# duplicates, limits, exclusions, choices that outlive a second draft, and
# readers for whom nothing is left.
. "$(dirname "$0")/../support/lib.sh"

make_folder here
start_smtp
cat >digest.yaml <<YAML
site: { name: Test Post, base_url: "https://news.example.org", postal_address: "1 Quay Street, Harbour Town" }
transport: { url: "smtp://127.0.0.1:$smtp_port", tls: none }
YAML

# Rules are kept, shown, and refused where they contradict.
expect 0 "$DIGEST" newsletter edit weekly --section 'World:1-3' \
    --section '"Arts, Letters: new":2' --section 'Mixed=Science,Sport:3' \
    --rank score --half-life 36h --max 9 --per-author 5 \
    --exclude sponsored --exclude '抽奖' --only-language en,de
expect 0 "$DIGEST" newsletter show weekly
says 'World:1-3'
says '"Arts, Letters: new":2'
says 'Mixed=Science,Sport:3'
says 'half as good after 36 hours'
says 'at most 9; 5 of one author'
expect 0 "$DIGEST" --json newsletter show weekly
[ "$(json "$work/out" 'j["exclude"], j["sections"][0]["min"]')" = \
    "(['sponsored', '抽奖'], 1)" ] || fail "the rules as JSON"
expect 64 "$DIGEST" newsletter edit weekly --max 1 --min 2
warns 'no issue could be made'
expect 64 "$DIGEST" newsletter edit weekly --section World:5-2
expect 66 "$DIGEST" newsletter edit weekly --boost 99=1
expect 64 "$DIGEST" newsletter edit weekly --half-life never
expect 0 "$DIGEST" newsletter edit weekly --min 1

# The same story elsewhere, one that is excluded, one in another language.
mkdir more
write_story()
{
    cat >"more/$1.md" <<MD
---
title: $2
date: $(date -u -d '30 minutes ago' +%Y-%m-%dT%H:%M:%SZ)
category: $3
url: https://other.example/$1
language: ${4:-en}
summary: $5
---

Text.
MD
}
write_story copy 'Story one: The Other Post' World en \
    'What story one is about, in a sentence.'
write_story paid 'A Sponsored-looking story' World en 'Sponsored by a bank.'
write_story prize '本周读者大抽奖开始了' World en 'x'
write_story foreign 'Une histoire' World fr 'En français.'
sed -i 's/^title: .*/title: Story one/; s/^Text/The first paragraph of story one, with weight and a link/' more/copy.md
expect 0 "$DIGEST" article import more
expect 0 "$DIGEST" issue draft weekly --explain
says 'near-duplicate of #'
says 'excluded: sponsored'
says 'excluded: 抽奖'
says 'its language is fr'
says 'views 1.00 * recency'
awk 'length > 80 && !/^Subject|^Next/ { exit 1 }' "$work/out" ||
    fail "wider than 80 columns"
expect 0 "$DIGEST" --json issue draft weekly --explain
[ "$(json "$work/out" 'sorted(set(c["code"] for c in j["candidates"]))')" = \
    "['excluded', 'language', 'near_duplicate', 'taken']" ] ||
    fail "the codes of the reasons"

# An editor's choices.
one=$(json "$work/out" '[c["id"] for c in j["candidates"]
    if c["title"] == "Story one" and c["taken"]][0]')
two=$(json "$work/out" '[c["id"] for c in j["candidates"]
    if c["title"] == "Story two"][0]')
four=$(json "$work/out" '[c["id"] for c in j["candidates"]
    if c["title"] == "Story four"][0]')
printf 'Dear readers of *this* issue.\n' >intro.md
expect 64 "$DIGEST" issue edit weekly
expect 66 "$DIGEST" issue edit weekly --pin 4711
expect 66 "$DIGEST" issue edit weekly --move "$two" 'Nowhere:1'
warns 'Arts, Letters: new'
expect 64 "$DIGEST" issue edit weekly --move "$two"
expect 0 "$DIGEST" issue edit weekly --drop "$one" \
    --move "$two" 'Arts, Letters: new:1' --title "$four" 'A better headline' \
    --summary "$four" 'Said **better**.' --intro intro.md \
    --preheader 'Fairs and ferries' \
    --link https://example.org/fair 'The fair opens' --note 'On *Sunday*.' \
    --section Mixed
says 'The link is number'
expect 0 "$DIGEST" --json issue show weekly
before=$(json "$work/out" '[(a["section"], a["title"]) for a in j["articles"]]')
[ "$before" = "[('Arts, Letters: new', 'Story two'), \
('Mixed', 'Story three'), ('Mixed', 'A better headline'), \
('Mixed', 'The fair opens')]" ] || fail "the draft: $before"
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" --json issue show weekly
[ "$(json "$work/out" '[(a["section"], a["title"]) for a in j["articles"]]')" \
    = "$before" ] || fail "the choices didn't outlive the second draft"
expect 0 "$DIGEST" issue show weekly
says 'Dropped by an editor'
says 'A better headline  (pinned, rewritten)'
says 'The fair opens  (link)'
expect 0 "$DIGEST" article list
says_not 'The fair opens'

# Mail holds them; who chose what isn't in it gets none, with the reason.
expect 0 "$DIGEST" subscriber add eve@example.org --newsletter weekly \
    --categories Cooking
expect 0 "$DIGEST" issue send weekly
expect 0 "$DIGEST" issue status weekly
says 'skipped'
grep -rqF 'A better headline' "$work/received" || fail "no rewritten title"
grep -rqF 'The fair opens' "$work/received" || fail "no link"
grep -rqF 'Fairs and ferries' "$work/received" || fail "no preheader"
! grep -rqF 'Story one' "$work/received" || fail "a dropped story went out"
! grep -rlF 'eve@example.org' "$work/received" || fail "an empty digest"
expect 0 "$DIGEST" subscriber show eve@example.org
expect 65 "$DIGEST" issue edit weekly/1 --drop "$two"
warns "can't be changed any more"

# What was sent is neither sent again, nor by another source; a dropped
# story is a candidate for the next issue again.
write_story again 'Story three' Science en \
    'What story three is about, in a sentence.'
sed -i 's/^Text/The first paragraph of story three, with weight and a link/' more/again.md
expect 0 "$DIGEST" article import more
expect 0 "$DIGEST" newsletter edit weekly --window 3d
expect 0 "$DIGEST" issue draft weekly --explain
says 'sent in weekly/1'
grep -q 'near-duplicate of #[0-9]*, sent in weekly/1' "$work/out" ||
    fail "the same story from another source goes out again"
expect 0 "$DIGEST" issue show weekly
says 'Story one'
says_not 'The fair opens'

# An article that was removed is in no issue, until it is put back.
id=$(sed -n 's/^ *\([0-9]*\)  Story one.*/\1/p' "$work/out")
[ -n "$id" ] || fail "no number before the story"
expect 0 "$DIGEST" article remove "$id"
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue show weekly
says_not "     $id  Story"
expect 0 "$DIGEST" article restore "$id"
expect 65 "$DIGEST" article restore "$id"
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue show weekly
says "     $id  Story"
