# Designs as an editor meets them: listed, copied, changed, and told of what
# is wrong with them.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
export DIGEST_NOW
DIGEST_NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
expect 0 "$DIGEST" issue draft weekly

# show KIND: the issue as it is now, into $work/shown.
show()
{
    expect 0 "$DIGEST" issue show weekly/1 --as "$1"
    cp "$work/out" "$work/shown"
}

# ---- listed, with what each can show

expect 0 "$DIGEST" template list
says 'default (built in)'
says 'brief (built in)'
says 'sections[].stories[].title'
says 'accent-dark'
says_not 'no mail has these'
expect 0 "$DIGEST" --json template list
[ "$(json "$work/out" '[(d["design"], d["folder"], d["unknown"], d["error"]) for d in j]')" = \
    "[('brief', None, [], None), ('default', None, [], None), ('visual', None, [], None)]" ] ||
    fail "what --json lists"

# Each name that is listed is one that the design asks for.
[ "$(json "$work/out" '"sections[].stories[].image.src" in j[1]["variables"] and "sections[].stories[].image.src" not in j[0]["variables"]')" = True ] ||
    fail "pictures belong to one design"

# ---- copied, byte by byte the same mail

for design in default visual brief; do
    expect 0 "$DIGEST" newsletter edit weekly --template $design
    for kind in html text; do
        show $kind
        cp "$work/shown" "$work/$design.$kind"
    done
    expect 0 "$DIGEST" template copy $design "my-$design"
    expect 0 "$DIGEST" newsletter edit weekly --template "my-$design"
    for kind in html text; do
        show $kind
        cmp "$work/shown" "$work/$design.$kind" ||
            fail "the copy of $design is another mail"
    done
done
expect 65 "$DIGEST" template copy default my-default
warns 'is there already'
expect 66 "$DIGEST" template copy nothing mine
warns 'template list'
for name in ../mine .mine 'my own' -mine ''; do
    expect 64 "$DIGEST" template copy default -- "$name"
done
expect 0 "$DIGEST" template list
says 'my-brief (templates/email/my-brief)'

# ---- changed

mine=templates/email/my-default
expect 0 "$DIGEST" newsletter edit weekly --template my-default
sed -i 's/{{read_on}}/{{read_on}} at length/' $mine/story_words.mustache
show html
grep -q 'Read on at length' "$work/shown" || fail "the changed partial"
sed -i 's/line-height: 34px;/line-height: 40px;/' $mine/base.css
show html
grep -q '<h1[^>]*line-height:40px' "$work/shown" || fail "the changed style"

# A theme restyles a design that was changed, too.
expect 0 "$DIGEST" newsletter edit weekly --theme accent=#7a1f2b
show html
grep -q 'color:#7a1f2b' "$work/shown" || fail "the theme"
expect 0 "$DIGEST" newsletter show weekly
says 'theme      accent=#7a1f2b'
expect 64 "$DIGEST" newsletter edit weekly --theme accent=red
warns 'accent is "red"'
expect 0 "$DIGEST" newsletter edit weekly --theme accent=#ffd0d0
warns 'try accent=#'
expect 0 "$DIGEST" newsletter edit weekly --theme accent=

# One file beside digest.yaml is enough to change a built-in design.
expect 0 "$DIGEST" newsletter edit weekly --template default
mkdir -p templates/email/default templates/messages
printf '{{{words.read_on}}}: {{title}}\n' >templates/email/default/story.mustache
printf 'read_on: Go on\n' >templates/messages/en.yaml
show html
grep -q 'Go on: Story one' "$work/shown" || fail "a file of one's own"
rm -r templates/email/default templates/messages

# ---- told what is wrong, and where

