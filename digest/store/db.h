/* The database: handle, statements, transactions. The seam behind which
 * SQLite stands; no other room knows it.
 *
 * WAL, foreign keys on, STRICT tables. A statement is prepared once for
 * each handle and SQL text and kept. One handle belongs to one thread.
 */
#ifndef DIGEST_STORE_DB_H
#define DIGEST_STORE_DB_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

struct db;

enum db_open {
    DB_OPEN,   /* it has to exist: NOT_FOUND otherwise */
    DB_CREATE, /* made (mode 0600) when it doesn't */
};

/* Opens, checks that it is ours, and migrates to this program's version in
 * one transaction each, after a copy was made beside it (backup.h). `path`
 * ":memory:" is a fresh database for tests. Fails: NOT_FOUND, PERMISSION, STORE
 * (not a database, not ours, damaged, or from a newer version: it says which).
 */
FALLIBLE bool db_open(const char *path, enum db_open how, struct db **out,
                      struct err *err);
void db_close(struct db *db);
void db_release(struct db **db); /* for OWNED */

/* How many migrations this database has had. */
int db_version(struct db *db);

/* How long to wait while another program writes: 10 s at first. For what may
 * as well be left undone, 0. Returns what it was. */
int64_t db_set_busy_timeout(struct db *db, int64_t ms);

/* How many steps statements have taken on this handle: for tests that hold two
 * requests to the same work. */
int64_t db_used(const struct db *db);

/* The file's path, as it was opened. */
const char *db_path(const struct db *db);

/* ---- statements -------------------------------------------------------
 * A use of a statement:
 *     struct stmt *find = db_stmt(db, SQL);
 *     stmt_bind_text(find, 1, slug);
 *     while (stmt_step(find, err)) … stmt_int(find, 0) …
 *     if (!stmt_done(find)) return false;         (err is set)
 * The SQL text has to live as long as the handle (a literal). A statement
 * that doesn't prepare is a fault of ours: it ends the process, saying so.
 */
struct stmt;

/* The statement for this text, reset and with nothing bound. Borrowed. */
struct stmt *db_stmt(struct db *db, const char *sql);

/* Parameters count from 1. A NULL text or a view with NULL ptr is NULL.
 * Texts and blobs are borrowed until the statement is next fetched or ends:
 * they must live while it is stepped. */
void stmt_bind_int(struct stmt *stmt, int index, int64_t value);
void stmt_bind_real(struct stmt *stmt, int index, double value);
void stmt_bind_text(struct stmt *stmt, int index, const char *text);
void stmt_bind_str(struct stmt *stmt, int index, struct str text);
void stmt_bind_blob(struct stmt *stmt, int index, struct str bytes);
void stmt_bind_null(struct stmt *stmt, int index);

/* True with a row; false at the end or on an error. */
bool stmt_step(struct stmt *stmt, struct err *err);
/* After stmt_step returned false: whether it ended well. */
FALLIBLE bool stmt_done(struct stmt *stmt);
/* Gives up a statement before its last row, so that no lock is held. */
void stmt_reset(struct stmt *stmt);

/* Columns count from 0; borrowed until the next step. */
int64_t stmt_int(struct stmt *stmt, int column);
double stmt_real(struct stmt *stmt, int column);
const char *stmt_text(struct stmt *stmt, int column); /* NULL for NULL */
struct str stmt_str(struct stmt *stmt, int column);   /* also for blobs */
bool stmt_is_null(struct stmt *stmt, int column);

/* Steps a statement that returns no row, or whose row isn't of interest.
 * Fails: CONFLICT for a broken constraint, TEMPORARY for a locked database,
 * STORE for the rest (a full disk, a vanished file …), in plain words. */
FALLIBLE bool stmt_run(struct stmt *stmt, struct err *err);

/* One row's first column; false without a row (err NOT_FOUND) or on error */
FALLIBLE bool stmt_one_int(struct stmt *stmt, int64_t *out, struct err *err);

/* Rows changed by the last INSERT, UPDATE or DELETE, and the id of the last
 * row inserted. */
int64_t db_changes(struct db *db);
int64_t db_last_id(struct db *db);

/* ---- transactions -----------------------------------------------------
 * OWNED(tx_end) struct tx tx = TX_INIT;
 * if (!tx_begin(&tx, db, TX_DURABLE, err)) return false;
 * …                                         (any return rolls back)
 * return tx_commit(&tx, err);
 * A transaction begun inside another is a savepoint of it.
 */
enum tx_kind {
    TX_READ,    /* one consistent view */
    TX_NORMAL,  /* survives the program's death, not always a power cut */
    TX_DURABLE, /* on disk when tx_commit returns: consent, unsubscribes */
};

struct tx {
    struct db *db; /* NULL: not begun, or ended */
    unsigned depth;
};
#define TX_INIT ((struct tx){0})

FALLIBLE bool tx_begin(struct tx *tx, struct db *db, enum tx_kind kind,
                       struct err *err);
FALLIBLE bool tx_commit(struct tx *tx, struct err *err);
void tx_end(struct tx *tx); /* rolls back what isn't committed */

/* An error such as a full disk makes the database roll back by itself: from
 * there on nothing more is written, and whatever begins or commits inside of
 * it fails with that error, until the outermost one has ended. */

/* Whether the database still has it: an error such as a full disk may have
 * rolled it back. */
bool tx_is_open(const struct tx *tx);

/* Makes all that was committed so far durable (a WAL sync). Fails: IO, STORE
 * when the file was moved or removed meanwhile. */
FALLIBLE bool db_sync(struct db *db, struct err *err);

#endif
