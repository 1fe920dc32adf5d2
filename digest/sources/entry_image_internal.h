/* The image of an entry: chosen, and put together from all that is said of
 * the same picture; for the files of this room alone. */
#ifndef DIGEST_SOURCES_ENTRY_IMAGE_INTERNAL_H
#define DIGEST_SOURCES_ENTRY_IMAGE_INTERNAL_H

#include "digest/document/document.h"
#include "digest/sources/entry_internal.h"

/* Sets the article's image: the one that the entry names, or the body's first
 * that isn't small, in the copy that fits (document/images.h), with the
 * alternative text and the size that any copy has. `out` has its url. */
void entry_set_image(const struct entry *entry, const struct document *body,
                     struct arena *arena, struct article *out);

#endif
