/* Stores what editors change of an article, and what they withdraw. */
#include "digest/articles/article_edit.h"

#include <inttypes.h>

#include "digest/articles/article_picture.h"
#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/document.h"
#include "digest/document/url.h"

enum { MAX_LINE = 500, MAX_WEIGHT = 1000000 };

/* The bits of article.edited; they are on disk. */
enum edited {
    EDITED_TITLE = 1,
    EDITED_AUTHOR = 2,
    EDITED_LANGUAGE = 4,
    EDITED_SUMMARY = 8,
    EDITED_IMAGE = 16,
    EDITED_WEIGHT = 32,
    EDITED_CATEGORIES = 64,
};

enum sql { GET, SET, TOUCH, STANDING, UNPUBLISH, PUT_BACK, SQL_COUNT };

static const char *const sql[] = {
    [GET] = "SELECT edited FROM article WHERE id = ?1 "
            "    AND (?2 OR withdrawn_at IS NULL)",
    [SET] = "UPDATE article SET edited = ?2 WHERE id = ?1",
    [TOUCH] = "UPDATE article SET changed_at = ?2 WHERE id = ?1",
    [STANDING] = "SELECT coalesce(withdrawn_at, 0), withdrawn_by_source, "
                 "    edited, coalesce(unpublished_at, 0), "
                 "    unpublished_note FROM article WHERE id = ?1",
    [UNPUBLISH] = "UPDATE article SET "
                  "    withdrawn_at = coalesce(withdrawn_at, ?3), "
                  "    withdrawn_by_source = 0, unpublished_at = ?3, "
                  "    unpublished_note = ?2 WHERE id = ?1",
    [PUT_BACK] = "UPDATE article SET withdrawn_at = NULL, "
                 "    withdrawn_by_source = 0, unpublished_at = NULL, "
                 "    unpublished_note = '' "
                 "WHERE id = ?1 AND withdrawn_at IS NOT NULL",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool get_edited(struct db *db, int64_t id, bool with_withdrawn,
                       int64_t *out, struct err *err)
{
    struct stmt *get = db_stmt(db, sql[GET]);
    stmt_bind_int(get, 1, id);
    stmt_bind_int(get, 2, with_withdrawn);
    if (stmt_one_int(get, out, err))
        return true;
    return err->kind == ERR_NOT_FOUND
               ? err_set(err, ERR_NOT_FOUND,
                         "%" PRId64 ": no such article, or it was removed",
                         id) ||
                     err_remedy(err, REMEDY_LIST_ARTICLES, NULL)
               : false;
}

static bool set_edited(struct db *db, int64_t id, int64_t edited,
                       struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET]);
    stmt_bind_int(set, 1, id);
    stmt_bind_int(set, 2, edited);
    return stmt_run(set, err);
}

bool article_edit_keep(struct db *db, const struct article *stored,
                       struct article *imported, struct err *err)
{
    int64_t edited;
    if (!get_edited(db, stored->id, true, &edited, err))
        return false;
    if (edited & EDITED_TITLE)
        imported->title = stored->title;
    if (edited & EDITED_AUTHOR)
        imported->author = stored->author;
    if (edited & EDITED_LANGUAGE)
        imported->language = stored->language;
    if (edited & EDITED_SUMMARY)
        imported->summary_html = stored->summary_html;
    if (edited & EDITED_IMAGE) {
        imported->image_url = stored->image_url;
        imported->image_alt = stored->image_alt;
        imported->image_width = stored->image_width;
        imported->image_height = stored->image_height;
    }
    if (edited & EDITED_WEIGHT)
        imported->weight = stored->weight;
    if (edited & EDITED_CATEGORIES) {
        imported->categories = stored->categories;
        imported->category_count = stored->category_count;
    }
    return true;
}

/* ---- what an editor gives ---------------------------------------------- */

static bool set_line(struct arena *arena, const char *what, const char *text,
                     const char **field, struct err *err)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    utf8_clean_line(&line, str_of(text));
    if (line.len > MAX_LINE)
        return err_set(err, ERR_USAGE, "the %s is longer than %d bytes", what,
                       MAX_LINE);
    *field = arena_copy(arena, strbuf_text(&line));
    return true;
}

static bool set_title(struct arena *arena, const char *text, struct article *a,
                      struct err *err)
{
    return set_line(arena, "title", text, &a->title, err) &&
           (*a->title ||
            err_set(err, ERR_USAGE, "an article can't be without a title"));
}

static bool set_summary(struct arena *arena, const char *text,
                        struct article *a, struct err *err)
{
    OWNED(document_release) struct document *document = NULL;
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    utf8_clean(&clean, str_of(text));
    if (!document_from_markdown(strbuf_str(&clean), *a->url ? a->url : NULL,
                                &document, err))
        return false;
    document_to_html(document, &html);
    a->summary_html = arena_copy_str(arena, strbuf_str(&html));
    return true;
}

static bool set_image(struct arena *arena, const char *text, struct article *a,
                      struct err *err)
{
    const char *url =
        *text ? url_resolve(arena, str_of(text), NULL, URL_FILE) : "";
    if (!url)
        return err_set(err, ERR_USAGE,
                       "image \"%.200s\": has to begin with https:// or "
                       "http://",
                       text);
    a->image_url = url;
    a->image_alt = "";
    a->image_width = a->image_height = 0;
    return true;
}

