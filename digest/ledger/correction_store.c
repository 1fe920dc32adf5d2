/* Stores corrections: their articles, issues and reach. */
#include "digest/ledger/correction_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/store/rows.h"

enum sql {
    THERE,
    ADD,
    ADD_ISSUES,
    REMOVE,
    OF_ARTICLE,
    OF_ISSUE,
    OF_VARIANT,
    DUE,
    NEWSLETTERS,
    HAD,
    LOST,
    MAKE_DUE,
    EMPTY_DUE,
    FILL_DUE,
    SQL_COUNT
};

/* Corrections with the story in the first issue that brought it; of newsletter
 * ?2, unless that is 0. */
#define COLUMNS                                                                \
    "SELECT c.id, c.article_id, c.note, c.made_at, s.title, n.slug, "          \
    "    i.number, s.name, s.url, "                                            \
    "    coalesce((SELECT group_concat(m.slug || '/' || k.number, ', ') "      \
    "        FROM correction_issue b JOIN issue k ON k.id = b.issue_id "       \
    "        JOIN newsletter m ON m.id = k.newsletter_id "                     \
    "        WHERE b.correction_id = c.id AND b.brings "                       \
    "            AND k.started_at IS NOT NULL), ''), "                         \
    "    coalesce((SELECT group_concat(m.slug || '/' || k.number, ', ') "      \
    "        FROM issue k JOIN newsletter m ON m.id = k.newsletter_id "        \
    "        WHERE k.correction_id = c.id "                                    \
    "            AND k.state IN ('draft', 'scheduled')), '') "                 \
    "FROM correction c "                                                       \
    "JOIN issue i ON i.id = (SELECT min(x.issue_id) FROM correction_issue x "  \
    "    JOIN issue o ON o.id = x.issue_id "                                   \
    "    WHERE x.correction_id = c.id AND NOT x.brings "                       \
    "        AND (?2 = 0 OR o.newsletter_id = ?2)) "                           \
    "JOIN newsletter n ON n.id = i.newsletter_id "                             \
    "JOIN story s ON s.issue_id = i.id AND s.article_id = c.article_id "
#define STANDS "c.removed_at IS NULL "
#define IN_SCOPE STANDS "AND (c.id = ?3 OR (?3 = 0 AND c.made_at > ?4)) "
#define IN_ORDER "ORDER BY c.id"

