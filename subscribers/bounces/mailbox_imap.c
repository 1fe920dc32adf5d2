/* IMAP over TLS (RFC 3501, RFC 8314). A mail is marked \Deleted as soon as
 * its verdict is committed, and expunged at the end; those that somebody else
 * marked are left to them where the server can tell them apart (UIDPLUS). */
#include <libetpan/libetpan.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/mail_internal.h"
#include "subscribers/bounces/stream_internal.h"

struct imap {
    mailimap *session;
    struct stream *stream; /* the session's */
    int code;              /* what libetpan returned last */
    const struct mailbox_place *place;
    uint32_t *uids;
    size_t count, capacity, next;
    uint32_t window; /* the first UID that wasn't asked for yet; 0: all were */
    uint32_t width;
    uint32_t current;
    struct mailimap_set *removed; /* marked by us; NULL: none */
    size_t removed_count;
};

/* The UIDs of one command, whose line must not grow without end. */
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

static bool went_well(struct imap *imap, int code)
{
    imap->code = code;
    return code == MAILIMAP_NO_ERROR ||
           code == MAILIMAP_NO_ERROR_AUTHENTICATED ||
           code == MAILIMAP_NO_ERROR_NON_AUTHENTICATED;
}

static bool fail(const struct imap *imap, enum err_kind kind, const char *doing,
                 struct err *err)
{
    const char *said = imap->session->imap_response;
    if (imap->code == MAILIMAP_ERROR_MEMORY ||
        (imap->stream && stream_overran(imap->stream)))
        said = "the server says more than a mailbox can hold";
    return err_set(err, kind, "%s: cannot %s%s%.200s", imap->place->host, doing,
                   said && *said ? ": " : "", said ? said : "");
}

/* ---- which mails there are ---- */

/* UNDELETED has no maker of its own in libetpan. */
static struct mailimap_search_key *undeleted(void)
{
    return mailimap_search_key_new(MAILIMAP_SEARCH_KEY_UNDELETED, NULL, NULL,
                                   NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                                   NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL,
                                   NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL);
}

/* Finds the UIDs from `first` to `last`; 0 is the largest there is. */
static bool search(struct imap *imap, uint32_t first, uint32_t last,
                   struct err *err)
{
    clist *found = NULL;
    struct mailimap_search_key *both = mailimap_search_key_new_multiple_empty();
    mailimap_search_key_multiple_add(
        both,
        mailimap_search_key_new_uid(mailimap_set_new_interval(first, last)));
    mailimap_search_key_multiple_add(both, undeleted());
    stream_allow(imap->stream, STREAM_ANSWER_MAX);
    int code = mailimap_uid_search(imap->session, NULL, both, &found);
    mailimap_search_key_free(both);
    if (!went_well(imap, code))
        return fail(imap, ERR_TEMPORARY, "list the mails", err);
    imap->count = imap->next = 0;
    for (clistiter *i = clist_begin(found); i; i = clist_next(i)) {
        const uint32_t *uid = clist_content(i);
        /* An interval up to "*" names the last mail whatever its UID is. */
        if (*uid >= first && (!last || *uid <= last))
            MEM_PUSH(imap->uids, imap->count, imap->capacity, *uid);
    }
    mailimap_search_result_free(found);
    return true;
}

enum { WINDOW_UIDS = 100000 };

/* Asks for some at a time, so that a full mailbox's answer stays short. Where
 * there are few, for more the next time. */
static bool find_uids(struct imap *imap, struct err *err)
{
    const struct mailimap_selection_info *info =
        imap->session->imap_selection_info;
    uint32_t end = info ? info->sel_uidnext : 0;
    while (imap->next == imap->count && imap->window) {
        uint32_t first = imap->window;
        bool is_last = end <= first || end - first <= imap->width;
        imap->window = is_last ? 0 : first + imap->width;
        if (!search(imap, first, imap->window ? imap->window - 1 : 0, err))
            return false;
        imap->width = imap->count                    ? WINDOW_UIDS
                      : imap->width > UINT32_MAX / 2 ? UINT32_MAX
                                                     : imap->width * 2;
    }
    return true;
}

