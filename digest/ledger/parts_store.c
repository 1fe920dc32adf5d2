/* Stores long texts as shared parts, so that like copies cost little. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/ledger/parts_internal.h"

/* A part ends where the hash of the bytes before it begins with so many zero
 * bits: every 512 bytes, as it comes. */
enum { SHORTEST = 64, LONGEST = 8192, ZERO_BITS = 9 };

enum sql { FIND, ADD, GET, SQL_COUNT };

static const char *const sql[] = {
    [FIND] = "SELECT id FROM variant_part "
             "WHERE issue_id = ?1 AND hash = ?2 AND bytes = ?3",
    [ADD] = "INSERT INTO variant_part (issue_id, hash, bytes) "
            "VALUES (?1, ?2, ?3)",
    [GET] = "SELECT bytes FROM variant_part WHERE id BETWEEN ?1 AND ?2 "
            "ORDER BY id",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

/* ---- cutting --------------------------------------------------------- */

/* A number for each byte that has nothing to do with its neighbours' (the
 * finalizer of SplitMix64). */
static uint64_t scatter(unsigned char byte)
{
    uint64_t x = (byte + 1) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* Each byte's number moves up one bit with each byte behind it: the hash is
 * of the last 64. */
size_t parts_cut(struct str text)
{
    uint64_t hash = 0;
    size_t most = text.len < LONGEST ? text.len : LONGEST;
    for (size_t i = 0; i < most; i++) {
        hash = (hash << 1) + scatter((unsigned char)text.ptr[i]);
        if (i + 1 >= SHORTEST && hash >> (64 - ZERO_BITS) == 0)
            return i + 1;
    }
    return most;
}

/* FNV-1a; two parts may have the same. */
static int64_t hash_of(struct str part)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < part.len; i++)
        hash = (hash ^ (unsigned char)part.ptr[i]) * UINT64_C(1099511628211);
    return (int64_t)hash;
}

/* ---- storing --------------------------------------------------------- */

static bool find_or_add(struct db *db, int64_t issue_id, struct str part,
                        int64_t *id, struct err *err)
{
    int64_t hash = hash_of(part);
    struct stmt *find = db_stmt(db, sql[FIND]);
    stmt_bind_int(find, 1, issue_id);
    stmt_bind_int(find, 2, hash);
    stmt_bind_blob(find, 3, part);
    if (stmt_step(find, err)) {
        *id = stmt_int(find, 0);
        stmt_reset(find);
        return true;
    }
    if (!stmt_done(find))
        return false;
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_int(add, 1, issue_id);
    stmt_bind_int(add, 2, hash);
    stmt_bind_blob(add, 3, part);
    if (!stmt_run(add, err))
        return false;
    *id = db_last_id(db);
    return true;
}

static void add_range(struct strbuf *list, int64_t first, int64_t last)
{
    strbuf_add_format(list, "%s%" PRId64, list->len ? " " : "", first);
    if (last > first)
        strbuf_add_format(list, "-%" PRId64, last);
}

bool parts_put(struct db *db, int64_t issue_id, struct str text,
               struct strbuf *list, struct err *err)
{
    int64_t first = 0, last = -1, id;
    while (text.len) {
        struct str part = {text.ptr, parts_cut(text)};
        text = str_from(text, part.len);
        if (!find_or_add(db, issue_id, part, &id, err))
            return false;
        if (id == last + 1) {
            last = id;
            continue;
        }
        if (last >= first)
            add_range(list, first, last);
        first = last = id;
    }
    if (last >= first)
        add_range(list, first, last);
    return true;
}

/* ---- reading --------------------------------------------------------- */

static bool get_range(struct db *db, int64_t first, int64_t last,
                      struct strbuf *out, struct err *err)
{
    int64_t count = 0;
    struct stmt *rows = db_stmt(db, sql[GET]);
    stmt_bind_int(rows, 1, first);
    stmt_bind_int(rows, 2, last);
    for (; stmt_step(rows, err); count++)
        strbuf_add_str(out, stmt_str(rows, 0));
    return stmt_done(rows) &&
           (count == last - first + 1 ||
            err_set(err, ERR_STORE,
                    "part of the issue's text is missing from the database"));
}

bool parts_get(struct db *db, struct str list, struct strbuf *out,
               struct err *err)
{
    while (list.len) {
        struct str range = str_cut(&list, ' ');
        unsigned long long first, last;
        struct str begin = str_cut(&range, '-');
        if (!str_to_u64(begin, &first) || first > INT64_MAX ||
            !str_to_u64(range.len ? range : begin, &last) || last > INT64_MAX ||
            last < first)
            return err_set(err, ERR_STORE,
                           "the list of an issue's parts can't be read");
        if (!get_range(db, (int64_t)first, (int64_t)last, out, err))
            return false;
    }
    return true;
}
