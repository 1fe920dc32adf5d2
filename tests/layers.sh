#!/bin/sh
# Holds the house's table: which room may use which, which foreign library
# lives where, where SQL may stand. Prints each violation as file:line.
# usage: tests/layers.sh [ROOT]
set -eu

root=${1:-$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)}
cd "$root"

grep -rnE '^ *# *include' digest subscribers --include='*.[ch]' |
awk -F: '
BEGIN {
    may["base"] = ""
    may["store"] = "base"
    may["document"] = "base"
    may["media"] = "base store"
    may["articles"] = "base store document media"
    # Blocks are Markdown.
    may["newsletters"] = "base store document"
    may["ledger"] = may["access"] = may["roster"] = "base store"
    may["selector"] = "base"
    may["renderer"] = "base document"
    may["message"] = may["tokens"] = "base"
    # What a reply means stands in a table of the message room.
    may["sender"] = "base message"
    may["consent"] = "base store roster tokens"
    may["bounces"] = "base store message roster tokens consent"
    # It reads style sheets as the renderer does, and asks for links as
    # articles are fetched.
    may["lint"] = "base document articles renderer message"
    above = "base store document media articles selector renderer message sender"
    # What an issue, notices and test copies share on their way out.
    may["delivery"] = "base store message sender ledger"
    above = above " newsletters ledger access roster tokens consent bounces lint delivery"
    may["notices"] = above
    may["issues"] = above " notices"
    may["archive"] = above " notices issues"
    may["web"] = above " notices issues archive"
    may["cli"] = above " notices issues archive web"
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
    home["curl/"] = "sender articles"
    home["libetpan/"] = "message bounces"
    home["cmark.h"] = "document"
    home["libxml/"] = "document articles"
    home["uni"] = home["u8"] = "base document roster"
    home["uchardet"] = "base"
    home["openssl/"] = "message tokens bounces access media"
    home["microhttpd.h"] = "web"
    home["libical/"] = "issues"
    home["idn2.h"] = "base"
    home["jansson.h"] = "articles renderer archive cli web"
    home["gd.h"] = home["libexif/"] = home["seccomp.h"] = "media"
    home["yaml.h"] = "base articles"
    # The resolver of the C library has one home, too.
    home["resolv.h"] = home["arpa/nameser.h"] = "lint"
}
function room_of(path,    parts) {
    split(path, parts, "/")
    return parts[2]
}
function has(list, word) { return index(" " list " ", " " word " ") > 0 }
{
    file = $1; line = $2
    text = $0; sub(/^[^:]*:[^:]*:/, "", text)
    room = room_of(file)
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

# SQL stands in *_store.c files and in the store.
grep -rnE '"(SELECT|INSERT INTO|UPDATE|DELETE FROM) ' digest subscribers \
    --include='*.c' |
    grep -vE '^[^:]*_store\.c:|^digest/store/' && {
    echo "SQL stands outside a *_store.c file"
    failed=1
}

[ -z "${failed:-}" ]
