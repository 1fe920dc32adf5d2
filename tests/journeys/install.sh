# `cron/setup --install` into a tree of its own: units that systemd's own
# checks approve of, or a crontab whose lines do their work as cron runs them;
# installing twice changes nothing; `--uninstall` leaves the data; the nightly
# backup thins out what is old.
. "$(dirname "$0")/../support/lib.sh"

tree=$work/tree
setup()
{
    expect 0 env DESTDIR="$tree" "$root/cron/setup" "$@"
}

# shape: names, modes, sizes and times of all that is in the tree.
shape()
{
    find "$tree" -printf '%p %m %s %T@ %i\n' | sort
}

# twice ARGUMENT...: says what it did, and the second time does nothing.
twice()
{
    setup --install "$@"
    says "Installed $tree$prefix/bin/digest"
    says 'Next: '
    [ ! -s "$work/err" ] || fail "it warned"
    shape >"$work/before"
    setup --install "$@"
    says 'nothing was changed'
    says_not 'Installed'
    shape | diff "$work/before" - || fail "installing twice changed something"
}

# gone ARGUMENT...: everything but the data.
gone()
{
    setup --uninstall "$@"
    says 'Removed'
    says "Left the data in $tree$dir"
    find "$tree" -type f ! -path '*/systemd/system/*.wants/*' \
        ! -path "$tree/usr/*" ! -path "$tree$dir/*" \
        ! -path "$tree/var/log/*" | grep . &&
        fail "left behind"
    setup --uninstall "$@"
    says 'nothing to take away'
}

# ---- systemd ----

prefix=/opt/digest
dir=/srv/digest
where=(--prefix $prefix --dir $dir)

mkdir -p "$tree/run/systemd/system" "$tree/usr/lib/systemd"
mkdir "$tree/usr/lib/systemd/system"
cp -a /usr/lib/systemd/system/*.target /usr/lib/systemd/system/*.slice \
    "$tree/usr/lib/systemd/system/"
ln -s usr/lib "$tree/lib"
twice "${where[@]}"
[ ! -e "$tree/etc/cron.d" ] || fail "a crontab beside the units"
! grep -rIq '@[A-Z]*@' "$tree/etc" "$tree$prefix/lib" ||
    fail "a place wasn't filled in"
[ "$(stat -c %a "$tree$dir" "$tree$dir/backups" | xargs)" = \
    '750 700' ] || fail "the folders' modes"

expect 0 systemd-analyze verify --root="$tree" digest-run@00.timer \
    digest-run@30.timer digest-run@00.service digest-serve.service \
    digest-backup.timer digest-backup.service
grep -i digest "$work/err" && fail "systemd has something to say"
for unit in digest-run@.service digest-serve.service digest-backup.service; do
    expect 0 systemd-analyze security --no-pager --offline=true \
        --threshold=25 --root="$tree" "$unit"
done
# The measure does measure: without its walls a service doesn't pass.
sed -i '/^Protect/d; /^SystemCall/d; /^Capability/d; /^Private/d' \
    "$tree/etc/systemd/system/digest-serve.service"
expect 1 systemd-analyze security --no-pager --offline=true --threshold=25 \
    --root="$tree" digest-serve.service
setup --install "${where[@]}"
says "Installed $tree/etc/systemd/system/digest-serve.service"
gone "${where[@]}"
rm -rf "$tree"

# ---- cron ----

# The lines are run as they stand, so the places they name lead to the tree.
prefix=$work/opt
dir=$work/srv
where=(--prefix "$prefix" --dir "$dir")
ln -s "$tree$prefix" "$prefix"
ln -s "$tree$dir" "$dir"
twice "${where[@]}"
[ ! -e "$tree/etc/systemd" ] || fail "units without systemd"
crontab=$tree/etc/cron.d/digest
[ "$(stat -c %a "$crontab")" = 644 ] || fail "cron ignores other modes"

# cron_runs WORD: the line with that word, as cron runs it: the crontab's own
# settings, no other environment, no terminal, another folder. Only the log is
# the tree's.
cron_runs()
{
    local line command
    line=$(grep -E "^[*0-9].*$1" "$crontab") || fail "no line with $1"
    set -f
    # shellcheck disable=SC2086
    set -- $line
    shift 6 # five times, and the user
    set +f
    command=$(echo "$*" | sed "s|/var/log/digest|$tree&|g")
    (cd / && exec env -i SHELL=/bin/sh HOME=/nonexistent LOGNAME=digest \
        PATH=/usr/local/bin:/usr/bin:/bin \
        setsid -w /bin/sh -c "$command" </dev/null >"$work/out" 2>"$work/err")
}
log=$tree/var/log/digest/digest.log

# Before there is a digest.yaml nothing happens.
cron_runs ' run ' || fail "the scheduler, with nothing there"
cron_runs "/backup " || fail "the backup, with nothing there"
[ ! -e "$log" ] && [ ! -s "$work/out" ] && [ ! -s "$work/err" ] ||
    fail "not silent"

DIGEST=$prefix/bin/digest
expect 0 "$DIGEST" init "$dir"
cd "$dir" || exit 1
# What decodes pictures is found where it was put.
"$DIGEST" doctor >"$work/out" 2>"$work/err"
says 'ok       pictures '
printf '%s\n' 'site: { name: Post, base_url: "https://news.example.org", postal_address: "1 Quay Street, Harbour Town" }' \
    'transport: { url: "maildir:outbox" }' >digest.yaml
expect 0 "$DIGEST" newsletter create weekly --title 'Weekly Review' \
    --from 'Review <weekly@example.org>' --section World:3
expect 0 "$DIGEST" subscriber add ana@example.org --newsletter weekly --pending
cron_runs ' run ' || fail "the scheduler failed: $(cat "$log")"
[ ! -s "$work/out" ] && [ ! -s "$work/err" ] || fail "cron would mail this"
until_true 20 test -n "$(find outbox/new -type f 2>/dev/null)"

# The nightly backup: a good copy, and the old ones thinned out. Of 2025 to
# 2026 there is one a week; kept are 14 and the first of 12 months.
for day in $(seq 0 7 420); do
    stamp=$(date -u -d "2025-10-01 + $day days" +%Y%m%dT031700Z)
    : >"backups/digest-$stamp.db"
    : >"backups/digest-$stamp.db.keys"
done
: >backups/mine.db
cron_runs "/backup " || fail "the backup failed: $(cat "$log")"
[ ! -s "$log" ] || fail "it isn't silent: $(cat "$log")"
newest=$(ls backups/digest-*.db | tail -n 1)
[ "$(sqlite3 "$newest" 'SELECT count(*) FROM subscriber')" = 1 ] ||
    fail "no good backup"
ls backups/digest-*.db >"$work/kept"
[ "$(tail -n 14 "$work/kept" | wc -l)" = 14 ] || fail "the newest"
months=$(head -n -14 "$work/kept" | sed 's/.*digest-\(......\).*/\1/' |
    uniq -c | awk '$1 != 1')
