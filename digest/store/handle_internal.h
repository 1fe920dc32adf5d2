/* The inside of a database handle, for the files of this room alone. */
#ifndef DIGEST_STORE_HANDLE_INTERNAL_H
#define DIGEST_STORE_HANDLE_INTERNAL_H

#include "digest/store/db.h"

enum { DB_APPLICATION_ID = 0x44474553 }; /* "DGES" */

struct sqlite3;
struct sqlite3_stmt;

struct stmt {
    struct db *db;
    struct sqlite3_stmt *sqlite;
    const char *sql; /* the literal it was asked for with */
    int last;        /* the result of the last step */
};

struct db {
    struct sqlite3 *sqlite;
    char *path;
    unsigned depth;           /* of transactions */
    struct err lost;          /* why the database rolled them back itself */
    enum tx_kind synchronous; /* TX_READ: not set yet, which is FULL */
    struct stmt **stmts;      /* an open hash table by address of the SQL */
    size_t stmt_count, stmt_capacity;
    size_t *slots, slot_count;
    int64_t busy_timeout_ms; /* how long to wait for another's lock */
    int64_t waiting_ms;      /* since when it waits */
    int64_t writing_ms;      /* since when it has held the lock; 0: it hasn't */
    int64_t held_ms;         /* for how long it had it before, time and again */
    int64_t freed_ms;        /* when it last gave it up */
    int64_t used;            /* steps of statements */
    bool empties_log;        /* the next commit does (erasing.h) */
};

/* The outermost transaction was kept. */
void db_kept(struct db *db);

/* The database's last error in the program's words, kept as `lost` where it
 * cost the open transaction. Returns false. */
bool db_fail(struct db *db, struct err *err);

#endif
