# Erasing: every table is filled through the front doors with three people,
# who are erased by the command line, by the desk's button and by retention.
# Then no table and no byte of a file holds them, while `serve` runs.
. "$(dirname "$0")/../support/lib.sh"

people=(quirina wendelin yolande)
rejects=()
for name in "${people[@]}"; do
    rejects+=(--reject "$name.zapf=451 4.2.2 <$name.zapf@example.org>: mailbox full")
done
start_smtp "${rejects[@]}" --reject 'tell.tale=550 5.7.1 Blocked: wendelin.zapf@example.org, quirina.zapf=example.org'
make_folder folder "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }
bounces: { address: bounces@example.org, mailbox: maildir:$work/returned }
privacy: { keep_proofs: 1y, keep_logs: 5y }"
mkdir -p "$work/returned/new" "$work/returned/cur" "$work/returned/tmp"

port=$(free_port)
base=http://127.0.0.1:$port
sed -i "s|https://news.example.org|$base|" digest.yaml
sed -i "s|^  name: Test Post|&\n  operator: operator@example.org|" digest.yaml

# at DAYS COMMAND...: as on that day from now.
at()
{
    local days=$1
    shift
    env DIGEST_NOW="$(date -u -d "$days days" +%Y-%m-%dT%H:%M:%SZ)" "$@"
}

# link_to ADDRESS PATH: the newest link of that kind in a mail to them.
link_to()
{
    "$python" - "$1" "$base/$2/" "$work"/received/*.json <<'PY'
import email, email.policy, json, os, re, sys
found = ""
for name in sorted(sys.argv[3:], key=os.path.getmtime):
    if json.load(open(name))["to"] == [sys.argv[1]]:
        m = email.message_from_file(open(name[:-4] + "eml"),
                                    policy=email.policy.default)
        text = m.get_body(("plain",)).get_content()
        for link in re.findall(re.escape(sys.argv[2]) + r"[-_A-Za-z0-9]+", text):
            found = link
print(found)
PY
}

# ---- the tables are filled ----

{
    echo 'email,name,categories'
    for name in "${people[@]}"; do
        echo "$name.zapf@example.org,${name^} Zapfenstreich,World"
    done
} >"$work/list.csv"
expect 0 at -800 "$DIGEST" subscriber import "$work/list.csv" --newsletter weekly
expect 0 "$DIGEST" subscriber add tell.tale@example.org --newsletter weekly
expect 0 "$DIGEST" newsletter create daily --title Daily --from 'D <d@example.org>'
printf 'correct horse battery\n' |
    "$DIGEST" editor add owner@example.org --role owner >"$work/out" || fail "no editor"
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"

# A stranger asks for their links; they choose, and ask for another address.
form_time()
{
    stamp=$(curl -s "$1" | sed -n 's/.*name="form_time" value="\([^"]*\)".*/\1/p')
    until_true 20 eval '[ $(date +%s) -ge $((${stamp%%.*} + 2)) ]'
}
for name in "${people[@]}"; do
    # The first address takes mail; the list's server then fills up.
    expect 0 at -790 "$DIGEST" subscriber edit "$name.zapf@example.org" \
        --email "$name.first@example.org"
done
form_time "$base/l"
for name in "${people[@]}"; do
    curl -s -o "$work/page" -d "form_time=$stamp&email=$name.first@example.org" "$base/l"
done
linked()
{
    "$DIGEST" run >"$work/out" 2>"$work/err"
    [ -n "$(link_to "yolande.first@example.org" p)" ]
}
until_true 30 linked
for name in "${people[@]}"; do
    choose=$(link_to "$name.first@example.org" p)
    [ -n "$choose" ] || fail "$name got no links"
    curl -s -o "$work/page" -d "action=address&email=$name.next@example.org" "$choose"
