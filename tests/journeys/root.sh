# Root works in the folder of a service user: all that is made there is that
# user's, who goes on with it; nothing outside is given away, and no link of
# theirs leads root astray; `doctor` finds what is another's, with the remedy.
. "$(dirname "$0")/../support/lib.sh"

[ "$(id -u)" = 0 ] || {
    echo "it takes root to leave files of root's in another's folder"
    exit 77
}
user=nobody
# Where that user can reach it.
chmod 755 "$work"
cp "$DIGEST" "$work/digest"
DIGEST=$work/digest
sed "s|@BIN@|$DIGEST|" "$root/cron/backup" >"$work/backup"

as_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups)
service()
{
    "${as_user[@]}" "$@"
}

# theirs: nothing in the folder is anybody else's.
theirs()
{
    find "$work/home" ! -user "$user" >"$work/not-theirs"
    [ ! -s "$work/not-theirs" ] ||
        fail "after $*: not the user's: $(cat "$work/not-theirs")"
}

# as_root CODE COMMAND...: by root, and what it leaves is the user's.
as_root()
{
    expect "$@"
    theirs "${@:2}"
}

mkdir "$work/home" "$work/outside"
chown "$user" "$work/home"

# ---- every command that makes a file ----

as_root 0 "$DIGEST" demo "$work/home/demo"
as_root 0 "$DIGEST" init "$work/home/a/news"
as_root 0 "$DIGEST" -C "$work/home/a/news" newsletter create weekly \
    --title W --from 'W <w@example.org>'

make_folder home/news 'transport: { url: "maildir:out/box" }
bounces: { address: bounces@example.org, mailbox: "mbox:in.mbox" }'
# What the journey itself makes here, by hand.
printf 'email\nann@example.org\nno address\n' >list.csv
cat >in.mbox <<'MBOX'
From someone@example.net Mon Nov 23 09:00:00 2026
From: someone@example.net
To: bounces@example.org
Subject: hello

Nothing that anybody could act on.

MBOX
chown -R "$user" articles digest.yaml list.csv in.mbox
theirs make_folder

as_root 0 "$DIGEST" dkim keygen s1.pem --domain example.org --selector s1
as_root 65 "$DIGEST" subscriber import list.csv --newsletter weekly
[ -s list.csv.rejects.csv ] || fail "no rejects"
as_root 65 "$DIGEST" subscriber import list.csv --newsletter weekly
as_root 0 "$DIGEST" subscriber export out.csv
as_root 0 "$DIGEST" template copy default mine
as_root 0 "$DIGEST" issue draft weekly
as_root 0 "$DIGEST" issue test weekly --to you@example.org
as_root 0 "$DIGEST" issue send weekly
[ "$(find out/box/new -type f | wc -l)" = 5 ] || fail "not delivered"
as_root 0 "$DIGEST" subscriber add new@example.org --newsletter weekly --pending
as_root 0 "$DIGEST" run
as_root 0 "$DIGEST" mailbox poll
as_root 0 "$DIGEST" archive site/past
as_root 0 "$DIGEST" backup one.db
as_root 0 sh "$work/backup" "$PWD"
ls backups/digest-*.db.keys >/dev/null || fail "no nightly backup"
rm digest.keys
as_root 0 "$DIGEST" restore one.db --replace
as_root 0 "$DIGEST" run
# Locks, -wal and -shm while it is at work.
port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"
theirs serve
[ -e digest.db-wal ] || fail "no -wal to look at"
stop_last

# ---- the user goes on ----

add_article five World 0
chown "$user" articles/five.md
expect 0 service "$DIGEST" article import articles
expect 0 service "$DIGEST" issue draft weekly
expect 0 service "$DIGEST" issue send weekly
expect 0 service "$DIGEST" subscriber add two@example.org --newsletter weekly \
    --pending
expect 0 service "$DIGEST" run
expect 0 service sh "$work/backup" "$PWD" "$PWD/backups/more"
port=$(free_port)
# Not by the function: what is stopped would be a shell that waits for it.
"${as_user[@]}" "$DIGEST" serve --listen "127.0.0.1:$port" \
    >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"
expect 0 curl -sf "http://127.0.0.1:$port/s/weekly"
stop_last

