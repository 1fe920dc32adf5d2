/* `newsletter schedule`, `issue schedule`, `issue approve`: when issues go
 * out. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/zone.h"
#include "digest/cli/cmd_issue.h"
#include "digest/cli/cmd_schedule.h"
#include "digest/cli/json.h"
#include "digest/cli/moment.h"
#include "digest/issues/issue_due.h"
#include "digest/scheduler/occurrence.h"
#include "digest/scheduler/plan.h"

enum { MAX_NEXT = 1000, SHOWN_NEXT = 3 };

/* ---- settings ------------------------------------------------------------ */

static bool parse_span(const struct invocation *call, const char *option,
                       int64_t *out, struct err *err)
{
    const char *text = option_get(call, option);
    return !text || schedule_read_span(text, out, err) ||
           err_context(err, "%s", option);
}

static void add_exceptions(struct invocation *call, struct schedule *s)
{
    OWNED(strbuf_free) struct strbuf dates = STRBUF_INIT;
    size_t index = 0;
    const char *text;
    strbuf_add_text(&dates, s->except);
    while ((text = option_next(call, "--except", &index))) {
        if (strcmp(text, "none") == 0) {
            strbuf_cut(&dates, 0);
            continue;
        }
        if (strstr(strbuf_text(&dates), text))
            continue;
        strbuf_add_format(&dates, "%s%s", dates.len ? "\n" : "", text);
    }
    s->except = arena_copy_str(&call->arena, strbuf_str(&dates));
}

/* Sets the rule of a schedule; a rule written anew counts from now. */
static bool set_rule(struct invocation *call, struct schedule *s, int64_t now,
                     struct err *err)
{
    const char *every = option_get(call, "--every");
    bool off = option_get(call, "--off") != NULL;
    if (every && off)
        return err_set(err, ERR_USAGE, "give --every or --off, not both");
    if (off)
        s->every = s->rule = s->begins = "";
    if (every && !schedule_read(every, now, &call->arena, s, err))
        return err_context(err, "--every");
    if (every)
        s->since = now;
    return true;
}

/* Keeps what was read, and says how to name the editors that are missing. */
static bool keep(struct db *db, const struct schedule *s, const char *addresses,
                 struct arena *arena, struct err *err)
{
    const char *editors;
    struct err ignored;
    if (schedule_change(db, s, addresses, arena, err))
        return true;
    if (err->kind == ERR_USAGE && schedule_asks_editors(s) &&
        schedule_editors(db, s->newsletter_id, arena, &editors, &ignored) &&
        !*editors)
        err_advise(err, "`digest newsletter edit %s --editors a@example.org`",
                   s->newsletter);
    return false;
}

bool schedule_command_apply(struct invocation *call, struct db *db,
                            int64_t newsletter_id, struct err *err)
{
    struct schedule s;
    const char *policy = option_get(call, "--policy");
    const char *editors = option_get(call, "--editors");
    int64_t now = clock_now();
    if (!schedule_get(db, newsletter_id, &call->arena, &s, err))
        return false;
    bool had_none = !*s.every;
    add_exceptions(call, &s);
    if (!set_rule(call, &s, now, err) ||
        (policy && !schedule_parse_policy(policy, &s, err)) ||
        !parse_span(call, "--lead", &s.lead_s, err) ||
        !parse_span(call, "--grace", &s.grace_s, err))
        return false;
    if (had_none && !*s.every) {
        const char *const need_one[] = {"--policy", "--lead", "--grace",
                                        "--except"};
        for (size_t i = 0; i < ARRAY_SIZE(need_one); i++)
            if (option_get(call, need_one[i]))
                return err_set(err, ERR_USAGE,
                               "%s has no schedule yet; add --every 'friday "
                               "07:00'",
                               s.newsletter);
        return !editors ||
               schedule_set_editors(db, newsletter_id, editors, err);
    }
    return keep(db, &s, editors, &call->arena, err);
}

/* ---- showing ------------------------------------------------------------- */

