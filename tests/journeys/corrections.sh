# Corrections reach those who read it: who had the article, and may still be
# mailed, is told once, by the next issue or by one of its own; nobody else is.
. "$(dirname "$0")/../support/lib.sh"

start_smtp
make_folder folder "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }"
# omar reads Science alone, so that he has no story of World.
for name in left gone late pause; do
    [ $name = late ] || expect 0 "$DIGEST" subscriber add \
        "$name@example.org" --newsletter weekly
done
expect 0 "$DIGEST" newsletter edit weekly --story-pages all

# has ADDRESS TEXT...: the only mail to an address has all of these, in each of
# its parts.
has()
{
    "$python" - "$work"/received "$@" <<'PY' || fail "the mail to $1: not $*"
import email, email.policy, glob, html, sys
folder, to, texts = sys.argv[1], sys.argv[2], sys.argv[3:]
mails = [m for m in (email.message_from_file(open(n), policy=email.policy.default)
         for n in glob.glob(folder + "/*.eml")) if m["To"].addresses[0].addr_spec == to]
assert len(mails) == 1, len(mails)
for part in "plain", "html":
    body = mails[0].get_body(preferencelist=(part,)).get_content()
    body = " ".join(html.unescape(body).split())
    for text in texts:
        assert text.lower() in body.lower(), (part, text)
PY
}

# lacks ADDRESS TEXT: the mail to an address has no trace of it.
lacks()
{
    "$python" - "$work"/received "$@" <<'PY' || fail "the mail to $1 has: $2"
import email, email.policy, glob, sys
mails = [m for m in (email.message_from_file(open(n), policy=email.policy.default)
         for n in glob.glob(sys.argv[1] + "/*.eml"))
         if m["To"].addresses[0].addr_spec == sys.argv[2]]
assert len(mails) == 1, len(mails)
text = mails[0].as_string() + "".join(
    mails[0].get_body(preferencelist=(p,)).get_content() for p in ("plain", "html"))
assert sys.argv[3].lower() not in text.lower()
PY
}

# mailed ADDRESS...: these were, each once, and nobody else.
mailed()
{
    local wanted got
    wanted=$(printf '%s@example.org\n' "$@" | sort)
    got=$("$python" - "$work"/received <<'PY'
import glob, json, sys
print("\n".join(sorted(a for n in glob.glob(sys.argv[1] + "/*.json")
                       for a in json.load(open(n))["to"])))
PY
)
    [ "$wanted" = "$got" ] || fail "mailed were: $got"
}

id_of()
{
    expect 0 "$DIGEST" --json article list
    json "$work/out" "[a['id'] for a in j if a['title'] == '$1'][0]"
}
one=$(id_of 'Story one')
three=$(id_of 'Story three')

# ---- what can't be corrected

expect 65 "$DIGEST" article correct "$one" --note 'Wrong.'
warns 'was in no issue that was sent'
expect 64 "$DIGEST" article correct "$one"
warns '--note is required'
expect 66 "$DIGEST" article correct 999 --note 'Wrong.'
expect 0 "$DIGEST" issue draft weekly
expect 65 "$DIGEST" article correct "$one" --note 'Wrong.'
expect 0 "$DIGEST" issue send weekly
mailed ana juergen omar left gone pause
"$DIGEST" issue show weekly/1 --as eml --for ana@example.org >"$work/frozen.eml"
expect 65 "$DIGEST" article correct "$one" --note "$(printf ' \u200b\ufeff\u3164 ')"
warns 'no words'
expect 65 "$DIGEST" article correct "$one" --note "$(printf 'x%.0s' {1..4001})"
warns '4000 are the most'
expect 64 "$DIGEST" article correct "$one" --note 'A' --remove 1

# ---- it stands on the pages at once, and who had the article is counted

expect 0 "$DIGEST" article correct "$one" --note 'A wrong correction.'
says 'Had by 5.'
expect 0 "$DIGEST" article correct "$one" --remove 1
expect 66 "$DIGEST" article correct "$one" --remove 1
expect 66 "$DIGEST" article correct "$three" --remove 1
note='The wall is <b>40</b> metres long & not 400; "we" erred.'
expect 0 "$DIGEST" --json article correct "$one" --note "$note"
[ "$(json "$work/out" "j['had_by'], j['is_new'], j['no_longer_kept'], j['issues']")" = \
    "(5, True, [], [])" ] || fail "the report"
