/* Drafting an issue of a newsletter with 100 sections from 1,000,000 stored
 * articles, of which 1,000 are in the window, and then 100,000; one in twenty
 * is a near-duplicate of another source's. To reach: 50 ms and 500 ms. Beside
 * them, in the same run, what it takes to read those rows and no more.
 * usage: bench_draft [ARTICLES] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest/articles/signature.h"
#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/issues/draft.h"

enum {
    ARTICLES = 1000000,
    FEW = 1000,
    MANY = 100000,
    SECTIONS = 100,
    WORDS = 6000,
    NOW = 1795500000,
    DAY = 86400,
    RUNS = 5,
};

static struct err err;

static void must(bool good)
{
    if (good)
        return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

/* Some words come far more often than others. */
static uint32_t random_word(void)
{
    uint32_t most = 1 + random_below(WORDS);
    return random_below(most);
}

static void add_words(struct strbuf *out, int count)
{
    for (int i = 0; i < count; i++)
        strbuf_add_format(out, "%sword%u", i ? " " : "", random_word());
}

/* The same story in other words for one in twenty. */
static void write_story(struct strbuf *title, struct strbuf *lead, int n)
{
    if (n % 20 == 0) {
        strbuf_add_text(title, " - Post");
        return;
    }
    strbuf_cut(title, 0);
    strbuf_cut(lead, 0);
    add_words(title, 7 + (int)random_below(5));
    strbuf_add_text(lead, "<p>");
    add_words(lead, 40);
    strbuf_add_text(lead, "</p>\n");
}

static int64_t published(int n, int articles)
{
    int left = articles - n; /* the last are the newest */
    if (left <= FEW)
        return NOW - (int64_t)left * (6 * DAY) / FEW - 1;
    if (left <= MANY)
        return NOW - 8 * DAY - (int64_t)left * (20 * DAY) / MANY;
    return NOW - 31 * DAY - (int64_t)left * 60;
}

static void add_article(struct db *db, const struct article *a)
{
    static const char add[] =
        "INSERT INTO article (id, source_id, guid, url, title, author, "
        "    published_at, known_at, fresh_at, summary_html, word_count, "
        "    views, changed_at, signature) "
        "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?6, ?6, ?7, 400, ?8, 0, ?9)";
    static const char add_category[] =
        "INSERT INTO article_category (article_id, position, slug, name) "
        "VALUES (?1, ?2, 'c' || ?3, 'C' || ?3)";
    OWNED(strbuf_free) struct strbuf signature = STRBUF_INIT;
    signature_write(a, &signature);
    struct stmt *row = db_stmt(db, add);
    stmt_bind_int(row, 1, a->id);
    stmt_bind_int(row, 2, a->source_id);
    stmt_bind_text(row, 3, a->url);
    stmt_bind_text(row, 4, a->title);
    stmt_bind_text(row, 5, a->author);
    stmt_bind_int(row, 6, a->published_at);
    stmt_bind_text(row, 7, a->summary_html);
    stmt_bind_int(row, 8, a->views);
    stmt_bind_blob(row, 9, strbuf_str(&signature));
    must(stmt_run(row, &err));
    for (int i = 0; i < 2; i++) {
        struct stmt *category = db_stmt(db, add_category);
        stmt_bind_int(category, 1, a->id);
        stmt_bind_int(category, 2, i);
        stmt_bind_int(category, 3, random_below(SECTIONS + 10));
        must(stmt_run(category, &err));
    }
}

static void fill(struct db *db, int articles)
{
    OWNED(strbuf_free) struct strbuf title = STRBUF_INIT, lead = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    must(tx_begin(&tx, db, TX_NORMAL, &err));
    for (int s = 2; s < 22; s++) {
        struct stmt *source = db_stmt(
            db, "INSERT INTO source (id, address, kind, created_at) "
                "VALUES (?1, 'https://s' || ?1 || '.example/feed', 'feed', 0)");
        stmt_bind_int(source, 1, s);
        must(stmt_run(source, &err));
    }
    for (int n = 1; n <= articles; n++) {
        char url[64], author[32];
        int source = 2 + (n + n / 20) % 20;
        write_story(&title, &lead, n);
        snprintf(url, sizeof url, "https://s%d.example/%d", source, n);
        snprintf(author, sizeof author, "Author %u", random_below(500));
        add_article(db, &(struct article){
                            .id = n,
                            .source_id = source,
                            .url = url,
                            .title = strbuf_text(&title),
                            .author = author,
                            .summary_html = strbuf_text(&lead),
                            .body_html = "",
                            .published_at = published(n, articles),
                            .views = random_below(5000),
                        });
    }
    must(tx_commit(&tx, &err));
}

