/* Jobs: how the work of `digest run` fares, on record from run to run. */
#ifndef DIGEST_SCHEDULER_JOB_H
#define DIGEST_SCHEDULER_JOB_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"
#include "digest/store/erasing.h"

struct job {
    const char *name;      /* "fetch" … */
    int64_t last_at;       /* last tried; 0: never */
    int64_t good_at;       /* last done; 0: never */
    int64_t next_at;       /* not before */
    int64_t failures;      /* in a row */
    int64_t failing_since; /* 0: it isn't failing */
    int64_t told_at;       /* when the operator was told; 0: not (yet) */
    const char *error;     /* the last one; "" */
};

/* Gets a job's record; one that never ran is all zeros. Texts live in the
 * arena. */
FALLIBLE bool job_get(struct db *db, const char *name, struct arena *arena,
                      struct job *out, struct err *err);
/* Writes all of it. */
FALLIBLE bool job_put(struct db *db, const struct job *job, struct err *err);

/* Takes what names a subscriber out of the jobs' errors. Part of the caller's
 * transaction. */
FALLIBLE bool job_erase(struct db *db, const struct redaction *words,
                        struct err *err);

struct job_list {
    struct job *items; /* in the arena, by name */
    size_t count;
};
FALLIBLE bool job_find(struct db *db, struct arena *arena, struct job_list *out,
                       struct err *err);

#endif
