# `digest stats`: each issue's figures and the list's growth add up, as a
# table, as JSON and as CSV, through an import, a send with refusals, a
# second try, people who leave and one who is forgotten.
. "$(dirname "$0")/../support/lib.sh"

start_smtp --reject 'gone@=550 5.1.1 no such user' \
    --reject 'policy@=554 5.7.1 not today'
make_folder folder "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }"
expect 0 "$DIGEST" stats
says 'No issue was sent yet.'

printf '%s\n' email,name,since,state \
    old@example.org,Old,2026-01-07,active \
    older@example.org,Older,2026-01-01,active \
    left@example.org,Left,2026-01-08,unsubscribed \
    gone@example.org,Gone,2026-01-09,active \
    policy@example.org,Policy,2026-01-09,active >list.csv
expect 0 "$DIGEST" subscriber import list.csv --newsletter weekly
expect 0 "$DIGEST" subscriber import list.csv --newsletter weekly

# sums_hold: what each list of figures promises, and the list itself.
sums_hold()
{
    expect 0 "$DIGEST" --json stats weekly
    cp "$work/out" "$work/stats"
    [ "$(json "$work/stats" 'all(i["recipients"] == sum(i[s] for s in
        ("queued", "sending", "sent", "deferred", "failed", "skipped"))
        for i in j["issues"])')" = True ] || fail "an issue doesn't add up"
    [ "$(json "$work/stats" 'j["weeks"][-1]["active"] == sum(w["joined"] -
        w["unsubscribed"] - w["bounced"] - w["complained"]
        for w in j["weeks"])')" = True ] || fail "the weeks don't add up"
    expect 0 "$DIGEST" --json subscriber list --newsletter weekly \
        --state active
    [ "$(json "$work/out" 'len(j)')" = \
        "$(json "$work/stats" 'j["weeks"][-1]["active"]')" ] ||
        fail "the list is another"
}

sums_hold
[ "$(json "$work/stats" '[w["joined"] for w in j["weeks"]][:3]')" = \
    '[1, 3, 0]' ] || fail "the import's dates aren't its weeks"

expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
sums_hold
[ "$(json "$work/stats" '[j["issues"][0][k] for k in ("issue", "state",
    "recipients", "sent", "failed", "bounced", "unsubscribed")]')" = \
    "['weekly/1', 'sent', 7, 5, 2, 1, 0]" ] || fail "the send: $(cat "$work/stats")"

# One of the two that were refused is tried again, and refused again.
expect 0 "$DIGEST" issue send weekly/1 --retry-failed
sums_hold
expect 0 "$DIGEST" subscriber unsubscribe ana@example.org
mail=$(grep -lE '^To:.*omar@example.org' "$work"/received/*.eml)
link=$(grep -ohE 'https://news.example.org/u/[^> ]*' "$mail" | head -n 1)
expect 0 "$DIGEST" subscriber unsubscribe "${link##*/}"
expect 0 "$DIGEST" subscriber forget older@example.org
sums_hold
[ "$(json "$work/stats" 'j["issues"][0]["unsubscribed"]')" = 1 ] ||
    fail "who left by the issue's link isn't counted there"
[ "$(json "$work/stats" 'j["weeks"][-1]["active"]')" = 3 ] || fail "who is left"

expect 0 "$DIGEST" stats weekly
says 'weekly/1'
says 'WEEK OF'
expect 0 "$DIGEST" stats --csv
"$python" -c 'import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
assert len(rows) == 1 and rows[0]["issue"] == "weekly/1", rows
assert rows[0]["recipients"] == "7" and rows[0]["bounced"] == "1", rows' \
    "$work/out" || fail "the CSV"
expect 0 "$DIGEST" stats --csv --weeks
[ "$(head -n 2 "$work/out" | tail -n 1)" = 2025-12-29,1,0,0,0,1 ] ||
    fail "the weeks' CSV"
expect 0 "$DIGEST" --json stats --since 2026-06-01
[ "$(json "$work/out" 'j["weeks"][0]["week"], j["weeks"][0]["active"]')" = \
    "('2026-06-01T00:00:00Z', 4)" ] || fail "--since forgot who was there"
expect 66 "$DIGEST" stats nosuch
