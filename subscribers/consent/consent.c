#include "subscribers/consent/consent.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "subscribers/consent/apply.h"
#include "subscribers/consent/consent_store.h"
#include "subscribers/roster/address.h"

enum { NAME_MAX_BYTES = 200 };

static int state_now(const struct roster_state *subscription)
{
    return subscription->exists ? (int)subscription->state : SUBSCRIPTION_NONE;
}

/* A pending one that expires was nothing before, or had left before it was
 * asked again: then that stands. */
static bool expire(struct db *db, const struct consent_change *change,
                   struct err *err)
{
    bool had_left;
    if (!consent_store_has(db, change->newsletter_id, change->subscriber_id,
                           consent_action_event(CONSENT_LEAVE), &had_left, err))
        return false;
    return had_left ? roster_set_state(
                          db, change->newsletter_id, change->subscriber_id,
                          SUBSCRIPTION_UNSUBSCRIBED, change->origin->now, err)
                    : consent_store_drop(db, change->newsletter_id,
                                         change->subscriber_id, err);
}

static bool move_to(struct db *db, const struct consent_change *change,
                    int state, struct err *err)
{
    if (state == SUBSCRIPTION_NONE)
        return expire(db, change, err);
    if (change->pending)
        state = SUBSCRIPTION_PENDING;
    return roster_set_state(db, change->newsletter_id, change->subscriber_id,
                            (enum subscription_state)state, change->origin->now,
                            err);
}

static bool apply_from(struct db *db, const struct consent_change *change,
                       int state, enum consent_result *result, struct err *err)
{
    const struct transition *t = transition_find(state, change->action);
    switch (t->verdict) {
    case VERDICT_ALREADY:
        *result = CONSENT_ALREADY;
        return true;
    case VERDICT_REFUSE:
        *result = CONSENT_REFUSED;
        err_set(err, ERR_CONFLICT, "%s", t->reason);
        return true;
    case VERDICT_CHANGE:
        break;
    }
    *result = CONSENT_DONE;
    return move_to(db, change, t->state, err) &&
           (change->silent ||
            consent_store_event(db, change->subscriber_id,
                                change->newsletter_id,
                                consent_action_event(change->action),
                                change->origin, change->note, err));
}

bool consent_apply(struct db *db, const struct consent_change *change,
                   enum consent_result *result, struct err *err)
{
    struct roster_state subscription = {0};
    if (!change->is_new &&
        !roster_get_state(db, change->newsletter_id, change->subscriber_id,
                          &subscription, err))
        return false;
    return apply_from(db, change, state_now(&subscription), result, err);
}

/* ---- coming ---- */

void consent_clean_name(struct strbuf *out, struct str name)
{
    size_t before = out->len;
    utf8_clean_line(out, name);
    struct str clean = str_from(strbuf_str(out), before);
    strbuf_cut(out, before + utf8_cut_length(clean, NAME_MAX_BYTES));
}

static bool is_refused(struct db *db, const struct address *address,
                       enum consent_result *result, struct err *err)
{
    bool suppressed;
    if (!roster_suppressed(db, strbuf_text(&address->key), &suppressed, err))
        return false;
    if (suppressed) {
        *result = CONSENT_REFUSED;
        err_set(err, ERR_CONFLICT,
                "%s is on the list of addresses that are never mailed; "
                "`digest suppression list` says why",
                strbuf_text(&address->email));
    }
    return true;
}

bool consent_enter(struct db *db, const struct address *address,
                   const char *name, const char *categories,
                   struct consent_change *change, enum consent_result *result,
                   struct err *err)
{
    if (!roster_add(db, strbuf_text(&address->email),
                    strbuf_text(&address->key), name, change->origin->now,
                    &change->subscriber_id, &change->is_new, err) ||
        !consent_apply(db, change, result, err))
        return false;
    if (*result == CONSENT_REFUSED)
        return err_context(err, "%s", strbuf_text(&address->email)), true;
    return *result == CONSENT_ALREADY || !categories || !*categories ||
           roster_set_categories(db, change->newsletter_id,
                                 change->subscriber_id, categories, err);
}

static enum consent_action entry_action(const char *means, bool pending)
{
    if (strcmp(means, MEANS_IMPORT) == 0)
        return CONSENT_IMPORT;
    return pending ? CONSENT_ASK : CONSENT_ADD;
}

bool consent_subscribe(struct db *db, struct str email, const char *name,
                       int64_t newsletter_id, const char *categories,
                       bool pending, const struct consent_origin *origin,
                       enum consent_result *result, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    struct consent_change change = {
        .newsletter_id = newsletter_id,
        .action = entry_action(origin->means, pending),
        .pending = pending,
        .origin = origin,
    };
    if (!address_parse(email, &address, err))
        return false;
    consent_clean_name(&clean, str_of(name ? name : ""));
    OWNED(tx_end) struct tx tx = TX_INIT;
    *result = CONSENT_DONE;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !is_refused(db, &address, result, err))
        return false;
    if (*result == CONSENT_REFUSED)
        return true;
    if (!consent_enter(db, &address, strbuf_text(&clean), categories, &change,
                       result, err))
        return false;
    /* Someone refused must not be left behind as a subscriber. */
    return *result == CONSENT_REFUSED || tx_commit(&tx, err);
}

/* ---- leaving, and coming back ---- */

/* All subscriptions at once: one event, that names no newsletter. */
static bool leave_all(struct db *db, const struct subscriber *subscriber,
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
                    : leave_all(db, &subscriber, change, result, err);
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

bool consent_may_return(struct db *db, int64_t subscriber_id,
                        int64_t newsletter_id, int64_t now, bool *out,
                        struct err *err)
{
    struct roster_state s;
    if (!roster_get_state(db, newsletter_id, subscriber_id, &s, err))
        return false;
    *out = s.exists && s.state == SUBSCRIPTION_UNSUBSCRIBED &&
           now - s.since <= CONSENT_RETURN_WITHIN_S;
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
        origin->now - s.since > CONSENT_RETURN_WITHIN_S) {
        *result = CONSENT_REFUSED;
        err_set(err, ERR_CONFLICT, "that was too long ago to be taken back");
        return true;
    }
    return consent_change_state(db, &change, result, err) &&
           tx_commit(&tx, err);
}
