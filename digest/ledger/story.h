/* Stories: the articles of an issue as they stood when it was started.
 *
 * The archive's pages of an issue and of each story come from here: whatever
 * becomes of the article later, they stay as they were sent.
 */
#ifndef DIGEST_LEDGER_STORY_H
#define DIGEST_LEDGER_STORY_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

/* Texts are never NULL; "" is none. */
struct story {
    int64_t issue_id, article_id;
    int64_t position; /* in the whole issue, from 0 */
    int64_t section;  /* its section's position, and … */
    const char *heading;
    const char *name; /* of its page, unlike any other of the issue's; "":
                         it has none */
    const char *title, *author;
    const char *own_title; /* the article's, where an editor wrote another */
    const char *source;    /* the publication it is from */
    const char *url;       /* its own address */
    const char *language;
    int64_t published_at; /* Unix seconds */
    int64_t word_count;
    const char *image_url, *image_alt;
    int64_t image_width, image_height; /* pixels; 0: unknown */
    const char *show;    /* how much of it the issue showed: "summary", … */
    const char *picture; /* the name of the one that is kept here */
    const char *summary_html; /* a document as cmark's HTML */
    const char *body_html;    /* not loaded by most lists: "" */
    /* The article as it is since. */
    int64_t changed_at;     /* when it was last changed */
    int64_t unpublished_at; /* withdrawn from publication; 0: it isn't */
    const char *unpublished_note;
};

struct story_list {
    struct story *items; /* in the arena, in reading order */
    size_t count;
};

/* Freezes one; part of the transaction that starts its issue. */
FALLIBLE bool story_add(struct db *db, const struct story *story,
                        struct err *err);

/* Finds all stories of an issue, without bodies or with those that the issue
 * may show in full; those withdrawn from publication too. */
FALLIBLE bool story_find(struct db *db, int64_t issue_id, bool with_bodies,
                         struct arena *arena, struct story_list *out,
                         struct err *err);

/* The story of an issue with a page of that name, body included. Fails:
 * NOT_FOUND. */
FALLIBLE bool story_get(struct db *db, int64_t issue_id, struct str name,
                        struct arena *arena, struct story *out,
                        struct err *err);

/* A stamp of all that the pages of an issue's stories depend on: while it stays
 * the same, so do they, but for changes within the second of `newest`, the last
 * one. */
struct story_stamp {
    uint64_t hash;
    int64_t newest;
};
FALLIBLE bool story_stamp(struct db *db, int64_t issue_id,
                          struct story_stamp *out, struct err *err);

/* The same of what is withdrawn, or corrected, in all issues of a newsletter,
 * for pages that show several. */
FALLIBLE bool story_newsletter_stamp(struct db *db, int64_t newsletter_id,
                                     struct story_stamp *out, struct err *err);

#endif
