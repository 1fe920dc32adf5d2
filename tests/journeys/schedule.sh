# A newsletter that goes out by itself, by each policy; an issue by hand; too
# few articles; a machine that was off; a job that fails; a database that was
# restored. The clock is held by the test.
. "$(dirname "$0")/../support/lib.sh"

# at TIME COMMAND...: on 2026-11-DD or -12-DD, in UTC.
at()
{
    local time=$1
    shift
    DIGEST_NOW=2026-$time:00Z "$@"
}

# run TIME [CODE]
run()
{
    expect "${2:-0}" env DIGEST_NOW="2026-$1:00Z" "$DIGEST" run
}

silent()
{
    [ ! -s "$work/out" ] && [ ! -s "$work/err" ] || fail "not silent"
}

# mails TO: how many mails went there.
mails()
{
    grep -rlis "^To: .*$1" outbox/new | wc -l
}

# state ISSUE
state()
{
    expect 0 "$DIGEST" --json issue status "$1"
    json "$work/out" 'j["state"]'
}

# article DATE-TIME NAME
article()
{
    mkdir -p articles
    printf -- '---\ntitle: %s\ndate: 2026-%s:00Z\nurl: https://e.org/%s\ncategory: World\n---\nText.\n' \
        "$2" "$1" "$2" >"articles/$2.md"
    expect 0 env DIGEST_NOW="2026-$1:00Z" "$DIGEST" article import articles
}

begin()
{
    cd "$work" || exit 1
    expect 0 "$DIGEST" init "$1"
    cd "$1" || exit 1
    cat >digest.yaml <<'YAML'
transport: { url: maildir:outbox }
site:
  name: Test Post
  base_url: https://news.example.org
  postal_address: 1 Quay Street, Harbour Town
  operator: operator@example.org
YAML
    export DIGEST_NOW=2026-11-25T10:00:00Z
    expect 0 "$DIGEST" newsletter create weekly --title 'Weekly Review' \
        --from 'Review <weekly@example.org>' --timezone Europe/Berlin \
        --editors 'eda@example.org, bo@example.org' "${@:2}"
    expect 0 "$DIGEST" subscriber add ana@example.org --newsletter weekly
    expect 0 "$DIGEST" subscriber add omar@example.org --newsletter weekly
    unset DIGEST_NOW
    article 11-25T11:00 one
}

# ---- unattended ----

begin auto --every 'friday 07:00'
run 11-25T12:00
silent
expect 0 at 11-25T12:00 "$DIGEST" run --explain
says 'in 18 hours, Thu 26 Nov 2026 07:00 Europe/Berlin'
says 'is drafted and shown to its editors'
run 11-26T05:59
silent
run 11-26T06:00
says 'weekly/1: drafted with 1 article, goes out Fri 27 Nov 2026 07:00 Europe/Berlin'
[ "$(state weekly/1)" = scheduled ] || fail "not scheduled"
expect 0 at 11-26T06:00 "$DIGEST" issue show weekly/1
says 'Goes out: in 24 hours, Fri 27 Nov 2026 07:00 Europe/Berlin'
[ "$(mails eda@)$(mails bo@)" = 11 ] || fail "editors got no preview"
preview=$(grep -rl 'Subject: Preview' outbox/new | head -n 1)
grep -q 'Auto-Submitted: auto-generated' "$preview" || fail "looks like a mail"
grep -q 'issue cancel weekly/1' "$preview" || fail "the preview lacks commands"
grep -q 'https://news.example.org/desk/issues/weekly/1' "$preview" ||
    fail "the preview lacks the way to the desk"
grep -q 'preview' "$preview" || fail "its links act"
run 11-26T06:01
silent
run 11-27T05:59
silent
run 11-27T06:00
says 'weekly/1: sent 2 (written to the folder outbox), failed 0, skipped 0; 2 of 2 have it, and it is done'
[ "$(mails ana@)$(mails eda@)" = 11 ] || fail "not sent once"
run 11-27T06:01
silent

# Nothing new: said once when it would be drafted, once when it isn't made.
run 12-03T06:00
says 'No issue yet for Fri 4 Dec 2026 07:00 Europe/Berlin'
says '0 new articles are of its sections, at least 1 is needed'
[ "$(mails eda@)" = 2 ] || fail "editors were not told"
run 12-03T07:00
silent
run 12-04T06:00
says 'No issue was made for Fri 4 Dec 2026 07:00'
[ "$(mails eda@)" = 3 ] || fail "editors were not told"
run 12-04T06:01
silent

