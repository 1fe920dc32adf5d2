/* Near-duplicates: the same story from several sources.
 *
 * Two articles are near when their normalised addresses are the same
 * and they don't share it within a source, or when they come from different
 * sources within a few days, their titles hold the same numbers and nearly the
 * same words, and so do their leads. A word that only one title has and only
 * its own lead repeats ("Monday", "Leo") tells two stories apart, however alike
 * the rest.
 */
#ifndef DIGEST_SELECTOR_DUPLICATES_INTERNAL_H
#define DIGEST_SELECTOR_DUPLICATES_INTERNAL_H

#include "digest/selector/selector.h"

struct duplicates_item {
    const struct selector_candidate *candidate;
    bool stays; /* it is no duplicate, whatever comes before it */
    const struct selector_candidate *near_to; /* set: NULL for none */
};

/* Items come in the order of preference: each is near to the first one
 * before it that is near to it and is no duplicate itself. */
void duplicates_find(struct duplicates_item *items, size_t count);

bool duplicates_are_near(const struct selector_candidate *a,
                         const struct selector_candidate *b);

#endif
