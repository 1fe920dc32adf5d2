# `digest backup` while an issue is being sent; `restore` with what it refuses
# and what it keeps; links that were sent stay good; a migration makes a copy
# first; a database from a newer program is refused.
. "$(dirname "$0")/../support/lib.sh"

# A sink that takes a while over each message, so that the send lasts.
start_sink -w 1
make_folder folder "transport: { url: 'smtp://127.0.0.1:$sink_port', tls: none, connections: 2 }"
seq -f 'reader%g@example.org' 1 3000 | sed '1i email' >list.csv
expect 0 "$DIGEST" subscriber import list.csv --newsletter weekly
expect 0 "$DIGEST" issue draft weekly
"$DIGEST" issue send weekly >"$work/send.out" 2>&1 </dev/null &
sending=$!
pids+=("$sending")

sent()
{
    sqlite3 -readonly "$1" "SELECT count(*) FROM delivery WHERE state = 'sent'"
}

under_way()
{
    [ "$(sent digest.db)" -gt 2 ]
}
until_true 60 under_way
before=$(sent digest.db)
expect 0 "$DIGEST" backup one.db
says 'verified'
kill -0 "$sending" 2>/dev/null || fail "the send was over before the backup"
[ "$(sent one.db)" -ge "$before" ] || fail "the copy is older than its begin"
[ "$(sqlite3 one.db 'PRAGMA integrity_check; SELECT count(*) FROM delivery')" \
    = "$(printf 'ok\n3003')" ] || fail "the copy isn't whole"
[ "$(stat -c %a one.db one.db.keys | sort -u)" = 600 ] || fail "modes"
! ls one.db-* one.db.*part 2>/dev/null || fail "a backup is one file"
cmp -s digest.keys one.db.keys || fail "the keys aren't in the backup"
expect 65 "$DIGEST" backup one.db
warns 'exists already'

# In use: not now.
expect 75 "$DIGEST" restore one.db --replace
warns 'in use'
kill -0 "$sending" 2>/dev/null || fail "the send didn't survive"
kill "$sending"
wait "$sending"

# Not without being told to; then the old one is kept.
expect 65 "$DIGEST" restore one.db
warns '--replace'
after=$(sent digest.db)
expect 0 "$DIGEST" restore one.db --replace
says 'is kept as'
aside=$(ls digest.db.before-restore-*)
[ "$(sent "$aside")" = "$after" ] || fail "the old one isn't as it was"
[ "$(sent digest.db)" = "$(sent one.db)" ] || fail "not restored"
says 'What happened since'
says 'digest run --restored'
expect 65 "$DIGEST" issue send weekly/1
warns 'restored from a backup'
expect 0 "$DIGEST" run --restored

# The machine is gone; what was sent before must still let people go.
start_smtp
sed -i "1s|127.0.0.1:[0-9]*|127.0.0.1:$smtp_port|" digest.yaml
expect 0 "$DIGEST" issue test weekly/1 --to ana@example.org
expect 0 "$DIGEST" subscriber add zoe@example.org --newsletter weekly
expect 0 "$DIGEST" issue cancel weekly/1
add_article five World 1
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
link=$(grep -lE '^To:.*zoe@' "$work"/received/*.eml | xargs grep -ohE \
    'https://news.example.org/u/[^> ]*' | head -n 1)
expect 0 "$DIGEST" backup two.db
rm digest.db digest.keys
expect 0 "$DIGEST" restore two.db
says 'Restored 1 key from the backup to'
expect 0 "$DIGEST" subscriber unsubscribe "${link##*/}"

# Keys made meanwhile stay, and stay in front.
cp digest.keys old.keys
rm digest.keys digest.db
expect 0 "$DIGEST" init .
first=$(grep -m 1 '^[0-9a-f]' digest.keys)
expect 0 "$DIGEST" restore two.db --replace
says 'behind those in'
[ "$(grep -m 1 '^[0-9a-f]' digest.keys)" = "$first" ] || fail "the order"
expect 0 "$DIGEST" subscriber unsubscribe "${link##*/}"

