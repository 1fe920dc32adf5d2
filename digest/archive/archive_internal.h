/* An archive page, and helpers of all its kinds; for the files of this room
 * alone. */
#ifndef DIGEST_ARCHIVE_ARCHIVE_INTERNAL_H
#define DIGEST_ARCHIVE_ARCHIVE_INTERNAL_H

#include "digest/archive/archive.h"
#include "digest/ledger/correction.h"
#include "digest/ledger/story.h"
#include "digest/renderer/value.h"

/* A page of one newsletter under way. Release with archive_page_end. */
struct archive_page {
    const struct conductor *conductor;
    const struct newsletter *newsletter;
    struct arena arena;
    struct catalogue *words;
    struct issue_list issues; /* those to show, newest first */
    struct value *data;       /* what all its templates see */
};
FALLIBLE bool archive_page_begin(const struct conductor *conductor,
                                 const struct newsletter *newsletter,
                                 struct archive_page *out, struct err *err);
/* The same without its issues. */
FALLIBLE bool archive_page_open(const struct conductor *conductor,
                                const struct newsletter *newsletter,
                                struct archive_page *out, struct err *err);
void archive_page_end(struct archive_page *page); /* for OWNED */

/* The parts of a page's data that say which issue it belongs to: its label
 * and its date. */
void archive_set_issue(struct archive_page *page, const struct issue *issue,
                       struct value *object);

/* Sets the language of an object, and the direction it is written in. */
void archive_set_language(struct value *object, const char *language);

/* Sets the theme's logo, after archive_style. */
void archive_set_logo(struct archive_page *page);

/* An issue's subject without the newsletter's name, which stands above it. */
const char *archive_subject(const struct archive_page *page,
                            const struct issue *issue);

/* ---- pictures (archive_pictures.c) ----
 * They stand in i/, at the archive's top: `way` leads there from a page, and
 * is "../" as often as it takes, or the archive's address. */

/* The address of a story's picture: the one that is kept here, else its own;
 * NULL: it has none. `small`: its small one; NULL where it has none. */
const char *archive_picture(const struct story *story, const char *way,
                            bool small, struct arena *arena);

/* Appends a story's text in HTML, with the picture that is kept here wherever
 * its own address stands in it. */
void archive_picture_in(const struct story *story, struct str html,
                        const char *way, struct strbuf *out);

/* Appends a page with `base_url`/i/NAME made WAYi/NAME: what a mail leads to
 * at its address, the archive has beside it. */
void archive_picture_relink(struct str html, const char *base_url,
                            const char *way, struct strbuf *out);

/* An article's corrections as values: {{label}} and {{note}} of each.
 * article_id 0: of all in the list. */
struct value *archive_corrections(struct archive_page *page,
                                  const struct correction_list *list,
                                  int64_t article_id);

/* The style sheet of the pages, in a theme. */
FALLIBLE bool archive_style(const struct conductor *conductor,
                            const char *theme, struct arena *arena,
                            struct value **out, struct err *err);

#endif
