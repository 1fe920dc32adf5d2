/* Carries notices between the outbox and the engine. */
#include "digest/notices/notice_queue_internal.h"

#include "digest/notices/compose_internal.h"

static bool make_message(struct notice_queue *q, int64_t now,
                         struct strbuf *out, struct err *err)
{
    const struct notice_waiting *n = &q->notice;
    struct notice notice = {
        .kind = n->kind,
        .to_address = strbuf_text(&n->to_address),
        .to_name = strbuf_text(&n->to_name),
        .from_address = strbuf_text(&n->from_address),
        .from_name = strbuf_text(&n->from_name),
        .reply_to = strbuf_text(&n->reply_to),
        .subject = strbuf_text(&n->subject),
        .text = strbuf_text(&n->text),
        .html = strbuf_text(&n->html),
    };
    /* A clock that was ahead may have queued it. */
    int64_t date = n->created_at < now ? n->created_at : now;
    strbuf_cut(&q->composed, 0);
    strbuf_cut(out, 0);
    return notice_compose(&notice, strbuf_text(&n->message_id), date,
                          &q->composed, err) &&
           signers_sign(&q->signers, notice.from_address,
                        strbuf_str(&q->composed), now, out, err);
}

static void fill(struct notice_queue *q, int64_t now, struct prepared *place)
{
    const struct notice_waiting *n = &q->notice;
    place->item = (struct queue_item){
        .id = n->id,
        .attempts = n->attempts,
        .unknowns = n->unknowns,
        .first_at = n->first_at,
        .next_at = n->next_at,
        .refused_at = n->refused_at,
    };
    prepared_set(&place->from, q->return_path ? str_of(q->return_path)
                                              : strbuf_str(&n->from_address));
    prepared_set(&place->to, strbuf_str(&n->to_address));
    place->utf8 = prepared_needs_utf8(strbuf_str(&n->to_address)) ||
                  prepared_needs_utf8(strbuf_str(&n->from_address)) ||
                  prepared_needs_utf8(strbuf_str(&n->reply_to));
    place->is_made = true;
    place->good = make_message(q, now, &place->bytes, &place->err);
}

static bool read(void *context, int64_t now, bool alone, struct prepared *place,
                 enum queue_read *out, struct err *err)
{
    struct notice_queue *q = context;
    bool found;
    (void)
        alone; /* the order is that in which they were due: none comes twice */
    if (!notice_store_read(q->db, now, &q->notice, &found, err))
        return false;
    *out = found ? QUEUE_READ : QUEUE_END;
    if (found)
        fill(q, now, place);
    return true;
}

/* Someone may have asked never to be mailed since it was queued. */
static bool refuse(struct notice_queue *q, int64_t id, int64_t now,
                   struct err *err)
{
    struct queue_outcome row = {
        .id = id,
        .state = DELIVERY_SKIPPED,
        .reply = "the address is suppressed; nothing is sent to it",
        .now = now,
    };
    return notice_store_record(q->db, &row, err);
}

static bool claim_one(struct notice_queue *q, int64_t now,
                      struct queue_claim *claim, struct err *err)
{
    bool waits, may;
    if (!notice_store_claim(q->db, claim->id, now, &waits, err) ||
        !notice_store_may_send(q->db, claim->id, &may, err))
        return false;
    claim->verdict = !waits ? QUEUE_GONE : may ? QUEUE_TAKEN : QUEUE_SKIPPED;
    return claim->verdict != QUEUE_SKIPPED || refuse(q, claim->id, now, err);
}

static bool claim(void *context, const struct lease *holder, int64_t now,
                  struct queue_claim *claims, size_t count, struct err *err)
{
    (void)holder; /* the outbox's lease, which the transaction has checked */
    for (size_t i = 0; i < count; i++)
        if (!claim_one(context, now, &claims[i], err))
            return false;
    return true;
}

static bool record(void *context, const struct lease *holder,
                   struct queue_outcome *outcomes, size_t count,
                   struct err *err)
{
    struct notice_queue *q = context;
    (void)holder;
    for (size_t i = 0; i < count; i++) {
        if (!notice_store_record(q->db, &outcomes[i], err))
            return false;
        outcomes[i].comes_again = outcomes[i].state == DELIVERY_QUEUED;
    }
    return true;
}

static bool may_send(void *context, int64_t id, bool *out, struct err *err)
{
    struct notice_queue *q = context;
    return notice_store_may_send(q->db, id, out, err);
}

static bool relay_took(void *context, const char *relay, int64_t since,
                       bool *out, struct err *err)
{
    struct notice_queue *q = context;
    return notice_store_relay_took(q->db, relay, since, out, err);
}

static bool recover(void *context, const struct lease *holder, int64_t now,
                    int64_t *count, struct err *err)
{
    struct notice_queue *q = context;
    (void)holder;
    return notice_store_recover(q->db, now, count, err);
}

struct delivery_queue notice_queue_open(struct notice_queue *q)
{
    return (struct delivery_queue){
        .context = q,
        .log_name = "notice id",
        .read = read,
        .claim = claim,
        .record = record,
        .may_send = may_send,
        .relay_took = relay_took,
        .recover = recover,
    };
}

void notice_queue_free(struct notice_queue *q)
{
    signers_free(&q->signers);
    notice_waiting_free(&q->notice);
    strbuf_free(&q->composed);
}
