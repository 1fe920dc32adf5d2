/* Stores the articles of issues, and the choices that editors make of them. */
#include <stdlib.h>
#include <string.h>

#include "digest/articles/article_picture.h"
#include "digest/articles/article_store.h"
#include "digest/base/mem.h"
#include "digest/document/document.h"
#include "digest/issues/issue.h"
#include "digest/store/rows.h"
#include "digest/issues/issue_sources.h"

enum sql {
    ADD,
    REMOVE,
    FIND,
    ROWS,
    CHOICES,
    PUT_CHOICE,
    REMOVE_CHOICE,
    MAY_TAKE,
    SQL_COUNT
};

static const char *const sql[] = {
    [ADD] = "INSERT INTO issue_article (issue_id, position, section, "
            "    heading, article_id) VALUES (?1, ?2, ?3, ?4, ?5)",
    [REMOVE] = "DELETE FROM issue_article WHERE issue_id = ?1",
    [FIND] = "SELECT i.section, i.heading, i.article_id, "
             "    a.withdrawn_at IS NOT NULL, coalesce(s.name, '') "
             "FROM issue_article i JOIN article a ON a.id = i.article_id "
             "LEFT JOIN source s ON s.id = a.source_id AND s.kind <> 'hand' "
             "WHERE i.issue_id = ?1 ORDER BY i.position",
    [ROWS] = "SELECT article_id, section, heading FROM issue_article "
             "WHERE issue_id = ?1 ORDER BY position",
    [CHOICES] = "SELECT article_id, dropped, pinned, place, section, title, "
                "    summary, show, picture "
                "FROM issue_choice WHERE issue_id = ?1 ORDER BY article_id",
    [PUT_CHOICE] =
        "INSERT INTO issue_choice (issue_id, article_id, dropped, pinned, "
        "    place, section, title, summary, show, picture) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
        "ON CONFLICT (issue_id, article_id) DO UPDATE SET "
        "    dropped = excluded.dropped, pinned = excluded.pinned, "
        "    place = excluded.place, section = excluded.section, "
        "    title = excluded.title, summary = excluded.summary, "
        "    show = excluded.show, picture = excluded.picture",
    [REMOVE_CHOICE] =
        "DELETE FROM issue_choice WHERE issue_id = ?1 AND article_id = ?2",
    [MAY_TAKE] = "SELECT withdrawn_at IS NULL AND (source_id <> 0 "
                 "    OR EXISTS (SELECT 1 FROM issue_choice "
                 "        WHERE issue_id = ?1 AND article_id = ?2)) "
                 "FROM article WHERE id = ?2",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool issue_set_articles(struct db *db, int64_t id,
                        const struct issue_articles *articles, struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, id);
    if (!stmt_run(remove, err))
        return false;
    for (size_t i = 0; i < articles->count; i++) {
        struct stmt *add = db_stmt(db, sql[ADD]);
        stmt_bind_int(add, 1, id);
        stmt_bind_int(add, 2, (int64_t)i);
        stmt_bind_int(add, 3, articles->items[i].section);
        stmt_bind_text(add, 4, articles->items[i].heading);
        stmt_bind_int(add, 5, articles->items[i].article.id);
        if (!stmt_run(add, err))
            return false;
    }
    return true;
}

static struct issue_row read_row(struct stmt *row, struct arena *arena)
{
    return (struct issue_row){stmt_int(row, 0), stmt_int(row, 1),
                              arena_copy(arena, stmt_text(row, 2))};
}

bool issue_get_rows(struct db *db, int64_t id, struct arena *arena,
                    struct issue_rows *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[ROWS]);
    stmt_bind_int(rows, 1, id);
    return STMT_LIST(rows, arena, out->items, out->count, read_row(rows, arena),
                     err);
}

/* The title and summary that the editor wrote for this issue. */
static bool rewrite(struct issue_article *item, struct arena *arena,
                    struct err *err)
{
    const struct choice *choice = item->choice;
    item->own_title = item->article.title;
    item->own_summary_html = item->article.summary_html;
    if (choice && *choice->title)
        item->article.title = choice->title;
    if (!choice || !*choice->summary)
        return true;
    OWNED(document_release) struct document *document = NULL;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    if (!document_from_markdown(str_of(choice->summary), item->article.url,
                                &document, err))
        return false;
    document_to_html(document, &html);
    item->article.summary_html = arena_copy_str(arena, strbuf_str(&html));
    return true;
}

/* The one that an editor chose for this issue, else the article's. */
static bool set_picture(struct db *db, struct arena *arena,
                        struct issue_article *item, struct err *err)
{
    struct article_picture kept;
    struct picture_size size;
    if (!article_picture_get(db, &item->article, arena, &kept, err))
        return false;
    item->picture = item->choice && *item->choice->picture
                        ? item->choice->picture
                        : kept.name;
    if (!item->picture)
        return true;
    if (!picture_size(db, item->picture, &size, err))
        return false;
    item->article.image_width = size.width;
    item->article.image_height = size.height;
    return true;
}