# A damaged backup changes nothing, and says what it is.
cp two.db bad.db
dd if=/dev/zero of=bad.db bs=4096 seek=2 count=4 conv=notrunc 2>/dev/null
sum=$(sha256sum digest.db)
expect 74 "$DIGEST" restore bad.db --replace
[ "$(sha256sum digest.db)" = "$sum" ] || fail "a damaged backup came in"
printf 'nothing of the kind' >other.db
expect 74 "$DIGEST" restore other.db --replace
expect 66 "$DIGEST" restore nosuch.db --replace

# A database of an earlier program: copied, then migrated.
migrations=("$root"/digest/store/migrations/*.sql)
older()
{
    rm -f digest.db digest.db-*
    {
        cat "${migrations[@]::$((${#migrations[@]} - 1))}"
        echo "PRAGMA application_id = $((0x44474553));"
        echo "PRAGMA user_version = $((${#migrations[@]} - 1));"
        echo "INSERT INTO newsletter (slug, title, from_address, created_at)
            VALUES ('kept', 'Kept', 'a@example.org', 0);
            INSERT INTO source (address, kind, created_at)
            VALUES ('https://a.example/wp-json/', 'wordpress', 0),
                ('/srv/articles', 'path', 0);"
    } | sqlite3 digest.db
    chmod 600 digest.db
}
for hour in 1 2 3 4 5; do
    older
    expect 0 env DIGEST_NOW="2026-11-2${hour}T07:00:00Z" \
        "$DIGEST" newsletter list
    says 'kept'
done
[ "$(sqlite3 digest.db 'SELECT group_concat(id || kind) FROM source')" = \
    0hand,1hand,2wordpress,3path ] || fail "the sources' kinds are lost"
copies=(digest.db.migrated-*.db)
[ ${#copies[@]} = 3 ] || fail "not pruned: ${copies[*]}"
case ${copies[2]} in *20261125T070000Z*) ;; *) fail "not the newest" ;; esac
[ "$(sqlite3 "${copies[2]}" 'PRAGMA user_version')" = \
    $((${#migrations[@]} - 1)) ] || fail "the copy isn't from before"
[ "$(stat -c %a "${copies[2]}")" = 600 ] || fail "the copy's mode"

# Several at once: one migrates.
older
rm -f digest.db.migrated-*
for i in 1 2 3 4; do
    "$DIGEST" newsletter list >"$work/at.$i" 2>&1 &
    at[i]=$!
done
for i in 1 2 3 4; do
    wait "${at[i]}" || fail "one of four: $(cat "$work/at.$i")"
done
copies=(digest.db.migrated-*.db)
[ ${#copies[@]} = 1 ] || fail "each made a copy: ${copies[*]}"

# No copy, no migration.
older
touch "digest.db.migrated-20261127T070000Z-from-$((${#migrations[@]} - 1)).db"
expect 65 env DIGEST_NOW=2026-11-27T07:00:00Z "$DIGEST" newsletter list
warns 'the copy that is made before a migration'
[ "$(sqlite3 digest.db 'PRAGMA user_version')" = \
    $((${#migrations[@]} - 1)) ] || fail "migrated without a copy"

# One that fails, again and again, leaves no copy of what it didn't change, and
# takes none of the older ones away.
older
rm -f digest.db.migrated-*
: >digest.db.migrated-20261101T070000Z-from-1.db
sqlite3 digest.db "PRAGMA user_version = 1"
for hour in 1 2 3 4; do
    expect 74 env DIGEST_NOW="2026-11-28T0$hour:00:00Z" "$DIGEST" newsletter list
    warns 'migration 0002'
done
copies=(digest.db.migrated-*)
[ "${copies[*]}" = digest.db.migrated-20261101T070000Z-from-1.db ] ||
    fail "copies of a migration that failed: ${copies[*]}"

# A newer one is left alone.
sqlite3 digest.db "PRAGMA user_version = 9999"
expect 74 "$DIGEST" newsletter list
warns 'made by a newer digest'
warns 'git pull && cron/setup'
sqlite3 two.db "PRAGMA user_version = 9999"
rm -f digest.db digest.db-*
expect 74 "$DIGEST" restore two.db
warns 'made by a newer digest'
