# Several relays: weights, one that is down, dies, or refuses everybody; the
# pace over a restart; a database that is locked; who failed, tried again.
. "$(dirname "$0")/../support/lib.sh"

make_folder base 'transport: { url: "null:" }'
"$python" -c 'print("email,name")
for i in range(57):
    print("reader%d@example.org,Reader %d" % (i, i))' >many.csv
expect 0 "$DIGEST" subscriber import many.csv --newsletter weekly
expect 0 "$DIGEST" issue draft weekly

# relay NAME ARGUMENT...: a server; its port becomes $port, and what it takes
# stands in $work/NAME.record.
relay()
{
    local name=$1
    shift
    rm -f "$work/$name".*
    "$python" "$here/faulty_smtp.py" --port-file "$work/$name.port" \
        --record "$work/$name.record" "$@" >"$work/$name.err" 2>&1 &
    relay_pid=$!
    pids+=($!)
    until_true 20 test -s "$work/$name.port"
    port=$(cat "$work/$name.port")
    : >"$work/$name.record"
}

# fresh YAML: a copy with this as its transport; it becomes the current folder.
fresh()
{
    rm -rf "$work/run"
    cp -r "$work/base" "$work/run" && cd "$work/run" || exit 1
    sed -i "1s|.*|transport: $1|" digest.yaml
}

counts()
{
    "$DIGEST" --json issue status weekly/1 >"$work/status" 2>"$work/err" ||
        fail "no status"
    json "$work/status" "[$(printf 'j["%s"],' "$@")]"
}

took()
{
    cat "$@" | sort -u | wc -l
}

all_once()
{
    [ "$(cat "$work"/a.record "$work"/b.record | cut -d' ' -f1 | sort |
        uniq -c | awk '$1 == 1' | wc -l)" = 60 ] ||
        fail "not everybody once: $*"
}

# ---- by weight: a message takes longer than to connect, so that both work

rm -f "$work"/b.*
relay a --delay 20 --also "$work/b.port" "$work/b.record"
a="url: 'smtp://127.0.0.1:$port', tls: none, connections: 2"
b="url: 'smtp://127.0.0.1:$(cat "$work/b.port")', tls: none, connections: 2"
fresh "[{ $a, weight: 3 }, { $b }]"
expect 0 "$DIGEST" issue send weekly/1
all_once "by weight"
share=$(took "$work/a.record")
[ "$share" -ge 38 ] && [ "$share" -le 52 ] || fail "$share of 60 by weight 3:1"

# ---- one is down: the other has everybody ----

stop_last
relay b --delay 20
b="url: 'smtp://127.0.0.1:$port', tls: none, connections: 2"
: >"$work/a.record"
fresh "[{ url: 'smtp://127.0.0.1:$(free_port)', tls: none }, { $b }]"
expect 0 "$DIGEST" issue send weekly/1
all_once "one is down"

# ---- one dies while it works ----

relay a --delay 30
a="url: 'smtp://127.0.0.1:$port', tls: none, connections: 2"
dying=$relay_pid
: >"$work/b.record"
fresh "[{ $a }, { $b, rate: 10 }]"
"$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" &
sender=$!
has_taken()
{
    [ "$(took "$work/$1.record")" -ge "$2" ]
}
until_true 30 has_taken a 5
kill "$dying"
wait "$sender"
code=$?
case $code in 0 | 75) ;; *) fail "exit $code when a relay died" ;; esac
[ "$(counts failed)" = '[0]' ] || fail "somebody was given up"
[ "$(counts deferred queued)" = '[0, 0]' ] ||
    DIGEST_NOW=$(($(date +%s) + 40 * 60)) expect 0 "$DIGEST" issue send weekly/1
[ "$(cat "$work"/?.record | cut -d' ' -f1 | sort -u | wc -l)" = 60 ] ||
    fail "somebody was missed when a relay died"

# ---- one refuses everybody: the other, which greets when that is clear, has
# them all ----

relay a --fault refuse@rcpt --log "$work/a.log"
a="url: 'smtp://127.0.0.1:$port', tls: none, connections: 2"
relay b --fault held@banner --hold "$work/refused"
b="url: 'smtp://127.0.0.1:$port', tls: none, connections: 2"
has_refused()
{
    [ "$(grep -c '"RCPT' "$work/a.log")" -ge "$1" ]
}
fresh "[{ $a, pause_after: 5 }, { $b }]"
"$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" &
sender=$!
until_true 60 has_refused 5
: >"$work/refused"
wait "$sender"
code=$?
[ "$code" = 0 ] || fail "exit $code where one relay of two refuses"
warns 'refuses message after message: 554 5.7.1 refused'
warns 'other relays took over'
[ "$(counts sent failed)" = '[60, 0]' ] || fail "refused: $(cat "$work/status")"
all_once "one refuses"

# ---- both refuse everybody: nobody is used up ----

relay b --fault refuse@rcpt
refusing="url: 'smtp://127.0.0.1:$port', tls: none, connections: 2"
fresh "[{ $a, pause_after: 5 }, { $refusing, pause_after: 5 }]"
expect 69 "$DIGEST" issue send weekly/1
[ "$(counts queued failed deferred)" = '[60, 0, 0]' ] ||
    fail "both refuse: $(cat "$work/status")"

# ---- a long row of them is refused, as those of one domain may be: the others
# have theirs, and the row comes to its end as well ----

row='ana@|juergen@|omar@|reader[0-3]'
# later_runs [WAITING]: the issue is sent again, an hour later each time, until
# it is through, or those who are queued and deferred are as many as that.
later_runs()
{
    local hour
    for hour in $(seq 80); do
        DIGEST_NOW=$(($(date +%s) + hour * 3600)) "$DIGEST" issue send \
            weekly/1 >"$work/out" 2>"$work/err"
        case $(counts state queued deferred) in
        "['sent', "* | "['sending', ${1:-none}]") break ;;
        esac
    done
}
relay a --fault refuse@rcpt --only "$row"
fresh "{ url: 'smtp://127.0.0.1:$port', tls: none, connections: 2 }"
expect 69 "$DIGEST" issue send weekly/1
[ "$(counts queued)" = '[60]' ] || fail "a row: $(cat "$work/status")"
later_runs
[ "$(counts state sent failed)" = "['sent', 23, 37]" ] ||
    fail "a row refused: $(cat "$work/status")"
