/* Stores the stories of issues: their rows, and the stamp of their texts. */
#include "digest/ledger/story.h"

#include <stdlib.h>
#include <string.h>

#include "digest/store/rows.h"
#include "digest/base/mem.h"

enum sql { ADD, FIND, GET, STAMP, NEWSLETTER_STAMP, SQL_COUNT };

#define COLUMNS                                                                \
    "s.article_id, s.position, s.section, s.heading, s.name, s.title, "        \
    "s.author, s.source, s.url, s.language, s.published_at, s.word_count, "    \
    "s.image_url, s.image_alt, s.image_width, s.image_height, "                \
    "s.summary_html, a.changed_at, coalesce(a.unpublished_at, 0), "            \
    "a.unpublished_note, s.own_title, s.show, s.picture "

/* A number that changes with each one made, or taken back; of all there are,
 * which are few. */
#define CORRECTIONS                                                            \
    "(SELECT coalesce(sum(id * id * 31 + made_at), 0) FROM correction "        \
    "    WHERE removed_at IS NULL) "

static const char *const sql[] = {
    [ADD] =
        "INSERT INTO story (issue_id, article_id, position, section, "
        "    heading, name, title, author, source, url, language, "
        "    published_at, word_count, image_url, image_alt, "
        "    image_width, image_height, summary_html, body_html, own_title, "
        "    show, picture) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
        "    ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    [FIND] = "SELECT " COLUMNS ", CASE WHEN ?2 AND (s.show = 'full' "
             "    OR s.url = '') THEN s.body_html ELSE '' END "
             "FROM story s "
             "JOIN article a ON a.id = s.article_id "
             "WHERE s.issue_id = ?1 ORDER BY s.position",
    [GET] = "SELECT " COLUMNS ", s.body_html FROM story s "
            "JOIN article a ON a.id = s.article_id "
            "WHERE s.issue_id = ?1 AND s.name = ?2 AND s.name <> ''",
    [STAMP] = "SELECT count(*), "
              "    max(coalesce(max(a.changed_at), 0), "
              "        coalesce(max(a.unpublished_at), 0)), "
              "    coalesce(sum(a.unpublished_at), 0), " CORRECTIONS
              "FROM story s JOIN article a ON a.id = s.article_id "
              "WHERE s.issue_id = ?1",
    [NEWSLETTER_STAMP] =
        "SELECT count(*), coalesce(max(a.unpublished_at), 0), "
        "    coalesce(sum(a.unpublished_at), 0), " CORRECTIONS
        "FROM article a JOIN story s ON s.article_id = a.id "
        "JOIN issue i ON i.id = s.issue_id "
        "WHERE a.unpublished_at IS NOT NULL AND i.newsletter_id = ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

bool story_add(struct db *db, const struct story *s, struct err *err)
{
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_int(add, 1, s->issue_id);
    stmt_bind_int(add, 2, s->article_id);
    stmt_bind_int(add, 3, s->position);
    stmt_bind_int(add, 4, s->section);
    stmt_bind_text(add, 5, s->heading);
    stmt_bind_text(add, 6, s->name);
    stmt_bind_text(add, 7, s->title);
    stmt_bind_text(add, 8, s->author);
    stmt_bind_text(add, 9, s->source);
    stmt_bind_text(add, 10, s->url);
    stmt_bind_text(add, 11, s->language);
    stmt_bind_int(add, 12, s->published_at);
    stmt_bind_int(add, 13, s->word_count);
    stmt_bind_text(add, 14, s->image_url);
    stmt_bind_text(add, 15, s->image_alt);
    stmt_bind_int(add, 16, s->image_width);
    stmt_bind_int(add, 17, s->image_height);
    stmt_bind_text(add, 18, s->summary_html);
    stmt_bind_text(add, 19, s->body_html);
    stmt_bind_text(add, 20, s->own_title);
    stmt_bind_text(add, 21, s->show);
    stmt_bind_text(add, 22, s->picture);
    return stmt_run(add, err);
}

static struct story read_row(struct stmt *row, int64_t issue_id,
                             struct arena *arena)
{
    return (struct story){
        .issue_id = issue_id,
        .article_id = stmt_int(row, 0),
        .position = stmt_int(row, 1),
        .section = stmt_int(row, 2),
        .heading = arena_copy(arena, stmt_text(row, 3)),
        .name = arena_copy(arena, stmt_text(row, 4)),
        .title = arena_copy(arena, stmt_text(row, 5)),
        .author = arena_copy(arena, stmt_text(row, 6)),
        .source = arena_copy(arena, stmt_text(row, 7)),
        .url = arena_copy(arena, stmt_text(row, 8)),
        .language = arena_copy(arena, stmt_text(row, 9)),
        .published_at = stmt_int(row, 10),
        .word_count = stmt_int(row, 11),
        .image_url = arena_copy(arena, stmt_text(row, 12)),
        .image_alt = arena_copy(arena, stmt_text(row, 13)),
        .image_width = stmt_int(row, 14),
        .image_height = stmt_int(row, 15),
        .summary_html = arena_copy(arena, stmt_text(row, 16)),
        .body_html = arena_copy(arena, stmt_text(row, 23)),
        .changed_at = stmt_int(row, 17),
        .unpublished_at = stmt_int(row, 18),
        .unpublished_note = arena_copy(arena, stmt_text(row, 19)),
        .own_title = arena_copy(arena, stmt_text(row, 20)),
        .show = arena_copy(arena, stmt_text(row, 21)),
        .picture = arena_copy(arena, stmt_text(row, 22)),
    };
}

bool story_find(struct db *db, int64_t issue_id, bool with_bodies,
                struct arena *arena, struct story_list *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[FIND]);
    stmt_bind_int(rows, 1, issue_id);
    stmt_bind_int(rows, 2, with_bodies);
    return STMT_LIST(rows, arena, out->items, out->count,
                     read_row(rows, issue_id, arena), err);
}

bool story_get(struct db *db, int64_t issue_id, struct str name,
               struct arena *arena, struct story *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_int(row, 1, issue_id);
    stmt_bind_str(row, 2, name);
    if (!stmt_step(row, err))
        return stmt_done(row)
                   ? err_set(err, ERR_NOT_FOUND, "this issue has no such story")
                   : false;
    *out = read_row(row, issue_id, arena);
    stmt_reset(row);
    return true;
}

/* FNV-1a over the row's numbers. */
static bool read_stamp(struct stmt *row, struct story_stamp *out,
                       struct err *err)
{
    if (!stmt_step(row, err))
        return false;
    out->hash = UINT64_C(0xcbf29ce484222325);
    for (int i = 0; i < 4; i++)
        out->hash =
            (out->hash ^ (uint64_t)stmt_int(row, i)) * UINT64_C(0x100000001b3);
    out->newest = stmt_int(row, 1);
    stmt_reset(row);
    return true;
}

bool story_stamp(struct db *db, int64_t issue_id, struct story_stamp *out,
                 struct err *err)
{
    struct stmt *row = db_stmt(db, sql[STAMP]);
    stmt_bind_int(row, 1, issue_id);
    return read_stamp(row, out, err);
}

bool story_newsletter_stamp(struct db *db, int64_t newsletter_id,
                            struct story_stamp *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[NEWSLETTER_STAMP]);
    stmt_bind_int(row, 1, newsletter_id);
    return read_stamp(row, out, err);
}
