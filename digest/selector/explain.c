/* Explains in words why each candidate was taken or left. */
#include <inttypes.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/selector/selector.h"

static const char *const ranking_names[] = {
    [RANK_RECENT] = "recent", [RANK_VIEWS] = "views", [RANK_SCORE] = "score"};

bool selector_ranking_parse(const char *name, enum selector_ranking *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(ranking_names); i++) {
        if (strcmp(name, ranking_names[i]) == 0) {
            *out = (enum selector_ranking)i;
            return true;
        }
    }
    return false;
}

const char *selector_ranking_name(enum selector_ranking ranking)
{
    return ranking_names[ranking];
}

const char *selector_reason_name(enum selector_reason reason)
{
    static const char *const reasons[] = {
        [SELECTED] = "taken",
        [NOT_SENT_TWICE] = "sent",
        [NOT_IN_WINDOW] = "before_window",
        [NOT_PUBLISHED] = "not_published",
        [NOT_DATED] = "undated",
        [NOT_YOUNG_ENOUGH] = "too_old",
        [NOT_IN_LANGUAGE] = "language",
        [NOT_ALLOWED] = "excluded",
        [NOT_IN_SECTIONS] = "no_section",
        [NOT_A_NEW_STORY] = "near_duplicate",
        [NOT_WITHIN_LIMIT] = "section_limit",
        [NOT_WITHIN_ISSUE] = "issue_limit",
        [NOT_WITHIN_SOURCE] = "source_limit",
        [NOT_WITHIN_AUTHOR] = "author_limit",
        [NOT_ENOUGH] = "section_minimum",
        [NOT_WANTED] = "dropped",
    };
    return reasons[reason];
}

bool selector_has_section(const struct selector_verdict *verdict)
{
    switch (verdict->reason) {
    case SELECTED:
    case NOT_WITHIN_LIMIT:
    case NOT_WITHIN_ISSUE:
    case NOT_WITHIN_SOURCE:
    case NOT_WITHIN_AUTHOR:
    case NOT_ENOUGH:
        return true;
    default:
        return false;
    }
}

static void list_categories(const struct article *a, struct strbuf *out)
{
    if (!a->category_count) {
        strbuf_add_text(out, "it has no category");
        return;
    }
    strbuf_add_text(out, "no section for ");
    for (size_t i = 0; i < a->category_count; i++) {
        strbuf_add_text(out, i ? ", " : "");
        strbuf_add_text(out, a->categories[i].name);
    }
}

static void add_part(double part, const char *name, struct strbuf *out)
{
    if (part > 0 || part < 0)
        strbuf_add_format(out, " %c %s %g", part < 0 ? '-' : '+', name,
                          part < 0 ? -part : part);
}

static void add_score(const struct selector_score *s, struct strbuf *out)
{
    strbuf_add_format(out, ", score %.2f = views %.2f * recency %.2f", s->total,
                      s->views, s->recency);
    add_part(s->weight, "weight", out);
    add_part(s->boost, "boost", out);
}

static void say_taken(const struct selector_rules *rules,
                      const struct selector_verdict *verdict,
                      struct strbuf *out)
{
    const struct selector_candidate *c = verdict->candidate;
    if (c->pinned && c->article->source_id == 0) {
        strbuf_add_text(out, "taken: a link that an editor added");
        return;
    }
    if (c->pinned) {
        strbuf_add_text(out, "taken: an editor wants it");
        return;
    }
    strbuf_add_format(out, "taken: %zu of at most %zu", verdict->rank,
                      rules->sections[verdict->section].at_most);
}

static void say_near(const struct selector_candidate *near, struct strbuf *out)
{
    strbuf_add_format(out, "near-duplicate of #%" PRId64, near->article->id);
    if (near->sent_in)
        strbuf_add_format(out, ", sent in %s", near->sent_in);
    else if (near->dropped)
        strbuf_add_text(out, ", which an editor dropped");
}

static void add_rank(const struct selector_rules *rules,
                     const struct selector_verdict *v, struct strbuf *out)
{
    if (!selector_has_section(v))
        return;
    if (rules->ranking == RANK_VIEWS)
        strbuf_add_format(out, ", %" PRId64 " views",
                          v->candidate->article->views);
    if (rules->ranking == RANK_SCORE)
        add_score(&v->score, out);
}

static void say_why(const struct selector_rules *rules,
                    const struct selector_verdict *v, struct strbuf *out)
{
    const struct selector_section *section =
        selector_has_section(v) ? &rules->sections[v->section] : NULL;
    const struct article *a = v->candidate->article;
    switch (v->reason) {
    case SELECTED:
        say_taken(rules, v, out);
        break;
    case NOT_SENT_TWICE:
        strbuf_add_format(out, "sent in %s", v->candidate->sent_in);
        break;
    case NOT_IN_WINDOW:
        strbuf_add_text(out, "outside the window");
        break;
    case NOT_PUBLISHED:
        strbuf_add_text(out, "not published yet");
        break;
    case NOT_DATED:
        strbuf_add_text(out, "its date could not be read");
        break;
    case NOT_YOUNG_ENOUGH:
        strbuf_add_format(out, "published more than %" PRId64 " days ago",
                          rules->max_age_s / 86400);
        break;
    case NOT_IN_LANGUAGE:
        strbuf_add_format(out, "its language is %s", a->language);
        break;
    case NOT_ALLOWED:
        strbuf_add_format(out, "excluded: %s", v->candidate->excluded);
        break;
    case NOT_IN_SECTIONS:
        list_categories(a, out);
        break;
    case NOT_A_NEW_STORY:
        say_near(v->near_to, out);
        break;
    case NOT_WITHIN_LIMIT:
        strbuf_add_format(out, "over the limit of %s (%zu)", section->title,
                          section->at_most);
        break;
    case NOT_WITHIN_ISSUE:
        strbuf_add_format(out, "over the limit of the issue (%zu)",
                          rules->at_most);
        break;
    case NOT_WITHIN_SOURCE:
        strbuf_add_format(out, "over the limit of one source (%zu)",
                          rules->per_source);
        break;
    case NOT_WITHIN_AUTHOR:
        strbuf_add_format(out, "over the limit of %s (%zu)", a->author,
                          rules->per_author);
        break;
    case NOT_ENOUGH:
        strbuf_add_format(out, "too few for %s (at least %zu)", section->title,
                          section->at_least);
        break;
    case NOT_WANTED:
        strbuf_add_text(out, "dropped by an editor");
        break;
    }
}

void selector_explain(const struct selector_rules *rules,
                      const struct selector_verdict *verdict,
                      struct strbuf *out)
{
    say_why(rules, verdict, out);
    add_rank(rules, verdict, out);
}
