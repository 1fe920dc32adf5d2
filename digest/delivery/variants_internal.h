/* The variants of an issue: one rendering for each list of articles and of
 * corrections, in each language that its readers speak. */
#ifndef DIGEST_DELIVERY_VARIANTS_INTERNAL_H
#define DIGEST_DELIVERY_VARIANTS_INTERNAL_H

#include "digest/delivery/build.h"
#include "digest/delivery/work_internal.h"

struct variant {
    char *key;                /* language and ids: "en:12,15", "en:12+3" */
    struct strbuf html, text; /* until it is stored */
    struct render_notes notes;
    int64_t id;       /* in the ledger; 0: not stored yet */
    bool has_readers; /* for the caller to set */
};

struct variants {
    struct variant *items;
    size_t count, capacity;
    size_t *slots; /* of a hash over the keys: an index, or SIZE_MAX */
    size_t slot_count;
    struct issue_article *picked; /* what the last choice leaves */
};
void variants_free(struct variants *variants);

/* The variant for a choice of categories (names, one a line; "" is all),
 * rendered when it is new. *index is SIZE_MAX when nothing in the issue is
 * of the chosen categories. One and the same list of articles each time. */
FALLIBLE bool variants_for(struct variants *variants, const struct build *build,
                           const struct issue_articles *articles,
                           const char *categories, size_t *index,
                           struct err *err);

/* The same, and a new one is composed and added to the ledger at once, with
 * its public copy, in a transaction of its own: thousands of them don't lie in
 * memory, and nobody waits while one is rendered. `work` NULL: nothing is
 * stored, and ids are as good as any. */
FALLIBLE bool variants_store(struct variants *variants,
                             const struct build *build,
                             const struct issue_articles *articles,
                             const char *categories, struct work *work,
                             size_t *index, struct err *err);

#endif
