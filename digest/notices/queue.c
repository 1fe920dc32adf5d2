/* Checks notices and puts them in the outbox, for one recipient or each. */
#include <string.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/notices/compose_internal.h"
#include "digest/notices/notice_store_internal.h"

enum { MESSAGE_ID_BYTES = 16 };

static void make_message_id(const char *from_address, struct strbuf *out)
{
    char bytes[MESSAGE_ID_BYTES];
    const char *at = strrchr(from_address, '@');
    random_bytes(bytes, sizeof bytes);
    base32_encode(out, (struct str){bytes, sizeof bytes});
    strbuf_add_format(out, ".notice@%s", at ? at + 1 : from_address);
}

static bool check_parts(const struct notice *n, struct err *err)
{
    const char *missing = !n->to_address     ? "recipient"
                          : !n->from_address ? "sender"
                          : !n->subject      ? "subject"
                          : !n->text         ? "text"
                                             : NULL;
    return !missing || err_set(err, ERR_INPUT, "notice (%s): it has no %s",
                               notice_kind_name(n->kind), missing);
}

/* Makes the message once already, so that one which can't be sent is refused
 * where its cause is still known. */
static bool check_message(const struct notice *n, const char *message_id,
                          int64_t now, struct err *err)
{
    OWNED(strbuf_free) struct strbuf message = STRBUF_INIT;
    return notice_compose(n, message_id, now, &message, err) ||
           err_context(err, "notice (%s)", notice_kind_name(n->kind));
}

static bool add(struct db *db, const struct notice_record *record, int64_t *id,
                struct err *err)
{
    const char *dedupe = record->notice->dedupe;
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, db, TX_DURABLE, err) &&
           (!dedupe ||
            notice_store_release(db, dedupe, record->notice->dedupe_s,
                                 record->now, err)) &&
           notice_store_add(db, record, id, err) && tx_commit(&tx, err);
}

bool notice_queue(struct db *db, const struct notice *notice, int64_t now,
                  int64_t *id, struct err *err)
{
    OWNED(address_free) struct address address = {0};
    OWNED(strbuf_free) struct strbuf message_id = STRBUF_INIT;
    struct notice n = *notice;
    *id = 0;
    if (!check_parts(&n, err) ||
        !notice_address(n.kind, n.to_address, &address, err))
        return false;
    n.to_address = strbuf_text(&address.email);
    make_message_id(n.from_address, &message_id);
    struct notice_record record = {
        .notice = &n,
        .to_address = n.to_address,
        .to_key = strbuf_text(&address.key),
        .message_id = strbuf_text(&message_id),
        .now = now,
    };
    return check_message(&n, record.message_id, now, err) &&
           add(db, &record, id, err);
}

static bool queue_one(struct db *db, const struct notice *notice,
                      const char *address, int64_t now, size_t *queued,
                      struct err *err)
{
    OWNED(strbuf_free) struct strbuf dedupe = STRBUF_INIT;
    struct notice one = *notice;
    int64_t id;
    one.to_address = address;
    one.to_name = NULL;
    if (one.dedupe) {
        strbuf_add_format(&dedupe, "%s ", one.dedupe);
        notice_address_key(address, &dedupe);
        one.dedupe = strbuf_text(&dedupe);
    }
    if (!notice_queue(db, &one, now, &id, err))
        return false;
    *queued += id != 0;
    return true;
}

bool notice_queue_each(struct db *db, const struct notice *notice,
                       const char *const *addresses, size_t count, int64_t now,
                       size_t *queued, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    size_t added = 0;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!queue_one(db, notice, addresses[i], now, &added, err))
            return false;
    if (!tx_commit(&tx, err))
        return false;
    if (queued)
        *queued = added;
    return true;
}

bool notices_find(struct db *db, const struct notice_filter *filter,
                  struct arena *arena, struct notice_rows *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf key = STRBUF_INIT;
    if (filter->to_address)
        notice_address_key(filter->to_address, &key);
    return notice_store_find(db, filter,
                             filter->to_address ? strbuf_text(&key) : NULL,
                             arena, out, err);
}