done
expect 0 "$DIGEST" run
for name in "${people[@]}"; do
    curl -s -o "$work/page" -X POST "$(link_to "$name.next@example.org" a)"
    expect 0 "$DIGEST" subscriber show "$name.next@example.org"
    choose=$(link_to "$name.first@example.org" p)
    curl -s -o "$work/page" -d "action=address&email=$name.wish@example.org" "$choose"
    expect 0 "$DIGEST" subscriber edit "$name.next@example.org" \
        --email "$name.zapf@example.org"
    curl -s -o "$work/page" -d "action=address&email=$name.wish@example.org" "$choose"
done

# An issue that their mailbox refuses, and another server tells of.
expect 0 "$DIGEST" issue draft weekly
"$DIGEST" issue send weekly >"$work/out" 2>"$work/err" </dev/null
says_wait()
{
    [ "$(sqlite3 digest.db "SELECT count(*) FROM delivery WHERE reply LIKE '%zapf%'")" = 4 ]
}
says_wait || fail "no replies name them"
expect 0 "$DIGEST" article correct \
    "$(sqlite3 digest.db 'SELECT min(article_id) FROM story')" --note 'It is 40.'

# What comes back: for now, understood by nobody, from themselves; and a name
# in a transfer encoding.
number=0
put()
{
    number=$((number + 1))
    cat >"$work/returned/new/$number"
}
for name in "${people[@]}"; do
    put <<MAIL
From: "${name^} Zapfenstreich" <$name.zapf@example.org>
To: bounces@example.org
Subject: what is this about
Message-ID: <hello-$name@example.com>

${name^} Zapfenstreich here.
MAIL
    put <<MAIL
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: bounces@example.org
Subject: Undelivered Mail
Message-ID: <report-$name@example.com>
MIME-Version: 1.0
Content-Type: text/plain
Content-Transfer-Encoding: base64

$(printf 'We could not deliver to %s.zapf@example.org, sorry.\n' "$name" | base64)
MAIL
    put <<MAIL
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: bounces@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn-$name@example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; $name.zapf@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 $name.zapf@example.org unknown

