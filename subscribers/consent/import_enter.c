/* Enters the rows of an import: new people, known ones, barred ones. */
#include "digest/base/mem.h"
#include "subscribers/consent/apply_internal.h"
#include "subscribers/consent/import_run_internal.h"
#include "subscribers/consent/suppression_store_internal.h"

/* How each state of a list comes in: what it does to who is here, and why
 * the address is suppressed then. */
static const struct {
    enum consent_action action;
    const char *suppressed; /* NULL: it isn't */
} ways[] = {
    [SUBSCRIPTION_PENDING] = {CONSENT_IMPORT, NULL},
    [SUBSCRIPTION_ACTIVE] = {CONSENT_IMPORT, NULL},
    [SUBSCRIPTION_UNSUBSCRIBED] = {CONSENT_IMPORT_LEFT, NULL},
    [SUBSCRIPTION_BOUNCED] = {CONSENT_IMPORT_BOUNCED, SUPPRESSED_BOUNCED},
    [SUBSCRIPTION_COMPLAINED] = {CONSENT_IMPORT_COMPLAINED,
                                 SUPPRESSED_COMPLAINED},
    [IMPORT_BLOCKED] = {CONSENT_IMPORT_LEFT, SUPPRESSED_EDITOR},
};

bool import_enterer_begin(struct import_enterer *enterer, struct err *err)
{
    import_keys_begin(&enterer->keys);
    return import_weeks_begin(enterer->db, &enterer->weeks, err) &&
           import_store_barriers(enterer->db, &enterer->suppressed,
                                 &enterer->forgotten, err);
}

bool import_enterer_end(struct import_enterer *enterer, struct err *err)
{
    return import_weeks_end(enterer->db, &enterer->weeks, err);
}

static void refuse(struct import_enterer *enterer, const struct import_row *row,
                   const char *why)
{
    struct subscriber_import_report *report = enterer->report;
    struct err text;
    report->refused++;
    if (!report->refuse)
        return;
    err_set(&text, ERR_CONFLICT, "%s: %s", row->email, why);
    report->refuse(report->context, row->line, text.text);
}

/* Whether a row is barred: a suppressed person may stand on the list as one who
 * isn't mailed; a forgotten one may not even do that. */
static bool is_barred(struct import_enterer *enterer,
                      const struct import_row *row, bool *barred,
                      struct err *err)
{
    enum suppression_kind kind = SUPPRESSION_NONE;
    *barred = false;
    if (!enterer->suppressed && !enterer->forgotten)
        return true;
    if (!suppression_of(enterer->db, row->key,
                        enterer->forgotten ? enterer->options->keys : NULL,
                        &kind, err))
        return false;
    if (kind == SUPPRESSION_FORGOTTEN || kind == SUPPRESSION_SEALED)
        refuse(enterer, row, "was erased here");
    else if (kind == SUPPRESSION_FULL &&
             ways[row->state].action == CONSENT_IMPORT)
        refuse(enterer, row, "the address is suppressed");
    else if (kind == SUPPRESSION_MOVED &&
             ways[row->state].action == CONSENT_IMPORT)
        refuse(enterer, row, SUPPRESSION_MOVED_WORDS);
    else
        return true;
    *barred = true;
    return true;
}

static bool enter_new(struct import_enterer *enterer,
                      const struct import_row *row, int64_t id, struct err *err)
{
    enum consent_action action = ways[row->state].action;
    int state = transition_find(SUBSCRIPTION_NONE, action)->state;
    if (row->state == SUBSCRIPTION_PENDING)
        state = SUBSCRIPTION_PENDING;
    enterer->report->added++;
    enterer->report->states[state]++;
    return import_store_subscribe(
        enterer->db, &enterer->weeks, row, id, (enum subscription_state)state,
        consent_action_event(action), enterer->origin.now, err);
}

/* A dead mailbox, or somebody who complained, gets no newsletter at all. */
static bool suppress(struct import_enterer *enterer,
                     const struct import_row *row, int64_t id, bool is_new,
                     struct err *err)
{
    bool added;
    enum consent_result result;
    const char *reason = ways[row->state].suppressed;
    struct consent_change change = {
        .subscriber_id = id,
        .action = ways[row->state].action,
        .origin = &enterer->origin,
        .note = row->note,
    };
    if (!reason)
        return true;
    enterer->suppressed = true;
    return suppression_store_add(enterer->db, row->key, reason,
                                 *row->note ? row->note : "from an import",
                                 row->since, &added, err) &&
           (is_new || consent_change_state(enterer->db, &change, &result, err));
}

static bool enter_into(struct import_enterer *enterer,
                       const struct import_row *row, int64_t id,
                       const struct transition *t, bool stood, struct err *err)
{
    struct db *db = enterer->db;
    if (!stood)
        return enter_new(enterer, row, id, err);
    struct consent_change change = {
        .subscriber_id = id,
        .newsletter_id = row->newsletter_id,
        .action = ways[row->state].action,
        .pending = row->state == SUBSCRIPTION_PENDING,
        .origin = &enterer->origin,
        .note = row->note,
    };
    enum consent_result result;
    enterer->report->ended += t->verdict == VERDICT_CHANGE;
    enterer->report->unchanged += t->verdict == VERDICT_ALREADY;
    return consent_apply(db, &change, &result, err);
}

static bool enter_known(struct import_enterer *enterer,
                        const struct import_row *row, int64_t id,
                        struct err *err)
{
    struct roster_state s;
    if (!roster_get_state(enterer->db, row->newsletter_id, id, &s, err))
        return false;
    const struct transition *t = transition_find(
        s.exists ? (int)s.state : SUBSCRIPTION_NONE, ways[row->state].action);
    if (t->verdict == VERDICT_REFUSE) {
        refuse(enterer, row, t->reason);
        return true;
    }
    return enter_into(enterer, row, id, t, s.exists, err) &&
           import_store_update(enterer->db, row, id, err) &&
           suppress(enterer, row, id, false, err);
}

bool import_enterer_row(struct import_enterer *enterer,
                        const struct import_row *row, struct err *err)
{
    bool barred, added;
    int64_t id;
    if (!is_barred(enterer, row, &barred, err))
        return false;
    if (barred)
        return true;
    if (!import_store_add(enterer->db, &enterer->keys, row, &id, &added, err))
        return false;
    return added ? enter_new(enterer, row, id, err) &&
                       suppress(enterer, row, id, true, err)
                 : enter_known(enterer, row, id, err);
}
