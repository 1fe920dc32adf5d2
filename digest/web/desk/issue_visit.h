/* What the pages of one issue share: which issue a path names, and its
 * figures as pages show them. */
#ifndef DIGEST_WEB_DESK_ISSUE_VISIT_H
#define DIGEST_WEB_DESK_ISSUE_VISIT_H

#include "digest/issues/issue.h"
#include "digest/issues/newsletter.h"
#include "digest/web/desk/visit.h"

/* The issue and the newsletter of a path issues/SLUG/N. Fails: NOT_FOUND. */
FALLIBLE bool issue_visit_get(struct visit *visit, struct issue *issue,
                              struct newsletter *newsletter, struct err *err);

/* "weekly/12", and "issues/weekly/12". In the arena. */
const char *issue_visit_name(const struct visit *visit,
                             const struct issue *issue);
const char *issue_visit_path(const struct visit *visit,
                             const struct issue *issue);

/* An object with name, subject, version, state, and is_STATE; times in the
 * newsletter's zone: scheduled, started, finished, drafted; written ("written
 * to the folder outbox") where mail servers haven't all of it. */
struct value *issue_visit_value(struct visit *visit, const struct issue *issue,
                                const char *timezone);

/* Sets recipients, sent, failed, deferred, skipped, waiting, done, and the
 * same as plain numbers for bars (done_plain, recipients_plain). */
FALLIBLE bool issue_visit_counts(struct visit *visit, const struct issue *issue,
                                 struct value *item, struct err *err);

/* Whether whoever is here may change it: a draft or a scheduled one, and once
 * somebody has approved of it, an editor alone. Fails: STORE. (issue_plan.c) */
FALLIBLE bool issue_visit_may_edit(const struct visit *visit,
                                   const struct issue *issue, bool *may,
                                   struct err *err);

/* Sets at_typed (for a field of the time), waits_for_approval, and who would
 * get an open one now: recipients ("195"), recipients_counted ("195
 * subscribers"). (issue_plan.c) */
FALLIBLE bool issue_visit_plan(struct visit *visit, const struct issue *issue,
                               const struct newsletter *n, struct value *data,
                               struct err *err);

/* The page of an issue with a status, and what an editor typed and could not
 * be kept: `problem` says why; NULL: nothing. (issue_page.c) */
FALLIBLE bool issue_visit_show(struct visit *visit, const char *problem,
                               unsigned status, struct err *err);

#endif
