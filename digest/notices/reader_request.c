/* Does what strangers asked for on a page, after they were answered. */
#include "digest/notices/reader_request.h"

#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/notices/reader_request_store_internal.h"

static bool sign_up(const struct reader_mail *mail,
                    const struct reader_request *request, struct arena *arena,
                    struct err *err)
{
    struct newsletter newsletter;
    struct consent_origin origin = {.means = MEANS_PAGE,
                                    .client = request->client,
                                    .now = request->at,
                                    .keys = mail->keys};
    struct reader_wish wish = {.email = str_of(request->email),
                               .name = request->name,
                               .origin = &origin};
    enum consent_result result;
    bool queued;
    return newsletter_get_by_id(mail->db, request->newsletter_id, arena,
                                &newsletter, err) &&
           reader_mail_confirm(mail, &newsletter, &wish, &result, &queued, err);
}

static bool send_links(const struct reader_mail *mail,
                       const struct reader_request *request, struct err *err)
{
    bool queued;
    return reader_mail_links(mail, str_of(request->email), request->at, &queued,
                             err);
}

/* Acts on a request in a savepoint of its own: one that can't be done leaves
 * nothing behind. */
static bool act(const struct reader_mail *mail,
                const struct reader_request *request, struct arena *arena,
                struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    return tx_begin(&tx, mail->db, TX_DURABLE, err) &&
           (request->newsletter_id ? sign_up(mail, request, arena, err)
                                   : send_links(mail, request, err)) &&
           tx_commit(&tx, err);
}

/* Whether a request failed for its own reasons: it must not keep those behind
 * it waiting. */
static bool is_its_own(const struct err *err)
{
    return err->kind == ERR_INPUT || err->kind == ERR_NOT_FOUND ||
           err->kind == ERR_CONFIG || err->kind == ERR_CONFLICT;
}

static bool do_next(const struct reader_mail *mail, bool *any, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct reader_request request;
    struct err why = {0};
    int64_t id;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, mail->db, TX_DURABLE, err) ||
        !reader_request_store_next(mail->db, &arena, &request, &id, err))
        return false;
    *any = id != 0;
    if (!id)
        return true;
    if (!act(mail, &request, &arena, &why)) {
        if (!is_its_own(&why)) {
            *err = why;
            return false;
        }
        log_warning("A request from a page can't be done: %s", why.text);
    }
    return reader_request_store_drop(mail->db, id, err) && tx_commit(&tx, err);
}

bool reader_request_do(const struct reader_mail *mail, size_t most,
                       struct err *err)
{
    bool any = true;
    for (size_t i = 0; i < most && any; i++)
        if (!do_next(mail, &any, err))
            return false;
    return true;
}
