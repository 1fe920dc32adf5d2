/* The ways out: by themselves, by their mailbox, by their complaint, and by
 * waiting too long. And the way back right after. */
#include <string.h>

#include "digest/base/mem.h"
#include "subscribers/consent/apply_internal.h"
#include "subscribers/consent/consent_store_internal.h"
#include "subscribers/consent/suppression_store_internal.h"

/* Changes all subscriptions at once, with one event that names no
 * newsletter. */
static bool change_all(struct db *db, const struct subscriber *subscriber,
                       struct consent_change *change,
                       enum consent_result *result, struct err *err)
{
    *result = CONSENT_ALREADY;
    change->silent = true;
    for (size_t i = 0; i < subscriber->subscription_count; i++) {
        enum consent_result one;
        change->newsletter_id = subscriber->subscriptions[i].newsletter_id;
        if (!consent_apply(db, change, &one, err))
            return false;
        if (one == CONSENT_DONE)
            *result = CONSENT_DONE;
    }
    return *result == CONSENT_ALREADY ||
           consent_store_event(db, change->subscriber_id, 0,
                               consent_action_event(change->action),
                               change->origin, change->note, err);
}

bool consent_change_state(struct db *db, struct consent_change *change,
                          enum consent_result *result, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct subscriber subscriber;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !roster_get_by_id(db, change->subscriber_id, &arena, &subscriber, err))
        return false;
    bool good = change->newsletter_id
                    ? consent_apply(db, change, result, err)
                    : change_all(db, &subscriber, change, result, err);
    return good && tx_commit(&tx, err);
}

bool consent_unsubscribe(struct db *db, int64_t subscriber_id,
                         int64_t newsletter_id,
                         const struct consent_origin *origin,
                         enum consent_result *result, struct err *err)
{
    struct consent_change change = {
        .subscriber_id = subscriber_id,
        .newsletter_id = newsletter_id,
        .action = CONSENT_LEAVE,
        .origin = origin,
    };
    return consent_change_state(db, &change, result, err);
}

/* ---- and back ---- */

static bool is_fresh(const struct roster_state *s, int64_t now)
{
    return s->exists && s->state == SUBSCRIPTION_UNSUBSCRIBED &&
           now - s->since <= CONSENT_RETURN_WITHIN_S;
}

bool consent_may_return(struct db *db, int64_t subscriber_id,
                        int64_t newsletter_id, int64_t now, bool *out,
                        struct err *err)
{
    struct roster_state s;
    if (!roster_get_state(db, newsletter_id, subscriber_id, &s, err))
        return false;
    *out = is_fresh(&s, now);
    return true;
}

bool consent_return(struct db *db, int64_t subscriber_id, int64_t newsletter_id,
                    const struct consent_origin *origin,
                    enum consent_result *result, struct err *err)
{
    struct consent_change change = {
        .subscriber_id = subscriber_id,
        .newsletter_id = newsletter_id,
        .action = CONSENT_RETURN,
        .origin = origin,
    };
    struct roster_state s;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !roster_get_state(db, newsletter_id, subscriber_id, &s, err))
        return false;
    if (s.exists && s.state == SUBSCRIPTION_UNSUBSCRIBED &&
        !is_fresh(&s, origin->now)) {
        *result = CONSENT_REFUSED;
        err_set(err, ERR_CONFLICT, "that was too long ago to be taken back");
        return true;
    }
    return consent_change_state(db, &change, result, err) &&
           tx_commit(&tx, err);
}

/* ---- by their mailbox, or their complaint ---- */

/* *forgotten: they asked to be, and there is no address any more. */
static bool find(struct db *db, int64_t subscriber_id, struct address *address,
                 bool *forgotten, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct subscriber subscriber;
    if (!roster_get_by_id(db, subscriber_id, &arena, &subscriber, err))
        return false;
    *forgotten = !*subscriber.email;
    return *forgotten || address_parse(str_of(subscriber.email), address, err);
}

static bool suppress(struct db *db, struct consent_change *change,
                     const char *reason, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    bool forgotten, added;
    enum consent_result result;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !find(db, change->subscriber_id, &address, &forgotten, err))
        return false;
    if (forgotten)
        return true;
    return suppression_store_add(db, strbuf_text(&address.key), reason,
                                 change->note, change->origin->now, &added,
                                 err) &&
           consent_change_state(db, change, &result, err) &&
           tx_commit(&tx, err);
}

bool consent_bounce(struct db *db, int64_t subscriber_id, const char *said,
                    const struct consent_origin *origin, struct err *err)
{
    struct consent_change change = {.subscriber_id = subscriber_id,
                                    .action = CONSENT_BOUNCE,
                                    .origin = origin,
                                    .note = said};
    return suppress(db, &change, SUPPRESSED_BOUNCED, err);
}

bool consent_complain(struct db *db, int64_t subscriber_id, const char *said,
                      const struct consent_origin *origin, struct err *err)
{
    struct consent_change change = {.subscriber_id = subscriber_id,
                                    .action = CONSENT_COMPLAIN,
                                    .origin = origin,
                                    .note = said};
    return suppress(db, &change, SUPPRESSED_COMPLAINED, err);
}

/* ---- by waiting too long ---- */

bool consent_expire(struct db *db, int64_t asked_before, int64_t now,
                    size_t *count, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct consent_origin origin = {.means = MEANS_TIME, .now = now};
    struct consent_waiting waiting;
    *count = 0;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_NORMAL, err) ||
        !consent_store_waiting(db, asked_before, &arena, &waiting, err))
        return false;
    for (size_t i = 0; i < waiting.count; i++) {
        enum consent_result result;
        struct consent_change change = {
            .subscriber_id = waiting.items[i].subscriber_id,
            .newsletter_id = waiting.items[i].newsletter_id,
            .action = CONSENT_EXPIRE,
            .origin = &origin,
        };
        if (!consent_apply(db, &change, &result, err))
            return false;
        *count += result == CONSENT_DONE;
    }
    return tx_commit(&tx, err);
}
