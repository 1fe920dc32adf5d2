/* Runs `digest issue show`, and opens an issue in the browser. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/articles/article_store.h"
#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/cli/cmd_issue.h"
#include "digest/cli/json.h"
#include "digest/cli/moment.h"
#include "digest/cli/viewer.h"
#include "digest/delivery/ways.h"
#include "digest/issues/acts.h"
#include "digest/scheduler/plan.h"

void issue_command_warn_length(struct app *app, const struct issue *issue)
{
    struct conductor conductor = app_conductor(app);
    OWNED(render_notes_free) struct render_notes notes = {0};
    struct err err = {0};
    if (!conductor_measure(&conductor, issue, &notes, &err))
        log_warning("%s/%" PRId64 ": can't be rendered: %s", issue->newsletter,
                    issue->number, err.text);
    else
        issue_command_print_notes(issue, &notes);
}

void issue_command_print_notes(const struct issue *issue,
                               const struct render_notes *notes)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    render_notes_write(notes, &lines);
    struct str rest = strbuf_str(&lines), line;
    while (str_next_line(&rest, &line))
        log_warning("%s/%" PRId64 ": %.*s", issue->newsletter, issue->number,
                    STR_ARG(line));
}

/* ---- as a summary ---------------------------------------------------- */

/* Prints an editor's changes of an article, behind its title. */
static void print_marks(const struct issue_article *item)
{
    const struct choice *c = item->choice;
    if (!c)
        return;
    const char *kind = item->is_link ? "link" : c->pinned ? "pinned" : "";
    bool rewritten = *c->title || *c->summary;
    printf("  (%s%s%s)", kind, *kind && rewritten ? ", " : "",
           rewritten ? "rewritten" : "");
}

static void print_articles(const struct issue_articles *articles)
{
    for (size_t i = 0; i < articles->count; i++) {
        const struct issue_article *item = &articles->items[i];
        if (i == 0 || item->section != articles->items[i - 1].section)
            printf("\n%s\n", item->heading);
        printf("  %4" PRId64 "  %s", item->article.id, item->article.title);
        print_marks(item);
        putchar('\n');
    }
    if (articles->withdrawn)
        printf("\n%zu more %s removed since, and will be left out.\n",
               articles->withdrawn,
               plural((int64_t)articles->withdrawn, "was", "were"));
}

static bool print_dropped(struct invocation *call, struct app *app,
                          const struct choice_list *choices, struct err *err)
{
    bool first = true;
    for (size_t i = 0; i < choices->count; i++) {
        struct article article;
        if (!choices->items[i].dropped)
            continue;
        if (!article_get(app->db, choices->items[i].article_id, &call->arena,
                         &article, err))
            return false;
        printf("%s  %4" PRId64 "  %s\n",
               first ? "\nDropped by an editor\n" : "", article.id,
               article.title);
        first = false;
    }
    return true;
}

static json_t *dropped_json(const struct choice_list *choices)
{
    json_t *array = json_array();
    for (size_t i = 0; i < choices->count; i++)
        if (choices->items[i].dropped)
            json_array_append_new(array,
                                  json_integer(choices->items[i].article_id));
    return array;
}

static json_t *story_json(const struct issue_article *item)
{
    json_t *object = json_article(&item->article, false);
    json_object_set_new(object, "section", json_string(item->heading));
    json_object_set_new(object, "pinned",
                        json_boolean(item->choice && item->choice->pinned));
    json_object_set_new(object, "link", json_boolean(item->is_link));
    json_object_set_new(object, "own_title", json_string(item->own_title));
    return object;
}

static bool print_json(struct app *app, const struct issue *issue,
                       const struct issue_articles *articles,
                       const struct choice_list *choices, struct err *err)
{
    struct ledger_counts counts;
    if (!ledger_count(app->db, issue->id, &counts, err))
        return false;
    json_t *object = json_issue(issue, &counts);
    json_t *list = json_array();
    for (size_t i = 0; i < articles->count; i++)
        json_array_append_new(list, story_json(&articles->items[i]));
    json_object_set_new(object, "version", json_integer(issue->version));
    json_object_set_new(object, "preheader", json_string(issue->preheader));
    json_object_set_new(object, "intro", json_string(issue->intro));
    json_object_set_new(object, "articles", list);
    json_object_set_new(object, "dropped", dropped_json(choices));
    json_print(object);
    return true;
}

/* Prints how many an issue would go to, when a scheduled one does, and what it
 * waits for. */
static bool print_plan(struct invocation *call, const struct app *app,
                       const struct issue *issue, const char *zone,
                       struct err *err)
{
    OWNED(strbuf_free) struct strbuf at = STRBUF_INIT;
    struct plan plan;
    int64_t count;
    if (!issue_may(issue, ACT_START))
        return true;
    if (!conductor_recipients(app->db, issue, clock_now(), &count, err))
        return false;
    printf("Recipients: %s %s\n", grouped(&call->arena, count),
           plural(count, "subscriber", "subscribers"));
    if (issue->state != ISSUE_SCHEDULED)
        return true;
    if (!plan_get(app->db, issue->id, &plan, err))
        return false;
    moment_add(issue->scheduled_at, clock_now(), zone, &at);
    printf("Goes out: %s%s\n", strbuf_text(&at),
           plan.needs_approval && !plan.approved_at
               ? ", once an editor has approved it"
               : "");
    return true;
}

