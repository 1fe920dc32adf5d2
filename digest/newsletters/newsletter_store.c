/* Stores newsletters: their rows and sections. */
#include <inttypes.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/newsletters/newsletter.h"

#define COLUMNS                                                                \
    "id, slug, title, from_name, from_address, reply_to, language, "           \
    "timezone, template, coalesce(window_s, 0), max_age_s, ranking, "          \
    "min_articles, created_at, theme, NOT greeting "

enum sql {
    ADD,
    UPDATE,
    REMOVE,
    GET,
    GET_BY_ID,
    FIND,
    ADD_SECTION,
    REMOVE_SECTIONS,
    SECTIONS,
    SQL_COUNT
};

static const char *const sql[] = {
    [ADD] = "INSERT INTO newsletter (slug, title, from_name, from_address, "
            "    reply_to, language, timezone, template, window_s, max_age_s, "
            "    ranking, min_articles, created_at, theme, greeting) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0), ?10, ?11, "
            "    ?12, ?13, ?14, ?15)",
    [UPDATE] = "UPDATE newsletter SET slug = ?1, title = ?2, from_name = ?3, "
               "    from_address = ?4, reply_to = ?5, language = ?6, "
               "    timezone = ?7, template = ?8, window_s = nullif(?9, 0), "
               "    max_age_s = ?10, ranking = ?11, min_articles = ?12, "
               "    created_at = ?13, theme = ?14, greeting = ?15 "
               "WHERE id = ?16",
    [REMOVE] = "DELETE FROM newsletter WHERE id = ?1",
    [GET] = "SELECT " COLUMNS "FROM newsletter WHERE slug = ?1",
    [GET_BY_ID] = "SELECT " COLUMNS "FROM newsletter WHERE id = ?1",
    [FIND] = "SELECT " COLUMNS "FROM newsletter ORDER BY slug",
    [ADD_SECTION] =
        "INSERT INTO section (newsletter_id, position, categories, at_most, "
        "    at_least, title, show) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [REMOVE_SECTIONS] = "DELETE FROM section WHERE newsletter_id = ?1",
    [SECTIONS] = "SELECT categories, at_most, at_least, title, show "
                 "FROM section "
                 "WHERE newsletter_id = ?1 ORDER BY position",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static void bind(struct stmt *stmt, const struct newsletter *n)
{
    stmt_bind_text(stmt, 1, n->slug);
    stmt_bind_text(stmt, 2, n->title);
    stmt_bind_text(stmt, 3, n->from_name);
    stmt_bind_text(stmt, 4, n->from_address);
    stmt_bind_text(stmt, 5, n->reply_to);
    stmt_bind_text(stmt, 6, n->language);
    stmt_bind_text(stmt, 7, n->timezone);
    stmt_bind_text(stmt, 8, n->template_name);
    stmt_bind_int(stmt, 9, n->window_s);
    stmt_bind_int(stmt, 10, n->max_age_s);
    stmt_bind_text(stmt, 11, selector_ranking_name(n->ranking));
    stmt_bind_int(stmt, 12, n->min_articles);
    stmt_bind_int(stmt, 13, n->created_at);
    stmt_bind_text(stmt, 14, n->theme);
    stmt_bind_int(stmt, 15, !n->omits_greeting);
}

static bool put_sections(struct db *db, int64_t id, const struct newsletter *n,
                         struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE_SECTIONS]);
    stmt_bind_int(remove, 1, id);
    if (!stmt_run(remove, err))
        return false;
    for (size_t i = 0; i < n->section_count; i++) {
        struct stmt *add = db_stmt(db, sql[ADD_SECTION]);
        stmt_bind_int(add, 1, id);
        stmt_bind_int(add, 2, (int64_t)i);
        stmt_bind_text(add, 3, n->sections[i].categories);
        stmt_bind_int(add, 4, n->sections[i].at_most);
        stmt_bind_int(add, 5, n->sections[i].at_least);
        stmt_bind_text(add, 6,
                       n->sections[i].title ? n->sections[i].title : "");
        stmt_bind_text(add, 7, story_show_name(n->sections[i].show));
        if (!stmt_run(add, err))
            return false;
    }
    return true;
}

bool newsletter_create(struct db *db, const struct newsletter *n, int64_t *id,
                       struct err *err)
{
    if (!newsletter_check(n, err))
        return false;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    struct stmt *add = db_stmt(db, sql[ADD]);
    bind(add, n);
    if (!stmt_run(add, err)) {
        if (err->kind == ERR_CONFLICT)
            err_set(err, ERR_CONFLICT, "%s: there is a newsletter of this name",
                    n->slug);
        return false;
    }
    *id = db_last_id(db);
    return put_sections(db, *id, n, err) &&
           newsletter_put_rules(db, *id, &n->rules, err) && tx_commit(&tx, err);
}

