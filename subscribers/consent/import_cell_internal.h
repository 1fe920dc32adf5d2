/* A cell of a list that should hold an address. For the import only. */
#ifndef SUBSCRIBERS_CONSENT_IMPORT_CELL_INTERNAL_H
#define SUBSCRIBERS_CONSENT_IMPORT_CELL_INTERNAL_H

#include "digest/base/strbuf.h"

/* The address in it, and in `name`, set anew, the name beside it ("" where
 * there is none): `Ada <ada@example.org>`, `"L., Ada" <...>`, `... (Ada)`,
 * `mailto:...`; of several with " ::: " between, as Google writes them, the
 * first. What is none of these is given back as it is: whether it is an
 * address is for address_parse to say. Borrowed from `cell`.
 * Source: RFC 5322 §3.4. */
struct str import_cell_address(struct str cell, struct strbuf *name);

#endif
