/* Serves an issue's page: its stories, what was left out, lint, texts. */
#include <inttypes.h>

#include "digest/access/audit.h"
#include "digest/articles/article_search.h"
#include "digest/articles/source_store.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/delivery/issue_lint.h"
#include "digest/issues/acts.h"
#include "digest/issues/choices.h"
#include "digest/issues/stats.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/source_visit.h"

enum { FOUND_MAX = 20, HISTORY_MAX = 20 };

/* ---- the stories ---- */

/* The text that was typed, where it could not be kept, or else the stored
 * one. */
static const char *typed_or(const struct visit *visit, const char *field,
                            const char *stored)
{
    return form_get(visit->form, field).ptr ? visit_field(visit, field)
                                            : stored;
}

/* Why it is here, in a word or two. */
static const char *why_here(const struct issue_article *story)
{
    if (story->is_link)
        return "a link of this issue";
    if (story->choice && story->choice->pinned)
        return "placed by an editor";
    return "chosen by the rules";
}

/* The source that an article came from; NULL where it was entered by hand. */
static const char *source_of(struct visit *visit, int64_t id)
{
    struct source source;
    struct err ignored = {0};
    if (!source_get(visit->db, arena_format(visit->arena, "%" PRId64, id),
                    visit->arena, &source, &ignored))
        return NULL;
    return *source.name ? source.name : url_shown(visit->arena, source.address);
}

static void add_shows(struct visit *visit, struct value *item,
                      const char *chosen)
{
    static const char *const shows[][2] = {{"", "as its section"},
                                           {"headline", "its headline"},
                                           {"summary", "a summary"},
                                           {"full", "the full text"}};
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < ARRAY_SIZE(shows); i++)
        visit_add_choice(visit, list, shows[i][0], shows[i][1],
                         strcmp(shows[i][0], chosen) == 0);
    value_set(item, "shows", list);
}

static const char *story_field(struct visit *visit, const char *name,
                               int64_t id)
{
    return arena_format(visit->arena, "%s-%" PRId64, name, id);
}

static struct value *story_value(struct visit *visit,
                                 const struct issue_article *story,
                                 const char *timezone)
{
    const struct article *article = &story->article;
    const struct choice *choice = story->choice;
    struct value *item = value_object(visit->arena);
    value_set_number(item, "id", article->id);
    value_set_text(item, "title", article->title);
    value_set_text(item, "url", article->url);
    value_set_nonempty(item, "author", article->author);
    value_set_text(item, "source", source_of(visit, article->source_id));
    value_set(item, "published",
              visit_time(visit, article->published_at, timezone));
    value_set_text(item, "why", why_here(story));
    value_set_bool(item, "is_pinned", choice && choice->pinned);
    value_set_bool(item, "is_link", story->is_link);
    value_set_bool(item, "is_rewritten",
                   choice &&
                       (*choice->title || *choice->summary || *choice->show));
    value_set_bool(item, "has_choice", choice || story->is_link);
    value_set_text(item, "own_title", story->own_title);
    const char *title = choice ? choice->title : "";
    const char *summary = choice ? choice->summary : "";
    const char *new_title =
        typed_or(visit, story_field(visit, "title", article->id), title);
    const char *new_summary =
        typed_or(visit, story_field(visit, "summary", article->id), summary);
    value_set_text(item, "new_title", new_title);
    value_set_text(item, "new_summary", new_summary);
    const char *show = choice ? choice->show : "";
    const char *new_show =
        typed_or(visit, story_field(visit, "show", article->id), show);
    add_shows(visit, item, new_show);
    value_set_bool(item, "is_tried",
                   strcmp(new_title, title) != 0 ||
                       strcmp(new_summary, summary) != 0 ||
                       strcmp(new_show, show) != 0);
    return item;
}

static bool add_stories(struct visit *visit, const struct issue *issue,
                        const struct newsletter *n, struct value *data,
                        struct err *err)
{
    struct issue_articles articles;
    struct value *sections = value_list(visit->arena), *stories = NULL;
    if (!issue_get_articles(visit->db, issue->id, visit->arena, &articles, err))
        return false;
    int64_t place = 0;
    for (size_t i = 0; i < articles.count; i++) {
        const struct issue_article *story = &articles.items[i];
        bool begins = i == 0 || strcmp(story->heading,
                                       articles.items[i - 1].heading) != 0;
        if (begins) {
            struct value *section = value_object(visit->arena);
            stories = value_list(visit->arena);
            value_set_text(section, "heading", story->heading);
            value_set(section, "stories", stories);
            value_append(sections, section);
            place = 0;
        }
        struct value *item = story_value(visit, story, n->timezone);
        value_set_number(item, "place", ++place);
        value_set_text(item, "heading", story->heading);
        value_append(stories, item);
    }
    value_set(data, "sections", sections);
    value_set_bool(data, "has_stories", articles.count > 0);
    value_set_text(
        data, "stories_counted",
        visit_count(visit, (int64_t)articles.count, "story", "stories"));
    if (articles.withdrawn)
        value_set_text(data, "withdrawn",
                       visit_number(visit, (int64_t)articles.withdrawn));
    return true;
}

