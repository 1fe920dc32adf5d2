/* Stores an import's entries in batches, and counts what became of them. */
#include "digest/sources/import_run_internal.h"

#include "digest/articles/article_store.h"
#include "digest/articles/signature.h"
#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/sources/import_seen_internal.h"

/* Reading may take long between two articles: others write meanwhile. */
enum { BATCH = 1000, HOLD_MS = 300, UNREAD_TOLD = 5 };

void import_told(struct import_run *run, enum import_word word,
                 const char *line)
{
    if (run->report->tell)
        run->report->tell(run->report->context, word, line);
}

void import_failed(struct import_run *run, const char *line)
{
    run->report->failed++;
    import_told(run, IMPORT_FAILED, line);
}

void import_left_out(struct import_run *run, const char *line)
{
    run->report->left_out++;
    import_told(run, IMPORT_LEFT_OUT, line);
}

static bool begin(struct import_run *run, struct err *err)
{
    if (run->tx.db)
        return true;
    run->begun_ms = clock_monotonic_ms();
    return tx_begin(&run->tx, run->db, TX_NORMAL, err);
}

static bool flush(struct import_run *run, struct err *err)
{
    run->pending = 0;
    return !run->tx.db || tx_commit(&run->tx, err);
}

static void count(struct import_report *report, enum article_change change,
                  int64_t id)
{
    report->added += change == ARTICLE_ADDED;
    report->unchanged += change == ARTICLE_UNCHANGED;
    if (change != ARTICLE_CHANGED)
        return;
    report->changed++;
    MEM_PUSH(report->changed_ids, report->changed_count,
             report->changed_capacity, id);
}

/* FNV-1a, never 0. */
static uint64_t hash(const char *text)
{
    uint64_t value = 14695981039346656037u;
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 1099511628211u;
    return value ? value : 1;
}

static struct seen_guid *find_slot(struct seen_guids *seen, uint64_t guid)
{
    size_t at = (size_t)(guid >> 7) & (seen->capacity - 1);
    while (seen->slots[at].guid && seen->slots[at].guid != guid)
        at = (at + 1) & (seen->capacity - 1);
    return &seen->slots[at];
}

static void grow(struct seen_guids *seen)
{
    struct seen_guids old = *seen;
    seen->capacity = old.capacity ? old.capacity * 2 : 256;
    seen->slots = MEM_NEW_ARRAY(struct seen_guid, seen->capacity);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].guid)
            *find_slot(seen, old.slots[i].guid) = old.slots[i];
    free(old.slots);
}

/* One GUID for two addresses happens (WordPress's own sample has it): the
 * later one then goes by its address. */
static void tell_apart(struct seen_guids *seen, struct article *article)
{
    if (seen->count * 2 >= seen->capacity)
        grow(seen);
    struct seen_guid *slot = find_slot(seen, hash(article->guid));
    uint64_t url = hash(article->url);
    if (!slot->guid) {
        *slot = (struct seen_guid){hash(article->guid), url};
        seen->count++;
    } else if (slot->url != url && *article->url) {
        article->guid = article->url;
    }
}

/* Two texts under one headline on one day are two articles: each later one has
 * a GUID with its number. A text that can be the stored one revised is that. */
static bool tell_texts_apart(struct import_run *run, struct arena *arena,
                             struct article *article, struct err *err)
{
    const char *first = article->guid;
    struct article stored;
    for (unsigned n = 2;; n++) {
        if (!article_find_guid(run->db, article->source_id, article->guid,
                               arena, &stored, err))
            return false;
        if (!stored.id || signature_is_revision(str_of(stored.body_html),
                                                str_of(article->body_html)))
            return true;
        article->guid = arena_format(arena, "%u:%s", n, first);
    }
}

void import_run_free(struct import_run *run)
{
    tx_end(&run->tx);
    arena_free(&run->arena);
    for (size_t i = 0; i < run->taken_count; i++)
        free(run->taken_back[i]);
    free(run->taken_back);
    run->taken_back = NULL;
    run->taken_count = run->taken_capacity = 0;
    free(run->seen.slots);
    run->seen = (struct seen_guids){0};
}

/* Two files with one address would overwrite each other at every import:
 * the first one, by name, has it. */
