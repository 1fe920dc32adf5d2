#include "digest/articles/import_run.h"

#include "digest/base/mem.h"

enum { BATCH = 1000 };

void import_failed(struct import_run *run, const char *line)
{
    run->report->failed++;
    if (run->report->tell)
        run->report->tell(run->report->context, true, line);
}

void import_left_out(struct import_run *run, const char *line)
{
    run->report->left_out++;
    if (run->report->tell)
        run->report->tell(run->report->context, false, line);
}

bool import_flush(struct import_run *run, struct err *err)
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

static bool store(struct import_run *run, struct article *article,
                  struct err *err)
{
    enum article_change change;
    int64_t id;
    article->known_at = run->options->now;
    if (!run->tx.db && !tx_begin(&run->tx, run->db, TX_NORMAL, err))
        return false;
    if (!article_put(run->db, article, &id, &change, err))
        return false;
    count(run->report, change, id);
    return ++run->pending < BATCH || import_flush(run, err);
}

static void tell_left_out(struct import_run *run, const struct entry *entry)
{
    OWNED(mem_free)
    char *line = mem_format("%s: left out: %s", entry->file, entry->left_out);
    import_left_out(run, line);
}

bool import_entry(struct import_run *run, const struct entry *entry,
                  struct err *err)
{
    OWNED(arena_free) struct arena article_arena = ARENA_INIT;
    struct article article;
    struct err why = {0};
    if (entry->left_out) {
        tell_left_out(run, entry);
        return true;
    }
    if (!entry_to_article(entry, run->options, &article_arena, &article,
                          &why)) {
        import_failed(run, why.text);
        return true;
    }
    return store(run, &article, err);
}