static const char *const sql[] = {
    [THERE] = "SELECT coalesce(max(id), 0) FROM correction c "
              "WHERE article_id = ?1 AND note = ?2 AND " STANDS,
    [ADD] = "INSERT INTO correction (article_id, note, made_at) "
            "VALUES (?1, ?2, ?3)",
    [ADD_ISSUES] =
        "INSERT INTO correction_issue (correction_id, brings, issue_id) "
        "SELECT ?1, 0, i.id FROM story s JOIN issue i ON i.id = s.issue_id "
        "WHERE s.article_id = ?2 AND i.started_at IS NOT NULL",
    [REMOVE] = "UPDATE correction SET removed_at = ?2 WHERE id = ?1",
    [OF_ARTICLE] = COLUMNS "WHERE c.article_id = ?1 AND " STANDS IN_ORDER,
    [OF_ISSUE] = COLUMNS
    "WHERE c.article_id IN (SELECT t.article_id FROM story t "
    "    JOIN article a ON a.id = t.article_id "
    "    WHERE t.issue_id = ?1 AND a.unpublished_at IS NULL) AND " STANDS
        IN_ORDER,
    [OF_VARIANT] = COLUMNS "WHERE c.id IN (SELECT correction_id "
                           "    FROM variant_correction "
                           "    WHERE variant_id = ?1) " IN_ORDER,
    [DUE] = COLUMNS "WHERE " IN_SCOPE IN_ORDER,
    [NEWSLETTERS] = "SELECT DISTINCT i.newsletter_id FROM correction_issue x "
                    "JOIN issue i ON i.id = x.issue_id "
                    "WHERE x.correction_id = ?1 AND NOT x.brings ORDER BY 1",
    [HAD] = "SELECT count(DISTINCT d.subscriber_id) FROM correction c "
            "CROSS JOIN correction_issue x CROSS JOIN delivery d "
            "CROSS JOIN variant_article a "
            "WHERE c.id = ?1 AND x.correction_id = c.id AND NOT x.brings "
            "    AND d.issue_id = x.issue_id "
            "    AND d.state " CORRECTIONS_REACHED
            "    AND a.variant_id = d.variant_id "
            "    AND a.article_id = c.article_id",
    [LOST] = "SELECT n.slug, i.number FROM correction_issue x "
             "JOIN issue i ON i.id = x.issue_id "
             "JOIN newsletter n ON n.id = i.newsletter_id "
             "WHERE x.correction_id = ?1 AND NOT x.brings "
             "    AND NOT EXISTS (SELECT 1 FROM delivery d "
             "        WHERE d.issue_id = i.id) "
             "ORDER BY i.started_at, i.id",
    [MAKE_DUE] = "CREATE TEMP TABLE IF NOT EXISTS correction_due "
                 "(correction_id INTEGER, brings INTEGER, issue_id INTEGER, "
                 " article_id INTEGER, "
                 " PRIMARY KEY (correction_id, brings, issue_id))",
    [EMPTY_DUE] = "DELETE FROM correction_due",
    [FILL_DUE] =
        "INSERT INTO correction_due (correction_id, brings, issue_id, "
        "    article_id) "
        "SELECT c.id, x.brings, x.issue_id, c.article_id FROM correction c "
        "JOIN correction_issue x ON x.correction_id = c.id "
        "JOIN issue i ON i.id = x.issue_id "
        "WHERE (x.brings OR i.newsletter_id = ?2) AND " IN_SCOPE,
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool advise(struct err *err, enum err_remedy remedy, int64_t article_id)
{
    OWNED(mem_free) char *id = mem_format("%" PRId64, article_id);
    return err_remedy(err, remedy, id);
}

/* ---- adding, and taking back ----------------------------------------- */

static bool add_issues(struct db *db, int64_t article_id, int64_t id,
                       struct err *err)
{
    struct stmt *add = db_stmt(db, sql[ADD_ISSUES]);
    stmt_bind_int(add, 1, id);
    stmt_bind_int(add, 2, article_id);
    if (!stmt_run(add, err))
        return false;
    return db_changes(db) > 0 ||
           err_set(err, ERR_CONFLICT,
                   "article %" PRId64 " was in no issue that was sent: there "
                   "is nobody to tell",
                   article_id) ||
           advise(err, REMEDY_EDIT_ARTICLE, article_id);
}

bool correction_add(struct db *db, int64_t article_id, const char *note,
                    int64_t now, int64_t *id, bool *is_new, struct err *err)
{
    struct stmt *there = db_stmt(db, sql[THERE]);
    stmt_bind_int(there, 1, article_id);
    stmt_bind_text(there, 2, note);
    if (!stmt_one_int(there, id, err))
        return false;
    *is_new = *id == 0;
    if (!*is_new)
        return true;
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_int(add, 1, article_id);
    stmt_bind_text(add, 2, note);
    stmt_bind_int(add, 3, now);
    if (!stmt_run(add, err))
        return false;
    *id = db_last_id(db);
    return add_issues(db, article_id, *id, err);
}

static bool check_removable(const struct correction_list *list,
                            int64_t article_id, int64_t id, struct err *err)
{
    const struct correction *found = NULL;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].id == id)
            found = &list->items[i];
    if (!found)
        return err_set(err, ERR_NOT_FOUND,
                       "article %" PRId64 " has no correction %" PRId64,
                       article_id, id) ||
               advise(err, REMEDY_SHOW_ARTICLE, article_id);
    if (*found->sent_in)
        return err_set(err, ERR_CONFLICT,
                       "correction %" PRId64 " went out in %s, and can't be "
                       "taken back; make another that puts it right",
                       id, found->sent_in);
    return !*found->waits_in ||
           err_set(err, ERR_CONFLICT, "%s is to bring correction %" PRId64,
                   found->waits_in, id) ||
           err_remedy(err, REMEDY_CANCEL_ISSUE, found->waits_in);
}

bool correction_remove(struct db *db, int64_t article_id, int64_t id,
                       int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct correction_list list;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !correction_find(db, article_id, &arena, &list, err) ||
        !check_removable(&list, article_id, id, err))
        return false;
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, id);
    stmt_bind_int(remove, 2, now);
    return stmt_run(remove, err) && tx_commit(&tx, err);
}

/* ---- lists ------------------------------------------------------------ */

static struct correction read_row(struct stmt *row, struct arena *arena)
{
    return (struct correction){
        .id = stmt_int(row, 0),
        .article_id = stmt_int(row, 1),
        .note = arena_copy(arena, stmt_text(row, 2)),
        .made_at = stmt_int(row, 3),
        .title = arena_copy(arena, stmt_text(row, 4)),
        .newsletter = arena_copy(arena, stmt_text(row, 5)),
        .number = stmt_int(row, 6),
        .page = arena_copy(arena, stmt_text(row, 7)),
        .url = arena_copy(arena, stmt_text(row, 8)),
        .sent_in = arena_copy(arena, stmt_text(row, 9)),
        .waits_in = arena_copy(arena, stmt_text(row, 10)),
    };
}

