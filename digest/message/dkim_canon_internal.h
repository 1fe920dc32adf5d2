/* DKIM's relaxed canonical forms (RFC 6376 §3.4), and the fields of a header
 * in the order in which a signature takes them. */
#ifndef DIGEST_MESSAGE_DKIM_CANON_INTERNAL_H
#define DIGEST_MESSAGE_DKIM_CANON_INTERNAL_H

#include "digest/base/strbuf.h"

/* Appends the relaxed form of a body (§3.4.4). */
void dkim_relax_body(struct strbuf *out, struct str body);

/* Appends the relaxed form of one field (§3.4.2), without a line end. */
void dkim_relax_field(struct strbuf *out, struct str field);

/* The fields of a header: views into it, without their last line end. */
enum { DKIM_FIELDS_MAX = 64 };
struct dkim_fields {
    struct str fields[DKIM_FIELDS_MAX];
    size_t count;
};

/* Cuts a message into fields and body. False without an empty line between
 * them, or with too many fields. */
bool dkim_cut(struct str message, struct dkim_fields *fields, struct str *body);

size_t dkim_count(const struct dkim_fields *fields, struct str name);

/* Appends the relaxed form and CRLF of the field of that name that is `nth`
 * from the bottom, 0 being the last; nothing where there is none (§5.4.2). */
void dkim_add_field(struct strbuf *out, const struct dkim_fields *fields,
                    struct str name, size_t nth);

#endif
