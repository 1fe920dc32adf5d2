/* Runs `digest issue send` and `status`. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/cmd_issue.h"
#include "digest/cli/json.h"
#include "digest/cli/lint_print.h"
#include "digest/cli/progress.h"
#include "digest/cli/stop.h"
#include "digest/cli/table.h"
#include "digest/delivery/issue_lint.h"
#include "digest/delivery/ways.h"
#include "digest/issues/acts.h"

/* Warns of settings that the law or the mailbox providers will miss. */
static void warn_gaps(const struct conf *conf)
{
    if (!conf->postal_address)
        log_warning("%s: no site.postal_address; the law of many countries "
                    "wants one in each message",
                    conf->path);
    if (!conf->base_url)
        log_warning("%s: no site.base_url; readers can leave by mail alone, "
                    "and large mailbox providers want a link as well",
                    conf->path);
}

static void print_start(const struct issue *issue, const struct start_report *s,
                        bool dry_run)
{
    if (s->withdrawn)
        log_note("%" PRId64 " %s removed since it was drafted, and left out.",
                 s->withdrawn,
                 plural(s->withdrawn, "article was", "articles were"));
    issue_command_print_notes(issue, &s->notes);
    if (dry_run)
        printf("Would send %s/%" PRId64 " to %" PRId64 " %s in %" PRId64
               " %s. Nothing was sent.\n",
               issue->newsletter, issue->number, s->recipients,
               plural(s->recipients, "recipient", "recipients"), s->variants,
               plural(s->variants, "variant", "variants"));
}

static void print_counts(struct arena *arena, const struct issue *issue,
                         const struct ledger_counts *c)
{
    printf("%s/%" PRId64 " is %s%s: %" PRId64 " %s", issue->newsletter,
           issue->number, issue_state_name(issue->state),
           ways_aside(issue->ways, arena), c->recipients,
           plural(c->recipients, "recipient", "recipients"));
    for (int i = 0; i < DELIVERY_STATE_COUNT; i++)
        if (c->states[i])
            printf(", %" PRId64 " %s", c->states[i],
                   delivery_state_name((enum delivery_state)i));
    puts(".");
}

static void print_send(struct arena *arena, const struct issue *issue,
                       const struct send_report *r)
{
    if (r->stopped)
        printf("Stopped: %s/%" PRId64 " is %s. ", issue->newsletter,
               issue->number, issue_state_words(issue->state));
    printf("Sent %s/%" PRId64 " to %" PRId64 " of %" PRId64 " %s%s",
           issue->newsletter, issue->number, r->counts.states[DELIVERY_SENT],
           r->counts.recipients,
           plural(r->counts.recipients, "recipient", "recipients"),
           ways_aside(issue->ways, arena));
    static const enum delivery_state others[] = {
        DELIVERY_QUEUED, DELIVERY_DEFERRED, DELIVERY_FAILED, DELIVERY_SKIPPED};
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (r->counts.states[others[i]])
            printf(", %" PRId64 " %s", r->counts.states[others[i]],
                   delivery_state_name(others[i]));
    puts(".");
    if (r->recovered)
        log_warning("%" PRId64 " %s under way when an earlier run broke off; "
                    "of these, some may arrive twice.",
                    r->recovered,
                    plural(r->recovered, "message was", "messages were"));
    if (r->counts.states[DELIVERY_FAILED])
        printf("Who and why: digest issue status %s/%" PRId64 " --failed\n",
               issue->newsletter, issue->number);
}

/* Judges the end of a run: deliveries that wait are no failure, but not done
 * either. */
static bool judge(struct invocation *call, const struct issue *issue,
                  const struct send_report *r, struct err *err)
{
    if (r->finished || r->stopped) {
        if (r->stopped)
            call->exit_code = err_exit_code(ERR_TEMPORARY);
        return true;
    }
    char at[TIME_TEXT_SIZE] = "the next run";
    if (r->counts.next_at)
        time_rfc3339(r->counts.next_at, at);
    return err_set(err, ERR_TEMPORARY,
                   "%s/%" PRId64 ": not everybody has it yet; next try at "
                   "%s: run `digest issue send %s/%" PRId64 "` again then",
                   issue->newsletter, issue->number, at, issue->newsletter,
                   issue->number);
}

