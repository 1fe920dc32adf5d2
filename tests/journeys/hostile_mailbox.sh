# A bounce mailbox on a server that means no good: it talks without end, or
# hardly at all. It gets neither memory nor time for it, what it said before
# counts, and a signal is answered whatever it does.
. "$(dirname "$0")/../support/lib.sh"
. "$here/certificates.sh"

certificates "$work/tls" || fail "no certificates"
make_folder folder
printf 'secret\n' >pw
chmod 600 pw

# meet PROTOCOL TRICK: a server, and a fresh configuration for it.
meet()
{
    rm -f "$work/port" "$work/said"
    "$python" "$here/hostile_mailbox.py" "$1" "$2" "$work/tls/good.pem" \
        "$work/tls/good.key" "$work/port" "$work/said" >"$work/server.log" 2>&1 &
    pids+=($!)
    server=$!
    until_true 20 test -s "$work/port"
    cat >digest.yaml <<YAML
site: { name: Post, postal_address: 1 Quay Street }
transport: { url: "maildir:outbox" }
bounces:
  address: bounces@example.org
  mailbox: "${1}s://user@localhost:$(cat "$work/port")"
  password_file: pw
  ca_file: $work/tls/ca.pem
YAML
    chmod 644 digest.yaml
}

part()
{
    kill "$server"
    wait "$server" 2>/dev/null
    return 0
}

# Runs a poll; the most memory that it and its reader had, in KB, to
# $work/memory.
cat >"$work/measure.py" <<'PY'
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(
    "%d\n" % resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
PY

sanitized=
if grep -q __asan_init "$DIGEST"; then
    sanitized=yes
    echo "memory isn't held to a limit: AddressSanitizer takes its own"
fi

# ---- one that talks without end ----

for protocol in imap pop3; do
    for trick in greeting list mail lines; do
        meet $protocol $trick
        expect 75 "$python" "$work/measure.py" "$work/memory" \
            "$DIGEST" mailbox poll
        [ $trick = lines ] || warns 'says more than a mailbox can hold'
        until_true 20 test -s "$work/said"
        # 64 MB for a mail, much less for all else; what lies in the buffers
        # of two sockets comes on top.
        most=16
        [ $trick != mail ] && [ $trick != lines ] || most=90
        said=$(($(cat "$work/said") >> 20))
        [ "$said" -le "$most" ] ||
            fail "$protocol, $trick: it could say $said MB"
        echo "$protocol, $trick: said $said MB, memory $(($(cat "$work/memory") >> 10)) MB"
        [ -n "$sanitized" ] || [ "$(($(cat "$work/memory") >> 10))" -lt 400 ] ||
            fail "$protocol, $trick: $(cat "$work/memory") KB of memory"
        [ $trick != mail ] || says '1 kept aside'
        part
    done
done

# ---- one that hardly talks: a signal is answered all the same ----

for protocol in imap pop3; do
    for trick in silent slow-greeting slow-list slow-mail; do
        meet $protocol $trick
        "$DIGEST" mailbox poll >"$work/out" 2>"$work/err" &
        poll=$!
        pids+=($poll)
        until_true 20 test -s "$work/said"
        began=$(date +%s%N)
        kill -TERM $poll
        wait $poll
        code=$?
        [ "$code" = 75 ] || fail "$protocol, $trick: exit $code after SIGTERM"
        echo "$protocol, $trick: ended after $((($(date +%s%N) - began) / 1000000)) ms"
        warns "stopped; what wasn't read yet is read next time"
        part
    done
done

# ---- one that is read to its end, but never says goodbye ----

meet imap goodbye
expect 0 "$DIGEST" mailbox poll
until_true 20 test -s "$work/said"
part
meet imap no-uidnext
expect 0 "$DIGEST" --json mailbox poll
[ "$(json "$work/out" 'j["read"]')" = 2 ] || fail "not both were read"
part
