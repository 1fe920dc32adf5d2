/* The kinds of mailbox, for this room only: one file each. */
#ifndef SUBSCRIBERS_BOUNCES_MAILBOX_KIND_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_MAILBOX_KIND_INTERNAL_H

#include <stdint.h>

#include "subscribers/bounces/mailbox_internal.h"

/* The place of a mailbox; texts are owned by it. */
struct mailbox_place {
    char *user, *host, *folder; /* of a server */
    uint16_t port;
    char *path;     /* of a local one */
    char *password; /* NULL: none */
    const char *ca_file;
};

struct mailbox_kind {
    const char *prefix; /* of its URL */
    uint16_t port;      /* 0: a local one */
    bool (*open)(const struct mailbox_place *place, void **state,
                 struct err *err);
    bool (*next)(void *state, struct strbuf *out, bool *found, struct err *err);
    bool (*remove)(void *state, struct err *err);
    bool (*close)(void *state, struct err *err);
    void (*leave)(void *state); /* says goodbye: nobody waits for it; or NULL */
    void (*free)(void *state);
};

extern const struct mailbox_kind mailbox_imap, mailbox_pop3, mailbox_maildir,
    mailbox_mbox;

/* Larger mails are passed over. A server may let us wait so long for a byte. */
enum { MAILBOX_MAIL_MAX = 64 << 20, MAILBOX_TIMEOUT_S = 60 };

#endif
