/* Stores the variants that starting an issue freezes, and takes them back. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/ledger/ledger.h"
#include "digest/store/rows.h"
#include "digest/ledger/parts_internal.h"

/* Rows at a time, for a short hold of the lock. */
enum { PIECE = 2000 };

enum sql {
    ADD,
    ADD_ARTICLE,
    ADD_CORRECTION,
    ADD_BRINGS,
    LEFT_OVER,
    UNENTER,
    DROP_PARTS,
    VOID,
    SQL_COUNT
};

#define NOT_STARTED                                                            \
    "EXISTS (SELECT 1 FROM issue WHERE id = ?1 AND started_at IS NULL) "

static const char *const sql[] = {
    [ADD] = "INSERT INTO variant (issue_id, key, html_parts, text_parts, "
            "    message_parts, public_parts) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [ADD_ARTICLE] =
        "INSERT INTO variant_article (variant_id, position, article_id) "
        "VALUES (?1, ?2, ?3)",
    [ADD_CORRECTION] =
        "INSERT INTO variant_correction (variant_id, correction_id) "
        "VALUES (?1, ?2)",
    [ADD_BRINGS] = "INSERT OR IGNORE INTO correction_issue "
                   "    (correction_id, brings, issue_id) VALUES (?2, 1, ?1)",
    [LEFT_OVER] = "SELECT id FROM issue i WHERE started_at IS NULL "
                  "    AND EXISTS (SELECT 1 FROM variant v "
                  "        WHERE v.issue_id = i.id AND message_parts <> '')",
    [UNENTER] = "DELETE FROM delivery WHERE issue_id = ?1 "
                "    AND subscriber_id IN (SELECT subscriber_id FROM delivery "
                "        WHERE issue_id = ?1 LIMIT ?2) AND " NOT_STARTED,
    [DROP_PARTS] = "DELETE FROM variant_part WHERE id IN "
                   "    (SELECT id FROM variant_part WHERE issue_id = ?1 "
                   "        LIMIT ?2) AND " NOT_STARTED,
    /* The row stays: whether a delivery has it would be asked of each one
     * there is. */
    [VOID] = "UPDATE variant SET key = 'void ' || id, html_parts = '', "
             "    text_parts = '', message_parts = '', public_parts = '' "
             "WHERE id IN (SELECT id FROM variant WHERE issue_id = ?1 "
             "    AND message_parts <> '' LIMIT ?2) AND " NOT_STARTED,
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool add_articles(struct db *db, const struct ledger_variant *variant,
                         int64_t id, struct err *err)
{
    for (size_t i = 0; i < variant->article_count; i++) {
        struct stmt *article = db_stmt(db, sql[ADD_ARTICLE]);
        stmt_bind_int(article, 1, id);
        stmt_bind_int(article, 2, (int64_t)i);
        stmt_bind_int(article, 3, variant->article_ids[i]);
        if (!stmt_run(article, err))
            return false;
    }
    return true;
}

static bool add_corrections(struct db *db, const struct ledger_variant *variant,
                            int64_t id, struct err *err)
{
    for (size_t i = 0; i < variant->correction_count; i++) {
        struct stmt *add = db_stmt(db, sql[ADD_CORRECTION]);
        stmt_bind_int(add, 1, id);
        stmt_bind_int(add, 2, variant->correction_ids[i]);
        if (!stmt_run(add, err))
            return false;
        struct stmt *brings = db_stmt(db, sql[ADD_BRINGS]);
        stmt_bind_int(brings, 1, variant->issue_id);
        stmt_bind_int(brings, 2, variant->correction_ids[i]);
        if (!stmt_run(brings, err))
            return false;
    }
    return true;
}

bool ledger_add_variant(struct db *db, const struct ledger_variant *variant,
                        int64_t *id, struct err *err)
{
    const struct str texts[] = {variant->html, variant->text, variant->message,
                                variant->public_html};
    struct stmt *add;
    struct strbuf lists[ARRAY_SIZE(texts)] = {{0}};
    bool good = true;
    for (size_t i = 0; good && i < ARRAY_SIZE(texts); i++)
        good = parts_put(db, variant->issue_id, texts[i], &lists[i], err);
    if (good) {
        add = db_stmt(db, sql[ADD]);
        stmt_bind_int(add, 1, variant->issue_id);
        stmt_bind_text(add, 2, variant->key);
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
            stmt_bind_text(add, (int)i + 3, strbuf_text(&lists[i]));
        good = stmt_run(add, err);
    }
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        strbuf_free(&lists[i]);
    if (!good)
        return false;
    *id = db_last_id(db);
    return add_articles(db, variant, *id, err) &&
           add_corrections(db, variant, *id, err);
}

/* ---- taking back ----------------------------------------------------- */

bool ledger_left_over(struct db *db, struct arena *arena, int64_t **ids,
                      size_t *count, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[LEFT_OVER]);
    return STMT_LIST(rows, arena, *ids, *count, stmt_int(rows, 0), err);
}

/* Runs a statement in pieces, each in a transaction of its own, which sees
 * whether the issue was started. */
static bool run_in_pieces(struct db *db, const struct lease *turn,
                          enum sql which, int64_t issue_id, struct err *err)
{
    int64_t changed;
    do {
        OWNED(tx_end) struct tx tx = TX_INIT;
        if (!tx_begin(&tx, db, TX_NORMAL, err) || !lease_check(db, turn, err))
            return false;
        struct stmt *stmt = db_stmt(db, sql[which]);
        stmt_bind_int(stmt, 1, issue_id);
        stmt_bind_int(stmt, 2, PIECE);
        if (!stmt_run(stmt, err))
            return false;
        changed = db_changes(db);
        if (!tx_commit(&tx, err))
            return false;
    } while (changed > 0);
    return true;
}

/* The variants last: what they are known by is there to the end. */
bool ledger_take_back(struct db *db, const struct lease *turn, int64_t issue_id,
                      struct err *err)
{
    return run_in_pieces(db, turn, UNENTER, issue_id, err) &&
           run_in_pieces(db, turn, DROP_PARTS, issue_id, err) &&
           run_in_pieces(db, turn, VOID, issue_id, err);
}