[ -z "$months" ] || fail "more than one of a month: $months"
count=$(wc -l <"$work/kept")
[ "$count" -ge 22 ] && [ "$count" -le 26 ] || fail "$count are kept"
[ -e backups/mine.db ] || fail "took another's file away"
[ "$(ls backups/*.keys | wc -l)" = "$count" ] || fail "keys without a database"

# With the database gone the backup fails, and nothing is taken away.
mv digest.db away.db
cron_runs "/backup " && fail "a backup of nothing"
ls backups/digest-*.db | diff "$work/kept" - || fail "thinned out for nothing"
mv away.db digest.db

# One `serve` at a time, and another as soon as it is gone.
sed -i "\$a http: { listen: '127.0.0.1:$(free_port)' }" digest.yaml
port=$(sed -n "s/.*127.0.0.1:\([0-9]*\)'.*/\1/p" digest.yaml)
cron_runs ' serve ' &
pids+=($!)
until_true 20 answers "$port"
cron_runs ' serve ' || fail "the second one complains"
server=$(ps -eo pid,args | awk -v bin="$DIGEST" '$2 == bin { print $1 }')
kill "$server"
wait "${pids[0]}" 2>/dev/null
cd / || exit 1
gone "${where[@]}"
[ -s "$dir/digest.db" ] || fail "the data is gone"

# ---- what can't be ----

mkdir -p "$tree/run/systemd/system"
expect 64 env DESTDIR="$tree" "$root/cron/setup" --install --dir /home/news
warns 'outside /home'
rm -r "$tree/run"
expect 64 env DESTDIR="$tree" "$root/cron/setup" --install --dir news
expect 64 env DESTDIR="$tree" "$root/cron/setup" --install --dir '/srv/a b'
expect 64 env DESTDIR="$tree" "$root/cron/setup" --instal

# Elsewhere than on Debian it says what to install, by pkg-config's names, all
# that the build asks for.
mkdir -p "$work/bin"
for tool in sh sed dirname mktemp id grep; do
    ln -s "$(command -v $tool)" "$work/bin/$tool"
done
expect 69 env -i PATH="$work/bin" sh "$root/cron/setup"
warns "this isn't Debian"
for library in $(sed -n '/^foreach(lib/,/)/p' "$root/CMakeLists.txt" |
    tr -d '()' | sed 's/foreachlib//'); do
    warns " $library"
done
warns 'libunistring'
