/* Holds the verbs of `digest issue`, and runs the short ones. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/cli/cmd_issue.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"
#include "digest/delivery/ways.h"
#include "digest/issues/acts.h"
#include "digest/scheduler/plan.h"

bool issue_command_open(struct invocation *call, struct app *app, bool unsent,
                        struct issue *out, struct err *err)
{
    return app_open(app, call, err) &&
           issue_get(app->db, call->args[0], unsent, &call->arena, out, err);
}

/* ---- list ---- */

/* Whom an issue goes to is settled when it starts. */
static void add_counts(struct table *table, const struct issue *issue,
                       const struct ledger_counts *c, struct arena *arena)
{
    const int64_t counts[] = {c->recipients, c->states[DELIVERY_SENT],
                              c->states[DELIVERY_FAILED]};
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
        table_add(table, "%s",
                  issue->started_at ? grouped(arena, counts[i]) : "-");
}

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue_list list;
    struct newsletter n = {0};
    if (!invocation_count(call, 0, 1, err) || !app_open(&app, call, err) ||
        (call->arg_count &&
         !newsletter_get(app.db, call->args[0], &call->arena, &n, err)) ||
        !issue_find(app.db, n.id, &call->arena, &list, err))
        return false;
    OWNED(table_free) struct table table;
    table_begin(&table, 6,
                (const char *const[]){"ISSUE", "STATE", "RECIPIENTS", "SENT",
                                      "FAILED", "SUBJECT"});
    table.right = 4 | 8 | 16;
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++) {
        const struct issue *issue = &list.items[i];
        struct ledger_counts c;
        if (!ledger_count(app.db, issue->id, &c, err)) {
            json_decref(array);
            return false;
        }
        json_array_append_new(array, json_issue(issue, &c));
        table_add(&table, "%s/%" PRId64, issue->newsletter, issue->number);
        table_add(&table, "%s%s", issue_state_name(issue->state),
                  ways_aside(issue->ways, &call->arena));
        add_counts(&table, issue, &c, &call->arena);
        table_add(&table, "%s", issue->subject);
    }
    if (call->json) {
        json_print(array);
        return true;
    }
    json_decref(array);
    app_note_mail(&app);
    if (list.count)
        table_print(&table);
    else
        puts("No issue yet. Draft one: digest issue draft SLUG --explain");
    return true;
}

/* ---- test, states ---- */

