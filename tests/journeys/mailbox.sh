# What comes back: bounces, complaints and unsubscribe mails, from a Maildir
# and an mbox; forged ones; the same ones twice; what is kept aside.
. "$(dirname "$0")/../support/lib.sh"

start_smtp
make_folder folder "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }
bounces: { address: bounces@example.org, mailbox: maildir:returned }"
mkdir -p returned/new returned/cur returned/tmp

for name in bea carl dora emil fritz; do
    expect 0 "$DIGEST" subscriber add "$name@example.org" --newsletter weekly
done
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly

# sent ADDRESS FIELD: that field of the message that went to a reader, or its
# return path.
sent()
{
    "$python" - "$1" "$2" "$work"/received/*.json <<'PY'
import email, email.policy, json, sys
for name in sys.argv[3:]:
    envelope = json.load(open(name))
    if envelope["to"] != [sys.argv[1]]:
        continue
    if sys.argv[2] == "Return-Path":
        print(envelope["from"])
    else:
        m = email.message_from_file(open(name[:-4] + "eml"),
                                    policy=email.policy.default)
        print("".join(m[sys.argv[2]].split()))
PY
}

# report ADDRESS STATUS WORDS [RETURN-PATH]: a delivery status notification.
report()
{
    cat <<MAIL
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: ${4:-$(sent "$1" Return-Path)}
Subject: Undelivered Mail Returned to Sender
Message-ID: <$RANDOM$RANDOM.$1>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

<$1>: host mx.example.net said: $3

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; $1
Action: ${action:-failed}
Status: $2
Diagnostic-Code: smtp; $3

--b
Content-Type: text/rfc822-headers

Subject: Weekly Review
To: $1

--b--
MAIL
}

state_of()
{
    expect 0 "$DIGEST" --json subscriber show "$1"
    json "$work/out" 'j["subscriptions"][0]["state"]'
}

is()
{
    [ "$(state_of "$1")" = "$2" ] || fail "$1 is $(state_of "$1"), not $2"
}

[ -n "$(sent ana@example.org Return-Path)" ] || fail "no return path in the messages"

report ana@example.org 5.1.1 '550 5.1.1 User unknown' >returned/new/1
report bea@example.org 4.2.2 '452 4.2.2 Mailbox full' >returned/new/2
report carl@example.org 5.7.1 '550 5.7.1 Blocked for spam' >returned/cur/3:2,S
action=delayed report omar@example.org 4.4.1 'connection timed out' >returned/new/4
report dora@example.org 5.1.1 '550 5.1.1 User unknown' bounces@example.org >returned/new/5
cat >returned/new/6 <<MAIL
From: feedback@example.net
To: abuse@example.org
Subject: complaint
Message-ID: <complaint@example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is a complaint.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Test/1
Version: 1

--b
Content-Type: message/rfc822

To: redacted
List-Unsubscribe: $(sent emil@example.org List-Unsubscribe)
Subject: Weekly Review

Hello

--b--
MAIL
cat >returned/new/7 <<MAIL
From: fritz@example.org
To: bounces@example.org
Subject: unsubscribe $(sent fritz@example.org List-Unsubscribe | sed 's/.*unsubscribe%20\([^>]*\)>.*/\1/')
Message-ID: <leaving@example.org>

MAIL
cat >returned/new/8 <<MAIL
From: juergen@example.org
To: $(sent juergen@example.org Return-Path)
Subject: Out of office: Weekly Review
Message-ID: <away@example.org>
Auto-Submitted: auto-replied

I am away.
MAIL
printf 'From: x@example.com\nSubject: hello\n\nWho are you?\n' >returned/new/9
cp -r returned kept

# Classifying changes nothing and needs no folder.
(cd "$work" && expect 0 "$DIGEST" --json mailbox classify folder/returned/new/1 folder/returned/new/7)
[ "$(grep -c '"kind":' "$work/out")" = 2 ] || fail "not one object a line"
grep -q '"recipient":"ana@example.org","kind":"hard","status":"5.1.1","reason":"unknown-user"' \
    "$work/out" || fail "the verdict of a hard bounce"
is ana@example.org active

expect 0 "$DIGEST" --json mailbox poll
warns 'example.org refuses our mail (policy 5.7.1)'
[ "$(json "$work/out" '[j[k] for k in ("read", "hard", "soft", "policy", "delayed", "complained", "unsubscribed", "ignored", "aside")]')" = \
    '[9, 1, 1, 1, 1, 1, 1, 1, 2]' ] || fail "the tally"
[ -z "$(find returned -type f)" ] || fail "mails are left in the mailbox"
is ana@example.org bounced
is bea@example.org active
is carl@example.org active
is dora@example.org active
is emil@example.org complained
is fritz@example.org unsubscribed
is juergen@example.org active
is omar@example.org active
expect 0 "$DIGEST" suppression list
says ana@example.org
says emil@example.org
says_not dora@example.org

# Kept aside: the forged one, and the one that nobody understands.
expect 0 "$DIGEST" mailbox review
says 'nothing in it is signed by us'
says 'not understood'
says 'Blocked for spam'
expect 0 "$DIGEST" --json mailbox review
number=$(json "$work/out" 'j["aside"][0]["id"]')
expect 0 "$DIGEST" mailbox review "$number"
says 'Subject:'
expect 0 "$DIGEST" mailbox review "$number" --drop
expect 66 "$DIGEST" mailbox review "$number"

# The same mails again, in an mbox this time.
for mail in kept/*/*; do
    [ -f "$mail" ] || continue
    printf 'From MAILER-DAEMON Mon Nov 23 10:00:00 2026\n'
    cat "$mail"
    echo
done >box
sed -i 's/maildir:returned/mbox:box/' digest.yaml
expect 0 "$DIGEST" --json mailbox poll
[ "$(json "$work/out" 'j["read"], j["again"]')" = '(9, 9)' ] || fail "the same mails counted twice"
[ -f box ] && [ ! -s box ] || fail "mails are left in the mbox"
[ ! -e box.lock ] && [ ! -e box.rest ] || fail "a lock is left"
is bea@example.org active

# One locked by somebody else is left alone.
: >box.lock
expect 75 "$DIGEST" mailbox poll
warns box.lock
rm box.lock

# Errors that say what to do.
sed -i 's/mbox:box/imaps:nowhere/' digest.yaml
expect 78 "$DIGEST" mailbox poll
warns 'imaps://user@host'
sed -i 's/, mailbox: [^}]* }/ }/' digest.yaml
expect 78 "$DIGEST" mailbox poll
warns 'bounces.mailbox'
expect 66 "$DIGEST" mailbox classify nothing.eml
