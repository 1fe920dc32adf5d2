/* The addresses that an import has stored articles under, and the files they
 * came from; for the files of this room alone. */
#ifndef DIGEST_SOURCES_IMPORT_SEEN_INTERNAL_H
#define DIGEST_SOURCES_IMPORT_SEEN_INTERNAL_H

#include <stdint.h>

struct import_seen;

/* The file (or "") that has the address in this source already; NULL where
 * there is none, and then it is noted for `file`. Makes *seen when it is
 * NULL. */
const char *import_seen_note(struct import_seen **seen, int64_t source_id,
                             const char *url, const char *file);
/* The same, without noting it. */
const char *import_seen_find(const struct import_seen *seen, int64_t source_id,
                             const char *url);
void import_seen_free(struct import_seen *seen);

#endif
