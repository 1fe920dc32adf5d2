#!/bin/sh
# clang-tidy over the given sources. A source found clean isn't looked at
# again until it, a header of ours that it includes, or .clang-tidy changes.
# usage: tests/support/tidy.sh FILE...   (from the root, after build-clang)
set -u

failed=0
mkdir -p build-tidy
for file in "$@"; do
    ours=$(clang -MM -MG -I. "$file" | tr -d '\\\n' | sed 's/^[^:]*://' |
        tr -s ' ' '\n' | grep -E '^(digest|subscribers|tests)/')
    seen=$(cat .clang-tidy $ours | sha256sum)
    note=build-tidy/$(echo "$file" | tr / _)
    [ "$(cat "$note" 2>/dev/null)" != "$seen" ] || continue
    if clang-tidy --quiet -p build-clang "$file" 2>build-tidy/log.$$; then
        echo "$seen" >"$note"
    else
        grep -v ' warnings\? generated' build-tidy/log.$$
        failed=1
    fi
    rm -f build-tidy/log.$$
done
exit $failed
