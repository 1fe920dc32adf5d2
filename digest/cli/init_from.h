/* `digest init --from URL`: from a publication's address to a draft of its
 * newsletter that can be looked at. */
#ifndef DIGEST_CLI_INIT_FROM_H
#define DIGEST_CLI_INIT_FROM_H

#include "digest/cli/command.h"

/* Makes all of it in a folder, which may hold a digest.yaml but no newsletter
 * yet, and says what it did. Fails: CONFLICT (there is a newsletter); where
 * the site can't be read, as site_look does, with nothing made. */
FALLIBLE bool init_from(struct invocation *call, const char *folder,
                        const char *address, struct err *err);

#endif
