# `digest doctor`: what it finds, with which remedy and exit code: settings,
# files, a damaged database, backups, the clock, relays with TLS and AUTH, the
# DNS of the sender from a server with records of ours, the pages at base_url;
# and that it goes on where something can't be looked at.
. "$(dirname "$0")/../support/lib.sh"
. "$here/certificates.sh"

certificates "$work/tls" || fail "no certificates"
tls=$work/tls

: >"$work/records"
"$python" "$here/dns_server.py" --records "$work/records" \
    --port-file "$work/dns.port" --log "$work/dns.log" >"$work/dns.err" 2>&1 &
pids+=($!)
until_true 20 test -s "$work/dns.port"
export DIGEST_DNS=127.0.0.1:$(cat "$work/dns.port")

start_smtp --starttls --cert "$tls/good.pem" --key "$tls/good.key" \
    --auth user:secret
make_folder folder
printf 'secret\n' >pw
chmod 600 pw
web=$(free_port)
expect 0 "$DIGEST" dkim keygen key.pem --domain example.org --selector s1

# settings RELAY-REST [MORE]
settings()
{
    cat >digest.yaml <<YAML
site:
  name: Post
  base_url: http://127.0.0.1:$web
  postal_address: 1 Quay Street, Harbour Town
  operator: ops@example.org
http: { listen: "127.0.0.1:$web" }
transport: { url: "smtp://user@localhost:$smtp_port", $1 }
dkim: { domain: example.org, selector: s1, key: key.pem }
bounces: { address: bounces@example.org, mailbox: "maildir:in" }
${2:-}
YAML
    chmod 644 digest.yaml
}
settings "ca_file: '$tls/ca.pem', password_file: pw"
expect 0 "$DIGEST" dkim record
record=$(grep -o '"[^"]*"' "$work/out" | tr -d '"\n')
[ -n "$record" ] || fail "no record to publish"
cat >"$work/records" <<EOF_RECORDS
example.org MX 20 second.example.org
example.org MX 10 mail.example.org
example.org TXT v=spf1 ip4:127.0.0.0/8 -all
example.org TXT something else
s1._domainkey.example.org TXT $record
_dmarc.example.org TXT v=DMARC1; p=none; rua=mailto:d@example.org
EOF_RECORDS

# finding LEVEL CHECK TEXT: there is a finding of that level that says it.
finding()
{
    grep -E "^$1 +$2 " "$work/out" | grep -qF -- "$3" ||
        fail "no $1 of $2 that says: $3"
}
not_finding()
{
    ! grep -qE "^$1 +$2 " "$work/out" || fail "there is a $1 of $2"
}

# ---- nobody serves, nothing was backed up, nothing runs ----

expect 75 "$DIGEST" doctor
finding ok settings 'digest.yaml is complete'
finding unsure settings 'mails that say only "unsubscribe" wait for review'
says '-> set bounces.authserv_id'
finding ok files 'only their owner'
finding ok database 'is whole'
finding warning backup 'never was a backup'
finding ok clock 'after all that is on record'
finding warning cron 'never ran'
finding ok relay "smtp://user@localhost:$smtp_port answers (TLS, verified, let in as user"
finding ok mx 'mail to example.org goes to mail.example.org'
finding ok dmarc 'our signature counts as its own'
finding ok dkim 's1._domainkey.example.org is published, and is our key'
finding ok complaints 'asks for reports at bounces@example.org (CFBL-Address)'
finding unsure spf 'on this machine'
finding error site "doesn't answer"
says '-> let your web server pass base_url'
[ ! -e "$work/received" ] || [ -z "$(ls "$work/received")" ] ||
    fail "the doctor mails"
[ ! -s "$work/err" ] || fail "not all of it is on standard output"

# ---- what runs, and fails ----

expect 66 env DIGEST_NOW="$(($(date +%s) - 7200))" "$DIGEST" run
expect 75 "$DIGEST" doctor
finding warning cron 'last began 2 hours ago'
finding warning cron 'in/new: cannot open'
mkdir -p in/new in/cur in/tmp

# ---- all is well ----

