/* Issues by their time: which are scheduled, due and under way, and what
 * becomes of them when a clock was set back or a database restored.
 */
#ifndef DIGEST_ISSUES_ISSUE_DUE_H
#define DIGEST_ISSUES_ISSUE_DUE_H

#include "digest/issues/issue.h"

struct issue_ids {
    int64_t *items; /* in the arena, the earliest first */
    size_t count;
};

/* An issue that is in `from`, a draft or scheduled, is scheduled for
 * `goes_at`. Fails: CONFLICT when it is no longer in `from`; STORE. */
FALLIBLE bool issue_schedule(struct db *db, int64_t issue_id,
                             enum issue_state from, int64_t goes_at,
                             struct err *err);

/* Scheduled issues whose time has come at `now`; with INT64_MAX all. */
FALLIBLE bool issue_find_due(struct db *db, int64_t now, struct arena *arena,
                             struct issue_ids *out, struct err *err);

/* Issues that were started, and have not been sent to the end. */
FALLIBLE bool issue_find_sending(struct db *db, struct arena *arena,
                                 struct issue_ids *out, struct err *err);

/* After a clock was set back to `now`: what an issue under way waits for is
 * due. */
FALLIBLE bool issue_set_back(struct db *db, int64_t now, struct err *err);

/* After a restored database was looked at: an issue that was started since the
 * backup is on record as sent (*unknown: it wasn't known to have started);
 * those under way are paused, and those that were due at `now` are missed. */
FALLIBLE bool issue_record_start(struct db *db, const char *newsletter,
                                 int64_t number, int64_t at, bool *unknown,
                                 struct err *err);
FALLIBLE bool issue_hold_all(struct db *db, int64_t now, int64_t *paused,
                             int64_t *missed, struct err *err);

/* Tidies the deliveries of the issues that ended before `before`, each once
 * (ledger_tidy). */
FALLIBLE bool issue_tidy(struct db *db, int64_t before, int64_t now,
                         struct err *err);

#endif
