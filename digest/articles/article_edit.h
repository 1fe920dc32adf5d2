/* An editor's edits of a stored article, for good: an import that brings the
 * article anew leaves those fields be. */
#ifndef DIGEST_ARTICLES_ARTICLE_EDIT_H
#define DIGEST_ARTICLES_ARTICLE_EDIT_H

#include "digest/articles/article_store.h"

struct picture;

/* NULL leaves a field as it is; "" empties it (not the title). */
struct article_edit {
    const char *title, *author, *language;
    const char *summary; /* Markdown */
    const char *image_url;
    const char *image_alt; /* what the picture shows, for who can't see it */
    /* The picture to be kept: the one at image_url, or with that "" a file's.
     * Another image_url without it keeps none. */
    const struct picture *picture;
    const char *weight;            /* a whole number */
    const char *const *categories; /* all of them; NULL: as they are */
    size_t category_count;
    bool as_imported; /* what was edited before is the source's again, from
                         its next import on */
};

/* Fails: NOT_FOUND (none, or a removed one), USAGE for what can't stand,
 * STORE. */
FALLIBLE bool article_edit(struct db *db, int64_t id,
                           const struct article_edit *edit, int64_t now,
                           struct err *err);

/* An article's standing: whether it was withdrawn or edited, and by whom. */
struct article_standing {
    int64_t withdrawn_at;   /* 0: issues may take it */
    bool by_source;         /* withdrawn: its source took it back */
    bool is_edited;         /* imports leave some of its fields be */
    int64_t unpublished_at; /* withdrawn from publication; 0: it isn't */
    const char *unpublished_note;
};
/* Fails: NOT_FOUND, STORE. */
FALLIBLE bool article_standing(struct db *db, int64_t id, struct arena *arena,
                               struct article_standing *out, struct err *err);

enum { ARTICLE_NOTE_MAX = 1000 };

/* Withdraws an article from publication: no issue takes it any more, and the
 * archive's pages that showed it say the note in its place. Withdrawn again,
 * it has the new note. Fails: NOT_FOUND, USAGE (the note is longer than
 * ARTICLE_NOTE_MAX), STORE. */
FALLIBLE bool article_unpublish(struct db *db, int64_t id, const char *note,
                                int64_t now, struct err *err);

/* Issues may take an article again that was removed, and pages show again
 * what was withdrawn. Fails: CONFLICT (it wasn't), STORE. */
FALLIBLE bool article_put_back(struct db *db, int64_t id, struct err *err);

/* Puts the edited fields of `stored` into what an import brings; for
 * article_put. */
FALLIBLE bool article_edit_keep(struct db *db, const struct article *stored,
                                struct article *imported, struct err *err);

#endif
