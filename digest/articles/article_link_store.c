/* Links that editors add to one issue, as articles of a source that no
 * selection sees. */
#include "digest/articles/article_store.h"
#include "digest/base/mem.h"

enum sql { ADD, ADD_CATEGORY, REMOVE_CATEGORIES, REMOVE, SQL_COUNT };

static const char *const sql[] = {
    [ADD] =
        "INSERT INTO article (source_id, guid, url, title, published_at, "
        "    known_at, fresh_at, summary_html, changed_at) "
        "SELECT 0, ?1 || ':' || (coalesce(max(id), 0) + 1), ?2, ?3, ?4, ?4, "
        "    ?4, ?5, ?4 "
        "FROM article RETURNING id",
    [ADD_CATEGORY] = "INSERT INTO article_category "
                     "    (article_id, position, slug, name) "
                     "VALUES (?1, ?2, ?3, ?4)",
    [REMOVE_CATEGORIES] = "DELETE FROM article_category WHERE article_id = ?1",
    [REMOVE] = "DELETE FROM article WHERE id = ?1 AND source_id = 0",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool add_row(struct db *db, const char *group, struct article *link,
                    struct err *err)
{
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_text(add, 1, group);
    stmt_bind_text(add, 2, link->url);
    stmt_bind_text(add, 3, link->title);
    stmt_bind_int(add, 4, link->published_at);
    stmt_bind_text(add, 5, link->summary_html);
    if (!stmt_step(add, err))
        return false;
    link->id = stmt_int(add, 0);
    while (stmt_step(add, err))
        ;
    return stmt_done(add);
}

bool article_add_link(struct db *db, const char *group, struct article *link,
                      struct err *err)
{
    if (!add_row(db, group, link, err))
        return false;
    for (size_t i = 0; i < link->category_count; i++) {
        struct stmt *add = db_stmt(db, sql[ADD_CATEGORY]);
        stmt_bind_int(add, 1, link->id);
        stmt_bind_int(add, 2, (int64_t)i);
        stmt_bind_text(add, 3, link->categories[i].slug);
        stmt_bind_text(add, 4, link->categories[i].name);
        if (!stmt_run(add, err))
            return false;
    }
    return true;
}

bool article_remove_link(struct db *db, int64_t id, struct err *err)
{
    struct stmt *categories = db_stmt(db, sql[REMOVE_CATEGORIES]);
    stmt_bind_int(categories, 1, id);
    if (!stmt_run(categories, err))
        return false;
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, id);
    return stmt_run(remove, err);
}
