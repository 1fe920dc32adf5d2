/* Lint for an issue: what would go out, looked at before it does.
 *
 * It looks at the copies with every article, in each language that active
 * subscribers read; links that are made for each reader stand in them
 * unsigned.
 */
#ifndef DIGEST_DELIVERY_ISSUE_LINT_H
#define DIGEST_DELIVERY_ISSUE_LINT_H

#include "digest/delivery/conductor.h"
#include "digest/lint/lint.h"

/* Looks at an issue; `fetch_links` asks for its links as well. Fails: what
 * conductor_show and lint_message fail with. */
FALLIBLE bool issue_lint(const struct conductor *conductor,
                         const struct issue *issue, bool fetch_links,
                         struct lint_report *report, struct err *err);

/* The gate before an issue is scheduled or started: nothing to be said where
 * there are warnings alone, or none. Fails: INPUT, with the first error, how
 * many there are, and how to see them all; what issue_lint fails with. */
FALLIBLE bool issue_lint_gate(const struct conductor *conductor,
                              const struct issue *issue, struct err *err);

#endif
