/* Header fields: of a mail, of a part, and of the blocks inside reports.
 *
 * Read liberally (RFC 5322 §2.2, RFC 3464 §2.1): any line end, folded or
 * not, a line that is no field is passed over.
 */
#ifndef SUBSCRIBERS_BOUNCES_FIELDS_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_FIELDS_INTERNAL_H

#include "digest/base/arena.h"

struct field {
    struct str name;
    struct str value; /* unfolded, trimmed */
};

struct fields {
    struct field *items; /* in the arena */
    size_t count, capacity;
};

/* Reads the fields up to a blank line or the end; *rest moves behind it.
 * Lives until: the arena ends; names point into the text. */
void fields_read(struct arena *arena, struct str *rest, struct fields *out);

/* The first of that name, or a view with NULL ptr. */
struct str fields_get(const struct fields *fields, const char *name);

/* Whether the line looks like "Name: …". */
bool field_line(struct str line, struct str *name, struct str *value);

/* The address in a value: without display name, comment, brackets, the type
 * of RFC 3464 ("rfc822;"), a source route; utf-8-addr-xtext of RFC 6533 §3
 * is decoded. Empty where there is none. In the arena, or the text. */
struct str field_address(struct arena *arena, struct str value);

#endif