static bool add_dropped(struct visit *visit, const struct issue *issue,
                        struct value *data, struct err *err)
{
    struct choice_list choices;
    struct value *list = value_list(visit->arena);
    bool any = false;
    if (!choice_find(visit->db, issue->id, visit->arena, &choices, err))
        return false;
    for (size_t i = 0; i < choices.count; i++) {
        struct article article;
        struct err gone = {0};
        if (!choices.items[i].dropped ||
            !article_get(visit->db, choices.items[i].article_id, visit->arena,
                         &article, &gone))
            continue;
        struct value *item = value_object(visit->arena);
        value_set_number(item, "id", article.id);
        value_set_text(item, "title", article.title);
        value_append(list, item);
        any = true;
    }
    value_set(data, "dropped", list);
    value_set_bool(data, "has_dropped", any);
    return true;
}

static void add_headings(struct visit *visit, const struct newsletter *n,
                         struct value *data)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < n->section_count; i++) {
        OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
        newsletter_section_title(&n->sections[i], &title);
        value_append(list, value_text_str(visit->arena, strbuf_str(&title)));
    }
    value_set(data, "headings", list);
}

/* A link that could not be added stands in its form still. */
static void add_link(struct visit *visit, struct value *data)
{
    static const char *const fields[] = {"url", "title", "note"};
    struct value *link = value_object(visit->arena);
    bool any = false;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        const char *typed = visit_field(visit, fields[i]);
        any |= *typed != '\0';
        value_set_text(link, fields[i], typed);
    }
    value_set(data, "link", any ? link : NULL);
}

/* Articles found by their words, to be added. */
static bool add_found(struct visit *visit, struct value *data, struct err *err)
{
    const char *words = visit_said(visit, "q");
    struct article_list list = {0};
    struct value *found = value_list(visit->arena);
    struct article_search search = {
        .words = words, .limit = FOUND_MAX, .latest = VISIT_SEARCHED};
    if (!*words)
        return true;
    if (!article_search_find(visit->db, &search, visit->arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        struct value *item = value_object(visit->arena);
        value_set_number(item, "id", list.items[i].id);
        value_set_text(item, "title", list.items[i].title);
        value_set(item, "published",
                  visit_time(visit, list.items[i].published_at, "UTC"));
        value_append(found, item);
    }
    value_set(data, "found", found);
    value_set_text(data, "words", words);
    value_set_text(
        data, "found_counted",
        visit_count(visit, (int64_t)list.count, "article", "articles"));
    return true;
}

/* ---- the rest of the page ---- */

static bool add_history(struct visit *visit, const struct issue *issue,
                        const char *timezone, struct value *data,
                        struct err *err)
{
    struct audit_lines lines;
    struct value *list = value_list(visit->arena);
    if (!audit_find(visit->db, issue_visit_name(visit, issue), HISTORY_MAX,
                    visit->arena, &lines, err))
        return false;
    for (size_t i = 0; i < lines.count; i++) {
        struct value *item = value_object(visit->arena);
        value_set(item, "at", visit_time(visit, lines.items[i].at, timezone));
        value_set_text(item, "who", lines.items[i].who);
        value_set_text(item, "action", lines.items[i].action);
        value_set_text(item, "note", lines.items[i].note);
        value_append(list, item);
    }
    value_set(data, "history", list);
    value_set_bool(data, "has_history", lines.count > 0);
    return true;
}

/* Adds lint's findings, worst first; the page stands without them, and says so,
 * where the issue can't be rendered. */
static void add_lint(struct visit *visit, const struct issue *issue,
                     struct value *data)
{
    OWNED(lint_report_free) struct lint_report report = {0};
    struct conductor conductor = web_conductor(visit->web);
    struct value *list = value_list(visit->arena);
    struct err why = {0};
    value_set_bool(data, "is_linted", true);
    if (!issue_lint(&conductor, issue, false, &report, &why)) {
        value_set_text(data, "lint_failed", why.text);
        return;
    }
    for (size_t i = 0; i < report.count; i++) {
        const struct lint_finding *finding = &report.items[i];
        struct value *item = value_object(visit->arena);
        value_set_text(item, "level", lint_level_name(finding->level));
        value_set_text(item, "part", lint_part_name(finding->part));
        value_set_nonempty(item, "element", finding->element);
        value_set_text(item, "what", finding->what);
        value_set_text(item, "remedy", finding->remedy);
        value_append(list, item);
    }
    value_set(data, "findings", list);
    value_set_text(data, "findings_counted",
                   arena_format(visit->arena, "%s, %s",
                                visit_count(visit, (int64_t)report.errors,
                                            "error", "errors"),
                                visit_count(visit, (int64_t)report.warnings,
                                            "warning", "warnings")));
    value_set_bool(data, "has_findings", report.count > 0);
}

static void add_texts(struct visit *visit, const struct issue *issue,
                      struct value *data)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    bool own = issue->subject_is_edited;
    value_set_text(data, "subject_typed",
                   typed_or(visit, "subject", own ? issue->subject : ""));
    value_set_text(data, "subject_derived", issue->subject);
    value_set_text(data, "preheader",
                   typed_or(visit, "preheader", issue->preheader));
    value_set_text(data, "intro", typed_or(visit, "intro", issue->intro));
    value_set_text(data, "to_typed", visit_field(visit, "to"));
    value_set_number(data, "version", issue->version);
    issue_visit_texts_state(issue, &state);
    value_set(data, "stamp", visit_stamp(visit, strbuf_str(&state)));
}

