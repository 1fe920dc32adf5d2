/* Stores and reads the copies of issues that were sent. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"
#include "digest/store/rows.h"
#include "digest/ledger/parts_internal.h"

enum sql {
    COPY,
    ANY_COPY,
    PUBLIC_COPY,
    WHOLE_PUBLIC_COPY,
    VARIANT_OF,
    WHOLE_VARIANT,
    VARIANT_ARTICLES,
    MESSAGE,
    SQL_COUNT
};

#define MOST_ARTICLES_FIRST                                                    \
    "ORDER BY (SELECT count(*) FROM variant_article "                          \
    "    WHERE variant_id = v.id) DESC, v.id LIMIT 1"

static const char *const sql[] = {
    [COPY] = "SELECT v.id, html_parts, text_parts, message_parts "
             "FROM delivery d "
             "JOIN variant v ON v.id = d.variant_id "
             "WHERE d.issue_id = ?1 AND d.subscriber_id = ?2",
    [ANY_COPY] = "SELECT id, html_parts, text_parts, message_parts "
                 "FROM variant v WHERE issue_id = ?1 " MOST_ARTICLES_FIRST,
    [PUBLIC_COPY] = "SELECT v.id, public_parts FROM delivery d "
                    "JOIN variant v ON v.id = d.variant_id "
                    "WHERE d.issue_id = ?1 AND d.subscriber_id = "
                    "    (SELECT id FROM subscriber WHERE key = ?2)",
    [WHOLE_PUBLIC_COPY] = "SELECT v.id, public_parts FROM variant v "
                          "WHERE issue_id = ?1 " MOST_ARTICLES_FIRST,
    [VARIANT_OF] = "SELECT v.id, v.key FROM delivery d "
                   "JOIN variant v ON v.id = d.variant_id "
                   "WHERE d.issue_id = ?1 AND d.subscriber_id = "
                   "    (SELECT id FROM subscriber WHERE key = ?2)",
    [WHOLE_VARIANT] = "SELECT v.id, v.key FROM variant v "
                      "WHERE v.issue_id = ?1 " MOST_ARTICLES_FIRST,
    [VARIANT_ARTICLES] = ("SELECT article_id FROM variant_article "
                          "WHERE variant_id = ?1 ORDER BY position"),
    [MESSAGE] = "SELECT id, message_parts FROM variant WHERE id = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

/* The text of the list of parts in a column of the row. */
static bool get_text(struct db *db, struct arena *arena, const char *list,
                     struct str *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!parts_get(db, str_of(list), &text, err))
        return false;
    *out = (struct str){arena_copy_str(arena, strbuf_str(&text)), text.len};
    return true;
}

bool ledger_copy(struct db *db, int64_t issue_id, int64_t subscriber_id,
                 struct arena *arena, struct ledger_copy *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[subscriber_id ? COPY : ANY_COPY]);
    stmt_bind_int(row, 1, issue_id);
    if (subscriber_id)
        stmt_bind_int(row, 2, subscriber_id);
    if (!stmt_step(row, err))
        return stmt_done(row) ? err_set(err, ERR_NOT_FOUND,
                                        "there is no copy of this issue")
                              : false;
    *out = (struct ledger_copy){.variant_id = stmt_int(row, 0)};
    const char *html = arena_copy(arena, stmt_text(row, 1));
    const char *text = arena_copy(arena, stmt_text(row, 2));
    const char *message = arena_copy(arena, stmt_text(row, 3));
    stmt_reset(row);
    return get_text(db, arena, html, &out->html, err) &&
           get_text(db, arena, text, &out->text, err) &&
           get_text(db, arena, message, &out->message, err);
}

/* Appends the text whose list of parts is the row's second column. */
static bool add_text(struct db *db, struct stmt *row, struct strbuf *out,
                     struct err *err)
{
    OWNED(mem_free) char *list = mem_copy(stmt_text(row, 1));
    stmt_reset(row);
    return parts_get(db, str_of(list), out, err);
}

bool ledger_public_copy(struct db *db, int64_t issue_id,
                        const unsigned char *key, struct strbuf *out,
                        struct err *err)
{
    struct stmt *row = db_stmt(db, sql[key ? PUBLIC_COPY : WHOLE_PUBLIC_COPY]);
    stmt_bind_int(row, 1, issue_id);
    if (key)
        stmt_bind_blob(row, 2,
                       (struct str){(const char *)key, LEDGER_KEY_SIZE});
    if (!stmt_step(row, err)) {
        if (!stmt_done(row))
            return false;
        return key ? ledger_public_copy(db, issue_id, NULL, out, err)
                   : err_set(err, ERR_NOT_FOUND,
                             "there is no copy of this issue");
    }
    return add_text(db, row, out, err);
}

static bool find_articles(struct db *db, int64_t variant_id,
                          struct arena *arena, struct ledger_copy_parts *out,
                          struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[VARIANT_ARTICLES]);
    stmt_bind_int(rows, 1, variant_id);
    return STMT_LIST(rows, arena, out->article_ids, out->article_count,
                     stmt_int(rows, 0), err);
}

bool ledger_public_copy_parts(struct db *db, int64_t issue_id,
                              const unsigned char *key, struct arena *arena,
                              struct ledger_copy_parts *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[key ? VARIANT_OF : WHOLE_VARIANT]);
    stmt_bind_int(row, 1, issue_id);
    if (key)
        stmt_bind_blob(row, 2,
                       (struct str){(const char *)key, LEDGER_KEY_SIZE});
    if (!stmt_step(row, err)) {
        if (!stmt_done(row))
            return false;
        return key ? ledger_public_copy_parts(db, issue_id, NULL, arena, out,
                                              err)
                   : err_set(err, ERR_NOT_FOUND,
                             "there is no copy of this issue");
    }
    out->variant_id = stmt_int(row, 0);
    struct str name = stmt_str(row, 1);
    name.len = str_find(name, ':'); /* variants_internal.h: "en:12,15" */
    out->language = arena_copy_str(arena, name);
    stmt_reset(row);
    return find_articles(db, out->variant_id, arena, out, err);
}

bool ledger_message(struct db *db, int64_t variant_id, struct strbuf *out,
                    struct err *err)
{
    struct stmt *row = db_stmt(db, sql[MESSAGE]);
    stmt_bind_int(row, 1, variant_id);
    if (!stmt_step(row, err))
        return stmt_done(row) ? err_set(err, ERR_NOT_FOUND,
                                        "the issue's text is missing from "
                                        "the database")
                              : false;
    return add_text(db, row, out, err);
}
