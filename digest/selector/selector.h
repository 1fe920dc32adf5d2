/* The selector: articles, rules and history become a selection, with a
 * reason for every candidate.
 *
 * Pure: no clock, no database, and the order of the candidates changes
 * nothing. What may come in at all is ranked; then, the best first, each
 * goes to the first section that lists a category of its and has room, as
 * long as no limit of the whole issue is reached. So an older article never
 * takes the place of a newer one under `recent`. A section that stays below
 * its minimum is left out, and its articles go where else they belong.
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
    size_t at_least; /* with fewer, and none pinned, it is left out */
};

enum selector_ranking {
    RANK_RECENT, /* newest first */
    RANK_VIEWS,  /* most read first */
    RANK_SCORE,  /* views and recency with a half-life, weight, boost */
};

enum { SELECTOR_HALF_LIFE_S = 3 * 86400 };

struct selector_rules {
    const struct selector_section *sections;
    size_t section_count;
    enum selector_ranking ranking;
    int64_t half_life_s; /* RANK_SCORE; 0: SELECTOR_HALF_LIFE_S */
    /* An article is in the window when its time is from `window_from` to
     * `window_until`, both included. Its time is the later of published and
     * known, or with by_published the former alone. */
    int64_t window_from, window_until;
    bool by_published;
    int64_t max_age_s; /* since published; 0: any. Not with by_published. */
    size_t at_most;    /* in all; 0: no limit */
    size_t per_source, per_author; /* 0: no limit */
    const char *const *languages;  /* only these; "pt" takes pt-BR, too */
    size_t language_count;         /* 0: any */
    /* Articles that readers got lately; near-duplicates of them aren't sent. */
    const struct selector_candidate *sent;
    size_t sent_count;
};

struct selector_candidate {
    const struct article *article;
    struct article_signature signature;
    const char *sent_in;   /* "weekly/11", when this newsletter sent it */
    const char *excluded;  /* the word or tag that keeps it out; NULL: none */
    int64_t boost;         /* of its source: in a score, and in preference */
    bool dropped;          /* an editor took it out of this issue */
    bool pinned;           /* an editor wants it, whatever the rules say */
    size_t pinned_section; /* there, counted from 1; 0: by its categories */
    size_t place;          /* in its section, from 1; 0: by rank */
};

enum selector_reason {
    SELECTED,
    NOT_SENT_TWICE,    /* sent in … */
    NOT_IN_WINDOW,     /* before it */
    NOT_PUBLISHED,     /* its time is to come */
    NOT_DATED,         /* its date can't be read: nobody knows how old it is */
    NOT_YOUNG_ENOUGH,  /* published longer ago than the maximum age */
    NOT_IN_LANGUAGE,   /* in none of the languages */
    NOT_ALLOWED,       /* it holds an excluded word or tag */
    NOT_IN_SECTIONS,   /* no section lists its categories */
    NOT_A_NEW_STORY,   /* a near-duplicate of … */
    NOT_WITHIN_LIMIT,  /* its sections were full */
    NOT_WITHIN_ISSUE,  /* the issue was */
    NOT_WITHIN_SOURCE, /* enough of its source */
    NOT_WITHIN_AUTHOR, /* enough of its author */
    NOT_ENOUGH,        /* its section stayed below its minimum */
    NOT_WANTED,        /* an editor dropped it */
};

/* (1 + log2(1 + views)) * 2^(-age / half-life) + weight + boost */
struct selector_score {
    double views;   /* 1 + log2(1 + views) */
    double recency; /* 2^(-age / half-life) */
    double weight, boost;
    double total;
};

struct selector_verdict {
    const struct selector_candidate *candidate;
    enum selector_reason reason;
    size_t section; /* SELECTED: where; the NOT_WITHIN ones and NOT_ENOUGH:
                       the first of its own */
    size_t rank;    /* SELECTED: its place there, from 1; else the rank among
                       those that belong there; 0: none */
    struct selector_score score;              /* RANK_SCORE */
    const struct selector_candidate *near_to; /* NOT_A_NEW_STORY */
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

/* Whether a verdict names a section. */
bool selector_has_section(const struct selector_verdict *verdict);

/* "taken", "sent", "near_duplicate" …: for programs. */
const char *selector_reason_name(enum selector_reason reason);

/* Appends the reason in words: "over the limit of World (5)". */
void selector_explain(const struct selector_rules *rules,
                      const struct selector_verdict *verdict,
                      struct strbuf *out);

/* "recent", "views", "score". */
bool selector_ranking_parse(const char *name, enum selector_ranking *out);
const char *selector_ranking_name(enum selector_ranking ranking);

#endif
