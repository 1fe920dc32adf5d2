# What goes wrong is said: what, where, and the remedy; nothing is lost.
. "$(dirname "$0")/../support/lib.sh"

cd "$work" || exit 1
mkdir empty
expect 78 "$DIGEST" -C empty article list
warns 'digest init'
expect 64 "$DIGEST" nonsense
expect 64 "$DIGEST" article improt
warns 'did you mean "article import"?'
expect 64 "$DIGEST" issue draft weekly --explian
warns 'did you mean --explain?'
expect 0 "$DIGEST" --help
says 'issue draft'
expect 0 "$DIGEST" issue draft --help
says '--since T'

make_folder folder
cp digest.yaml good.yaml
printf 'transport:\n  url: "null:"\n  conections: 3\n' >digest.yaml
expect 78 "$DIGEST" article list
warns 'digest.yaml:3: unknown key "conections" under transport; did you mean "connections"?'
printf 'site:\n  name: [\n' >digest.yaml
expect 78 "$DIGEST" article list
warns 'digest.yaml:'
printf 'transport: { url: "gopher://x" }\n' >digest.yaml
expect 0 "$DIGEST" issue draft weekly
expect 78 "$DIGEST" issue send weekly
warns gopher
# What runs unattended says so before anything is due, and does the rest.
for url in gopher://x smtp:/x smpt://mail.example.org:587 smtp:// maildir: \
    null:x; do
    printf 'transport: { url: "%s" }\n' "$url" >digest.yaml
    expect 78 "$DIGEST" run
    warns "transport url \"$url\""
    expect 78 "$DIGEST" issue test weekly --to ada@example.org
    expect 78 "$DIGEST" doctor
    says "transport url \"$url\""
    says_not 'no mail leaves'
done
printf 'transport: { url: "MailDir:capitals" }\n' >digest.yaml
expect 0 sh -c "cd / && exec '$DIGEST' -C '$PWD' issue test weekly \
    --to ada@example.org"
says '(written to the folder capitals)'
[ -n "$(ls capitals/new)" ] || fail "the folder isn't beside digest.yaml"
expect 64 "$DIGEST" run now
grep -q 'too many arguments: digest run$' "$work/err" ||
    fail "a space behind the command"
cp good.yaml digest.yaml

# Articles: each bad file is named with its line; the rest come in.
mkdir bad
printf -- '---\ntitle: [\n---\nx\n' >bad/yaml.md
printf -- '---\ntitle: Latin\ndate: 2026-01-01\nurl: https://example.org/l\n---\ncaf\xe9\n' >bad/latin.md
printf -- '---\ntitle: Nodate\ndate: someday\nurl: https://example.org/n\n---\nx\n' >bad/date.md
printf -- '---\ntitle: Fine\ndate: 2026-01-01\nurl: https://example.org/f\ncategory: World\n---\nx\n' >bad/fine.md
printf -- '---\ntitle: "Bcc: evil@example.org\\r\\nX: y"\ndate: 2026-01-01\nurl: https://example.org/i\ncategory: World\n---\nx\n' >bad/inject.md
expect 65 "$DIGEST" article import bad
says 'Imported 2 new articles'
warns yaml.md:
warns latin.md:
warns date.md:3
expect 66 "$DIGEST" article import no-such-file.md

# Importing again changes nothing; a change is taken up, and said.
expect 0 "$DIGEST" article import articles
says '0 new articles, 0 changed, 4 as they were'
sed -i 's/Story one/Story one, again/' articles/one.md
expect 0 "$DIGEST" article import articles
says '0 new articles, 1 changed'
warns 'weekly/1, not yet sent, will carry the new text'

# Injection: line breaks in anything that becomes a header.
bad=$(printf 'a\r\nBcc: evil@example.org')
expect 64 "$DIGEST" issue edit weekly --subject "$bad"
expect 64 "$DIGEST" newsletter edit weekly --title "$bad"
expect 64 "$DIGEST" newsletter edit weekly --from "$bad <a@example.org>"
expect 65 "$DIGEST" subscriber add "$bad@example.org" --newsletter weekly
for address in plain 'a b@example.org' 'a@b' '<a@example.org>' 'a@@example.org' \
    'a@-x.org' ''; do
    expect 65 "$DIGEST" subscriber add "$address" --newsletter weekly
done
expect 0 "$DIGEST" subscriber add evil@example.org --newsletter weekly \
    --name "$bad"
expect 0 "$DIGEST" issue send weekly
! grep -liE '^(Bcc|X):' outbox/new/* || fail "a header was injected"
for file in outbox/new/*; do
    "$python" "$here/check_message.py" "$file" || fail "$file is unsound"
done

# A template with a fault: its file and line.
expect 0 "$DIGEST" template copy default mine
printf '{{#open}}\nnever closed\n' >templates/email/mine/html.mustache
expect 65 "$DIGEST" newsletter edit weekly --template mine
warns 'templates/email/mine/html.mustache:1'
expect 66 "$DIGEST" newsletter edit weekly --template none

# A design without a way to leave isn't taken, and doesn't go out where it lost
# that later.
expect 0 "$DIGEST" template copy default bare
expect 0 "$DIGEST" newsletter create bare --title Bare \
    --from 'Bare <bare@example.org>' --template bare
printf '<p>{{site.address_line}}</p>\n' >templates/email/bare/html.mustache
expect 65 "$DIGEST" newsletter create other --title Other \
    --from 'Other <other@example.org>' --template bare
warns 'the design bare: its HTML part has no link to unsubscribe'
expect 0 "$DIGEST" subscriber add ana@example.org --newsletter bare
expect 0 "$DIGEST" issue draft bare
expect 65 "$DIGEST" issue send bare
warns 'has no link to unsubscribe'
expect 65 "$DIGEST" issue send bare --anyway
warns 'the design bare: its HTML part has no link to unsubscribe'
expect 0 "$DIGEST" --json issue status bare
[ "$(json "$work/out" 'j["state"]')" = draft ] || fail "it was started"

# An address in digest.yaml that is none.
sed 's/^transport/bounces: { address: nonsense }\ntransport/' good.yaml \
    >digest.yaml
expect 78 "$DIGEST" article list
warns 'bounces.address'
cp good.yaml digest.yaml

# CSV: bad rows by line, the rest come in.
printf 'email,name\ngood@example.org,Good\nbad,Bad\n"open@example.org,"x\n' >r.csv
expect 65 "$DIGEST" subscriber import r.csv --newsletter weekly
says 'Added 1 subscriber'
warns 'r.csv:3:'

# A database from a newer version, one that isn't ours, a folder that can't
# be written.
cp digest.db kept.db
sqlite3 digest.db 'PRAGMA user_version = 9999' >/dev/null
expect 74 "$DIGEST" article list
warns newer
head -c 4096 /dev/urandom >digest.db
rm -f digest.db-wal digest.db-shm
expect 74 "$DIGEST" article list
rm -f digest.db
sqlite3 digest.db 'CREATE TABLE theirs (x)'
expect 74 "$DIGEST" article list
warns 'some other program'
cp kept.db digest.db
chmod 644 digest.keys
expect 77 "$DIGEST" article list
warns digest.keys
chmod 600 digest.keys
chmod 755 "$work"
mkdir "$work/closed"
chmod 555 "$work/closed"
someone=()
[ "$(id -u)" != 0 ] ||
    someone=(setpriv --reuid=65534 --regid=65534 --clear-groups)
expect 77 "${someone[@]}" "$DIGEST" init "$work/closed/sub"
warns closed
