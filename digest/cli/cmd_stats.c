/* `digest stats`: how each issue went, and how the list grows. */
#include "digest/issues/stats.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"
#include "digest/delivery/ways.h"
#include "digest/newsletters/newsletter.h"
#include "subscribers/roster/csv_write.h"

struct figures {
    struct stats_issues issues;
    struct stats_weeks weeks;
};

static const char *name_of(struct arena *arena, const struct issue *issue)
{
    return arena_format(arena, "%s/%" PRId64, issue->newsletter, issue->number);
}

/* "2026-11-23", or "" for 0. */
static const char *day_of(struct arena *arena, int64_t at)
{
    char text[TIME_TEXT_SIZE];
    return at ? arena_format(arena, "%.10s", time_rfc3339(at, text)) : "";
}

/* ---- JSON ---- */

static json_t *issue_json(const struct stats_issue *s)
{
    json_t *object = json_issue(&s->issue, &s->counts);
    json_object_set_new(object, "bounced", json_integer(s->bounced));
    json_object_set_new(object, "complained", json_integer(s->complained));
    json_object_set_new(object, "unsubscribed", json_integer(s->unsubscribed));
    json_object_set_new(object, "started", json_time(s->issue.started_at));
    json_object_set_new(object, "finished", json_time(s->issue.finished_at));
    return object;
}

static json_t *week_json(const struct stats_week *w)
{
    return json_pack("{s:o, s:I, s:I, s:I, s:I, s:I}", "week",
                     json_time(w->begins_at), "joined", (json_int_t)w->joined,
                     "unsubscribed", (json_int_t)w->unsubscribed, "bounced",
                     (json_int_t)w->bounced, "complained",
                     (json_int_t)w->complained, "active",
                     (json_int_t)w->active);
}

static void print_json(const struct figures *f)
{
    json_t *issues = json_array(), *weeks = json_array();
    for (size_t i = 0; i < f->issues.count; i++)
        json_array_append_new(issues, issue_json(&f->issues.items[i]));
    for (size_t i = 0; i < f->weeks.count; i++)
        json_array_append_new(weeks, week_json(&f->weeks.items[i]));
    json_print(json_pack("{s:o, s:o}", "issues", issues, "weeks", weeks));
}

/* ---- CSV ---- */

static void csv_number(struct strbuf *out, int64_t number, char end)
{
    strbuf_add_format(out, "%" PRId64 "%c", number, end);
}

static void print_issues_csv(const struct figures *f, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    strbuf_add_text(&out, "issue,state,started,subject,recipients,queued,"
                          "sending,sent,deferred,failed,skipped,bounced,"
                          "complained,unsubscribed\n");
    for (size_t i = 0; i < f->issues.count; i++) {
        const struct stats_issue *s = &f->issues.items[i];
        char text[TIME_TEXT_SIZE];
        int64_t started = s->issue.started_at;
        csv_write(&out, str_of(name_of(arena, &s->issue)), ',');
        csv_write(&out, str_of(issue_state_name(s->issue.state)), ',');
        csv_write(&out, str_of(started ? time_rfc3339(started, text) : ""),
                  ',');
        csv_write(&out, str_of(s->issue.subject), ',');
        csv_number(&out, s->counts.recipients, ',');
        for (int state = 0; state < DELIVERY_STATE_COUNT; state++)
            csv_number(&out, s->counts.states[state], ',');
        csv_number(&out, s->bounced, ',');
        csv_number(&out, s->complained, ',');
        csv_number(&out, s->unsubscribed, '\n');
    }
    fputs(strbuf_text(&out), stdout);
}

static void print_weeks_csv(const struct figures *f, struct arena *arena)
{
    puts("week,joined,unsubscribed,bounced,complained,active");
    for (size_t i = 0; i < f->weeks.count; i++) {
        const struct stats_week *w = &f->weeks.items[i];
        printf("%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
               "\n",
               day_of(arena, w->begins_at), w->joined, w->unsubscribed,
               w->bounced, w->complained, w->active);
    }
}

/* ---- for people ---- */

static void add_number(struct table *table, struct arena *arena, int64_t number)
{
    table_add(table, "%s", grouped(arena, number));
}

