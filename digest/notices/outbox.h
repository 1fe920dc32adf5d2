/* The outbox, sent over the relays of digest.yaml. */
#ifndef DIGEST_NOTICES_OUTBOX_H
#define DIGEST_NOTICES_OUTBOX_H

#include "digest/base/conf.h"
#include "digest/notices/notices.h"

/* Sends what is due; `stop` (or NULL) is set by a signal. Fails: as
 * notices_send; the report is filled in any case. */
FALLIBLE bool outbox_send(const struct conf *conf, struct db *db,
                          const volatile int *stop,
                          struct notices_report *report, struct err *err);

#endif
