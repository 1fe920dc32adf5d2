/* Stores leases: takes, renews, checks and releases them. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "digest/ledger/lease.h"

enum sql { TAKE_FREE, TAKE_HERE, HOLDER, RENEW, CHECK, RELEASE, SQL_COUNT };

#define TAKE_LEASE(condition)                                                  \
    "INSERT INTO lease (name, fence, holder, expires_at) "                     \
    "VALUES (?1, 1, ?2, ?3) "                                                  \
    "ON CONFLICT (name) DO UPDATE SET fence = lease.fence + 1, "               \
    "    holder = excluded.holder, expires_at = excluded.expires_at "          \
    "WHERE " condition " RETURNING fence"

/* A lease that ends later than two full terms from now was written by a clock
 * that was ahead. (One term more: its holder's clock may be a bit ahead of
 * ours.) */
#define IS_FREE "lease.expires_at <= ?4 OR lease.expires_at > ?3 + (?3 - ?4)"

static const char *const sql[] = {
    [TAKE_FREE] = TAKE_LEASE(IS_FREE),
    [TAKE_HERE] =
        TAKE_LEASE(IS_FREE " OR substr(lease.holder, 1, length(?5)) = ?5"),
    [HOLDER] = "SELECT holder, expires_at FROM lease WHERE name = ?1",
    [RENEW] = "UPDATE lease SET expires_at = ?3 "
              "WHERE name = ?1 AND fence = ?2",
    [CHECK] = "SELECT count(*) FROM lease WHERE name = ?1 AND fence = ?2",
    [RELEASE] = "UPDATE lease SET expires_at = 0 "
                "WHERE name = ?1 AND fence = ?2",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static char *host_words(void)
{
    char host[48] = "";
    gethostname(host, sizeof host - 1);
    return mem_format("%s, process ", host);
}

static bool fail_held(struct db *db, const char *name, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[HOLDER]);
    stmt_bind_text(row, 1, name);
    if (!stmt_step(row, err))
        return stmt_done(row) ? err_set(err, ERR_TEMPORARY,
                                        "%s: is busy; "
                                        "try again",
                                        name)
                              : false;
    err_set(err, ERR_TEMPORARY,
            "%s: is being done already (%s); this run steps aside", name,
            stmt_text(row, 0));
    stmt_reset(row);
    return false;
}

bool lease_take(struct db *db, const char *name, int64_t now, int64_t seconds,
                bool alone_here, struct lease *out, struct err *err)
{
    OWNED(mem_free) char *host = host_words();
    *out = (struct lease){0};
    snprintf(out->name, sizeof out->name, "%s", name);
    snprintf(out->holder, sizeof out->holder, "%s%ld", host, (long)getpid());
    struct stmt *take = db_stmt(db, sql[alone_here ? TAKE_HERE : TAKE_FREE]);
    stmt_bind_text(take, 1, name);
    stmt_bind_text(take, 2, out->holder);
    stmt_bind_int(take, 3, now + seconds);
    stmt_bind_int(take, 4, now);
    if (alone_here)
        stmt_bind_text(take, 5, host);
    if (stmt_step(take, err))
        out->fence = stmt_int(take, 0);
    while (out->fence && stmt_step(take, err))
        ;
    if (!stmt_done(take))
        return false;
    return out->fence ? true : fail_held(db, name, err);
}

static bool fail_lost(const struct lease *lease, struct err *err)
{
    return err_set(err, ERR_CONFLICT,
                   "%s: another process took over while this one stood "
                   "still; this one stops",
                   lease->name);
}

bool lease_renew(struct db *db, const struct lease *lease, int64_t now,
                 int64_t seconds, struct err *err)
{
    struct stmt *renew = db_stmt(db, sql[RENEW]);
    stmt_bind_text(renew, 1, lease->name);
    stmt_bind_int(renew, 2, lease->fence);
    stmt_bind_int(renew, 3, now + seconds);
    if (!stmt_run(renew, err))
        return false;
    return db_changes(db) == 1 || fail_lost(lease, err);
}

bool lease_check(struct db *db, const struct lease *lease, struct err *err)
{
    int64_t held = 0;
    struct stmt *check = db_stmt(db, sql[CHECK]);
    stmt_bind_text(check, 1, lease->name);
    stmt_bind_int(check, 2, lease->fence);
    if (!stmt_one_int(check, &held, err))
        return false;
    return held == 1 || fail_lost(lease, err);
}

void lease_release(struct db *db, const struct lease *lease)
{
    struct err ignored;
    struct stmt *release = db_stmt(db, sql[RELEASE]);
    stmt_bind_text(release, 1, lease->name);
    stmt_bind_int(release, 2, lease->fence);
    if (!stmt_run(release, &ignored))
        return; /* it expires by itself */
}
