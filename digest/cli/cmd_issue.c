#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/cli/app.h"
#include "digest/cli/cmd_issue.h"
#include "digest/cli/draft_print.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"
#include "digest/issues/draft.h"
#include "digest/issues/zone.h"

bool issue_command_open(struct invocation *call, struct app *app, bool unsent,
                        struct issue *out, struct err *err)
{
    return app_open(app, call, err) &&
           issue_get(app->db, call->args[0], unsent, &call->arena, out, err);
}

/* ---- draft ---- */

static bool parse_window(const struct invocation *call,
                         struct draft_options *options, struct err *err)
{
    const char *since = option_get(call, "--since");
    const char *until = option_get(call, "--until");
    options->now = clock_now();
    return (!since || app_parse_time("--since", since, &options->since, err)) &&
           (!until || app_parse_time("--until", until, &options->until, err));
}

static json_t *explanation_json(const struct draft *d)
{
    json_t *array = json_array();
    for (size_t i = 0; i < d->selection.count; i++) {
        const struct selector_verdict *v = &d->selection.verdicts[i];
        const struct article *a = v->candidate->article;
        OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
        selector_explain(&d->rules, v, &why);
        bool placed = v->reason == SELECTED || v->reason == NOT_WITHIN_LIMIT;
        json_array_append_new(
            array,
            json_pack("{s:I, s:s, s:b, s:o, s:o, s:s}", "id", (json_int_t)a->id,
                      "title", a->title, "taken", v->reason == SELECTED,
                      "section",
                      placed ? json_string(d->rules.sections[v->section].title)
                             : json_null(),
                      "rank",
                      v->rank ? json_integer((json_int_t)v->rank) : json_null(),
                      "reason", strbuf_text(&why)));
    }
    return array;
}

static bool print_draft_json(struct app *app, const struct draft *d, bool made,
                             bool explain, struct err *err)
{
    struct ledger_counts counts;
    json_t *object = NULL;
    if (made) {
        if (!ledger_count(app->db, d->issue.id, &counts, err))
            return false;
        object = json_issue(&d->issue, &counts);
    }
    if (!explain && object) {
        json_print(object);
        return true;
    }
    if (explain) {
        json_t *whole = object ? object : json_object();
        json_object_set_new(whole, "candidates", explanation_json(d));
        json_object_set_new(whole, "older", json_integer(d->older));
        json_print(whole);
    }
    return true;
}

static bool run_draft(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct newsletter newsletter;
    struct draft_options options = {0};
    struct draft draft;
    if (!invocation_count(call, 1, 1, err) ||
        !parse_window(call, &options, err) || !app_open(&app, call, err) ||
        !newsletter_get(app.db, call->args[0], &call->arena, &newsletter, err))
        return false;
    options.explain = option_get(call, "--explain") != NULL;
    bool made =
        draft_issue(app.db, &newsletter, &options, &call->arena, &draft, err);
    bool explain = option_get(call, "--explain") != NULL;
    if (!made && err->kind != ERR_NOT_FOUND)
        return false;
    if (call->json) {
        struct err late;
        if (!print_draft_json(&app, &draft, made, explain, &late)) {
            *err = late;
            return false;
        }
    } else {
        if (made)
            draft_print(&draft, explain);
        else if (explain)
            draft_print_candidates(&draft);
        if (made)
            issue_command_warn_length(&app, &draft.issue);
        if (made)
            printf("%sNext: digest issue show %s/%" PRId64
                   " --as text, then digest issue send %s/%" PRId64 "\n",
                   explain ? "\n" : "", draft.issue.newsletter,
                   draft.issue.number, draft.issue.newsletter,
                   draft.issue.number);
    }
    return made;
}

/* ---- list ---- */

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
        table_add(&table, "%s", issue_state_name(issue->state));
        table_add(&table, "%s", grouped(&call->arena, c.recipients));
        table_add(&table, "%s", grouped(&call->arena, c.states[DELIVERY_SENT]));
        table_add(&table, "%s",
                  grouped(&call->arena, c.states[DELIVERY_FAILED]));
        table_add(&table, "%s", issue->subject);
    }
    if (call->json) {
        json_print(array);
        return true;
    }
    json_decref(array);
    if (list.count)
        table_print(&table);
    else
        puts("No issue yet. Draft one: digest issue draft SLUG --explain");
    return true;
}

/* ---- edit, test, states ---- */

enum { MAX_SUBJECT = 250 };

