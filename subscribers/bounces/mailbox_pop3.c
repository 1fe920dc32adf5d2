/* POP3 over TLS (RFC 1939, RFC 8314). Deletions take effect with QUIT: a
 * connection that breaks leaves all, and all is read again. */
#include <libetpan/libetpan.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/stream_internal.h"

struct pop3 {
    mailpop3 *session;
    struct stream *stream; /* the session's */
    int code;              /* what libetpan returned last */
    const struct mailbox_place *place;
    carray *list; /* borrowed from the session */
    unsigned next;
    unsigned current; /* the number of the mail read last */
};

static void pop3_free(void *state)
{
    struct pop3 *pop3 = state;
    if (pop3->session)
        mailpop3_free(pop3->session);
    free(pop3);
}

static bool went_well(struct pop3 *pop3, int code)
{
    pop3->code = code;
    return code == MAILPOP3_NO_ERROR;
}

static bool fail(const struct pop3 *pop3, enum err_kind kind, const char *doing,
                 struct err *err)
{
    const char *said = pop3->session->pop3_response;
    if (pop3->code == MAILPOP3_ERROR_MEMORY ||
        (pop3->stream && stream_overran(pop3->stream)))
        said = "the server says more than a mailbox can hold";
    return err_set(err, kind, "%s: cannot %s%s%.200s", pop3->place->host, doing,
                   said && *said ? ": " : "", said ? said : "");
}

/* A line for each mail: half a million of them. */
enum { LIST_MAX = 8 << 20 };

static bool pop3_login(struct pop3 *pop3, struct err *err)
{
    if (went_well(pop3, mailpop3_user(pop3->session, pop3->place->user)) &&
        went_well(pop3, mailpop3_pass(pop3->session, pop3->place->password)))
        return true;
    return fail(pop3,
                pop3->code == MAILPOP3_ERROR_STREAM ? ERR_TEMPORARY
                                                    : ERR_PERMISSION,
                "log in", err);
}

static bool pop3_open(const struct mailbox_place *place, void **state,
                      struct err *err)
{
    struct pop3 *pop3 = MEM_NEW(struct pop3);
    *state = pop3;
    pop3->place = place;
    pop3->session = mailpop3_new(0, NULL);
    mailpop3_set_timeout(pop3->session, MAILBOX_TIMEOUT_S);
    if (!stream_open(place, &pop3->stream, err))
        return false;
    if (!went_well(pop3,
                   mailpop3_connect(pop3->session, stream_etpan(pop3->stream))))
        return fail(pop3, ERR_TEMPORARY, "connect", err);
    if (!pop3_login(pop3, err))
        return false;
    stream_allow(pop3->stream, LIST_MAX);
    return went_well(pop3, mailpop3_list(pop3->session, &pop3->list)) ||
           fail(pop3, ERR_TEMPORARY, "list the mails", err);
}

static bool pop3_next(void *state, struct strbuf *out, bool *found,
                      struct err *err)
{
    struct pop3 *pop3 = state;
    while (pop3->list && pop3->next < carray_count(pop3->list)) {
        const struct mailpop3_msg_info *info =
            carray_get(pop3->list, pop3->next++);
        char *text = NULL;
        size_t length = 0;
        if (!info || info->msg_size > MAILBOX_MAIL_MAX)
            continue;
        pop3->current = info->msg_index;
        stream_allow(pop3->stream, MAILBOX_MAIL_MAX + STREAM_ANSWER_MAX);
        if (!went_well(pop3, mailpop3_retr(pop3->session, pop3->current, &text,
                                           &length)))
            return fail(pop3, ERR_TEMPORARY, "fetch a mail", err);
        strbuf_add(out, text, length);
        mailpop3_retr_free(text);
        *found = true;
        return true;
    }
    return true;
}

static bool pop3_remove(void *state, struct err *err)
{
    struct pop3 *pop3 = state;
    stream_allow(pop3->stream, STREAM_ANSWER_MAX);
    return went_well(pop3, mailpop3_dele(pop3->session, pop3->current)) ||
           fail(pop3, ERR_TEMPORARY, "remove a mail", err);
}

static bool pop3_close(void *state, struct err *err)
{
    struct pop3 *pop3 = state;
    return went_well(pop3, mailpop3_quit(pop3->session)) ||
           fail(pop3, ERR_TEMPORARY, "log out", err);
}

const struct mailbox_kind mailbox_pop3 = {
    .prefix = "pop3s://",
    .port = 995,
    .open = pop3_open,
    .next = pop3_next,
    .remove = pop3_remove,
    .close = pop3_close,
    .free = pop3_free,
};
