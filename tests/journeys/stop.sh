# A server that falls silent, or is slow: how long it is waited for, how a send
# is stopped all the same, and who leaves meanwhile.
. "$(dirname "$0")/../support/lib.sh"

make_folder base 'transport: { url: "null:" }'
expect 0 "$DIGEST" issue draft weekly

# fresh KEYS: a copy that sends to the faulty server by one connection; it
# becomes the current folder.
fresh()
{
    rm -rf "$work/run"
    cp -r "$work/base" "$work/run" && cd "$work/run" || exit 1
    sed -i "1s|.*|transport: { url: 'smtp://127.0.0.1:$faulty_port', tls: none, connections: 1${1:+, }${1:-} }|" \
        digest.yaml
}

# counts FIELD...: of the issue, as a Python list.
counts()
{
    "$DIGEST" --json issue status weekly/1 >"$work/status" 2>"$work/err" ||
        fail "no status"
    json "$work/status" "[$(printf 'j["%s"],' "$@")]"
}

# why EMAIL: what the ledger says of somebody who did not get it.
why()
{
    expect 0 "$DIGEST" --json issue status weekly/1 --failed
    json "$work/out" "[r['reply'] for r in j if r['email'] == '$1']"
}

heard()
{
    grep -q "$1" "$work/faulty.log" 2>/dev/null
}

# ---- transport.timeout ----

while read -r stage text; do
    rm -f "$work"/faulty.*
    start_faulty --fault "silent@$stage"
    fresh 'timeout: 1s'
    expect 75 "$DIGEST" issue send weekly/1
    warns "$text"
    [ "$(counts sent queued failed)" = '[0, 3, 0]' ] ||
        [ "$(counts sent queued deferred failed)" = '[0, 2, 1, 0]' ] ||
        fail "silent at $stage: $(cat "$work/status")"
    stop_last
done <<'LIST'
banner the server connects and says nothing
ehlo the server stopped answering
mail no reply to a command in time
rcpt no reply to a command in time
data no reply to DATA in time
dot no reply after the message in time
LIST
[ "$(why ana@example.org)" = \
    "['no answer after the message was handed over']" ] ||
    fail "silent at the dot: $(cat "$work/out")"

printf 'transport: { url: "null:", timeout: soon }\n' >digest.yaml
expect 78 "$DIGEST" issue status weekly/1
warns 'digest.yaml:1: transport.timeout'

# ---- a first signal waits for the server, a second one doesn't ----

# stop_at STAGE: sends until the server is silent there, then stops it with
# signals, as somebody does who is in a hurry.
stop_at()
{
    rm -f "$work"/faulty.*
    start_faulty --fault "silent@$1" --times 1
    fresh
    "$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" &
    sender=$!
    until_true 30 heard "$2"
    until_true 30 gone_by TERM "$sender"
    wait "$sender"
    code=$?
    [ $code = 75 ] || fail "exit $code of a send that was stopped"
    grep -q '^Stopped' "$work/out" || fail "it doesn't say that it stopped"
}

gone_by()
{
    ! kill -"$1" "$2" 2>/dev/null
}

# Nothing was handed over: nobody was tried.
stop_at rcpt RCPT
[ "$(counts state sent queued deferred)" = "['sending', 0, 3, 0]" ] ||
    fail "stopped at RCPT: $(cat "$work/status")"
expect 0 "$DIGEST" issue send weekly/1
[ "$(wc -l <"$work/faulty.record")" = 3 ] || fail "not once each"
stop_last

# Handed over, and no answer yet: not before half an hour has passed, and the
# server is the same that may have taken it.
stop_at dot '"[.]"'
[ "$(counts state sent queued deferred)" = "['sending', 0, 2, 1]" ] ||
    fail "stopped at the dot: $(cat "$work/status")"
[ "$(why ana@example.org)" = \
    "['no answer after the message was handed over']" ] ||
    fail "stopped at the dot: $(cat "$work/out")"
expect 75 "$DIGEST" issue send weekly/1
[ "$(counts sent deferred)" = '[2, 1]' ] || fail "tried again too early"
DIGEST_NOW=$(($(date +%s) + 31 * 60)) expect 0 "$DIGEST" issue send weekly/1
stop_last

# `digest run` stops in the same way.
rm -f "$work"/faulty.*
start_faulty --fault silent@rcpt --times 1
fresh
"$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" &
sender=$!
until_true 30 heard RCPT
until_true 30 gone_by TERM "$sender"
wait "$sender"
rm -f "$work"/faulty.log
stop_last
start_faulty --fault silent@rcpt --times 1
sed -i "1s|127.0.0.1:[0-9]*|127.0.0.1:$faulty_port|" digest.yaml
"$DIGEST" run >"$work/out" 2>"$work/err" &
sender=$!
until_true 30 heard RCPT
until_true 30 gone_by INT "$sender"
wait "$sender"
code=$?
[ $code = 75 ] || fail "exit $code of a run that was stopped"
[ "$(counts state sending queued)" = "['sending', 0, 3]" ] ||
    fail "a run that was stopped: $(cat "$work/status")"
stop_last

# ---- paused or cancelled while the server is slow ----

for verb in pause cancel; do
    for offer in 8BITMIME PIPELINING,8BITMIME; do
        rm -f "$work"/faulty.*
        start_faulty --fault held@data --hold "$work/faulty.go" \
            --offer "$offer"
        fresh
        "$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" &
        sender=$!
        until_true 30 heard DATA
        expect 0 "$DIGEST" issue $verb weekly/1
        # It doesn't wait for what the server says.
        until_true 60 gone_by 0 "$sender"
        wait "$sender"
        : >"$work/faulty.go"
        [ "$(counts sent sending failed deferred)" = '[0, 0, 0, 0]' ] ||
            fail "$verb with $offer: $(cat "$work/status")"
        stop_last
        [ ! -s "$work/faulty.record" ] ||
            fail "$verb with $offer: one went out all the same"
    done
done

# ---- who leaves while the server is slow ----

for offer in 8BITMIME PIPELINING,8BITMIME; do
    rm -f "$work"/faulty.*
    start_faulty --fault held@data --only ana@ --hold "$work/faulty.go" \
        --offer "$offer"
    fresh
    "$DIGEST" -v issue send weekly/1 >"$work/out" 2>"$work/err" &
    sender=$!
    until_true 30 heard 'RCPT.*ana@'
    expect 0 "$DIGEST" subscriber unsubscribe ana@example.org
    : >"$work/faulty.go"
    wait "$sender"
    code=$?
    [ $code = 0 ] || fail "exit $code with $offer"
    [ "$(counts state sent skipped)" = "['sent', 2, 1]" ] ||
        fail "who left: $(cat "$work/status")"
    [ "$(why ana@example.org)" = "['unsubscribed before it was sent']" ] ||
        fail "who left: $(cat "$work/out")"
    ! grep -q ana@ "$work/faulty.record" || fail "ana left and got it"
    stop_last
done
