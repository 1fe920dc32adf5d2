/* Gathers what needs care today: cron, jobs, sources, backup. */
#include <inttypes.h>

#include "digest/articles/article_store.h"
#include "digest/articles/source_store.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/issues/stats.h"
#include "digest/newsletters/newsletter.h"
#include "digest/scheduler/job.h"
#include "digest/store/upkeep.h"
#include "digest/web/desk/source_visit.h"
#include "digest/web/desk/today_visit.h"
#include "subscribers/bounces/bounce_store.h"

enum { CRON_LATE_S = 3600, BACKUP_OLD_S = 2 * 86400, SOURCES_NAMED = 3 };

struct troubles {
    struct value *items;
    size_t count;
};

static void add(struct visit *visit, struct troubles *list, const char *what,
                const char *remedy, const char *path, const char *word)
{
    struct value *item = value_object(visit->arena);
    value_set_text(item, "what", what);
    value_set_text(item, "remedy", remedy);
    value_set_text(item, "path", path);
    value_set_text(item, "word", word);
    value_append(list->items, item);
    list->count++;
}

static const char *since(const struct visit *visit, int64_t at)
{
    return visit_relative(visit, at);
}

/* Adds a trouble where cron doesn't run: without it nothing happens by
 * itself. */
static bool add_cron(struct visit *visit, struct troubles *list,
                     struct err *err)
{
    struct upkeep last;
    if (!upkeep_last(visit->db, UPKEEP_RUN, visit->arena, &last, err))
        return false;
    if (visit->now - last.at <= CRON_LATE_S)
        return true;
    add(visit, list,
        last.at ? arena_format(visit->arena, "digest run was last at work %s",
                               since(visit, last.at))
                : "digest run was never at work",
        "Without it nothing is fetched and nothing goes out: whoever runs the "
        "server lets cron start it each minute.",
        NULL, NULL);
    return true;
}

static bool add_jobs(struct visit *visit, struct troubles *list,
                     struct err *err)
{
    struct job_list jobs;
    if (!job_find(visit->db, visit->arena, &jobs, err))
        return false;
    for (size_t i = 0; i < jobs.count; i++) {
        const struct job *job = &jobs.items[i];
        if (job->failing_since)
            add(visit, list,
                arena_format(visit->arena, "The job “%s” fails: it began %s",
                             job->name, since(visit, job->failing_since)),
                job->error, NULL, NULL);
    }
    return true;
}

static bool add_sources(struct visit *visit, struct troubles *list,
                        struct err *err)
{
    struct source_list sources;
    size_t failing = 0;
    if (!source_find(visit->db, visit->arena, &sources, err))
        return false;
    for (size_t i = 0; i < sources.count; i++) {
        const struct source *s = &sources.items[i];
        if (!s->failing_since || ++failing > SOURCES_NAMED)
            continue;
        add(visit, list,
            arena_format(visit->arena, "%s can’t be fetched; it began %s",
                         *s->name ? s->name
                                  : url_shown(visit->arena, s->address),
                         since(visit, s->failing_since)),
            url_shown(visit->arena, s->last_error), "sources", "Sources");
    }
    if (failing > SOURCES_NAMED)
        add(visit, list,
            arena_format(visit->arena, "%zu more sources can’t be fetched",
                         failing - SOURCES_NAMED),
            NULL, "sources", "Sources");
    return true;
}

static bool add_unmatched(struct visit *visit, struct troubles *list,
                          struct err *err)
{
    struct bounce_unmatched_list mails;
    if (!visit_may(visit, ROLE_EDITOR))
        return true;
    if (!bounce_store_find_unmatched(visit->db, visit->arena, &mails, err))
        return false;
    if (mails.count)
        add(visit, list,
            arena_format(visit->arena, "%s aside, to be decided by a person",
                         visit_count(visit, (int64_t)mails.count,
                                     "mail was kept", "mails were kept")),
            NULL, "readers/aside", "Decide");
    return true;
}

static bool add_backup(struct visit *visit, struct troubles *list,
                       struct err *err)
{
    struct upkeep last;
    if (!upkeep_last(visit->db, UPKEEP_BACKUP, visit->arena, &last, err))
        return false;
    if (visit->now - last.at <= BACKUP_OLD_S)
        return true;
    add(visit, list,
        last.at ? arena_format(visit->arena, "The last backup was made %s",
                               since(visit, last.at))
                : "There never was a backup",
        "Whoever runs the server lets cron/backup make one each night.", NULL,
        NULL);
    return true;
}

bool today_visit_troubles(struct visit *visit, struct value *data,
                          struct err *err)
{
    struct troubles found = {value_list(visit->arena), 0}, *list = &found;
    value_set(data, "troubles", found.items);
    if (!add_cron(visit, list, err) || !add_jobs(visit, list, err) ||
        !add_sources(visit, list, err) || !add_unmatched(visit, list, err) ||
        !add_backup(visit, list, err))
        return false;
    value_set_bool(data, "has_troubles", found.count > 0);
    return true;
}

bool today_visit_begin(struct visit *visit, struct value *data, struct err *err)
{
    struct newsletter_list newsletters;
    struct article_query any = {.limit = 1};
    struct article_list articles;
    int64_t readers;
    if (!newsletter_find(visit->db, visit->arena, &newsletters, err) ||
        !article_find(visit->db, &any, visit->arena, &articles, err) ||
        !stats_active(visit->db, 0, &readers, err))
        return false;
    value_set_bool(data, "has_newsletter", newsletters.count > 0);
    value_set_bool(data, "has_articles", articles.count > 0);
    value_set_bool(data, "has_readers", readers > 0);
    value_set_bool(data, "begins",
                   !newsletters.count || !articles.count || !readers);
    return true;
}
