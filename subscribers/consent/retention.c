#include "subscribers/consent/retention.h"

#include "digest/base/mem.h"
#include "subscribers/consent/retention_store.h"

enum { LOT = 200 };

static bool forget_lot(struct db *db, const int64_t *ids, size_t count,
                       const struct consent_origin *origin, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!consent_forget(db, ids[i], origin, err))
            return false;
    return tx_commit(&tx, err);
}

bool retention_forget(struct db *db, int64_t before,
                      const struct consent_origin *origin, size_t *count,
                      struct err *err)
{
    int64_t ids[LOT], after = 0;
    size_t found;
    *count = 0;
    do {
        if (!retention_store_old(db, before, after, ids, LOT, &found, err) ||
            (found && !forget_lot(db, ids, found, origin, err)))
            return false;
        *count += found;
        after = found ? ids[found - 1] : after;
    } while (found == LOT);
    return true;
}

bool retention_drop_wishes(struct db *db, int64_t asked_before, struct err *err)
{
    return retention_store_drop(db, asked_before, err);
}
