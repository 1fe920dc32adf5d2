# Coming: added as pending, by the form on the page; choosing, moving to
# another address, and links for who lost theirs.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder

port=$(free_port)
base=http://127.0.0.1:$port
sed -i "s|https://news.example.org|$base|" digest.yaml

# link_to ADDRESS PATH: the newest link of that kind in a mail to them.
link_to()
{
    "$python" - "$1" "$base/$2/" outbox/new/* <<'PY'
import email, email.policy, os, re, sys
found = ""
for name in sorted(sys.argv[3:], key=os.path.getmtime):
    m = email.message_from_file(open(name), policy=email.policy.default)
    if m["To"].addresses[0].addr_spec == sys.argv[1]:
        text = m.get_body(("plain",)).get_content()
        for link in re.findall(re.escape(sys.argv[2]) + r"[-_A-Za-z0-9]+", text):
            found = link
print(found)
PY
}

state_of()
{
    expect 0 "$DIGEST" --json subscriber show "$1"
    json "$work/out" 'j["subscriptions"][0]["state"]'
}

# fetch URL CURL-ARGUMENT...: the page goes into $work/page, its status
# into $code.
fetch()
{
    code=$(curl -s -o "$work/page" -w '%{http_code}' "$@")
}

page_says()
{
    grep -qF -- "$1" "$work/page" || fail "the page lacks: $1"
}

# A mail that asks, and a page whose button confirms.
expect 0 "$DIGEST" subscriber add kim@example.org --newsletter weekly --pending
says 'Added kim@example.org to weekly, waiting for confirmation.'
confirm=$(link_to kim@example.org c)
[ -n "$confirm" ] || fail "no confirmation was sent"
expect 0 "$DIGEST" subscriber add kim@example.org --newsletter weekly --pending
says 'within the hour'

# Without a base_url nobody can be asked.
sed 's|base_url.*|language_of_site: en|;/language_of_site/d' digest.yaml >no.yaml
expect 78 "$DIGEST" --config no.yaml subscriber add lou@example.org \
    --newsletter weekly --pending
warns 'base_url'
expect 66 "$DIGEST" subscriber show lou@example.org

"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"

fetch "$confirm"
page_says '<button'
[ "$(state_of kim@example.org)" = pending ] || fail "looking confirmed"
fetch -X POST "$confirm"
[ "$(state_of kim@example.org)" = active ] || fail "the button did not confirm"

# The form: one sent without its time comes back once more, with what was
# typed; one that a robot filled in is answered, and nothing is done.
fetch "$base/s/weekly"
[ "$code" = 200 ] || fail "the form answered $code"
fetch -d 'email=eve@example.org&name=Eve' "$base/s/weekly"
page_says 'once more'
page_says 'value="eve@example.org"'
fetch -d 'email=eve@example.org&more=1' "$base/s/weekly"
page_says 'One step is left'
expect 66 "$DIGEST" subscriber show eve@example.org
fetch "$base/s/nothing"
[ "$code" = 404 ] || fail "no such newsletter answered $code"

# form_time PAGE: one that is old enough to have been typed in.
form_time()
{
    fetch "$1"
    stamp=$(sed -n 's/.*name="form_time" value="\([^"]*\)".*/\1/p' "$work/page")
    [ -n "$stamp" ] || fail "no form time on $1"
    made=${stamp%%.*}
    until_true 20 eval '[ $(date +%s) -ge $((made + 2)) ]'
}

form_time "$base/s/weekly"
fetch -d "form_time=$stamp" --data-urlencode 'email=eve@example.org' \
    --data-urlencode 'name=Eve' "$base/s/weekly"
page_says 'One step is left'
! grep -q 'Did you mean' "$work/page" || fail "eve's address looks mistyped"
asked_for()
{
    "$DIGEST" subscriber show "$1" >"$work/out" 2>"$work/err"
}
until_true 20 asked_for eve@example.org
[ "$(state_of eve@example.org)" = pending ] || fail "eve isn't pending"
sed 's/eve@example.org/X/' "$work/page" >"$work/new"
fetch -d "form_time=$stamp&email=ana@example.org" "$base/s/weekly"
sed 's/ana@example.org/X/' "$work/page" >"$work/known"
cmp -s "$work/new" "$work/known" || fail "the answer tells who is known"
fetch -d "form_time=$stamp&email=nonsense" "$base/s/weekly"
[ "$code" = 422 ] || fail "no address answered $code"

# A cut link offers the form for a new one; so do the links.
fetch "${confirm%????}"
[ "$code" = 404 ] || fail "a cut link answered $code"
page_says 'action="../l"'
form_time "$base/l"
fetch -d "form_time=$stamp&email=omar@example.org" "$base/l"
page_says 'on their way'
fetch -d "form_time=$stamp&email=nobody@example.org" "$base/l"
page_says 'on their way'

