/* Options that `newsletter create` and `edit` share with `newsletter
 * schedule`. */
#ifndef DIGEST_CLI_CMD_SCHEDULE_H
#define DIGEST_CLI_CMD_SCHEDULE_H

#include "digest/cli/app.h"
#include "digest/newsletters/schedule.h"

/* Changes what --every, --except, --policy, --lead, --grace, --off and
 * --editors say, where they are given. In the caller's transaction. Fails:
 * USAGE, STORE. */
FALLIBLE bool schedule_command_apply(struct invocation *call, struct db *db,
                                     int64_t newsletter_id, struct err *err);

/* Prints what is set and when it goes out next: `show` lines of a
 * newsletter. */
FALLIBLE bool schedule_command_print(struct invocation *call, struct db *db,
                                     int64_t newsletter_id, size_t next,
                                     struct err *err);

/* The lines about it in `newsletter show`. */
FALLIBLE bool schedule_command_show(struct invocation *call, struct db *db,
                                    int64_t newsletter_id, struct err *err);

#endif
