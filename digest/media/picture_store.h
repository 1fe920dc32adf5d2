/* Pictures in the database: with it they are backed up, restored and moved,
 * and every front end has them. */
#ifndef DIGEST_MEDIA_PICTURE_STORE_H
#define DIGEST_MEDIA_PICTURE_STORE_H

#include <stdint.h>

#include "digest/media/picture.h"
#include "digest/store/db.h"

/* Keeps a picture; one that is there already stays. Part of the caller's
 * transaction, in which something has to refer to it. */
FALLIBLE bool picture_put(struct db *db, const struct picture *picture,
                          int64_t now, struct err *err);

struct picture_size {
    unsigned width, height;
    unsigned small_width, small_height; /* 0: there is no small one */
};
/* Fails: NOT_FOUND, STORE. */
FALLIBLE bool picture_size(struct db *db, const char *name,
                           struct picture_size *out, struct err *err);

/* Appends the bytes of the large one, or of the small one. Fails: NOT_FOUND
 * (also where it has no small one), STORE. */
FALLIBLE bool picture_read(struct db *db, const char *name, bool small,
                           struct strbuf *out, struct err *err);

/* How long one is kept that nothing refers to any more: copies that were sent
 * to be looked at may show it. */
enum { PICTURE_GRACE_S = 7 * 24 * 3600 };

/* Removes those that nothing has referred to for PICTURE_GRACE_S. To be called
 * from time to time: each call looks what is in use now. */
FALLIBLE bool picture_sweep(struct db *db, int64_t now, int64_t *removed,
                            struct err *err);

#endif