expect 0 "$DIGEST" backup "$work/one.db"
expect 0 "$DIGEST" run
"$DIGEST" serve >"$work/serve.log" 2>&1 &
pids+=($!)
serving=$!
until_true 20 answers "$web"
expect 0 "$DIGEST" doctor
finding ok backup 'the last one is less than a minute old'
finding ok cron 'last began less than a minute ago'
finding ok site 'the unsubscribe address answers'
not_finding error '.*'
says '0 errors, 1 warning.' # it isn't https
expect 0 "$DIGEST" --json doctor
[ "$(json "$work/out" '(sorted({f["level"] for f in j}), len([f for f in j
    if f["level"] == "ok" and f["remedy"] is None]) > 8)')" = \
    "(['ok', 'unsure', 'warning'], True)" ] || fail "the JSON"
expect 0 "$DIGEST" -q doctor
not_finding ok '.*'
finding warning site "isn't https"

# Another server there, or one with other keys, isn't taken for ours.
cp digest.keys kept.keys
rm digest.keys
expect 0 "$DIGEST" init .
expect 69 "$DIGEST" doctor
finding error site 'answer'
mv kept.keys digest.keys
kill "$serving"
wait "$serving" 2>/dev/null

# ---- time ----

expect 75 env DIGEST_NOW="$(($(date +%s) + 10 * 86400))" "$DIGEST" doctor
finding warning backup 'the last backup is 10 days old'
finding warning cron 'last began 10 days ago'
rm "$work/one.db"
expect 75 "$DIGEST" doctor
finding warning backup 'is gone'
expect 78 env DIGEST_NOW=2001-01-01T00:00:00Z "$DIGEST" doctor
finding error clock "this machine's clock says 2001-01-01T00:00:00Z"

# ---- the relay; each with its own exit code where it is all there is ----

# relay CODE TEXT REMEDY REST: base_url is left out, so that nothing else is.
relay()
{
    settings "$4"
    sed -i '/base_url/d' digest.yaml
    expect "$1" "$DIGEST" doctor
    finding error relay "$2"
    says "$3"
}
printf 'wrong\n' >badpw
chmod 600 badpw
relay 69 'AUTH as user was refused' 'check the user' \
    "ca_file: '$tls/ca.pem', password_file: badpw"
relay 69 'certificate' 'ca_file' 'password_file: pw'
plain=$smtp_port
smtp_port=$(free_port)
relay 75 'cannot be reached' 'check host and port' \
    "ca_file: '$tls/ca.pem', password_file: pw"
start_smtp --starttls --cert "$tls/old.pem" --key "$tls/old.key"
relay 69 'expired' 'relay' "ca_file: '$tls/ca.pem', password_file: pw"
start_smtp --starttls --cert "$tls/other.pem" --key "$tls/other.key"
relay 69 'elsewhere.example' 'relay' "ca_file: '$tls/ca.pem', password_file: pw"
start_smtp
relay 69 'STARTTLS' 'smtps://' "ca_file: '$tls/ca.pem'"
smtp_port=$plain

# ---- files and settings ----

settings "ca_file: '$tls/ca.pem', password_file: pw"
sed -i '/base_url/d' digest.yaml
chmod 644 pw digest.db
chmod 666 digest.yaml
expect 0 "$DIGEST" doctor
finding warning files 'digest.db: others can read it'
finding warning files 'pw: others can read it'
finding warning files 'digest.yaml: others can change it'
says '-> chmod 600 digest.db'
chmod 600 pw digest.db
chmod 644 digest.yaml key.pem digest.keys
expect 77 "$DIGEST" doctor
finding error files 'key.pem'
finding error files 'digest.keys'
chmod 600 key.pem digest.keys
expect 78 "$DIGEST" --config nosuch.yaml doctor
printf 'sight: {}\n' >typo.yaml
expect 78 "$DIGEST" --config typo.yaml doctor
finding error settings 'typo.yaml:1'
printf 'site: { name: Post }\n' >bare.yaml
expect 78 "$DIGEST" --config bare.yaml doctor
finding error settings 'there is no transport'
finding warning settings 'no postal address'
finding warning settings 'nobody is told'
finding warning site 'no base_url'

# ---- the DNS ----

