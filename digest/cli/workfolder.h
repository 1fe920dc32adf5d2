/* A working folder: digest.yaml, the database and the key file. */
#ifndef DIGEST_CLI_WORKFOLDER_H
#define DIGEST_CLI_WORKFOLDER_H

#include "digest/base/err.h"

struct workfolder {
    const char *site_name;      /* NULL: a line to fill in */
    const char *base_url;       /* NULL: a line to fill in */
    const char *postal_address; /* NULL: a line to fill in */
    const char *site_url;       /* the publication's own site; NULL: none */
};

/* Makes what is missing of the three in a folder; what is there is left as
 * it is. Fails: IO, PERMISSION, STORE. */
FALLIBLE bool workfolder_make(const char *folder,
                              const struct workfolder *settings,
                              struct err *err);

#endif
