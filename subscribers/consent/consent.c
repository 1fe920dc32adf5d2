/* Applies the events of a subscription by the table, each on record. */
#include "subscribers/consent/consent.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "subscribers/consent/apply_internal.h"
#include "subscribers/consent/consent_store_internal.h"
#include "subscribers/consent/suppression_store_internal.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/roster_write.h"

enum { NAME_MAX_BYTES = 200, CONSENT_SKEW_S = 60 * 60 };

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
                    : roster_drop(db, change->newsletter_id,
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

static const char *const obstacles[] = {
    [SUPPRESSION_MOVED] = SUPPRESSION_MOVED_WORDS,
    [SUPPRESSION_FORGOTTEN] = "was erased here; add it only if they asked to "
                              "be back, or have them confirm it themselves",
    [SUPPRESSION_SEALED] = "is suppressed: it was erased after it bounced, "
                           "complained or was suppressed by an editor",
    [SUPPRESSION_FULL] = "is suppressed; the suppression list says why",
};

bool consent_is_barred(struct db *db, const struct address *address,
                       const struct consent_change *change, bool *barred,
                       struct err *err)
{
    enum suppression_kind kind;
    if (!suppression_of(db, strbuf_text(&address->key), change->origin->keys,
                        &kind, err))
        return false;
    *barred =
        kind == SUPPRESSION_FULL || kind == SUPPRESSION_SEALED ||
        (kind == SUPPRESSION_FORGOTTEN && change->action != CONSENT_ASK) ||
        (kind == SUPPRESSION_MOVED && change->action == CONSENT_IMPORT);
    if (*barred)
        err_set(err, ERR_CONFLICT, "%s %s", strbuf_text(&address->email),
                obstacles[kind]);
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
    if (change->action == CONSENT_ASK &&
        !roster_set_asked(db, change->newsletter_id, change->subscriber_id,
                          change->origin->now, err))
        return false;
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
    bool barred;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !consent_is_barred(db, &address, &change, &barred, err))
        return false;
    *result = CONSENT_REFUSED;
    if (barred)
        return true;
    if (!consent_enter(db, &address, strbuf_text(&clean), categories, &change,
                       result, err))
        return false;
    /* Someone refused must not be left behind as a subscriber. */
    if (*result == CONSENT_REFUSED)
        return true;
    return (change.action != CONSENT_ADD ||
            suppression_readmit(db, strbuf_text(&address.key), origin->keys,
                                err)) &&
           tx_commit(&tx, err);
}

/* ---- confirming ---- */

/* Someone who confirms isn't forgotten any more. */
static bool remember(struct db *db, const struct subscriber *subscriber,
                     const struct token_keys *keys, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    bool removed;
    if (!keys)
        return true;
    if (!address_parse(str_of(subscriber->email), &address, err))
        return false;
    suppression_hash(keys, strbuf_text(&address.key), &hash);
    return suppression_store_remove(db, strbuf_text(&hash), &removed, err);
}

/* The clock may have been ahead when it was asked, and set right since: then a
 * request that began later than now says nothing of a link's age, and a link
 * of a later time than now is void. */
static bool is_good_link(const struct roster_state *s, int64_t linked_at,
                         int64_t now)
{
    int64_t at = linked_at;
    if (!linked_at && s->asked_at)
        return false; /* of a request before this one */
    if (!linked_at)
        at = s->since;
    return at <= now + CONSENT_SKEW_S && now - at <= CONSENT_CONFIRM_WITHIN_S &&
           (at >= s->since || s->since > now);
}

/* *result is CONSENT_DONE where nothing stands in the way. */
static bool look(struct db *db, const struct subscriber *subscriber,
                 const struct consent_change *change, int64_t linked_at,
                 enum consent_result *result, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    struct consent_change asking = {.action = CONSENT_ASK,
                                    .origin = change->origin};
    struct roster_state s;
    bool barred = true;
    if (!roster_get_state(db, change->newsletter_id, subscriber->id, &s, err))
        return false;
    *result = s.exists && s.state == SUBSCRIPTION_ACTIVE ? CONSENT_ALREADY
                                                         : CONSENT_REFUSED;
    if (!s.exists || s.state != SUBSCRIPTION_PENDING ||
        !is_good_link(&s, linked_at, change->origin->now)) {
        err_set(err, ERR_CONFLICT,
                "nothing was asked for that this link could confirm");
        return true;
    }
    if (!address_parse(str_of(subscriber->email), &address, err) ||
        !consent_is_barred(db, &address, &asking, &barred, err))
        return false;
    *result = barred ? CONSENT_REFUSED : CONSENT_DONE;
    return true;
}

bool consent_may_confirm(struct db *db, int64_t subscriber_id,
                         int64_t newsletter_id, int64_t linked_at,
                         const struct consent_origin *origin,
                         enum consent_result *result, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct subscriber subscriber;
    struct consent_change change = {.newsletter_id = newsletter_id,
                                    .origin = origin};
    return roster_get_by_id(db, subscriber_id, &arena, &subscriber, err) &&
           look(db, &subscriber, &change, linked_at, result, err);
}

bool consent_confirm(struct db *db, int64_t subscriber_id,
                     int64_t newsletter_id, int64_t linked_at,
                     const struct consent_origin *origin,
                     enum consent_result *result, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct subscriber subscriber;
    struct consent_change change = {.subscriber_id = subscriber_id,
                                    .newsletter_id = newsletter_id,
                                    .action = CONSENT_CONFIRM,
                                    .origin = origin};
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !roster_get_by_id(db, subscriber_id, &arena, &subscriber, err) ||
        !look(db, &subscriber, &change, linked_at, result, err))
        return false;
    return *result != CONSENT_DONE ||
           (consent_apply(db, &change, result, err) &&
            remember(db, &subscriber, origin->keys, err) &&
            tx_commit(&tx, err));
}
