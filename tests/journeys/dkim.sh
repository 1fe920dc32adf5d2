# Signed mail, checked by verifiers that were not written here: with RSA, with
# Ed25519, with both.
. "$(dirname "$0")/../support/lib.sh"

# Of Debian's verifiers one alone knows Ed25519; the second comes from npm.
npm=$tools/browser
[ -d "$npm/node_modules/mailauth" ] && command -v node >/dev/null || npm=

start_smtp

# What makes canonicalisation hard: long words, lines that begin with dots,
# blank lines at the end, letters of every kind, headers that have to fold.
odd_articles()
{
    cat >articles/odd.md <<MD
---
title: "Łódź, 東京 and Ýmir: a title that goes on for so long, with ümläuts and “quotes” in it, that it has to be folded in the header of any message"
date: $(date -u -d '30 minutes ago' +%Y-%m-%dT%H:%M:%SZ)
category: World
url: https://example.org/odd?a=1&b=$(printf 'x%.0s' $(seq 300))
summary: "..dots first.   Many   spaces, and a word of $(printf 'long%.0s' $(seq 300))."
---

.

..


$(printf 'word%.0s' $(seq 400))


MD
    expect 0 "$DIGEST" article import articles
}

# verified SIGNATURES COUNT: the files hold so many messages, each with so
# many signatures, which hold for every verifier.
verified()
{
    expect 0 "$python" "$here/check_dkim.py" "$work/zone" "$1" $files
    says "$2 messages verified"
    expect 0 perl "$here/check_dkim.pl" "$work/zone" "$1" $files
    says "$2 messages verified"
    [ -z "$npm" ] || {
        expect 0 node "$here/check_dkim.mjs" "$npm" "$work/zone" "$1" $files
        says "$2 messages verified"
    }
    for file in $files; do
        ! grep -qi '^List-Id:' "$file" || # a notice is no list mail
            "$python" "$here/check_message.py" "$file" ||
            fail "$file is unsound"
    done
}

# received_since N: the files of what came after the first N.
received_since()
{
    files=$(ls -v "$work"/received/*.eml | tail -n +$(($1 + 1)))
}
received()
{
    ls "$work/received" 2>/dev/null | grep -c eml
}

# signed NAME SIGNATURES YAML: a newsletter sent with these keys, and
# verified; a test copy of it before, and a notice after, as well.
signed()
{
    local before=$(received)
    make_folder "$1" "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }"
    odd_articles
    cp "$work"/*.pem .
    printf '%s\n' "$3" >>digest.yaml
    expect 0 "$DIGEST" dkim record
    cp "$work/out" "$work/zone"
    expect 0 "$DIGEST" subscriber add longest@example.org \
        --newsletter weekly \
        --name "$(printf 'Ærøskøbing von und zu Østergård %.0s' 1 2 3 4 5)"
    expect 0 "$DIGEST" issue draft weekly
    expect 0 "$DIGEST" issue edit weekly --subject \
        "Ünïcödé …and   many   spaces, in a subject that is long enough to be folded twice when it is encoded for the header"
    expect 0 "$DIGEST" issue test weekly --to one@example.net two@example.net
    received_since "$before"
    verified "$2" 2
    before=$(received)
    expect 0 "$DIGEST" issue send weekly
    says 'Sent weekly/1 to 4 of 4'
    received_since "$before"
    verified "$2" 4
    before=$(received)
    expect 0 "$DIGEST" subscriber add asked@example.org --newsletter weekly \
        --pending
    expect 0 "$DIGEST" run
    received_since "$before"
    grep -q 'Auto-Submitted: auto-generated' $files || fail "no notice"
    verified "$2" 1
}

cd "$work" || exit 1
expect 0 "$DIGEST" dkim keygen rsa.pem --domain example.org --selector r1
says 'r1._domainkey.example.org'
says 'v=DKIM1'
expect 0 "$DIGEST" dkim keygen ed.pem --domain example.org --selector e1 \
    --type ed25519
says 'k=ed25519'
for key in rsa.pem ed.pem; do
    [ "$(stat -c %a $key)" = 600 ] || fail "$key can be read by others"
done
expect 65 "$DIGEST" dkim keygen rsa.pem --domain example.org --selector r1
openssl rsa -in rsa.pem -noout -text 2>/dev/null | grep -q '2048 bit' ||
    fail "the key isn't of 2048 bits"

rsa='{ domain: example.org, selector: r1, key: rsa.pem }'
ed='{ domain: example.org, selector: e1, key: ed.pem }'
signed rsa 1 "dkim: $rsa"
signed ed 1 "dkim: $ed"
signed both 2 "dkim: [ $rsa, $ed ]"

# ---- where complaints are asked for ----

# asks NAME SIGNATURES ADDRESS DKIM: whether a test copy and the issue ask for
# complaints at an address ("-": at none), and are signed for it.
asks()
{
    local before=$(received)
    make_folder "$1" "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }"
    cp "$work"/*.pem .
    printf '%s\n' "$4" >>digest.yaml
    [ "$2" = 0 ] || {
        expect 0 "$DIGEST" dkim record
        cp "$work/out" "$work/zone"
    }
    expect 0 "$DIGEST" issue draft weekly
    expect 0 "$DIGEST" issue test weekly --to one@example.net
    expect 0 "$DIGEST" issue send weekly
    received_since "$before"
    for file in $files; do
        found=$(tr -d '\r' <"$file" | sed -n 's/^CFBL-Address: //p')
        [ "${found:--}" = "$3" ] || fail "$1: $file asks at: $found"
    done
    [ "$2" = 0 ] || verified "$2" 4
}
(cd "$work" && "$DIGEST" dkim keygen net.pem --domain example.net \
    --selector n1 >/dev/null) || fail "no third key"
net='{ domain: example.net, selector: n1, key: net.pem }'
here_mail='bounces: { address: b@lists.example.org, mailbox: "maildir:in" }'
their_mail='bounces: { address: b@example.net, mailbox: "maildir:in" }'
asks own 1 'b@lists.example.org; report=arf' "dkim: $rsa
$here_mail"
asks second 2 'b@example.net; report=arf' "dkim: [ $rsa, $net ]
$their_mail"
asks uncovered 1 - "dkim: $rsa
$their_mail"
asks foreign 0 - "dkim: $net
$their_mail"
asks unsigned 0 - "$here_mail"
asks unread 1 - "dkim: $rsa
bounces: { address: b@lists.example.org }"

# A key that others can read, and one that isn't there, stop it before
# anything goes out.
got=$(ls "$work/received" | wc -l)
make_folder open "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }"
printf 'dkim: %s\n' "$rsa" >>digest.yaml
expect 0 "$DIGEST" issue draft weekly
"$DIGEST" issue send weekly >"$work/out" 2>"$work/err" && fail "sent unsigned"
warns rsa.pem
cp "$work/rsa.pem" .
chmod 644 rsa.pem
expect 77 "$DIGEST" issue send weekly
warns rsa.pem
[ "$(ls "$work/received" | wc -l)" = "$got" ] || fail "something went out"
expect 0 "$DIGEST" --json issue status weekly
[ "$(json "$work/out" 'j["state"]')" = draft ] || fail "it was started"

[ -n "$npm" ] || {
    echo "all but a second verifier of Ed25519: npm's mailauth is not there"
    exit 77
}
