/* Carries test copies to the engine. */
#include "digest/delivery/test_queue_internal.h"

static bool read(void *context, int64_t now, bool alone, struct prepared *place,
                 enum queue_read *out, struct err *err)
{
    struct test_queue *q = context;
    (void)now;
    (void)alone;
    (void)err;
    *out = q->next < q->count ? QUEUE_READ : QUEUE_END;
    if (*out == QUEUE_END)
        return true;
    struct str email = str_of(q->emails[q->next]);
    place->item = (struct queue_item){.id = (int64_t)q->next++};
    place->message = q->message;
    prepared_set(&place->to, email);
    prepared_set(&place->name, str_of(""));
    build_fill(q->build, &(struct build_recipient){.email = email},
               &place->values);
    prepared_set(&place->from, strbuf_str(&place->values.envelope));
    place->utf8 = prepared_needs_utf8(email);
    return true;
}

static bool claim(void *context, const struct lease *holder, int64_t now,
                  struct queue_claim *claims, size_t count, struct err *err)
{
    (void)context;
    (void)holder;
    (void)now;
    (void)err;
    for (size_t i = 0; i < count; i++)
        claims[i].verdict = QUEUE_TAKEN;
    return true;
}

static void note_failure(struct test_queue *q, const struct queue_outcome *o)
{
    const char *email = q->emails[o->id];
    enum err_kind kind =
        o->state == DELIVERY_FAILED ? ERR_PERMANENT : ERR_TEMPORARY;
    if (!o->code && !*o->relay) /* it couldn't even be made */
        err_set(&q->failed, ERR_INPUT, "%s: %s", email, o->reply);
    else
        err_set(&q->failed, kind, "%s: not delivered: %s said %d %s", email,
                o->relay, o->code, o->reply);
}

static bool record(void *context, const struct lease *holder,
                   struct queue_outcome *outcomes, size_t count,
                   struct err *err)
{
    struct test_queue *q = context;
    (void)holder;
    (void)err;
    for (size_t i = 0; i < count; i++)
        if (outcomes[i].state != DELIVERY_SENT && !q->failed.kind)
            note_failure(q, &outcomes[i]);
    return true;
}

struct delivery_queue test_queue_open(struct test_queue *q)
{
    return (struct delivery_queue){
        .context = q,
        .log_name = "test copy",
        .read = read,
        .claim = claim,
        .record = record,
    };
}