static bool read_list(struct stmt *rows, struct arena *arena,
                      struct correction_list *out, struct err *err)
{
    return STMT_LIST(rows, arena, out->items, out->count, read_row(rows, arena),
                     err);
}

static bool find(struct db *db, enum sql which, int64_t id, struct arena *arena,
                 struct correction_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[which]);
    stmt_bind_int(rows, 1, id);
    stmt_bind_int(rows, 2, 0);
    return read_list(rows, arena, out, err);
}

bool correction_find(struct db *db, int64_t article_id, struct arena *arena,
                     struct correction_list *out, struct err *err)
{
    return find(db, OF_ARTICLE, article_id, arena, out, err);
}

bool correction_find_in(struct db *db, int64_t issue_id, struct arena *arena,
                        struct correction_list *out, struct err *err)
{
    return find(db, OF_ISSUE, issue_id, arena, out, err);
}

bool correction_find_brought(struct db *db, int64_t variant_id,
                             struct arena *arena, struct correction_list *out,
                             struct err *err)
{
    return find(db, OF_VARIANT, variant_id, arena, out, err);
}

static struct stmt *in_scope(struct db *db, enum sql which,
                             const struct correction_scope *scope)
{
    struct stmt *stmt = db_stmt(db, sql[which]);
    stmt_bind_int(stmt, 2, scope->newsletter_id);
    stmt_bind_int(stmt, 3, scope->only);
    stmt_bind_int(stmt, 4, scope->since);
    return stmt;
}

bool correction_find_due(struct db *db, const struct correction_scope *scope,
                         struct arena *arena, struct correction_list *out,
                         struct err *err)
{
    return read_list(in_scope(db, DUE, scope), arena, out, err);
}

bool correction_look_up(struct db *db, const struct correction_scope *scope,
                        struct err *err)
{
    return stmt_run(db_stmt(db, sql[MAKE_DUE]), err) &&
           stmt_run(db_stmt(db, sql[EMPTY_DUE]), err) &&
           stmt_run(in_scope(db, FILL_DUE, scope), err);
}

static bool is_named(const char *ids, int64_t id)
{
    struct str rest = str_of(ids);
    while (rest.len) {
        unsigned long long one = 0;
        if (str_to_u64(str_cut(&rest, ','), &one) && (int64_t)one == id)
            return true;
    }
    return false;
}

struct correction_list correction_pick(const struct correction_list *all,
                                       const char *ids, struct arena *arena)
{
    struct correction_list out = {
        .items = ARENA_NEW_ARRAY(arena, struct correction, all->count)};
    for (size_t i = 0; i < all->count; i++)
        if (is_named(ids, all->items[i].id))
            out.items[out.count++] = all->items[i];
    return out;
}

bool correction_newsletters(struct db *db, int64_t id, struct arena *arena,
                            int64_t **ids, size_t *count, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[NEWSLETTERS]);
    stmt_bind_int(rows, 1, id);
    return STMT_LIST(rows, arena, *ids, *count, stmt_int(rows, 0), err);
}

/* ---- how many had it -------------------------------------------------- */

bool correction_reach(struct db *db, int64_t id, struct arena *arena,
                      struct correction_reach *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf lost = STRBUF_INIT;
    struct stmt *had = db_stmt(db, sql[HAD]);
    stmt_bind_int(had, 1, id);
    if (!stmt_one_int(had, &out->had, err))
        return false;
    struct stmt *rows = db_stmt(db, sql[LOST]);
    stmt_bind_int(rows, 1, id);
    while (stmt_step(rows, err))
        strbuf_add_format(&lost, "%s/%" PRId64 "\n", stmt_text(rows, 0),
                          stmt_int(rows, 1));
    out->lost = arena_copy_str(arena, strbuf_str(&lost));
    return stmt_done(rows);
}

const char *correction_reach_words(const struct correction_reach *reach,
                                   struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct str rest = str_of(reach->lost), name;
    strbuf_add_format(&out, "%" PRId64, reach->had);
    for (bool first = true; str_next_line(&rest, &name); first = false)
        strbuf_add_format(&out, "%s%.*s", first ? "; who had " : ", ",
                          STR_ARG(name));
    if (*reach->lost)
        strbuf_add_text(&out, " is no longer kept");
    return arena_copy_str(arena, strbuf_str(&out));
}
