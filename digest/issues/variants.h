/* The variants of an issue: one rendering for each list of articles. */
#ifndef DIGEST_ISSUES_VARIANTS_H
#define DIGEST_ISSUES_VARIANTS_H

#include "digest/issues/build.h"

struct variant {
    char *key; /* language and ids: "en:12,15" */
    struct issue_articles articles;
    struct strbuf html, text;
    struct render_notes notes;
    int64_t id; /* in the ledger; 0: not stored yet */
};

struct variants {
    struct arena arena;
    struct variant *items;
    size_t count, capacity;
};
void variants_free(struct variants *variants);

/* The variant for a choice of categories (names, one a line; "" is all),
 * rendered when it is new. *index is SIZE_MAX when nothing in the issue is
 * of the chosen categories. */
FALLIBLE bool variants_for(struct variants *variants, const struct build *build,
                           const struct issue_articles *articles,
                           const char *categories, size_t *index,
                           struct err *err);

/* Composes and adds those not stored yet to the ledger, each with its public
 * copy. */
FALLIBLE bool variants_store(struct variants *variants,
                             const struct build *build, struct db *db,
                             struct err *err);

#endif
