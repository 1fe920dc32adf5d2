/* Reads what a source has brought: counts, categories and headlines. */
#include "digest/base/mem.h"
#include "digest/sources/source_found.h"

enum sql { COUNTS, CATEGORIES, HEADLINES, SQL_COUNT };

/* Bound in number, as no index has a source's articles by time. */
#define SOME                                                                   \
    "WITH some AS (SELECT id, title, published_at, known_at FROM article "     \
    "    WHERE source_id = ?1 AND withdrawn_at IS NULL LIMIT ?2) "

static const char *const sql[] = {
    [COUNTS] = SOME "SELECT count(*), "
                    "    coalesce(sum(NOT EXISTS (SELECT 1 "
                    "        FROM article_category c "
                    "        WHERE c.article_id = some.id)), 0), "
                    "    coalesce(sum(known_at >= ?3), 0), "
                    "    coalesce(max(published_at), 0), "
                    "    coalesce(min(nullif(published_at, 0)), 0) FROM some",
    [CATEGORIES] = SOME "SELECT c.slug, min(c.name), count(*) FROM some "
                        "JOIN article_category c ON c.article_id = some.id "
                        "GROUP BY c.slug ORDER BY count(*) DESC, c.slug "
                        "LIMIT ?3",
    [HEADLINES] = SOME "SELECT id, published_at, title FROM some "
                       "ORDER BY published_at DESC, id DESC LIMIT ?3",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static struct stmt *bind(struct db *db, enum sql name, int64_t source_id,
                         int64_t third)
{
    struct stmt *stmt = db_stmt(db, sql[name]);
    stmt_bind_int(stmt, 1, source_id);
    stmt_bind_int(stmt, 2, SOURCE_FOUND_LOOKED_AT);
    stmt_bind_int(stmt, 3, third);
    return stmt;
}

static bool get_counts(struct db *db, int64_t source_id, int64_t since,
                       struct source_found *out, struct err *err)
{
    struct stmt *row = bind(db, COUNTS, source_id, since);
    if (!stmt_step(row, err))
        return false;
    out->looked_at = stmt_int(row, 0);
    out->uncategorised = stmt_int(row, 1);
    out->lately = stmt_int(row, 2);
    out->newest_at = stmt_int(row, 3);
    out->oldest_at = stmt_int(row, 4);
    stmt_reset(row);
    return true;
}

static bool get_categories(struct db *db, int64_t source_id,
                           struct arena *arena, struct source_found *out,
                           struct err *err)
{
    struct stmt *rows =
        bind(db, CATEGORIES, source_id, SOURCE_FOUND_CATEGORIES);
    while (stmt_step(rows, err))
        out->categories[out->category_count++] = (struct category_count){
            .slug = arena_copy(arena, stmt_text(rows, 0)),
            .name = arena_copy(arena, stmt_text(rows, 1)),
            .articles = stmt_int(rows, 2),
        };
    return stmt_done(rows);
}

static bool get_headlines(struct db *db, int64_t source_id, struct arena *arena,
                          struct source_found *out, struct err *err)
{
    struct stmt *rows = bind(db, HEADLINES, source_id, SOURCE_FOUND_HEADLINES);
    while (stmt_step(rows, err))
        out->headlines[out->headline_count++] = (struct source_headline){
            .article_id = stmt_int(rows, 0),
            .published_at = stmt_int(rows, 1),
            .title = arena_copy(arena, stmt_text(rows, 2)),
        };
    return stmt_done(rows);
}

bool source_found_get(struct db *db, int64_t source_id, int64_t since,
                      struct arena *arena, struct source_found *out,
                      struct err *err)
{
    *out = (struct source_found){0};
    return get_counts(db, source_id, since, out, err) &&
           get_categories(db, source_id, arena, out, err) &&
           get_headlines(db, source_id, arena, out, err);
}
