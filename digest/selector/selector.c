#include "digest/selector/selector.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "digest/base/mem.h"

/* After three days an article counts half. */
static const double half_life_s = 3 * 86400.0;

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

static int64_t fresh_at(const struct article *a)
{
    return a->known_at > a->published_at ? a->known_at : a->published_at;
}

static double score(const struct selector_rules *rules, const struct article *a)
{
    double age = (double)(rules->window_until - a->published_at);
    double recency = age > 0 ? exp2(-age / half_life_s) : 1;
    double reading = log2(1 + (double)(a->views > 0 ? a->views : 0));
    return (1 + reading) * recency + (double)a->weight;
}

/* What can be said of a candidate before any section is looked at. */
static enum selector_reason
first_look(const struct selector_rules *rules,
           const struct selector_candidate *candidate)
{
    const struct article *a = candidate->article;
    if (candidate->dropped)
        return NOT_WANTED;
    if (candidate->pinned)
        return SELECTED;
    if (candidate->sent_in)
        return NOT_SENT_TWICE;
    int64_t at = rules->by_published ? a->published_at : fresh_at(a);
    if (at > rules->window_until)
        return NOT_PUBLISHED;
    if (at < rules->window_from)
        return NOT_IN_WINDOW;
    if (!rules->by_published && rules->max_age_s &&
        a->published_at < rules->window_until - rules->max_age_s)
        return NOT_YOUNG_ENOUGH;
    return SELECTED;
}

static bool belongs(const struct selector_section *section,
                    const struct article *a)
{
    if (section->rest)
        return true;
    for (size_t i = 0; i < a->category_count; i++)
        for (size_t j = 0; j < section->slug_count; j++)
            if (strcmp(a->categories[i].slug, section->slugs[j]) == 0)
                return true;
    return false;
}

size_t selector_section_for(const struct selector_section *sections,
                            size_t section_count, const struct article *article)
{
    size_t i = 0;
    while (i < section_count && !belongs(&sections[i], article))
        i++;
    return i;
}

static int compare_numbers(double a, double b)
{
    return (a < b) - (a > b); /* the larger first */
}

/* What comes first in a section. The ends of the chain, URL and id, leave
 * no two articles equal, so that the order of the input never shows. */
struct ranked {
    struct selector_verdict *verdict;
    double key;
};

static int by_rank(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    const struct selector_candidate *ca = a->verdict->candidate;
    const struct selector_candidate *cb = b->verdict->candidate;
    if (ca->pinned != cb->pinned)
        return ca->pinned ? -1 : 1;
    int order = compare_numbers(a->key, b->key);
    if (!order)
        order = compare_numbers((double)ca->article->published_at,
                                (double)cb->article->published_at);
    if (!order)
        order = strcmp(ca->article->url, cb->article->url);
    if (!order)
        order = (ca->article->id > cb->article->id) -
                (ca->article->id < cb->article->id);
    return order;
}

static double rank_key(const struct selector_rules *rules,
                       struct selector_verdict *verdict)
{
    const struct article *a = verdict->candidate->article;
    switch (rules->ranking) {
    case RANK_VIEWS:
        return (double)a->views;
    case RANK_SCORE:
        verdict->score = score(rules, a);
        return verdict->score;
    default:
        return (double)a->published_at;
    }
}

/* Fills one section from those that have no place yet. */
static void fill_section(const struct selector_rules *rules, size_t section,
                         struct selector_verdict **open, size_t open_count,
                         struct ranked *ranked)
{
    const struct selector_section *s = &rules->sections[section];
    size_t found = 0;
    for (size_t i = 0; i < open_count; i++) {
        struct selector_verdict *v = open[i];
        if (v->reason == SELECTED || !belongs(s, v->candidate->article))
            continue;
        if (v->reason == NOT_IN_SECTIONS) {
            v->reason = NOT_WITHIN_LIMIT;
            v->section = section;
        }
        ranked[found].verdict = v;
        ranked[found++].key = rank_key(rules, v);
    }
    qsort(ranked, found, sizeof *ranked, by_rank);
    for (size_t i = 0; i < found; i++) {
        struct selector_verdict *v = ranked[i].verdict;
        if (i < s->at_most || v->candidate->pinned) {
            v->reason = SELECTED;
            v->section = section;
        }
        if (v->section == section)
            v->rank = i + 1;
    }
}

