/* Counts an issue's deliveries, no oftener than the counting is cheap. */
#include "digest/web/desk/tally.h"

#include "digest/base/clock.h"
#include "digest/base/mem.h"

enum { KEPT = 8, TIMES = 20 };

struct tallies {
    struct {
        int64_t issue_id; /* 0: none */
        int64_t until_ms;
        struct ledger_counts counts;
    } items[KEPT];
};

struct tallies *tallies_new(void)
{
    return MEM_NEW(struct tallies);
}

void tallies_free(struct tallies *tallies)
{
    free(tallies);
}

bool tally_count(struct tallies *tallies, struct db *db, int64_t issue_id,
                 struct ledger_counts *out, struct err *err)
{
    size_t place = (size_t)(issue_id % KEPT);
    int64_t begin = clock_monotonic_ms();
    if (tallies && tallies->items[place].issue_id == issue_id &&
        begin < tallies->items[place].until_ms) {
        *out = tallies->items[place].counts;
        return true;
    }
    if (!ledger_count(db, issue_id, out, err))
        return false;
    if (!tallies)
        return true;
    int64_t now = clock_monotonic_ms();
    tallies->items[place].issue_id = issue_id;
    tallies->items[place].until_ms = now + TIMES * (now - begin);
    tallies->items[place].counts = *out;
    return true;
}
