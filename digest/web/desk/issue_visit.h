/* Helpers that the pages of one issue share: which issue a path names, and its
 * figures as pages show them. */
#ifndef DIGEST_WEB_DESK_ISSUE_VISIT_H
#define DIGEST_WEB_DESK_ISSUE_VISIT_H

#include "digest/issues/issue.h"
#include "digest/newsletters/newsletter.h"
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

/* The version that whoever is here has seen: the form's; where its own texts
 * were saved first, the one they made of it. Fails: INPUT. */
FALLIBLE bool issue_visit_seen(const struct visit *visit, int64_t *out,
                               struct err *err);

/* ---- the texts (issue_texts.c) ---- */

/* Saves what the form has of subject, preheader and introduction, before
 * anything else that a button of the page does. What can't be saved is said on
 * the page, where it stands still: the response has its status then. Fails:
 * STORE. */
FALLIBLE bool issue_texts_save(struct visit *visit, struct err *err);

/* Answers a form that was sent while somebody types: "VERSION STAMP" as the
 * next one has to have them. *answered: it was such a form. */
FALLIBLE bool issue_texts_answer(struct visit *visit, const struct issue *issue,
                                 bool *answered, struct err *err);

/* For visit_stamp. */
void issue_visit_texts_state(const struct issue *issue, struct strbuf *state);

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
