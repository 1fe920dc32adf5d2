/* What the pages about sources share. */
#ifndef DIGEST_WEB_DESK_SOURCE_VISIT_H
#define DIGEST_WEB_DESK_SOURCE_VISIT_H

#include "digest/articles/category_store.h"
#include "digest/articles/source_store.h"
#include "digest/web/desk/visit.h"

/* "feed", "WordPress site", "folder". */
const char *source_visit_kind(enum source_kind kind);

/* An address, or what is said of it, without a name and a password in it
 * ("https://user:secret@host", RFC 3986 §3.2.1): those are for the fetching
 * alone. In the arena. */
const char *source_visit_shown(struct arena *arena, const char *text);

/* Sets what is known of a source and how it does: id, name, address, kind,
 * category, articles, fetched, failing, tries, next, problem. */
void source_visit_fill(struct visit *visit, const struct source *source,
                       struct value *item);

/* A list of categories with how many articles each has: {name, count}. */
struct value *source_visit_categories(struct visit *visit,
                                      const struct category_count *items,
                                      size_t count);

#endif
