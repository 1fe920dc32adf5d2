/* A message read: its header fields and the texts of its parts.
 *
 * Fields are kept as they were written, with their lines. For looking at a
 * message, ours or another's.
 */
#ifndef DIGEST_MESSAGE_READER_H
#define DIGEST_MESSAGE_READER_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/base/strbuf.h"
#include "digest/message/parts.h"

struct read_field {
    const char *name;    /* as written */
    const char *value;   /* unfolded, trimmed */
    const char *decoded; /* encoded words read, as UTF-8 */
    unsigned line;       /* of the file, from 1 */
};

struct read_message {
    struct arena arena;
    const struct read_field *fields;
    size_t field_count;
    struct read_parts parts; /* without those of carried messages */
    struct str body;         /* all behind the header */
    unsigned body_line;      /* the first line of it */
};

/* Reads a message with line ends of either kind. Fails: INPUT, for one
 * larger than 32 MB, with parts nested beyond reason, or without a header. */
FALLIBLE bool message_read(struct str bytes, struct read_message *out,
                           struct err *err);
void read_message_free(struct read_message *message); /* for OWNED */

/* The nth field of a name (case doesn't matter), from 0; NULL for none. */
const struct read_field *read_field_get(const struct read_message *message,
                                        const char *name, size_t nth);
size_t read_field_count(const struct read_message *message, const char *name);

/* The first part of a type, or NULL. */
const struct read_part *read_part_get(const struct read_message *message,
                                      const char *type);

#endif
