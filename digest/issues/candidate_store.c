/* Gathers the candidates for an issue from articles, choices and history. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest/articles/article_store.h"
#include "digest/articles/category.h"
#include "digest/articles/signature.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/issues/candidates_internal.h"

/* History: an article that readers got in so many days before the window may
 * come again from another source. */
enum { HISTORY_S = 30 * 86400, TRIGRAM = 3 };

enum sql {
    FRESH,
    PUBLISHED,
    FRESH_CATEGORIES,
    PUBLISHED_CATEGORIES,
    ALL_CATEGORIES,
    SENT,
    HISTORY,
    WITH_WORDS,
    FRESH_WITH_WORDS,
    PUBLISHED_WITH_WORDS,
    FRESH_OLDER,
    PUBLISHED_OLDER,
    SQL_COUNT
};

/* The columns that the selector looks at; the index gives the order. */
#define ARTICLE                                                                \
    "SELECT a.id, a.source_id, a.url, a.title, a.author, a.published_at, "     \
    "    a.known_at, a.language, a.views, a.weight, a.signature "
#define IN_WINDOW(column)                                                      \
    ARTICLE "FROM article a WHERE a." column " BETWEEN ?1 AND ?2 "             \
            "    AND a.withdrawn_at IS NULL AND a.source_id <> 0 "
#define CATEGORIES(column)                                                     \
    "SELECT c.article_id, c.slug, c.name FROM article a "                      \
    "CROSS JOIN article_category c ON c.article_id = a.id "                    \
    "WHERE a." column " BETWEEN ?1 AND ?2"
#define STARTED                                                                \
    "FROM issue i JOIN issue_article x ON x.issue_id = i.id "                  \
    "JOIN newsletter n ON n.id = i.newsletter_id "
/* A scheduled issue will go out, too. */
#define STARTED_SINCE                                                          \
    "WHERE i.newsletter_id = ?1 "                                              \
    "    AND (i.started_at >= ?2 OR i.state = 'scheduled') "                   \
    "    AND i.number < ?3 "
/* ?1 holds every word, and stands between blanks as a whole one does. */
#define HOLDS                                                                  \
    "(instr(s.words || ' ', ' ' || ?1 || ' ') OR (?2 AND instr(s.words, ?1)))"
#define SCAN(column)                                                           \
    "SELECT a.id FROM article a CROSS JOIN article_search s "                  \
    "    ON s.rowid = a.id WHERE a." column " BETWEEN ?3 AND ?4 AND " HOLDS
/* Articles that are withdrawn or added by hand are few, and have an index of
 * their own. */
#define OLDER(column)                                                          \
    "SELECT (SELECT count(*) FROM article WHERE " column " < ?1) "             \
    "    - (SELECT count(*) FROM article WHERE " column " < ?1 "               \
    "        AND (withdrawn_at IS NOT NULL OR source_id = 0))"

static const char *const sql[] = {
    [FRESH] = IN_WINDOW("fresh_at"),
    [PUBLISHED] = IN_WINDOW("published_at"),
    [FRESH_CATEGORIES] = CATEGORIES("fresh_at"),
    [PUBLISHED_CATEGORIES] = CATEGORIES("published_at"),
    [ALL_CATEGORIES] = "SELECT article_id, slug, name FROM article_category "
                       "WHERE article_id BETWEEN ?1 AND ?2",
    [SENT] = "SELECT x.article_id, n.slug, i.number " STARTED STARTED_SINCE
             "ORDER BY i.number DESC",
    [HISTORY] = ARTICLE ", n.slug, i.number " STARTED
                        "JOIN article a ON a.id = x.article_id " STARTED_SINCE
                        "ORDER BY i.number, x.position",
    [WITH_WORDS] = "SELECT s.rowid FROM article_search s "
                   "WHERE s.words MATCH ?3 AND " HOLDS,
    [FRESH_WITH_WORDS] = SCAN("fresh_at"),
    [PUBLISHED_WITH_WORDS] = SCAN("published_at"),
    [FRESH_OLDER] = OLDER("fresh_at"),
    [PUBLISHED_OLDER] = OLDER("published_at"),
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

/* ---- candidates while they are gathered ---- */

struct gathering {
    struct db *db;
    const struct newsletter *newsletter;
    const struct selector_rules *rules;
    int64_t before; /* the number */
    int64_t until;  /* what came later is no candidate */
    struct arena *arena;
    struct article *articles;
    struct selector_candidate *items;
    size_t count, capacity, item_capacity;
    uint32_t *by_id; /* hashed; from 1 */
    size_t mask;
    int64_t *unsigned_ids;
    size_t unsigned_count, unsigned_capacity;
};

static void gathering_free(struct gathering *g)
{
    free(g->articles);
    free(g->items);
    free(g->by_id);
    free(g->unsigned_ids);
}

static size_t slot_of(const struct gathering *g, int64_t id)
{
    size_t at = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15 >> 20) & g->mask;
    assert(g->by_id);
    while (g->by_id[at] && g->articles[g->by_id[at] - 1].id != id)
        at = (at + 1) & g->mask;
    return at;
}

