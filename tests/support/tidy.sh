#!/bin/sh
# clang-tidy over the given sources. A source found clean isn't looked at
# again until it, a header of ours that it includes, or .clang-tidy changes.
# usage: [DEEP=1] tests/support/tidy.sh FILE...
#        (from the root, after build-clang)
# DEEP follows the paths through each function as far as the analyzer does by
# itself, which takes more than twice as long.
set -u

depth=${DEEP:+225000}
option="--extra-arg=-Xclang --extra-arg=-analyzer-config"
option="$option --extra-arg=-Xclang --extra-arg=max-nodes=${depth:-60000}"

failed=0
mkdir -p build-tidy
for file in "$@"; do
    ours=$(clang -MM -MG -I. "$file" | tr -d '\\\n' | sed 's/^[^:]*://' |
        tr -s ' ' '\n' | grep -E '^(digest|subscribers|tests)/')
    seen=$(cat .clang-tidy $ours | sha256sum)
    note=build-tidy/$(echo "$file" | tr / _)
    [ -n "$depth" ] || [ "$(cat "$note" 2>/dev/null)" != "$seen" ] || continue
    # shellcheck disable=SC2086 # words
    if clang-tidy --quiet -p build-clang $option "$file" 2>build-tidy/log.$$; then
        echo "$seen" >"$note"
    else
        grep -v ' warnings\? generated' build-tidy/log.$$
        failed=1
    fi
    rm -f build-tidy/log.$$
done
exit $failed
