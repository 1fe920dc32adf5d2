/* Drops new addresses that nobody confirmed, and old ones past their time. */
#include "subscribers/consent/retention.h"

#include "subscribers/consent/retention_store_internal.h"

bool retention_drop_wishes(struct db *db, int64_t asked_before,
                           int64_t moved_before, struct err *err)
{
    return retention_store_drop(db, asked_before, moved_before, err);
}
