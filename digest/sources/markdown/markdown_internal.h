/* Markdown files with front matter, each one article; for the files of this
 * room alone. */
#ifndef DIGEST_SOURCES_MARKDOWN_MARKDOWN_INTERNAL_H
#define DIGEST_SOURCES_MARKDOWN_MARKDOWN_INTERNAL_H

#include "digest/sources/import_run_internal.h"

/* Stores the article of one file. Fails: INPUT "name:line: …", STORE and its
 * kin. */
FALLIBLE bool import_markdown(struct import_run *run,
                              const struct import_bytes *input,
                              struct err *err);

#endif
