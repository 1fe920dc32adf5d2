/* The counter beside the database: what can't be taken back is counted in
 * the database and in a small file next to it, DATABASE.counter.
 *
 * A database that was restored from a backup is behind the file, and what
 * went out since would go out again; so nothing is sent until a person has
 * looked. The file is written, and on disk, after the database's own number
 * is, and before the first message that depends on it. A machine that is
 * restored whole, file and all, can't be noticed.
 */
#ifndef DIGEST_LEDGER_COUNTER_H
#define DIGEST_LEDGER_COUNTER_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

/* Counts one more start, as part of the caller's transaction. */
FALLIBLE bool counter_advance(struct db *db, struct err *err);

/* Brings the file up to the database, which has to be on disk (a durable
 * transaction, or db_sync). Fails: IO, PERMISSION, STORE. */
FALLIBLE bool counter_write(struct db *db, struct err *err);

/* Whether the database is behind its file. Fails: CONFLICT when it is, with
 * the remedy; INPUT (the file can't be read), STORE. */
FALLIBLE bool counter_check(struct db *db, struct err *err);

/* A newsletter's latest start, as the file knows it. */
struct counter_start {
    const char *newsletter; /* slug */
    int64_t number, at;
};
struct counter_file {
    const char *identity; /* of the database; "": there is no file */
    int64_t number;
    struct counter_start *starts; /* in the arena, the latest first */
    size_t count;
};
FALLIBLE bool counter_read(struct db *db, struct arena *arena,
                           struct counter_file *out, struct err *err);

/* Takes the file's number over, as part of the caller's transaction: a person
 * has looked. */
FALLIBLE bool counter_accept(struct db *db, const struct counter_file *file,
                             struct err *err);

#endif