static void index_ids(struct gathering *g)
{
    size_t size = 64;
    while (size < 2 * g->count)
        size *= 2;
    free(g->by_id);
    g->by_id = MEM_NEW_ARRAY(uint32_t, size);
    g->mask = size - 1;
    for (size_t i = 0; i < g->count; i++)
        g->by_id[slot_of(g, g->articles[i].id)] = (uint32_t)i + 1;
}

/* Its index, or SIZE_MAX. */
static size_t find_id(const struct gathering *g, int64_t id)
{
    uint32_t found = g->by_id[slot_of(g, id)];
    assert(!found || (g->articles && g->items));
    return found ? found - 1 : SIZE_MAX;
}

static int64_t boost_of(const struct newsletter *n, int64_t source_id)
{
    for (size_t i = 0; i < n->rules.boost_count; i++)
        if (n->rules.boosts[i].source_id == source_id)
            return n->rules.boosts[i].boost;
    return 0;
}

static const char *keep(struct arena *arena, struct str text)
{
    return text.len ? arena_copy_str(arena, text) : "";
}

static void read_article(struct stmt *row, struct arena *arena,
                         struct article *out)
{
    *out = (struct article){
        .id = stmt_int(row, 0),
        .source_id = stmt_int(row, 1),
        .guid = "",
        .url = keep(arena, stmt_str(row, 2)),
        .title = keep(arena, stmt_str(row, 3)),
        .author = keep(arena, stmt_str(row, 4)),
        .published_at = stmt_int(row, 5),
        .known_at = stmt_int(row, 6),
        .language = keep(arena, stmt_str(row, 7)),
        .summary_html = "",
        .body_html = "",
        .image_url = "",
        .image_alt = "",
        .views = stmt_int(row, 8),
        .weight = stmt_int(row, 9),
    };
}

static void add(struct gathering *g, struct stmt *row)
{
    struct article article;
    struct selector_candidate item = {0};
    read_article(row, g->arena, &article);
    if (!signature_read(stmt_str(row, 10), g->arena, &item.signature))
        MEM_PUSH(g->unsigned_ids, g->unsigned_count, g->unsigned_capacity,
                 article.id);
    item.boost = boost_of(g->newsletter, article.source_id);
    size_t count = g->count;
    MEM_PUSH(g->articles, count, g->capacity, article);
    MEM_PUSH(g->items, g->count, g->item_capacity, item);
}

static bool gather_window(struct gathering *g, struct err *err)
{
    struct stmt *rows =
        db_stmt(g->db, sql[g->rules->by_published ? PUBLISHED : FRESH]);
    stmt_bind_int(rows, 1, g->rules->window_from);
    stmt_bind_int(rows, 2, g->until);
    while (stmt_step(rows, err))
        add(g, rows);
    return stmt_done(rows);
}

/* ---- categories ---- */

/* Rows of one article follow one another; articles have few of them. */
struct category_run {
    struct article_category items[256];
    size_t count;
    int64_t article_id;
};

