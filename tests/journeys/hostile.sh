# A server that hangs up, drips, lies, refuses: at every stage the run ends
# as it should, says why, and nobody is lost or used up. LONG=1 in the
# environment adds what takes a minute of patience.
. "$(dirname "$0")/../support/lib.sh"
. "$here/certificates.sh"

certificates "$work/tls" || fail "no certificates"

# 40 recipients: reader1 to reader34, and between them those whom some of the
# servers refuse.
expect 0 "$DIGEST" init "$work/draft"
cd "$work/draft" || exit 1
printf 'transport: { url: "null:" }\nsite:\n  name: Test Post\n  base_url: https://news.example.org\n  postal_address: 1 Quay Street, Harbour Town\n' >digest.yaml
expect 0 "$DIGEST" newsletter create weekly --title 'Weekly Review' \
    --from 'Review <weekly@example.org>' --section World:3
add_article one World 1
expect 0 "$DIGEST" article import articles
others=(gone policy full later bare big)
# A list is taken in by its order of addresses, so each batch is one of its
# own: the refused ones come between the others.
for i in $(seq 0 6); do
    {
        echo email
        for j in $(seq $((i * 5 + 1)) $((i < 6 ? i * 5 + 5 : 34))); do
            echo "reader$j@example.org"
        done
    } >batch.csv
    expect 0 "$DIGEST" subscriber import batch.csv --newsletter weekly
    [ $i -ge 6 ] || expect 0 "$DIGEST" subscriber add \
        "${others[$i]}@example.org" --newsletter weekly
done
expect 0 "$DIGEST" issue draft weekly

# serve SCENARIO ARGUMENT...: the server, on $port, writing $record.
count=0
serve()
{
    count=$((count + 1))
    port=$(free_port)
    record=$work/record$count
    : >"$record"
    rm -f "$work/server.log"
    "$python" "$here/hostile_smtp.py" --port "$port" --record "$record" \
        --cert "$work/tls/good.pem" --key "$work/tls/good.key" \
        --scenario "$@" >"$work/server.log" 2>&1 &
    server=$!
    pids+=("$server")
    until_true 20 grep -qs ready "$work/server.log"
}

stop_server()
{
    kill "$server"
    wait "$server" 2>/dev/null
    [ "$(cat "$work/server.log")" = ready ] || {
        cp "$work/server.log" "$work/err"
        fail "$name: the server broke"
    }
}

use()
{
    sed -i "1s|.*|transport: { url: 'smtp://127.0.0.1:$port', $security, connections: $connections, pause_after: 5 }|" \
        digest.yaml
}

everybody=40

# states: sent, queued, deferred, failed, of the last run.
states()
{
    "$DIGEST" --json issue status weekly/1 >"$work/status" || fail "no status"
    json "$work/status" '("lost" if j["recipients"] != '$everybody' or
        j["sending"] or sum(j[k] for k in ("queued", "sent", "deferred",
        "failed", "skipped")) != j["recipients"] else " ".join(str(j[k]) for k in ("sent",
        "queued", "deferred", "failed")))'
}

got()
{
    [ "$(states)" = "$1" ] || fail "$name: $(states) and not $1"
}

# What the server took is what the ledger calls sent, and nothing twice.
took_what_was_sent()
{
    [ "$(cut -f1 "$record" | sort -u | wc -l)" = "$(states | cut -d' ' -f1)" ] &&
        [ "$(wc -l <"$record")" = "$(states | cut -d' ' -f1)" ] ||
        fail "$name: ledger and server disagree"
}

security='tls: none'
connections=2

# meet CODES SCENARIO [ARGUMENT...]: a fresh send to such a server; its exit
# code, $code, is one of CODES.
meet()
{
    local wanted=$1
    shift
    name=$1
    serve "$@"
    rm -rf "$work/folder"
    cp -r "$work/draft" "$work/folder"
    cd "$work/folder" || exit 1
    use
    "$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" </dev/null
    code=$?
    case " $wanted " in
    *" $code "*) ;;
    *) fail "$name: exit $code instead of $wanted" ;;
    esac
}

