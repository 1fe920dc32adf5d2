# Who doesn't want our mail any more says so by mail: leaving in ten forms, as
# mail programs and people write them; complaints in six shapes, most of them
# with the address taken out; and the forged ones, which change nobody.
. "$(dirname "$0")/../support/lib.sh"

start_smtp
make_folder folder "transport: { url: 'smtp://127.0.0.1:$smtp_port', tls: none }
bounces: { address: bounces@example.org, mailbox: maildir:returned, authserv_id: mx.example.org }"
mkdir -p returned/new returned/cur returned/tmp

for name in r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 c1 c2 c3 c4 c5 c6 s1 s2 s3 s4 s5 s6; do
    expect 0 "$DIGEST" subscriber add "$name@example.org" --newsletter weekly
done
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly

# Writes the mails of each reader from what went to them.
"$python" - "$work/received" returned/new <<'PY'
import base64, email, email.policy, glob, json, os, re, sys

received, out = sys.argv[1:]
mails = {}
for name in glob.glob(os.path.join(received, "*.json")):
    envelope = json.load(open(name))
    message = email.message_from_file(open(name[:-4] + "eml"),
                                      policy=email.policy.default)
    links = "".join(message["List-Unsubscribe"].split())
    mails[envelope["to"][0].split("@")[0]] = {
        "from": envelope["from"],
        "id": message["Message-ID"].strip(),
        "token": re.search(r"subject=unsubscribe%20([a-z0-9]+)", links)[1],
        "links": links,
    }

def put(name, text, sender=None):
    sender = sender or "%s@example.org" % name
    head = "" if "\nFrom:" in "\n" + text.split("\n\n")[0] else (
        "From: %s <%s>\n" % (name, sender))
    with open(os.path.join(out, name), "w") as f:
        f.write("%sTo: bounces@example.org\nMessage-ID: <%s@mail>\n%s"
                % (head, name, text))

def b64(text):
    return base64.b64encode(text.encode()).decode()

token = {n: m["token"] for n, m in mails.items()}
passed = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\n"

# ---- leaving ----
put("r1", "Subject: unsubscribe %s\n\n" % token["r1"])
put("r2", "Subject: =?utf-8?Q?unsubscribe_%s?=\n\n" % token["r2"])
put("r3", "Subject: =?iso-2022-jp?B?%s?=\n\n" % b64("Re: unsubscribe " + token["r3"]))
put("r4", "Subject: =?utf-8?Q?unsubscribe_%s?=\n =?utf-8?Q?%s?=\n\n"
    % (token["r4"][:9], token["r4"][9:]))
put("r5", "Subject: unsubscribe%%20%s\n\n" % token["r5"])
put("r6", "Subject: Re: unsubscribe+%s\n\n" % token["r6"])
put("r7", passed + "Subject: Unsubscribe\n\n")
put("r8", passed + "Subject: Re: Weekly\nIn-Reply-To: %s\n\nunsubscribe\n\n"
    "On Tue, W wrote:\n> Hello\n" % mails["r8"]["id"])
put("r9", "Authentication-Results: mx.example.org; dkim=pass header.d=example.org\n"
    "Subject: unsubscribe\nReferences: %s\n\n" % mails["r9"]["id"])
put("r10", "Authentication-Results: mx.example.org;\n spf=pass (ok)\n"
    "\tsmtp.mailfrom=bounce.example.org\nSubject: Re: W\n"
    "Content-Type: text/html\n\n<p>Unsubscribe</p><p>Sent from my phone</p>\n")

# ---- and what doesn't lead to it ----
put("s1", "Subject: unsubscribe\n\n")
put("s2", "Authentication-Results: mx.evil.example; dmarc=pass\n" + passed +
    "Subject: unsubscribe\n\n")
put("s3", "Authentication-Results: mx.example.org; dmarc=fail (; dmarc=pass)\n"
    "Subject: unsubscribe\n\n")
put("s4", passed + "From: \"<s4@example.org>\" <x@evil.example>\n"
    "Subject: unsubscribe\n\n")

# ---- complaints ----
def arf(kind, report, original):
    return ("From: reports@example.net\nSubject: complaint\n"
            "Content-Type: multipart/report; report-type=feedback-report;"
            " boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n"
            "Feedback-Type: %s\nUser-Agent: T\nVersion: 1\n%s\n"
            "--b\nContent-Type: text/rfc822-headers\n\n%sSubject: Weekly\n\n"
            "--b--\n" % (kind, report, original))

put("c1", arf("abuse", "Original-Rcpt-To: c1@example.org\n",
              "To: c1@example.org\nMessage-ID: %s\n" % mails["c1"]["id"]))
put("c2", arf("abuse", "Original-Mail-From: <%s>\n" % mails["c2"]["from"],
              "To: redacted@example.net\n"))
put("c3", arf("fraud", "Original-Envelope-Id: %s\n"
              % mails["c3"]["from"].replace("+", "+2B"), ""))
put("c4", arf("abuse", "", "Message-ID: %s\n" % mails["c4"]["id"]))
put("c5", arf("opt-out", "", "To: redacted\nList-Unsubscribe: %s\n"
              % mails["c5"]["links"]))
put("c6", "From: staff@hotmail.example\n"
    "Subject: complaint about message from 192.0.2.1\n"
    "Content-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: message/rfc822\n\n"
    "X-HmXmrOriginalRecipient: c6@example.org\nMessage-ID: %s\n"
    "Subject: Weekly\n\nHello\n--b--\n" % mails["c6"]["id"])
put("s5", arf("auth-failure", "Original-Mail-From: <%s>\n" % mails["s5"]["from"], ""))
put("s6", arf("abuse", "", "Message-ID: <%s>\n"
              % re.sub("^<.", "z", mails["s6"]["id"]).strip("<>")))
PY

expect 0 "$DIGEST" --json mailbox poll
warns 'example.org reports our mail (auth-failure)'
[ "$(json "$work/out" '[j[k] for k in ("read", "unsubscribed", "complained", "policy", "aside", "hard", "soft")]')" = \
    '[22, 10, 6, 1, 5, 0, 0]' ] || fail "the tally: $(cat "$work/out")"
[ -z "$(find returned -type f)" ] || fail "mails are left in the mailbox"

expect 0 "$DIGEST" --json subscriber list
json "$work/out" '"\n".join(s["email"] + " " + s["subscriptions"][0]["state"] for s in j)' \
    >"$work/states"
for name in r1 r2 r3 r4 r5 r6 r7 r8 r9 r10; do
    grep -qx "$name@example.org unsubscribed" "$work/states" || fail "$name stays"
done
for name in c1 c2 c3 c4 c5 c6; do
    grep -qx "$name@example.org complained" "$work/states" || fail "$name didn't complain"
done
for name in s1 s2 s3 s4 s5 s6; do
    grep -qx "$name@example.org active" "$work/states" || fail "$name was taken off"
done
expect 0 "$DIGEST" suppression list
[ "$(grep -c '@example.org' "$work/out")" = 6 ] || fail "not those that complained alone"
expect 0 "$DIGEST" mailbox review
says_not '()'
says 'auth-failure'
