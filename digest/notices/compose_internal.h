/* A notice as a message, and its recipient as an address. For the files of
 * this room alone. */
#ifndef DIGEST_NOTICES_COMPOSE_INTERNAL_H
#define DIGEST_NOTICES_COMPOSE_INTERNAL_H

#include "digest/base/strbuf.h"
#include "digest/notices/notices.h"
#include "subscribers/roster/address.h"

/* Appends the complete message, unsigned. Fails: INPUT. */
FALLIBLE bool notice_compose(const struct notice *notice,
                             const char *message_id, int64_t date,
                             struct strbuf *out, struct err *err);

/* The address as it is mailed and compared. A reader's has to be one that
 * can be on the list; an editor's or operator's may be one of this host
 * (root@localhost). Fails: INPUT. */
FALLIBLE bool notice_address(enum notice_kind kind, const char *text,
                             struct address *out, struct err *err);

/* Appends the key that an address which was asked for compares by. */
void notice_address_key(const char *text, struct strbuf *out);

#endif
