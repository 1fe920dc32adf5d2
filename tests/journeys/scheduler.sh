# Two runs at once, killed at random while the clock goes on: each job is done
# once, everybody gets each issue. Months of issues with the machine off at
# random: sent, late and missed are as the calendar has them.
# KILL_DAYS (16 instants a day) and DAYS in the environment make it longer;
# SEED repeats a run.
. "$(dirname "$0")/../support/lib.sh"

: "${KILL_DAYS:=2}" "${DAYS:=40}" "${SEED:=$RANDOM}"
echo "seed $SEED"

for mode in kill year; do
    mkdir "$work/$mode"
    cd "$work/$mode" || exit 1
    days=$DAYS
    [ $mode = year ] || days=$KILL_DAYS
    "$python" "$here/scheduler.py" $mode "$DIGEST" "$days" "$SEED" ||
        fail "seed $SEED"
done
