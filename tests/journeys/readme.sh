# What the README shows can be typed as it stands, line after line: its
# examples that name nothing but the newsletter.
. "$(dirname "$0")/../support/lib.sh"

readme=$root/README.md

# example HEADING: the lines set in below a heading, comments and all.
example()
{
    awk -v heading="## $1" '
        /^## / { on = $0 == heading; next }
        on && /^    digest / { print; more = /\\$/; next }
        on && more { print; more = /\\$/ }' "$readme"
}

make_folder folder
expect 0 "$DIGEST" issue draft weekly
for heading in 'By itself' Looks; do
    example "$heading" >"$work/example"
    [ -s "$work/example" ] || fail "README.md has no example: $heading"
    {
        # Nothing is opened here, whatever machine this is.
        echo 'set -e; unset DISPLAY WAYLAND_DISPLAY'
        echo "digest() { '$DIGEST' \"\$@\" || { echo \"failed: \$*\" >&2; exit 1; }; }"
        cat "$work/example"
    } >"$work/example.sh"
    expect 0 sh "$work/example.sh"
done
expect 0 "$DIGEST" newsletter schedule weekly --next 1
says 'when an editor has approved it'
