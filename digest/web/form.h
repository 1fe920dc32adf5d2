/* The fields of a form that was sent: application/x-www-form-urlencoded and
 * multipart/form-data. Source: WHATWG URL §5.1, RFC 7578. */
#ifndef DIGEST_WEB_FORM_H
#define DIGEST_WEB_FORM_H

#include "digest/base/arena.h"
#include "digest/base/str.h"

struct form_field {
    struct str name, value; /* bytes as they were sent */
    struct str file;        /* the name of a file; empty: it is none */
};

enum { FORM_FIELDS_MAX = 512 };

struct form {
    struct form_field fields[FORM_FIELDS_MAX]; /* what is more is left out */
    size_t count;
};

/* Reads a body by its content type. Fields live in the arena or in `body`.
 * False, with no field, for another type or a body that isn't of its type. */
bool form_parse(struct str content_type, struct str body, struct arena *arena,
                struct form *out);

/* The first field of that name; a view with ptr NULL when there is none. */
struct str form_get(const struct form *form, const char *name);
/* The name of the file in a field, or an empty view. */
struct str form_get_file_name(const struct form *form, const char *name);

#endif
