/* Runs `digest issue draft`, and prints why each candidate is in or out. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/cli/cmd_issue.h"
#include "digest/cli/draft_print.h"
#include "digest/cli/json.h"
#include "digest/delivery/story_pages.h"
#include "digest/issues/draft.h"

static bool parse_window(const struct invocation *call,
                         struct draft_options *options, struct err *err)
{
    const char *since = option_get(call, "--since");
    const char *until = option_get(call, "--until");
    options->now = clock_now();
    options->explain = option_get(call, "--explain") != NULL;
    return (!since || app_parse_time("--since", since, &options->since, err)) &&
           (!until || app_parse_time("--until", until, &options->until, err));
}

static json_t *score_json(const struct draft *d,
                          const struct selector_verdict *v)
{
    const struct selector_score *s = &v->score;
    if (d->rules.ranking != RANK_SCORE)
        return json_null();
    return json_pack("{s:f, s:f, s:f, s:f, s:f}", "total", s->total, "views",
                     s->views, "recency", s->recency, "weight", s->weight,
                     "boost", s->boost);
}

static json_t *candidate_json(const struct draft *d,
                              const struct selector_verdict *v)
{
    const struct article *a = v->candidate->article;
    OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
    selector_explain(&d->rules, v, &why);
    return json_pack(
        "{s:I, s:s, s:b, s:o, s:o, s:s, s:s, s:o, s:o}", "id",
        (json_int_t)a->id, "title", a->title, "taken", v->reason == SELECTED,
        "section",
        selector_has_section(v)
            ? json_string(d->rules.sections[v->section].title)
            : json_null(),
        "rank", v->rank ? json_integer((json_int_t)v->rank) : json_null(),
        "code", selector_reason_name(v->reason), "reason", strbuf_text(&why),
        "near_to",
        v->near_to ? json_integer(v->near_to->article->id) : json_null(),
        "score", score_json(d, v));
}

static json_t *explanation_json(const struct draft *d)
{
    json_t *array = json_array();
    for (size_t i = 0; i < d->selection.count; i++)
        json_array_append_new(array,
                              candidate_json(d, &d->selection.verdicts[i]));
    return array;
}

/* Finds the stories that show more or less than their section says, and why. */
static bool find_shown(struct app *app, const struct newsletter *newsletter,
                       const struct draft *d, struct arena *arena,
                       struct issue_articles *out, struct err *err)
{
    return issue_get_articles(app->db, d->issue.id, arena, out, err) &&
           issue_name_pages(app->db, &d->issue, newsletter, out, arena, err);
}

static void print_shown(const struct app *app,
                        const struct issue_articles *articles)
{
    const char *why;
    for (size_t i = 0; i < articles->count; i++) {
        const struct issue_article *item = &articles->items[i];
        enum story_show show =
            issue_story_shows(item, app->conf.base_url, &why);
        if (why)
            printf("%6" PRId64 "  %s: %s\n", item->article.id,
                   show == STORY_FULL ? "in full" : "a summary", why);
    }
}

static json_t *shown_json(const struct app *app,
                          const struct issue_articles *articles)
{
    json_t *array = json_array();
    const char *why;
    for (size_t i = 0; i < articles->count; i++) {
        const struct issue_article *item = &articles->items[i];
        enum story_show show =
            issue_story_shows(item, app->conf.base_url, &why);
        json_array_append_new(array,
                              json_pack("{s:I, s:s, s:s?}", "id",
                                        (json_int_t)item->article.id, "show",
                                        story_show_name(show), "reason", why));
    }
    return array;
}

/* Without an issue there may still be something to explain. */
static bool print_json(struct app *app, const struct draft *d,
                       const struct issue_articles *shown, bool made,
                       bool explain, struct err *err)
{
    struct ledger_counts counts;
    json_t *object = NULL;
    if (made && !ledger_count(app->db, d->issue.id, &counts, err))
        return false;
    if (made)
        object = json_issue(&d->issue, &counts);
    else if (explain)
        object = json_object();
    if (explain) {
        json_object_set_new(object, "candidates", explanation_json(d));
        json_object_set_new(object, "older", json_integer(d->older));
        json_object_set_new(object, "shown", shown_json(app, shown));
    }
    if (object)
        json_print(object);
    return true;
}

static void print_text(struct app *app, const struct draft *d,
                       const struct issue_articles *shown, bool made,
                       bool explain)
{
    if (!made) {
        if (explain)
            draft_print_candidates(d);
        return;
    }
    draft_print(d, explain);
    if (explain)
        print_shown(app, shown);
    issue_command_warn_length(app, &d->issue);
    printf("%sNext: digest issue show %s/%" PRId64
           " --as text, then digest issue send %s/%" PRId64 "\n",
           explain ? "\n" : "", d->issue.newsletter, d->issue.number,
           d->issue.newsletter, d->issue.number);
}

bool issue_command_draft(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct newsletter newsletter;
    struct draft_options options = {0};
    struct draft draft;
    struct err late = {0};
    if (!invocation_count(call, 1, 1, err) ||
        !parse_window(call, &options, err) || !app_open(&app, call, err) ||
        !newsletter_get(app.db, call->args[0], &call->arena, &newsletter, err))
        return false;
    bool made =
        draft_issue(app.db, &newsletter, &options, &call->arena, &draft, err);
    if (!made && err->kind != ERR_NOT_FOUND)
        return false;
    if (made)
        app_warn_language(&app, &newsletter);
    struct issue_articles shown = {0};
    if (made && options.explain &&
        !find_shown(&app, &newsletter, &draft, &call->arena, &shown, err))
        return false;
    if (!call->json)
        print_text(&app, &draft, &shown, made, options.explain);
    else if (!print_json(&app, &draft, &shown, made, options.explain, &late)) {
        *err = late;
        return false;
    }
    return made;
}
