/* What a file or a reply is, told by its look; for the files of this room
 * alone. */
#ifndef DIGEST_SOURCES_FORMAT_INTERNAL_H
#define DIGEST_SOURCES_FORMAT_INTERNAL_H

#include "digest/sources/import.h"

/* `name`: a path or a URL; `bytes`: the beginning is enough. IMPORT_AUTO:
 * none that is known. */
enum import_format format_guess(const char *name, struct str bytes);

/* Whether a file in a folder is worth opening, by its name. */
bool format_is_candidate(const char *name, enum import_format format);

#endif
