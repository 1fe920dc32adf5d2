/* `digest run`: all that is due, once; for cron. */
#include <inttypes.h>
#include <stdio.h>

#include "digest/articles/source_fetch.h"
#include "digest/articles/source_store.h"
#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/cli/outbox.h"
#include "digest/cli/stop.h"
#include "digest/issues/reader_mail.h"
#include "subscribers/consent/consent.h"

/* Only what sends has something to finish after a signal; what comes before
 * simply ends with it. */
static const volatile int *stop;

static bool stopped(void)
{
    return stop && *stop;
}

static void tell(void *context, bool failure, const char *line)
{
    (void)context;
    log_write(failure ? LOG_WARNING : LOG_DETAIL, "%s", line);
}

static void free_report(struct source_fetch_report *report)
{
    import_report_free(&report->import);
}

static bool fetch_sources(struct app *app, struct arena *arena, struct err *err)
{
    OWNED(free_report)
    struct source_fetch_report report = {.import = {.tell = tell}};
    struct source_list list;
    struct source_fetch_options options = {
        .now = clock_now(),
        .allow_private = app->conf.fetch_private,
        .only_due = true,
    };
    return source_find(app->db, arena, &list, err) &&
           sources_fetch(app->db, list.items, list.count, &options, &report,
                         err);
}

/* Whether a try of an issue that was started is due. */
static bool is_due(struct app *app, const struct issue *issue, int64_t now,
                   bool *due, struct err *err)
{
    struct ledger_counts counts;
    *due = false;
    if (issue->state != ISSUE_SENDING || issue->retry_at > now)
        return true;
    if (!ledger_count(app->db, issue->id, &counts, err))
        return false;
    *due = counts.states[DELIVERY_QUEUED] || counts.states[DELIVERY_SENDING] ||
           (counts.states[DELIVERY_DEFERRED] && counts.next_at <= now);
    return true;
}

/* Another process at the same issue is no failure. */
static bool carry_on(struct app *app, const struct issue *issue,
                     struct err *err)
{
    struct conductor conductor = app_conductor(app);
    struct send_report report;
    struct send_watch watch = {.stop = stop};
    if (!conductor_send(&conductor, issue, &watch, &report, err))
        return err->kind == ERR_TEMPORARY && !report.counts.recipients;
    if (report.sent || report.failed || report.skipped)
        printf("%s/%" PRId64 ": sent %" PRId64 ", failed %" PRId64
               ", skipped %" PRId64 "; %" PRId64 " of %" PRId64 " have it.\n",
               issue->newsletter, issue->number, report.sent, report.failed,
               report.skipped, report.counts.states[DELIVERY_SENT],
               report.counts.recipients);
    return true;
}

static bool send_issues(struct app *app, struct arena *arena, struct err *err)
{
    struct issue_list list;
    int64_t now = clock_now();
    if (!issue_find(app->db, 0, arena, &list, err))
        return false;
    bool good = true;
    stop = stop_watch();
    for (size_t i = 0; i < list.count; i++) {
        bool due;
        if (!is_due(app, &list.items[i], now, &due, err))
            return false;
        if (due && !stopped())
            good = carry_on(app, &list.items[i], err) && good;
    }
    return good;
}

static bool send_notices(struct app *app, struct arena *arena, struct err *err)
{
    struct notices_report report = {0};
    (void)arena;
    stop = stop_watch();
    return outbox_send(app, stop, &report, err) ||
           (err->kind == ERR_TEMPORARY && report.deferred);
}

static bool expire_asked(struct app *app, struct arena *arena, struct err *err)
{
    int64_t now = clock_now();
    size_t count;
    (void)arena;
    return consent_expire(app->db, now - READER_CONFIRM_WITHIN_S, now, &count,
                          err);
}

static const struct {
    const char *name;
    bool (*work)(struct app *app, struct arena *arena, struct err *err);
} jobs[] = {
    {"fetching the sources", fetch_sources},
    {"sending issues that were started", send_issues},
    {"sending the outbox", send_notices},
    {"ending what was never confirmed", expire_asked},
};

/* One job's failure is no other's. */
static bool run_run(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(jobs) && !stopped(); i++) {
        struct err one = {0};
        if (jobs[i].work(&app, &call->arena, &one))
            continue;
        log_error("%s: %s", jobs[i].name, one.text);
        if (!call->exit_code)
            call->exit_code = err_exit_code(one.kind);
    }
    if (stopped() && !call->exit_code)
        call->exit_code = err_exit_code(ERR_TEMPORARY);
    return true;
}

const struct command run_commands[] = {
    {"run",
     NULL,
     "",
     "do all that is due, once: sources, deliveries, the outbox; for cron",
     {{0}},
     run_run},
    {0},
};