expect 0 "$DIGEST" newsletter edit weekly --template my-default
cp -r $mine "$work/good"
# broken FILE LINE:COLUMN TEXT: what stands in a file of the design, and where
# the fault in it is.
broken()
{
    printf '%b' "$3" >"$mine/$1"
    expect 65 "$DIGEST" issue show weekly/1 --as html
    warns "$mine/$1:$2"
    expect 65 "$DIGEST" template list
    says "can't be used: $mine/$1:$2"
    says 'default (built in)'
    cp "$work/good/$1" "$mine/$1"
}
broken html.mustache 2:1 '<p>\n{{#sections}}\n'
broken story.mustache 1:4 '<p>{{title}\n'
broken masthead.mustache 2:3 'a\nb {{/title}}\n'
cp "$mine/style.css" "$work/style.css"
for fault in '3:2|.a {\n  color: red;\n}}' '1:1|@import "none.css";\n' \
    '2:1|.a { color: red }\n@import url(https://example.org/a.css);\n' \
    '1:6|.a { color }\n'; do
    printf '%b' "${fault#*|}" >"$mine/style.css"
    expect 65 "$DIGEST" issue show weekly/1 --as html
    warns "$mine/style.css:${fault%%|*}"
done
cp "$work/style.css" "$mine/style.css"

# A name that no mail has is a slip.
sed -i 's/{{title}}/{{titel}}/' $mine/story_words.mustache
expect 0 "$DIGEST" template list
says 'no mail has these'
expect 0 "$DIGEST" --json template list
[ "$(json "$work/out" '[d["unknown"] for d in j if d["design"] == "my-default"]')" = \
    "[['titel']]" ] || fail "a slip isn't told"
cp "$work/good/story_words.mustache" $mine/story_words.mustache

# ---- any template, with any data

mkdir partials
printf '{{#people}}\n  {{>person}}\n{{/people}}\n' >page.mustache
printf '{{name}} <{{{name}}}>\n' >partials/person.mustache
expect 0 "$DIGEST" template render page.mustache \
    --data '{"people": [{"name": "A & B"}, {"name": "C"}]}' --partials partials