static void end_run(struct gathering *g, struct category_run *run)
{
    size_t index = run->count ? find_id(g, run->article_id) : SIZE_MAX;
    if (index != SIZE_MAX) {
        struct article_category *kept =
            ARENA_NEW_ARRAY(g->arena, struct article_category, run->count);
        memcpy(kept, run->items, run->count * sizeof *kept);
        g->articles[index].categories = kept;
        g->articles[index].category_count = run->count;
    }
    run->count = 0;
}

/* The same few names come again and again. */
struct names {
    struct article_category items[1024];
};

static struct article_category share(struct names *names, struct arena *arena,
                                     struct str slug, struct str name)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 0x100000001b3;
    struct article_category *kept = &names->items[(hash ^ hash >> 32) % 1024];
    if (!kept->name || !str_equal(str_of(kept->name), name) ||
        !str_equal(str_of(kept->slug), slug))
        *kept = (struct article_category){arena_copy_str(arena, name),
                                          arena_copy_str(arena, slug)};
    return *kept;
}

/* Candidates that came in together have numbers close together: then all
 * between are read in one go, rather than looked up. */
static struct stmt *category_rows(const struct gathering *g)
{
    int64_t first = INT64_MAX, last = 0;
    bool published = g->rules->by_published;
    for (size_t i = 0; i < g->count; i++) {
        int64_t id = g->articles[i].id;
        first = id < first ? id : first;
        last = id > last ? id : last;
    }
    bool close = g->count && last - first < 2 * (int64_t)g->count;
    enum sql looked_up = published ? PUBLISHED_CATEGORIES : FRESH_CATEGORIES;
    struct stmt *rows = db_stmt(g->db, sql[close ? ALL_CATEGORIES : looked_up]);
    stmt_bind_int(rows, 1, close ? first : g->rules->window_from);
    stmt_bind_int(rows, 2, close ? last : g->until);
    return rows;
}

static bool gather_categories(struct gathering *g, struct err *err)
{
    OWNED(mem_free) struct names *names = MEM_NEW(struct names);
    OWNED(mem_free) struct category_run *run = MEM_NEW(struct category_run);
    struct stmt *rows = category_rows(g);
    while (stmt_step(rows, err)) {
        int64_t id = stmt_int(rows, 0);
        if (id != run->article_id || run->count == ARRAY_SIZE(run->items))
            end_run(g, run);
        run->article_id = id;
        run->items[run->count++] =
            share(names, g->arena, stmt_str(rows, 1), stmt_str(rows, 2));
    }
    end_run(g, run);
    return stmt_done(rows);
}

/* ---- choices ---- */

static size_t section_named(const struct selector_rules *rules,
                            const char *heading)
{
    for (size_t i = 0; *heading && i < rules->section_count; i++)
        if (strcmp(rules->sections[i].title, heading) == 0)
            return i + 1;
    return 0;
}

static void apply_choice(struct gathering *g, const struct choice *choice,
                         size_t index)
{
    struct selector_candidate *item = &g->items[index];
    item->dropped = choice->dropped;
    item->pinned = choice->pinned;
    if (!choice->pinned)
        return;
    item->place = (size_t)choice->place;
    item->pinned_section = section_named(g->rules, choice->section);
}

/* A pinned article may be from before the window. */
static bool gather_choices(struct gathering *g,
                           const struct choice_list *choices, struct err *err)
{
    for (size_t i = 0; choices && i < choices->count; i++) {
        const struct choice *choice = &choices->items[i];
        size_t index = find_id(g, choice->article_id);
        struct article article;
        if (index != SIZE_MAX) {
            apply_choice(g, choice, index);
            continue;
        }
        if (!choice->pinned)
            continue;
        if (!article_get(g->db, choice->article_id, g->arena, &article, err))
            return false;
        struct selector_candidate item = {
            .boost = boost_of(g->newsletter, article.source_id)};
        size_t count = g->count;
        MEM_PUSH(g->unsigned_ids, g->unsigned_count, g->unsigned_capacity,
                 article.id);
        MEM_PUSH(g->articles, count, g->capacity, article);
        MEM_PUSH(g->items, g->count, g->item_capacity, item);
        apply_choice(g, choice, count - 1);
        index_ids(g);
    }
    return true;
}