static bool run_test(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    const char **emails = ARENA_NEW_ARRAY(&call->arena, const char *,
                                          call->option_count + call->arg_count);
    size_t count = 0, index = 0;
    const char *email;
    while ((email = option_next(call, "--to", &index)))
        emails[count++] = email;
    for (size_t i = 1; i < call->arg_count; i++)
        emails[count++] = call->args[i];
    if (!invocation_count(call, 1, 100, err))
        return false;
    if (!count)
        return err_set(err, ERR_USAGE, "--to is required: --to EMAIL");
    if (!issue_command_open(call, &app, false, &issue, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    if (!conductor_test(&conductor, &issue, emails, count, err))
        return false;
    printf("Sent %zu test %s of %s/%" PRId64 "%s; their links are disabled.\n",
           count, plural((int64_t)count, "copy", "copies"), issue.newsletter,
           issue.number,
           ways_aside(ways_of(&app.conf, &call->arena), &call->arena));
    app_note_mail(&app);
    return true;
}

static bool act_on_issue(struct invocation *call, enum issue_act act,
                         const char *done, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    if (!invocation_count(call, 1, 1, err) ||
        !issue_command_open(call, &app, true, &issue, err) ||
        !issue_act(app.db, &issue, act, clock_now(), err))
        return false;
    printf("%s/%" PRId64 " is %s.\n", issue.newsletter, issue.number, done);
    if (act == ACT_RESUME)
        printf("Go on with: digest issue send %s/%" PRId64 "\n",
               issue.newsletter, issue.number);
    return true;
}

/* Cancels an issue. One that never started can be brought back; subscribers who
 * haven't got one that did, won't. */
static bool run_cancel(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    int64_t skipped = 0;
    if (!invocation_count(call, 1, 1, err) ||
        !issue_command_open(call, &app, true, &issue, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    if (!plan_cancel(&conductor, &issue, &skipped, err))
        return false;
    if (issue.started_at)
        printf("Stopped %s/%" PRId64 "; %s %s not got it and will not.\n",
               issue.newsletter, issue.number, grouped(&call->arena, skipped),
               plural(skipped, "subscriber has", "subscribers have"));
    else
        printf("Deleted %s/%" PRId64 "; it will not be sent.\n"
               "Undo: digest issue restore %s/%" PRId64 "\n",
               issue.newsletter, issue.number, issue.newsletter, issue.number);
    return true;
}

static bool run_pause(struct invocation *call, struct err *err)
{
    return act_on_issue(call, ACT_PAUSE, "paused", err);
}

static bool run_resume(struct invocation *call, struct err *err)
{
    return act_on_issue(call, ACT_RESUME, "resumed", err);
}

const struct command issue_commands[] = {
    {"issue",
     "draft",
     "SLUG",
     "choose articles for the next issue, or for its open draft again",
     {{"--since", "T", "from articles published since then"},
      {"--until", "T", "up to then (default: now)"},
      {"--explain", NULL, "say of every candidate why it is in or out"},
      {0}},
     issue_command_draft},
    {"issue",
     "list",
     "[SLUG]",
     "list issues, the newest first",
     {{0}},
     run_list},
    {"issue",
     "show",
     "ISSUE",
     "show an issue as it is, or as a reader gets it",
     {{"--as", "KIND", "summary, html, text or eml"},
      {"--for", "EMAIL", "this subscriber's copy; its links do nothing"},
      {"--public", NULL, "the page for everybody, as the archive has it"},
      {"--open", NULL, "show it in the browser"},
      {0}},
     issue_command_show},
    {"issue",
     "edit",
     "ISSUE",
     "change what is in a draft; choices hold when it is drafted again",
     {{"--subject", "S", "the subject"},
      {"--preheader", "S", "what an inbox shows behind it"},
      {"--intro", "FILE", "an introduction, in Markdown"},
      {"--pin", "ID", "it is in, first in its section"},
      {"--drop", "ID", "it is out"},
      {"--move", "ID [SECTION:]PLACE", "to a place in a section, from 1"},
      {"--title", "ID TEXT", "another title, in this issue alone"},
      {"--summary", "ID TEXT", "another summary, in Markdown, likewise"},
      {"--image", "ID FILE", "another picture, likewise; '' for its own"},
      {"--show", "ID HOW",
       "how much of it: headline, summary, full, or section for what its "
       "section shows"},
      {"--reset", "ID", "take back every choice about it"},
      {"--link", "URL TITLE", "add a link that is no article"},
      {"--note", "TEXT", "a note for that link, in Markdown"},
      {"--section", "NAME", "the section of that link (the first)"},
      {0}},
     issue_command_edit},
    {"issue",
     "test",
     "ISSUE",
     "send a test copy; its links do nothing",
     {{"--to", "EMAIL...", "to whom"}, {0}},
     run_test},
    {"issue",
     "send",
     "ISSUE",
     "send it now, or go on with sending it",
     {{"--dry-run", NULL, "say what would happen, and do nothing"},
      {"--yes", NULL, "don't ask before sending"},
      {"--retry-failed", NULL, "send to those whose delivery failed"},
      {"--anyway", NULL, "in spite of the errors that `digest lint` shows"},
      {0}},
     issue_command_send},
    {"issue",
     "status",
     "ISSUE",
     "how far its delivery is",
     {{"--failed", NULL, "list who did not get it, and why"}, {0}},
     issue_command_status},
    {"issue",
     "cancel",
     "ISSUE",
     "delete it, or stop sending it",
     {{0}},
     run_cancel},
    {"issue", "pause", "ISSUE", "pause sending", {{0}}, run_pause},
    {"issue", "resume", "ISSUE", "resume sending", {{0}}, run_resume},
    {0},
};