[ "$(cat "$work/out")" = "  A &amp; B <A & B>
  C <C>" ] || fail "render"
echo '{"people": []}' >data.json
expect 0 "$DIGEST" template render page.mustache --data data.json
[ ! -s "$work/out" ] || fail "nobody"
expect 65 "$DIGEST" template render page.mustache --data '{"people": [}'
warns 'error: --data: not valid JSON: line 1, column '
echo '{"people": [}' >broken.json
expect 65 "$DIGEST" template render page.mustache --data broken.json
warns 'error: broken.json: not valid JSON: line 1, column '
printf 'x\n{{/people}}' >page.mustache
expect 65 "$DIGEST" template render page.mustache --data data.json
warns 'page.mustache:2:1'
expect 64 "$DIGEST" template render page.mustache
warns '--data'
expect 66 "$DIGEST" template render none.mustache --data data.json

# ---- shown in the browser of whoever sits there

mkdir "$work/bin" "$work/tmp"
cat >"$work/bin/xdg-open" <<'SH'
#!/bin/sh
cp "$1" "$OPENED.new" && mv "$OPENED.new" "$OPENED"
SH
chmod +x "$work/bin/xdg-open"
OPENED=$work/opened TMPDIR=$work/tmp DISPLAY=:9 PATH=$work/bin:$PATH \
    expect 0 "$DIGEST" issue show weekly/1 --as html --for ana@example.org --open
page=$(sed -n 's/^Opened //p' "$work/out")
until_true 20 test -s "$work/opened"
cmp -s "$page" "$work/opened" || fail "another page was opened"
grep -q 'Hello Ana Sousa' "$page" || fail "not her copy"
[ "$(stat -c %a "$page" "$(dirname "$page")" | tr '\n' ' ')" = '600 700 ' ] ||
    fail "others may read it"
env -u DISPLAY -u WAYLAND_DISPLAY -u BROWSER TMPDIR="$work/tmp" \
    "$DIGEST" issue show weekly/1 --public --open >"$work/out" || fail "--open"
says 'There is no browser to open here; the page is'
page=$(sed -n 's/.*the page is //p' "$work/out")
! grep -qE 'Hello|/(u|p|v)/' "$page" || fail "the public copy is personal"
grep -q 'https://news.example.org/archive/weekly/' "$page" || fail "no archive"
expect 64 "$DIGEST" issue show weekly/1 --as text --open
expect 64 "$DIGEST" issue show weekly/1 --public --for ana@example.org

# ---- a design is tried before a newsletter takes it

# broken FILE TEXT WHAT: neither edit nor create takes the design, nothing has
# changed, and what is wrong is named.
broken()
{
    printf '%s\n' "$2" >"templates/email/tried/$1"
    expect 65 "$DIGEST" newsletter edit weekly --template tried
    warns "$3"
    expect 65 "$DIGEST" newsletter create broken --title Broken \
        --from 'Broken <b@example.org>' --template tried
    expect 0 "$DIGEST" newsletter list
    says_not broken
    expect 0 "$DIGEST" newsletter show weekly
    says_not 'template   tried'
    rm -r templates/email/tried
    expect 0 "$DIGEST" template copy default tried
}
expect 0 "$DIGEST" newsletter edit weekly --template default
expect 0 "$DIGEST" template copy default tried
broken html.mustache '{{#sections}}<p>{{slot.unsubscribe_url}}' 'html.mustache:'
broken text.mustache '{{title}}' 'no link to unsubscribe'
broken story.mustache '{{#image}}{{<nothing}}{{/image}}' 'story.mustache:'
broken style.css '@import "nothing.css";' 'nothing.css'
rm templates/email/tried/text.mustache
expect 66 "$DIGEST" newsletter edit weekly --template tried
expect 66 "$DIGEST" newsletter edit weekly --template nothing
# One that broke later keeps nobody from changing something else.
rm -r templates/email/tried
expect 0 "$DIGEST" template copy default tried
expect 0 "$DIGEST" newsletter edit weekly --template tried
echo '{{#' >templates/email/tried/html.mustache
expect 0 "$DIGEST" newsletter edit weekly --title 'Weekly Review'
expect 65 "$DIGEST" newsletter edit weekly --theme accent=#7a1f2b
expect 0 "$DIGEST" newsletter edit weekly --template default
rm -r templates/email/tried

# ---- a language that has no words is spoken of wherever it matters

for command in 'newsletter edit weekly --language he' 'issue draft weekly' \
    'newsletter create hebrew --title H --from h@example.org --language he-IL'; do
    # shellcheck disable=SC2086
    expect 0 "$DIGEST" $command
    warns 'there are no words in "he'
done
expect 0 "$DIGEST" lint weekly/1
says 'there are no words in "he"'
says '[language]'
mkdir -p templates/messages
printf 'unsubscribe: "ביטול"\n' >templates/messages/he.yaml
for command in 'newsletter edit weekly --language he' 'issue draft weekly' \
    'newsletter edit weekly --language de-AT' 'issue draft weekly' \
    'newsletter edit weekly --language en'; do
    # shellcheck disable=SC2086
    expect 0 "$DIGEST" $command
    ! grep -q 'no words' "$work/err" || fail "$command: $(cat "$work/err")"
done
expect 0 "$DIGEST" lint weekly/1
says_not '[language]'
rm -r templates/messages

# ---- an issue that Gmail would clip says so wherever it is looked at

mkdir many
sentence='A sentence of some length that tells of this and that in plain words.'
for n in $(seq 60); do
    cat >"many/$n.md" <<MD
---
title: Story $n of many
date: $(date -u -d "$n minutes ago" +%Y-%m-%dT%H:%M:%SZ)
category: World
url: https://example.org/many/$n
summary: "$(for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do printf '%s ' "$sentence"; done)"
---
MD
done
expect 0 "$DIGEST" newsletter edit weekly --template default \
    --section World:60 --section Science:3
expect 0 "$DIGEST" article import many
for command in 'issue draft weekly' 'issue show weekly/1' \
    'issue send weekly/1 --dry-run'; do
    # shellcheck disable=SC2086
    expect 0 "$DIGEST" $command
    warns 'Gmail clips mail near 102 KB: summaries were cut to'
done
show html
[ "$(wc -c <"$work/shown")" -lt $((102 * 1024)) ] || fail "too long"
expect 0 "$DIGEST" issue show weekly/1 --public
[ "$(wc -c <"$work/out")" -gt $((102 * 1024)) ] || fail "the page was cut"
