/* A server's mailbox, read by a process of its own. For this room only.
 *
 * libetpan waits where it waits: for a name, for a handshake, for the next
 * byte of a server that sends one a minute. In a child it may: whoever asks
 * doesn't wait for longer than the time there is, and answers a signal at
 * once; the child is ended then. What a server could do to the parser, it
 * does to the child.
 */
#ifndef SUBSCRIBERS_BOUNCES_MAILBOX_CHILD_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_MAILBOX_CHILD_INTERNAL_H

#include "subscribers/bounces/mailbox_kind_internal.h"

/* How long there is. */
struct mailbox_watch {
    int64_t until_ms;         /* of the monotonic clock */
    const volatile int *stop; /* not 0: at once; NULL: never */
};
int64_t mailbox_clock_ms(void);
bool mailbox_is_late(const struct mailbox_watch *watch);

struct mailbox_child;

/* Starts it, and has it open the mailbox. Fails: as the kind does, and
 * TEMPORARY (late, or stopped). `kind`, `place` and `watch` outlive it. */
FALLIBLE bool mailbox_child_open(const struct mailbox_kind *kind,
                                 const struct mailbox_place *place,
                                 const struct mailbox_watch *watch,
                                 struct mailbox_child **out, struct err *err);

/* Do as mailbox_next, mailbox_remove and mailbox_close. */
FALLIBLE bool mailbox_child_next(struct mailbox_child *child,
                                 struct strbuf *out, bool *found,
                                 struct err *err);
FALLIBLE bool mailbox_child_remove(struct mailbox_child *child,
                                   struct err *err);
FALLIBLE bool mailbox_child_close(struct mailbox_child *child, struct err *err);

/* Ends the process, whatever it does. */
void mailbox_child_release(struct mailbox_child **child); /* for OWNED */

#endif
