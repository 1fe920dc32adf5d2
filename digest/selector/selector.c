/* Ranks candidates, and seats them in the sections of an issue. */
#include "digest/selector/selector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/selector/duplicates_internal.h"
#include "digest/selector/section_map_internal.h"

/* A candidate while it is judged. */
struct pick {
    struct selector_verdict verdict;
    double key;         /* the larger, the better */
    uint64_t *sections; /* those it may go to */
    size_t source, author;
};

/* The keys that a hundred thousand candidates are sorted by, close together in
 * memory. The end of the chain, the id, leaves no two equal, so that the order
 * of the input never shows. */
struct ranked {
    size_t group; /* the smaller first */
    double key;   /* the larger first */
    int64_t published_at, id;
    struct pick *pick;
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
    struct ranked *open; /* those that may come in, the best first */
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
    if (!a->published_at)
        return NOT_DATED;
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

static int by_rank(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    int order = (a->key < b->key) - (a->key > b->key);
    if (!order)
        order = compare(b->published_at, a->published_at);
    return order ? order : compare(a->id, b->id);
}

static struct ranked ranked(struct pick *pick, size_t group)
{
    const struct article *a = pick->verdict.candidate->article;
    return (struct ranked){group, pick->key, a->published_at, a->id, pick};
}

static void sort_ranked(struct ranked *items, size_t count)
{
    qsort(items, count, sizeof *items, by_rank);
}

/* Numbers what is the same, so that it can be counted. */
struct groups {
    struct group {
        uint64_t hash;
        const char *name; /* NULL: the hash is all */
        size_t number;    /* from 1; 0: free */
    } * items;
    size_t mask, count;
};

static size_t group_number(struct groups *groups, uint64_t hash,
                           const char *name)
{
    hash *= 0x9e3779b97f4a7c15;
    size_t at = (size_t)(hash >> 20) & groups->mask;
    for (;; at = (at + 1) & groups->mask) {
        struct group *group = &groups->items[at];
        if (!group->number)
            *group = (struct group){hash, name, ++groups->count};
        if (group->hash == hash && (!name || strcmp(group->name, name) == 0))
            return group->number - 1;
    }
}

static uint64_t hash_text(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    return hash ^ hash >> 31;
}

static void number_groups(struct round *round, bool authors)
{
    struct groups groups = {.mask = 63};
    while (groups.mask < 2 * round->open_count)
        groups.mask = 2 * groups.mask + 1;
    groups.items = MEM_NEW_ARRAY(struct group, groups.mask + 1);
    for (size_t i = 0; i < round->open_count; i++) {
        struct pick *pick = round->open[i].pick;
        const struct article *a = pick->verdict.candidate->article;
        if (authors)
            pick->author =
                group_number(&groups, hash_text(a->author), a->author);
        else
            pick->source = group_number(&groups, (uint64_t)a->source_id, NULL);
    }
    free(groups.items);
}

/* Pinned ones have their seats before anyone else. */
static void sort_open(struct round *round)
{
    round->open = MEM_NEW_ARRAY(struct ranked, round->count + 1);
    for (size_t i = 0; i < round->count; i++) {
        struct pick *pick = &round->picks[i];
        if (pick->verdict.reason == SELECTED)
            round->open[round->open_count++] =
                ranked(pick, !pick->verdict.candidate->pinned);
    }
    if (round->rules->per_source)
        number_groups(round, false);
    if (round->rules->per_author)
        number_groups(round, true);
    sort_ranked(round->open, round->open_count);
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
        find_seat(round, round->open[i].pick);
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

static int by_place(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    size_t x = a->pick->verdict.candidate->place;
    size_t y = b->pick->verdict.candidate->place;
    return x != y ? (x > y) - (x < y) : by_rank(left, right);
}

/* Puts those with a place of an editor's where they belong in a section. */
static void apply_places(struct ranked *items, size_t count)
{
    OWNED(mem_free)
    struct ranked *placed = MEM_NEW_ARRAY(struct ranked, count + 1);
    size_t kept = 0, moved = 0;
    for (size_t i = 0; i < count; i++) {
        if (items[i].pick->verdict.candidate->place)
            placed[moved++] = items[i];
        else
            items[kept++] = items[i];
    }
    qsort(placed, moved, sizeof *placed, by_place);
    for (size_t i = 0; i < moved; i++) {
        size_t at = placed[i].pick->verdict.candidate->place - 1;
        if (at > kept)
            at = kept;
        memmove(&items[at + 1], &items[at], (kept - at) * sizeof *items);
        items[at] = placed[i];
        kept++;
    }
}

static void order_selected(struct ranked *items, size_t count)
{
    sort_ranked(items, count);
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        while (end < count && items[end].group == items[begin].group)
            end++;
        apply_places(&items[begin], end - begin);
        for (size_t i = begin; i < end; i++)
            items[i].pick->verdict.rank = i - begin + 1;
    }
}

/* The rank of a candidate that wasn't taken: section by section, then those
 * without one, newest first. */
static struct ranked rank_other(struct pick *pick)
{
    bool placed = selector_has_section(&pick->verdict);
    struct ranked out = ranked(pick, placed ? pick->verdict.section : SIZE_MAX);
    if (!placed)
        out.key = 0;
    return out;
}

static void write_verdicts(const struct round *round, struct arena *arena,
                           struct selection *out)
{
    OWNED(mem_free)
    struct ranked *order = MEM_NEW_ARRAY(struct ranked, round->count + 1);
    size_t taken = 0, others = round->count;
    for (size_t i = 0; i < round->count; i++) {
        struct pick *pick = &round->picks[i];
        if (pick->verdict.reason == SELECTED)
            order[taken++] = ranked(pick, pick->verdict.section);
        else
            order[--others] = rank_other(pick);
    }
    order_selected(order, taken);
    sort_ranked(order + taken, round->count - taken);
    out->verdicts =
        ARENA_NEW_ARRAY(arena, struct selector_verdict, round->count);
    for (size_t i = 0; i < round->count; i++)
        out->verdicts[i] = order[i].pick->verdict;
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