static void print_settings(const struct schedule *s, const char *editors)
{
    char lead[TIME_TEXT_SIZE], late[TIME_TEXT_SIZE];
    static const char *const policies[] = {
        [POLICY_AUTO] = "unattended",
        [POLICY_APPROVE] = "when an editor has approved it",
        [POLICY_OBJECT] = "unless an editor cancels it",
    };
    printf("%s goes out %s (%s), %s", s->newsletter, s->every, s->zone,
           policies[s->policy]);
    if (s->policy == POLICY_OBJECT)
        printf(" within %s of the preview", time_duration(s->object_s, lead));
    printf(".\nDrafted %s ahead, late by %s at most.\n",
           time_duration(s->lead_s, lead), time_duration(s->grace_s, late));
    struct str rest = str_of(s->except), line;
    for (bool first = true; str_next_line(&rest, &line); first = false)
        printf("%s%.*s%s", first ? "Not on " : ", ", STR_ARG(line),
               rest.len ? "" : ".\n");
    rest = str_of(editors);
    for (bool first = true; str_next_line(&rest, &line); first = false)
        printf("%s%.*s%s", first ? "Previews go to " : ", ", STR_ARG(line),
               rest.len ? "" : ".\n");
    if (!*editors)
        printf("Nobody gets a preview: digest newsletter edit %s --editors "
               "a@example.org\n",
               s->newsletter);
}

static json_t *settings_json(const struct schedule *s, const char *editors,
                             const int64_t *times, size_t count)
{
    OWNED(strbuf_free) struct strbuf policy = STRBUF_INIT;
    json_t *next = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(next, json_time(times[i]));
    schedule_policy_text(s, &policy);
    bool on = *s->every != '\0';
    return json_pack(
        "{s:s, s:o, s:o, s:s, s:o, s:s, s:I, s:I, s:o, s:o}", "newsletter",
        s->newsletter, "every", on ? json_string(s->every) : json_null(),
        "rule", on ? json_string(s->rule) : json_null(), "timezone", s->zone,
        "except", json_lines(s->except), "policy", strbuf_text(&policy), "lead",
        (json_int_t)s->lead_s, "grace", (json_int_t)s->grace_s, "editors",
        json_lines(editors), "next", next);
}

static void print_times(const struct schedule *s, const int64_t *times,
                        size_t count)
{
    int64_t now = clock_now();
    puts("Next:");
    for (size_t i = 0; i < count; i++) {
        OWNED(strbuf_free) struct strbuf at = STRBUF_INIT;
        moment_add(times[i], now, s->zone, &at);
        printf("  %s\n", strbuf_text(&at));
    }
    if (!count)
        puts("  never: the rule has ended");
}

bool schedule_command_print(struct invocation *call, struct db *db,
                            int64_t newsletter_id, size_t next, struct err *err)
{
    struct schedule s;
    const char *editors;
    int64_t *times = ARENA_NEW_ARRAY(&call->arena, int64_t, next + 1);
    size_t count = 0;
    if (!schedule_get(db, newsletter_id, &call->arena, &s, err) ||
        !schedule_editors(db, newsletter_id, &call->arena, &editors, err) ||
        (*s.every &&
         !occurrence_times(db, &s, clock_now(), next, times, &count, err)))
        return false;
    if (call->json) {
        json_print(settings_json(&s, editors, times, count));
    } else if (*s.every) {
        print_settings(&s, editors);
        print_times(&s, times, count);
    } else {
        printf("%s has no schedule: its issues go out by hand. Give it one: "
               "digest newsletter schedule %s --every 'friday 07:00'\n",
               s.newsletter, s.newsletter);
    }
    return true;
}

bool schedule_command_show(struct invocation *call, struct db *db,
                           int64_t newsletter_id, struct err *err)
{
    OWNED(strbuf_free) struct strbuf policy = STRBUF_INIT;
    struct schedule s;
    const char *editors;
    if (!schedule_get(db, newsletter_id, &call->arena, &s, err) ||
        !schedule_editors(db, newsletter_id, &call->arena, &editors, err))
        return false;
    schedule_policy_text(&s, &policy);
    if (*s.every)
        printf("goes out   %s, %s\n", s.every, strbuf_text(&policy));
    struct str rest = str_of(editors), line;
    for (bool first = true; str_next_line(&rest, &line); first = false)
        printf("%s%.*s\n", first ? "editors    " : "           ",
               STR_ARG(line));
    return true;
}