bool newsletter_update(struct db *db, const struct newsletter *n,
                       struct err *err)
{
    if (!newsletter_check(n, err))
        return false;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    struct stmt *update = db_stmt(db, sql[UPDATE]);
    bind(update, n);
    stmt_bind_int(update, 16, n->id);
    return stmt_run(update, err) && put_sections(db, n->id, n, err) &&
           newsletter_put_rules(db, n->id, &n->rules, err) &&
           tx_commit(&tx, err);
}

bool newsletter_delete(struct db *db, int64_t id, struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, id);
    return stmt_run(remove, err);
}

static void read_row(struct stmt *row, struct arena *arena,
                     struct newsletter *out)
{
    *out = (struct newsletter){
        .id = stmt_int(row, 0),
        .slug = arena_copy(arena, stmt_text(row, 1)),
        .title = arena_copy(arena, stmt_text(row, 2)),
        .from_name = arena_copy(arena, stmt_text(row, 3)),
        .from_address = arena_copy(arena, stmt_text(row, 4)),
        .reply_to = arena_copy(arena, stmt_text(row, 5)),
        .language = arena_copy(arena, stmt_text(row, 6)),
        .timezone = arena_copy(arena, stmt_text(row, 7)),
        .template_name = arena_copy(arena, stmt_text(row, 8)),
        .window_s = stmt_int(row, 9),
        .max_age_s = stmt_int(row, 10),
        .min_articles = stmt_int(row, 12),
        .created_at = stmt_int(row, 13),
        .theme = arena_copy(arena, stmt_text(row, 14)),
        .omits_greeting = stmt_int(row, 15) != 0,
    };
    selector_ranking_parse(stmt_text(row, 11), &out->ranking);
}

static bool read_sections(struct db *db, struct arena *arena,
                          struct newsletter *out, struct err *err)
{
    struct newsletter_section *items = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = db_stmt(db, sql[SECTIONS]);
    stmt_bind_int(rows, 1, out->id);
    while (stmt_step(rows, err)) {
        struct newsletter_section section = {
            .categories = arena_copy(arena, stmt_text(rows, 0)),
            .at_most = stmt_int(rows, 1),
            .at_least = stmt_int(rows, 2),
            .title = arena_copy(arena, stmt_text(rows, 3)),
        };
        if (!story_show_parse(stmt_text(rows, 4), &section.show))
            section.show = STORY_SUMMARY;
        MEM_PUSH(items, count, capacity, section);
    }
    struct newsletter_section *kept =
        ARENA_NEW_ARRAY(arena, struct newsletter_section, count);
    if (count)
        memcpy(kept, items, count * sizeof *items);
    free(items);
    out->sections = kept;
    out->section_count = count;
    return stmt_done(rows) &&
           newsletter_get_rules(db, out->id, arena, &out->rules, err);
}

static bool fail_unknown(struct db *db, const char *slug, struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    struct stmt *rows = db_stmt(db, sql[FIND]);
    while (stmt_step(rows, err))
        strbuf_add_format(&names, "%s%s", names.len ? ", " : "",
                          stmt_text(rows, 1));
    if (!stmt_done(rows))
        return false;
    if (!names.len)
        return err_set(err, ERR_NOT_FOUND, "%.80s: there is no newsletter yet",
                       slug) ||
               err_remedy(err, REMEDY_CREATE_NEWSLETTER, NULL);
    return err_set(err, ERR_NOT_FOUND,
                   "%.80s: no such newsletter; there is %.300s", slug,
                   strbuf_text(&names));
}

static bool read_one(struct db *db, struct stmt *row, struct arena *arena,
                     struct newsletter *out, struct err *err)
{
    if (!stmt_step(row, err))
        return stmt_done(row)
                   ? err_set(err, ERR_NOT_FOUND, "no such newsletter")
                   : false;
    read_row(row, arena, out);
    stmt_reset(row);
    return read_sections(db, arena, out, err);
}

bool newsletter_get(struct db *db, const char *slug, struct arena *arena,
                    struct newsletter *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_text(row, 1, slug);
    if (read_one(db, row, arena, out, err))
        return true;
    return err->kind == ERR_NOT_FOUND ? fail_unknown(db, slug, err) : false;
}

bool newsletter_get_by_id(struct db *db, int64_t id, struct arena *arena,
                          struct newsletter *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET_BY_ID]);
    stmt_bind_int(row, 1, id);
    return read_one(db, row, arena, out, err);
}

bool newsletter_find(struct db *db, struct arena *arena,
                     struct newsletter_list *out, struct err *err)
{
    struct newsletter *items = NULL;
    size_t count = 0, capacity = 0;
    struct stmt *rows = db_stmt(db, sql[FIND]);
    while (stmt_step(rows, err)) {
        struct newsletter newsletter;
        read_row(rows, arena, &newsletter);
        MEM_PUSH(items, count, capacity, newsletter);
    }
    bool good = stmt_done(rows);
    out->items = ARENA_NEW_ARRAY(arena, struct newsletter, count);
    out->count = count;
    if (count)
        memcpy(out->items, items, count * sizeof *items);
    free(items);
    for (size_t i = 0; good && i < count; i++)
        good = read_sections(db, arena, &out->items[i], err);
    return good;
}
