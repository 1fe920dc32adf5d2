# Disks: mounted read-only, and full. Each command names the cause; the desk
# shows again what was typed, and takes it once there is room; `doctor` has an
# error of it.
. "$(dirname "$0")/../support/lib.sh"

if [ "$(id -u)" != 0 ] || ! mkdir "$work/disk" "$work/fixed" ||
    ! mount -t tmpfs -o size=32m tmpfs "$work/disk" 2>"$work/err"; then
    echo "a disk of its own needs root and a mount"
    exit 77
fi
trap 'umount -l "$work/fixed" 2>/dev/null; umount -l "$work/disk"; cleanup' EXIT
make_folder disk/news
printf 'correct horse battery\n' >"$work/password"
"$DIGEST" editor add ada@example.org --name Ada <"$work/password" \
    >"$work/out" || fail "no editor"
expect 0 "$DIGEST" issue draft weekly

# blames TEXT: the last command's message names this, and nothing else: no
# damage, no owner's mistake.
blames()
{
    warns "$1"
    ! grep -qiE 'damaged|backup in its place|owner and mode|unable to open' \
        "$work/err" || fail "it blames another thing"
}

# has_error TEXT: of the disk, by doctor.
has_error()
{
    expect 74 "$DIGEST" "${@:2}" doctor
    grep -E '^error +disk ' "$work/out" | grep -qF -- "$1" ||
        fail "doctor has no error of the disk: $1"
}

# ---- mounted read-only ----

mount --bind "$work/disk" "$work/fixed" &&
    mount -o remount,bind,ro "$work/fixed" || fail "no mount to look at"
fixed=$work/fixed/news
for command in 'issue list' 'run' 'issue send weekly' 'serve' \
    'subscriber add new@example.org --newsletter weekly' 'archive past' \
    "backup $work/two.db"; do
    expect 74 "$DIGEST" -C "$fixed" $command
    blames 'mounted read-only'
done
for command in "init $fixed/other" "-C $fixed template copy default mine" \
    "dkim keygen $fixed/key.pem --domain example.org --selector s"; do
    expect 74 "$DIGEST" $command
    blames 'Read-only file system; mount it to be written'
done
has_error 'mounted read-only' -C "$fixed"

# ---- full ----

port=$(free_port)
"$DIGEST" serve --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
pids+=($!)
until_true 20 answers "$port"

# desk PATH [CURL-ARGUMENT...]: the answer in $work/page, its status printed.
desk()
{
    curl -s -b "$work/jar" -c "$work/jar" -o "$work/page" \
        -w '%{http_code}' "http://127.0.0.1:$port/desk/$1" "${@:2}"
}

shows()
{
    grep -qF -- "$1" "$work/page" || {
        cat "$work/page"
        fail "the page lacks: $1"
    }
}

# field NAME: its value on the page.
field()
{
    sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" "$work/page" |
        head -n 1
}

sign_in()
{
    [ "$(desk sign-in)" = 200 ] || fail "no door"
    desk sign-in -d "door=$(field door)" --data-urlencode \
        "email=ada@example.org" --data-urlencode "password=$1"
}

# Until not a byte more fits.
fill()
{
    dd if=/dev/zero of="$work/disk/filler" bs=64k 2>"$work/dd"
    dd if=/dev/zero of="$work/disk/filler2" bs=1 count=65536 2>"$work/dd"
}

[ "$(sign_in 'correct horse battery')" = 303 ] || fail "not signed in"
[ "$(desk articles/1)" = 200 ] || fail "no article"
stamp=$(field stamp) csrf=$(field csrf)
cp "$work/jar" "$work/signed-in"
fill
[ "$(desk articles)" = 200 ] || fail "pages need a disk"
code=$(desk articles/1/edit -d "csrf=$csrf" -d "stamp=$stamp" \
    --data-urlencode 'title=A "new" <headline>' --data-urlencode \
    'summary=First line.

Second & last.' -d 'categories=World')
[ "$code" = 500 ] || fail "status $code"
shows 'Nothing was changed: the disk is full'
shows 'A &quot;new&quot; &lt;headline&gt;'
shows 'Second &amp; last.'
shows 'Try again'
! grep -qF "$work" "$work/page" || fail "it says where the database is"
grep -qF 'digest.db: the disk is full' "$work/serve.log" || fail "no log"
[ "$(field stamp)" = "$stamp" ] || fail "the stamp is lost"

# Neither a password nor anything of another site's form is shown.
code=$(desk account/password -d "csrf=$csrf" --data-urlencode \
    'old=correct horse battery' --data-urlencode 'new=another staple yet')
[ "$code" = 500 ] || fail "status $code"
shows 'the disk is full'
! grep -qE 'horse|staple|Try again' "$work/page" || fail "a password is shown"
desk articles/1/edit -d 'csrf=x' -d 'title=Planted' >"$work/code"
[ "$(cat "$work/code")" = 403 ] || fail "status $(cat "$work/code")"
! grep -q Planted "$work/page" || fail "a forged form is shown again"
cp "$work/signed-in" "$work/jar.kept"
rm "$work/jar"
code=$(sign_in 'correct horse battery')
[ "$code" = 500 ] || fail "status $code at the door"
shows 'be signed in: the disk is full'
shows 'value="ada@example.org"'
mv "$work/jar.kept" "$work/jar"

for command in 'subscriber add new@example.org --newsletter weekly' \
    "backup $work/disk/three.db" 'issue test weekly --to you@example.org' \
    'run' 'issue send weekly'; do
    "$DIGEST" $command >"$work/out" 2>"$work/err"
    code=$?
    [ $code = 74 ] || [ $code = 75 ] || fail "exit $code: $command"
    grep -qE 'the disk is full|No space left on device; make room' \
        "$work/err" || fail "$command: no cause"
    ! grep -qiE 'damaged|backup in' "$work/err" || fail "a wrong cause"
done
expect 74 "$DIGEST" template copy default mine
blames 'No space left on device; make room, and try again'
has_error 'its disk is full'

# There is room again: what the page holds is sent once more.
rm "$work/disk/filler" "$work/disk/filler2"
code=$(desk articles/1/edit -d "csrf=$csrf" -d "stamp=$stamp" \
    --data-urlencode 'title=A "new" <headline>' -d 'categories=World')
[ "$code" = 303 ] || fail "status $code with room"
expect 0 "$DIGEST" article show 1
says 'A "new" <headline>'
expect 0 "$DIGEST" issue send weekly
"$DIGEST" doctor >"$work/out"
! grep -qE '^error +disk' "$work/out" || fail "doctor still has an error"
