/* Taking in pictures, as it is said at the command line. */
#ifndef DIGEST_CLI_PICTURES_H
#define DIGEST_CLI_PICTURES_H

#include "digest/cli/app.h"
#include "digest/media/picture.h"

/* Fetches the pictures that are due after articles came in, as digest.yaml's
 * media.fetch has it, and says what can't be had. Fails: as pictures_fetch. */
FALLIBLE bool pictures_take_in(struct app *app, struct err *err);

/* Fills in an edit's picture from what --image says: a file's, or with an
 * address what stands there, where media.fetch has such an article's kept;
 * NULL: nothing was said. `made` holds the picture, and has to live as long as
 * the edit. Fails: as picture_from. */
struct article_edit;
FALLIBLE bool pictures_edit(struct app *app, int64_t article_id,
                            const char *image, struct picture *made,
                            struct article_edit *edit, struct err *err);

#endif
