# Behind Debian's nginx, set up as in cron/nginx.conf.example: who it says a
# reader is, is believed; who anybody else says they are, isn't.
. "$(dirname "$0")/../support/lib.sh"
. "$here/certificates.sh"

nginx=$tools/nginx/usr/sbin/nginx
[ -x "$nginx" ] || fail "no nginx; tests/setup unpacks it"
certificates "$work/tls" || fail "no certificates"
make_folder folder
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
printf 'http: { trusted_proxies: [127.0.0.1] }\n' >>digest.yaml

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"

# The example, with the ports, the certificate and the places of this test.
plain=$(free_port)
secure=$(free_port)
mkdir "$work/nginx"
{
    printf 'daemon off; pid %s/pid; error_log %s/error.log;\n' \
        "$work/nginx" "$work/nginx"
    printf 'events {} http {\naccess_log %s/access.log;\n' "$work/nginx"
    for kind in client_body proxy fastcgi uwsgi scgi; do
        printf '%s_temp_path %s/%s;\n' $kind "$work/nginx" $kind
    done
    sed -e "s|127.0.0.1:8080|127.0.0.1:$port|" \
        -e "s|listen 80;|listen 127.0.0.1:$plain;|" \
        -e "s|listen 443 ssl|listen 127.0.0.1:$secure ssl|" \
        -e '/listen \[::\]/d' \
        -e "s|/etc/letsencrypt.*fullchain.pem|$work/tls/good.pem|" \
        -e "s|/etc/letsencrypt.*privkey.pem|$work/tls/good.key|" \
        -e "s|proxy_pass http://127.0.0.1:8080/|&|" \
        -e 's|^#     \(location /mail/ {\)|server { listen unix:'"$work"'/below;\n\1|' \
        -e 's|^#     \(    proxy_.*\)|\1|' \
        -e 's|^#     }|} }|' \
        "$root/cron/nginx.conf.example"
    printf '}\n'
} >"$work/nginx/nginx.conf"
expect 0 "$nginx" -t -q -p "$work/nginx" -e "$work/nginx/error.log" \
    -c "$work/nginx/nginx.conf"
"$nginx" -p "$work/nginx" -e "$work/nginx/error.log" \
    -c "$work/nginx/nginx.conf" >"$work/nginx/out" 2>&1 &
pids+=($!)
until_true 20 answers "$secure"

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

# click ADDRESS URL CURL-ARGUMENT...: one click as a mail program does it.
click()
{
    local who=$1 url=$2
    shift 2
    code=$(curl -s --cacert "$work/tls/ca.pem" -o "$work/page" \
        -w '%{http_code}' -d 'List-Unsubscribe=One-Click' "$@" \
        "$url/u/$(token_of "$who")")
    [ "$code" = 200 ] || fail "a click by $who answered $code"
}

client_of()
{
    expect 0 "$DIGEST" --json subscriber show "$1"
    json "$work/out" 'j["history"][-1]["client"]'
}

# Through nginx: its word counts, not the one in the reader's own header.
click ana@example.org "https://localhost:$secure" --interface 127.0.0.2 \
    -H 'X-Forwarded-For: 203.0.113.9'
[ "$(client_of ana@example.org)" = 127.0.0.2 ] ||
    fail "ana came from $(client_of ana@example.org)"

# Past nginx, from an address that isn't trusted: nobody's word counts.
click juergen@example.org "http://127.0.0.1:$port" --interface 127.0.0.3 \
    -H 'X-Forwarded-For: 203.0.113.9'
[ "$(client_of juergen@example.org)" = 127.0.0.3 ] ||
    fail "juergen came from $(client_of juergen@example.org)"

# From the trusted address, the nearest that isn't trusted itself.
click omar@example.org "http://127.0.0.1:$port" \
    -H 'X-Forwarded-For: 198.51.100.1, 203.0.113.9, 127.0.0.1'
[ "$(client_of omar@example.org)" = 203.0.113.9 ] ||
    fail "omar came from $(client_of omar@example.org)"

# Pages and their style, also below a path.
for at in /l /pages.css /u/wrong; do
    code=$(curl -s --cacert "$work/tls/ca.pem" -o "$work/page" \
        -w '%{http_code}' "https://localhost:$secure$at")
    [ "$code" = 200 ] || [ "$at $code" = '/u/wrong 404' ] ||
        fail "$at answered $code"
done
grep -q 'href="../pages.css"' "$work/page" || fail "no way to the style"
code=$(curl -s --unix-socket "$work/below" -o "$work/page" \
    -w '%{http_code}' http://localhost/mail/pages.css)
[ "$code" = 200 ] || fail "below a path: $code"

# Plain HTTP leads to TLS; what is too large ends at nginx.
code=$(curl -s -o "$work/page" -w '%{http_code}' "http://127.0.0.1:$plain/l")
[ "$code" = 301 ] || fail "plain HTTP answered $code"
code=$(head -c 100000 /dev/zero | curl -s --cacert "$work/tls/ca.pem" \
    -o "$work/page" -w '%{http_code}' --data-binary @- \
    "https://localhost:$secure/l")
[ "$code" = 413 ] || fail "a large body answered $code"

# No link that works stands in a log.
! grep -rqF "$(token_of ana@example.org)" "$work/nginx" "$work/serve.log" ||
    fail "a token is in the log"
