# A send that is killed, stopped, doubled, paused, starved of space or of its
# database: nobody is missed, and hardly anybody gets it twice.
# ROUNDS and RECIPIENTS in the environment make it longer; SEED repeats a run.
. "$(dirname "$0")/../support/lib.sh"

: "${ROUNDS:=2}" "${RECIPIENTS:=2000}" "${SEED:=$RANDOM}"
connections=6
echo "seed $SEED"

# start_recorder ARGUMENT...: the sink, on $sink_port, writing $record.
start_recorder()
{
    sink_port=$(free_port)
    record=$work/record-$sink_port
    "$python" "$here/recording_sink.py" --port "$sink_port" \
        --record "$record" "$@" >"$work/sink.log" 2>&1 &
    pids+=($!)
    until_true 20 answers "$sink_port"
    : >"$record"
}

# One folder with a draft, copied for each round.
make_folder draft 'transport: { url: "null:" }'
"$python" -c 'import sys
print("email,name")
for i in range(int(sys.argv[1]) - 3):
    print("reader%d@example.org,Reader %d" % (i, i))' "$RECIPIENTS" >many.csv
expect 0 "$DIGEST" subscriber import many.csv --newsletter weekly
expect 0 "$DIGEST" issue draft weekly

# fresh NAME: a copy that sends to the sink; it becomes the current folder.
fresh()
{
    cp -r "$work/draft" "${2:-$work}/$1" || fail "no copy"
    cd "${2:-$work}/$1" || exit 1
    sed -i "1s|.*|transport: { url: 'smtp://127.0.0.1:$sink_port', tls: none, connections: $connections }|" \
        digest.yaml
}

interrupted()
{
    "$python" "$here/interrupt.py" --record "$record" "$@"
}

# counts FIELD...: of the issue, as a Python list.
counts()
{
    "$DIGEST" --json issue status weekly/1 >"$work/status" 2>"$work/err" ||
        fail "no status"
    json "$work/status" "[$(printf 'j["%s"],' "$@")]"
}

adds_up()
{
    "$DIGEST" --json issue status weekly/1 >"$work/status" 2>"$work/err" ||
        fail "no status"
    [ "$(json "$work/status" 'sum(j[k] for k in ("queued", "sending",
        "sent", "deferred", "failed", "skipped")) == j["recipients"]')" \
        = True ] || fail "the states don't add up: $(cat "$work/status")"
}

taken()
{
    wc -l <"$record"
}

agrees()
{
    "$python" "$here/check_record.py" "$record" digest.db 1 "$1" \
        >"$work/out" || fail "ledger and sink disagree"
}

more_taken()
{
    [ "$(taken)" -gt "$1" ]
}

# ---- kill -9 at random instants ----

