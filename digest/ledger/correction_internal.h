/* Corrections owed to subscribers, as the statements of this room ask for
 * them. */
#ifndef DIGEST_LEDGER_CORRECTION_INTERNAL_H
#define DIGEST_LEDGER_CORRECTION_INTERNAL_H

#include "digest/ledger/correction.h"

/* Fills the table that CORRECTIONS_OWED looks at, in this connection. */
FALLIBLE bool correction_look_up(struct db *db,
                                 const struct correction_scope *scope,
                                 struct err *err);

/* An expression of SQL: the ids, as correction_pick takes them, of those that
 * the subscriber `u` had the article of and wasn't told; '' where there is
 * none. A delivery that failed, or was skipped, has brought nothing. */
#define CORRECTIONS_REACHED "NOT IN ('failed', 'skipped') "
#define CORRECTIONS_OWED                                                       \
    "coalesce((SELECT group_concat(id) FROM ("                                 \
    "    SELECT DISTINCT w.correction_id AS id "                               \
    "    FROM correction_due w CROSS JOIN delivery d "                         \
    "    CROSS JOIN variant_article a "                                        \
    "    WHERE NOT w.brings AND d.issue_id = w.issue_id "                      \
    "        AND d.subscriber_id = u.subscriber_id "                           \
    "        AND d.state " CORRECTIONS_REACHED                                 \
    "        AND a.variant_id = d.variant_id "                                 \
    "        AND a.article_id = w.article_id "                                 \
    "        AND NOT EXISTS (SELECT 1 FROM correction_due t "                  \
    "            CROSS JOIN delivery g CROSS JOIN variant_correction v "       \
    "            WHERE t.correction_id = w.correction_id AND t.brings "        \
    "                AND g.issue_id = t.issue_id "                             \
    "                AND g.subscriber_id = u.subscriber_id "                   \
    "                AND g.state " CORRECTIONS_REACHED                         \
    "                AND v.variant_id = g.variant_id "                         \
    "                AND v.correction_id = w.correction_id) "                  \
    "    ORDER BY 1)), '')"

#endif