expect 0 "$DIGEST" article correct "$one" --note "  $note "
says 'has this correction already'
expect 0 "$DIGEST" article show "$one"
says "$note"
says_not 'A wrong correction.'
expect 0 "$DIGEST" archive pages
day="Correction, $(date -u '+%-d %B %Y'):"
for page in pages/weekly/1/index.html pages/weekly/1/story-one/index.html; do
    grep -qF "$day" $page && grep -qF 'is &lt;b&gt;40&lt;/b&gt; metres long &amp; not' $page ||
        fail "$page doesn't say it"
    ! grep -qF 'A wrong correction.' $page || fail "$page has what was taken back"
done
grep -qF "$day" pages/weekly/feed.xml || fail "the feed doesn't say it"
"$python" "$here/check_atom.py" pages/weekly/feed.xml >"$work/out" || fail "the feed"
! grep -qF "$day" pages/weekly/1/story-two/index.html || fail "on another page"
"$DIGEST" issue show weekly/1 --as eml --for ana@example.org >"$work/later.eml"
"$python" - "$work"/frozen.eml "$work"/later.eml <<'PY' || fail "a mail has changed"
import re, sys
a, b = (re.sub(rb"Message-ID:.*", b"", open(n, "rb").read()) for n in sys.argv[1:])
assert a == b
PY

# ---- the next issue tells them, and nobody else

expect 0 "$DIGEST" subscriber unsubscribe left@example.org --newsletter weekly
expect 0 "$DIGEST" suppression add gone@example.org
expect 0 "$DIGEST" subscriber add late@example.org --newsletter weekly
expect 0 "$DIGEST" subscriber edit juergen@example.org --language de
sqlite3 digest.db "UPDATE subscription SET paused_until = strftime('%s', 'now') + 86400
    WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'pause@example.org')"