static bool set_weight(const char *text, struct article *a, struct err *err)
{
    bool is_negative = *text == '-';
    unsigned long long number;
    if (!str_to_u64(str_of(text + is_negative), &number) || number > MAX_WEIGHT)
        return err_set(err, ERR_USAGE,
                       "weight \"%.40s\": has to be a whole number up to %d",
                       text, MAX_WEIGHT);
    a->weight = is_negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static bool set_categories(struct arena *arena, const struct article_edit *edit,
                           struct article *a, struct err *err)
{
    struct article_category *items =
        ARENA_NEW_ARRAY(arena, struct article_category, edit->category_count);
    size_t count = 0;
    for (size_t i = 0; i < edit->category_count; i++) {
        OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
        const char *name = "";
        if (!set_line(arena, "category", edit->categories[i], &name, err))
            return false;
        category_slug(str_of(name), &slug);
        if (slug.len)
            items[count++] = (struct article_category){
                name, arena_copy_str(arena, strbuf_str(&slug))};
    }
    a->categories = items;
    a->category_count = count;
    return true;
}

static bool apply(const struct article_edit *e, struct arena *arena,
                  struct article *a, int64_t *bits, struct err *err)
{
    *bits = (e->title ? EDITED_TITLE : 0) | (e->author ? EDITED_AUTHOR : 0) |
            (e->language ? EDITED_LANGUAGE : 0) |
            (e->summary ? EDITED_SUMMARY : 0) |
            (e->image_url || e->image_alt ? EDITED_IMAGE : 0) |
            (e->weight ? EDITED_WEIGHT : 0) |
            (e->categories ? EDITED_CATEGORIES : 0);
    return (!e->title || set_title(arena, e->title, a, err)) &&
           (!e->author ||
            set_line(arena, "author", e->author, &a->author, err)) &&
           (!e->language ||
            set_line(arena, "language", e->language, &a->language, err)) &&
           (!e->summary || set_summary(arena, e->summary, a, err)) &&
           (!e->image_url || set_image(arena, e->image_url, a, err)) &&
           (!e->image_alt || set_line(arena, "text of the picture",
                                      e->image_alt, &a->image_alt, err)) &&
           (!e->weight || set_weight(e->weight, a, err)) &&
           (!e->categories || set_categories(arena, e, a, err));
}

/* Writes the picture; another file is a change, too, though no word of the
 * article says so. */
static bool write_picture(struct db *db, const struct article *a,
                          const struct article_edit *edit, int64_t now,
                          struct err *err)
{
    if (!edit->image_url)
        return true;
    if (!edit->picture)
        return article_picture_remove(db, a->id, err);
    struct stmt *touch = db_stmt(db, sql[TOUCH]);
    stmt_bind_int(touch, 1, a->id);
    stmt_bind_int(touch, 2, now);
    return stmt_run(touch, err) && article_picture_put(db, a->id, a->image_url,
                                                       edit->picture, now, err);
}

bool article_edit(struct db *db, int64_t id, const struct article_edit *edit,
                  int64_t now, struct err *err)
{
    OWNED(arena_free) struct arena edit_arena = ARENA_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct article a;
    enum article_change change;
    int64_t edited, bits;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !get_edited(db, id, false, &edited, err) ||
        !article_get(db, id, &edit_arena, &a, err) ||
        !apply(edit, &edit_arena, &a, &bits, err))
        return false;
    if (edit->as_imported)
        edited = 0;
    a.known_at = now;
    /* The bits of these fields are cleared first: they would keep the fields
     * from being written. */
    return set_edited(db, id, edited & ~bits, err) &&
           article_put(db, &a, &id, &change, err) &&
           set_edited(db, id, edited | bits, err) &&
           write_picture(db, &a, edit, now, err) && tx_commit(&tx, err);
}

/* ---- removed and put back ---------------------------------------------- */

bool article_standing(struct db *db, int64_t id, struct arena *arena,
                      struct article_standing *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[STANDING]);
    stmt_bind_int(row, 1, id);
    if (!stmt_step(row, err))
        return stmt_done(row)
                   ? err_set(err, ERR_NOT_FOUND,
                             "%" PRId64 ": there is no such article", id)
                   : false;
    *out = (struct article_standing){.withdrawn_at = stmt_int(row, 0),
                                     .by_source = stmt_int(row, 1) != 0,
                                     .is_edited = stmt_int(row, 2) != 0,
                                     .unpublished_at = stmt_int(row, 3),
                                     .unpublished_note =
                                         arena_copy(arena, stmt_text(row, 4))};
    stmt_reset(row);
    return true;
}

bool article_unpublish(struct db *db, int64_t id, const char *note, int64_t now,
                       struct err *err)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    utf8_clean_line(&line, str_of(note));
    if (line.len > ARTICLE_NOTE_MAX)
        return err_set(err, ERR_USAGE, "the note is longer than %d bytes",
                       ARTICLE_NOTE_MAX);
    if (!tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    struct stmt *unpublish = db_stmt(db, sql[UNPUBLISH]);
    stmt_bind_int(unpublish, 1, id);
    stmt_bind_text(unpublish, 2, strbuf_text(&line));
    stmt_bind_int(unpublish, 3, now);
    if (!stmt_run(unpublish, err))
        return false;
    if (db_changes(db) != 1)
        return err_set(err, ERR_NOT_FOUND,
                       "%" PRId64 ": there is no such article", id);
    return tx_commit(&tx, err);
}

bool article_put_back(struct db *db, int64_t id, struct err *err)
{
    struct stmt *back = db_stmt(db, sql[PUT_BACK]);
    stmt_bind_int(back, 1, id);
    if (!stmt_run(back, err))
        return false;
    return db_changes(db) == 1 ||
           err_set(err, ERR_CONFLICT,
                   "%" PRId64 ": this article isn't removed, or is gone", id);
}
