# An issue whose time is taken off, that is deleted, and brought back: its
# time of the schedule stays skipped, by each policy; runs, sends and editors
# at the same moment; a kill in between. The clock is held by the test.
. "$(dirname "$0")/../support/lib.sh"

at()
{
    local time=$1
    shift
    DIGEST_NOW=2026-$time:00Z "$@"
}

run()
{
    expect "${2:-0}" env DIGEST_NOW="2026-$1:00Z" "$DIGEST" run
}

state()
{
    expect 0 "$DIGEST" --json issue status "$1"
    json "$work/out" 'j["state"]'
}

is()
{
    local now
    now=$(state "$1")
    [ "$now" = "$2" ] || fail "$1 is $now, not $2"
}

mails()
{
    grep -rlis "^To: .*$1" outbox/new | wc -l
}

# article DATE-TIME NAME
article()
{
    mkdir -p articles
    printf -- '---\ntitle: %s\ndate: 2026-%s:00Z\nurl: https://e.org/%s\ncategory: World\n---\nText.\n' \
        "$2" "$1" "$2" >"articles/$2.md"
    expect 0 env DIGEST_NOW="2026-$1:00Z" "$DIGEST" article import articles
}

# begin NAME OPTION...: a newsletter with two subscribers and an article.
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
        --from 'Review <weekly@example.org>' \
        --editors 'eda@example.org' "${@:2}"
    expect 0 "$DIGEST" subscriber add ana@example.org --newsletter weekly
    expect 0 "$DIGEST" subscriber add omar@example.org --newsletter weekly
    unset DIGEST_NOW
    article 11-25T11:00 one
}

# ---- the slot is skipped, whatever the policy ----

for policy in auto approve object:4h; do
    begin "${policy%%:*}" --every 'friday 07:00'
    expect 0 at 11-25T12:00 "$DIGEST" newsletter schedule weekly \
        --policy $policy
    run 11-26T07:00
    is weekly/1 scheduled
    expect 0 at 11-26T08:00 "$DIGEST" newsletter schedule weekly
    says 'Fri 27 Nov 2026'
    echo 'Good **morning**.' >intro.md
    expect 0 at 11-26T08:00 "$DIGEST" issue edit weekly/1 --subject Kept \
        --intro intro.md
    expect 0 at 11-26T09:00 "$DIGEST" issue unschedule weekly/1
    says 'Unscheduled weekly/1'
    says 'Fri 4 Dec 2026 07:00 UTC'
    # A time that is skipped is none of the next ones, nor in the calendar.
    expect 0 at 11-26T09:00 "$DIGEST" newsletter schedule weekly
    says 'Fri 4 Dec 2026 07:00 UTC'
    says_not 'Fri 27 Nov 2026'
    expect 0 at 11-26T09:00 "$DIGEST" newsletter schedule weekly --ics
    says 20261204T070000Z
    says_not 20261127T070000Z
    is weekly/1 draft
    expect 65 at 11-26T09:00 "$DIGEST" issue unschedule weekly/1
    warns 'weekly/1: is a draft; only a scheduled one can be unscheduled'
    expect 65 at 11-26T09:00 "$DIGEST" issue approve weekly/1
    # Through its time, past the lead, the grace and the reminder.
    for time in 11-26T09:01 11-27T06:59 11-27T07:00 11-27T07:01 11-27T12:59 \
        11-27T13:01 11-28T10:00; do
        run $time
        [ ! -s "$work/out" ] || fail "$time: something was done"
    done
    is weekly/1 draft
    [ "$(mails ana@)" = 0 ] || fail "it was sent"
    [ "$(mails eda@)" = 1 ] || fail "editors were told of what goes nowhere"
    # A clock that was set back makes no second issue for it.
    run 12-01T07:00
    run 11-26T10:00
    run 11-27T06:59
    is weekly/1 draft
    expect 66 "$DIGEST" issue show weekly/2
    # The next time has an issue of its own, and the draft keeps all.
    run 12-03T07:00
    is weekly/2 scheduled
    is weekly/1 draft
    expect 0 "$DIGEST" --json issue show weekly/1
    [ "$(json "$work/out" '[j["subject"], j["intro"].strip()]')" = \
        "['Kept', 'Good **morning**.']" ] || fail "the choices are gone"
    # Whoever gives it a time again sends it.
    expect 0 at 12-03T08:00 "$DIGEST" issue schedule weekly/1 \
        --at '2026-12-03 09:00'
    run 12-03T09:00
    is weekly/1 sent
    [ "$(mails ana@)" = 1 ] || fail "not sent"
done

# A preview that still waits is taken back, with the reminder.
begin waits --every 'friday 07:00'
expect 0 at 11-25T12:00 "$DIGEST" newsletter schedule weekly --policy approve
port=$(free_port)
sed -i "s|maildir:outbox|\"smtp://127.0.0.1:$port\", tls: none|" digest.yaml
DIGEST_NOW=2026-11-26T07:00:00Z "$DIGEST" run >/dev/null 2>&1
DIGEST_NOW=2026-11-27T07:00:00Z "$DIGEST" run >/dev/null 2>&1
kinds()
{
    sqlite3 digest.db "SELECT count(*) FROM notice
        WHERE to_address = 'eda@example.org'
            AND state IN ('queued', 'deferred')"
}
[ "$(kinds)" = 2 ] || fail "no preview and reminder wait"
expect 0 at 11-27T07:30 "$DIGEST" issue unschedule weekly/1
[ "$(kinds)" = 0 ] || fail "editors will hear of what goes nowhere"

# ---- deleted and restored ----