# Late within the grace of six hours; then off for weeks.
article 12-05T10:00 two
run 12-11T11:30
says 'weekly/2: started, to 2 subscribers'
[ "$(mails ana@)" = 2 ] || fail "not sent late"
article 12-12T10:00 three
run 12-26T06:00
says '2 issues, due from Fri 18 Dec 2026 07:00 Europe/Berlin to Fri 25 Dec'
[ "$(mails ana@)" = 2 ] || fail "sent too late"
# Drafted, and then off past the grace.
run 12-31T06:00
says 'weekly/3: drafted'
DIGEST_NOW=2027-01-01T12:00:01Z expect 0 "$DIGEST" run
says 'weekly/3, due Fri 1 Jan 2027 07:00 Europe/Berlin, was missed'
[ "$(state weekly/3)" = missed ] || fail "not marked as missed"

# ---- when approved; after a while to object ----

begin approve --every 'friday 07:00'
expect 64 at 11-25T12:00 "$DIGEST" newsletter schedule weekly --policy object
warns 'object:4h'
expect 0 at 11-25T12:00 "$DIGEST" newsletter schedule weekly --policy approve
run 11-26T06:00
says 'waits for approval'
grep -rqs 'Subject: To approve' outbox/new || fail "nobody was asked"
run 11-27T06:00
[ "$(mails ana@)$(mails eda@)" = 02 ] || fail "sent, or nobody was reminded"
run 11-27T06:01
[ "$(mails eda@)" = 2 ] || fail "reminded twice"
expect 0 at 11-27T07:30 "$DIGEST" issue approve weekly
run 11-27T07:31
[ "$(mails ana@)" = 1 ] || fail "approved, and not sent"
expect 65 at 11-27T07:32 "$DIGEST" issue approve weekly/1
article 11-28T10:00 two
run 12-03T06:00
run 12-04T12:00
run 12-04T12:01
says 'was missed'
[ "$(mails ana@)" = 1 ] || fail "sent without approval"

begin object --every 'friday 07:00'
expect 0 at 11-25T12:00 "$DIGEST" newsletter schedule weekly \
    --policy object:4h --lead 2h
run 11-27T04:30
says 'goes out Fri 27 Nov 2026 09:30 Europe/Berlin'
run 11-27T06:00
[ "$(mails ana@)" = 0 ] || fail "sent before editors could object"
run 11-27T08:30
[ "$(mails ana@)" = 1 ] || fail "not sent when nobody objected"
article 11-28T10:00 two
run 12-04T04:00
expect 0 at 12-04T05:00 "$DIGEST" issue cancel weekly/2
run 12-04T08:00
run 12-04T09:00
[ "$(mails ana@)" = 1 ] || fail "sent in spite of an objection"
begin nobody --every 'friday 07:00'
expect 0 "$DIGEST" newsletter edit weekly --editors ''
expect 64 "$DIGEST" newsletter schedule weekly --policy object:4h
warns 'has no editors'

# ---- by hand ----

begin hand
expect 0 at 11-25T12:00 "$DIGEST" issue draft weekly
expect 0 at 11-25T12:00 "$DIGEST" issue schedule weekly \
    --at '2026-12-04 07:00 Asia/Kolkata'
says 'Fri 4 Dec 2026 07:00 Asia/Kolkata'
expect 0 at 11-25T12:00 "$DIGEST" issue schedule weekly/1 --at '2026-12-03 08:00'
says 'Thu 3 Dec 2026 08:00 Europe/Berlin'
expect 64 at 11-25T12:00 "$DIGEST" issue schedule weekly --at '2026-11-25 12:00'
warns 'has passed'
expect 64 at 11-25T12:00 "$DIGEST" issue schedule weekly --at 'tomorrow'
run 12-03T06:59
[ "$(mails ana@)" = 0 ] || fail "too early"
run 12-03T07:00
[ "$(mails ana@)" = 1 ] || fail "not sent at its time"
expect 65 at 12-03T08:00 "$DIGEST" issue schedule weekly/1 --at '2026-12-04 08:00'

# Scheduled by hand for later, its articles are in no issue before it.
article 12-04T10:00 two
expect 0 at 12-04T11:00 "$DIGEST" issue draft weekly
expect 0 at 12-04T11:00 "$DIGEST" issue schedule weekly --at '2027-01-04 08:00'
expect 66 at 12-05T11:00 "$DIGEST" issue draft weekly
expect 0 at 12-05T11:00 "$DIGEST" issue cancel weekly/2
expect 0 at 12-05T11:00 "$DIGEST" issue draft weekly

