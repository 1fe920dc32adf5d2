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

# source TEXT: a source of that text, with a line of purpose.
source()
{
    printf '/* Is looked at. */\n%s\n' "$1"
}

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

source '#include "digest/base/err.h"' >"$tree/digest/selector/a.c"
"$here/layers.sh" "$tree"

source '#include "digest/store/db.h"' >"$tree/digest/selector/a.c"
finds 'digest/selector/a.c:2: selector may not use store'
source '#include "digest/cli/command.h"' >"$tree/digest/selector/a.c"
finds 'selector may not use cli'
source '#include "err.h"' >"$tree/digest/selector/a.c"
finds 'has to be named from the root'
source '#include <sqlite3.h>' >"$tree/digest/selector/a.c"
finds 'sqlite3.h belongs to store'
source '#include <uniwidth.h>' >"$tree/digest/selector/a.c"
finds 'uniwidth.h belongs to base document roster'
source '
  #  include <zlib.h>' >"$tree/digest/selector/a.c"
finds 'digest/selector/a.c:3: zlib.h is of no library'
rm "$tree/digest/selector/a.c"
mkdir "$tree/digest/notices"
echo '# notices' >"$tree/digest/notices/README.md"
source '#include "digest/issues/issue.h"' >"$tree/digest/notices/a.c"
"$here/layers.sh" "$tree"
source '#include "digest/scheduler/plan.h"' >"$tree/digest/notices/a.c"
finds 'notices may not use scheduler'
rm "$tree/digest/notices/a.c"
mkdir "$tree/digest/attic"
echo '# attic' >"$tree/digest/attic/README.md"
source '#include "digest/base/err.h"' >"$tree/digest/attic/a.c"
finds 'digest/attic/a.c:2: attic is no room'
rm -r "$tree/digest/attic"
source '#include "digest/base/mem_internal.h"' >"$tree/digest/web/a.c"
finds 'digest/base/mem_internal.h is for the files of base alone'
rm "$tree/digest/web/a.c"
: >"$tree/digest/base/mem.h"
finds 'digest/base/mem.h: no other room uses it'
source '#include "digest/base/mem.h"' >"$tree/digest/web/a.c"
finds "digest/base/README.md: doesn't name mem.h"
echo '`mem.h`' >>"$tree/digest/base/README.md"
"$here/layers.sh" "$tree"
rm "$tree/digest/base/README.md"
finds 'digest/base: has no README.md'
echo '`mem.h`' >"$tree/digest/base/README.md"
echo '#include <sqlite3.h>' >"$tree/digest/store/db.h"
finds 'digest/store/db.h:1: a header shows the foreign sqlite3.h'
rm "$tree/digest/store/db.h"
source 'static const char *q = "SELECT 1";' >"$tree/digest/web/page.c"
finds 'SQL stands outside'
rm "$tree/digest/web/page.c"
source 'db_open(":memory:", DB_OPEN, &db, &err);' >"$tree/tests/web/test_page.c"
finds 'a test opens a database beside tests/support/house.c'
rm "$tree/tests/web/test_page.c"

# ---- whose each table is

asks()
{
    source "static const char *q = $1;" >"$tree/digest/notices/a_store.c"
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
rm "$tree/digest/store/migrations/9999_stray.sql"
rm "$tree/digest/notices/a_store.c"

# ---- names and purposes

echo '/* Notices. */' >"$tree/digest/notices/a.c"
"$here/layers.sh" "$tree"
echo 'static int x;' >"$tree/digest/notices/a.c"
finds "digest/notices/a.c: doesn't begin with what it is for"
printf '/* Notices. */\nstruct reader {\n' >"$tree/digest/notices/a.c"
"$here/layers.sh" "$tree"
echo 'struct reader {' >"$tree/digest/web/a_internal.h"
finds 'is declared in a header and elsewhere'
