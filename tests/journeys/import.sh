# Moving in from other tools, and out again: states come along, nobody who
# left comes back, what can't be read is kept with its reason.
. "$(dirname "$0")/../support/lib.sh"

make_folder folder

# stands ADDRESS STATE: as `subscriber show` has it.
stands()
{
    local state
    expect 0 "$DIGEST" --json subscriber show "$1"
    state=$(json "$work/out" 'j["subscriptions"][0]["state"]')
    [ "$state" = "$2" ] || fail "$1 is $state, not $2"
}

# takes FILE TOOL ADDED: imports a tool's export, twice: first as a dry run
# that says the same, then once more, which changes nothing.
takes()
{
    local before
    before=$(sqlite3 digest.db 'SELECT count(*) FROM subscription')
    expect 0 "$DIGEST" subscriber import "$1" --newsletter weekly --dry-run
    says "An export of $2."
    says "Would add $3 subscriber"
    [ "$(sqlite3 digest.db 'SELECT count(*) FROM subscription')" = "$before" ] ||
        fail "a dry run wrote"
    expect 0 "$DIGEST" subscriber import "$1" --newsletter weekly
    says "Added $3 subscriber"
    expect 0 "$DIGEST" --json subscriber import "$1" --newsletter weekly
    [ "$(json "$work/out" 'j["added"], j["ended"], j["rejected"]')" = \
        '(0, 0, 0)' ] || fail "a second import of $1 changed something"
    [ ! -e "$1.rejects.csv" ] || fail "rejects without a rejected row"
}

# ---- Mailchimp: a file for each state, told by its columns ----
members='"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS'
common='2,"2019-03-21 10:22:33",,"2019-03-21 10:25:00",192.0.2.7,,,1,2,Europe/Berlin,de,BE,"2020-01-01 00:00:00"'
printf '%s\n%s\n' "$members" \
    "mc1@example.org,Ada,Lovelace,$common,11,aa,,\"\"\"Science\"\",\"\"VIP, gold\"\"\"" \
    >subscribed.csv
printf '%s,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER\n%s\n%s\n' \
    "$members" \
    "mc2@example.org,Bo,,$common,12,ab,,,\"2021-05-05 01:02:03\",May,9,\"NORMAL: No longer want to receive these emails\"," \
    "mc3@example.org,Cy,,$common,13,ac,,,\"2021-05-05 01:02:03\",May,9,\"SPAM: The emails are spam\"," \
    >unsubscribed.csv
printf '%s,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID\n%s\n' "$members" \
    "mc4@example.org,Di,,$common,14,ad,,,\"2021-06-06 01:02:03\",June,10" \
    >cleaned.csv
takes subscribed.csv Mailchimp 1
takes unsubscribed.csv Mailchimp 2
takes cleaned.csv Mailchimp 1
stands mc1@example.org active
expect 0 "$DIGEST" --json subscriber show mc1@example.org
[ "$(json "$work/out" 'j["name"], j["timezone"], j["subscriptions"][0]["categories"], j["subscriptions"][0]["since"], j["history"][0]["client"]')" = \
    "('Ada Lovelace', 'Europe/Berlin', ['Science'], '2019-03-21T10:25:00Z', '192.0.2.7')" ] ||
    fail "what Mailchimp knew of someone: $(cat "$work/out")"
stands mc2@example.org unsubscribed
stands mc3@example.org complained
stands mc4@example.org bounced

# ---- Substack, in Windows' line ends and with a mark ----
printf '\357\273\277email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\r\nsu1@example.org,false,,other,false,2022-02-02T08:00:00.000Z,\r\nsu2@example.org,true,,yearly,true,2022-02-02T08:00:00.000Z,\r\n' >substack.csv
takes substack.csv Substack 2
stands su1@example.org active
stands su2@example.org unsubscribed

