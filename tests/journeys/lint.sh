# What lint finds, in files and in issues; an issue with an error in it can't
# start unless that is asked for, and links are asked for when they are to be.
. "$(dirname "$0")/../support/lib.sh"

# ---- the designs, in every language ----
expect 0 "$DIGEST" demo "$work/demo"
cd "$work/demo" || exit 1
expect 0 "$DIGEST" newsletter create all --title 'Die Woche' \
    --from 'Review <weekly@harbour.example>' --section '*:20'
for design in default brief; do
    for language in en de fr ar bn zh; do
        expect 0 "$DIGEST" newsletter edit all --template "$design" \
            --language "$language"
        expect 0 "$DIGEST" issue draft all --since 2000-01-01
        expect 0 "$DIGEST" lint all/1
        says 'Nothing to find fault with in all/1.'
    done
done
for file in outbox/new/*; do
    expect 0 "$DIGEST" lint "$file"
    says 'Nothing to find fault with'
done

# ---- a language that readers chose ----
mkdir -p templates/messages
sed 's/^preferences: .*/preferences: "[Name]"/' \
    "$root/templates/messages/de.yaml" >templates/messages/de.yaml
expect 0 "$DIGEST" newsletter edit all --template default --language en
expect 0 "$DIGEST" issue draft all --since 2000-01-01
expect 0 "$DIGEST" lint all/1
says 'Nothing to find fault with'
printf 'email,language\njan@example.org,de\nben@example.org,de-AT\n' >jan.csv
expect 0 "$DIGEST" subscriber import jan.csv --newsletter all
expect 0 "$DIGEST" lint all/1
says '<a> "[Name]": in de: "[Name]" was never filled in'
# The words of de-AT are those of de: they are looked at once.
[ "$(grep -c '<a>.*was never filled in' "$work/out")" = 1 ] || fail "looked at twice"
rm -r templates
expect 0 "$DIGEST" lint all/1
says 'Nothing to find fault with'
expect 0 "$DIGEST" subscriber unsubscribe jan@example.org
expect 0 "$DIGEST" subscriber unsubscribe ben@example.org

# ---- files ----
cat >page.html <<'HTML'
<html lang="en" dir="ltr"><head><title>x</title></head><body>
<div lang="en" dir="ltr"><h1>Hello {{name}}</h1>
<p style="color: #888">Grey <a href="">nowhere</a></p></div></body></html>
HTML
expect 65 "$DIGEST" lint page.html
says 'ERRORS'
says 'html:2:30: <h1> "Hello {{name}}": "{{" was never filled in'
says 'html:3:29: <a> "nowhere": leads nowhere'
says 'WARNINGS'
says '#888888 on #ffffff has a contrast of 3.54:1'
says '2 errors, 1 warning in page.html.'
expect 65 "$DIGEST" --json lint page.html
[ "$(json "$work/out" '[f["rule"] for f in j["findings"]]')" = \
    "['placeholder', 'link-empty', 'contrast']" ] || fail "the findings"
[ "$(json "$work/out" '(j["errors"], j["warnings"], j["name"])')" = \
    "(2, 1, 'page.html')" ] || fail "the numbers"
printf 'Once upon a time\n' >tale.eml
expect 65 "$DIGEST" lint tale.eml
warns 'tale.eml: line 1: not a header field'
expect 66 "$DIGEST" lint nothing.html
expect 66 "$DIGEST" lint nothing/1

# ---- the gate ----
expect 0 "$DIGEST" template copy default mine
sed -i 's|{{/content}}|<tr><td><a href="/sale">Our sale</a></td></tr>&|' \
    templates/email/mine/html.mustache
expect 0 "$DIGEST" newsletter edit all --template mine --language en
expect 0 "$DIGEST" issue draft all --since 2000-01-01
expect 0 "$DIGEST" subscriber add zoe@example.org --newsletter all
expect 65 "$DIGEST" lint all
says '<a> "Our sale": is relative: /sale'
rm -rf outbox
expect 65 "$DIGEST" issue send all
warns 'all/1: can'"'"'t go out like this: html:'
warns 'digest lint all/1'
[ ! -d outbox ] || [ -z "$(ls outbox/new)" ] || fail "it went out"
expect 0 "$DIGEST" --json issue status all/1
[ "$(json "$work/out" 'j["state"]')" = draft ] || fail "it was started"
expect 65 "$DIGEST" issue send all --dry-run
expect 0 "$DIGEST" issue send all --anyway
warns 'is relative: /sale'
[ "$(ls outbox/new | wc -l)" = 1 ] || fail "it didn't go out"

# What looks like a placeholder and isn't can go, if that is asked for.
printf -- '---\ntitle: "Why {{ looks odd"\ndate: %s\nurl: %s\ncategory: Odd\n---\n' \
    "$(date -u +%F)" https://harbour.example/odd >odd.md
expect 0 "$DIGEST" article import odd.md
expect 0 "$DIGEST" newsletter create odd --title Odd \
    --from 'Review <weekly@harbour.example>' --section Odd
expect 0 "$DIGEST" subscriber add zoe@example.org --newsletter odd
expect 0 "$DIGEST" issue draft odd
expect 65 "$DIGEST" issue send odd
warns 'Subject: "{{" was never filled in'
expect 0 "$DIGEST" issue send odd --anyway

# ---- links ----
"$python" "$here/links_server.py" "$work/asked" >"$work/port" &
pids+=($!)
until [ -s "$work/port" ]; do kill -0 "${pids[-1]}" || fail "no server"; done
at=http://127.0.0.1:$(cat "$work/port")
cat >links.html <<HTML
<html lang="en" dir="ltr"><head><title>x</title></head><body>
<div lang="en" dir="ltr"><h1>Links</h1>
<a href="$at/good">Good</a> <a href="$at/good#part">Good again</a>
<a href="$at/gone">Gone</a> <a href="$at/moved">Moved</a>
<a href="$at/no-head">No HEAD</a> <a href="$at/shy">Shy</a></div></body></html>
HTML
expect 65 "$DIGEST" lint --links links.html
says "$at/good: is a private or loopback address"
[ ! -s "$work/asked" ] || fail "a private address was asked"
echo 'fetch: { allow_private: true }' >>digest.yaml
expect 65 "$DIGEST" lint --links links.html
says "$at/gone: the server knows no such page (404)"
says "$at/moved moved to $at/good"
says "$at/shy: the server answers 403"
says '1 error, '
if grep -q "no-head" <(grep -v 'use https' "$work/out"); then
    fail "GET wasn't tried"
fi
[ "$(grep -c 'HEAD /good' "$work/asked")" = 2 ] || # itself, and from /moved
    fail "asked twice: $(cat "$work/asked")"
expect 0 "$DIGEST" --json lint weekly/2

# An issue's own links are for its readers alone, and are not asked for.
: >"$work/asked"
sed -i "s|base_url: [^,}]*|base_url: \"$at\"|" digest.yaml
printf -- '---\ntitle: One\ndate: %s\nurl: %s\ncategory: Own\n---\nText.\n' \
    "$(date -u +%F)" "$at/good" >"$work/one.md"
expect 0 "$DIGEST" article import "$work/one.md"
expect 0 "$DIGEST" newsletter create own --title 'Own' \
    --from 'Review <weekly@harbour.example>' --section Own
expect 0 "$DIGEST" issue draft own --since 2000-01-01
expect 0 "$DIGEST" lint --links own
grep -q 'HEAD /good' "$work/asked" || fail "the article wasn't asked for"
! grep -q ' /[upv]/' "$work/asked" || fail "a reader's link was asked for"
