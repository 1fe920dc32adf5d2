/* The selector: articles, rules and history become a selection, with a
 * reason for every candidate.
 *
 * Pure: no clock, no database, and the order of the candidates changes
 * nothing. Sections are filled in their order; an article goes to the first
 * one that lists a category of its and has room.
 */
#ifndef DIGEST_SELECTOR_SELECTOR_H
#define DIGEST_SELECTOR_SELECTOR_H

#include <stdbool.h>

#include "digest/articles/article.h"
#include "digest/base/arena.h"
#include "digest/base/strbuf.h"

struct selector_section {
    const char *title;
    const char *const *slugs; /* category slugs */
    size_t slug_count;
    bool rest; /* takes every category */
    size_t at_most;
};

enum selector_ranking {
    RANK_RECENT, /* newest first */
    RANK_VIEWS,  /* most read first */
    RANK_SCORE,  /* views and recency with a half-life, plus weight */
};

struct selector_rules {
    const struct selector_section *sections;
    size_t section_count;
    enum selector_ranking ranking;
    /* An article is in the window when its time is from `window_from` to
     * `window_until`, both included. Its time is the later of published and
     * known, or with by_published the former alone. */
    int64_t window_from, window_until;
    bool by_published;
    int64_t max_age_s; /* since published; 0: any. Not with by_published. */
};

struct selector_candidate {
    const struct article *article;
    const char *sent_in; /* "weekly/11", when this newsletter sent it */
    bool dropped;        /* an editor took it out of this issue */
    bool pinned;         /* an editor wants it, whatever the rules say */
};

enum selector_reason {
    SELECTED,
    NOT_SENT_TWICE,   /* sent in … */
    NOT_IN_WINDOW,    /* before it */
    NOT_PUBLISHED,    /* its time is to come */
    NOT_YOUNG_ENOUGH, /* published longer ago than the maximum age */
    NOT_IN_SECTIONS,  /* no section lists its categories */
    NOT_WITHIN_LIMIT, /* its sections were full */
    NOT_WANTED,       /* an editor dropped it */
};

struct selector_verdict {
    const struct selector_candidate *candidate;
    enum selector_reason reason;
    size_t section; /* SELECTED: where; NOT_WITHIN_LIMIT: the first of its
                       own */
    size_t rank;    /* in that section, from 1; 0: none */
    double score;   /* RANK_SCORE */
};

struct selection {
    struct selector_verdict *verdicts; /* one a candidate; those selected
                                          first, in their order */
    size_t count, selected;
};

/* Verdicts live in the arena and borrow the candidates. */
void selector_select(const struct selector_rules *rules,
                     const struct selector_candidate *candidates, size_t count,
                     struct arena *arena, struct selection *out);

/* The first section that lists a category of an article; section_count when
 * none does. */
size_t selector_section_for(const struct selector_section *sections,
                            size_t section_count,
                            const struct article *article);

/* Appends the reason in words: "over the limit of World (5)". */
void selector_explain(const struct selector_rules *rules,
                      const struct selector_verdict *verdict,
                      struct strbuf *out);

/* "recent", "views", "score". */
bool selector_ranking_parse(const char *name, enum selector_ranking *out);
const char *selector_ranking_name(enum selector_ranking ranking);

#endif
