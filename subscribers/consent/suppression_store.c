/* Stores suppressed addresses, or their keyed hashes. */
#include "subscribers/consent/suppression_store_internal.h"

#include <string.h>

#include "digest/base/encode.h"
#include "digest/store/rows.h"
#include "digest/base/mem.h"

/* Suppressions that the address's owner may undo. */
#define MILD "reason IN ('" SUPPRESSED_FORGOTTEN "', '" SUPPRESSED_MOVED "')"
#define HASH_PREFIX "hmac:" /* no address begins so: it has no @ behind it */

enum sql { ADD, SEAL, REMOVE, READMIT, KIND, FIND, GET, SQL_COUNT };

static const char *const sql[] = {
    [ADD] = "INSERT INTO suppression (address_key, reason, at, note) "
            "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (address_key) DO NOTHING",
    [SEAL] = "INSERT INTO suppression (address_key, reason, at) "
             "VALUES (?1, ?2, ?3) ON CONFLICT (address_key) DO UPDATE "
             "SET reason = excluded.reason WHERE " MILD,
    [READMIT] = "DELETE FROM suppression WHERE address_key = ?1 "
                "AND " MILD,
    [REMOVE] = "DELETE FROM suppression WHERE address_key = ?1",
    [KIND] = "SELECT coalesce(max(CASE WHEN address_key = ?1 THEN 4 "
             "    WHEN reason = '" SUPPRESSED_MOVED "' THEN 1 "
             "    WHEN reason = '" SUPPRESSED_FORGOTTEN "' THEN 2 "
             "    ELSE 3 END), 0) "
             "FROM suppression WHERE address_key IN (?1, ?2)",
    [FIND] = "SELECT address_key, reason, note, at FROM suppression "
             "ORDER BY address_key",
    [GET] = "SELECT address_key, reason, note, at FROM suppression "
            "WHERE address_key = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

void suppression_hash(const struct token_keys *keys, const char *email_key,
                      struct strbuf *out)
{
    unsigned char digest[32];
    token_digest(keys, str_of(email_key), digest);
    strbuf_add_text(out, HASH_PREFIX);
    hex_encode(out, (struct str){(const char *)digest, sizeof digest});
}

bool suppression_store_add(struct db *db, const char *address_key,
                           const char *reason, const char *note, int64_t now,
                           bool *added, struct err *err)
{
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_text(add, 1, address_key);
    stmt_bind_text(add, 2, reason);
    stmt_bind_int(add, 3, now);
    stmt_bind_text(add, 4, note ? note : "");
    if (!stmt_run(add, err))
        return false;
    *added = db_changes(db) > 0;
    return true;
}

bool suppression_store_seal(struct db *db, const char *hash, const char *reason,
                            int64_t now, struct err *err)
{
    struct stmt *seal = db_stmt(db, sql[SEAL]);
    stmt_bind_text(seal, 1, hash);
    stmt_bind_text(seal, 2, reason);
    stmt_bind_int(seal, 3, now);
    return stmt_run(seal, err);
}

bool suppression_readmit(struct db *db, const char *email_key,
                         const struct token_keys *keys, struct err *err)
{
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    if (!keys)
        return true;
    struct stmt *readmit = db_stmt(db, sql[READMIT]);
    suppression_hash(keys, email_key, &hash);
    stmt_bind_text(readmit, 1, strbuf_text(&hash));
    return stmt_run(readmit, err);
}

bool suppression_move(struct db *db, const char *from, const char *to,
                      const struct token_keys *keys, int64_t now,
                      struct err *err)
{
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    if (!keys)
        return true;
    suppression_hash(keys, from, &hash);
    return suppression_store_seal(db, strbuf_text(&hash), SUPPRESSED_MOVED, now,
                                  err) &&
           suppression_readmit(db, to, keys, err);
}

bool suppression_store_remove(struct db *db, const char *address_key,
                              bool *removed, struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_text(remove, 1, address_key);
    if (!stmt_run(remove, err))
        return false;
    *removed = db_changes(db) > 0;
    return true;
}

bool suppression_of(struct db *db, const char *email_key,
                    const struct token_keys *keys, enum suppression_kind *out,
                    struct err *err)
{
    static const enum suppression_kind kinds[] = {
        SUPPRESSION_NONE, SUPPRESSION_MOVED, SUPPRESSION_FORGOTTEN,
        SUPPRESSION_SEALED, SUPPRESSION_FULL};
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    if (keys)
        suppression_hash(keys, email_key, &hash);
    struct stmt *find = db_stmt(db, sql[KIND]);
    stmt_bind_text(find, 1, email_key);
    stmt_bind_text(find, 2, hash.len ? hash.ptr : NULL);
    int64_t kind;
    if (!stmt_one_int(find, &kind, err))
        return false;
    *out = kinds[kind];
    return true;
}

static struct suppression read_row(struct stmt *row, struct arena *arena)
{
    struct str address = stmt_str(row, 0);
    bool hashed = str_starts(address, STR(HASH_PREFIX));
    return (struct suppression){
        .address = hashed ? "" : arena_copy_str(arena, address),
        .reason = arena_copy(arena, stmt_text(row, 1)),
        .note = arena_copy(arena, stmt_text(row, 2)),
        .at = stmt_int(row, 3),
    };
}

bool suppression_find(struct db *db, struct arena *arena,
                      struct suppression_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[FIND]);
    return STMT_LIST(rows, arena, out->items, out->count, read_row(rows, arena),
                     err);
}

bool suppression_get(struct db *db, const char *email_key, struct arena *arena,
                     struct suppression *out, bool *found, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_text(row, 1, email_key);
    *found = stmt_step(row, err);
    if (!*found)
        return stmt_done(row);
    *out = read_row(row, arena);
    stmt_reset(row);
    return true;
}