/* How it went, and goes. */
static bool add_sent(struct visit *visit, const struct issue *issue,
                     const char *timezone, struct value *data,
                     struct value *item, struct err *err)
{
    struct stats_issue losses;
    const char *base = visit->web->base_url;
    if (!issue_visit_counts(visit, issue, item, err) ||
        !stats_losses(visit->db, issue->id, &losses, err))
        return false;
    value_set_text(item, "bounced", visit_number(visit, losses.bounced));
    value_set_text(item, "complained", visit_number(visit, losses.complained));
    value_set_text(item, "unsubscribed",
                   visit_number(visit, losses.unsubscribed));
    if (issue->state == ISSUE_SENDING)
        value_set(item, "rests", visit_time(visit, issue->retry_at, timezone));
    if (base && issue_is_public(issue))
        value_set_text(data, "copy",
                       arena_format(visit->arena, "%s/archive/%s/%" PRId64 "/",
                                    base, issue->newsletter, issue->number));
    return true;
}

bool issue_visit_show(struct visit *visit, const char *problem, unsigned status,
                      struct err *err)
{
    struct value *data;
    struct issue issue;
    struct newsletter n;
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !visit_data(visit, "issues", &data, err))
        return false;
    struct value *item = issue_visit_value(visit, &issue, n.timezone);
    bool is_open = issue_may(&issue, ACT_START);
    bool may_edit;
    if (!issue_visit_may_edit(visit, &issue, &may_edit, err))
        return false;
    value_set(data, "issue", item);
    value_set_bool(data, "is_open", is_open);
    value_set_bool(data, "may_edit", may_edit);
    value_set_bool(data, "is_settled", is_open && !may_edit);
    value_set_bool(data, "is_left",
                   !may_edit && form_get(visit->form, "intro").ptr);
    value_set_bool(data, "never_started", !is_open && !issue.started_at);
    value_set_text(data, "newsletter", n.title);
    value_set_text(data, "slug", n.slug);
    value_set_text(data, "timezone", n.timezone);
    value_set_text(data, "problem", problem);
    value_set_bool(data, "is_correction", issue.correction_id != 0);
    add_texts(visit, &issue, data);
    add_headings(visit, &n, data);
    add_link(visit, data);
    if (is_open)
        add_lint(visit, &issue, data);
    else if (!add_sent(visit, &issue, n.timezone, data, item, err))
        return false;
    return add_stories(visit, &issue, &n, data, err) &&
           add_dropped(visit, &issue, data, err) &&
           add_found(visit, data, err) &&
           add_history(visit, &issue, n.timezone, data, err) &&
           issue_visit_plan(visit, &issue, &n, data, err) &&
           visit_show(visit, "issue", data, status, err);
}

bool issue_page(struct visit *visit, struct err *err)
{
    return issue_visit_show(visit, NULL, 200, err);
}