static bool fill(struct db *db, const struct choice_list *choices,
                 struct arena *arena, struct issue_article *item,
                 struct err *err)
{
    if (!article_get(db, item->article.id, arena, &item->article, err))
        return false;
    item->choice = choice_about(choices, item->article.id);
    item->is_link = item->article.source_id == 0;
    return set_picture(db, arena, item, err) && rewrite(item, arena, err);
}

bool issue_get_articles(struct db *db, int64_t id, struct arena *arena,
                        struct issue_articles *out, struct err *err)
{
    struct issue_article *items = NULL;
    size_t count = 0, capacity = 0;
    struct choice_list choices;
    *out = (struct issue_articles){0};
    if (!choice_find(db, id, arena, &choices, err))
        return false;
    struct stmt *rows = db_stmt(db, sql[FIND]);
    stmt_bind_int(rows, 1, id);
    while (stmt_step(rows, err)) {
        struct issue_article item = {
            .section = stmt_int(rows, 0),
            .heading = arena_copy(arena, stmt_text(rows, 1)),
            .article = {.id = stmt_int(rows, 2)},
            .source = arena_copy(arena, stmt_text(rows, 4)),
        };
        if (stmt_int(rows, 3))
            out->withdrawn++;
        else
            MEM_PUSH(items, count, capacity, item);
    }
    bool good = stmt_done(rows);
    out->items = ARENA_NEW_ARRAY(arena, struct issue_article, count);
    for (size_t i = 0; good && i < count; i++) {
        out->items[i] = items[i];
        good = fill(db, &choices, arena, &out->items[i], err);
    }
    out->count = count;
    free(items);
    if (good)
        issue_sources_name(out, arena);
    return good;
}

/* ---- choices ---- */

bool choice_find(struct db *db, int64_t issue_id, struct arena *arena,
                 struct choice_list *out, struct err *err)
{
    struct choice *items = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = db_stmt(db, sql[CHOICES]);
    stmt_bind_int(rows, 1, issue_id);
    while (stmt_step(rows, err)) {
        struct choice choice = {
            .article_id = stmt_int(rows, 0),
            .dropped = stmt_int(rows, 1) != 0,
            .pinned = stmt_int(rows, 2) != 0,
            .place = stmt_int(rows, 3),
            .section = arena_copy(arena, stmt_text(rows, 4)),
            .title = arena_copy(arena, stmt_text(rows, 5)),
            .summary = arena_copy(arena, stmt_text(rows, 6)),
            .show = arena_copy(arena, stmt_text(rows, 7)),
            .picture = arena_copy(arena, stmt_text(rows, 8)),
        };
        MEM_PUSH(items, count, capacity, choice);
    }
    out->items = ARENA_NEW_ARRAY(arena, struct choice, count);
    out->count = out->capacity = count;
    if (count)
        memcpy(out->items, items, count * sizeof *items);
    free(items);
    return stmt_done(rows);
}

const struct choice *choice_about(const struct choice_list *list,
                                  int64_t article_id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].article_id == article_id)
            return &list->items[i];
    return NULL;
}

bool choice_put(struct db *db, int64_t issue_id, const struct choice *c,
                struct err *err)
{
    struct stmt *put = db_stmt(db, sql[PUT_CHOICE]);
    stmt_bind_int(put, 1, issue_id);
    stmt_bind_int(put, 2, c->article_id);
    stmt_bind_int(put, 3, c->dropped);
    stmt_bind_int(put, 4, c->pinned);
    stmt_bind_int(put, 5, c->place);
    stmt_bind_text(put, 6, c->section);
    stmt_bind_text(put, 7, c->title);
    stmt_bind_text(put, 8, c->summary);
    stmt_bind_text(put, 9, c->show);
    stmt_bind_text(put, 10, c->picture);
    return stmt_run(put, err);
}

bool choice_remove(struct db *db, int64_t issue_id, int64_t article_id,
                   struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE_CHOICE]);
    stmt_bind_int(remove, 1, issue_id);
    stmt_bind_int(remove, 2, article_id);
    return stmt_run(remove, err);
}

bool choice_may_take(struct db *db, int64_t issue_id, int64_t article_id,
                     bool *out, struct err *err)
{
    struct stmt *may = db_stmt(db, sql[MAY_TAKE]);
    int64_t answer = 0;
    stmt_bind_int(may, 1, issue_id);
    stmt_bind_int(may, 2, article_id);
    bool good = stmt_one_int(may, &answer, err);
    *out = answer != 0;
    return good;
}
