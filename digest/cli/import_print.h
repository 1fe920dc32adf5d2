/* Reports of imports in words, for the commands that import. */
#ifndef DIGEST_CLI_IMPORT_PRINT_H
#define DIGEST_CLI_IMPORT_PRINT_H

#include "digest/cli/app.h"
#include "digest/sources/import.h"

/* For import_report's `tell`: failures as errors, doubts as warnings, what
 * was left out as detail. */
void import_tell(void *context, enum import_word word, const char *line);

/* Says which articles their source took back, and which drafts that aren't
 * sent hold one of them, or one that changed. */
FALLIBLE bool import_print_drafts(struct app *app, struct arena *arena,
                                  const struct import_report *report,
                                  struct err *err);

#endif
