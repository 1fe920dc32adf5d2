/* Sections for a newsletter that has none yet, from the categories of the
 * articles there are. Pure. */
#ifndef DIGEST_CLI_SITE_SECTIONS_H
#define DIGEST_CLI_SITE_SECTIONS_H

#include "digest/articles/article_store.h"
#include "digest/newsletters/newsletter.h"

enum { SITE_SECTIONS = 6 /* at most, with the one for the rest */ };

/* The category with the most articles first, then the one with the most of
 * those that are left, and so on; "*" takes what has no section. One that
 * nearly every article has tells nothing, and is passed over. In the arena.
 */
void site_sections(const struct article_list *articles, struct arena *arena,
                   struct newsletter_section **out, size_t *count);

#endif