static bool print_ics(struct invocation *call, struct db *db,
                      const struct newsletter *n, size_t next, struct err *err)
{
    OWNED(strbuf_free) struct strbuf calendar = STRBUF_INIT;
    struct schedule s;
    int64_t now = clock_now();
    int64_t *times = ARENA_NEW_ARRAY(&call->arena, int64_t, next + 1);
    size_t count = 0;
    if (!schedule_get(db, n->id, &call->arena, &s, err))
        return false;
    if (!*s.every)
        return err_set(err, ERR_NOT_FOUND,
                       "%s has no schedule; give it one with --every 'friday "
                       "07:00'",
                       n->slug);
    if (!occurrence_times(db, &s, now, next, times, &count, err))
        return false;
    schedule_ics(n->title, n->slug, times, count, now, &calendar);
    fwrite(strbuf_text(&calendar), 1, calendar.len, stdout);
    return true;
}

/* ---- newsletter schedule ----------------------------------------------------
 */

/* Tells which issues keep the time that an earlier rule gave them. */
static bool tell_scheduled(struct invocation *call, struct db *db,
                           int64_t newsletter_id, struct err *err)
{
    struct issue_ids all;
    if (!issue_find_due(db, INT64_MAX, &call->arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        OWNED(strbuf_free) struct strbuf at = STRBUF_INIT;
        struct issue issue;
        struct newsletter n;
        if (!issue_get_by_id(db, all.items[i], &call->arena, &issue, err) ||
            !newsletter_get_by_id(db, issue.newsletter_id, &call->arena, &n,
                                  err))
            return false;
        if (issue.newsletter_id != newsletter_id)
            continue;
        zone_date_time(n.timezone, issue.scheduled_at, &at);
        log_note("%s/%" PRId64 " stays scheduled for %s; `digest issue "
                 "schedule %s/%" PRId64 " --at` moves it, `digest issue "
                 "cancel` stops it",
                 issue.newsletter, issue.number, strbuf_text(&at),
                 issue.newsletter, issue.number);
    }
    return true;
}

static bool parse_next(const struct invocation *call, size_t *out,
                       struct err *err)
{
    const char *text = option_get(call, "--next");
    unsigned long long number = SHOWN_NEXT;
    if (text &&
        (!str_to_u64(str_of(text), &number) || number < 1 || number > MAX_NEXT))
        return err_set(err, ERR_USAGE,
                       "--next \"%.20s\": has to be a number from 1 to %d",
                       text, MAX_NEXT);
    *out = (size_t)number;
    return true;
}

static bool run_newsletter_schedule(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct newsletter n;
    size_t next = 0;
    if (!invocation_count(call, 1, 1, err) || !parse_next(call, &next, err) ||
        !app_open(&app, call, err) ||
        !newsletter_get(app.db, call->args[0], &call->arena, &n, err))
        return false;
    bool is_new = option_get(call, "--every") || option_get(call, "--off");
    if (call->option_count &&
        (!tx_begin(&tx, app.db, TX_DURABLE, err) ||
         !schedule_command_apply(call, app.db, n.id, err) ||
         !tx_commit(&tx, err)))
        return false;
    if (is_new && !tell_scheduled(call, app.db, n.id, err))
        return false;
    if (option_get(call, "--ics"))
        return print_ics(call, app.db, &n, next, err);
    return schedule_command_print(call, app.db, n.id, next, err);
}

/* ---- issue schedule, issue approve
 * --------------------------------------------- */

static bool open_issue(struct invocation *call, struct app *app,
                       struct issue *issue, struct newsletter *n,
                       struct err *err)
{
    return invocation_count(call, 1, 1, err) &&
           issue_command_open(call, app, true, issue, err) &&
           newsletter_get_by_id(app->db, issue->newsletter_id, &call->arena, n,
                                err);
}

static bool print_goes_out(struct invocation *call, const struct app *app,
                           const struct issue *issue, const char *zone,
                           int64_t at, struct err *err)
{
    OWNED(strbuf_free) struct strbuf moment = STRBUF_INIT;
    struct ledger_counts counts;
    struct issue now;
    int64_t recipients;
    moment_add(at, clock_now(), zone, &moment);
    if (!conductor_recipients(app->db, issue, at, &recipients, err))
        return false;
    if (!call->json) {
        printf("%s/%" PRId64 " goes out to %s %s %s.\n", issue->newsletter,
               issue->number, grouped(&call->arena, recipients),
               plural(recipients, "subscriber", "subscribers"),
               strbuf_text(&moment));
        app_note_mail(app);
        return true;
    }
    if (!issue_get_by_id(app->db, issue->id, &call->arena, &now, err) ||
        !ledger_count(app->db, issue->id, &counts, err))
        return false;
    json_t *object = json_issue(&now, &counts);
    json_object_set_new(object, "scheduled", json_time(at));
    json_print(object);
    return true;
}

static bool run_issue_schedule(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    struct newsletter n;
    const char *text = option_get(call, "--at"), *zone = "UTC";
    int64_t at = 0;
    if (!text)
        return err_set(err, ERR_USAGE,
                       "--at is required, such as --at '2026-12-04 07:00', on "
                       "the clocks of the newsletter's time zone");
    if (!open_issue(call, &app, &issue, &n, err))
        return false;
    if (!zone_read(text, n.timezone, &call->arena, &zone, &at, err))
        return err_context(err, "--at");
    struct conductor conductor = app_conductor(&app);
    conductor.anyway = option_get(call, "--anyway") != NULL;
    return plan_by_hand(&conductor, &issue, at, zone, err) &&
           print_goes_out(call, &app, &issue, zone, at, err);
}

/* The schedule goes on with its next time. */
static bool print_next(struct invocation *call, struct app *app,
                       const struct issue *issue, struct err *err)
{
    OWNED(strbuf_free) struct strbuf due = STRBUF_INIT;
    struct schedule s;
    struct occurrence_next next;
    int64_t now = clock_now();
    if (!schedule_get(app->db, issue->newsletter_id, &call->arena, &s, err))
        return false;
    if (!*s.every)
        return true;
    if (!occurrence_look(app->db, &s, now, &next, err))
        return false;
    if (next.step == STEP_NOTHING)
        return true;
    moment_add(next.due_at, now, s.zone, &due);
    printf("The schedule goes on with a new issue %s.\n", strbuf_text(&due));
    return true;
}

static bool run_issue_unschedule(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    struct newsletter n;
    if (!open_issue(call, &app, &issue, &n, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    if (!plan_unschedule(&conductor, &issue, err))
        return false;
    printf("Unscheduled %s/%" PRId64 "; it is a draft, and is not sent before "
           "it gets a time again.\n",
           issue.newsletter, issue.number);
    return print_next(call, &app, &issue, err);
}

static bool run_issue_restore(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    if (!invocation_count(call, 1, 1, err) ||
        !issue_command_open(call, &app, false, &issue, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    if (!plan_restore(&conductor, &issue, err))
        return false;
    printf("Restored %s/%" PRId64 " as a draft without a time.\n"
           "Schedule it: digest issue schedule %s/%" PRId64
           " --at 'YYYY-MM-DD HH:MM'\n",
           issue.newsletter, issue.number, issue.newsletter, issue.number);
    return true;
}

static bool run_issue_approve(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    struct newsletter n;
    int64_t at = 0;
    if (!open_issue(call, &app, &issue, &n, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    conductor.anyway = option_get(call, "--anyway") != NULL;
    return plan_approve(&conductor, &issue, &at, err) &&
           print_goes_out(call, &app, &issue, n.timezone, at, err);
}

const struct command schedule_commands[] = {
    {"newsletter",
     "schedule",
     "SLUG",
     "when its issues go out, again and again",
     {{"--every", "RULE", "'friday 07:00', 'first monday 09:00', an RRULE …"},
      {"--off", NULL, "no more by themselves"},
      {"--except", "DATE", "not on this day; again for more; none: drop all"},
      {"--policy", "P", "auto, approve, or object:4h"},
      {"--lead", "24h", "drafted and shown so long before"},
      {"--grace", "6h", "how late it may still go out"},
      {"--next", "N", "show so many of the coming times"},
      {"--ics", NULL, "… as a calendar"},
      {0}},
     run_newsletter_schedule},
    {"issue",
     "schedule",
     "ISSUE",
     "schedule or reschedule it",
     {{"--at", "'Y-M-D H:M [ZONE]'", "when"},
      {"--anyway", NULL, "in spite of what lint finds"},
      {0}},
     run_issue_schedule},
    {"issue",
     "unschedule",
     "ISSUE",
     "take its time off, and keep the draft",
     {{0}},
     run_issue_unschedule},
    {"issue",
     "restore",
     "ISSUE",
     "bring a deleted one back as a draft",
     {{0}},
     run_issue_restore},
    {"issue",
     "approve",
     "ISSUE",
     "approve it",
     {{"--anyway", NULL, "ignore what lint finds"}, {0}},
     run_issue_approve},
    {0},
};
