/* Parts: the pieces that the texts of an issue's variants are stored in, each
 * once for all that have it.
 *
 * The bytes themselves say where a part ends, so that what two texts share is
 * cut alike in both, wherever it stands.
 */
#ifndef DIGEST_LEDGER_PARTS_INTERNAL_H
#define DIGEST_LEDGER_PARTS_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"
#include "digest/store/db.h"

/* How long the first part of a text is; 0: the text is empty. */
size_t parts_cut(struct str text);

/* Stores a text, and appends the list of its parts: "12-30 7 45-46". Part of
 * the caller's transaction. Fails: STORE. */
FALLIBLE bool parts_put(struct db *db, int64_t issue_id, struct str text,
                        struct strbuf *list, struct err *err);

/* Appends the text of such a list. Fails: STORE (also where a part is
 * missing). */
FALLIBLE bool parts_get(struct db *db, struct str list, struct strbuf *out,
                        struct err *err);

#endif
