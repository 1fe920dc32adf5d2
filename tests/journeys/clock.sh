# A machine whose clock jumps ahead, by an hour or a year, and is set right:
# nobody is locked out, nothing waits for the wrong clock, and nothing is given
# up that was hardly tried. The clock of a running server is moved by the test.
. "$(dirname "$0")/../support/lib.sh"

export DIGEST_NOW=@$work/ahead
hour=3600
year=$((365 * 86400))
ahead()
{
    printf '%s\n' "$1" >"$work/ahead.new"
    mv "$work/ahead.new" "$work/ahead"
}
ahead 0

start_smtp --reject 'slow@=451 4.3.0 later'
slow_port=$smtp_port
start_smtp
good_port=$smtp_port
via()
{
    sed -i "s|^transport: .*|transport: { url: \"smtp://127.0.0.1:$1\", tls: none }|" digest.yaml
}
make_folder folder "transport: { url: 'smtp://127.0.0.1:$slow_port', tls: none }"
expect 0 "$DIGEST" subscriber add slow@example.org --newsletter weekly

# deferred: when the one delivery that waits is tried again, from now on.
sql()
{
    "$python" - "$1" <<'PY'
import sqlite3, sys
print(sqlite3.connect('digest.db').execute(sys.argv[1]).fetchone()[0])
PY
}
waits()
{
    [ "$(sql "SELECT count(*) FROM delivery WHERE state = 'deferred'")" = 1 ]
}

# ---- deliveries ----

expect 0 "$DIGEST" issue draft weekly
ahead $year
"$DIGEST" issue send weekly >"$work/out" 2>"$work/err"
waits || fail "nobody was deferred"
ahead 0
[ "$(sql "SELECT max(next_at) - $(date +%s) FROM delivery")" -gt 86400 ] ||
    fail "the clock wasn't ahead"
via "$good_port"
"$DIGEST" issue send weekly >"$work/out" 2>"$work/err" ||
    fail "not sent: $(cat "$work/err")"
says 'Sent weekly/1 to 4 of 4'

# Tried once, then a year on: it is tried again, and again an hour later.
via "$slow_port"
add_article five World 1
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly --since 2020-01-01
"$DIGEST" issue send weekly >"$work/out" 2>"$work/err"
waits || fail "nobody was deferred"
for jump in $year $((year + hour)) $((2 * year)); do
    ahead "$jump"
    "$DIGEST" issue send weekly >"$work/out" 2>"$work/err"
    waits || fail "given up after a jump: $(cat "$work/out")"
done
ahead 0
via "$good_port"
expect 0 "$DIGEST" run
expect 0 "$DIGEST" --json issue status weekly
[ "$(json "$work/out" 'j["sent"]')" = 3 ] || fail "not sent: $(cat "$work/out")"

# ---- notices, sources, jobs and leases ----

ahead $year
via "$slow_port"
expect 0 "$DIGEST" subscriber add slow@pending.example.org \
    --newsletter weekly --pending
mkdir -p more
expect 0 "$DIGEST" source add more
"$DIGEST" run >"$work/out" 2>"$work/err"
[ "$(sql "SELECT count(*) FROM notice WHERE state = 'deferred'")" = 1 ] ||
    fail "no notice was deferred"
via "$good_port"
ahead 0
printf -- '---\ntitle: Late\ndate: %s\nurl: https://e.org/late\n---\nText.\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >more/late.md
expect 0 "$DIGEST" run
[ "$(sql "SELECT count(*) FROM notice WHERE state <> 'sent'")" = 0 ] ||
    fail "a notice waits for the wrong clock"
expect 0 "$DIGEST" article search Late
says 'Late'
[ "$(sql "SELECT max(next_at) - $(date +%s) FROM job")" -lt 86500 ] ||
    fail "a job waits for the wrong clock"
[ "$(sql "SELECT max(expires_at) - $(date +%s) FROM lease")" -lt 86400 ] ||
    fail "a lease is held by the wrong clock"

# ---- the desk and the pages, served all the while ----

printf 'correct horse battery\n' >pw
"$DIGEST" editor add ada@example.org --name Ada <pw >"$work/out" 2>&1 ||
    fail "no editor"
port=$(free_port)
sed -i 's|^  base_url: .*|  base_url: http://127.0.0.1:'"$port|" digest.yaml
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.out" \
    2>"$work/serve.err" &
pids+=($!)
until_true 20 answers "$port"
base=http://127.0.0.1:$port

# door JAR: signs in; prints the status.
door()
{
    local door=$(curl -s -c "$1" -b "$1" "$base/desk/sign-in" |
        grep -o 'name="door" value="[^"]*"' | cut -d'"' -f4)
    curl -s -o "$work/page" -w '%{http_code}\n' -c "$1" -b "$1" \
        --data-urlencode "door=$door" \
        --data-urlencode email=ada@example.org \
        --data-urlencode password='correct horse battery' \
        -H "Origin: $base" "$base/desk/sign-in"
}
desk()
{
    curl -s -o "$work/page" -w '%{http_code}\n' -b "$1" "$base/desk/"
}
[ "$(door "$work/jar.before")" = 303 ] || fail "can't sign in"
for jump in $hour $year; do
    ahead "$jump"
    [ "$(door "$work/jar.$jump")" = 303 ] || fail "$jump: can't sign in"
    [ "$(desk "$work/jar.$jump")" = 200 ] || fail "$jump: not at the desk"
    ahead 0
    [ "$(desk "$work/jar.$jump")" = 200 ] ||
        fail "$jump: signed out when the clock was set right"
    [ "$(door "$work/jar.again.$jump")" = 303 ] ||
        fail "$jump: locked out when the clock was set right"
done
[ "$(desk "$work/jar.before")" = 200 ] || fail "signed out by the jump"
