/* The progress line of a send, drawn over itself; only where a person is
 * reading. */
#ifndef DIGEST_CLI_PROGRESS_H
#define DIGEST_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "digest/delivery/conductor.h"

enum { PROGRESS_SAMPLES = 20 }; /* what the rate is taken from: ten seconds */

struct progress {
    struct ledger_counts before;
    bool drawn;
    struct {
        int64_t at_ms, done;
    } samples[PROGRESS_SAMPLES]; /* a ring */
    unsigned next, count;
};

/* `before`: the ledger's counts when the run begins. */
void progress_begin(struct progress *progress,
                    const struct ledger_counts *before);

/* For send_watch. */
void progress_draw(void *progress, const struct send_report *report);

/* Wipes the line, so that what is said next has one of its own. */
void progress_end(struct progress *progress);

#endif
