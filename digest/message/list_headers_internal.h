/* The headers of list mail: List-Id (RFC 2919), List-Unsubscribe and
 * List-Archive (RFC 2369), List-Unsubscribe-Post (RFC 8058). */
#ifndef DIGEST_MESSAGE_LIST_HEADERS_INTERNAL_H
#define DIGEST_MESSAGE_LIST_HEADERS_INTERNAL_H

#include "digest/message/message.h"
#include "digest/message/pieces_internal.h"

/* Adds those that the spec asks for; none without a list_label. Fails:
 * INPUT. */
FALLIBLE bool list_headers_add(struct message *message,
                               const struct message_spec *spec,
                               struct err *err);

#endif
