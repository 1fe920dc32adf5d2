#!/bin/sh
# Shows that layers.sh finds each kind of violation, in a tree made for it.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/tests/web" "$tree/digest/base" "$tree/digest/selector" "$tree/digest/web" \
    "$tree/digest/store" "$tree/digest/cli" "$tree/subscribers/roster"

cp "$here/../digest/README.md" "$tree/digest/"
cp -r "$here/../digest/store/migrations" "$tree/digest/store/"

# Only what is broken on purpose is to be found.
for room in base selector web store cli; do
    echo "# $room" >"$tree/digest/$room/README.md"
done
echo '# roster' >"$tree/subscribers/roster/README.md"

finds()
{
    if found=$("$here/layers.sh" "$tree" 2>&1); then
        echo "not found: $1"
        exit 1
    fi
    case $found in
    *"$1"*) ;;
    *)
        echo "expected \"$1\", got: $found"
        exit 1
        ;;
    esac
}

echo '#include "digest/base/err.h"' >"$tree/digest/selector/a.c"
"$here/layers.sh" "$tree"

echo '#include "digest/store/db.h"' >"$tree/digest/selector/a.c"
finds 'digest/selector/a.c:1: selector may not use store'
echo '#include "digest/cli/command.h"' >"$tree/digest/selector/a.c"
finds 'selector may not use cli'
echo '#include "err.h"' >"$tree/digest/selector/a.c"
finds 'has to be named from the root'
echo '#include <sqlite3.h>' >"$tree/digest/selector/a.c"
finds 'sqlite3.h belongs to store'
echo '#include <uniwidth.h>' >"$tree/digest/selector/a.c"
finds 'uniwidth.h belongs to base document roster'
printf '\n  #  include <zlib.h>\n' >"$tree/digest/selector/a.c"
finds 'digest/selector/a.c:2: zlib.h is of no library'
rm "$tree/digest/selector/a.c"
mkdir "$tree/digest/notices"
echo '# notices' >"$tree/digest/notices/README.md"
echo '#include "digest/issues/issue.h"' >"$tree/digest/notices/a.c"
"$here/layers.sh" "$tree"
echo '#include "digest/scheduler/plan.h"' >"$tree/digest/notices/a.c"
finds 'notices may not use scheduler'
rm "$tree/digest/notices/a.c"
mkdir "$tree/digest/attic"
echo '# attic' >"$tree/digest/attic/README.md"
echo '#include "digest/base/err.h"' >"$tree/digest/attic/a.c"
finds 'digest/attic/a.c:1: attic is no room'
rm -r "$tree/digest/attic"
echo '#include "digest/base/mem_internal.h"' >"$tree/digest/web/a.c"
finds 'digest/base/mem_internal.h is for the files of base alone'
rm "$tree/digest/web/a.c"
: >"$tree/digest/base/mem.h"
finds 'digest/base/mem.h: no other room uses it'
echo '#include "digest/base/mem.h"' >"$tree/digest/web/a.c"
finds "digest/base/README.md: doesn't name mem.h"
echo '`mem.h`' >>"$tree/digest/base/README.md"
"$here/layers.sh" "$tree"
rm "$tree/digest/base/README.md"
finds 'digest/base: has no README.md'
echo '`mem.h`' >"$tree/digest/base/README.md"
echo '#include <sqlite3.h>' >"$tree/digest/store/db.h"
finds 'digest/store/db.h:1: a header shows the foreign sqlite3.h'
rm "$tree/digest/store/db.h"
echo 'static const char *q = "SELECT 1";' >"$tree/digest/web/page.c"
finds 'SQL stands outside'
rm "$tree/digest/web/page.c"
echo 'db_open(":memory:", DB_OPEN, &db, &err);' >"$tree/tests/web/test_page.c"
finds 'a test opens a database beside tests/support/house.c'
rm "$tree/tests/web/test_page.c"

# ---- whose each table is

asks()
{
    echo "static const char *q = $1;" >"$tree/digest/notices/a_store.c"
}

asks '"SELECT id FROM notice"
    "    JOIN suppression ON 1"'
"$here/layers.sh" "$tree"
asks '"SELECT 1 FROM suppression, notice JOIN "
    "delivery d"'
finds "notices may not read delivery, which is ledger's"
for write in 'UPDATE suppression SET' 'INSERT INTO suppression' \
    'INSERT OR IGNORE INTO suppression' 'DELETE FROM suppression'; do
    asks "COLUMNS \"$write \" MORE"
    finds "notices may not write suppression, which is consent's"
done
asks '"SELECT 1 FROM notice"'
finds "notices doesn't read suppression"
asks '"SELECT 1 FROM suppression"; /* "DELETE FROM delivery" */'
"$here/layers.sh" "$tree"
echo 'CREATE TABLE stray (' >"$tree/digest/store/migrations/9999_stray.sql"
finds "stray is no room's own"
echo 'DROP TABLE notice;' >"$tree/digest/store/migrations/9999_stray.sql"
finds 'notice: no migration makes it'