# ---- nothing outside is given away ----

# roots PATH MODE: it is root's, and nobody else reads it.
roots()
{
    [ "$(stat -c '%u %a' "$1")" = "0 $2" ] ||
        fail "$1: $(stat -c '%u %a' "$1")"
}

expect 0 "$DIGEST" subscriber export "$work/outside/list.csv"
roots "$work/outside/list.csv" 600
expect 0 "$DIGEST" backup "$work/outside/one.db"
roots "$work/outside/one.db" 600
roots "$work/outside/one.db.keys" 600

# Links that the user laid: through a folder, and in place of each file.
service ln -s "$work/outside" led
expect 0 "$DIGEST" backup led/two.db
expect 0 "$DIGEST" archive led/past
roots "$work/outside/two.db" 600
roots "$work/outside/past" 755
roots "$work/outside/past/index.html" 644
mkdir "$work/secret"
printf 'kept\n' >"$work/secret/there"
for name in digest.db.notices.lock digest.db.counter out.csv \
    list.csv.rejects.csv three.db.keys weekly.pem; do
    rm -f "$name"
    service ln -s "$work/secret/made" "$name"
done
expect 0 "$DIGEST" subscriber export out.csv
expect 65 "$DIGEST" subscriber import list.csv --newsletter weekly
warns 'list.csv.rejects.csv'
expect 0 "$DIGEST" backup three.db
"$DIGEST" dkim keygen weekly.pem --domain example.org --selector s1 \
    >"$work/out" 2>"$work/err"
add_article six World 0
chown "$user" articles/six.md
expect 0 "$DIGEST" article import articles
expect 0 "$DIGEST" issue draft weekly
expect 0 "$DIGEST" issue send weekly
expect 0 "$DIGEST" subscriber add three@example.org --newsletter weekly \
    --pending
"$DIGEST" run >"$work/out" 2>"$work/err"
warns 'digest.db.notices.lock: cannot lock'
service ln -sf "$work/secret/there" list.csv.rejects.csv
expect 65 "$DIGEST" subscriber import list.csv --newsletter weekly
[ "$(ls "$work/secret")" = there ] || fail "made through a link"
[ "$(cat "$work/secret/there")" = kept ] || fail "written through a link"
roots "$work/secret/there" 644
rm -f digest.db.notices.lock list.csv.rejects.csv
theirs 'links of theirs'

# ---- the doctor ----

# finds NAME: doctor names that file as an error, to root and to the user,
# and what it says mends it.
finds()
{
    local who remedy
    for who in env service; do
        "$who" "$DIGEST" doctor >"$work/out" 2>"$work/err"
        grep -qE "^error +files +$1( [(]and [0-9]+ more[)])?: belongs to root, and $user," \
            "$work/out" || fail "doctor ($who) doesn't find $1"
    done
    remedy=$(sed -n 's/^ *-> \(chown .*\)/\1/p' "$work/out")
    sh -c "$remedy" || fail "the remedy fails: $remedy"
    "$DIGEST" doctor >"$work/out" 2>"$work/err"
    says_not 'belongs to root'
}

"$DIGEST" doctor >"$work/out" 2>"$work/err"
says_not 'belongs to root'
touch digest.db.notices.lock
for path in digest.db digest.db.counter digest.db.notices.lock digest.keys \
    out/box/new out/box s1.pem backups; do
    chown 0 "$path"
    case $path in
    s1.pem) echo 'dkim: { domain: example.org, selector: s1, key: s1.pem }' \
        >>digest.yaml ;;
    esac
    finds "$path"
done
# What a link of theirs stands for, root is never told to give away.
chmod 600 "$work/secret/there"
service ln -s "$work/secret/there" digest.db.other
service ln -s "$work/secret" templates/email/other
"$DIGEST" doctor >"$work/out" 2>"$work/err"
says_not 'belongs to root'
rm digest.db.other templates/email/other
# One that root keeps, and the user may read, is nobody's trouble.
chown 0:"$(id -g "$user")" digest.yaml digest.keys
chmod 640 digest.yaml digest.keys
"$DIGEST" doctor >"$work/out" 2>"$work/err"
says_not 'belongs to root'
