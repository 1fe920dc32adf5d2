# The editors' desk under attack: forged forms, planted and ended sessions,
# roles on every route, what a feed, a mail or a list smuggles in, and
# requests that are too large, too slow or too many.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder "transport: { url: maildir:outbox }
fetch: { allow_private: true }
http: { trusted_proxies: [127.0.0.1] }"

for role in writer editor owner; do
    printf "correct horse battery\n" >"$work/password"
    "$DIGEST" editor add "$role@example.org" --role "$role" \
        --name "<b onclick=x>$role</b>" <"$work/password" >"$work/out" ||
        fail "no editor"
done
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
add_article later World 0
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly --since 2020-01-01

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
server=$!
pids+=("$server")
until_true 20 answers "$port"
expect 0 "$python" "$here/attack_desk.py" "http://127.0.0.1:$port" digest.db \
    "$root/digest/web/desk/routes.c" "$server" "$DIGEST"
cat "$work/out"
! grep -qE '^error|runtime error|Sanitizer' "$work/serve.log" || {
    cat "$work/serve.log"
    fail "the server took harm"
}

# The attacker ended it, with pages open that read nothing.
wait "$server" || fail "the server ended with $?"