# ---- Ghost, with a note of two lines ----
printf 'id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers\n1,gh1@example.org,Grace,"two\nlines",true,false,,2022-03-03T08:00:00.000Z,,"World,VIP",\n2,gh2@example.org,,,false,false,,2022-03-03T08:00:00.000Z,,,\n' >ghost.csv
takes ghost.csv Ghost 2
stands gh1@example.org active
[ "$(json "$work/out" 'j["subscriptions"][0]["categories"]')" = "['World']" ] ||
    fail "a label that is a category"
stands gh2@example.org unsubscribed

# ---- listmonk ----
printf 'uuid,email,name,attributes,status,created_at,updated_at\nu1,lm1@example.org,Lin,"{""city"": ""X""}",enabled,2022-04-04T08:00:00Z,2022-04-04T08:00:00Z\nu2,lm2@example.org,Lou,{},disabled,2022-04-04T08:00:00Z,2022-04-04T08:00:00Z\nu3,lm3@example.org,Lu,{},blocklisted,2022-04-04T08:00:00Z,2022-04-04T08:00:00Z\n' >listmonk.csv
takes listmonk.csv listmonk 3
stands lm1@example.org active
stands lm2@example.org unsubscribed
stands lm3@example.org unsubscribed
expect 0 "$DIGEST" suppression list
says lm3@example.org

# ---- MailPoet, as Excel writes it; of two states the worse counts ----
printf 'Email;First name;Last name;List status;Global status;IP address;List\nmp1@example.org;Max;M\374ller;subscribed;subscribed;192.0.2.1;News\nmp2@example.org;Mo;;unsubscribed;subscribed;;News\nmp3@example.org;Mi;;subscribed;bounced;;News\nmp4@example.org;Ma;;unconfirmed;unconfirmed;;News\n' >mailpoet.csv
takes mailpoet.csv MailPoet 4
stands mp1@example.org active
[ "$(json "$work/out" 'j["name"]')" = 'Max Müller' ] || fail "Windows-1252"
stands mp2@example.org unsubscribed
stands mp3@example.org bounced
stands mp4@example.org pending

# ---- Buttondown, in both of its generations ----
printf 'email,notes,metadata,tags,referrer_url,creation_date,secondary_id,subscriber_type,source\nbd1@example.org,,{},,,2022-05-05T08:00:00Z,1,regular,api\nbd2@example.org,,{},,,2022-05-05T08:00:00Z,2,unactivated,api\n' >buttondown1.csv
printf 'email_address,notes,metadata,tags,creation_date,type,ip_address\nbd3@example.org,,{},,2022-05-05T08:00:00Z,unsubscribed,\nbd4@example.org,,{},,2022-05-05T08:00:00Z,undeliverable,\nbd5@example.org,,{},,2022-05-05T08:00:00Z,complained,\n' >buttondown2.csv
takes buttondown1.csv Buttondown 2
takes buttondown2.csv Buttondown 3
stands bd1@example.org active
stands bd2@example.org pending
stands bd3@example.org unsubscribed
stands bd4@example.org bounced
stands bd5@example.org complained

# ---- Keila, in UTF-16 ----
printf 'Email,First name,Last name,Data,Status,External ID\nke1@example.org,Kim,K,{},active,\nke2@example.org,Ki,,{},unsubscribed,\nke3@example.org,Ko,,{},unreachable,\n' |
    iconv -f UTF-8 -t UTF-16 >keila.csv
takes keila.csv Keila 3
stands ke1@example.org active
stands ke2@example.org unsubscribed
stands ke3@example.org bounced

# ---- nobody who left comes back; who leaves there leaves here ----
printf 'email,state\nmc2@example.org,active\nmc3@example.org,active\nke3@example.org,\nmc1@example.org,unsubscribed\n' >again.csv
expect 0 "$DIGEST" -v subscriber import again.csv --newsletter weekly
says 'Added 0 subscribers to weekly, 0 were there, 3 had left and stay away'
says '1 who was here left by what the list says.'
warns 'again.csv:2: mc2@example.org: '
stands mc1@example.org unsubscribed
stands mc2@example.org unsubscribed
stands mc3@example.org complained
stands ke3@example.org bounced

