# Sourced by journeys. $DIGEST is the program; each journey has a folder of
# its own, $work, which is removed at its end. Servers are stopped by their
# process id. Nothing sleeps in place of a condition.

set -u
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(cd -- "$here/../.." && pwd)
: "${DIGEST:=$root/build/digest}"
tools=$root/build-tools
python=/usr/bin/python3

[ -x "$DIGEST" ] || {
    echo "$DIGEST: not there; build it first" >&2
    exit 1
}

work=$(mktemp -d "${TMPDIR:-/tmp}/digest-journey-XXXXXX")
pids=()

cleanup()
{
    local pid
    for pid in "${pids[@]:-}"; do
        [ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    chmod -R u+w "$work" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT

fail()
{
    echo "FAILED at line ${BASH_LINENO[0]} (called from ${BASH_LINENO[*]}): $*"
    [ -s "$work/out" ] && sed 's/^/  out: /' "$work/out"
    [ -s "$work/err" ] && sed 's/^/  err: /' "$work/err"
    for log in "$work"/smtp.log "$work"/sink.log "$work"/faulty.err; do
        [ -s "$log" ] && tail -n 20 "$log" | sed 's/^/  server: /'
    done
    exit 1
}

# expect CODE COMMAND...: runs it with its output in $work/out and
# $work/err, and holds it to the exit code.
expect()
{
    local wanted=$1 code
    shift
    "$@" >"$work/out" 2>"$work/err" </dev/null
    code=$?
    [ "$code" = "$wanted" ] || fail "exit $code instead of $wanted: $*"
}

# says TEXT, warns TEXT: the last command's output, or messages, hold it.
says()
{
    grep -qF -- "$1" "$work/out" || fail "the output lacks: $1"
}

warns()
{
    grep -qF -- "$1" "$work/err" || fail "the messages lack: $1"
}

says_not()
{
    ! grep -qF -- "$1" "$work/out" || fail "the output has: $1"
}

# until_true SECONDS COMMAND...: polls, up to a limit that only a fault
# reaches.
until_true()
{
    local limit=$1 deadline
    shift
    deadline=$((SECONDS + limit))
    until "$@"; do
        [ $SECONDS -lt $deadline ] || fail "never came true: $*"
        sleep 0.05
    done
}

# json FILE EXPRESSION: evaluates Python on the value `j` and prints it.
json()
{
    "$python" -c 'import json,sys
j = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2" || fail "no such JSON: $2"
}

# A port below those that the system gives to connections on their way out:
# nothing takes it before the server does that it is for.
free_port()
{
    "$python" -c 'import random, socket
while True:
    port = random.randrange(20000, 32000)
    with socket.socket() as s:
        if s.connect_ex(("127.0.0.1", port)):
            break
print(port)'
}

answers()
{
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# start_smtp ARGUMENT...: a real SMTP server (aiosmtpd); $smtp_port is its
# port, messages go to $work/received.
start_smtp()
{
    rm -f "$work/smtp.port"
    "$python" "$here/smtp_server.py" --port-file "$work/smtp.port" \
        --out "$work/received" "$@" >"$work/smtp.log" 2>&1 &
    pids+=($!)
    until_true 20 test -s "$work/smtp.port"
    smtp_port=$(cat "$work/smtp.port")
}

# start_sink ARGUMENT...: postfix's smtp-sink, on $sink_port; it drops what
# it gets.
start_sink()
{
    local as=()
    [ "$(id -u)" != 0 ] || as=(-u nobody)
    sink_port=$(free_port)
    "$tools/smtp-sink" "${as[@]}" "$@" "127.0.0.1:$sink_port" 100 \
        >"$work/sink.log" 2>&1 &
    pids+=($!)
    until_true 20 answers "$sink_port"
}

# start_faulty ARGUMENT...: a server with faults (faulty_smtp.py --list), on
# $faulty_port; it records what it took in $work/faulty.record and what it
# was told in $work/faulty.log.
start_faulty()
{
    rm -f "$work/faulty.port"
    "$python" "$here/faulty_smtp.py" --port-file "$work/faulty.port" \
        --record "$work/faulty.record" --log "$work/faulty.log" "$@" \
        >"$work/faulty.err" 2>&1 &
    pids+=($!)
    until_true 20 test -s "$work/faulty.port"
    faulty_port=$(cat "$work/faulty.port")
}

# stop_last: ends the server that was started last.
stop_last()
{
    local last=$((${#pids[@]} - 1))
    kill "${pids[$last]}" && wait "${pids[$last]}" 2>/dev/null
    unset "pids[$last]"
}

# make_folder NAME [YAML]: a working folder with one newsletter, four
# articles in two categories and three subscribers; it becomes the current
# folder.
make_folder()
{
    expect 0 "$DIGEST" init "$work/$1"
    cd "$work/$1" || exit 1
    printf '%s\n' "${2:-transport: { url: maildir:outbox \}}" >digest.yaml
    cat >>digest.yaml <<'YAML'
site:
  name: Test Post
  base_url: https://news.example.org
  postal_address: 1 Quay Street, Harbour Town
YAML
    expect 0 "$DIGEST" newsletter create weekly --title 'Weekly Review' \
        --from 'Review <weekly@example.org>' --reply-to desk@example.org \
        --section World:3 --section Science:3
    add_article one World 1
    add_article two World 2
    add_article three Science 3
    add_article four Science 4
    expect 0 "$DIGEST" article import articles
    expect 0 "$DIGEST" subscriber add ana@example.org --newsletter weekly \
        --name 'Ana Sousa'
    expect 0 "$DIGEST" subscriber add juergen@example.org \
        --newsletter weekly --name 'Jürgen Groß'
    expect 0 "$DIGEST" subscriber add omar@example.org --newsletter weekly \
        --categories Science
}

# add_article NAME CATEGORY HOURS-AGO
add_article()
{
    mkdir -p articles
    cat >"articles/$1.md" <<MD
---
title: Story $1
date: $(date -u -d "$3 hours ago" +%Y-%m-%dT%H:%M:%SZ)
author: Ines Castelo
category: $2
url: https://example.org/$1
summary: What story $1 is about, in a sentence.
---

The first paragraph of story $1, with **weight** and a
[link](https://example.org/more).
MD
}
