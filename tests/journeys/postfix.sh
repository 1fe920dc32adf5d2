# Handed to a real Postfix: it delivers to Maildirs, and what nobody takes
# comes back to an address that tells whose it was.
. "$(dirname "$0")/../support/lib.sh"
. "$here/postfix.sh"

[ "$(id -u)" = 0 ] || {
    echo "Postfix needs root: it becomes several users"
    exit 77
}
[ -x "$tools/postfix/usr/lib/postfix/sbin/master" ] || {
    echo "no Postfix in build-tools; tests/setup unpacks it"
    exit 77
}

start_postfix ana juergen omar bounces
make_folder folder "transport: { url: 'smtp://127.0.0.1:$postfix_port', tls: none, connections: 2 }
bounces: { address: bounces@bounces.example }"
for name in nobody1 nobody2; do
    expect 0 "$DIGEST" subscriber add $name@example.org --newsletter weekly
done
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
says 'Sent weekly/1 to 5 of 5'
expect 0 "$DIGEST" --json issue status weekly/1
[ "$(json "$work/out" 'j["sent"], j["state"]')" = "(5, 'sent')" ] ||
    fail "the ledger disagrees"

# mails USER NUMBER: so many lie in that Maildir.
mails()
{
    [ "$(find "$work/mail/$1/new" -type f 2>/dev/null | wc -l)" = "$2" ]
}

# without_trace FILE: as it was sent, without what Postfix put before it.
without_trace()
{
    awk 'body { print; next }
        /^$/ { body = 1 }
        /^[^ \t]/ { ours = $0 !~ /^(Return-Path|X-Original-To|Delivered-To|Received):/ }
        ours || body { print }' "$1"
}

for user in ana juergen omar; do
    until_true 60 mails $user 1
    without_trace "$work/mail/$user"/new/* >"$work/$user.eml"
    "$python" "$here/check_message.py" "$work/$user.eml" ||
        fail "$user's copy is unsound"
    grep -qi '^Return-Path: <bounces+[^@]*@bounces.example>' \
        "$work/mail/$user"/new/* || fail "$user's return path"
done
[ "$(grep -rhi '^Return-Path:' "$work/mail/ana" "$work/mail/juergen" \
    "$work/mail/omar" | sort -u | wc -l)" = 3 ] ||
    fail "return paths are shared"

# The bounces: reports, each to an address of its own.
until_true 60 mails bounces 2
for file in "$work"/mail/bounces/new/*; do
    "$python" - "$file" <<'PY' || fail "$file isn't such a report"
import email
import email.policy
import re
import sys

report = email.message_from_binary_file(
    open(sys.argv[1], "rb"), policy=email.policy.default)
assert report.get_content_type() == "multipart/report"
assert report.get_param("report-type") == "delivery-status"
assert report["Return-Path"] == "<>", report["Return-Path"]
to = report["X-Original-To"] or report["Delivered-To"] or report["To"]
assert re.fullmatch(r"bounces\+[A-Za-z0-9._=-]{20,}@bounces\.example",
                    to.strip("<>")), to
status = list(report.walk())
fields = [p for part in status
          if part.get_content_type() == "message/delivery-status"
          for p in part.get_payload()]
dead = [f for f in fields if f["Action"] == "failed"]
assert len(dead) == 1 and dead[0]["Status"] == "5.1.1", dead
assert re.search(r"nobody[12]@example\.org", dead[0]["Final-Recipient"])
PY
done
[ "$(grep -hi '^To: <\?bounces+' "$work"/mail/bounces/new/* | sort -u |
    wc -l)" = 2 ] || fail "the bounces share an address"
[ -z "$(find "$work/postfix/queue/deferred" -type f)" ] ||
    fail "something stays in the queue"