/* Prints the findings that don't stop an issue, once it is about to go. */
static bool print_findings(const struct conductor *conductor,
                           const struct issue *issue, struct arena *arena,
                           struct err *err)
{
    OWNED(lint_report_free) struct lint_report report = {0};
    if (log_level() < LOG_NOTE)
        return true;
    if (!issue_lint(conductor, issue, false, &report, err))
        return false;
    if (report.count)
        lint_print(stderr,
                   arena_format(arena, "%s/%" PRId64, issue->newsletter,
                                issue->number),
                   &report);
    return true;
}

static bool start(struct invocation *call, struct app *app, struct issue *issue,
                  bool dry_run, struct err *err)
{
    struct conductor conductor = app_conductor(app);
    OWNED(start_report_free) struct start_report report = {0};
    conductor.anyway = option_get(call, "--anyway") != NULL;
    warn_gaps(&app->conf);
    if (!conductor_start(&conductor, issue, dry_run, &report, err) ||
        !print_findings(&conductor, issue, &call->arena, err))
        return false;
    if (dry_run && call->json)
        json_print(json_pack("{s:I, s:I, s:I, s:I}", "recipients",
                             (json_int_t)report.recipients, "variants",
                             (json_int_t)report.variants, "html_bytes",
                             (json_int_t)report.notes.html_bytes, "left_out",
                             (json_int_t)report.notes.left_out));
    else
        print_start(issue, &report, dry_run);
    return issue_get_by_id(app->db, issue->id, &call->arena, issue, err);
}

static bool retry(struct app *app, struct issue *issue, struct err *err)
{
    int64_t count;
    struct conductor conductor = app_conductor(app);
    if (!conductor_retry(&conductor, issue, &count, err))
        return false;
    issue->state = ISSUE_SENDING;
    return true;
}

static bool carry_out(struct invocation *call, struct app *app,
                      struct issue *issue, struct err *err)
{
    struct conductor conductor = app_conductor(app);
    struct send_report report;
    struct progress progress;
    struct ledger_counts before;
    if (!ledger_count(app->db, issue->id, &before, err))
        return false;
    progress_begin(&progress, &before);
    bool terminal = isatty(STDERR_FILENO) && log_level() >= LOG_NOTE;
    struct send_watch watch = {.progress = terminal ? progress_draw : NULL,
                               .context = &progress,
                               .stop = stop_watch()};
    bool good = conductor_send(&conductor, issue, &watch, &report, err);
    progress_end(&progress);
    struct err late;
    if (!issue_get_by_id(app->db, issue->id, &call->arena, issue, &late))
        return good ? (*err = late, false) : false;
    if (call->json && (good || report.counts.recipients))
        json_print(json_issue(issue, &report.counts));
    else if (good)
        print_send(&call->arena, issue, &report);
    return good && judge(call, issue, &report, err);
}

/* ---- asking ---- */

/* How many would get it now. */
static bool count_asked(struct app *app, const struct issue *issue, bool again,
                        int64_t *out, struct err *err)
{
    struct ledger_counts counts;
    if (!again)
        return conductor_recipients(app->db, issue, clock_now(), out, err);
    if (!ledger_count(app->db, issue->id, &counts, err))
        return false;
    *out = counts.states[DELIVERY_FAILED];
    return true;
}

/* A person is asked before mail begins to go out; cron and scripts, which have
 * no terminal, are not, nor is anybody who goes on with what has begun. Changes
 * that an editor makes while the question stands are taken in. */
