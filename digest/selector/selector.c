#include "digest/selector/selector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/selector/duplicates.h"
#include "digest/selector/section_map.h"

/* A candidate while it is judged. */
struct pick {
    struct selector_verdict verdict;
    double key;         /* the larger, the better */
    uint64_t *sections; /* those it may go to */
    size_t source, author;
};

struct tally {
    size_t taken, pinned;
    size_t seen; /* those that belonged there, so far */
    bool closed; /* it stayed below its minimum */
};

struct round {
    const struct selector_rules *rules;
    struct section_map map;
    struct pick *picks;
    size_t count;
    struct pick **open; /* those that may come in, the best first */
    size_t open_count;
    uint64_t *sets;
    struct tally *sections;
    size_t *of_source, *of_author;
    size_t total;
};

static void round_free(struct round *round)
{
    section_map_free(&round->map);
    free(round->picks);
    free(round->open);
    free(round->sets);
    free(round->sections);
    free(round->of_source);
    free(round->of_author);
}

/* ---- what can be said of a candidate alone ---- */

static int64_t fresh_at(const struct article *a)
{
    return a->known_at > a->published_at ? a->known_at : a->published_at;
}

static bool is_in_language(const struct selector_rules *rules,
                           const struct article *a)
{
    struct str language = str_of(a->language);
    for (size_t i = 0; i < rules->language_count; i++) {
        struct str wanted = str_of(rules->languages[i]);
        if (str_starts_nocase(language, wanted) &&
            (language.len == wanted.len || language.ptr[wanted.len] == '-'))
            return true;
    }
    return !rules->language_count || !language.len;
}

