# Every subject is read back whole by GMime, which takes neighbouring words of
# base64 for one, and by Python's parser; those of the golden mails too.
. "$(dirname "$0")/../support/lib.sh"

"$python" "$here/gmime_subjects.py" 2>/dev/null || {
    echo "skipped: no GMime; tests/setup installs it"
    exit 77
}

# read_by_python FILE: its subject.
read_by_python()
{
    "$python" - "$1" <<'PY'
import email
import email.policy
import sys

with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)
sys.stdout.buffer.write(str(message["subject"]).encode() + b"\n")
PY
}

# reads_back FILE SUBJECT
reads_back()
{
    expect 0 "$python" "$here/gmime_subjects.py" "$1"
    printf '%s\n' "$2" | cmp -s - "$work/out" || fail "GMime: not read as $2"
    [ "$(read_by_python "$1")" = "$2" ] || fail "Python: not read as $2"
}

for mail in "$root"/tests/cases/golden/*.eml; do
    reads_back "$mail" "$(read_by_python "$mail")"
done

export DIGEST_NOW=2026-12-01T07:00:00Z
expect 0 "$DIGEST" init "$work/news"
cd "$work/news" || exit 1
cat >one.md <<'MD'
---
title: One
date: 2026-11-30
url: https://example.org/one
---
One.
MD
expect 0 "$DIGEST" article import one.md
expect 0 "$DIGEST" newsletter create weekly --title 'Weekly' \
    --from 'Review <weekly@example.org>' --section '*'
expect 0 "$DIGEST" issue draft weekly

while IFS= read -r subject; do
    expect 0 "$DIGEST" issue edit weekly --subject "$subject"
    expect 0 "$DIGEST" issue show weekly --as eml
    cp "$work/out" mail.eml
    reads_back mail.eml "$subject"
done <<'SUBJECTS'
Plain
Köln
Die Übersicht: Straßenbahn öffnet zwei Jahre früher, und niemand weiß, warum
Новости недели и ещё немного о погоде и о том, что было вчера вечером
المثال الأسبوعي: المجلس البلدي يقر خطة جديدة للنقل العام في المدينة
নতুন সেতু আগামী বসন্তে খুলবে, মেয়র অনুষ্ঠানে যোগ দেবেন বলে জানা গেছে
新闻周刊：港口的新桥将于明年春天开放，市民期待已久，市长出席典礼
aaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéa
a😀😀é😀😀😀😀aé😀😀😀😀😀😀é😀😀😀😀😀😀😀😀a😀😀😀😀😀😀😀😀😀
👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦 🇩🇪🇫🇷
=?utf-8?B?PT09?= é =?utf-8?Q?=3D?=
=?utf-8?Q?a?= =?utf-8?Q?b?=
What is a "quoted" (word), <b@c.org>; and: a_b=c?
été_1 = été_2 ? été__3 été éé zwei Leerzeichen
https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
SUBJECTS
