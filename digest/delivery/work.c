/* Holds the lease and the transaction of a run's work. */
#include "digest/delivery/work_internal.h"

#include "digest/base/clock.h"

enum { LEASE_RENEW_MS = 10000, SYNC_MS = 1000 };

bool work_take(struct work *work, struct db *db, const char *name,
               struct err *err)
{
    int64_t ms = clock_monotonic_ms();
    *work = (struct work){.db = db, .synced_ms = ms, .renewed_ms = ms};
    return lease_take(db, name, clock_now(), WORK_LEASE_S, true, &work->lease,
                      err);
}

bool work_begin(struct work *work, struct err *err)
{
    if (work->tx.db)
        return tx_is_open(&work->tx) ||
               err_set(err, ERR_STORE,
                       "%s: gave a transaction up; what was under way is "
                       "taken up again by the next run",
                       db_path(work->db));
    if (!tx_begin(&work->tx, work->db, TX_NORMAL, err))
        return false;
    if (lease_check(work->db, &work->lease, err))
        return true;
    tx_end(&work->tx);
    return false;
}

bool work_commit(struct work *work, struct err *err)
{
    return !work->tx.db || tx_commit(&work->tx, err);
}

bool work_sync_is_due(struct work *work)
{
    int64_t ms = clock_monotonic_ms();
    if (ms - work->synced_ms < SYNC_MS)
        return false;
    work->synced_ms = ms;
    return true;
}

bool work_keep(struct work *work, struct err *err)
{
    int64_t ms = clock_monotonic_ms();
    if (ms - work->renewed_ms < LEASE_RENEW_MS)
        return true;
    work->renewed_ms = ms;
    return work_begin(work, err) &&
           lease_renew(work->db, &work->lease, clock_now(), WORK_LEASE_S,
                       err) &&
           work_commit(work, err);
}

void work_end(struct work *work)
{
    tx_end(&work->tx);
}
