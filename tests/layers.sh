#!/bin/sh
# Holds the house's table: which room may use which, which foreign library
# lives where, where SQL may stand, and on which table. Prints each violation.
# usage: tests/layers.sh [ROOT]
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=${1:-$(dirname -- "$here")}
cd "$root"

# The table of rooms is the map's (digest/README.md): what it says is what is
# held here.
{
    grep -E '^\| `[a-z]+` \|' digest/README.md
    grep -rnE '^ *# *include' digest subscribers --include='*.[ch]'
} |
awk -F: '
BEGIN {
    # What the C library offers to every room.
    libc = "arpa/inet.h assert.h ctype.h dirent.h errno.h fcntl.h float.h"
    libc = libc " grp.h iconv.h inttypes.h langinfo.h libgen.h limits.h locale.h"
    libc = libc " math.h netdb.h netinet/in.h netinet/tcp.h poll.h pthread.h"
    libc = libc " pwd.h spawn.h"
    libc = libc " sched.h signal.h stdalign.h stdarg.h stdatomic.h"
    libc = libc " stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h"
    libc = libc " strings.h sys/epoll.h sys/eventfd.h sys/file.h"
    libc = libc " sys/ioctl.h sys/mman.h sys/prctl.h sys/random.h"
    libc = libc " sys/resource.h sys/select.h sys/socket.h sys/stat.h sys/statvfs.h sys/time.h"
    libc = libc " sys/types.h sys/uio.h sys/un.h sys/wait.h syslog.h"
    libc = libc " termios.h time.h unistd.h wchar.h wctype.h"
    # Foreign headers, and the rooms that are their home.
    home["sqlite3.h"] = "store"
    home["curl/"] = "sender fetch"
    home["libetpan/"] = "message bounces"
    home["cmark.h"] = "document"
    home["libxml/"] = "document sources"
    home["uni"] = home["u8"] = "base document roster"
    home["uchardet"] = "base"
    home["openssl/"] = "message tokens bounces access media"
    home["microhttpd.h"] = "web"
    home["libical/"] = "newsletters"
    home["idn2.h"] = home["libpsl.h"] = "base"
    home["jansson.h"] = "sources renderer archive cli web"
    home["gd.h"] = home["libexif/"] = home["seccomp.h"] = "media"
    home["yaml.h"] = "base sources"
    # The resolver of the C library has one home, too.
    home["resolv.h"] = home["arpa/nameser.h"] = "doctor"
}
function room_of(path,    parts) {
    split(path, parts, "/")
    return parts[2]
}
function has(list, word) { return index(" " list " ", " " word " ") > 0 }
/^\| `/ {
    split($0, cells, / *\| */)
    gsub(/`/, "", cells[2])
    may[cells[2]] = cells[5] == "every room above" ? above : cells[5]
    above = above " " cells[2]
    next
}
{
    file = $1; line = $2
    text = $0; sub(/^[^:]*:[^:]*:/, "", text)
    room = room_of(file)
    if (!(room in may)) {
        print file ":" line ": " room " is no room of digest/README.md"; bad++
        next
    }
    if (!match(text, /["<][^">]*[">]/)) next
    quote = substr(text, RSTART, 1)
    name = substr(text, RSTART + 1, RLENGTH - 2)
    where = file ":" line ": "
    if (quote == "\"") {
        if (name !~ /^(digest|subscribers)\//) {
            print where name " has to be named from the root"; bad++
            next
        }
        other = room_of(name)
        if (room == "selector" && name == "digest/articles/article.h") next
        if (other != room && !has(may[room], other)) {
            print where room " may not use " other; bad++
        } else if (other != room && name ~ /_internal\.h$/) {
            print where name " is for the files of " other " alone"; bad++
        }
        next
    }
    if (has(libc, name)) next
    known = 0
    for (h in home) {
        if (index(name, h) != 1) continue
        known = 1
        if (!has(home[h], room)) {
            print where name " belongs to " home[h] ", not to " room; bad++
        } else if (file ~ /\.h$/) {
            print where "a header shows the foreign " name; bad++
        }
    }
    if (!known) {
        print where name " is of no library that the house knows"; bad++
    }
}
END { exit bad > 0 }
' || failed=1

# A header is of use to another room, is named there for all to see in its
# room's README.md, or is called *_internal.h. The doors are used by nobody, so
# there is nothing to tell apart; what decodes pictures is a program of its own.
for header in $(find digest subscribers -name '*.h' ! -name '*_internal.h' |
    grep -v -e '^digest/web/' -e '^digest/cli/' -e /child/); do
    folder=$(echo "$header" | cut -d/ -f1-2)
    if ! grep -rlqF "#include \"$header\"" digest subscribers \
        --include='*.[ch]' --exclude-dir="$(basename "$folder")"; then
        echo "$header: no other room uses it, so it is an *_internal.h"
        failed=1
    elif ! grep -qF "\`${header#"$folder/"}\`" "$folder/README.md"; then
        echo "$folder/README.md: doesn't name ${header#"$folder/"}"
        failed=1
    fi
done
sed -nE 's/^\| `[a-z]+` \| ([a-z/]+) .*/\1/p' digest/README.md | while read -r folder; do
    [ ! -d "$folder" ] || [ -f "$folder/README.md" ] || {
        echo "$folder: has no README.md"
        exit 1
    }
done || failed=1

# SQL stands in *_store.c files and in the store.
grep -rnE '"(SELECT|INSERT INTO|UPDATE|DELETE FROM) ' digest subscribers \
    --include='*.c' |
    grep -vE '^[^:]*_store\.c:|^digest/store/' && {
    echo "SQL stands outside a *_store.c file"
    failed=1
}

# A table is written in its own room alone, and read where the map says so.
# shellcheck disable=SC2046 # words
awk -f "$here/support/tables.awk" digest/README.md \
    $(find digest/store/migrations -name '*.sql' | sort) \
    $(find digest subscribers -name '*.[ch]') || failed=1

# One name is one thing: what a header declares is no other file's struct too.
grep -rnoE '^struct [a-z_]+ \{' digest subscribers --include='*.[ch]' |
awk -F: '
{ struct = $3; files[struct] = files[struct] "\n    " $1; count[struct]++ }
$1 ~ /\.h$/ { shown[struct] = 1 }
END {
    for (struct in shown)
        if (count[struct] > 1) {
            print struct "…} is declared in a header and elsewhere:" files[struct]
            bad = 1
        }
    exit bad
}' || failed=1

# Each source begins with a line of purpose.
for source in $(find digest subscribers -name '*.c'); do
    case $(head -n 1 "$source") in
    '/*'*) ;;
    *)
        echo "$source: doesn't begin with what it is for"
        failed=1
        ;;
    esac
done

# Tests open a database in their house alone, but for those of the store and
# the programs that are no tests.
grep -rnE '\bdb_open\(' tests --include='*.[ch]' |
    grep -vE '^tests/(support/house\.c|store/|bench/|fuzz/)' && {
    echo "a test opens a database beside tests/support/house.c"
    failed=1
}

[ -z "${failed:-}" ]