/* ---- signatures that are missing ---- */

static bool sign(struct gathering *g, int64_t id, struct article_signature *out,
                 struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    struct article article;
    if (!article_get(g->db, id, &arena, &article, err))
        return false;
    signature_write(&article, &bytes);
    if (!signature_read(strbuf_str(&bytes), g->arena, out))
        return true;
    /* A reader leaves the signature to the next one while another program
     * writes. */
    return article_set_signature(g->db, id, strbuf_str(&bytes), err) ||
           err->kind == ERR_TEMPORARY;
}

static bool sign_all(struct gathering *g, struct err *err)
{
    for (size_t i = 0; i < g->unsigned_count; i++) {
        int64_t id = g->unsigned_ids[i];
        if (!sign(g, id, &g->items[find_id(g, id)].signature, err))
            return false;
    }
    return true;
}

/* ---- what was sent ---- */

/* No issue holds an article that came in after it was started. */
static bool gather_sent(struct gathering *g, struct err *err)
{
    int64_t since = INT64_MAX;
    for (size_t i = 0; i < g->count; i++)
        if (g->articles[i].known_at < since)
            since = g->articles[i].known_at;
    struct stmt *rows = db_stmt(g->db, sql[SENT]);
    stmt_bind_int(rows, 1, g->newsletter->id);
    stmt_bind_int(rows, 2, since);
    stmt_bind_int(rows, 3, g->before);
    while (stmt_step(rows, err)) {
        size_t index = find_id(g, stmt_int(rows, 0));
        if (index != SIZE_MAX)
            g->items[index].sent_in = arena_format(
                g->arena, "%s/%" PRId64, stmt_text(rows, 1), stmt_int(rows, 2));
    }
    return stmt_done(rows);
}

static void copy_sent(struct gathering *g, struct selector_candidate *items,
                      struct article *articles, size_t count,
                      struct candidates *out)
{
    struct article *kept = ARENA_NEW_ARRAY(g->arena, struct article, count);
    out->sent = ARENA_NEW_ARRAY(g->arena, struct selector_candidate, count);
    out->sent_count = count;
    for (size_t i = 0; i < count; i++) {
        kept[i] = articles[i];
        out->sent[i] = items[i];
        out->sent[i].article = &kept[i];
    }
}

static bool gather_history(struct gathering *g, struct candidates *out,
                           struct err *err)
{
    OWNED(mem_free) struct article *articles = NULL;
    OWNED(mem_free) struct selector_candidate *items = NULL;
    OWNED(mem_free) size_t *missing = NULL;
    size_t count = 0, same = 0, capacity = 0, item_capacity = 0;
    size_t missing_count = 0, missing_capacity = 0;
    struct stmt *rows = db_stmt(g->db, sql[HISTORY]);
    stmt_bind_int(rows, 1, g->newsletter->id);
    stmt_bind_int(rows, 2, g->rules->window_from - HISTORY_S);
    stmt_bind_int(rows, 3, g->before);
    while (stmt_step(rows, err)) {
        struct article article;
        struct selector_candidate item = {0};
        read_article(rows, g->arena, &article);
        if (!signature_read(stmt_str(rows, 10), g->arena, &item.signature))
            MEM_PUSH(missing, missing_count, missing_capacity, count);
        item.sent_in = arena_format(g->arena, "%s/%" PRId64,
                                    stmt_text(rows, 11), stmt_int(rows, 12));
        MEM_PUSH(articles, count, capacity, article);
        MEM_PUSH(items, same, item_capacity, item);
    }
    if (!stmt_done(rows))
        return false;
    /* Articles sent by an earlier version have no signature. */
    for (size_t i = 0; i < missing_count; i++)
        if (!sign(g, articles[missing[i]].id, &items[missing[i]].signature,
                  err))
            return false;
    copy_sent(g, items, articles, count, out);
    return true;
}

/* ---- words and tags that exclude ---- */