/* Selected ones in reading order, then the rest, newest first. */
static int by_verdict(const void *left, const void *right)
{
    const struct selector_verdict *a = left, *b = right;
    bool a_in = a->reason == SELECTED, b_in = b->reason == SELECTED;
    if (a_in != b_in)
        return a_in ? -1 : 1;
    if (a_in && a->section != b->section)
        return a->section < b->section ? -1 : 1;
    if (a_in && a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    struct ranked x = {(struct selector_verdict *)a, 0};
    struct ranked y = {(struct selector_verdict *)b, 0};
    return by_rank(&x, &y);
}

void selector_select(const struct selector_rules *rules,
                     const struct selector_candidate *candidates, size_t count,
                     struct arena *arena, struct selection *out)
{
    *out = (struct selection){0};
    out->count = count;
    out->verdicts = ARENA_NEW_ARRAY(arena, struct selector_verdict, count);
    struct selector_verdict **open =
        MEM_NEW_ARRAY(struct selector_verdict *, count);
    struct ranked *ranked = MEM_NEW_ARRAY(struct ranked, count);
    size_t open_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct selector_verdict *v = &out->verdicts[i];
        v->candidate = &candidates[i];
        v->reason = first_look(rules, &candidates[i]);
        if (v->reason == SELECTED) {
            v->reason = NOT_IN_SECTIONS;
            open[open_count++] = v;
        }
    }
    for (size_t s = 0; s < rules->section_count; s++)
        fill_section(rules, s, open, open_count, ranked);
    for (size_t i = 0; i < open_count; i++)
        out->selected += open[i]->reason == SELECTED;
    if (count)
        qsort(out->verdicts, count, sizeof *out->verdicts, by_verdict);
    free(open);
    free(ranked);
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

static void say_taken(const struct selector_rules *rules,
                      const struct selector_verdict *verdict,
                      struct strbuf *out)
{
    if (verdict->candidate->pinned) {
        strbuf_add_text(out, "taken: pinned by an editor");
        return;
    }
    strbuf_add_format(out, "taken: %zu of at most %zu", verdict->rank,
                      rules->sections[verdict->section].at_most);
    if (rules->ranking == RANK_VIEWS)
        strbuf_add_format(out, ", %" PRId64 " views",
                          verdict->candidate->article->views);
    if (rules->ranking == RANK_SCORE)
        strbuf_add_format(out, ", score %.2f", verdict->score);
}

void selector_explain(const struct selector_rules *rules,
                      const struct selector_verdict *verdict,
                      struct strbuf *out)
{
    switch (verdict->reason) {
    case SELECTED:
        say_taken(rules, verdict, out);
        break;
    case NOT_SENT_TWICE:
        strbuf_add_format(out, "sent in %s", verdict->candidate->sent_in);
        break;
    case NOT_IN_WINDOW:
        strbuf_add_text(out, "outside the window");
        break;
    case NOT_PUBLISHED:
        strbuf_add_text(out, "not published yet");
        break;
    case NOT_YOUNG_ENOUGH:
        strbuf_add_format(out, "published more than %" PRId64 " days ago",
                          rules->max_age_s / 86400);
        break;
    case NOT_IN_SECTIONS:
        list_categories(verdict->candidate->article, out);
        break;
    case NOT_WITHIN_LIMIT:
        strbuf_add_format(out, "over the limit of %s (%zu)",
                          rules->sections[verdict->section].title,
                          rules->sections[verdict->section].at_most);
        break;
    case NOT_WANTED:
        strbuf_add_text(out, "dropped by an editor");
        break;
    }
}