all_done()
{
    [ "$(sqlite3 digest.db 'SELECT count(*) FROM reader_request')" = 0 ]
}
until_true 20 all_done

# Whoever sends the next notice sends those as well.
expect 0 "$DIGEST" subscriber add max@example.org --newsletter weekly --pending
[ -n "$(link_to eve@example.org c)" ] || fail "eve was not asked"
[ -z "$(link_to ana@example.org c)" ] || fail "ana was asked again"
[ -n "$(link_to ana@example.org p)" ] || fail "ana got no links"
[ -z "$(link_to nobody@example.org p)" ] || fail "nobody got links"
choose=$(link_to omar@example.org p)
[ -n "$choose" ] || fail "omar got no links"

# Choosing.
fetch "$choose"
page_says 'value="Science" checked'
id=$(sed -n 's/.*name="shown\.\([0-9]*\)".*/\1/p' "$work/page")
later=$(date -u -d '10 days' +%Y-%m-%d)
fetch -d "action=save&shown.$id=1&category.$id=World&pause.$id=$later" "$choose"
page_says 'Saved.'
page_says "value=\"$later\""
expect 0 "$DIGEST" --json subscriber show omar@example.org
[ "$(json "$work/out" 'j["subscriptions"][0]["categories"]')" = "['World']" ] ||
    fail "the choice was not kept"
fetch -d "action=save&shown.$id=1" "$choose"
[ "$code" = 422 ] || fail "nothing chosen answered $code"

# An address that looks mistyped is pointed out to who typed it.
fetch -d 'action=address&email=omar@gmial.com' "$choose"
page_says 'Did you mean'
page_says 'omar@gmail.com'

# Moving: only the new mailbox can confirm it.
fetch -d 'action=address&email=omar@new.example.org' "$choose"
page_says 'One step is left'
expect 0 "$DIGEST" subscriber show omar@example.org
says 'wants mail at omar@new.example.org'
says "no issue before ${later}T00:00:00Z"
expect 0 "$DIGEST" subscriber add ned@example.org --newsletter weekly --pending
move=$(link_to omar@new.example.org a)
[ -n "$move" ] || fail "the new address was not asked"
fetch "$move"
page_says 'omar@new.example.org'
fetch -X POST "$move"
page_says 'Done'
expect 0 "$DIGEST" subscriber show omar@new.example.org
says 'from omar@example.org to omar@new.example.org'
expect 66 "$DIGEST" subscriber show omar@example.org

# A language of one's own: that of the pages, and of the mail.
rest=$(link_to ana@example.org p)
fetch -d "action=save&shown.$id=1&category.$id=World&category.$id=Science&language=de" "$rest"
page_says 'Gespeichert.'
page_says '<html lang="de"'

# Who rests gets no issue; who gets one has a link to choose in it.
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
[ -n "$(link_to ana@example.org u)" ] || fail "ana got no issue"
[ -z "$(link_to omar@new.example.org u)" ] || fail "omar rests, and got one"
mail_of()
{
    "$python" - "$1" outbox/new/* <<'PY'
import email, email.policy, sys
for name in sys.argv[2:]:
    m = email.message_from_file(open(name), policy=email.policy.default)
    if m["To"].addresses[0].addr_spec == sys.argv[1] and m["List-Id"]:
        print(m.get_body(("plain",)).get_content())
        print(m.get_body(("html",)).get_content())
PY
}
mail_of ana@example.org >"$work/german"
mail_of juergen@example.org >"$work/english"
grep -q 'Guten Tag Ana' "$work/german" || fail "no German greeting"
grep -q 'Abbestellen' "$work/german" || fail "no German way out"
grep -q '<html lang="de"' "$work/german" || fail "it isn't called German"
grep -q 'Hello Jürgen' "$work/english" || fail "no English greeting"
! grep -q 'Abbestellen' "$work/english" || fail "German for everybody"
expect 0 "$DIGEST" issue show weekly/1 --as text --for ana@example.org
says 'Abbestellen'
expect 0 "$DIGEST" issue show weekly/1 --as text
says_not 'Abbestellen'

# All that is known, as the person's own copy.
expect 0 "$DIGEST" --json subscriber show ana@example.org
[ "$(json "$work/out" '[d["issue"] + d["state"] for d in j["deliveries"]]')" = \
    "['weekly/1sent']" ] || fail "what ana got isn't known"
expect 0 "$DIGEST" --json subscriber show omar@new.example.org
[ "$(json "$work/out" 'j["subscriptions"][0]["paused_until"]')" = \
    "${later}T00:00:00Z" ] || fail "omar's rest isn't known"
expect 0 "$DIGEST" suppression add kim@example.org
expect 0 "$DIGEST" --json subscriber show kim@example.org
[ "$(json "$work/out" 'j["suppressed"]')" = True ] ||
    fail "nobody says that kim is never mailed"
