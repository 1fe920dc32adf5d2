/* An entry: what an importer found, before it is an article; for the files
 * of this room alone.
 *
 * An importer fills what it finds and hands it on; what it means (which
 * summary, which image, what is left out, how long is too long) is decided
 * here, once for every importer.
 */
#ifndef DIGEST_SOURCES_ENTRY_INTERNAL_H
#define DIGEST_SOURCES_ENTRY_INTERNAL_H

#include "digest/sources/import.h"

enum entry_markup { ENTRY_HTML, ENTRY_MARKDOWN, ENTRY_PLAIN };

struct entry_text {
    enum entry_markup markup;
    const char *text;     /* NULL: none */
    const char *base_url; /* for its relative links; NULL: the article's */
};

/* A picture that a source names beside the texts; with `kind`, one of several
 * copies: pictures of one kind other than 0 show the same. */
struct entry_picture {
    const char *url, *alt;  /* alt: NULL for none */
    unsigned width, height; /* pixels; 0: not said */
    unsigned kind;
};

/* All texts live in the arena of the run (or longer); NULL is none. */
struct entry {
    const char *file; /* where it stands, for messages */
    unsigned line;    /* 0: not by line */
    bool is_file;     /* the file is this one article: its address is its own */
    const char *guid, *url, *title, *author, *language;
    bool is_named_by_title;  /* the GUID is made of title and day alone, which
                                another text may have as well */
    int64_t published_at;    /* 0: not said */
    const char *unread_date; /* what stands for it, and can't be read */
    int64_t latest_at;       /* of the whole feed or file; 0: not said */
    struct entry_text summary, body;
    const char *image_url, *image_alt;
    unsigned image_width, image_height; /* pixels of image_url; 0: not said */
    struct entry_picture *pictures;     /* all there are, image_url or not */
    size_t picture_count, picture_capacity;
    int64_t views, weight;
    const char **categories; /* free() them when done (entry_free) */
    size_t category_count, category_capacity;
    const char *left_out; /* the reason, where it isn't to come in */
};

void entry_add_category(struct entry *entry, const char *name);
void entry_add_picture(struct entry *entry, const struct entry_picture *one);
void entry_free(struct entry *entry);

/* Takes a date as its source writes it; NULL is none. What can't be read is
 * kept as unread_date, until a date that can be takes its place. */
bool entry_set_date(struct entry *entry, const char *text);

/* A length that is given as text ("1200", "1200px"), or, where that is NULL,
 * as a number. 0 for what can't be one in pixels. */
unsigned entry_pixels(const char *text, int64_t number);

/* A text as one clean line, cut at 500 bytes; "" for NULL. */
const char *entry_line(struct arena *arena, const char *text);

/* Turns an entry into an article, in the arena. Its known_at is 0. Fails:
 * INPUT "file:line: what and the remedy". */
FALLIBLE bool entry_to_article(const struct entry *entry,
                               const struct import_options *options,
                               struct arena *arena, struct article *out,
                               struct err *err);

#endif