static bool is_free(struct import_run *run, const struct entry *entry,
                    const struct article *article)
{
    const char *other =
        import_seen_note(&run->report->seen, article->source_id, article->url,
                         entry->is_file ? entry->file : "");
    if (!other || !entry->is_file || !*article->url ||
        strcmp(other, entry->file) == 0)
        return true;
    OWNED(mem_free)
    char *line = mem_format("%s:%u: has the url of %s (%.300s), which was "
                            "taken; give one of them another",
                            entry->file, entry->line, *other ? other : "a feed",
                            article->url);
    import_failed(run, line);
    return false;
}

/* Tells of an unreadable date once for an article, and not for all of a long
 * feed. */
static void tell_unread(struct import_run *run, const struct entry *entry,
                        const struct article *article, bool is_new)
{
    struct import_report *report = run->report;
    if (++report->undated > UNREAD_TOLD || !report->tell)
        return;
    const char *meaning =
        is_new ? "it counts as published now" : "no issue takes it by itself";
    OWNED(mem_free)
    char *where = entry->line ? mem_format("%s:%u", entry->file, entry->line)
                              : mem_copy(entry->file);
    OWNED(mem_free)
    char *line = mem_format(
        "%s: the date \"%.60s\" of \"%.80s\" can't be read: %s%s", where,
        entry->unread_date, article->title, meaning,
        report->undated == UNREAD_TOLD ? "; others alike aren't listed" : "");
    import_told(run, IMPORT_DOUBTED, line);
}

static bool store(struct import_run *run, const struct entry *entry,
                  struct arena *arena, struct article *article, struct err *err)
{
    enum article_change change;
    int64_t id;
    struct article_undated undated = {run->options->was_fetched,
                                      entry->latest_at ? entry->latest_at
                                                       : run->file_changed_at};
    bool is_unread = !entry->published_at && entry->unread_date;
    article->known_at = run->options->now;
    tell_apart(&run->seen, article);
    if (!begin(run, err) || (entry->is_named_by_title &&
                             !tell_texts_apart(run, arena, article, err)))
        return false;
    if (!article_put_undated(run->db, article, is_unread ? &undated : NULL, &id,
                             &change, err))
        return false;
    count(run->report, change, id);
    if (is_unread && change == ARTICLE_ADDED)
        tell_unread(run, entry, article, undated.is_new);
    bool is_long = clock_monotonic_ms() - run->begun_ms > HOLD_MS;
    return (++run->pending < BATCH && !is_long) || flush(run, err);
}

static void tell_left_out(struct import_run *run, const struct entry *entry)
{
    OWNED(mem_free)
    char *line = mem_format("%s: left out: %s", entry->file, entry->left_out);
    import_left_out(run, line);
}

/* Withdraws an article that was published once and is a draft again. */
static bool withdraw(struct import_run *run, const char *url, struct err *err)
{
    struct import_report *report = run->report;
    int64_t id = 0, source = run->options->source_id;
    if (!source)
        source = 1;
    if (import_seen_find(report->seen, source, url))
        return true;
    if (!begin(run, err))
        return false;
    if (!article_withdraw_at_source(run->db, source, url, run->options->now,
                                    &id, err))
        return false;
    if (id)
        MEM_PUSH(report->withdrawn_ids, report->withdrawn_count,
                 report->withdrawn_capacity, id);
    return true;
}

/* Notes a withdrawal for later: another file may have the address, and be
 * public. */
static void note_taken_back(struct import_run *run, const struct entry *entry)
{
    if (entry->url && *entry->url)
        MEM_PUSH(run->taken_back, run->taken_count, run->taken_capacity,
                 mem_copy(entry->url));
}

bool import_finish(struct import_run *run, struct err *err)
{
    for (size_t i = 0; i < run->taken_count; i++)
        if (!withdraw(run, run->taken_back[i], err))
            return false;
    return flush(run, err);
}

bool import_entry(struct import_run *run, const struct entry *entry,
                  struct err *err)
{
    OWNED(arena_free) struct arena article_arena = ARENA_INIT;
    struct article article;
    struct err why = {0};
    if (entry->left_out) {
        tell_left_out(run, entry);
        note_taken_back(run, entry);
        return true;
    }
    if (!entry_to_article(entry, run->options, &article_arena, &article,
                          &why)) {
        import_failed(run, why.text);
        return true;
    }
    return !is_free(run, entry, &article) ||
           store(run, entry, &article_arena, &article, err);
}
