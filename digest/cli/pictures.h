/* Taking in pictures, as it is said at the command line. */
#ifndef DIGEST_CLI_PICTURES_H
#define DIGEST_CLI_PICTURES_H

#include "digest/cli/app.h"

/* Fetches the pictures that are due after articles came in, as digest.yaml's
 * media.fetch has it, and says what can't be had. Fails: as pictures_fetch. */
FALLIBLE bool pictures_take_in(struct app *app, struct err *err);

#endif