/* ---- opening ---- */

static bool imap_login(struct imap *imap, struct err *err)
{
    int code =
        mailimap_login(imap->session, imap->place->user, imap->place->password);
    if (!went_well(imap, code))
        return fail(imap,
                    code == MAILIMAP_ERROR_STREAM ? ERR_TEMPORARY
                                                  : ERR_PERMISSION,
                    "log in", err);
    return went_well(imap,
                     mailimap_select(imap->session, imap->place->folder)) ||
           fail(imap, ERR_NOT_FOUND, "open the folder", err);
}

static bool imap_open(const struct mailbox_place *place, void **state,
                      struct err *err)
{
    struct imap *imap = MEM_NEW(struct imap);
    *state = imap;
    imap->place = place;
    imap->session = mailimap_new(0, NULL);
    imap->window = 1;
    imap->width = WINDOW_UIDS;
    mailimap_set_timeout(imap->session, MAILBOX_TIMEOUT_S);
    if (!stream_open(place, &imap->stream, err))
        return false;
    if (!went_well(imap,
                   mailimap_connect(imap->session, stream_etpan(imap->stream))))
        return fail(imap, ERR_TEMPORARY, "connect", err);
    return imap_login(imap, err) && find_uids(imap, err);
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
            mailimap_section_new(NULL), 0, MAIL_MAX_BYTES));
    /* Some send all of it all the same. */
    stream_allow(imap->stream, MAILBOX_MAIL_MAX + STREAM_ANSWER_MAX);
    int code = mailimap_uid_fetch(imap->session, set, type, &messages);
    mailimap_fetch_type_free(type);
    mailimap_set_free(set);
    if (!went_well(imap, code))
        return fail(imap, ERR_TEMPORARY, "fetch a mail", err);
    *found = take_text(messages, out);
    mailimap_fetch_list_free(messages);
    return true;
}

static bool imap_next(void *state, struct strbuf *out, bool *found,
                      struct err *err)
{
    struct imap *imap = state;
    while (!*found && find_uids(imap, err)) {
        if (imap->next == imap->count)
            return true;
        imap->current = imap->uids[imap->next++];
        if (!fetch(imap, out, found, err))
            return false;
    }
    return *found;
}

/* ---- removing ---- */

static bool expunge(struct imap *imap, struct err *err)
{
    if (!imap->removed)
        return true;
    stream_allow(imap->stream, STREAM_ANSWER_MAX);
    int code = mailimap_has_uidplus(imap->session)
                   ? mailimap_uid_expunge(imap->session, imap->removed)
                   : mailimap_expunge(imap->session);
    mailimap_set_free(TAKE(imap->removed));
    imap->removed_count = 0;
    return went_well(imap, code) ||
           fail(imap, ERR_TEMPORARY, "remove mails", err);
}

static bool mark(struct imap *imap, struct err *err)
{
    struct mailimap_flag_list *flags = mailimap_flag_list_new_empty();
    mailimap_flag_list_add(flags, mailimap_flag_new_deleted());
    struct mailimap_store_att_flags *change =
        mailimap_store_att_flags_new_add_flags_silent(flags);
    struct mailimap_set *set = mailimap_set_new_single(imap->current);
    stream_allow(imap->stream, STREAM_ANSWER_MAX);
    int code = mailimap_uid_store(imap->session, set, change);
    mailimap_store_att_flags_free(change);
    mailimap_set_free(set);
    return went_well(imap, code) ||
           fail(imap, ERR_TEMPORARY, "remove a mail", err);
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
    return expunge(state, err);
}

static void imap_leave(void *state)
{
    struct imap *imap = state;
    mailimap_logout(imap->session);
}

const struct mailbox_kind mailbox_imap = {
    .prefix = "imaps://",
    .port = 993,
    .open = imap_open,
    .next = imap_next,
    .remove = imap_remove,
    .close = imap_close,
    .leave = imap_leave,
    .free = imap_free,
};
