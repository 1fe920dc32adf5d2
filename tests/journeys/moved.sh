# Confirming late, and changing the address: the old one is told, and can have
# it back for 14 days, as it was.
. "$(dirname "$0")/../support/lib.sh"

start_smtp
make_folder folder "transport: { url: \"smtp://127.0.0.1:$smtp_port\", tls: none }"
expect 0 "$DIGEST" newsletter create daily --title 'Daily News' --from 'D <d@example.org>'
port=$(free_port)
base=http://127.0.0.1:$port
sed -i "s|https://news.example.org|$base|" digest.yaml

# link_to ADDRESS PATH: the newest link of that kind in a mail to them.
link_to()
{
    "$python" - "$1" "$base/$2/" "$work"/received/*.json <<'PY'
import email, email.policy, json, os, re, sys
found = ""
for name in sorted(sys.argv[3:], key=lambda n: int(os.path.basename(n)[:-5])):
    if json.load(open(name))["to"] == [sys.argv[1]]:
        m = email.message_from_file(open(name[:-4] + "eml"),
                                    policy=email.policy.default)
        text = m.get_body(("plain",)).get_content()
        for link in re.findall(re.escape(sys.argv[2]) + r"[-_A-Za-z0-9]+", text):
            found = link
print(found)
PY
}
fetch()
{
    code=$(curl -s -o "$work/page" -w '%{http_code}' "$@")
}
page_says()
{
    grep -qF -- "$1" "$work/page" || fail "the page lacks: $1: $(cat "$work/page")"
}
state_of()
{
    expect 0 "$DIGEST" --json subscriber show "$1"
    json "$work/out" "{s['newsletter']: s['state'] for s in j['subscriptions']}.get('${2:-weekly}')"
}
# serve [DAYS]: the pages, as on that day from now.
serve()
{
    DIGEST_NOW="$(date -u -d "${1:-0} days" +%Y-%m-%dT%H:%M:%SZ)" \
        "$DIGEST" serve --listen "127.0.0.1:$port" >>"$work/serve.log" 2>&1 &
    pids+=($!)
    until_true 20 answers "$port"
}

# ---- a confirmation confirms its own request, while that is pending ----

for name in kim lou max; do
    expect 0 "$DIGEST" subscriber add $name@example.org --newsletter weekly --pending
done
kim=$(link_to kim@example.org c)
lou=$(link_to lou@example.org c)
max=$(link_to max@example.org c)
expect 0 "$DIGEST" suppression add max@example.org
serve
fetch "$kim"
page_says '<button'
fetch -X POST "$kim"
page_says 'you get'
fetch "$kim"
page_says 'subscribed to'
fetch -X POST "$kim"
page_says 'subscribed to'
page_says already
expect 0 "$DIGEST" subscriber unsubscribe kim@example.org
for how in GET POST; do
    fetch -X $how "$kim"
    page_says 'Link expired'
    page_says 'href="../s/weekly"'
    ! grep -q '<button' "$work/page" || fail "a button that confirms"
done
[ "$(state_of kim@example.org)" = unsubscribed ] || fail "kim is back"
# Who comes back within the hour has asked anew, and gets a link that is good.
# (Within the second the first one still is.)
asked=$(date +%s)
is_later()
{
    [ "$(date +%s)" -gt "$asked" ]
}
until_true 5 is_later
expect 0 "$DIGEST" subscriber add kim@example.org --newsletter weekly --pending
anew=$(link_to kim@example.org c)
[ "$anew" != "$kim" ] || fail "a new request has but the old link"
fetch -X POST "$anew"
page_says 'you get'
for how in GET POST; do
    fetch -X $how "$max"
    page_says 'Link expired'
    ! grep -q 'you get' "$work/page" || fail "mail is promised to a suppressed address"
done
[ "$(state_of max@example.org)" = pending ] || fail "max was confirmed"
stop_last
serve 8
fetch -X POST "$lou"
page_says 'Link expired'
[ "$(state_of lou@example.org)" = pending ] || fail "lou confirmed too late"
stop_last

# ---- a changed address ----

expect 0 "$DIGEST" subscriber add ada@example.org --newsletter weekly \
    --name 'Ada King' --categories World
expect 0 "$DIGEST" subscriber add ada@example.org --newsletter daily
expect 0 "$DIGEST" subscriber edit ada@example.org --language de
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
choose=$(link_to ada@example.org p)
serve
fetch -d 'action=address&email=thief@example.org' "$choose"
expect 0 "$DIGEST" run
fetch -X POST "$(link_to thief@example.org a)"
expect 0 "$DIGEST" subscriber show thief@example.org
expect 0 "$DIGEST" run
back=$(link_to ada@example.org b)
[ -n "$back" ] || fail "the old address wasn't told"
grep -l 'To: ada@example.org' "$work"/received/*.eml | tail -n 1 >"$work/last"
! grep -q thief "$(cat "$work/last")" || fail "the new address is told to the old"

# The thief changes what there is, moves on, and leaves one newsletter.
expect 0 "$DIGEST" subscriber edit thief@example.org --name Thief \
    --categories Science --newsletter weekly
fetch -d 'action=address&email=den@example.org' "$choose"
expect 0 "$DIGEST" run
fetch -X POST "$(link_to den@example.org a)"
expect 0 "$DIGEST" run
again=$(link_to thief@example.org b)
[ -n "$again" ] || fail "the second old address wasn't told"
expect 0 "$DIGEST" subscriber unsubscribe den@example.org --newsletter daily

fetch "$back"
page_says 'ada@example.org'
page_says '<button'
fetch -X POST "$back"
page_says 'ada@example.org'
page_says 'href="../s/daily"'
expect 0 "$DIGEST" --json subscriber show ada@example.org
[ "$(json "$work/out" "j['name'], [s['categories'] for s in j['subscriptions'] if s['newsletter'] == 'weekly']")" = \
    "('Ada King', [['World']])" ] || fail "name and choices aren't as they were"
[ "$(state_of ada@example.org daily)" = unsubscribed ] || fail "what was left is back"
[ "$(state_of ada@example.org)" = active ] || fail "weekly is gone"
# What came after is over with it; and it works once.
for link in "$again" "$back"; do
    fetch -X POST "$link"
    page_says "nicht mehr rückgängig"
done
expect 66 "$DIGEST" subscriber show thief@example.org

# Fourteen days, and no longer; and erasing ends it.
fetch -d 'action=address&email=new@example.org' "$choose"
expect 0 "$DIGEST" run
fetch -X POST "$(link_to new@example.org a)"
expect 0 "$DIGEST" run
back=$(link_to ada@example.org b)
# A list that still has the old address brings nobody back under it: neither
# while they read at the new one, nor when they have left there.
printf 'email\nada@example.org\n' >"$work/old.csv"
expect 0 "$DIGEST" -v subscriber import "$work/old.csv" --newsletter weekly
says 'Added 0'
warns 'ada@example.org: was given up for another address here'
expect 66 "$DIGEST" subscriber show ada@example.org
stop_last
serve 15
fetch "$back"
page_says "nicht mehr rückgängig"
stop_last
serve 13
fetch "$back"
page_says '<button'
expect 0 "$DIGEST" subscriber forget new@example.org
fetch -X POST "$back"
expect 66 "$DIGEST" subscriber show ada@example.org
! grep -q 'ada@example.org' "$work/page" || fail "the page knows who was erased"
