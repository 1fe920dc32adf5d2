/* Renews a lease from a thread of its own while its holder works. */
#include "digest/ledger/lease_keep.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"

enum { SIGN_OF_LIFE_S = 30 };

struct lease_keep {
    struct db *db;
    struct lease lease;
    pthread_t thread;
    bool has_thread, done;
    pthread_mutex_t lock;
    pthread_cond_t end;
};

/* Whether the holder is done, within the time to the next sign of life. */
static bool ends(struct lease_keep *keep)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SIGN_OF_LIFE_S;
    pthread_mutex_lock(&keep->lock);
    int waited = 0;
    while (!keep->done && waited == 0)
        waited = pthread_cond_timedwait(&keep->end, &keep->lock, &until);
    bool done = keep->done;
    pthread_mutex_unlock(&keep->lock);
    return done;
}

/* Renews the lease until the end. A failure here ends the lease, and others may
 * take it: nothing worse. */
static void *sign_on(void *context)
{
    struct lease_keep *keep = context;
    OWNED(db_release) struct db *db = NULL;
    struct err err;
    while (!ends(keep)) {
        if (!db && !db_open(db_path(keep->db), DB_OPEN, &db, &err))
            return NULL;
        if (!lease_renew(db, &keep->lease, clock_now(), LEASE_KEEP_S, &err) &&
            err.kind == ERR_CONFLICT)
            return NULL;
    }
    return NULL;
}

static void start_thread(struct lease_keep *keep)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&keep->end, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&keep->lock, NULL);
    keep->has_thread = strcmp(db_path(keep->db), ":memory:") != 0 &&
                       pthread_create(&keep->thread, NULL, sign_on, keep) == 0;
}

bool lease_keep_take(struct db *db, const char *name, int64_t now,
                     struct lease_keep **out, struct err *err)
{
    struct lease_keep *keep = MEM_NEW(struct lease_keep);
    keep->db = db;
    if (!lease_take(db, name, now, LEASE_KEEP_S, false, &keep->lease, err)) {
        free(keep);
        return false;
    }
    start_thread(keep);
    *out = keep;
    return true;
}

void lease_keep_release(struct lease_keep **slot)
{
    struct lease_keep *keep = *slot;
    if (!keep)
        return;
    pthread_mutex_lock(&keep->lock);
    keep->done = true;
    pthread_cond_signal(&keep->end);
    pthread_mutex_unlock(&keep->lock);
    if (keep->has_thread)
        pthread_join(keep->thread, NULL);
    pthread_cond_destroy(&keep->end);
    pthread_mutex_destroy(&keep->lock);
    lease_release(keep->db, &keep->lease);
    free(keep);
    *slot = NULL;
}

const struct lease *lease_kept(const struct lease_keep *keep)
{
    return &keep->lease;
}