/* Where no spaces stand between words, a part of the text is enough. */
static bool is_spaceless(struct str text)
{
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        if (c >= 0xE00 && !(c >= 0xAC00 && c <= 0xD7A3))
            return true;
    }
    return false;
}

static bool has_trigram(struct str text)
{
    size_t letters = 0;
    for (size_t at = 0; at < text.len; letters++)
        utf8_next(text, &at);
    return letters >= TRIGRAM;
}

static void exclude_tags(struct gathering *g, const char *term,
                         const char *slug)
{
    for (size_t i = 0; i < g->count; i++)
        for (size_t j = 0; j < g->articles[i].category_count; j++)
            if (strcmp(g->articles[i].categories[j].slug, slug) == 0)
                g->items[i].excluded = term;
}

static bool exclude_words(struct gathering *g, const char *term,
                          struct str words, struct err *err)
{
    OWNED(mem_free) char *match = mem_format("\"%.*s\"", STR_ARG(words));
    bool quick = has_trigram(words);
    enum sql scan =
        g->rules->by_published ? PUBLISHED_WITH_WORDS : FRESH_WITH_WORDS;
    struct stmt *rows = db_stmt(g->db, sql[quick ? WITH_WORDS : scan]);
    stmt_bind_str(rows, 1, words);
    stmt_bind_int(rows, 2, is_spaceless(words));
    if (quick) {
        stmt_bind_text(rows, 3, match);
    } else {
        stmt_bind_int(rows, 3, g->rules->window_from);
        stmt_bind_int(rows, 4, g->until);
    }
    while (stmt_step(rows, err)) {
        size_t index = find_id(g, stmt_int(rows, 0));
        if (index != SIZE_MAX)
            g->items[index].excluded = term;
    }
    return stmt_done(rows);
}

static bool exclude_term(struct gathering *g, const char *term, struct err *err)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(str_of(term), &slug);
    if (!slug.len)
        return true;
    exclude_tags(g, term, strbuf_text(&slug));
    for (size_t i = 0; i < slug.len; i++)
        if (slug.ptr[i] == '-')
            slug.ptr[i] = ' ';
    return exclude_words(g, term, strbuf_str(&slug), err);
}

static bool exclude(struct gathering *g, struct err *err)
{
    struct str rest = str_of(g->newsletter->rules.excluded), term;
    while (g->count && str_next_line(&rest, &term))
        if (!exclude_term(g, arena_copy_str(g->arena, term), err))
            return false;
    return true;
}

bool candidates_find(struct db *db, const struct newsletter *n,
                     const struct selector_rules *rules,
                     const struct choice_list *choices, int64_t before,
                     struct arena *arena, struct candidates *out,
                     struct err *err)
{
    OWNED(gathering_free)
    struct gathering g = {.db = db,
                          .newsletter = n,
                          .rules = rules,
                          .before = before,
                          .until = before == INT64_MAX ? INT64_MAX
                                                       : rules->window_until,
                          .arena = arena};
    if (!gather_window(&g, err))
        return false;
    index_ids(&g);
    if (!gather_categories(&g, err) || !gather_choices(&g, choices, err) ||
        !sign_all(&g, err) || !gather_sent(&g, err) ||
        !gather_history(&g, out, err) || !exclude(&g, err))
        return false;
    struct article *articles = ARENA_NEW_ARRAY(arena, struct article, g.count);
    out->items = ARENA_NEW_ARRAY(arena, struct selector_candidate, g.count);
    out->count = g.count;
    for (size_t i = 0; i < g.count; i++) {
        articles[i] = g.articles[i];
        out->items[i] = g.items[i];
        out->items[i].article = &articles[i];
    }
    return true;
}

bool candidates_count_older(struct db *db, const struct selector_rules *rules,
                            int64_t *out, struct err *err)
{
    struct stmt *older =
        db_stmt(db, sql[rules->by_published ? PUBLISHED_OLDER : FRESH_OLDER]);
    stmt_bind_int(older, 1, rules->window_from);
    return stmt_one_int(older, out, err);
}