# ---- columns named by hand; what can't be read ----
printf 'Kontakt;Kosename;Zustand\nvi@example.org;Vi;gut\n' >other.csv
expect 65 "$DIGEST" subscriber import other.csv --newsletter weekly
warns 'no column is named "email"; the first row names "Kontakt", "Kosename", "Zustand"'
expect 64 "$DIGEST" subscriber import other.csv --newsletter weekly --map 'Kontakt=mail'
expect 65 "$DIGEST" subscriber import other.csv --newsletter weekly --map 'Anschrift=email'
expect 65 "$DIGEST" subscriber import other.csv --newsletter weekly \
    --map Kontakt=email --map Kosename=first_name --map Zustand=state --rejects r.csv
warns 'other.csv:2: "gut" is no state that we know'
[ "$(sed -n 1p r.csv)" = line,reason,Kontakt,Kosename,Zustand ] || fail "rejects' heading"
expect 0 "$DIGEST" subscriber import other.csv --newsletter weekly \
    --map Kontakt=email --map Kosename=first_name
stands vi@example.org active

# What was rejected can be mended in its file and imported as it is.
printf 'email,name\nwim,"Wim, W"\nida@gmial.com,Ida\ninfo@trashmail.com,\n"open,x\n' >bad.csv
expect 65 "$DIGEST" subscriber import bad.csv --newsletter weekly
says 'Added 2 subscribers'
says '1 address looks mistyped'
says "1 address is a role's"
says '1 address is disposable'
grep -q '^5,a quote opens in it' bad.csv.rejects.csv || fail "an open quote"
sed -i -e 's/,wim,/,wim@example.org,/' -e '/^5,/d' bad.csv.rejects.csv
expect 0 "$DIGEST" subscriber import bad.csv.rejects.csv --newsletter weekly
says 'Added 1 subscriber'
expect 0 "$DIGEST" --json subscriber show wim@example.org
[ "$(json "$work/out" 'j["name"]')" = 'Wim, W' ] || fail "a mended row"

# ---- a plain list, whose first row is a person ----
printf 'Pia <pia@example.org>,Oslo,x1\npaul@example.org,Rome,x2\npoul,Bern,x3\n' >plain.csv
expect 65 "$DIGEST" subscriber import plain.csv --newsletter weekly
says 'The first row is a person, not headings, and is taken as one: column 1 is read as email, column 2 is read as name.'
says 'Columns not read: "column 3".'
says 'Added 2 subscribers'
stands pia@example.org active
[ "$(sed -n 1p plain.csv.rejects.csv)" = 'line,reason,email,name,column 3' ] ||
    fail "the rejects of a list without headings"
sed -i 's/,poul,/,poul@example.org,/' plain.csv.rejects.csv
expect 0 "$DIGEST" --json subscriber import plain.csv.rejects.csv --newsletter weekly
[ "$(json "$work/out" 'j["has_headings"], j["unread"], j["added"]')" = \
    "(True, ['line', 'reason', 'column 3'], 1)" ] ||
    fail "mended rejects of a list without headings: $(cat "$work/out")"
printf 'rea@example.org,Rea\n' >one.csv
expect 0 "$DIGEST" subscriber import one.csv --newsletter weekly --map '#2='
expect 0 "$DIGEST" --json subscriber show rea@example.org
[ "$(json "$work/out" 'j["name"]')" = None ] || fail "a column left out"

# The publisher's own list of roles stands in the place of ours.
printf '# ours\nbureau\n' >role.txt
printf 'email\nbureau@example.org\npress@example.org\n' >roles.csv
expect 0 "$DIGEST" -v subscriber import roles.csv --newsletter weekly
says "1 address is a role's"
warns bureau@example.org
printf 'two words\n' >role.txt
expect 65 "$DIGEST" subscriber import roles.csv --newsletter weekly
warns role.txt:1
rm role.txt

