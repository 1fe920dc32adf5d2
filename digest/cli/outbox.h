/* The outbox, sent over the relays of digest.yaml. */
#ifndef DIGEST_CLI_OUTBOX_H
#define DIGEST_CLI_OUTBOX_H

#include "digest/cli/app.h"
#include "digest/notices/notices.h"

/* Sends what is due; `stop`: as struct notices_options has it, or NULL. Fails:
 * as notices_send; the report is filled in any case. */
FALLIBLE bool outbox_send(struct app *app, const volatile int *stop,
                          struct notices_report *report, struct err *err);

#endif
