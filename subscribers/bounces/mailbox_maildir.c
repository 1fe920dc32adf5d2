/* Maildir: a folder with new/ and cur/, a file for each mail. It is read as
 * it lies there: names and flags are nobody's business but the server's. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/bounces/mailbox_kind_internal.h"

struct maildir {
    char *folders[2];
    struct file_list names[2];
    size_t folder, next;
    char *current; /* the file read last */
};

static void maildir_free(void *state)
{
    struct maildir *maildir = state;
    for (size_t i = 0; i < 2; i++) {
        free(maildir->folders[i]);
        file_list_free(&maildir->names[i]);
    }
    free(maildir->current);
    free(maildir);
}

static bool maildir_open(const struct mailbox_place *place, void **state,
                         struct err *err)
{
    static const char *const parts[] = {"new", "cur"};
    struct maildir *maildir = MEM_NEW(struct maildir);
    *state = maildir;
    for (size_t i = 0; i < 2; i++) {
        maildir->folders[i] = file_join(place->path, parts[i]);
        if (!file_list(maildir->folders[i], NULL, &maildir->names[i], err))
            return err_context(err, "bounces.mailbox");
    }
    return true;
}

static bool maildir_next(void *state, struct strbuf *out, bool *found,
                         struct err *err)
{
    struct maildir *maildir = state;
    for (; maildir->folder < 2; maildir->folder++, maildir->next = 0) {
        struct file_list *names = &maildir->names[maildir->folder];
        while (maildir->next < names->count) {
            struct err failed = {0};
            free(maildir->current);
            maildir->current = file_join(maildir->folders[maildir->folder],
                                         names->names[maildir->next++]);
            *found =
                file_read(maildir->current, MAILBOX_MAIL_MAX, out, &failed);
            if (*found)
                return true;
            /* Another program took it, or gave it another flag; or it is
             * larger than any report: it must not stand in the others' way. */
            if (failed.kind == ERR_NOT_FOUND || failed.kind == ERR_INPUT ||
                file_is_folder(maildir->current))
                continue;
            *err = failed;
            return false;
        }
    }
    return true;
}

static bool maildir_remove(void *state, struct err *err)
{
    struct maildir *maildir = state;
    return unlink(maildir->current) == 0 || errno == ENOENT ||
           file_fail(err, maildir->current, "remove");
}

static bool maildir_close(void *state, struct err *err)
{
    (void)state;
    (void)err;
    return true;
}

const struct mailbox_kind mailbox_maildir = {
    .prefix = "maildir:",
    .open = maildir_open,
    .next = maildir_next,
    .remove = maildir_remove,
    .close = maildir_close,
    .free = maildir_free,
};
