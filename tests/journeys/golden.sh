# Messages as they go out, compared byte by byte with those that were looked
# at and kept: a digest of each design, one where each story has a picture and
# stands in full, one without any; one from right to left, one to an address
# that needs SMTPUTF8. Two parsers read each, and lint has to like it.
#
# When a design changes on purpose, look at what it makes, renew them with
#     RENEW=1 tests/run journeys/golden
# and commit tests/cases/golden with the design.
. "$(dirname "$0")/../support/lib.sh"

golden=$root/tests/cases/golden
export DIGEST_NOW=2026-11-20T07:00:00Z DIGEST_SEED=7

expect 0 "$DIGEST" init "$work/news"
cd "$work/news" || exit 1
cat >digest.yaml <<'YAML'
site: { name: The Example, base_url: "https://news.example.org", postal_address: "1 Quay Street, Harbour Town" }
transport: { url: "maildir:outbox" }
YAML

# create SLUG LANGUAGE DESIGN TITLE SECTION...
create()
{
    local slug=$1 language=$2 design=$3 title=$4 section sections=()
    shift 4
    for section in "$@"; do sections+=(--section "$section"); done
    expect 0 "$DIGEST" newsletter create "$slug" --title "$title" \
        --from 'Review <weekly@example.org>' --language "$language" \
        --template "$design" --timezone Europe/Berlin "${sections[@]}"
}
create default en default 'The Weekly Example' City World
create brief en brief 'The Brief Example' City World
create visual en visual 'The Visual Example' City World
create rtl ar default 'المثال الأسبوعي' مدينة
create utf8 de default 'Die Übersicht' City World
for design in default brief visual; do
    create "$design-pictures" en "$design" 'The Quay Example' Quay
    expect 0 "$DIGEST" newsletter edit "$design-pictures" --show full
    create "$design-plain" en "$design" 'The Plain Example' Plain
done
slugs='default brief visual rtl utf8 default-pictures brief-pictures
    visual-pictures default-plain brief-plain visual-plain'

# Each call begins the random numbers anew: so each has a seed of its own.
cat >readers.csv <<'CSV'
email,name,newsletter
anna@example.net,"O'Neill, Anna ""Ann"" & Söhne",default
ben@example.net,,brief
vera@example.net,Vera,visual
layla@example.net,ليلى,rtl
δοκιμή@παράδειγμα.example,Δοκιμή,utf8
pia@example.net,Pia,default-pictures
paul@example.net,Paul,brief-pictures
pola@example.net,Pola,visual-pictures
nora@example.net,Nora,default-plain
nils@example.net,Nils,brief-plain
nina@example.net,Nina,visual-plain
CSV
count=0
for slug in $slugs; do
    count=$((count + 1))
    { echo email,name; grep ",$slug\$" readers.csv | sed "s/,$slug\$//"; } \
        >"$slug.csv"
    DIGEST_SEED=$((${#slug} + $(wc -c <"$slug.csv") + count / 6 * count * 100)) \
        expect 0 "$DIGEST" subscriber import "$slug.csv" --newsletter "$slug"
done
expect 0 "$DIGEST" article import "$golden/articles"

declare -A leave=([rtl]='إلغاء الاشتراك' [utf8]=abbestellen)
declare -A reader=([default]=anna@example.net [brief]=ben@example.net
    [visual]=vera@example.net
    [rtl]=layla@example.net [utf8]=δοκιμή@xn--hxajbheg2az3al.example
    [default-pictures]=pia@example.net [brief-pictures]=paul@example.net
    [visual-pictures]=pola@example.net [default-plain]=nora@example.net
    [brief-plain]=nils@example.net [visual-plain]=nina@example.net)
changed=
for slug in $slugs; do
    expect 0 "$DIGEST" issue draft "$slug"
    expect 0 "$DIGEST" issue send "$slug"
    set -- outbox/new/*
    [ $# = 1 ] || fail "$slug: $# messages instead of one"
    expect 0 "$python" "$here/check_message.py" --leave "${leave[$slug]:-unsubscribe}" \
        --to "${reader[$slug]}" $([ $slug != utf8 ] || echo --utf8) "$1"
    expect 0 perl "$here/check_message.pl" "$1"
    expect 0 "$DIGEST" lint "$1"
    says 'Nothing to find fault with'
    if [ "${RENEW:-}" = 1 ]; then
        cp "$1" "$golden/$slug.eml"
    elif ! cmp "$1" "$golden/$slug.eml"; then
        diff "$golden/$slug.eml" "$1" | head -n 40
        changed="$changed $slug"
    fi
    rm -f "$1"
done
[ -z "$changed" ] ||
    fail "changed:$changed (the first lines of this journey say how to renew)"
