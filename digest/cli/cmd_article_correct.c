/* Runs `digest article correct`, and lists the corrections. */
#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/cmd_article.h"
#include "digest/cli/json.h"
#include "digest/issues/correct.h"

static void add_reach(json_t *object, const struct correction_reach *reach)
{
    json_object_set_new(object, "had_by", json_integer(reach->had));
    json_object_set_new(object, "no_longer_kept", json_lines(reach->lost));
}

/* ---- making one ------------------------------------------------------- */

static const char *name_of(struct invocation *call, const struct issue *issue)
{
    return arena_format(&call->arena, "%s/%" PRId64, issue->newsletter,
                        issue->number);
}

static void print_json(struct invocation *call, int64_t article_id,
                       const struct correct_report *report)
{
    json_t *issues = json_array();
    for (size_t i = 0; i < report->issues.count; i++)
        json_array_append_new(
            issues, json_string(name_of(call, &report->issues.items[i])));
    json_t *object =
        json_pack("{s:I, s:I, s:b, s:o}", "correction", (json_int_t)report->id,
                  "article", (json_int_t)article_id, "is_new",
                  (int)report->is_new, "issues", issues);
    add_reach(object, &report->reach);
    json_print(object);
}

static bool print_issue(struct invocation *call, const struct app *app,
                        const struct issue *issue, struct err *err)
{
    const char *name = name_of(call, issue);
    int64_t count;
    if (issue->started_at) {
        printf("%s brings it: it is %s.\n", name,
               issue_state_words(issue->state));
        return true;
    }
    if (!conductor_recipients(app->db, issue, clock_now(), &count, err))
        return false;
    printf("%s is %s with it for %s %s who may be mailed; look at it, and send "
           "it: digest issue send %s\n",
           name, issue_state_words(issue->state), grouped(&call->arena, count),
           plural(count, "subscriber", "subscribers"), name);
    return true;
}

static bool print_report(struct invocation *call, const struct app *app,
                         int64_t article_id,
                         const struct correct_report *report, struct err *err)
{
    printf(report->is_new
               ? "Corrected article %" PRId64 " (correction %" PRId64 "): its "
                 "pages say so, and the next issue tells those who had it.\n"
               : "Article %" PRId64 " has this correction already (correction "
                 "%" PRId64 ").\n",
           article_id, report->id);
    printf("Had by %s.\n",
           correction_reach_words(&report->reach, &call->arena));
    for (size_t i = 0; i < report->issues.count; i++)
        if (!print_issue(call, app, &report->issues.items[i], err))
            return false;
    log_note("Pages that `digest archive` wrote change when it is run again.");
    return true;
}

static bool take_back(const struct app *app, int64_t article_id,
                      const char *number, struct err *err)
{
    unsigned long long id;
    if (!str_to_u64(str_of(number), &id) || id > INT64_MAX)
        return err_set(err, ERR_USAGE,
                       "--remove \"%.40s\": has to be a correction's number; "
                       "`digest article show %" PRId64 "` lists them",
                       number, article_id);
    if (!correction_remove(app->db, article_id, (int64_t)id, clock_now(), err))
        return false;
    printf("Took correction %llu of article %" PRId64 " back.\n", id,
           article_id);
    return true;
}

bool article_command_correct(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    const char *note = option_get(call, "--note");
    const char *number = option_get(call, "--remove");
    bool send = option_get(call, "--send") != NULL;
    struct correct_report report;
    int64_t id = 0;
    if (!invocation_count(call, 1, 1, err) ||
        !article_command_id(call->args[0], &id, err))
        return false;
    if (number && (note || send))
        return err_set(err, ERR_USAGE,
                       "--remove takes a correction back: give it alone");
    if (!number && (!note || !*note))
        return err_set(err, ERR_USAGE,
                       "--note is required: what was wrong, and what is right");
    if (!app_open(&app, call, err))
        return false;
    if (number)
        return take_back(&app, id, number, err);
    if (!correct_article(app.db, app.templates, id, note, send, clock_now(),
                         &call->arena, &report, err))
        return false;
    if (!call->json)
        return print_report(call, &app, id, &report, err);
    print_json(call, id, &report);
    return true;
}

/* ---- those there are -------------------------------------------------- */

static json_t *correction_json(const struct correction *c,
                               const struct correction_reach *reach)
{
    json_t *object =
        json_pack("{s:I, s:s, s:o, s:s, s:s}", "correction", (json_int_t)c->id,
                  "note", c->note, "made", json_time(c->made_at), "sent_in",
                  c->sent_in, "waits_in", c->waits_in);
    add_reach(object, reach);
    return object;
}

static void print_one(struct invocation *call, const struct correction *c,
                      const struct correction_reach *reach)
{
    char at[TIME_TEXT_SIZE];
    printf("correction %" PRId64 ", %.10s: %s\n    had by %s", c->id,
           time_rfc3339(c->made_at, at), c->note,
           correction_reach_words(reach, &call->arena));
    if (*c->sent_in)
        printf("; sent in %s", c->sent_in);
    if (*c->waits_in)
        printf("; waits in %s", c->waits_in);
    putchar('\n');
}

bool article_command_corrections(struct invocation *call, struct app *app,
                                 int64_t article_id, struct json_t *object,
                                 struct err *err)
{
    struct correction_list list;
    json_t *array = json_array();
    if (object)
        json_object_set_new(object, "corrections", array);
    if (!correction_find(app->db, article_id, &call->arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        struct correction_reach reach;
        if (!correction_reach(app->db, list.items[i].id, &call->arena, &reach,
                              err))
            return false;
        if (object)
            json_array_append_new(array,
                                  correction_json(&list.items[i], &reach));
        else
            print_one(call, &list.items[i], &reach);
    }
    if (!object)
        json_decref(array);
    return true;
}
