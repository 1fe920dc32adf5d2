/* Choices: what an editor decides about one issue.
 *
 * An article can be pinned, dropped, moved, and given another title or
 * summary for this issue alone; links that are no article can be added. They
 * show in the draft at once, and hold when it is drafted again: one that was
 * pinned, moved or rewritten stays in, whatever the rules say, and one that
 * was dropped stays out. Dropping leaves its place empty until then.
 *
 *     OWNED(choices_end) struct choices edit = {0};
 *     if (!choices_begin(&edit, db, issue_id, version, &arena, err) ||
 *         !choices_drop(&edit, 12, err) || …)
 *         return false;                      (nothing has changed)
 *     return choices_commit(&edit, err);
 */
#ifndef DIGEST_ISSUES_CHOICES_H
#define DIGEST_ISSUES_CHOICES_H

#include "digest/issues/issue.h"
#include "digest/newsletters/newsletter.h"

/* A change of an issue: a transaction, and what stands in it. Read what is
 * here, change it through the functions alone. */
struct choices {
    struct db *db;
    struct arena *arena;
    struct tx tx;
    struct issue issue;
    struct newsletter newsletter;
    struct choice_list list;
    /* Headings that choices_move and choices_add_link take: those of the
     * newsletter's sections, in their order. */
    const char **headings;
    size_t heading_count;
    struct choices_story *stories; /* in reading order */
    size_t story_count, story_capacity;
};

/* `version`: the issue's when the editor saw it; 0: whatever it is now.
 * Fails: CONFLICT when somebody has changed the issue since, or it is no
 * longer a draft or scheduled; NOT_FOUND. */
FALLIBLE bool choices_begin(struct choices *edit, struct db *db,
                            int64_t issue_id, int64_t version,
                            struct arena *arena, struct err *err);

/* Writes it all; edit->issue.version is then the new one. */
FALLIBLE bool choices_commit(struct choices *edit, struct err *err);
void choices_end(struct choices *edit); /* without a commit: nothing was */

/* ---- about an article ---- */

/* Pins an article: it is in, first in its section. Fails: NOT_FOUND (no such
 * article, or one that was removed). */
FALLIBLE bool choices_pin(struct choices *edit, int64_t article_id,
                          struct err *err);

/* Drops an article: it is out. A link is removed for good. Fails: NOT_FOUND. */
FALLIBLE bool choices_drop(struct choices *edit, int64_t article_id,
                           struct err *err);

/* Moves an article to a place in a section, counted from 1; a place behind the
 * last is the last. `section` is a heading, compared as categories are; NULL:
 * the one it is in, or its own. Fails: NOT_FOUND (no such article, or section:
 * those there are are named), USAGE (a place below 1). */
FALLIBLE bool choices_move(struct choices *edit, int64_t article_id,
                           const char *section, int64_t place, struct err *err);

/* Sets another title, or summary in Markdown, in this issue; "": its own again.
 * Fails: NOT_FOUND (not in the issue), USAGE (not UTF-8, too long, a title
 * with a line break). */
FALLIBLE bool choices_set_title(struct choices *edit, int64_t article_id,
                                const char *title, struct err *err);
FALLIBLE bool choices_set_summary(struct choices *edit, int64_t article_id,
                                  const char *markdown, struct err *err);

/* How much of it this issue shows: summary, headline or full; "": as its
 * section. Fails: NOT_FOUND (not in the issue), USAGE. */
FALLIBLE bool choices_set_show(struct choices *edit, int64_t article_id,
                               const char *show, struct err *err);
struct picture;
/* Sets another picture in this issue, which is kept; NULL: its own again.
 * Fails: NOT_FOUND (not in the issue), STORE. */
FALLIBLE bool choices_set_picture(struct choices *edit, int64_t article_id,
                                  const struct picture *picture, int64_t now,
                                  struct err *err);

/* Takes back every choice about an article: one that was dropped is where it
 * was, one that was pinned or moved stays where it is until the issue is
 * drafted again. A link is removed. Fails: NOT_FOUND (no choice). */
FALLIBLE bool choices_reset(struct choices *edit, int64_t article_id,
                            struct err *err);

/* A link for this issue alone. */
struct choices_link {
    const char *url, *title;
    const char *note;    /* Markdown; NULL or "": none */
    const char *section; /* a heading; NULL: the first section */
    int64_t place;       /* 0: last in the section */
};
/* Adds it; *id is its article's, for everything above. Fails: USAGE (not an
 * http(s) address, no title, and as above), NOT_FOUND (section). */
FALLIBLE bool choices_add_link(struct choices *edit,
                               const struct choices_link *link, int64_t *id,
                               struct err *err);

/* ---- about the issue ---- */

/* "": the newsletter's title and the first headline again. Fails: USAGE. */
FALLIBLE bool choices_set_subject(struct choices *edit, const char *subject,
                                  struct err *err);
/* The preheader, which an inbox shows behind the subject; "": the next
 * headlines. */
FALLIBLE bool choices_set_preheader(struct choices *edit, const char *preheader,
                                    struct err *err);
/* The introduction, in Markdown; "": none. */
FALLIBLE bool choices_set_intro(struct choices *edit, const char *markdown,
                                struct err *err);

#endif
