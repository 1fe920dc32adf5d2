/* Polling: reads the whole mailbox, records each mail, removes it. */
#ifndef SUBSCRIBERS_BOUNCES_POLL_H
#define SUBSCRIBERS_BOUNCES_POLL_H

#include "subscribers/bounces/mailbox_internal.h"
#include "subscribers/bounces/record.h"

/* Polls the mailbox. Each mail is removed only after its verdict is committed.
 * Mails recorded before an error stay so, and stand in *tally. When it is to
 * stop, or its time is over between two mails, the others stay for the next
 * time, and that is no error. Fails: as mailbox_open and bounce_record. */
FALLIBLE bool bounce_poll(const struct bounce_recorder *recorder,
                          const struct mailbox_settings *settings,
                          struct bounce_tally *tally, struct err *err);

#endif
