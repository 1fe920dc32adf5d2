# Requests whose end, or whose host, a proxy and the server could see
# differently: each is refused with one answer, and what stands behind it is
# nobody's request. One client that holds connections open keeps no other out.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
"$python" - outbox/new/* >"$work/link" <<'PY'
import re, sys
text = open(sys.argv[1]).read().replace("=\n", "")
print(re.search(r"https://[^/]+(/u/[-_A-Za-z0-9]+)", text)[1])
PY
[ -s "$work/link" ] || fail "no link"

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"
expect 0 "$python" "$here/framing.py" "$port" digest.db "$(cat "$work/link")"
! grep -qi 'error' "$work/serve.log" || {
    cat "$work/serve.log"
    fail "the server took harm"
}
