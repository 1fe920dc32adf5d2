/* Pages: an article's page, or its text as a person pastes it, becomes one
 * entry, without the furniture around it.
 */
#ifndef DIGEST_SOURCES_PAGE_PAGE_INTERNAL_H
#define DIGEST_SOURCES_PAGE_PAGE_INTERNAL_H

#include "digest/sources/import_run_internal.h"

/* Reads HTML, or plain text that was pasted. Texts live in the arena; free
 * the entry with entry_free. Fails: INPUT, when there is nothing in it. */
FALLIBLE bool page_read(const struct import_bytes *input, struct arena *arena,
                        struct entry *out, struct err *err);

/* Stores the article of a page. Fails: as page_read does, STORE and its
 * kin. */
FALLIBLE bool import_page(struct import_run *run,
                          const struct import_bytes *input, struct err *err);

extern const struct source_kind source_kind_page;

#endif
