/* Candidates: what a draft chooses from, as the selector takes it.
 *
 * Articles in the window, without bodies and summaries, and others that an
 * editor has pinned; with what this newsletter has sent of them, what its words
 * and tags exclude, and what an editor chose.
 */
#ifndef DIGEST_ISSUES_CANDIDATES_INTERNAL_H
#define DIGEST_ISSUES_CANDIDATES_INTERNAL_H

#include "digest/issues/issue.h"
#include "digest/newsletters/newsletter.h"
#include "digest/selector/selector.h"

struct candidates {
    struct selector_candidate *items;
    size_t count;
    struct selector_candidate *sent; /* what readers got lately */
    size_t sent_count;
};

/* `choices`: of the issue; NULL: there are none. `before` is the number of an
 * issue that is there already: what it and later ones hold doesn't count as
 * sent, and what came after its window isn't looked at; INT64_MAX for one to
 * come. All of it lives in the
 * arena. Signatures that are missing are made and stored. Fails: STORE. */
FALLIBLE bool candidates_find(struct db *db,
                              const struct newsletter *newsletter,
                              const struct selector_rules *rules,
                              const struct choice_list *choices, int64_t before,
                              struct arena *arena, struct candidates *out,
                              struct err *err);

/* How many articles lie before the window. */
FALLIBLE bool candidates_count_older(struct db *db,
                                     const struct selector_rules *rules,
                                     int64_t *out, struct err *err);

#endif