[ "$(took "$work/a.record")" = 23 ] || fail "a row refused: not the others"

relay a --fault defer@rcpt --only "$row"
fresh "{ url: 'smtp://127.0.0.1:$port', tls: none, connections: 2 }"
expect 75 "$DIGEST" issue send weekly/1
[ "$(counts queued)" = '[60]' ] || fail "a row: $(cat "$work/status")"
later_runs '0, 37'
[ "$(counts state sent deferred)" = "['sending', 23, 37]" ] ||
    fail "a row deferred: $(cat "$work/status")"
later_runs
[ "$(counts state sent failed)" = "['sent', 23, 37]" ] ||
    fail "a row given up: $(cat "$work/status")"
expect 0 "$DIGEST" issue status weekly/1 --failed
says '451 try again later'

# ---- some fail, and are tried again when the fault is mended ----

relay a --fault refuse@rcpt --only 'reader[12]@'
a="url: 'smtp://127.0.0.1:$port', tls: none, connections: 2"
fresh "{ $a }"
expect 0 "$DIGEST" issue send weekly/1
[ "$(counts state sent failed)" = "['sent', 58, 2]" ] ||
    fail "two refused: $(cat "$work/status")"
expect 0 "$DIGEST" issue status weekly/1 --failed
says 'reader1@example.org'
says '554 refused'
expect 0 "$DIGEST" issue send weekly/1
says 'nothing is sent twice'
cp "$work/a.record" "$work/before"
stop_last
relay b
sed -i "1s|127.0.0.1:[0-9]*|127.0.0.1:$port|" digest.yaml
expect 0 "$DIGEST" issue send weekly/1 --retry-failed
[ "$(counts state sent failed)" = "['sent', 60, 0]" ] ||
    fail "tried again: $(cat "$work/status")"
[ "$(cut -d' ' -f1 "$work/b.record" | sort | xargs)" = \
    'reader1@example.org reader2@example.org' ] ||
    fail "others were mailed again"
expect 66 "$DIGEST" issue send weekly/1 --retry-failed
warns 'no delivery of it has failed'

# ---- the pace holds over a restart ----

relay a
fresh "{ url: 'smtp://127.0.0.1:$port', tls: none, rate: 3 }"
begun=$(date +%s%N)
for run in 1 2 3 4 5; do
    before=$(took "$work/a.record")
    "$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" &
    sender=$!
    until_true 30 has_taken a $((before + 3))
    kill "$sender"
    wait "$sender"
done
# Three at once, three a second, and not three more with each run.
"$python" -c 'import sys
taken, begun, now = map(int, sys.argv[1:])
sys.exit(taken > 3 + 3 * (now - begun) / 1e9 + 1)' \
    "$(took "$work/a.record")" "$begun" "$(date +%s%N)" ||
    fail "$(took "$work/a.record") in five runs"

# ---- the pace of all relays holds for whatever goes out ----

# Three at once, three a second, and not three more with each command.
relay a
fresh "{ url: 'smtp://127.0.0.1:$port', tls: none }"
printf 'pace: { rate: 3 }\n' >>digest.yaml
begun=$(date +%s%N)
for run in 1 2 3 4; do
    expect 0 "$DIGEST" issue test weekly --to t1@example.net t2@example.net \
        t3@example.net
    expect 0 "$DIGEST" subscriber add "asked$run@example.net" \
        --newsletter weekly --pending
    expect 0 "$DIGEST" run
done
"$python" -c 'import sys
taken, begun, now = map(int, sys.argv[1:])
sys.exit(taken != 16 or taken > 3 + 3 * (now - begun) / 1e9 + 1)' \
    "$(took "$work/a.record")" "$begun" "$(date +%s%N)" ||
    fail "$(took "$work/a.record") messages faster than the pace"

# ---- somebody else holds the database ----

relay a --delay 20
fresh "{ url: 'smtp://127.0.0.1:$port', tls: none, connections: 2 }"
"$DIGEST" issue send weekly/1 >"$work/out" 2>"$work/err" &
sender=$!
until_true 30 has_taken a 5
"$python" -c 'import os, sqlite3, sys, time
db = sqlite3.connect("digest.db", isolation_level=None, timeout=30)
db.execute("BEGIN IMMEDIATE")
open(sys.argv[1], "w").close()
while not os.path.exists(sys.argv[2]):
    time.sleep(0.02)' "$work/held" "$work/release" &
holder=$!
pids+=($holder)
until_true 30 test -e "$work/held"
wait "$sender"
code=$?
[ $code = 75 ] || fail "exit $code when the database was locked"
warns 'locked by another program'
: >"$work/release"
wait "$holder"
expect 0 "$DIGEST" issue send weekly/1
[ "$(counts state sent)" = "['sent', 60]" ] ||
    fail "after the lock: $(cat "$work/status")"
[ "$(cut -d' ' -f1 "$work/a.record" | sort -u | wc -l)" = 60 ] ||
    fail "somebody was missed after the lock"
[ "$(wc -l <"$work/a.record")" -le 62 ] ||
    fail "more than a repeat for each connection"
