# What is kept no longer than it has to be: the servers' words and the notices
# for keep_logs, the proofs of those who left for keep_proofs.
. "$(dirname "$0")/../support/lib.sh"

start_smtp
make_folder folder "transport: { url: \"smtp://127.0.0.1:$smtp_port\", tls: none }
privacy: { keep_logs: 90d, keep_proofs: 3y }"
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
expect 0 "$DIGEST" subscriber add kim@example.org --newsletter weekly --pending
expect 0 "$DIGEST" subscriber unsubscribe juergen@example.org

count()
{
    sqlite3 digest.db "SELECT count(*) FROM $1"
}

# later DAYS: a run as on that day from now.
later()
{
    expect 0 env DIGEST_NOW="$(date -u -d "$1 days" +%Y-%m-%dT%H:%M:%SZ)" \
        "$DIGEST" run
}

[ "$(count "delivery WHERE reply <> ''")" = 3 ] || fail "no replies on record"
[ "$(count notice)" = 1 ] || fail "no notice on record"

# Whoever never confirmed was never there.
later 8
[ "$(count "subscription WHERE state = 'pending'")" = 0 ] ||
    fail "kim is still waited for"
[ "$(count "delivery WHERE reply <> ''")" = 3 ] || fail "cleared too early"

later 91
[ "$(count "delivery WHERE reply <> '' OR relay <> ''")" = 0 ] ||
    fail "the servers' words are still there"
[ "$(count "delivery WHERE state = 'sent' AND code = 250")" = 3 ] ||
    fail "the ledger lost more than words"
[ "$(count notice)" = 0 ] || fail "the notice is still there"
expect 0 "$DIGEST" subscriber show juergen@example.org
expect 0 "$DIGEST" issue status weekly/1

# Three years after leaving, nobody knows; who reads on keeps their proof.
later 1090
expect 0 "$DIGEST" subscriber show juergen@example.org
later 1100
expect 66 "$DIGEST" subscriber show juergen@example.org
expect 0 "$DIGEST" --json subscriber show ana@example.org
[ "$(json "$work/out" 'j["history"][0]["event"]')" = subscribed ] ||
    fail "ana's proof is gone"
! grep -qa 'juergen@example' digest.db || fail "the address is in the file"

# Nor does an import bring them back.
printf 'email\njuergen@example.org\n' >again.csv
expect 0 "$DIGEST" subscriber import again.csv --newsletter weekly
expect 66 "$DIGEST" subscriber show juergen@example.org