static void add_newsletter(struct db *db, const char *slug, int64_t window,
                           struct arena *arena, struct newsletter *out)
{
    struct newsletter_section *sections =
        ARENA_NEW_ARRAY(arena, struct newsletter_section, SECTIONS);
    for (int i = 0; i < SECTIONS; i++)
        sections[i] = (struct newsletter_section){
            .categories = arena_format(arena, "C%d", i), .at_most = 5};
    struct newsletter n = {
        .slug = slug,
        .title = "Weekly",
        .from_name = "Weekly",
        .from_address = "weekly@example.org",
        .reply_to = "",
        .language = "en",
        .timezone = "UTC",
        .template_name = "default",
        .theme = "",
        .window_s = window,
        .max_age_s = 30 * DAY,
        .ranking = RANK_SCORE,
        .rules = {.per_source = 100, .per_author = 10},
        .sections = sections,
        .section_count = SECTIONS,
    };
    must(newsletter_create(db, &n, &n.id, &err));
    must(newsletter_get(db, slug, arena, out, &err));
}

static int by_size(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static int64_t median(int64_t *times)
{
    qsort(times, RUNS, sizeof *times, by_size);
    return times[RUNS / 2];
}

static int64_t read_rows(struct db *db, int64_t window)
{
    int64_t times[RUNS];
    for (int i = 0; i < RUNS; i++) {
        int64_t begin = clock_monotonic_ms(), sum = 0;
        struct stmt *rows =
            db_stmt(db, "SELECT title, signature FROM article "
                        "WHERE fresh_at >= ?1 AND withdrawn_at IS NULL");
        stmt_bind_int(rows, 1, NOW - window);
        while (stmt_step(rows, &err))
            sum += (int64_t)stmt_str(rows, 1).len;
        must(stmt_done(rows) && sum > 0);
        times[i] = clock_monotonic_ms() - begin;
    }
    return median(times);
}

static void measure(struct db *db, const char *slug, int64_t window,
                    int64_t to_reach)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct newsletter newsletter;
    struct draft_options options = {.now = NOW};
    int64_t times[RUNS];
    size_t candidates = 0, near = 0, taken = 0;
    add_newsletter(db, slug, window, &arena, &newsletter);
    for (int i = 0; i < RUNS; i++) {
        OWNED(arena_free) struct arena draft_arena = ARENA_INIT;
        struct draft draft;
        int64_t begin = clock_monotonic_ms();
        must(
            draft_issue(db, &newsletter, &options, &draft_arena, &draft, &err));
        times[i] = clock_monotonic_ms() - begin;
        candidates = draft.selection.count;
        taken = draft.selection.selected;
        near = 0;
        for (size_t j = taken; j < candidates; j++)
            near += draft.selection.verdicts[j].reason == NOT_A_NEW_STORY;
    }
    printf("%7zu candidates, %zu taken, %zu near-duplicates: %" PRId64
           " ms (to reach: %" PRId64 "); reading the rows alone %" PRId64
           " ms\n",
           candidates, taken, near, median(times), to_reach,
           read_rows(db, window));
}

int main(int argc, char **argv)
{
    int articles = argc > 1 ? atoi(argv[1]) : ARTICLES;
    char path[] = "/tmp/bench_draft.XXXXXX";
    struct db *db;
    int file = mkstemp(path);
    if (file < 0 || close(file) != 0 || unlink(path) != 0)
        return 1;
    random_hold(1);
    must(db_open(path, DB_CREATE, &db, &err));
    int64_t begin = clock_monotonic_ms();
    fill(db, articles);
    printf("%d articles stored in %" PRId64 " s\n", articles,
           (clock_monotonic_ms() - begin) / 1000);
    measure(db, "few", 7 * DAY, 50);
    measure(db, "many", 30 * DAY, 500);
    db_close(db);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        OWNED(mem_free) char *name = mem_format("%s%s", path, ends[i]);
        unlink(name);
    }
    return 0;
}
