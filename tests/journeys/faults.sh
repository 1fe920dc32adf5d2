# One fault at every stage of the dialogue: nobody is missed, nobody is given
# up for what a connection did, and only a lost answer can repeat a message.
. "$(dirname "$0")/../support/lib.sh"

make_folder base 'transport: { url: "null:" }'
expect 0 "$DIGEST" issue draft weekly
now=$(date +%s)

# status FIELDS: of the issue, as Python has them.
status()
{
    expect 0 "$DIGEST" --json issue status weekly/1
    json "$work/out" "$1"
}

# through FAULT REPEATS [FAILED]: the fault happens once; the issue is sent
# again, hours later each time, until it is through.
through()
{
    local fault=$1 repeats=$2 failed=${3:-0} hour code got
    rm -rf "$work/run" "$work"/faulty.*
    start_faulty --fault "$fault" --times 1 --pause 1
    cp -r "$work/base" "$work/run" && cd "$work/run" || exit 1
    sed -i "1s|.*|transport: { url: 'smtp://127.0.0.1:$faulty_port', tls: none, connections: 2 }|" \
        digest.yaml
    for hour in 0 2 8 20; do
        DIGEST_NOW=$((now + hour * 3600)) "$DIGEST" issue send weekly/1 \
            >"$work/out" 2>"$work/err" </dev/null
        code=$?
        case $code in 0 | 75) ;; *) fail "$fault: exit $code" ;; esac
        got=$(status 'sum(j[k] for k in ("queued", "sending", "sent", "deferred", "failed", "skipped")) == j["recipients"] == 3')
        [ "$got" = True ] || fail "$fault: somebody is missing in the ledger"
        [ $code = 75 ] || break
        [ "$(status 'j["failed"]')" -le "$failed" ] ||
            fail "$fault: somebody was given up"
    done
    [ "$(status 'j["state"], j["sent"], j["failed"]')" = \
        "('sent', $((3 - failed)), $failed)" ] || fail "$fault: not through"
    [ "$(sort -u "$work/faulty.record" | wc -l)" = $((3 - failed)) ] ||
        fail "$fault: somebody was missed"
    got=$(($(wc -l <"$work/faulty.record") - 3 + failed))
    [ "$got" -le "$repeats" ] || fail "$fault: $got repeats"
    stop_last
}

for stage in banner ehlo mail rcpt data body dot; do
    through drop@$stage 0
done
through lost@dot 1
for stage in banner mail rcpt data dot; do
    through busy@$stage 0
done
for kind in defer mixed garbage long; do
    through $kind@rcpt 0
    through $kind@data 0
done
for stage in banner ehlo mail; do
    through slow@$stage 0
    through lines@$stage 0
done
# An answer to the final dot that can't be understood leaves it open whether
# the message was taken.
for kind in pieces lf; do
    through $kind@dot 0
done
for kind in mixed endless twice; do
    through $kind@dot 1
done
for kind in flood twice; do
    through $kind@mail 0
done
through unknown@rcpt 0 1