for round in $(seq "$ROUNDS"); do
    if [ $((round % 2)) = 1 ]; then start_recorder
    else start_recorder --no-pipelining; fi
    fresh "round$round"
    kills=0
    while [ $kills -lt 5 ]; do
        after=$("$python" -c 'import random, sys
print(random.Random(sys.argv[1]).randrange(int(sys.argv[2])))' \
            "$SEED.$round.$kills" $((RECIPIENTS / 5)))
        interrupted --after "$after" --seed "$SEED.$round.$kills" -- \
            "$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err"
        code=$?
        [ $code = 137 ] || break
        kills=$((kills + 1))
        adds_up
    done
    # Killed before it was started, it is a draft still.
    [ $code = 0 ] || expect 0 "$DIGEST" issue send weekly/1
    [ "$(counts state sent)" = "['sent', $RECIPIENTS]" ] ||
        fail "not sent after $kills kills"
    agrees $((kills * connections))
    echo "round $round, $kills kills: $(tail -n 1 "$work/out")"
    [ $kills -gt 0 ] || fail "no kill ever struck"
done

# What a killed run had under way is said to the one who goes on.
start_recorder --latency 20
fresh said
interrupted --after 10 -- "$DIGEST" issue send weekly/1 >"$work/out" \
    2>"$work/err"
[ $? = 137 ] || fail "not killed"
[ "$(counts sending)" != '[0]' ] || fail "nothing was under way"
interrupted --after 10 --signal TERM -- "$DIGEST" issue send weekly/1 \
    >"$work/out" 2>"$work/err"
warns 'may arrive twice'

# ---- SIGTERM and SIGINT: what is on the wire is finished ----

start_recorder
fresh term
for signal in TERM INT; do
    interrupted --after $((RECIPIENTS / 4)) --seed "$SEED.$signal" \
        --signal $signal -- "$DIGEST" issue send weekly/1 >"$work/out" \
        2>"$work/err"
    code=$?
    [ $code = 75 ] || fail "exit $code after SIG$signal"
    [ "$(counts state sending)" = "['sending', 0]" ] ||
        fail "not stopped cleanly by SIG$signal"
    adds_up
    [ "$(counts sent)" = "[$(taken)]" ] || fail "ledger and sink disagree"
done
expect 0 "$DIGEST" issue send weekly/1
agrees 0

# ---- two at once, one asleep, one overtaken ----

start_recorder --latency 20
fresh two
first=$(interrupted --stay --signal STOP --after 20 -- \
    "$DIGEST" issue send weekly/1 2>"$work/first.err" | head -n 1)
[ -n "$first" ] || fail "no first process"
pids+=("$first")
is_stopped()
{
    grep -q '^State:.T' "/proc/$first/status"
}
# Asleep between two transactions: in one, nobody else could write.
is_asleep()
{
    until_true 20 is_stopped
    "$python" -c 'import sqlite3, sys
db = sqlite3.connect("digest.db", isolation_level=None, timeout=0)
try:
    db.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError:
    sys.exit(1)' || { kill -CONT "$first"; kill -STOP "$first"; false; }
}
until_true 60 is_asleep
expect 75 "$DIGEST" issue send weekly/1
warns 'by another process'
# Without its lock file (as on another host) the second takes over by the
# lease, and the first, when it wakes, finds its fence outgrown.
rm -f digest.db.send-*.lock
latecomers()
{
    interrupted --after 20 --signal TERM -- "$DIGEST" issue send weekly/1 \
        >"$work/out" 2>"$work/err"
}
latecomers
[ $? = 75 ] || fail "the second did not take over"
kill -CONT "$first"
gone()
{
    ! kill -0 "$1" 2>/dev/null
}
until_true 60 gone "$first"
grep -q 'took over' "$work/first.err" || {
    cp "$work/first.err" "$work/err"
    fail "the first does not say that it was overtaken"
}
adds_up
expect 0 "$DIGEST" issue send weekly/1
agrees "$connections"

# ---- paused, resumed, cancelled from elsewhere ----

start_recorder --latency 20
fresh pause
"$DIGEST" issue send weekly/1 >"$work/sender.out" 2>"$work/sender.err" &
sender=$!
until_true 60 more_taken 20
expect 0 "$DIGEST" issue pause weekly/1
wait $sender
code=$?
[ $code = 75 ] || fail "exit $code of a send that was paused"
[ "$(counts state sending)" = "['paused', 0]" ] || fail "not paused"
[ "$(counts sent)" = "[$(taken)]" ] || fail "ledger and sink disagree"
adds_up
expect 65 "$DIGEST" issue send weekly/1
warns 'issue resume'
expect 0 "$DIGEST" issue resume weekly/1
"$DIGEST" issue send weekly/1 >"$work/sender.out" 2>"$work/sender.err" &
sender=$!
until_true 60 more_taken "$(($(taken) + 20))"
expect 0 "$DIGEST" issue cancel weekly/1
wait $sender
[ "$(counts state sending)" = "['cancelled', 0]" ] || fail "not cancelled"
[ "$(counts sent)" = "[$(taken)]" ] || fail "ledger and sink disagree"
adds_up
got=$(taken)
"$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" &&
    fail "a cancelled issue was sent"
[ "$(taken)" = "$got" ] || fail "a cancelled issue went out"

# ---- the database is gone: noticed at the sync of each second ----

start_recorder --latency 50
fresh gone
"$DIGEST" issue send weekly/1 >"$work/sender.out" 2>"$work/sender.err" &
sender=$!
until_true 60 more_taken 20
mkdir kept
mv digest.db* kept/
wait $sender
code=$?
cp "$work/sender.err" "$work/err"
[ $code = 74 ] || fail "exit $code when the database vanished"
warns digest.db
mv kept/digest.db* .
adds_up
[ "$(counts sent sending)" = "[$(taken), 0]" ] ||
    fail "ledger and sink disagree"
# The rest to a quicker sink, whose record goes on from the first's.
before=$record
start_recorder
cat "$before" >>"$record"
sed -i "1s|127.0.0.1:[0-9]*|127.0.0.1:$sink_port|" digest.yaml
# Those who were in the middle of it may have been deferred.
DIGEST_NOW=$(date -u -d '+15 minutes' +%s) \
    expect 0 "$DIGEST" issue send weekly/1
agrees 0

# ---- the disk is full ----

if [ "$(id -u)" != 0 ] || ! mkdir "$work/disk" ||
    ! mount -t tmpfs -o size=24m tmpfs "$work/disk" 2>"$work/err"; then
    echo "left out: a full disk, which needs root and a mount"
    exit 0
fi
trap 'umount -l "$work/disk"; cleanup' EXIT
start_recorder --latency 5
fresh folder "$work/disk"
"$DIGEST" issue send weekly/1 >"$work/sender.out" 2>"$work/sender.err" &
sender=$!
until_true 60 more_taken 20
# Until not a byte more fits.
dd if=/dev/zero of="$work/disk/filler" bs=64k >/dev/null 2>&1
dd if=/dev/zero of="$work/disk/filler2" bs=1 count=65536 >/dev/null 2>&1
wait $sender
code=$?
cp "$work/sender.err" "$work/err"
[ $code = 74 ] || fail "exit $code when the disk was full"
rm "$work/disk/filler" "$work/disk/filler2"
adds_up
DIGEST_NOW=$(date -u -d '+15 minutes' +%s) \
    expect 0 "$DIGEST" issue send weekly/1
agrees "$connections"
