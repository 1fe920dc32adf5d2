# The demo goes the whole way, and says what is there when run again.
. "$(dirname "$0")/../support/lib.sh"

expect 0 "$DIGEST" demo "$work/demo"
says 'Imported 12 new articles'
says 'Drafted weekly/1'
says 'taken'
says 'Sent weekly/1 to 6 subscribers in 2 variants'
says 'Unsubscribed ruth@example.org'
says 'Drafted weekly/2'
says 'Sent weekly/2 to 5 subscribers'
cd "$work/demo" || exit 1
[ "$(stat -c %a digest.db)" = 600 ] || fail "the database isn't private"
[ "$(stat -c %a digest.keys)" = 600 ] || fail "the keys aren't private"

# Eleven messages, each sound; the reader who left has one alone.
[ "$(ls outbox/new | wc -l)" = 11 ] || fail "not eleven messages"
for file in outbox/new/*; do
    "$python" "$here/check_message.py" "$file" || fail "$file is unsound"
done
[ "$(grep -l '^To:.*ruth@example.org' outbox/new/* | wc -l)" = 1 ] ||
    fail "ruth got another"

# No article is in both issues.
expect 0 "$DIGEST" --json issue show weekly/1
cp "$work/out" "$work/1.json"
expect 0 "$DIGEST" --json issue show weekly/2
cp "$work/out" "$work/2.json"
common=$("$python" - "$work/1.json" "$work/2.json" <<'PY'
import json, sys
one, two = ({a["id"] for a in json.load(open(f))["articles"]}
            for f in sys.argv[1:])
assert one and two
print(len(one & two))
PY
) || fail "no articles in an issue"
[ "$common" = 0 ] || fail "$common articles came twice"

# The chosen categories alone.
omar=$(grep -l '^To:.*omar@example.org' outbox/new/* | head -n 1)
"$python" - "$omar" <<'PY' || fail "omar's copy"
import email, email.policy, sys
m = email.message_from_file(open(sys.argv[1]), policy=email.policy.default)
text = m.get_body(("plain",)).get_content()
assert "SCIENCE" in text and "CULTURE" in text, text
assert "WORLD" not in text and "CITY" not in text, text
PY

# The record says how ruth left, and from which issue.
expect 0 "$DIGEST" --json subscriber show ruth@example.org
[ "$(json "$work/out" 'j["subscriptions"][0]["state"]')" = unsubscribed ] ||
    fail "ruth's state"
[ "$(json "$work/out" 'j["history"][-1]["issue"]')" = weekly/1 ] ||
    fail "the issue isn't on record"

before=$(sha256sum digest.db digest.yaml)
expect 0 "$DIGEST" demo "$work/demo"
says 'has a digest already'
says 'digest -C'
[ "$before" = "$(sha256sum digest.db digest.yaml)" ] || fail "it changed"