# ---- out, and in again: the identity ----
expect 0 "$DIGEST" subscriber edit juergen@example.org --name 'Jürgen "J", Groß' \
    --language de --timezone Europe/Zurich --newsletter weekly \
    --categories 'World,Science'
expect 0 "$DIGEST" newsletter create daily --title Daily \
    --from 'Daily <daily@example.org>' --section World:3
expect 0 "$DIGEST" subscriber add ana@example.org --newsletter daily
expect 0 "$DIGEST" subscriber unsubscribe ana@example.org --newsletter daily
expect 0 "$DIGEST" subscriber export all.csv
[ "$(stat -c %a all.csv)" = 600 ] || fail "others can read the list"
expect 0 "$DIGEST" subscriber export --newsletter daily -
[ "$(wc -l <"$work/out")" = 2 ] || fail "one newsletter alone"
make_empty()
{
    expect 0 "$DIGEST" init "$work/$1"
    for slug in weekly daily; do
        expect 0 "$DIGEST" -C "$work/$1" newsletter create $slug --title T \
            --from 'T <t@example.org>' --section World:3
    done
}
make_empty second
expect 0 "$DIGEST" -C "$work/second" subscriber import all.csv
says 'An export of digest.'
expect 0 "$DIGEST" -C "$work/second" subscriber export "$work/second.csv"
sort all.csv >"$work/a"
sort "$work/second.csv" >"$work/b"
cmp "$work/a" "$work/b" || fail "export and import aren't the identity"
printf 'email,newsletter,state,since\nx@example.org,monthly,active,\n' >none.csv
expect 65 "$DIGEST" subscriber import none.csv
warns 'there is no newsletter "monthly"'
expect 64 "$DIGEST" subscriber import again.csv
warns 'give --newsletter SLUG'

# ---- broken off, and run again: the same end ----
awk 'BEGIN { print "email,name"
    for (i = 0; i < 60000; i++) printf "p%d@example.net,P %d\n", (i * 7919) % 60000, i }' >many.csv
make_empty third
make_empty fourth
"$DIGEST" -C "$work/third" subscriber import many.csv --newsletter weekly \
    >"$work/out" 2>"$work/err" &
import=$!
pids+=($import)
some_are_in()
{
    ! kill -0 $import 2>/dev/null ||
        [ "$(sqlite3 "$work/third/digest.db" 'SELECT count(*) FROM subscription')" -gt 0 ]
}
until_true 120 some_are_in
kill -9 $import 2>/dev/null
wait $import 2>/dev/null
expect 0 "$DIGEST" -C "$work/third" subscriber import many.csv --newsletter weekly
expect 0 "$DIGEST" -C "$work/fourth" subscriber import many.csv --newsletter weekly
says 'Added 60000 subscribers'
for name in third fourth; do
    expect 0 "$DIGEST" -C "$work/$name" subscriber export
    cut -d, -f1-7 "$work/out" | sort >"$work/$name.csv"
done
cmp "$work/third.csv" "$work/fourth.csv" || fail "broken off, another end"

# ---- an editor changes what is known, and it is on record ----
expect 64 "$DIGEST" subscriber edit omar@example.org
expect 64 "$DIGEST" subscriber edit omar@example.org --timezone Mars/North
expect 65 "$DIGEST" subscriber edit omar@example.org --email ana@example.org
warns 'ana@example.org is on the list already'
expect 65 "$DIGEST" subscriber edit omar@example.org --email mc4@example.org
expect 0 "$DIGEST" subscriber edit omar@example.org --email Omar.K@example.org
expect 0 "$DIGEST" --json subscriber show omar.k@example.org
[ "$(json "$work/out" 'j["email"], j["history"][-1]["event"], j["history"][-1]["note"]')" = \
    "('Omar.K@example.org', 'edited', 'address, was omar@example.org')" ] ||
    fail "an edit is on record: $(cat "$work/out")"
expect 66 "$DIGEST" subscriber show omar@example.org
