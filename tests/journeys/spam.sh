# SpamAssassin, with the rules that Debian ships and without the network,
# gives a digest of each design -0.9 points or less; five is spam.
. "$(dirname "$0")/../support/lib.sh"

command -v spamassassin >/dev/null || {
    echo "skipped: no spamassassin; tests/setup installs it"
    exit 77
}

# judge FILE: its score.
judge()
{
    HOME=$work spamassassin -L -t --prefspath="$work/prefs" <"$1" \
        >"$work/judged" 2>"$work/err" || fail "spamassassin: exit $?"
    sed -n 's/^X-Spam-Status: .* score=\([-0-9.]*\) .*/\1/p' "$work/judged"
}

: >"$work/prefs"
expect 0 "$DIGEST" demo "$work/demo"
cd "$work/demo" || exit 1
expect 0 "$DIGEST" template list
mapfile -t designs < <(sed -n 's/ (built in)$//p' "$work/out" | sort -u)
[ "${#designs[@]}" -ge 2 ] || fail "designs: ${designs[*]}"
for design in "${designs[@]}"; do
    expect 0 "$DIGEST" newsletter create "$design" --title 'Harbour Weekly' \
        --from 'The Harbour Post <weekly@harbour.example>' \
        --template "$design" --section '*:20'
    expect 0 "$DIGEST" subscriber add ana@example.org --name 'Ana Sousa' \
        --newsletter "$design"
    expect 0 "$DIGEST" issue draft "$design" --since 2000-01-01
    expect 0 "$DIGEST" issue show "$design" --as eml --for ana@example.org
    cp "$work/out" "$work/$design.eml"
    score=$(judge "$work/$design.eml")
    [ -n "$score" ] || fail "$design: no score"
    echo "$design: $score"
    "$python" -c 'import sys; sys.exit(float(sys.argv[1]) > -0.9)' "$score" || {
        sed -n '/^Content analysis details/,/^$/p' "$work/judged"
        fail "$design: $score points, where -0.9 or less is wanted"
    }
done

# It can tell: the same mail with what spam has in it is over the line.
sed 's/^Subject: .*/Subject: CHEAP VIAGRA!!! 100% FREE $$$/; s/^Date: .*/Date: x/' \
    "$work/${designs[0]}.eml" >"$work/bad.eml"
printf '%s\r\n' 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X' \
    >>"$work/bad.eml"
score=$(judge "$work/bad.eml")
"$python" -c 'import sys; sys.exit(float(sys.argv[1]) < 1.0)' "$score" ||
    fail "spam has $score points"
