/* Upkeep: when the database was last backed up, and the scheduler last ran.
 * `digest doctor` reads it. */
#ifndef DIGEST_STORE_UPKEEP_H
#define DIGEST_STORE_UPKEEP_H

#include "digest/base/arena.h"
#include "digest/store/db.h"

#define UPKEEP_BACKUP "backup"
#define UPKEEP_RUN "run"

struct upkeep {
    int64_t at;       /* 0: never */
    const char *note; /* in the arena */
};

FALLIBLE bool upkeep_note(struct db *db, const char *name, int64_t now,
                          const char *note, struct err *err);
FALLIBLE bool upkeep_last(struct db *db, const char *name, struct arena *arena,
                          struct upkeep *out, struct err *err);

#endif