# ---- a job that keeps failing is told once ----

begin failing --every 'friday 07:00'
sed -i '1s|.*|transport: { url: "smtp://127.0.0.1:1", tls: none }|' digest.yaml
run 11-26T06:00 75
warns 'sending the outbox'
run 11-26T06:01 75
silent
run 11-26T06:05 75
run 11-26T06:12 75
warns 'has been failing since 2026-11-26T06:00:00Z'
run 11-26T06:13 75
silent
run 11-26T07:13 75
silent
[ "$(sqlite3 digest.db "SELECT count(*) FROM notice
    WHERE to_address = 'operator@example.org'")" = 1 ] || fail "not told once"
sed -i '1s|.*|transport: { url: maildir:outbox }|' digest.yaml
run 11-27T06:00
says 'sending the outbox works again'
[ "$(mails ana@)" = 1 ] || fail "the other jobs did not go on"
run 11-27T06:01
[ "$(mails operator@)" = 2 ] || fail "not told that it works again"

# ---- a database that was restored ----

begin restored --every 'friday 07:00'
run 11-26T06:00
expect 0 "$DIGEST" backup old.db
run 11-27T06:00
[ "$(mails ana@)" = 1 ] || fail "not sent"
cp digest.db digest.kept
rm -f digest.db-wal digest.db-shm
cp old.db digest.db
run 11-27T06:05 65
warns 'weekly/1 was started at 2026-11-27T06:00:00Z'
warns 'digest run --restored'
run 11-27T06:06 65
silent
expect 65 at 11-27T06:06 "$DIGEST" issue send weekly/1
[ "$(mails ana@)" = 1 ] || fail "sent again"
expect 0 at 11-27T06:07 "$DIGEST" run --restored
says '1 issue'
expect 64 at 11-27T06:07 "$DIGEST" run --restored
run 11-27T06:08
[ "$(mails ana@)" = 1 ] || fail "sent again"
[ "$(state weekly/1)" = sent ] || fail "not on record"
article 11-28T10:00 two
run 12-03T06:00
says 'weekly/2: drafted with 1 article'
run 12-04T06:00
[ "$(mails ana@)" = 2 ] || fail "it does not go on"

# ---- a long send holds nothing else up ----

begin long --every 'friday 07:00'
"$python" -c 'print("email")
for i in range(30): print("reader%d@example.org" % i)' >list.csv
expect 0 "$DIGEST" subscriber import list.csv --newsletter weekly
DIGEST_NOW=2026-11-25T10:00:00Z expect 0 "$DIGEST" newsletter create daily \
    --title Daily --from 'D <daily@example.org>' --every 'daily 06:30'
expect 0 at 11-25T10:00 "$DIGEST" newsletter schedule daily --lead 29m
run 11-26T06:00
sink_port=$(free_port)
: >"$work/record"
"$python" "$here/recording_sink.py" --port "$sink_port" \
    --record "$work/record" --latency 300 >"$work/sink.log" 2>&1 &
pids+=($!)
until_true 20 answers "$sink_port"
sed -i "1s|.*|transport: { url: 'smtp://127.0.0.1:$sink_port', tls: none, connections: 1 }|" \
    digest.yaml
DIGEST_NOW=2026-11-27T06:00:00Z "$DIGEST" run >"$work/long.out" 2>&1 &
long=$!
some_taken()
{
    [ "$(wc -l <"$work/record")" -ge 2 ]
}
until_true 60 some_taken
run 11-27T06:01
says 'daily/1: drafted'
kill -0 $long || fail "the long send was over before the other run"
[ "$(state weekly/1)" = sending ] || fail "it is not being sent"
expect 0 "$DIGEST" backup old.db
wait $long || fail "the long send failed"
grep -q 'sent 32' "$work/long.out" || fail "not sent to the end"

# A copy from the middle of it would send the rest again.
taken=$(wc -l <"$work/record")
rm -f digest.db-wal digest.db-shm
cp old.db digest.db
run 11-27T06:03 65
warns 'is an older copy'
expect 65 at 11-27T06:03 "$DIGEST" issue send weekly/1
[ "$(wc -l <"$work/record")" = "$taken" ] || fail "sent again"
expect 0 at 11-27T06:04 "$DIGEST" run --restored
says 'Paused in the middle of being sent: 1'
