# Texts of the publication: its own words in mails and pages, in each language,
# and the built-in ones again.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder
start_smtp
cat >digest.yaml <<YAML
transport: { url: "smtp://127.0.0.1:$smtp_port", tls: none }
site:
  name: Test Post
  base_url: https://news.example.org
  postal_address: 1 Quay Street, Harbour Town
YAML

expect 0 "$DIGEST" text list weekly
says 'greeting_name: Greeting with a name'
says 'built in  Hello {name},'
expect 0 "$DIGEST" text edit weekly --set greeting 'Ahoy,' \
    --set greeting_name 'Ahoy {name},' \
    --set introduction 'What the *tide* brought this week.' \
    --set why 'You read {newsletter} because you asked {site} for it.' \
    --set notice_confirm_subject 'Shall {newsletter} come to you?' \
    --set notice_confirm 'One press, and {newsletter} comes.' \
    --set page_asked 'A letter is on its way to {email}.' \
    --set page_confirmed 'Welcome aboard {newsletter}.' \
    --set page_leaving 'Leaving {newsletter}? Fair winds.' \
    --set page_left 'Farewell from {newsletter}.'
expect 0 "$DIGEST" text edit weekly --language de --set greeting_name 'Moin {name},'

# ---- what can't be saved

expect 65 "$DIGEST" text edit weekly --set greeting_name 'Ahoy,'
warns 'has to name {name}'
expect 65 "$DIGEST" text edit weekly --set greeting 'Ahoy {first_name},'
warns '{first_name}'
expect 65 "$DIGEST" text edit weekly --set page_left 'Farewell {name}'
warns 'it may name {newsletter}, {email}, {site}'
expect 65 "$DIGEST" text edit weekly --set page_left "$(printf 'a\nb')"
expect 65 "$DIGEST" text edit weekly --set greeting ' '
expect 66 "$DIGEST" text edit weekly --set farewell 'Bye'
expect 64 "$DIGEST" text edit weekly --language xx --set greeting 'Ahoy,'
expect 64 "$DIGEST" text edit weekly

# ---- in the issue

expect 0 "$DIGEST" subscriber edit juergen@example.org --language de
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue show weekly --as text
says 'What the *tide* brought this week.'
says 'because you asked Test Post'
expect 0 "$DIGEST" issue show weekly --as text --for ana@example.org
says 'Ahoy Ana Sousa,'
expect 0 "$DIGEST" issue show weekly --as text --for juergen@example.org
says 'Moin Jürgen Groß,'
expect 0 "$DIGEST" lint weekly
expect 0 "$DIGEST" issue send weekly
grep -lq 'Ahoy Ana Sousa,' "$work"/received/*.eml || fail "the greeting"

# ---- on pages, and in the mail that confirms

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"
page()
{
    curl -s "http://127.0.0.1:$port$1" >"$work/page" || fail "no page $1"
    grep -qF "$2" "$work/page" || fail "$1 lacks: $2"
}
link=$("$python" - "$work"/received/*.eml <<'PY'
import email, email.policy, re, sys
for name in sys.argv[1:]:
    m = email.message_from_file(open(name), policy=email.policy.default)
    if m["To"].addresses[0].addr_spec == "ana@example.org":
        text = m.get_body(preferencelist=("plain",)).get_content()
        print(re.search(r"https://news.example.org(/u/\S+)", text).group(1))
PY
)
page "$link" 'Fair winds.'
rm -f "$work"/received/*
expect 0 "$DIGEST" subscriber add neu@example.org --newsletter weekly --pending
expect 0 "$DIGEST" run
grep -q '^Subject: Shall Weekly Review come to you?' "$work"/received/*.eml ||
    fail "the confirmation's subject"
grep -q 'One press, and Weekly Review comes.' "$work"/received/*.eml ||
    fail "the confirmation's text"
grep -q 'https://news.example.org/c/' "$work"/received/*.eml ||
    fail "the confirmation's link"

# ---- the built-in words again; what was sent stays

expect 0 "$DIGEST" text edit weekly --reset page_leaving --reset introduction
page "$link" 'You are leaving'
expect 0 "$DIGEST" issue show weekly/1 --as text --for ana@example.org
says 'What the *tide* brought this week.'
