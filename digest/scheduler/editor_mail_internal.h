/* Mails to editors and to the operator: previews of issues, what was not sent
 * and why, which job keeps failing. */
#ifndef DIGEST_SCHEDULER_EDITOR_MAIL_INTERNAL_H
#define DIGEST_SCHEDULER_EDITOR_MAIL_INTERNAL_H

#include "digest/delivery/conductor.h"
#include "digest/issues/draft.h"
#include "digest/newsletters/schedule.h"
#include "digest/scheduler/plan.h"

/* An issue that a schedule has made, shown before it goes out. */
struct editor_preview {
    const struct schedule *schedule;
    const struct newsletter *newsletter;
    const struct draft *draft;
    const struct plan *plan;
    int64_t goes_at;
    const char *problem; /* what keeps it from going out; NULL: nothing */
};

/* Queues it to the newsletter's editors, as part of the caller's transaction;
 * the issue is in it, with links that do nothing. Without editors nothing is
 * queued. Fails: what rendering fails with, INPUT, STORE. */
FALLIBLE bool editor_mail_preview(const struct conductor *conductor,
                                  const struct editor_preview *preview,
                                  struct err *err);

/* A few lines, once for `dedupe`. */
struct editor_report {
    const char *headline;
    const char *const *lines;
    size_t count;
    const char *dedupe;
};
/* Queues a report to the newsletter's editors, or where it has none to the
 * operator. */
FALLIBLE bool editor_mail_tell(const struct conductor *conductor,
                               const struct newsletter *newsletter,
                               const struct editor_report *report,
                               struct err *err);
/* Queues a report to the operator of digest.yaml; without one nothing is
 * queued. */
FALLIBLE bool operator_mail_tell(const struct conductor *conductor,
                                 const struct editor_report *report,
                                 struct err *err);

#endif