begin deleted --every 'friday 07:00'
run 11-26T07:00
expect 0 at 11-26T08:00 "$DIGEST" issue cancel weekly/1
says 'Deleted weekly/1'
says 'digest issue restore weekly/1'
run 11-27T07:00
[ ! -s "$work/out" ] || fail "a deleted issue did something"
expect 0 at 11-27T08:00 "$DIGEST" issue restore weekly/1
says 'Restored weekly/1 as a draft without a time'
is weekly/1 draft
expect 65 "$DIGEST" issue restore weekly/1
warns 'only one that was deleted or missed can be restored'
run 11-27T09:00
[ ! -s "$work/out" ] || fail "a restored draft was taken up"
# A draft that was deleted keeps its number, beside the next one.
expect 0 at 11-27T10:00 "$DIGEST" issue cancel weekly/1
expect 0 at 11-27T10:00 "$DIGEST" issue draft weekly
says 'weekly/2'
expect 0 at 11-27T10:00 "$DIGEST" issue restore weekly/1
is weekly/1 draft
is weekly/2 draft
expect 0 "$DIGEST" --json issue list weekly
[ "$(json "$work/out" '[i["issue"] for i in j]')" = \
    "['weekly/2', 'weekly/1']" ] || fail "numbers are not unique"
# The one that is open is drafted again, not the one that was brought back.
expect 0 at 11-27T11:00 "$DIGEST" issue draft weekly
says 'weekly/2'
expect 0 at 11-27T11:00 "$DIGEST" issue cancel weekly/2
expect 0 at 11-27T11:00 "$DIGEST" issue draft weekly
says 'weekly/1'
# A missed one never started either.
expect 0 at 11-28T07:00 "$DIGEST" issue schedule weekly/1 \
    --at '2026-11-28 08:00'
run 11-29T08:00
is weekly/1 missed
expect 0 at 11-29T09:00 "$DIGEST" issue restore weekly/1
is weekly/1 draft
# A started one is no draft again, however it ended.
expect 0 at 11-29T09:00 "$DIGEST" issue send weekly/1
is weekly/1 sent
expect 65 "$DIGEST" issue restore weekly/1
warns 'only one that never started can be restored'
sqlite3 digest.db "UPDATE issue SET state = 'cancelled' WHERE number = 1"
expect 65 "$DIGEST" issue restore weekly/1
warns 'only one that never started can be restored'
expect 65 "$DIGEST" issue unschedule weekly/1

# ---- at the same moment ----

# Whoever comes first decides: it is a draft and nobody gets it, or it went
# to everybody; and a run that came second has not failed.
begin races
for i in $(seq 1 12); do
    article 11-25T11:00 "race$i"
    expect 0 at 11-25T12:00 "$DIGEST" issue draft weekly --since 2020-01-01
    name=$(grep -o 'weekly/[0-9]*' "$work/out" | head -n 1)
    expect 0 at 11-25T12:00 "$DIGEST" issue schedule "$name" \
        --at '2026-11-25 13:00'
    before=$(mails ana@)
    at 11-25T13:00 "$DIGEST" run >run.out 2>run.err &
    runner=$!
    for ((turn = 0; turn < i * 40; turn++)); do :; done
    at 11-25T13:00 "$DIGEST" issue unschedule "$name" >/dev/null 2>un.err
    undone=$?
    wait $runner || fail "$name: the run failed: $(cat run.err)"
    # What the editor's process did is done.
    run 11-25T13:01
    if [ $undone = 0 ]; then
        drafts=$((${drafts:-0} + 1))
        is "$name" draft
        [ "$(mails ana@)" = "$before" ] || fail "$name: sent all the same"
        [ "$(sqlite3 digest.db "SELECT count(*) FROM delivery d JOIN issue i
            ON i.id = d.issue_id AND 'weekly/' || i.number = '$name'")" = 0 ] ||
            fail "$name: a draft with deliveries"
        expect 0 at 11-25T13:02 "$DIGEST" issue cancel "$name"
    else
        [ $undone = 65 ] || fail "$name: exit $undone: $(cat un.err)"
        is "$name" sent
        [ "$(mails ana@)" = $((before + 1)) ] || fail "$name: not sent"
    fi
done

# Killed in the middle, it is one or the other.
for i in $(seq 1 12); do
    article 11-25T11:00 "kill$i"
    expect 0 at 11-25T12:00 "$DIGEST" issue draft weekly --since 2020-01-01
    name=$(grep -o 'weekly/[0-9]*' "$work/out" | head -n 1)
    expect 0 at 11-25T12:00 "$DIGEST" issue schedule "$name" \
        --at '2026-11-25 13:00'
    env DIGEST_NOW=2026-11-25T12:30:00Z "$DIGEST" issue unschedule "$name" \
        >/dev/null 2>&1 &
    editor=$!
    for ((turn = 0; turn < i * 5000; turn++)); do :; done
    kill -9 $editor 2>/dev/null
    wait $editor 2>/dev/null
    case $(state "$name") in
    draft)
        took=$((${took:-0} + 1))
        [ "$(sqlite3 digest.db "SELECT count(*) FROM plan p JOIN issue i
            ON i.id = p.issue_id AND 'weekly/' || i.number = '$name'")" = 0 ] ||
            fail "$name: a draft with a plan"
        ;;
    scheduled) expect 0 at 11-25T12:31 "$DIGEST" issue unschedule "$name" ;;
    *) fail "$name: $(state "$name")" ;;
    esac
    run 11-25T13:00
    is "$name" draft
    expect 0 at 11-25T13:02 "$DIGEST" issue cancel "$name"
done
echo "unscheduled first in ${drafts:-0} of 12 races"
echo "done before the kill in ${took:-0} of 12"
echo "unscheduled, deleted, restored: nothing went out that was held back"
