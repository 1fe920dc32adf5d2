#include "digest/base/mem.h"
#include "subscribers/consent/apply.h"
#include "subscribers/consent/consent_store.h"

bool consent_bounce(struct db *db, int64_t subscriber_id, const char *said,
                    const struct consent_origin *origin, struct err *err)
{
    struct consent_change change = {.subscriber_id = subscriber_id,
                                    .action = CONSENT_BOUNCE,
                                    .origin = origin,
                                    .note = said};
    enum consent_result result;
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, db, TX_DURABLE, err) &&
           consent_change_state(db, &change, &result, err) &&
           consent_store_suppress(db, subscriber_id, "hard bounce", origin->now,
                                  said, err) &&
           tx_commit(&tx, err);
}
