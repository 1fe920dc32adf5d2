# `digest run`, as cron has it: an empty environment, no terminal, another
# folder; silent with nothing to do; it carries on what was deferred, and
# sends the outbox.
. "$(dirname "$0")/../support/lib.sh"

start_smtp --reject 'busy@=451 4.7.1 come back later'
make_folder folder "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }"
expect 0 "$DIGEST" subscriber add busy@example.org --newsletter weekly
expect 0 "$DIGEST" issue draft weekly
expect 75 "$DIGEST" issue send weekly

# at SECONDS: the scheduler, turned that much later.
at()
{
    expect "$1" env -i DIGEST_NOW="$(($(date +%s) + $2))" \
        ASAN_OPTIONS="${ASAN_OPTIONS:-}" \
        sh -c "cd / && exec '$DIGEST' -C '$work/folder' run"
}

at 0 1
[ ! -s "$work/out" ] && [ ! -s "$work/err" ] || fail "not silent"
[ "$(ls "$work/received" | grep -c eml)" = 3 ] || fail "sent what wasn't due"

# The reader's server is in a better mood an hour later.
kill "${pids[0]}"
wait "${pids[0]}" 2>/dev/null
start_smtp
sed -i "1s|127.0.0.1:[0-9]*|127.0.0.1:$smtp_port|" digest.yaml
at 0 3600
says 'sent 1'
expect 0 "$DIGEST" --json issue status weekly/1
[ "$(json "$work/out" 'j["state"], j["sent"]')" = "('sent', 4)" ] ||
    fail "not carried on"
at 0 3700
[ ! -s "$work/out" ] && [ ! -s "$work/err" ] || fail "not silent at the end"

# With the relay gone a job fails, and the exit code says so.
sed -i "1s|127.0.0.1:[0-9]*|127.0.0.1:$(free_port)|" digest.yaml
expect 0 "$DIGEST" subscriber add new@example.org --newsletter weekly --pending
at 75 3800
warns 'sending the outbox'

# Bounces are read, from a mailbox that is named from digest.yaml's folder;
# a while apart, not at each turn.
mkdir -p back/new back/cur back/tmp
sed -i '1s|.*|transport: { url: maildir:outbox }|' digest.yaml
echo 'bounces: { address: bounces@example.org, mailbox: maildir:back }' \
    >>digest.yaml
printf 'From: x@example.org\nSubject: hello\nMessage-ID: <1@x>\n\nHello.\n' \
    >back/new/one
at 0 7400
[ -z "$(ls back/new)" ] || fail "the mailbox was not read"
expect 0 "$DIGEST" mailbox review
says x@example.org
printf 'From: y@example.org\nSubject: hello\nMessage-ID: <2@x>\n\nHello.\n' \
    >back/new/two
at 0 7460
[ -n "$(ls back/new)" ] || fail "the mailbox was read again at once"
at 0 7700
[ -z "$(ls back/new)" ] || fail "the mailbox was not read again"

# A clock that ran years ahead, and was put right: the jobs go on, and what was
# taken for missed is to come.
expect 0 "$DIGEST" newsletter schedule weekly --every 'friday 07:00' --grace 90m
at 0 100000000
says 'were missed'
says 'the grace of 90m'
at 0 7800
says 'The clock was set back'
printf 'From: z@example.org\nSubject: hello\nMessage-ID: <3@x>\n\nHello.\n' \
    >back/new/three
at 0 8200
[ -z "$(ls back/new)" ] || fail "the mailbox waits for the wrong clock"
expect 0 env DIGEST_NOW="$(($(date +%s) + 8300))" "$DIGEST" --json run --explain
next=$(json "$work/out" \
    '[s["at"] for s in j if "the issue due" in s["what"]][0]')
[ "$(date -d "$next" +%s)" -lt "$(($(date +%s) + 8 * 86400))" ] ||
    fail "the schedule waits for the wrong clock: $next"