# Good servers with odd manners.
for scenario in good many-lines bare pieces together slow bald; do
    meet 0 $scenario
    got '40 0 0 0'
    took_what_was_sent
    stop_server
done

# Nothing was offered to the server, or it said nothing of it: nobody is
# touched, and the error says what happened and what to look at.
while read -r code scenario text; do
    meet "$code" "$scenario"
    warns "smtp://127.0.0.1:$port"
    warns "$text"
    got '0 40 0 0'
    took_what_was_sent
    stop_server
done <<'LIST'
75 drop-connect broke the connection off
75 drop-greeting broke the connection off
75 drop-ehlo broke the connection off
75 drop-mail the server closed the connection
69 shut-greeting 554 5.7.1 we don't talk to you
75 busy-greeting 421 4.3.2 come back later
75 letters can't be understood
75 mixed can't be understood
75 binary can't be understood
LIST

# It broke off in the middle: the one on each connection is tried again
# later (after half an hour where the final dot may have reached it), nobody
# else is touched; a good server then gets all.
while read -r scenario text; do
    meet 75 "$scenario"
    warns "smtp://127.0.0.1:$port"
    warns "$text"
    case $(states) in
    '0 39 1 0' | '0 38 2 0') ;;
    *) fail "$scenario: $(states)" ;;
    esac
    took_what_was_sent
    stop_server
    serve good
    use
    DIGEST_NOW=$(date -u -d '+35 minutes' +%Y-%m-%dT%H:%M:%SZ) \
        expect 0 "$DIGEST" issue send weekly/1
    got '40 0 0 0'
    took_what_was_sent
    stop_server
done <<'LIST'
drop-rcpt closed the connection
drop-data closed the connection
drop-body closed the connection
nonsense can't be understood
long-line can't be understood
endless can't be understood
unasked said something unasked
wrong-code doesn't fit the command
LIST

# It does so once, and then works: this run goes on, or the next does.
for scenario in drop-connect drop-greeting drop-ehlo drop-mail busy-greeting \
    letters; do
    meet '0 75' $scenario --times 1
    case $code in
    75)
        got '0 40 0 0'
        expect 0 "$DIGEST" issue send weekly/1
        ;;
    esac
    got '40 0 0 0'
    took_what_was_sent
    stop_server
done

# 421 in the middle slows it down and loses nobody.
meet 0 busy-mail --times 2
got '40 0 0 0'
took_what_was_sent
stop_server
meet 75 busy --times 2
case $(states) in
'39 0 1 0' | '38 0 2 0') ;;
*) fail "busy: $(states)" ;;
esac
took_what_was_sent
expect 0 "$DIGEST" issue status weekly/1 --failed
says '421 enough of you'
DIGEST_NOW=$(date -u -d '+15 minutes' +%s) \
    expect 0 "$DIGEST" issue send weekly/1
got '40 0 0 0'
took_what_was_sent
stop_server

# No answer after the final dot: once more after half an hour, with the same
# Message-ID, and then it is over.
meet 75 drop-final-each
[ "$(states | cut -d' ' -f2,4)" = '0 0' ] || fail "unknown: $(states)"
unknown=$(states | cut -d' ' -f3)
[ "$unknown" -gt 0 ] && [ "$(wc -l <"$record")" = 40 ] ||
    fail "unknown: $(states)"
DIGEST_NOW=$(date -u -d '+29 minutes' +%s) \
    expect 75 "$DIGEST" issue send weekly/1
[ "$(wc -l <"$record")" = 40 ] || fail "tried again too early"
stop_server
before=$record
serve drop-final
use
DIGEST_NOW=$(date -u -d '+31 minutes' +%s) "$DIGEST" issue send weekly/1 \
    >"$work/out" 2>"$work/err"
[ "$(states | cut -d' ' -f4)" -gt 0 ] || fail "unknown: $(states)"
expect 0 "$DIGEST" issue status weekly/1 --failed
says 'outcome unknown'
while read -r line; do
    grep -qxF "$line" "$before" || fail "a new Message-ID: $line"
done <"$record"
stop_server

