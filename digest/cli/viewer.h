/* Pages shown to whoever sits at the terminal, in their own browser. */
#ifndef DIGEST_CLI_VIEWER_H
#define DIGEST_CLI_VIEWER_H

#include "digest/base/err.h"
#include "digest/base/str.h"

/* Writes the page into a file of this name, in a new folder that only its
 * owner may read, and opens it where there is a desktop to do so; *shown says
 * whether. Owns: *path. Fails: IO. */
FALLIBLE bool viewer_show(const char *name, struct str page, char **path,
                          bool *shown, struct err *err);

#endif
