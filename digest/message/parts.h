/* The parts of a message: libetpan takes the MIME structure apart, and each
 * part is decoded. What is looked at may be broken or hostile. */
#ifndef DIGEST_MESSAGE_PARTS_H
#define DIGEST_MESSAGE_PARTS_H

#include "digest/base/arena.h"
#include "digest/base/err.h"

struct read_part {
    const char *type;     /* "text/html", in lower case */
    const char *encoding; /* "quoted-printable", in lower case; "" for none */
    const char *charset;  /* in lower case; "" for none */
    struct str raw;       /* encoded, as it travels; in the bytes read */
    struct str text;      /* decoded; a text's as UTF-8, line ends LF */
    bool is_carried;      /* inside a message that the message carries */
};

struct read_parts {
    struct read_part *items; /* in the arena, in order, none multipart */
    size_t count;
    bool is_alternative; /* multipart/alternative holds parts */
};

/* Whether a carried message (message/rfc822) is read: it is a part then, and
 * its own parts follow it. */
enum parts_carried { PARTS_LEAVE_CARRIED, PARTS_READ_CARRIED };

/* Reads the parts of a message; of one that has no MIME structure there are
 * none. A text is taken for what its bytes say where its charset is missing
 * or wrong: ISO-2022-JP by its escapes, undeclared bytes as UTF-8 or else
 * Windows-1252. `bytes` end with a NUL, which isn't counted, and live as long
 * as the parts.
 * Fails: INPUT, for parts nested beyond reason. */
FALLIBLE bool parts_read(struct arena *arena, struct str bytes,
                         enum parts_carried carried, struct read_parts *out,
                         struct err *err);

#endif
