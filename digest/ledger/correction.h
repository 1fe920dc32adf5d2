/* Corrections: what was wrong in an article that went out, as it is said to
 * those who had it.
 *
 * A correction holds for the issues that had brought the article when it was
 * made. Who had the article is who the ledger says got a copy with it, and each
 * of them is told once: by the newsletter's next issue, or by one that is made
 * for the correction alone (issue.correction_id), whichever starts first. What
 * a copy brought is recorded with its variant, so that an issue that never
 * started has told nobody.
 */
#ifndef DIGEST_LEDGER_CORRECTION_H
#define DIGEST_LEDGER_CORRECTION_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

/* Texts are never NULL; "" is none. */
struct correction {
    int64_t id, article_id;
    const char *note; /* plain text, one line */
    int64_t made_at;
    /* The story as it was sent, in the first issue that brought it. */
    const char *title, *newsletter, *page, *url; /* as story.h has them */
    int64_t number;
    const char *sent_in;  /* the issues that brought it: "weekly/4, daily/9" */
    const char *waits_in; /* those made for it alone that haven't started */
};

struct correction_list {
    struct correction *items; /* in the arena, the oldest first */
    size_t count;
};

/* Adds one, for the issues that have started with the article, as part of the
 * caller's transaction. *is_new is false where the same note is there already,
 * whose id it then is. Fails: CONFLICT (the article was in no issue that was
 * sent), STORE. */
FALLIBLE bool correction_add(struct db *db, int64_t article_id,
                             const char *note, int64_t now, int64_t *id,
                             bool *is_new, struct err *err);

/* Takes one back. Fails: NOT_FOUND (the article has no such one), CONFLICT
 * (an issue has brought it, or is to), STORE. */
FALLIBLE bool correction_remove(struct db *db, int64_t article_id, int64_t id,
                                int64_t now, struct err *err);

/* Finds the corrections of an article. */
FALLIBLE bool correction_find(struct db *db, int64_t article_id,
                              struct arena *arena, struct correction_list *out,
                              struct err *err);

/* Finds the corrections of a started issue's stories, but for stories that are
 * withdrawn from publication. */
FALLIBLE bool correction_find_in(struct db *db, int64_t issue_id,
                                 struct arena *arena,
                                 struct correction_list *out, struct err *err);

/* Finds the corrections that a variant brought. */
FALLIBLE bool correction_find_brought(struct db *db, int64_t variant_id,
                                      struct arena *arena,
                                      struct correction_list *out,
                                      struct err *err);

/* Which corrections an issue of a newsletter may bring: the one that it is
 * made for, or all that were made after `since`: by then whoever paused has
 * come back. */
struct correction_scope {
    int64_t newsletter_id;
    int64_t only; /* 0: all, made after … */
    int64_t since;
};
FALLIBLE bool correction_find_due(struct db *db,
                                  const struct correction_scope *scope,
                                  struct arena *arena,
                                  struct correction_list *out, struct err *err);

/* Picks the corrections of a list whose ids stand in a text, "3,7". */
struct correction_list correction_pick(const struct correction_list *all,
                                       const char *ids, struct arena *arena);

/* The newsletters that a correction holds for. In the arena. */
FALLIBLE bool correction_newsletters(struct db *db, int64_t id,
                                     struct arena *arena, int64_t **ids,
                                     size_t *count, struct err *err);

/* How many had the article, as far as the ledger knows: of some issues it may
 * not be kept any more who had them. */
struct correction_reach {
    int64_t had;
    const char *lost; /* those issues, one a line */
};
FALLIBLE bool correction_reach(struct db *db, int64_t id, struct arena *arena,
                               struct correction_reach *out, struct err *err);

/* "195; who had weekly/3, daily/7 is no longer kept", to be read behind "had
 * by". In the arena. */
const char *correction_reach_words(const struct correction_reach *reach,
                                   struct arena *arena);

#endif