static bool print_head(struct invocation *call, struct app *app,
                       const struct issue *issue, struct err *err)
{
    OWNED(strbuf_free) struct strbuf at = STRBUF_INIT;
    struct newsletter n;
    if (!newsletter_get_by_id(app->db, issue->newsletter_id, &call->arena, &n,
                              err))
        return false;
    zone_date_time(n.timezone,
                   issue->started_at ? issue->started_at : issue->drafted_at,
                   &at);
    printf("%s/%" PRId64 " is %s%s (%s %s)\nSubject: %s\n", issue->newsletter,
           issue->number, issue_state_name(issue->state),
           ways_aside(issue->ways, &call->arena),
           issue->started_at ? "started" : "drafted", strbuf_text(&at),
           issue->subject);
    if (issue->correction_id)
        printf("It brings correction %" PRId64 ", to those who had the "
               "article\n",
               issue->correction_id);
    if (!print_plan(call, app, issue, n.timezone, err))
        return false;
    if (*issue->preheader)
        printf("Preheader: %s\n", issue->preheader);
    if (*issue->intro) {
        struct str rest = str_of(issue->intro);
        struct str line = str_cut(&rest, '\n');
        printf("Introduction: %.*s%s\n", STR_ARG(line),
               str_trim(rest).len ? " …" : "");
    }
    return true;
}

bool issue_command_summary(struct invocation *call, struct app *app,
                           const struct issue *issue, struct err *err)
{
    struct issue_articles articles;
    struct choice_list choices;
    if (!issue_get_articles(app->db, issue->id, &call->arena, &articles, err) ||
        !choice_find(app->db, issue->id, &call->arena, &choices, err))
        return false;
    if (call->json)
        return print_json(app, issue, &articles, &choices, err);
    if (!print_head(call, app, issue, err))
        return false;
    print_articles(&articles);
    if (!print_dropped(call, app, &choices, err))
        return false;
    if (!issue->started_at && articles.count)
        issue_command_warn_length(app, issue);
    return true;
}

/* ---- as a reader gets it --------------------------------------------- */

enum { AS_SUMMARY = -1 };

/* The wish of a call: which form of the issue; a page where it is to be public
 * or opened. */
struct wish {
    int as; /* AS_SUMMARY, or an enum show_as */
    const char *email;
    bool public_copy, open;
};

static bool read_kind(const char *as, int *out, struct err *err)
{
    static const char *const kinds[] = {
        [SHOW_HTML] = "html", [SHOW_TEXT] = "text", [SHOW_EML] = "eml"};
    *out = AS_SUMMARY;
    for (int i = 0; i < (int)ARRAY_SIZE(kinds); i++)
        if (strcmp(kinds[i], as) == 0)
            *out = i;
    return *out != AS_SUMMARY || strcmp(as, "summary") == 0 ||
           err_set(err, ERR_USAGE,
                   "--as \"%.40s\": has to be summary, html, text or eml", as);
}

static bool read_wish(const struct invocation *call, struct wish *out,
                      struct err *err)
{
    const char *as = option_get(call, "--as");
    *out = (struct wish){
        .email = option_get(call, "--for"),
        .public_copy = option_get(call, "--public") != NULL,
        .open = option_get(call, "--open") != NULL,
    };
    bool is_page = out->public_copy || out->open;
    if (!read_kind(as ? as : is_page ? "html" : "summary", &out->as, err))
        return false;
    if (is_page && out->as != SHOW_HTML)
        return err_set(err, ERR_USAGE,
                       "--as %s: %s is a page; leave --as away, or give --as "
                       "html",
                       as, out->open ? "what --open shows" : "a public copy");
    if (out->public_copy && out->email)
        return err_set(err, ERR_USAGE,
                       "--public is the copy for everybody, --for one "
                       "reader's; give one of them");
    return true;
}

static bool make_page(const struct app *app, const struct issue *issue,
                      struct strbuf *out, struct err *err)
{
    struct conductor conductor = app_conductor(app);
    const char *base = app->conf.base_url;
    OWNED(mem_free)
    char *archive = base ? mem_format("%s/archive/%s/", base, issue->newsletter)
                         : mem_copy("../");
    return conductor_public_html(&conductor, issue, NULL, archive, out, err);
}

static bool open_page(const struct issue *issue, const struct strbuf *page,
                      struct err *err)
{
    OWNED(mem_free)
    char *name =
        mem_format("%s-%" PRId64 ".html", issue->newsletter, issue->number);
    OWNED(mem_free) char *path = NULL;
    bool shown;
    if (!viewer_show(name, strbuf_str(page), &path, &shown, err))
        return false;
    printf(shown ? "Opened %s\n"
                 : "There is no browser to open here; the page is %s\n",
           path);
    return true;
}

bool issue_command_show(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct issue issue;
    struct wish wish;
    if (!invocation_count(call, 1, 1, err) || !read_wish(call, &wish, err) ||
        !issue_command_open(call, &app, false, &issue, err))
        return false;
    struct conductor conductor = app_conductor(&app);
    if (wish.as == AS_SUMMARY)
        return issue_command_summary(call, &app, &issue, err);
    bool good = wish.public_copy
                    ? make_page(&app, &issue, &out, err)
                    : conductor_show(&conductor, &issue, (enum show_as)wish.as,
                                     wish.email, &out, err);
    if (!good)
        return false;
    if (wish.open)
        return open_page(&issue, &out, err);
    fwrite(strbuf_text(&out), 1, out.len, stdout);
    return true;
}