static enum selector_reason look_at_time(const struct selector_rules *rules,
                                         const struct article *a)
{
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

static enum selector_reason
first_look(const struct selector_rules *rules,
           const struct selector_candidate *candidate)
{
    if (candidate->dropped)
        return NOT_WANTED;
    if (candidate->pinned)
        return SELECTED;
    if (candidate->sent_in)
        return NOT_SENT_TWICE;
    enum selector_reason reason = look_at_time(rules, candidate->article);
    if (reason != SELECTED)
        return reason;
    if (!is_in_language(rules, candidate->article))
        return NOT_IN_LANGUAGE;
    return candidate->excluded ? NOT_ALLOWED : SELECTED;
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

static void measure(const struct selector_rules *rules, const struct article *a,
                    int64_t boost, struct selector_score *out)
{
    double half_life = (double)(rules->half_life_s ? rules->half_life_s
                                                   : SELECTOR_HALF_LIFE_S);
    double age = (double)(rules->window_until - a->published_at);
    out->views = 1 + log2(1 + (double)(a->views > 0 ? a->views : 0));
    out->recency = age > 0 ? exp2(-age / half_life) : 1;
    out->weight = (double)a->weight;
    out->boost = (double)boost;
    out->total = out->views * out->recency + out->weight + out->boost;
}

static double rank_key(const struct selector_rules *rules, struct pick *pick)
{
    const struct selector_candidate *c = pick->verdict.candidate;
    switch (rules->ranking) {
    case RANK_VIEWS:
        return (double)c->article->views;
    case RANK_SCORE:
        measure(rules, c->article, c->boost, &pick->verdict.score);
        return pick->verdict.score.total;
    default:
        return (double)c->article->published_at;
    }
}

/* A pinned one goes where the editor put it; without a section for its
 * categories, to the last. */
static void find_sections(struct round *round, struct pick *pick)
{
    const struct selector_candidate *c = pick->verdict.candidate;
    size_t last = round->rules->section_count - 1, fixed = SIZE_MAX;
    if (c->pinned && c->pinned_section && c->pinned_section - 1 <= last)
        fixed = c->pinned_section - 1;
    else
        section_map_look_up(&round->map, c->article, pick->sections);
    size_t first = section_map_next(&round->map, pick->sections, 0);
    if (fixed == SIZE_MAX && first == SIZE_MAX && c->pinned)
        fixed = last;
    if (fixed != SIZE_MAX)
        pick->sections[fixed / 64] |= UINT64_C(1) << fixed % 64;
    else if (first == SIZE_MAX)
        pick->verdict.reason = NOT_IN_SECTIONS;
}

static void look_at_all(struct round *round,
                        const struct selector_candidate *candidates)
{
    for (size_t i = 0; i < round->count; i++) {
        struct pick *pick = &round->picks[i];
        pick->sections = &round->sets[i * round->map.words];
        pick->verdict.candidate = &candidates[i];
        pick->verdict.reason = first_look(round->rules, &candidates[i]);
        if (pick->verdict.reason == SELECTED)
            find_sections(round, pick);
        pick->key = rank_key(round->rules, pick);
    }
}

/* ---- near-duplicates ---- */

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* The better source first; of the same, who had it first. */
static int by_preference(const void *left, const void *right)
{
    const struct duplicates_item *x = left, *y = right;
    const struct selector_candidate *a = x->candidate, *b = y->candidate;
    int order = (y->stays > x->stays) - (y->stays < x->stays);
    if (!order)
        order = compare(b->boost, a->boost);
    if (!order)
        order = compare(a->article->published_at, b->article->published_at);
    if (!order)
        order = compare(a->article->known_at, b->article->known_at);
    return order ? order : compare(a->article->id, b->article->id);
}

static void mark_duplicates(struct round *round,
                            const struct selector_candidate *candidates)
{
    const struct selector_rules *rules = round->rules;
    size_t count = 0;
    OWNED(mem_free)
    struct duplicates_item *items = MEM_NEW_ARRAY(
        struct duplicates_item, rules->sent_count + round->count + 1);
    for (size_t i = 0; i < rules->sent_count; i++)
        items[count++] = (struct duplicates_item){&rules->sent[i], true, NULL};
    for (size_t i = 0; i < round->count; i++) {
        const struct selector_verdict *v = &round->picks[i].verdict;
        if (v->reason == SELECTED || v->reason == NOT_WANTED)
            items[count++] = (struct duplicates_item){
                v->candidate, v->reason != SELECTED || v->candidate->pinned,
                NULL};
    }
    qsort(items, count, sizeof *items, by_preference);
    duplicates_find(items, count);
    for (size_t i = 0; i < count; i++) {
        if (!items[i].near_to)
            continue;
        struct selector_verdict *v =
            &round->picks[items[i].candidate - candidates].verdict;
        v->reason = NOT_A_NEW_STORY;
        v->near_to = items[i].near_to;
    }
}

/* ---- ranks ---- */

/* The end of the chain, the id, leaves no two articles equal, so that the
 * order of the input never shows. */
static int by_rank(const void *left, const void *right)
{
    const struct pick *a = *(struct pick *const *)left;
    const struct pick *b = *(struct pick *const *)right;
    const struct article *x = a->verdict.candidate->article;
    const struct article *y = b->verdict.candidate->article;
    int order = (a->key < b->key) - (a->key > b->key);
    if (!order)
        order = compare(y->published_at, x->published_at);
    return order ? order : compare(x->id, y->id);
}

/* Pinned ones have their seats before anyone else. */
static int by_seat(const void *left, const void *right)
{
    const struct pick *a = *(struct pick *const *)left;
    const struct pick *b = *(struct pick *const *)right;
    bool x = a->verdict.candidate->pinned, y = b->verdict.candidate->pinned;
    return x != y ? y - x : by_rank(left, right);
}

static int by_source(const void *left, const void *right)
{
    const struct pick *a = *(struct pick *const *)left;
    const struct pick *b = *(struct pick *const *)right;
    return compare(a->verdict.candidate->article->source_id,
                   b->verdict.candidate->article->source_id);
}

static int by_author(const void *left, const void *right)
{
    const struct pick *a = *(struct pick *const *)left;
    const struct pick *b = *(struct pick *const *)right;
    return strcmp(a->verdict.candidate->article->author,
                  b->verdict.candidate->article->author);
}

/* Numbers sources and authors, so that they can be counted. */
static void number_groups(struct round *round)
{
    size_t number = 0;
    struct pick **open = round->open;
    if (round->rules->per_source) {
        qsort(open, round->open_count, sizeof(struct pick *), by_source);
        for (size_t i = 0; i < round->open_count; i++) {
            number += i > 0 && by_source(&open[i - 1], &open[i]) != 0;
            open[i]->source = number;
        }
    }
    number = 0;
    if (round->rules->per_author) {
        qsort(open, round->open_count, sizeof(struct pick *), by_author);
        for (size_t i = 0; i < round->open_count; i++) {
            number += i > 0 && by_author(&open[i - 1], &open[i]) != 0;
            open[i]->author = number;
        }
    }
}

static void sort_open(struct round *round)
{
    round->open = MEM_NEW_ARRAY(struct pick *, round->count + 1);
    for (size_t i = 0; i < round->count; i++)
        if (round->picks[i].verdict.reason == SELECTED)
            round->open[round->open_count++] = &round->picks[i];
    number_groups(round);
    qsort(round->open, round->open_count, sizeof(struct pick *), by_seat);
    round->of_source = MEM_NEW_ARRAY(size_t, round->open_count + 1);
    round->of_author = MEM_NEW_ARRAY(size_t, round->open_count + 1);
}

/* ---- seats ---- */

static enum selector_reason check_issue(const struct round *round,
                                        const struct pick *pick)
{
    const struct selector_rules *rules = round->rules;
    if (pick->verdict.candidate->pinned)
        return SELECTED;
    if (rules->at_most && round->total >= rules->at_most)
        return NOT_WITHIN_ISSUE;
    if (rules->per_source &&
        round->of_source[pick->source] >= rules->per_source)
        return NOT_WITHIN_SOURCE;
    if (rules->per_author && *pick->verdict.candidate->article->author &&
        round->of_author[pick->author] >= rules->per_author)
        return NOT_WITHIN_AUTHOR;
    return SELECTED;
}

static bool has_room(const struct round *round, const struct pick *pick,
                     size_t section)
{
    const struct tally *tally = &round->sections[section];
    return pick->verdict.candidate->pinned ||
           (!tally->closed &&
            tally->taken < round->rules->sections[section].at_most);
}

static void take(struct round *round, const struct pick *pick, size_t section)
{
    round->sections[section].taken++;
    round->sections[section].pinned += pick->verdict.candidate->pinned;
    round->of_source[pick->source]++;
    round->of_author[pick->author]++;
    round->total++;
}

static void find_seat(struct round *round, struct pick *pick)
{
    struct selector_verdict *v = &pick->verdict;
    size_t first = section_map_next(&round->map, pick->sections, 0);
    size_t s = first;
    v->section = first;
    v->rank = round->sections[first].seen + 1;
    for (; s != SIZE_MAX;
         s = section_map_next(&round->map, pick->sections, s + 1)) {
        round->sections[s].seen++;
        if (has_room(round, pick, s))
            break;
    }
    if (s == SIZE_MAX) {
        v->reason =
            round->sections[first].closed ? NOT_ENOUGH : NOT_WITHIN_LIMIT;
        return;
    }
    v->reason = check_issue(round, pick);
    if (v->reason != SELECTED)
        return;
    v->section = s;
    take(round, pick, s);
}

static void seat_all(struct round *round)
{
    for (size_t i = 0; i < round->rules->section_count; i++)
        round->sections[i] =
            (struct tally){.closed = round->sections[i].closed};
    memset(round->of_source, 0, round->open_count * sizeof(size_t));
    memset(round->of_author, 0, round->open_count * sizeof(size_t));
    round->total = 0;
    for (size_t i = 0; i < round->open_count; i++)
        find_seat(round, round->open[i]);
}

/* Closes the first section that stayed below its minimum; false: none did.
 */
static bool close_one(struct round *round)
{
    for (size_t i = 0; i < round->rules->section_count; i++) {
        struct tally *tally = &round->sections[i];
        if (tally->closed || tally->pinned || !tally->taken ||
            tally->taken >= round->rules->sections[i].at_least)
            continue;
        tally->closed = true;
        return true;
    }
    return false;
}

/* ---- the order they are read in ---- */

static int by_section(const void *left, const void *right)
{
    const struct pick *a = *(struct pick *const *)left;
    const struct pick *b = *(struct pick *const *)right;
    if (a->verdict.section != b->verdict.section)
        return a->verdict.section < b->verdict.section ? -1 : 1;
    return by_rank(left, right);
}

/* The others: section by section, then those without one, newest first. */
static int by_story(const void *left, const void *right)
{
    const struct pick *a = *(struct pick *const *)left;
    const struct pick *b = *(struct pick *const *)right;
    bool x = selector_has_section(&a->verdict);
    bool y = selector_has_section(&b->verdict);
    if (x != y)
        return y - x;
    if (x)
        return by_section(left, right);
    int order = compare(b->verdict.candidate->article->published_at,
                        a->verdict.candidate->article->published_at);
    return order ? order
                 : compare(a->verdict.candidate->article->id,
                           b->verdict.candidate->article->id);
}

static int by_place(const void *left, const void *right)
{
    const struct pick *a = *(struct pick *const *)left;
    const struct pick *b = *(struct pick *const *)right;
    size_t x = a->verdict.candidate->place, y = b->verdict.candidate->place;
    return x != y ? (x > y) - (x < y) : by_rank(left, right);
}

/* Puts those with a place of an editor's where they belong in a section. */
static void apply_places(struct pick **picks, size_t count)
{
    OWNED(mem_free)
    struct pick **placed = MEM_NEW_ARRAY(struct pick *, count + 1);
    size_t kept = 0, moved = 0;
    for (size_t i = 0; i < count; i++) {
        if (picks[i]->verdict.candidate->place)
            placed[moved++] = picks[i];
        else
            picks[kept++] = picks[i];
    }
    qsort(placed, moved, sizeof(struct pick *), by_place);
    for (size_t i = 0; i < moved; i++) {
        size_t at = placed[i]->verdict.candidate->place - 1;
        if (at > kept)
            at = kept;
        memmove(&picks[at + 1], &picks[at],
                (kept - at) * sizeof(struct pick *));
        picks[at] = placed[i];
        kept++;
    }
}

static void order_selected(struct pick **picks, size_t count)
{
    qsort(picks, count, sizeof(struct pick *), by_section);
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        while (end < count &&
               picks[end]->verdict.section == picks[begin]->verdict.section)
            end++;
        apply_places(&picks[begin], end - begin);
        for (size_t i = begin; i < end; i++)
            picks[i]->verdict.rank = i - begin + 1;
    }
}

static void write_verdicts(const struct round *round, struct arena *arena,
                           struct selection *out)
{
    OWNED(mem_free)
    struct pick **order = MEM_NEW_ARRAY(struct pick *, round->count + 1);
    size_t taken = 0, others = round->count;
    for (size_t i = 0; i < round->count; i++) {
        bool is_taken = round->picks[i].verdict.reason == SELECTED;
        order[is_taken ? taken++ : --others] = &round->picks[i];
    }
    order_selected(order, taken);
    qsort(order + taken, round->count - taken, sizeof(struct pick *), by_story);
    out->verdicts =
        ARENA_NEW_ARRAY(arena, struct selector_verdict, round->count);
    for (size_t i = 0; i < round->count; i++)
        out->verdicts[i] = order[i]->verdict;
    out->count = round->count;
    out->selected = taken;
}

void selector_select(const struct selector_rules *rules,
                     const struct selector_candidate *candidates, size_t count,
                     struct arena *arena, struct selection *out)
{
    OWNED(round_free) struct round round = {.rules = rules, .count = count};
    section_map_begin(&round.map, rules->sections, rules->section_count);
    round.picks = MEM_NEW_ARRAY(struct pick, count + 1);
    round.sets = MEM_NEW_ARRAY(uint64_t, (count + 1) * round.map.words);
    round.sections = MEM_NEW_ARRAY(struct tally, rules->section_count + 1);
    look_at_all(&round, candidates);
    mark_duplicates(&round, candidates);
    sort_open(&round);
    do
        seat_all(&round);
    while (close_one(&round));
    write_verdicts(&round, arena, out);
}
