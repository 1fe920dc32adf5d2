# Mail that goes to a folder, or nowhere, is never said to be sent without
# that word; and a person at a terminal is asked before mail goes out, with
# the number of those who get it.
. "$(dirname "$0")/../support/lib.sh"

cd "$work" || exit 1
expect 0 "$DIGEST" demo a
cd a || exit 1
folder='written to the folder outbox'
banner="Mail is $folder. Connect a mail server"

# ---- a folder ----

expect 0 "$DIGEST" issue list
warns "$banner"
[ "$(grep -c "sent ($folder)" "$work/out")" = 2 ] || fail "the list calls it sent"
expect 0 "$DIGEST" issue status weekly/2
says "weekly/2 is sent ($folder)"
expect 0 "$DIGEST" issue show weekly/2
says "$folder"
expect 0 "$DIGEST" --json issue status weekly/2
[ "$(json "$work/out" 'j["ways"]')" = "['maildir:outbox']" ] || fail "no ways"
draft()
{
    new=$((${new:-0} + 1))
    printf -- '---\ntitle: News %s\ndate: 2026-11-25\nurl: https://e.org/%s\ncategory: Science\n---\nText.\n' \
        $new $new >"articles/news$new.md"
    expect 0 "$DIGEST" article import articles
    expect 0 "$DIGEST" issue draft weekly --since 2020-01-01
}
draft
expect 0 "$DIGEST" issue show weekly/3
says 'Recipients: 5 subscribers'
expect 0 "$DIGEST" issue test weekly/3 --to ed@example.org
says "Sent 1 test copy of weekly/3 ($folder)"
expect 0 "$DIGEST" issue schedule weekly/3 --at '2036-01-01 07:00'
says 'weekly/3 goes out to 5 subscribers in'
warns "$banner"
expect 0 "$DIGEST" subscriber add new@example.org --newsletter weekly --pending
warns "$banner"

# ---- asked at a terminal ----

# Paused, suppressed and pending ones are not among those who get it.
sqlite3 digest.db "UPDATE subscription SET paused_until = $(date -d '9 days' +%s)
    WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'mei@example.org')"
for answer in '' n no yup EOF; do
    expect 75 "$python" "$root/tests/support/answer.py" "$answer" \
        "$DIGEST" issue send weekly/3
    says 'Send weekly/3 to 4 subscribers? [y/N]'
    says "$banner"
    says 'Nothing was sent.'
done
expect 0 "$DIGEST" --json issue status weekly/3
[ "$(json "$work/out" 'j["state"]')" = scheduled ] || fail "it was started"
expect 0 "$python" "$root/tests/support/answer.py" NONE \
    "$DIGEST" issue send weekly/3 --dry-run
expect 0 "$python" "$root/tests/support/answer.py" Yes \
    "$DIGEST" issue send weekly/3
says "Sent weekly/3 to 4 of 4 recipients ($folder)"
expect 0 "$python" "$root/tests/support/answer.py" NONE \
    "$DIGEST" issue send weekly/3
says 'was sent already'
# --yes, and no terminal at all, as with cron.
draft
expect 0 "$python" "$root/tests/support/answer.py" NONE \
    "$DIGEST" issue send weekly/4 --yes
says 'Sent weekly/4 to 4 of 4'
draft
time=$(date -u -d '2 minutes' '+%F %H:%M')
expect 0 "$DIGEST" issue schedule weekly/5 --at "$time"
expect 0 env DIGEST_NOW="${time/ /T}:00Z" "$DIGEST" run
says "weekly/5: sent 4 ($folder)"

# ---- nowhere, and in part ----

sed -i 's/maildir:outbox/"null:"/' digest.yaml
draft
expect 0 "$DIGEST" issue send weekly/6
says 'Sent weekly/6 to 4 of 4 recipients (discarded)'
warns 'Mail is discarded. Connect a mail server'

# ---- a mail server is connected ----

# What went to a folder did so for good; what goes out now is sent.
start_sink
sed -i "s|\"null:\"|\"smtp://127.0.0.1:$sink_port\"\n  tls: none|" digest.yaml
draft
expect 0 "$DIGEST" issue send weekly/7
says 'Sent weekly/7 to 4 of 4 recipients.'
[ ! -s "$work/err" ] || ! grep -q 'Mail is' "$work/err" || fail "a banner still"
expect 0 "$DIGEST" issue list
[ "$(grep -c "sent ($folder)" "$work/out")" = 5 ] || fail "a folder is forgotten"
grep -q 'weekly/6 *sent (discarded)' "$work/out" || fail "null: is forgotten"
grep -q 'weekly/7 *sent  ' "$work/out" || fail "what was sent isn't"
# One that was begun into the folder, and goes on by a server.
sqlite3 digest.db "UPDATE issue SET ways = 'maildir:outbox', state = 'sending'
    WHERE number = 7"
expect 0 "$DIGEST" issue send weekly/7
says "(partly $folder)"

# ---- an old database ----

# Issues of before say it too, as their deliveries have it.
expect 0 "$DIGEST" init "$work/old"
cd "$work/old" || exit 1
rm -f digest.db*
held=$(basename "$root"/digest/store/migrations/*_held.sql)
for file in "$root"/digest/store/migrations/*.sql; do
    [ "$(basename "$file")" \< "$held" ] && cat "$file"
done >before.sql
echo "PRAGMA user_version = $((10#${held%%_*} - 1));
    PRAGMA application_id = $((0x44474553));" >>before.sql
old()
{
    echo "INSERT INTO issue (id, newsletter_id, number, state, subject,
            window_from, window_until, drafted_at, started_at)
        VALUES ($1, 1, $1, 'sent', 'S', 1, 1, 1, 1);
    INSERT INTO delivery (issue_id, subscriber_id, state, changed_at, relay)
        VALUES ($1, 1, 'failed', 1, ''), ($1, 2, 'sent', 1, '$2');"
}
cat >>before.sql <<SQL
INSERT INTO newsletter (id, slug, title, from_address, created_at)
    VALUES (1, 'weekly', 'W', 'w@example.org', 1);
INSERT INTO subscriber (id, key, email, email_key, created_at)
    VALUES (1, zeroblob(16), 'a@example.org', 'a@example.org', 1),
        (2, x'01', 'b@example.org', 'b@example.org', 1);
$(old 1 maildir:/srv/outbox)
$(old 2 null:)
$(old 3 mail.example.org:587)
INSERT INTO issue (id, newsletter_id, number, state, subject, window_from,
        window_until, drafted_at)
    VALUES (4, 1, 4, 'draft', 'S', 1, 1, 1);
SQL
sqlite3 digest.db <before.sql || fail "the old database could not be made"
chmod 600 digest.db
expect 0 "$DIGEST" --json issue list
[ "$(json "$work/out" '[i["ways"] for i in j]')" = \
    "[[], ['smtp:'], ['null:'], ['maildir:/srv/outbox']]" ] ||
    fail "old issues don't say how they went"
expect 0 "$DIGEST" issue list
says 'sent (written to the folder /srv/outbox)'
says 'sent (discarded)'
echo "what goes to a folder is said to; who is at a terminal is asked"