static bool edit_subject(struct issue *issue, const char *subject,
                         struct err *err)
{
    if (!*subject)
        return err_set(err, ERR_USAGE, "--subject: has to hold some words");
    for (const char *c = subject; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return err_set(err, ERR_USAGE,
                           "--subject: holds a line break or another control "
                           "character; give it in one line");
    if (utf8_invalid_at(str_of(subject)) < strlen(subject))
        return err_set(err, ERR_USAGE, "--subject: isn't UTF-8");
    if (strlen(subject) > MAX_SUBJECT)
        return err_set(err, ERR_USAGE,
                       "--subject: has %zu bytes; an inbox shows some 60, and "
                       "%d are the most",
                       strlen(subject), MAX_SUBJECT);
    issue->subject = subject;
    issue->subject_is_edited = true;
    return true;
}

static bool run_edit(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(strbuf_free) struct strbuf intro = STRBUF_INIT;
    struct issue issue;
    const char *subject = option_get(call, "--subject");
    const char *file = option_get(call, "--intro");
    if (!invocation_count(call, 1, 1, err))
        return false;
    if (!subject && !file)
        return err_set(err, ERR_USAGE,
                       "nothing to change: give --subject S or --intro FILE");
    if (!issue_command_open(call, &app, true, &issue, err) ||
        (subject && !edit_subject(&issue, subject, err)) ||
        (file && !file_read(file, 1 << 20, &intro, err)))
        return false;
    size_t bad = utf8_invalid_at(strbuf_str(&intro));
    if (bad < intro.len)
        return err_set(err, ERR_INPUT,
                       "%s: isn't UTF-8 (byte %zu); save it as UTF-8", file,
                       bad + 1);
    if (file)
        issue.intro = strbuf_text(&intro);
    if (!issue_put(app.db, &issue, err))
        return false;
    printf("Changed %s/%" PRId64 ".\n", issue.newsletter, issue.number);
    return true;
}

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
        return err_set(err, ERR_USAGE, "to whom? give --to EMAIL");
    if (!issue_command_open(call, &app, false, &issue, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    if (!conductor_test(&conductor, &issue, emails, count, err))
        return false;
    printf("Sent %zu test %s of %s/%" PRId64 "; their links do nothing.\n",
           count, plural((int64_t)count, "copy", "copies"), issue.newsletter,
           issue.number);
    return true;
}

static bool move_issue(struct invocation *call, const enum issue_state *from,
                       enum issue_state to, const char *done, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    if (!invocation_count(call, 1, 1, err) ||
        !issue_command_open(call, &app, true, &issue, err))
        return false;
    bool allowed = false;
    for (size_t i = 0; i < 4; i++)
        allowed |= from[i] == issue.state;
    if (!allowed)
        return err_set(err, ERR_CONFLICT,
                       "%s/%" PRId64 ": is %s; only one that is %s can be "
                       "%s",
                       issue.newsletter, issue.number,
                       issue_state_words(issue.state),
                       issue_state_words(from[0]), done);
    if (!issue_move(app.db, issue.id, issue.state, to, clock_now(), err))
        return false;
    printf("%s/%" PRId64 " is %s.\n", issue.newsletter, issue.number, done);
    if (to == ISSUE_SENDING)
        printf("Go on with: digest issue send %s/%" PRId64 "\n",
               issue.newsletter, issue.number);
    return true;
}

static bool run_cancel(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct issue issue;
    int64_t skipped = 0;
    if (!invocation_count(call, 1, 1, err) ||
        !issue_command_open(call, &app, true, &issue, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    if (!conductor_cancel(&conductor, &issue, &skipped, err))
        return false;
    printf("Cancelled %s/%" PRId64 "; %" PRId64
           " %s not got it and will not.\n",
           issue.newsletter, issue.number, skipped,
           plural(skipped, "person has", "people have"));
    return true;
}

static bool run_pause(struct invocation *call, struct err *err)
{
    static const enum issue_state from[4] = {ISSUE_SENDING, ISSUE_SENDING,
                                             ISSUE_SENDING, ISSUE_SENDING};
    return move_issue(call, from, ISSUE_PAUSED, "paused", err);
}

static bool run_resume(struct invocation *call, struct err *err)
{
    static const enum issue_state from[4] = {ISSUE_PAUSED, ISSUE_PAUSED,
                                             ISSUE_PAUSED, ISSUE_PAUSED};
    return move_issue(call, from, ISSUE_SENDING, "resumed", err);
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
     run_draft},
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
     "change what is written in a draft",
     {{"--subject", "S", "the subject"},
      {"--intro", "FILE", "an introduction, in Markdown"},
      {0}},
     run_edit},
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
     "never send it, or send it no further",
     {{0}},
     run_cancel},
    {"issue",
     "pause",
     "ISSUE",
     "stop sending it for a while",
     {{0}},
     run_pause},
    {"issue", "resume", "ISSUE", "let a paused one go on", {{0}}, run_resume},
    {0},
};
