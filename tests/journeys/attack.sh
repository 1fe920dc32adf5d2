# The public pages under attack: scanners that fetch every link, tokens that
# were cut or changed, robots in the forms, slow and endless requests.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
expect 0 "$DIGEST" subscriber add kim@example.org --newsletter weekly --pending

# One link of each kind.
"$python" - outbox/new/* >"$work/links" <<'PY'
import email, email.policy, re, sys
found = {}
for name in sys.argv[1:]:
    m = email.message_from_file(open(name), policy=email.policy.default)
    text = m.get_body(("plain",)).get_content()
    for kind, link in re.findall(r"https://[^/]+(/(?:u|p|c|v)/)([-_A-Za-z0-9]+)",
                                 text):
        found[kind] = kind + link
assert len(found) == 4, found
print("\n".join(found.values()))
PY

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"
expect 0 "$python" "$here/attack.py" "http://127.0.0.1:$port" digest.db \
    "$work/links"
! grep -qi 'error' "$work/serve.log" || {
    cat "$work/serve.log"
    fail "the server took harm"
}
