# STARTTLS, implicit TLS and AUTH, with certificates good and bad.
. "$(dirname "$0")/../support/lib.sh"
. "$here/certificates.sh"

certificates "$work/tls" || fail "no certificates"
tls=$work/tls

# send_with CODE URL REST: a fresh folder that sends its first issue.
count=0
send_with()
{
    count=$((count + 1))
    mkdir "$work/f$count"
    printf 'secret\n' >"$work/f$count/pw"
    printf 'wrong\n' >"$work/f$count/badpw"
    make_folder "f$count" "transport: { url: '$2', connections: 2, $3 }"
    expect 0 "$DIGEST" issue draft weekly
    expect "$1" "$DIGEST" issue send weekly
}

start_smtp --starttls --cert "$tls/good.pem" --key "$tls/good.key" \
    --auth user:secret
port=$smtp_port
send_with 0 "smtp://user@localhost:$port" "ca_file: $tls/ca.pem, password_file: pw"
says 'Sent weekly/1 to 3 of 3'
[ "$(json "$work/received/1.json" 'j["tls"], j["user"]')" = "(True, 'user')" ] ||
    fail "not over TLS, or not authenticated"

# A wrong password, an unknown authority: nothing goes out, nobody is used
# up, and the error says what to look at.
got=$(ls "$work/received" | wc -l)
send_with 69 "smtp://user@localhost:$port" "ca_file: $tls/ca.pem, password_file: badpw"
warns localhost
send_with 69 "smtp://user@localhost:$port" "password_file: pw"
warns 'certificate cannot be trusted: nobody whom this machine trusts'
expect 0 "$DIGEST" --json issue status weekly/1
[ "$(json "$work/out" 'j["queued"]')" = 3 ] || fail "somebody was used up"
[ "$(ls "$work/received" | wc -l)" = "$got" ] || fail "something went out"

# A certificate for another host.
start_smtp --starttls --cert "$tls/other.pem" --key "$tls/other.key"
send_with 69 "smtp://localhost:$smtp_port" "ca_file: $tls/ca.pem"
warns 'certificate is for elsewhere.example'

# One that has expired.
start_smtp --starttls --cert "$tls/old.pem" --key "$tls/old.key"
send_with 69 "smtp://localhost:$smtp_port" "ca_file: $tls/ca.pem"
warns 'it has expired'

# A server without TLS is refused, unless the configuration allows it.
start_smtp
send_with 69 "smtp://127.0.0.1:$smtp_port" ""
warns TLS
send_with 0 "smtp://127.0.0.1:$smtp_port" "tls: none"

# Implicit TLS.
start_smtp --smtps --cert "$tls/good.pem" --key "$tls/good.key"
send_with 0 "smtps://localhost:$smtp_port" "ca_file: $tls/ca.pem"

# Nobody answers: try again later, and nobody is used up.
port=$(free_port)
send_with 75 "smtp://127.0.0.1:$port" "tls: none"
warns "127.0.0.1:$port: cannot be reached: connection refused; check host"
expect 0 "$DIGEST" --json issue status weekly/1
[ "$(json "$work/out" 'j["queued"]')" = 3 ] || fail "somebody was used up"
