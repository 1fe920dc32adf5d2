# Feeds that nobody should send: each is named or read as far as it can be,
# none harms another, and nothing foreign gets in.
. "$(dirname "$0")/../support/lib.sh"

"$python" "$here/hostile_site.py" "$work/port" >"$work/site.log" 2>&1 &
pids+=($!)
until_true 20 test -s "$work/port"
at=http://127.0.0.1:$(cat "$work/port")
export DIGEST_NOW=1795500000 # 2026-11-24T06:00:00Z

expect 0 "$DIGEST" init "$work/here"
cd "$work/here" || exit 1
echo 'fetch: { allow_private: true }' >>digest.yaml

# Those that can be added; the others are refused by name, at once.
for name in good bomb file title latin utf16 nocharset nul half dates deep \
    markup scheme gzip brotli; do
    "$DIGEST" source add "$at/$name.xml" >"$work/out" 2>"$work/err" ||
        fail "$name"
done
for name in tags page empty noise round passwd flood gzbomb badgzip short; do
    "$DIGEST" source add "$at/$name.xml" >"$work/out" 2>"$work/err"
    case $? in
    65 | 69 | 75) ;;
    *) fail "$name" ;;
    esac
    warns "$name.xml"
    # It was good once: as a source it is asked all the same.
    sqlite3 digest.db "INSERT INTO source (address, kind, created_at)
        VALUES ('$at/$name.xml', 'feed', 1)"
done

expect 75 "$DIGEST" source fetch
says '; 11 failed'
for name in half tags page empty noise round passwd flood gzbomb badgzip short; do
    warns "/$name.xml"
done
warns 'redirects without end'
warns 'larger than'
expect 0 "$DIGEST" --json article list
json "$work/out" '[a["title"][:40] for a in j]' >"$work/titles"
for name in good bomb file titleAAAA naïve sixteen unheard nulbyte whole \
    date0 date15 deep markup gzip brotli; do
    grep -qF "'$name" "$work/titles" || fail "no article $name"
done
# A title of ten megabytes is cut; no entity, file or header line came in;
# no time is later than now or before the first, and what can't be read is
# none.
[ "$(json "$work/out" 'max(len(a["title"]) for a in j) < 600')" = True ] ||
    fail "a long title"
[ "$(json "$work/out" 'all("1000" <= (a["published"] or "2000")[:4] <= "2026"
    for a in j)')" = True ] || fail "a time"
[ "$(json "$work/out" 'sum(not a["published"] for a in j)')" = 13 ] ||
    fail "a date that can't be read"
grep -qE 'root:|haha|<script' "$work/out" && fail "what is foreign"
[ "$(json "$work/out" 'any("\n" in t or "\r" in t for a in j
    for t in [a["title"], a["author"] or ""] + a["categories"])')" = False ] ||
    fail "a line end"
# The good ones go on; those that failed rest.
expect 0 "$DIGEST" source fetch
says '11 resting after failures'
