/* Correcting an article that went out: the note stands on its pages at once,
 * and is said to those who had it, by the next issue or by one of its own.
 */
#ifndef DIGEST_ISSUES_CORRECT_H
#define DIGEST_ISSUES_CORRECT_H

#include "digest/issues/issue.h"
#include "digest/ledger/correction.h"
#include "digest/renderer/template_set.h"

enum { CORRECT_NOTE_MAX = 4000 /* bytes */ };

struct correct_report {
    int64_t id;  /* the correction's */
    bool is_new; /* false: the article had the same note already */
    struct correction_reach reach;
    struct issue_list issues; /* those made to send it, or that were there;
                                 one for each newsletter that had the article */
    size_t made;              /* of these, new ones: drafts */
};

/* Corrects an article by a note, plain text of which a line is made; with
 * `send` each newsletter that brought it gets a draft for the correction
 * alone, unless it has one. The same note again adds none. In the arena.
 * Fails: NOT_FOUND (no such article), USAGE (no note), INPUT (nothing to be
 * seen in it, or too long), CONFLICT (the article was in no issue that was
 * sent), STORE. */
FALLIBLE bool correct_article(struct db *db, struct template_set *templates,
                              int64_t article_id, const char *note, bool send,
                              int64_t now, struct arena *arena,
                              struct correct_report *out, struct err *err);

#endif
