/* Many people at once into the database. For the import only. */
#ifndef SUBSCRIBERS_CONSENT_IMPORT_STORE_INTERNAL_H
#define SUBSCRIBERS_CONSENT_IMPORT_STORE_INTERNAL_H

#include "digest/store/db.h"
#include "subscribers/consent/import_columns_internal.h"
#include "subscribers/consent/transition_internal.h"

/* A batch of new keys. All of them begin alike, so that they stand side by side
 * in the index; the rest of each is still more than anybody can guess. */
enum { IMPORT_KEY_SHARED = 4 };
struct import_keys {
    unsigned char bytes[1 << 12];
    size_t left;
    unsigned char shared[IMPORT_KEY_SHARED];
};
void import_keys_begin(struct import_keys *keys);

/* How many a batch adds to which week of which list: told to the figures at
 * its end, for a trigger at each row takes a tenth of the time. */
enum { IMPORT_WEEKS = 64 };
struct import_weeks {
    struct {
        int64_t newsletter_id, week, joined;
    } items[IMPORT_WEEKS];
    size_t count;
};
FALLIBLE bool import_weeks_begin(struct db *db, struct import_weeks *weeks,
                                 struct err *err);
FALLIBLE bool import_weeks_end(struct db *db, struct import_weeks *weeks,
                               struct err *err);

/* Adds a subscriber who isn't there; *added is false where one is. *id. */
FALLIBLE bool import_store_add(struct db *db, struct import_keys *keys,
                               const struct import_row *row, int64_t *id,
                               bool *added, struct err *err);

/* The first subscription of somebody who was just added, and its event. */
FALLIBLE bool import_store_subscribe(struct db *db, struct import_weeks *weeks,
                                     const struct import_row *row, int64_t id,
                                     enum subscription_state state,
                                     const char *event, int64_t now,
                                     struct err *err);

/* Updates a subscriber by a row of the import; "" leaves what stands. */
FALLIBLE bool import_store_update(struct db *db, const struct import_row *row,
                                  int64_t id, struct err *err);

/* Whether any address is suppressed, and whether anybody was forgotten. */
FALLIBLE bool import_store_barriers(struct db *db, bool *suppressed,
                                    bool *forgotten, struct err *err);

/* A newsletter by its slug; 0 where there is none. */
FALLIBLE bool import_store_newsletter(struct db *db, struct str slug,
                                      int64_t *id, struct err *err);

#endif