/* Words when an issue went out, or how one stands that hasn't (yet). */
static const char *when_of(struct arena *arena, const struct issue *issue)
{
    const char *day = issue->state == ISSUE_SENT
                          ? day_of(arena, issue->started_at)
                          : issue_state_name(issue->state);
    return arena_format(arena, "%s%s", day, ways_aside(issue->ways, arena));
}

static void add_issue(struct table *table, struct arena *arena,
                      const struct stats_issue *s)
{
    int64_t recipients = s->counts.recipients;
    int64_t sent = s->counts.states[DELIVERY_SENT];
    int64_t failed = s->counts.states[DELIVERY_FAILED];
    table_add(table, "%s", name_of(arena, &s->issue));
    table_add(table, "%s", when_of(arena, &s->issue));
    add_number(table, arena, recipients);
    add_number(table, arena, sent);
    add_number(table, arena, failed);
    add_number(table, arena, recipients - sent - failed);
    add_number(table, arena, s->bounced);
    add_number(table, arena, s->complained);
    add_number(table, arena, s->unsubscribed);
}

static void print_issues(const struct figures *f, struct arena *arena)
{
    OWNED(table_free) struct table table = {0};
    if (!f->issues.count) {
        puts("No issue was sent yet.");
        return;
    }
    table_begin(&table, 9,
                (const char *const[]){"ISSUE", "SENT ON", "RECIPIENTS", "SENT",
                                      "FAILED", "OTHER", "BOUNCED",
                                      "COMPLAINED", "LEFT"});
    table.right = 0x1fc;
    for (size_t i = 0; i < f->issues.count; i++)
        add_issue(&table, arena, &f->issues.items[i]);
    table_print(&table);
}

static void print_weeks(const struct figures *f, struct arena *arena)
{
    OWNED(table_free) struct table table = {0};
    if (!f->weeks.count) {
        puts("Nobody joined the list yet.");
        return;
    }
    table_begin(&table, 6,
                (const char *const[]){"WEEK OF", "JOINED", "LEFT", "BOUNCED",
                                      "COMPLAINED", "ACTIVE"});
    table.right = 0x3e;
    for (size_t i = 0; i < f->weeks.count; i++) {
        const struct stats_week *w = &f->weeks.items[i];
        table_add(&table, "%s", day_of(arena, w->begins_at));
        add_number(&table, arena, w->joined);
        add_number(&table, arena, w->unsubscribed);
        add_number(&table, arena, w->bounced);
        add_number(&table, arena, w->complained);
        add_number(&table, arena, w->active);
    }
    table_print(&table);
}

/* ---- */

static bool read_figures(struct invocation *call, struct figures *out,
                         struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct newsletter n = {0};
    const char *since = option_get(call, "--since");
    int64_t from = 0;
    return (!since || app_parse_time("--since", since, &from, err)) &&
           app_open(&app, call, err) &&
           (!call->arg_count ||
            newsletter_get(app.db, call->args[0], &call->arena, &n, err)) &&
           stats_issues(app.db, n.id, from, &call->arena, &out->issues, err) &&
           stats_weeks(app.db, n.id, from, clock_now(), &call->arena,
                       &out->weeks, err);
}

static bool run_stats(struct invocation *call, struct err *err)
{
    struct figures figures = {0};
    bool csv = option_get(call, "--csv") != NULL;
    bool weeks = option_get(call, "--weeks") != NULL;
    if (!invocation_count(call, 0, 1, err) ||
        !read_figures(call, &figures, err))
        return false;
    if (call->json) {
        print_json(&figures);
    } else if (csv) {
        if (weeks)
            print_weeks_csv(&figures, &call->arena);
        else
            print_issues_csv(&figures, &call->arena);
    } else {
        if (!weeks) {
            print_issues(&figures, &call->arena);
            putchar('\n');
        }
        print_weeks(&figures, &call->arena);
    }
    return true;
}

const struct command stats_commands[] = {
    {"stats",
     NULL,
     "[SLUG]",
     "how each issue went, and how the list grows by week",
     {{"--since", "T", "issues and weeks from then on"},
      {"--weeks", NULL, "the list's growth alone"},
      {"--csv", NULL, "the issues as CSV; with --weeks, the weeks"}},
     run_stats},
    {0},
};