add_article five World 0
add_article six Science 0
expect 0 "$DIGEST" article import articles
rm -f "$work"/received/*
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue show weekly --as text --for ana@example.org
says "$day"
expect 0 "$DIGEST" issue show weekly --as text --for late@example.org
says_not "$day"

# One that is cancelled before it starts has told nobody.
expect 0 "$DIGEST" issue cancel weekly/2
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly/3
mailed ana juergen omar late
has ana@example.org 'Corrections' "$day" "$note" 'Story one' 'Story five'
has juergen@example.org 'Korrekturen' 'Korrektur vom ' "$note"
for name in omar late; do
    lacks $name@example.org 'metres long'
    lacks $name@example.org 'Corrections'
done
expect 65 "$DIGEST" article correct "$one" --remove 2
warns 'went out in weekly/3'

# Told once: who paused is told when they are back, and nobody again.
sqlite3 digest.db "UPDATE subscription SET paused_until = 0"
add_article seven World 0
expect 0 "$DIGEST" article import articles
rm -f "$work"/received/*
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
has pause@example.org "$day" "$note"
for name in ana juergen late; do lacks $name@example.org 'metres long'; done

# ---- an issue of its own

expect 0 "$DIGEST" newsletter create daily --title 'Daily' \
    --from 'Daily <daily@example.org>' --section 'Science:3' --language fr
expect 0 "$DIGEST" subscriber add dora@example.org --newsletter daily
expect 0 "$DIGEST" subscriber add ana@example.org --newsletter daily
expect 0 "$DIGEST" issue draft daily
expect 0 "$DIGEST" issue send daily
rm -f "$work"/received/*
add_article eight Science 0
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly
before=$(sqlite3 digest.db "SELECT max(window_until) FROM issue WHERE newsletter_id = 1 AND started_at IS NOT NULL")
expect 0 "$DIGEST" block add weekly --kind sponsor --text 'Drink more tea.'
expect 0 "$DIGEST" --json article correct "$three" --note 'Three is four.' --send
[ "$(json "$work/out" "j['had_by'], j['issues']")" = "(7, ['weekly/6', 'daily/2'])" ] ||
    fail "the drafts: $(cat "$work/out")"
expect 0 "$DIGEST" --json article correct "$three" --note 'Three is four.' --send
[ "$(json "$work/out" "j['is_new'], j['issues']")" = "(False, ['weekly/6', 'daily/2'])" ] ||
    fail "the drafts again"
expect 65 "$DIGEST" article correct "$three" --remove 3
warns 'weekly/6, daily/2 is to bring correction 3'
expect 0 "$DIGEST" --json issue show weekly/6
[ "$(json "$work/out" "j['kind'], j['state'], j['subject'], j['articles']")" = \
    "('correction', 'draft', 'Correction: Story three', [])" ] || fail "the draft"
expect 65 "$DIGEST" issue edit weekly/6 --pin "$one"
warns 'takes no stories'
expect 0 "$DIGEST" lint weekly/6
expect 0 "$DIGEST" issue show weekly/6
says 'Recipients: 4 subscribers'

# It stands beside the newsletter's own: that is drafted again, and sent.
expect 0 "$DIGEST" issue show weekly
says 'weekly/5 is draft'
expect 0 "$DIGEST" issue draft weekly
says 'weekly/5'

expect 0 "$DIGEST" issue send weekly/6
mailed ana juergen omar pause
has ana@example.org "$day" 'Three is four.' 'Story three'
has juergen@example.org 'Korrektur vom ' 'Three is four.'
lacks ana@example.org 'Story eight'
lacks ana@example.org 'Drink more tea'
for name in ana omar; do
    "$python" - "$work"/received $name@example.org <<'PY' || fail "its headers"
import email, email.policy, glob, sys
for n in glob.glob(sys.argv[1] + "/*.eml"):
    m = email.message_from_file(open(n), policy=email.policy.default)
    if m["To"].addresses[0].addr_spec == sys.argv[2]:
        assert m["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "https://news.example.org/u/" in m["List-Unsubscribe"]
        assert m["Subject"] == "Correction: Story three"
PY
done
[ "$before" = "$(sqlite3 digest.db "SELECT max(window_until) FROM issue WHERE newsletter_id = 1 AND started_at IS NOT NULL AND correction_id IS NULL")" ] ||
    fail "the correction counts as an issue"
rm -f "$work"/received/*
expect 0 "$DIGEST" issue send weekly
says 'weekly/5'
for name in ana juergen omar late pause; do
    lacks $name@example.org 'Three is four.'
done
# ana was told by weekly/6.
rm -f "$work"/received/*
expect 0 "$DIGEST" issue send daily/2
mailed dora
has dora@example.org 'Rectificatifs' 'Three is four.'

# Whichever starts first tells: the other has those who are left.
expect 0 "$DIGEST" article correct "$three" --note 'Four is three.' --send
says 'weekly/7 is a draft with it for 4 subscribers'
add_article nine World 0
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly
rm -f "$work"/received/*
expect 0 "$DIGEST" issue send weekly
says 'weekly/8'
has ana@example.org 'Four is three.'
lacks late@example.org 'Four is three.'
rm -f "$work"/received/*
expect 0 "$DIGEST" issue send weekly/7
mailed omar # weekly/8 had nothing of Science
expect 0 "$DIGEST" subscriber unsubscribe dora@example.org --newsletter daily
expect 0 "$DIGEST" subscriber unsubscribe ana@example.org --newsletter daily
expect 65 "$DIGEST" issue send daily/3
warns 'nobody is left to tell'
expect 0 "$DIGEST" issue cancel daily/3

# What was taken back meanwhile isn't sent.
expect 0 "$DIGEST" article correct "$three" --note 'Five.' --send
expect 0 "$DIGEST" issue cancel weekly/9
expect 0 "$DIGEST" issue cancel daily/4
expect 0 "$DIGEST" article correct "$three" --remove 5
expect 0 "$DIGEST" issue restore weekly/9
expect 65 "$DIGEST" issue send weekly/9
warns 'was taken back'
expect 0 "$DIGEST" archive pages
grep -qF 'Three is four.' pages/weekly/6/index.html || fail "its page"
"$python" "$here/check_atom.py" pages/weekly/feed.xml >"$work/out" || fail "the feed"

# ---- what is no longer kept

sqlite3 digest.db "PRAGMA foreign_keys = ON;
    DELETE FROM delivery WHERE issue_id = (SELECT id FROM issue WHERE newsletter_id = 1 AND number = 1)"
expect 0 "$DIGEST" article correct "$one" --note 'And more.'
says 'Had by 0; who had weekly/1 is no longer kept.'
expect 0 "$DIGEST" --json article show "$one"
[ "$(json "$work/out" "j['corrections'][-1]['no_longer_kept']")" = "['weekly/1']" ] ||
    fail "as JSON"
