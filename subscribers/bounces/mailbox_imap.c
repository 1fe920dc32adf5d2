/* IMAP over TLS (RFC 3501, RFC 8314). A mail is marked \Deleted as soon as
 * its verdict is committed, and expunged at the end; those that somebody else
 * marked are left to them where the server can tell them apart (UIDPLUS). */
#include <libetpan/libetpan.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/mailbox_kind.h"
#include "subscribers/bounces/stream_check.h"

struct imap {
    mailimap *session;
    const struct mailbox_place *place;
    uint32_t *uids;
    size_t count, capacity, next;
    uint32_t current;
    struct mailimap_set *removed; /* marked by us; NULL: none */
    size_t removed_count;
};

/* So many at a time: a command's line must not grow without end. */
enum { EXPUNGE_AT = 100 };

static void imap_free(void *state)
{
    struct imap *imap = state;
    if (imap->removed)
        mailimap_set_free(imap->removed);
    if (imap->session)
        mailimap_free(imap->session);
    free(imap->uids);
    free(imap);
}

static bool is_good(int code)
{
    return code == MAILIMAP_NO_ERROR ||
           code == MAILIMAP_NO_ERROR_AUTHENTICATED ||
           code == MAILIMAP_NO_ERROR_NON_AUTHENTICATED;
}

static bool fail(const struct imap *imap, enum err_kind kind, const char *doing,
                 struct err *err)
{
    const char *said = imap->session->imap_response;
    return err_set(err, kind, "%s: cannot %s%s%.200s", imap->place->host, doing,
                   said && *said ? ": " : "", said ? said : "");
}

/* UNDELETED has no maker of its own in libetpan. */
static struct mailimap_search_key *undeleted(void)
{
    return mailimap_search_key_new(MAILIMAP_SEARCH_KEY_UNDELETED, NULL, NULL,
                                   NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                                   NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL,
                                   NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL);
}

static bool find_uids(struct imap *imap, struct err *err)
{
    clist *found = NULL;
    struct mailimap_search_key *all = undeleted();
    int code = mailimap_uid_search(imap->session, NULL, all, &found);
    mailimap_search_key_free(all);
    if (!is_good(code))
        return fail(imap, ERR_TEMPORARY, "list the mails", err);
    for (clistiter *i = clist_begin(found); i; i = clist_next(i)) {
        const uint32_t *uid = clist_content(i);
        MEM_PUSH(imap->uids, imap->count, imap->capacity, *uid);
    }
    mailimap_search_result_free(found);
    return true;
}

static bool imap_login(struct imap *imap, struct err *err)
{
    int code =
        mailimap_login(imap->session, imap->place->user, imap->place->password);
    if (!is_good(code))
        return fail(imap,
                    code == MAILIMAP_ERROR_STREAM ? ERR_TEMPORARY
                                                  : ERR_PERMISSION,
                    "log in", err);
    return is_good(mailimap_select(imap->session, imap->place->folder)) ||
           fail(imap, ERR_NOT_FOUND, "open the folder", err);
}

static bool imap_open(const struct mailbox_place *place, void **state,
                      struct err *err)
{
    struct imap *imap = MEM_NEW(struct imap);
    *state = imap;
    imap->place = place;
    imap->session = mailimap_new(0, NULL);
    stream_set_timeout();
    mailimap_set_timeout(imap->session, MAILBOX_TIMEOUT_S);
    if (!is_good(mailimap_ssl_connect(imap->session, place->host, place->port)))
        return fail(imap, ERR_TEMPORARY, "connect", err);
    return stream_check(imap->session->imap_stream, place, err) &&
           imap_login(imap, err) && find_uids(imap, err);
}

/* ---- fetching ---- */

static bool take_item(const struct mailimap_msg_att_item *item,
                      struct strbuf *out)
{
    if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC)
        return false;
    const struct mailimap_msg_att_static *data = item->att_data.att_static;
    if (data->att_type != MAILIMAP_MSG_ATT_BODY_SECTION ||
        !data->att_data.att_body_section->sec_body_part)
        return false;
    strbuf_add(out, data->att_data.att_body_section->sec_body_part,
               data->att_data.att_body_section->sec_length);
    return true;
}

/* False where the mail is gone. */
static bool take_text(clist *messages, struct strbuf *out)
{
    for (clistiter *m = clist_begin(messages); m; m = clist_next(m)) {
        const struct mailimap_msg_att *message = clist_content(m);
        clistiter *i = clist_begin(message->att_list);
        for (; i; i = clist_next(i))
            if (take_item(clist_content(i), out))
                return true;
    }
    return false;
}

static bool fetch(struct imap *imap, struct strbuf *out, bool *found,
                  struct err *err)
{
    clist *messages = NULL;
    struct mailimap_set *set = mailimap_set_new_single(imap->current);
    struct mailimap_fetch_type *type = mailimap_fetch_type_new_fetch_att(
        mailimap_fetch_att_new_body_peek_section_partial(
            mailimap_section_new(NULL), 0, MAILBOX_MAIL_MAX));
    int code = mailimap_uid_fetch(imap->session, set, type, &messages);
    mailimap_fetch_type_free(type);
    mailimap_set_free(set);
    if (!is_good(code))
        return fail(imap, ERR_TEMPORARY, "fetch a mail", err);
    *found = take_text(messages, out);
    mailimap_fetch_list_free(messages);
    return true;
}

static bool imap_next(void *state, struct strbuf *out, bool *found,
                      struct err *err)
{
    struct imap *imap = state;
    while (!*found && imap->next < imap->count) {
        imap->current = imap->uids[imap->next++];
        if (!fetch(imap, out, found, err))
            return false;
    }
    return true;
}

/* ---- removing ---- */

static bool expunge(struct imap *imap, struct err *err)
{
    if (!imap->removed)
        return true;
    int code = mailimap_has_uidplus(imap->session)
                   ? mailimap_uid_expunge(imap->session, imap->removed)
                   : mailimap_expunge(imap->session);
    mailimap_set_free(TAKE(imap->removed));
    imap->removed_count = 0;
    return is_good(code) || fail(imap, ERR_TEMPORARY, "remove mails", err);
}

static bool mark(struct imap *imap, struct err *err)
{
    struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
    mailimap_flag_list_add(flags, mailimap_flag_new_deleted());
    struct mailimap_store_att_flags *change =
        mailimap_store_att_flags_new_add_flags_silent(flags);
    struct mailimap_set *set = mailimap_set_new_single(imap->current);
    int code = mailimap_uid_store(imap->session, set, change);
    mailimap_store_att_flags_free(change);
    mailimap_set_free(set);
    return is_good(code) || fail(imap, ERR_TEMPORARY, "remove a mail", err);
}

static bool imap_remove(void *state, struct err *err)
{
    struct imap *imap = state;
    if (!mark(imap, err))
        return false;
    if (!imap->removed)
        imap->removed = mailimap_set_new_empty();
    mailimap_set_add_single(imap->removed, imap->current);
    return ++imap->removed_count < EXPUNGE_AT || expunge(imap, err);
}

static bool imap_close(void *state, struct err *err)
{
    struct imap *imap = state;
    if (!expunge(imap, err))
        return false;
    /* What was to be done is done, however the server takes leave. */
    mailimap_logout(imap->session);
    return true;
}

const struct mailbox_kind mailbox_imap = {
    .prefix = "imaps://",
    .port = 993,
    .open = imap_open,
    .next = imap_next,
    .remove = imap_remove,
    .close = imap_close,
    .free = imap_free,
};
