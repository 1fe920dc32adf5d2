/* Erasing: what the rooms share to take somebody out of the database, and out
 * of its files.
 *
 * With secure_delete, which each handle sets, SQLite writes zeros over what is
 * deleted; but the write-ahead log still has the pages as they were before,
 * until it is emptied. That is only possible while nobody reads an older
 * state: so the wish for it is a row, which the commit tries to fulfil at
 * once, and which waits for erasing_empty_log where others were in the way.
 */
#ifndef DIGEST_STORE_ERASING_H
#define DIGEST_STORE_ERASING_H

#include "digest/base/redact.h"
#include "digest/store/db.h"

/* A person whom a room is to take out of its tables. Borrowed. */
struct erased {
    int64_t subscriber_id;
    const char *const *keys; /* the addresses they had, as they are compared */
    size_t key_count;
    const struct redaction *words; /* what names them in free texts */
};

/* Puts REDACTED for what names them into one column of a table. `find` selects
 * the rows that may hold it, as (id, text); `put` sets the text ?2 of the row
 * ?1. Both are literals. Part of the caller's transaction. */
FALLIBLE bool erasing_redact(struct db *db, const char *find, const char *put,
                             const struct redaction *words, struct err *err);
/* Deletes the rows of which any column of `find` but the first names them;
 * `drop` deletes the row ?1. */
FALLIBLE bool erasing_drop(struct db *db, const char *find, const char *drop,
                           size_t columns, const struct redaction *words,
                           struct err *err);

/* Asks for an empty log, as part of the transaction that erases: its commit
 * tries for it, and waits for readers a moment at most. */
FALLIBLE bool erasing_note(struct db *db, int64_t now, struct err *err);

/* Whether something that was erased may still stand in the log. */
FALLIBLE bool erasing_waits(struct db *db, bool *out, struct err *err);
/* Empties the log, outside of a transaction. *done is false where somebody
 * still reads what was there before, or writes. */
FALLIBLE bool erasing_empty_log(struct db *db, bool *done, struct err *err);

#endif
