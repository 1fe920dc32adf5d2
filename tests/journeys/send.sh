# An issue to a real SMTP server: each message sound, each delivery on
# record, nothing twice.
. "$(dirname "$0")/../support/lib.sh"

start_smtp --reject 'gone@=550 5.1.1 no such user' \
    --reject 'busy@=451 4.7.1 come back later'
make_folder folder "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none, connections: 3 }"
expect 0 "$DIGEST" subscriber add gone@example.org --newsletter weekly
expect 0 "$DIGEST" subscriber add busy@example.org --newsletter weekly
expect 0 "$DIGEST" issue draft weekly --explain
says 'taken: 1 of at most 3'

# A dry run sends nothing and leaves the draft a draft.
expect 0 "$DIGEST" issue send weekly --dry-run
says 'Would send weekly/1 to 5 recipients in 2 variants'
expect 0 "$DIGEST" --json issue status weekly/1
[ "$(json "$work/out" 'j["state"]')" = draft ] || fail "started by a dry run"

expect 75 "$DIGEST" issue send weekly
says 'Sent weekly/1 to 3 of 5 recipients, 1 deferred, 1 failed'
[ "$(ls "$work/received" | grep -c eml)" = 3 ] || fail "not three messages"
for file in "$work"/received/*.eml; do
    "$python" "$here/check_message.py" "$file" || fail "$file is unsound"
done
grep -l juergen "$work"/received/*.json | sed 's/json$/eml/' |
    xargs "$python" "$here/check_message.py" --to juergen@example.org \
        --name 'Jürgen Groß' || fail "the name of Jürgen"
[ "$(json "$work/received/1.json" 'j["from"]')" = weekly@example.org ] ||
    fail "the envelope sender"

expect 0 "$DIGEST" --json issue status weekly/1
[ "$(json "$work/out" '[j[k] for k in ("recipients","queued","sending","sent","deferred","failed","skipped")]')" = \
    '[5, 0, 0, 3, 1, 1, 0]' ] || fail "the counts"
expect 0 "$DIGEST" issue status weekly/1 --failed
says '550 no such user'
says '451 come back later'

# Running it again delivers nothing twice.
expect 75 "$DIGEST" issue send weekly/1
[ "$(ls "$work/received" | grep -c eml)" = 3 ] || fail "sent twice"

# Message-IDs differ from reader to reader.
[ "$(grep -hi '^message-id:' "$work"/received/*.eml | sort -u | wc -l)" = 3 ] ||
    fail "Message-IDs are not unique"

# The next issue has no article of this one; without newer ones there is
# none.
expect 66 "$DIGEST" issue draft weekly
warns 'no issue made'
add_article five World 0
expect 0 "$DIGEST" article import articles
says 'Imported 1 new article'
expect 0 "$DIGEST" issue draft weekly --explain \
    --since "$(date -u -d '2 days ago' +%F)"
says 'sent in weekly/1'
says 'Drafted weekly/2: 1 article'

# A test copy is sent to anyone, with links that do nothing.
expect 0 "$DIGEST" issue test weekly --to tester@example.org
grep -q tester@example.org "$work"/received/4.json || fail "no test copy"
! grep -qE '/u/[A-Za-z0-9_-]{40}' "$work/received/4.eml" ||
    fail "a live link in a test copy"
