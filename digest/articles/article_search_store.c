/* Stores the words of articles for SQLite's full-text search, and asks it. */
#include "digest/articles/article_search.h"
#include "digest/articles/category.h"
#include "digest/base/mem.h"

enum { MAX_WORDS = 32, MAX_SHORT = 4, TRIGRAM = 3, DEFAULT_LIMIT = 100 };

enum sql { REMOVE, PUT, FIND, FIND_SHORT, SCAN, SQL_COUNT };

/* Takes the last so many of the articles that `match` finds: each costs a look
 * at its row. */
#define WHERE(match)                                                           \
    "FROM (SELECT rowid AS id, words FROM article_search " match               \
    "      ORDER BY rowid DESC LIMIT ?11) s JOIN article a ON a.id = s.id "    \
    "WHERE a.withdrawn_at IS NULL "                                            \
    "    AND (?2 IS NULL OR a.id IN (SELECT article_id "                       \
    "        FROM article_category WHERE slug = ?2)) "                         \
    "    AND (?3 = 0 OR a.source_id = ?3) "                                    \
    "    AND a.published_at >= ?4 AND a.published_at < ?5 "
/* Words too short for a trigram are looked for in the text itself, which has
 * to be read for it. */
#define WHERE_SHORT(match)                                                     \
    WHERE(match)                                                               \
    "    AND instr(s.words, ?7) AND instr(s.words, ?8) "                       \
    "    AND instr(s.words, ?9) AND instr(s.words, ?10) "
#define NEWEST_FIRST "ORDER BY a.published_at DESC, a.id DESC LIMIT ?6"

static const char *const sql[] = {
    [REMOVE] = "DELETE FROM article_search WHERE rowid = ?1",
    [PUT] = "INSERT INTO article_search (rowid, words) VALUES (?1, ?2)",
    [FIND] = "SELECT a.id " WHERE("WHERE words MATCH ?1 ") NEWEST_FIRST,
    [FIND_SHORT] =
        "SELECT a.id " WHERE_SHORT("WHERE words MATCH ?1 ") NEWEST_FIRST,
    [SCAN] = "SELECT a.id " WHERE_SHORT("") "AND ?1 = '' " NEWEST_FIRST,
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static void add_folded(struct strbuf *out, struct str text)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(text, &slug);
    for (size_t i = 0; i < slug.len; i++)
        if (slug.ptr[i] == '-')
            slug.ptr[i] = ' ';
    strbuf_add_char(out, ' ');
    strbuf_add_str(out, strbuf_str(&slug));
}

/* A document as cmark writes it: no "<" that isn't a tag. */
static void add_document(struct strbuf *out, struct str html)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    while (html.len) {
        strbuf_add_str(&text, str_cut(&html, '<'));
        str_cut(&html, '>');
        strbuf_add_char(&text, ' ');
    }
    add_folded(out, strbuf_str(&text));
}

static bool remove_words(struct db *db, int64_t id, struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(remove, 1, id);
    return stmt_run(remove, err);
}

bool article_search_put(struct db *db, const struct article *a, bool is_new,
                        struct err *err)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    if (!is_new && !remove_words(db, a->id, err))
        return false;
    add_folded(&words, str_of(a->title));
    add_folded(&words, str_of(a->author));
    add_document(&words, str_of(a->summary_html));
    struct stmt *put = db_stmt(db, sql[PUT]);
    stmt_bind_int(put, 1, a->id);
    stmt_bind_text(put, 2, strbuf_text(&words));
    return stmt_run(put, err);
}

static size_t count_letters(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

struct question {
    struct strbuf match; /* '"harbour" "storm"' */
    const char *shorts[MAX_SHORT];
};

static void question_free(struct question *q)
{
    strbuf_free(&q->match);
}

static bool ask(struct str words, struct arena *arena, struct question *out,
                struct err *err)
{
    OWNED(strbuf_free) struct strbuf folded = STRBUF_INIT;
    size_t shorts = 0, count = 0;
    add_folded(&folded, words);
    for (size_t i = 0; i < MAX_SHORT; i++)
        out->shorts[i] = "";
    for (struct str rest = strbuf_str(&folded); rest.len;) {
        struct str word = str_cut(&rest, ' ');
        if (!word.len)
            continue;
        bool is_short = count_letters(word) < TRIGRAM;
        if (++count > MAX_WORDS || (is_short && shorts == MAX_SHORT))
            return err_set(err, ERR_USAGE,
                           "too many words: at most %d, of them %d of one or "
                           "two letters",
                           MAX_WORDS, MAX_SHORT);
        if (is_short)
            out->shorts[shorts++] = arena_copy_str(arena, word);
        else
            strbuf_add_format(&out->match, "\"%.*s\" ", STR_ARG(word));
    }
    return count || err_set(err, ERR_USAGE,
                            "search for what? give words of the title, "
                            "author or summary");
}

static struct stmt *find_statement(struct db *db,
                                   const struct article_search *s,
                                   const struct question *q)
{
    bool has_short = *q->shorts[0];
    enum sql which = !q->match.len ? SCAN : has_short ? FIND_SHORT : FIND;
    struct stmt *rows = db_stmt(db, sql[which]);
    stmt_bind_text(rows, 1, strbuf_text(&q->match));
    if (s->category)
        stmt_bind_text(rows, 2, s->category);
    stmt_bind_int(rows, 3, s->source_id);
    stmt_bind_int(rows, 4, s->published_from ? s->published_from : INT64_MIN);
    stmt_bind_int(rows, 5, s->published_until ? s->published_until : INT64_MAX);
    stmt_bind_int(rows, 6, s->limit ? (int64_t)s->limit : DEFAULT_LIMIT);
    stmt_bind_int(rows, 11, s->latest ? (int64_t)s->latest : INT64_MAX);
    for (int i = 0; which != FIND && i < MAX_SHORT; i++)
        stmt_bind_text(rows, 7 + i, q->shorts[i]);
    return rows;
}

bool article_search_find(struct db *db, const struct article_search *search,
                         struct arena *arena, struct article_list *out,
                         struct err *err)
{
    OWNED(question_free) struct question question = {0};
    OWNED(mem_free) int64_t *ids = NULL;
    size_t count = 0, capacity = 0;
    if (!ask(str_of(search->words), arena, &question, err))
        return false;
    struct stmt *rows = find_statement(db, search, &question);
    while (stmt_step(rows, err))
        MEM_PUSH(ids, count, capacity, stmt_int(rows, 0));
    if (!stmt_done(rows))
        return false;
    out->items = ARENA_NEW_ARRAY(arena, struct article, count);
    for (out->count = 0; out->count < count; out->count++)
        if (!article_get(db, ids[out->count], arena, &out->items[out->count],
                         err))
            return false;
    return true;
}
