/* Erases a subscriber from every room, and from the database's files. */
#include "digest/scheduler/erase.h"

#include <string.h>

#include "digest/access/audit.h"
#include "digest/access/session.h"
#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"
#include "digest/notices/notices.h"
#include "digest/notices/reader_request.h"
#include "digest/scheduler/job.h"
#include "digest/store/erasing.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/consent/retention.h"

enum { LOT = 50 };

/* A name of one word may stand for anybody, or for a thing. */
static void gather_words(const struct consent_identity *identity,
                         struct redaction *words)
{
    for (size_t i = 0; i < identity->count; i++) {
        redaction_add_address(words, str_of(identity->emails[i]));
        redaction_add_address(words, str_of(identity->keys[i]));
    }
    if (strchr(identity->name, ' '))
        redaction_add(words, str_of(identity->name));
}

/* Erases a person everywhere: each room takes them out of its own tables. */
static bool erase_everywhere(struct db *db, const struct erased *who,
                             const struct consent_identity *identity,
                             struct err *err)
{
    return ledger_erase(db, who, err) &&
           notices_erase(db, who, identity->wish, err) &&
           bounce_store_erase(db, who, err) &&
           audit_erase(db, who->words, err) &&
           session_erase(db, who->words, err) &&
           job_erase(db, who->words, err) &&
           reader_request_erase(db, who->words, err);
}

bool erase_subscriber(struct db *db, int64_t subscriber_id,
                      const struct consent_origin *origin, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(redaction_free) struct redaction words = {0};
    struct consent_identity identity;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !consent_identify(db, subscriber_id, &arena, &identity, err))
        return false;
    if (!identity.count)
        return true;
    gather_words(&identity, &words);
    struct erased who = {subscriber_id, identity.keys, identity.count, &words};
    return erase_everywhere(db, &who, &identity, err) &&
           consent_forget(db, subscriber_id, &identity, origin, err) &&
           erasing_note(db, origin->now, err) && tx_commit(&tx, err);
}

static bool erase_lot(struct db *db, const int64_t *ids, size_t count,
                      const struct consent_origin *origin, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!erase_subscriber(db, ids[i], origin, err))
            return false;
    return tx_commit(&tx, err);
}

bool erase_expired(struct db *db, int64_t before,
                   const struct consent_origin *origin, size_t *count,
                   struct err *err)
{
    int64_t ids[LOT], after = 0;
    size_t found;
    *count = 0;
    do {
        if (!retention_find(db, before, after, ids, LOT, &found, err) ||
            (found && !erase_lot(db, ids, found, origin, err)))
            return false;
        *count += found;
        after = found ? ids[found - 1] : after;
    } while (found == LOT);
    return true;
}
