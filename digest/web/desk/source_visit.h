/* Helpers that the pages about sources share. */
#ifndef DIGEST_WEB_DESK_SOURCE_VISIT_H
#define DIGEST_WEB_DESK_SOURCE_VISIT_H

#include "digest/articles/category_store.h"
#include "digest/articles/source_store.h"
#include "digest/web/desk/visit.h"

/* Sets what is known of a source and how it does: id, name, address, kind,
 * category, articles, fetched, failing, tries, next, problem. */
void source_visit_fill(struct visit *visit, const struct source *source,
                       struct value *item);

/* A list of categories with how many articles each has: {name, count}. */
struct value *source_visit_categories(struct visit *visit,
                                      const struct category_count *items,
                                      size_t count);

#endif