# dns CODE RECORDS: what is published instead.
dns()
{
    cat >"$work/records"
    expect "$1" "$DIGEST" doctor
}
dns 78 <<'EOF_RECORDS'
example.org A 192.0.2.1
EOF_RECORDS
finding warning mx 'example.org has no MX record; mail to it goes to its address, 192.0.2.1'
finding error dkim "s1._domainkey.example.org isn't published"
finding warning dmarc 'no DMARC record'
says "-> publish: s1._domainkey.example.org. IN TXT \"v=DKIM1"
says '-> publish: _dmarc.example.org. IN TXT "v=DMARC1'
dns 78 <<'EOF_RECORDS'
example.org MX 0 .
s1._domainkey.example.org TXT v=DKIM1; k=rsa; p=
_dmarc.example.org TXT v=DMARC1; p=never
EOF_RECORDS
finding warning mx 'takes no mail'
finding error dkim 'is revoked'
finding warning dmarc "its p= isn't"
dns 78 <<EOF_RECORDS
example.org MX 10 mail.example.org
s1._domainkey.example.org TXT v=DKIM1; k=rsa; p=AAAA
EOF_RECORDS
finding error dkim 'published with another key'

# By name: what SPF says of the relay, whose addresses are in the DNS too.
settings "ca_file: '$tls/ca.pem', password_file: pw"
sed -i "/base_url/d; s|localhost:$smtp_port|relay.example.net:$(free_port)|" \
    digest.yaml
dns 75 <<EOF_RECORDS
example.org MX 10 mail.example.org
example.org TXT v=spf1 include:spf.example.net -all
spf.example.net TXT v=spf1 ip4:192.0.2.0/24 ~all
relay.example.net A 192.0.2.25
s1._domainkey.example.org TXT $record
_dmarc.example.org TXT v=DMARC1; p=reject
EOF_RECORDS
finding ok spf 'example.org lets relay.example.net (192.0.2.25) send for it'
finding ok dkim 'is our key' # over 512 bytes, and over TCP where cut
dns 75 <<EOF_RECORDS
example.org MX 10 mail.example.org
example.org TXT v=spf1 ip4:198.51.100.0/24 -all
relay.example.net A 192.0.2.25
s1._domainkey.example.org TXT $record
EOF_RECORDS
finding warning spf "doesn't list relay.example.net (192.0.2.25): fail"
says "can't be known"
dns 75 <<EOF_RECORDS
example.org MX 10 mail.example.org
example.org TXT v=spf1 ipv4:198.51.100.1
relay.example.net A 192.0.2.25
s1._domainkey.example.org TXT $record
EOF_RECORDS
finding warning spf 'is wrong: "ipv4:198.51.100.1" is no term of SPF'

# ---- complaints: asked for only where they are signed for ----

cp digest.yaml kept.yaml
sed -i 's/^bounces: .*/bounces: { address: b@example.net, mailbox: "maildir:in" }/' digest.yaml
"$DIGEST" doctor >"$work/out" 2>"$work/err"
finding warning complaints 'no key in digest.yaml signs for b@example.net'
says '-> add a key of example.net to dkim: in digest.yaml'
sed -i 's/^bounces: .*/bounces: { address: b@example.org }/' digest.yaml
"$DIGEST" doctor >"$work/out" 2>"$work/err"
finding ok complaints 'names no bounces.address and mailbox'
sed -i '/^dkim: /d;s/^bounces: .*/bounces: { address: b@example.org, mailbox: "maildir:in" }/' digest.yaml
"$DIGEST" doctor >"$work/out" 2>"$work/err"
finding ok complaints 'no key in digest.yaml signs for example.org'
mv kept.yaml digest.yaml

# ---- no network ----

dns 75 <<'EOF_RECORDS'
example.org MX !
EOF_RECORDS
finding unsure dns "the DNS doesn't answer for example.org"
finding error relay 'its name is not known'
not_finding '.*' dkim
finding ok database 'is whole'
not_finding error dns

# ---- a backup that was put in place ----

settings "ca_file: '$tls/ca.pem', password_file: pw"
expect 0 "$DIGEST" backup "$work/early.db"
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
expect 0 "$DIGEST" restore "$work/early.db" --replace
says 'digest run --restored'
expect 65 "$DIGEST" doctor
finding error database 'is an older copy, restored from a backup'
expect 0 "$DIGEST" run --restored
expect 75 "$DIGEST" doctor
not_finding error database

# ---- a damaged database, and none ----

settings "ca_file: '$tls/ca.pem', password_file: pw"
sed -i '/base_url/d' digest.yaml
dd if=/dev/zero of=digest.db bs=4096 seek=30 count=3 conv=notrunc 2>/dev/null
expect 74 "$DIGEST" doctor
finding error database 'damaged'
says '-> put a backup in its place'
finding ok relay 'answers'
rm digest.db
expect 66 "$DIGEST" doctor
finding error database 'there is no database'
finding ok relay 'answers'
