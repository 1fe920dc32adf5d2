/* Suppresses addresses, and lets an editor lift that again. */
#include "subscribers/consent/suppression.h"

#include "digest/base/mem.h"
#include "subscribers/consent/apply_internal.h"
#include "subscribers/consent/suppression_store_internal.h"
#include "subscribers/roster/address.h"

bool suppression_add(struct db *db, struct str email, const char *reason,
                     const char *note, int64_t now, bool *added,
                     struct err *err)
{
    OWNED(address_free) struct address address = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    return address_parse(email, &address, err) &&
           tx_begin(&tx, db, TX_DURABLE, err) &&
           suppression_store_add(db, strbuf_text(&address.key), reason, note,
                                 now, added, err) &&
           tx_commit(&tx, err);
}

static bool remove_both(struct db *db, const char *key,
                        const struct token_keys *keys, bool *removed,
                        struct err *err)
{
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    bool hash_removed = false;
    if (!suppression_store_remove(db, key, removed, err))
        return false;
    if (keys) {
        suppression_hash(keys, key, &hash);
        if (!suppression_store_remove(db, strbuf_text(&hash), &hash_removed,
                                      err))
            return false;
    }
    *removed = *removed || hash_removed;
    return true;
}

/* The subscriptions of that address, where it is a subscriber. */
static bool lift(struct db *db, const char *key, int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct consent_origin origin = {.means = MEANS_COMMAND, .now = now};
    struct subscriber subscriber;
    struct err why = {0};
    if (!roster_get(db, key, &arena, &subscriber, &why)) {
        if (why.kind == ERR_NOT_FOUND)
            return true;
        return err_set(err, why.kind, "%s", why.text);
    }
    struct consent_change change = {.subscriber_id = subscriber.id,
                                    .action = CONSENT_LIFT,
                                    .origin = &origin};
    enum consent_result result;
    return consent_change_state(db, &change, &result, err);
}

bool suppression_remove(struct db *db, struct str email,
                        const struct token_keys *keys, int64_t now,
                        struct err *err)
{
    OWNED(address_free) struct address address = {0};
    bool removed;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!address_parse(email, &address, err) ||
        !tx_begin(&tx, db, TX_DURABLE, err) ||
        !remove_both(db, strbuf_text(&address.key), keys, &removed, err))
        return false;
    if (!removed)
        return err_set(err, ERR_NOT_FOUND, "%s isn't suppressed",
                       strbuf_text(&address.email)) ||
               err_remedy(err, REMEDY_LIST_SUPPRESSIONS, NULL);
    return lift(db, strbuf_text(&address.key), now, err) && tx_commit(&tx, err);
}