--b--
MAIL
done
# Theirs by the Return-Path of another message: soft, and for spam.
return_path()
{
    "$python" - "$1" "$work"/received/*.json <<'PY'
import json, sys
for name in sys.argv[2:]:
    envelope = json.load(open(name))
    if envelope["to"] == [sys.argv[1]] and "+" in envelope["from"]:
        print(envelope["from"])
PY
}
path=$(return_path juergen@example.org | head -n 1)
[ -n "$path" ] || path=$(return_path ana@example.org | head -n 1)
[ -n "$path" ] || fail "no return path"
for status in 4.2.2 5.7.1; do
    put <<MAIL
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: $path
Subject: Undelivered Mail Returned to Sender
Message-ID: <$status@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; juergen@example.org
Action: failed
Status: $status
Diagnostic-Code: smtp; 550 $status blocked for spam: forwards to quirina.zapf@example.org and SRS0=x=example.org=wendelin.zapf@example.net

--b--
MAIL
done
expect 0 "$DIGEST" mailbox poll

# An editor looks after them at the desk.
jar=$work/cookies
door=$(curl -s -c "$jar" "$base/desk/sign-in" | sed -n 's/.*name="door" value="\([^"]*\)".*/\1/p' | head -n 1)
curl -s -o "$work/page" -b "$jar" -c "$jar" -d "door=$door&email=owner@example.org" \
    --data-urlencode 'password=correct horse battery' "$base/desk/sign-in"
csrf=$(curl -s -b "$jar" "$base/desk/readers" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
[ -n "$csrf" ] || fail "nobody is signed in"
id_of()
{
    sqlite3 digest.db "SELECT id FROM subscriber WHERE email_key = '$1.zapf@example.org'"
}
desk()
{
    curl -s -o "$work/page" -w '%{http_code}' -b "$jar" -d "csrf=$csrf" "${@:2}" "$base/desk/$1"
}
wendelin=$(id_of wendelin)
[ "$(desk "readers/$(id_of quirina)/suppress")" = 303 ] || fail "not suppressed"
[ "$(desk "readers/$wendelin/leave")" = 303 ] || fail "wendelin didn't leave"
expect 0 "$DIGEST" subscriber unsubscribe yolande.zapf@example.org
expect 0 "$DIGEST" suppression add yolande.zapf@example.org \
    --note 'Yolande Zapfenstreich asked by phone'
expect 0 "$DIGEST" run

"$python" "$here/erased.py" filled digest.db >"$work/out"
[ ! -s "$work/out" ] || fail "no front door filled these tables"
find_them()
{
    "$python" "$here/erased.py" find . "$@" >"$work/out"
}
find_them quirina wendelin yolande
for table in subscriber consent_event delivery notice suppression bounce_aside \
    bounce_seen bounce_refusal address_change address_past name_word session; do
    grep -q "^table $table:" "$work/out" || fail "$table names nobody: nothing is shown by its being empty"
done

# ---- and they are erased ----

gone()
{
    find_them "$@"
    [ ! -s "$work/out" ] || fail "still there: $*"
}

# By the command line, while somebody reads an older state: the log is emptied
# by the scheduler when that has ended.
mkfifo "$work/hold"
sqlite3 digest.db 2>"$work/err" <"$work/hold" >"$work/held" &
pids+=($!)
exec 7>"$work/hold"
echo "BEGIN; SELECT 'held ' || count(*) FROM subscriber;" >&7
until_true 20 grep -q held "$work/held"
expect 0 "$DIGEST" subscriber forget quirina.zapf@example.org
says 'Erased quirina.zapf@example.org'
warns 'Another program is reading the database'
[ -s digest.db-wal ] || fail "the log is empty while it is read"
echo 'ROLLBACK;' >&7
exec 7>&-
stop_last
expect 0 "$DIGEST" run
gone quirina 'Quirina Zapf'
[ "$(sqlite3 digest.db "SELECT count(*) FROM upkeep WHERE name = 'erased'")" = 0 ] ||
    fail "the log is still to be emptied"

# By the desk's button, at once.
[ "$(desk "readers/$wendelin/forget")" = 303 ] || fail "the desk did not erase"
gone wendelin

# By retention.
expect 0 at 500 "$DIGEST" run
gone yolande 'Yolande Zapf' Zapfenstreich

# Nothing that was queued goes out to them.
rm -f "$work"/received/*
sqlite3 digest.db "UPDATE delivery SET next_at = 0"
"$DIGEST" issue send weekly >"$work/out" 2>"$work/err" </dev/null
expect 0 "$DIGEST" run
! grep -qlE 'quirina|wendelin|yolande' "$work"/received/* 2>/dev/null ||
    fail "a mail went out to somebody erased"

# What comes back later isn't kept either.
put <<MAIL
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: bounces@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <late@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; wendelin.zapf@example.org
Action: failed
Status: 5.1.1

--b--
MAIL
expect 0 "$DIGEST" mailbox poll
gone wendelin

# They come back only when they, or whoever adds them, say so; an import never
# brings them, under no address that they had.
printf 'email\n%s\n' wendelin.zapf@example.org wendelin.next@example.org \
    wendelin.first@example.org >"$work/again.csv"
expect 65 "$DIGEST" subscriber import "$work/again.csv" --newsletter weekly
expect 66 "$DIGEST" subscriber show wendelin.zapf@example.org
expect 66 "$DIGEST" subscriber show wendelin.first@example.org
expect 65 "$DIGEST" subscriber add wendelin.zapf@example.org --newsletter weekly
warns 'was erased here'
warns '--again'
expect 0 "$DIGEST" subscriber add wendelin.zapf@example.org --newsletter weekly --again
expect 0 "$DIGEST" subscriber show wendelin.zapf@example.org
# Who was suppressed before stays so, by the hash alone.
expect 65 "$DIGEST" subscriber add quirina.zapf@example.org --newsletter weekly --again
warns 'is suppressed'
expect 0 "$DIGEST" suppression remove quirina.zapf@example.org
expect 0 "$DIGEST" subscriber add quirina.zapf@example.org --newsletter weekly
