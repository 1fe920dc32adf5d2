/* Reads the bounce mailbox mail by mail, and records each. */
#include "subscribers/bounces/poll.h"

#include "digest/base/mem.h"

static bool read_all(const struct bounce_recorder *recorder,
                     const struct mailbox_settings *settings,
                     struct bounce_tally *tally, struct err *err)
{
    OWNED(mailbox_release) struct mailbox *mailbox = NULL;
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    bool found;
    if (!mailbox_open(settings, &mailbox, err) ||
        !mailbox_next(mailbox, &mail, &found, err))
        return false;
    while (found) {
        struct err ignored = {0};
        bool good = bounce_record(recorder, strbuf_str(&mail), tally, err) &&
                    mailbox_remove(mailbox, err);
        if (good && mailbox_next(mailbox, &mail, &found, err))
            continue;
        /* Mails recorded before may leave the mailbox all the same; one that
         * doesn't is read again, and changes nothing. */
        bool closed = mailbox_close(mailbox, &ignored);
        (void)closed;
        return false;
    }
    return mailbox_close(mailbox, err);
}

bool bounce_poll(const struct bounce_recorder *recorder,
                 const struct mailbox_settings *settings,
                 struct bounce_tally *tally, struct err *err)
{
    *tally = (struct bounce_tally){0};
    if (read_all(recorder, settings, tally, err))
        return true;
    if (err->kind != ERR_TEMPORARY || !settings->stop || !*settings->stop)
        return false;
    *err = (struct err){0};
    return true;
}
