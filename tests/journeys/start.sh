# Starting an issue in hundreds of variants: others write meanwhile, what is
# changed is what goes out, and a start that is killed in the middle has not
# begun. Who leaves meanwhile gets nothing.
. "$(dirname "$0")/../support/lib.sh"

make_folder draft 'transport: { url: "null:" }'
categories='Arts Books City Food Games Garden Health Music'
for category in $categories; do
    add_article "$category" "$category" 1
done
expect 0 "$DIGEST" article import articles
sections=()
for category in $categories; do sections+=(--section "$category:3"); done
expect 0 "$DIGEST" newsletter create many --title Many \
    --from 'Many <many@example.org>' "${sections[@]}"
# First many without a choice, then one for each choice of three or more.
"$python" - $categories >many.csv <<'PY'
import itertools, sys
print('email,name,categories')
for i in range(1500):
    print('all%d@example.org,All %d,' % (i, i))
names = sys.argv[1:]
for n in range(3, len(names)):
    for c in itertools.combinations(names, n):
        print('%s@example.org,One,"%s"' % ('-'.join(c).lower(), ','.join(c)))
PY
total=$(($(wc -l <many.csv) - 1))
expect 0 "$DIGEST" subscriber import many.csv --newsletter many
expect 0 "$DIGEST" issue draft many
# The first in the list: entered by the middle.
first=$(sqlite3 digest.db "SELECT email FROM subscriber JOIN subscription
    ON subscriber_id = subscriber.id JOIN newsletter n ON n.id = newsletter_id
    WHERE slug = 'many' ORDER BY subscriber_id LIMIT 1")

mid_start()
{
    "$python" "$here/mid_start.py" "$@" >"$work/out" 2>"$work/err"
}
sql()
{
    sqlite3 digest.db "$1"
}
# fresh NAME: a copy of the folder with the draft; the current one.
fresh()
{
    cp -r "$work/draft" "$work/$1" || fail "no copy"
    cd "$work/$1" || exit 1
}
sent()
{
    sql "SELECT count(*) FROM delivery WHERE state = 'sent'"
}

# ---- killed in the middle ----

fresh killed
mid_start --kill digest.db "$DIGEST" issue send many
[ $? = 137 ] || fail "not killed: $(cat "$work/err")"
[ "$(sql 'SELECT state FROM issue')" = draft ] || fail "half started"
[ "$(sql 'SELECT count(*) FROM delivery')" -gt 0 ] || fail "nothing was left"
# A run takes back what it left; nothing is sent.
expect 0 "$DIGEST" run
[ "$(sql 'SELECT count(*) FROM delivery')$(sql \
    'SELECT count(*) FROM variant_part')" = 00 ] || fail "something is left"
[ "$(sql 'SELECT state FROM issue')" = draft ] || fail "a draft was sent"
# Killed again, it is sent without that. Who left in between gets nothing.
mid_start --kill digest.db "$DIGEST" issue send many
[ $? = 137 ] || fail "not killed: $(cat "$work/err")"
expect 0 "$DIGEST" subscriber unsubscribe $first --newsletter many
expect 0 "$DIGEST" issue send many
[ "$(sent)" = $((total - 1)) ] || fail "sent to $(sent) of $((total - 1))"
[ "$(sql "SELECT count(*) FROM delivery d JOIN subscriber s
    ON s.id = d.subscriber_id WHERE email = '$first'")" = 0 ] ||
    fail "who had left is in the ledger"

# ---- others write meanwhile ----

# Who leaves in the middle is entered, and not mailed.
fresh left
mid_start --then "'$DIGEST' subscriber unsubscribe $first \
    --newsletter many" digest.db "$DIGEST" issue send many
[ $? = 0 ] || fail "not sent: $(cat "$work/err")"
[ "$(sent)" = $((total - 1)) ] || fail "sent to $(sent) of $((total - 1))"
[ "$(sql "SELECT d.state FROM delivery d JOIN subscriber s
    ON s.id = d.subscriber_id WHERE email = '$first'")" = skipped ] ||
    fail "who left was mailed"

# A change in the middle goes out to everybody, or nothing does.
fresh changed
mid_start --then "'$DIGEST' issue edit many --subject 'Anew this week'" \
    digest.db "$DIGEST" issue send many
[ $? = 0 ] || fail "not sent: $(cat "$work/err")"
[ "$(sent)" = "$total" ] || fail "sent to $(sent) of $total"
[ "$(sql "SELECT count(DISTINCT v.id) FROM variant v JOIN delivery d
    ON d.variant_id = v.id")" -gt 200 ] || fail "few variants"
for reader in all1 arts-books-city; do
    expect 0 "$DIGEST" issue show many --as eml \
        --for "$reader@example.org"
    says 'Subject: Anew this week'
done

# A choice that is made in the middle has its variant.
fresh chosen
mid_start --then "printf 'email,name,categories\narts-books-city@example.org,One,Arts\n' |
    '$DIGEST' subscriber import /dev/stdin --newsletter many" \
    digest.db "$DIGEST" issue send many
[ $? = 0 ] || fail "not sent: $(cat "$work/err")"
[ "$(sent)" = "$total" ] || fail "sent to $(sent) of $total"

# Cancelled in the middle it doesn't go out, and another start steps aside.
fresh cancelled
mid_start --then "! '$DIGEST' issue send many 2>other &&
    '$DIGEST' issue cancel many/1" digest.db "$DIGEST" issue send many
[ $? != 0 ] || fail "what was cancelled went out"
grep -q 'is being started by another process' other || fail "$(cat other)"
[ "$(sql 'SELECT state FROM issue')" = cancelled ] || fail "not cancelled"
[ "$(sql 'SELECT count(*) FROM delivery')" = 0 ] || fail "something is left"

# A correction that is taken back in the middle is told to nobody.
fresh corrected
expect 0 "$DIGEST" issue send many
story=$(sql 'SELECT article_id FROM issue_article LIMIT 1')
for category in $categories; do
    add_article "$category-2" "$category" 0
done
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft many
expect 0 "$DIGEST" article correct "$story" --note 'What never was.'
mid_start --then "'$DIGEST' article correct $story --remove 1" \
    digest.db "$DIGEST" issue send many
[ $? = 0 ] || fail "not sent: $(cat "$work/err")"
[ "$(sent)" = $((2 * total)) ] || fail "sent to $(sent)"
[ "$(sql 'SELECT count(*) FROM variant_correction v JOIN delivery d
    ON d.variant_id = v.variant_id')" = 0 ] || fail "somebody was told"

# ---- with nothing stored ----

fresh dry
expect 0 "$DIGEST" issue send many --dry-run
says "Would send many/1 to $total recipients in"
[ "$(sql 'SELECT count(*) FROM variant')" = 0 ] || fail "something was stored"
[ -z "$(ls digest.db.send-* 2>/dev/null)" ] || fail "a lock was left"
