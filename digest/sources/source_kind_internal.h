/* Asking the table of kinds about a text or a file, and what kinds answer
 * with; for the files of this room alone. */
#ifndef DIGEST_SOURCES_SOURCE_KIND_INTERNAL_H
#define DIGEST_SOURCES_SOURCE_KIND_INTERNAL_H

#include "digest/sources/source_kind.h"

/* The surest kind; of equals the first of the table. `name`: a path or a URL;
 * `bytes`: the beginning is enough. NULL: none that is known. */
const struct source_kind *source_kind_recognise(const char *name,
                                                struct str bytes);

/* Whether a file in a folder is worth opening, by its name. kind NULL: any. */
bool source_kind_may_be(const struct source_kind *kind, const char *name);

/* Whether any of the words, which end with NULL, is in the text. */
bool source_has_word(const char *text, const char *const *words);

/* Whether a name ends with any of the suffixes, which end with NULL, in
 * letters of any size. */
bool source_name_ends(const char *name, const char *const *suffixes);

#endif