# Refusals are told apart.
for scenario in refusing refusing-slowly refuse-rset; do
    meet 75 $scenario
    took_what_was_sent
    got '34 0 3 3'
    expect 0 "$DIGEST" --json issue status weekly/1 --failed
    [ "$(json "$work/out" 'sorted((r["email"].split("@")[0], r["state"],
        r["code"], r["status"]) for r in j)')" = "[('bare', 'failed', 550, ''), ('big', 'deferred', 552, '5.3.4'), ('full', 'deferred', 452, '4.2.2'), ('gone', 'failed', 550, '5.1.1'), ('later', 'deferred', 451, '4.7.1'), ('policy', 'failed', 550, '5.7.1')]" ] ||
        fail "$scenario: the replies"
    # Only where the address is at fault does the roster hear of it.
    expect 0 "$DIGEST" --json subscriber show gone@example.org
    [ "$(json "$work/out" 'j["subscriptions"][0]["state"]')" = bounced ] ||
        fail "$scenario: gone@ is still active"
    for other in policy bare full big; do
        expect 0 "$DIGEST" --json subscriber show $other@example.org
        [ "$(json "$work/out" 'j["subscriptions"][0]["state"]')" = active ] ||
            fail "$scenario: $other@ is off the list"
    done
    stop_server
done
meet 75 refusing-afterwards
got '38 0 1 1'
took_what_was_sent
stop_server
meet 0 long-refusal
got '39 0 0 1'
expect 0 "$DIGEST" issue status weekly/1 --failed
! grep -q "$(printf '\033')" "$work/out" || fail "the reply's escape sequence"
stop_server

# What the server can't do.
expect 0 "$DIGEST" -C "$work/draft" subscriber add 'jürgen@example.org' \
    --newsletter weekly
everybody=41
meet 0 ascii
got '40 0 0 1'
took_what_was_sent
expect 0 "$DIGEST" issue status weekly/1 --failed
says 'not supported by relay'
stop_server
meet 0 good
got '41 0 0 0'
stop_server
meet 69 small
[ "$(wc -l <"$record")" = 0 ] || fail "sent more than the server takes"
warns 'takes at most 1000'
case $(states) in '0 '*' 0') ;; *) fail "small: $(states)" ;; esac
stop_server

# TLS: taken out of the offer, refused, or with words slipped in before it.
security="ca_file: $work/tls/ca.pem"
meet 0 start-tls
got '41 0 0 0'
stop_server
for scenario in stripped refuse-tls; do
    meet 69 $scenario
    warns STARTTLS
    got '0 41 0 0'
    took_what_was_sent
    stop_server
done
meet '69 75' smuggled
warns "smtp://127.0.0.1:$port"
got '0 41 0 0'
took_what_was_sent
stop_server
security='tls: none'

# A list whose oldest addresses are dead: that isn't the relay's fault.
meet 0 dead-in-a-row
got '22 0 0 19'
took_what_was_sent
stop_server

# Refuses everybody: nobody is used up, nobody is off the list.
[ -z "${LONG:-}" ] || long='refuse-later 69 550 5.7.1 over your quota'
connections=1
while read -r scenario code text; do
    [ -n "$scenario" ] || continue
    meet "$code" "$scenario"
    warns "127.0.0.1:$port"
    warns "$text"
    took_what_was_sent
    [ "$(states | cut -d' ' -f4)" = 0 ] || fail "$scenario: $(states)"
    expect 0 "$DIGEST" --json subscriber list
    [ "$(json "$work/out" 'sum(s["state"] == "active" for r in j for s in
        r["subscriptions"])')" = 41 ] || fail "$scenario: off the list"
    stop_server
    serve good
    use
    DIGEST_NOW=$(date -u -d '+1 hour' +%s) \
        expect 0 "$DIGEST" issue send weekly/1
    got '41 0 0 0'
    stop_server
done <<LIST
refuse-all 69 550 5.7.1 sender is listed
refuse-all-dead 69 550 5.1.1 no such user
refuse-all-later 75 451 4.3.0 out of order
${long:-}
LIST