static bool agree(struct invocation *call, struct app *app, struct issue *issue,
                  bool again, bool *out, struct err *err)
{
    int64_t count;
    char answer[16] = "";
    bool begins = issue_may(issue, ACT_START);
    *out = true;
    if (!isatty(STDIN_FILENO) || option_get(call, "--yes") ||
        !(begins || again))
        return true;
    if (!count_asked(app, issue, again, &count, err))
        return false;
    fprintf(stderr, "Send %s/%" PRId64 "%s to %s %s? [y/N] ", issue->newsletter,
            issue->number, again ? " again" : "", grouped(&call->arena, count),
            plural(count, "subscriber", "subscribers"));
    if (!fgets(answer, sizeof answer, stdin))
        fputc('\n', stderr);
    answer[strcspn(answer, " \r\n")] = '\0';
    *out = strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
    return !*out ||
           issue_get_by_id(app->db, issue->id, &call->arena, issue, err);
}

bool issue_command_send(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    bool dry_run = option_get(call, "--dry-run") != NULL;
    bool again = option_get(call, "--retry-failed") != NULL;
    bool agreed = true;
    if (!invocation_count(call, 1, 1, err) ||
        !issue_command_open(call, &app, !again, &issue, err))
        return false;
    app_note_mail(&app);
    if (!dry_run && !agree(call, &app, &issue, again, &agreed, err))
        return false;
    if (!agreed) {
        puts("Nothing was sent.");
        call->exit_code = err_exit_code(ERR_TEMPORARY);
        return true;
    }
    if (again && !dry_run && !retry(&app, &issue, err))
        return false;
    if (issue_may(&issue, ACT_START)) {
        if (!start(call, &app, &issue, dry_run, err))
            return false;
    } else if (issue.state == ISSUE_SENT) {
        printf("%s/%" PRId64 " was sent already; nothing is sent twice.\n",
               issue.newsletter, issue.number);
        return true;
    } else if (issue.state == ISSUE_PAUSED) {
        return err_set(err, ERR_CONFLICT,
                       "%s/%" PRId64 ": is paused; `digest issue resume "
                       "%s/%" PRId64 "` lets it go on",
                       issue.newsletter, issue.number, issue.newsletter,
                       issue.number);
    }
    return dry_run || carry_out(call, &app, &issue, err);
}

/* ---- status ---- */

static bool print_failures(struct invocation *call, struct app *app,
                           const struct issue *issue, struct err *err)
{
    struct ledger_rows rows;
    if (!ledger_failures(app->db, issue->id, &call->arena, &rows, err))
        return false;
    if (call->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < rows.count; i++) {
            const struct ledger_row *r = &rows.items[i];
            json_array_append_new(
                array,
                json_pack("{s:s, s:s, s:I, s:i, s:s, s:s, s:s, s:o}", "email",
                          r->email, "state", delivery_state_name(r->state),
                          "attempts", (json_int_t)r->attempts, "code", r->code,
                          "status", r->status, "reply", r->reply, "relay",
                          r->relay, "next", json_time(r->next_at)));
        }
        json_print(array);
        return true;
    }
    OWNED(table_free) struct table table;
    table_begin(&table, 4,
                (const char *const[]){"EMAIL", "STATE", "TRIES", "WHY"});
    table.right = 4;
    for (size_t i = 0; i < rows.count; i++) {
        const struct ledger_row *r = &rows.items[i];
        table_add(&table, "%s", r->email);
        table_add(&table, "%s", delivery_state_name(r->state));
        table_add(&table, "%" PRId64, r->attempts);
        if (r->code)
            table_add(&table, "%d %s", r->code, r->reply);
        else
            table_add(&table, "%s", r->reply);
    }
    if (rows.count)
        table_print(&table);
    else
        puts("Everybody got it, or is still to get it.");
    return true;
}

bool issue_command_status(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    struct ledger_counts counts;
    char at[TIME_TEXT_SIZE];
    if (!invocation_count(call, 1, 1, err) ||
        !issue_command_open(call, &app, false, &issue, err) ||
        !ledger_count(app.db, issue.id, &counts, err))
        return false;
    if (option_get(call, "--failed"))
        return print_failures(call, &app, &issue, err);
    if (call->json)
        json_print(json_issue(&issue, &counts));
    else
        print_counts(&call->arena, &issue, &counts);
    if (!call->json && issue.state == ISSUE_SENDING && issue.retry_at)
        printf("Its relay was at fault; the next try is due %s.\n",
               time_rfc3339(issue.retry_at, at));
    return true;
}
