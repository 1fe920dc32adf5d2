/* The head of a request, as its bytes came: whether it has one meaning only.
 *
 * Where a proxy and this server could see different ends of a request, or
 * different hosts in it, one visitor's request could stand in another's. What
 * RFC 9112 lets a server mend (folded lines, bare CR, space before a colon) is
 * refused instead, for a proxy may have mended it otherwise.
 */
#ifndef DIGEST_WEB_HEAD_H
#define DIGEST_WEB_HEAD_H

#include "digest/base/str.h"

enum {
    HEAD_MAX = 16 << 10,
    HEAD_TARGET_MAX = 8000, /* RFC 9112 §3 asks for no less */
    HEAD_FIELDS_MAX = 100,
};

/* The refusal of a request. Literals. */
struct head_refusal {
    unsigned status;
    const char *phrase, *text;
};

enum head_state {
    HEAD_PARTIAL, /* good so far; more has to come */
    HEAD_WHOLE,
    HEAD_REFUSED, /* *why says it */
};

/* Looks at what came on a connection, from its begin: at most HEAD_MAX bytes,
 * and what follows the head is not looked at. What can't become good any more
 * is refused before it is whole.
 * Source: RFC 9112 §2.2, §3, §5, §6. */
enum head_state head_look(struct str bytes, const struct head_refusal **why);

#endif
