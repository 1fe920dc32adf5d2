# Leaving: by address, by token, by the page, by one click.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly

# token_of ADDRESS: the token in that reader's message.
token_of()
{
    "$python" - "$1" outbox/new/* <<'PY'
import email, email.policy, re, sys
for name in sys.argv[2:]:
    m = email.message_from_file(open(name), policy=email.policy.default)
    if m["To"].addresses[0].addr_spec == sys.argv[1]:
        print(re.search(r"<https://news.example.org/u/([^>]+)>",
                        "".join(m["List-Unsubscribe"].split())).group(1))
PY
}

state_of()
{
    expect 0 "$DIGEST" --json subscriber show "$1"
    json "$work/out" 'j["subscriptions"][0]["state"], j["history"][-1]["means"], j["history"][-1]["issue"]'
}

ana=$(token_of ana@example.org)
juergen=$(token_of juergen@example.org)
omar=$(token_of omar@example.org)
[ -n "$ana" ] && [ -n "$juergen" ] && [ -n "$omar" ] || fail "no tokens"

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
server=$!
until_true 20 answers "$port"
page=http://127.0.0.1:$port/u

# Looking changes nothing, however often.
for method in GET HEAD OPTIONS; do
    curl -s -X $method ${method/#HEAD/HEAD --head} -o "$work/page" \
        "$page/$ana" >/dev/null
done
curl -s -D "$work/headers" "$page/$ana" >"$work/page"
grep -q '<button' "$work/page" || fail "no button"
grep -qi '^referrer-policy: no-referrer' "$work/headers" || fail "Referrer-Policy"
grep -qi '^cache-control:.*no-store' "$work/headers" || fail "Cache-Control"
! grep -qi '^set-cookie' "$work/headers" || fail "a cookie"
[ "$(state_of ana@example.org)" = "('active', 'command', None)" ] ||
    fail "looking unsubscribed"

# One click (RFC 8058), in both encodings, twice: 200 and no redirect.
# And once more where the body ends in a line's end.
for end in '' '' $'\r\n'; do
    [ -z "$end" ] || expect 0 "$DIGEST" subscriber add ana@example.org --newsletter weekly
    code=$(curl -s -o "$work/page" -w '%{http_code}' \
        -d "List-Unsubscribe=One-Click$end" "$page/$ana")
    [ "$code" = 200 ] || fail "one click answered $code"
done
[ "$(state_of ana@example.org)" = "('unsubscribed', 'one-click', 'weekly/1')" ] ||
    fail "one click: $(state_of ana@example.org)"
code=$(curl -s -o "$work/page" -w '%{http_code}' \
    -F 'List-Unsubscribe=One-Click' "$page/$juergen")
[ "$code" = 200 ] || fail "multipart answered $code"
[ "$(state_of juergen@example.org)" = "('unsubscribed', 'one-click', 'weekly/1')" ] ||
    fail "multipart"

# A token that was cut or changed: 404, and nothing is learnt or changed.
for bad in "${omar%?????}" "x$omar" "${omar}A" nonsense; do
    code=$(curl -s -o "$work/page" -w '%{http_code}' -X POST \
        -d 'List-Unsubscribe=One-Click' "$page/$bad")
    [ "$code" = 404 ] || fail "a bad token answered $code"
done
[ "$(state_of omar@example.org)" = "('active', 'command', None)" ] ||
    fail "a bad token worked"

# A body that is too large is refused.
code=$(head -c 100000 /dev/zero | curl -s -o "$work/page" \
    -w '%{http_code}' --data-binary @- "$page/$omar")
[ "$code" = 413 ] || fail "a large body answered $code"

# A form without the page's own button changes nothing (RFC 8058 §3.2).
code=$(curl -s -o "$work/page" -w '%{http_code}' -d '' "$page/$omar")
[ "$code" = 200 ] || fail "an empty form answered $code"
[ "$(state_of omar@example.org)" = "('active', 'command', None)" ] ||
    fail "an empty form worked"

# The page's own button.
code=$(curl -s -o "$work/page" -w '%{http_code}' -d 'action=unsubscribe' "$page/$omar")
[ "$code" = 200 ] || fail "the page's form answered $code"
[ "$(state_of omar@example.org)" = "('unsubscribed', 'page', 'weekly/1')" ] ||
    fail "the page: $(state_of omar@example.org)"

kill "$server" && wait "$server"
[ $? = 0 ] || fail "the server did not end well"

# An editor, by address and by token; again; somebody unknown.
expect 0 "$DIGEST" subscriber add ana@example.org --newsletter weekly
expect 0 "$DIGEST" subscriber unsubscribe ANA@Example.org
says 'Unsubscribed ana@example.org'
expect 0 "$DIGEST" subscriber add ana@example.org --newsletter weekly
expect 0 "$DIGEST" subscriber unsubscribe "https://news.example.org/u/$ana"
[ "$(state_of ana@example.org)" = "('unsubscribed', 'token', 'weekly/1')" ] ||
    fail "by token"
expect 0 "$DIGEST" subscriber unsubscribe "$ana"
says 'nothing changed'
expect 66 "$DIGEST" subscriber unsubscribe nobody@example.org
expect 65 "$DIGEST" subscriber unsubscribe "${ana}x"

# Nobody who left gets the next.
add_article five World 0
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly
expect 65 "$DIGEST" issue send weekly
warns 'nobody to send to'

# An import never brings back who left.
printf 'email,name\nana@example.org,Ana\nnew@example.org,New\n' >again.csv
expect 0 "$DIGEST" subscriber import again.csv --newsletter weekly
says 'Added 1 subscriber'
[ "$(state_of ana@example.org)" = "('unsubscribed', 'token', 'weekly/1')" ] ||
    fail "an import brought ana back"
