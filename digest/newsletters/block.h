/* Blocks: standing pieces that a newsletter carries between its stories, such
 * as a note to readers, a sponsor's words or an event.
 *
 * A block has a place, and may have dates and languages. It is written in
 * Markdown, and may name the issue that it stands in: {{issue.number}}. What
 * an issue carries is frozen when the issue starts.
 */
#ifndef DIGEST_NEWSLETTERS_BLOCK_H
#define DIGEST_NEWSLETTERS_BLOCK_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/base/strbuf.h"
#include "digest/store/db.h"

/* A sponsor's is labelled as an advertisement wherever it is shown. */
enum block_kind { BLOCK_NOTE, BLOCK_SPONSOR, BLOCK_EVENT };
const char *block_kind_name(enum block_kind kind);
bool block_kind_parse(const char *name, enum block_kind *out);

enum block_place {
    BLOCK_TOP,
    BLOCK_AFTER_SECTION,
    BLOCK_AFTER_STORY,
    BLOCK_BOTTOM
};

/* Texts are never NULL. */
struct block {
    int64_t id, newsletter_id;
    enum block_kind kind;
    enum block_place place;
    const char *section;   /* its heading, for BLOCK_AFTER_SECTION; else "" */
    int64_t story;         /* from 1, for BLOCK_AFTER_STORY; else 0 */
    const char *from_day;  /* the first, "2026-12-24", in the newsletter's */
    const char *until_day; /* time zone; the last; "": open */
    const char *languages; /* tags, one a line; "": any */
    const char *text;      /* Markdown */
};

struct block_list {
    struct block *items; /* in the arena, in the order they were added */
    size_t count;
};

/* Reads "top", "bottom", "after World" (a section's heading) or "after story
 * 3" into place, section and story. Texts live in the arena. Fails: USAGE. */
FALLIBLE bool block_place_read(const char *text, struct arena *arena,
                               struct block *out, struct err *err);
/* Appends it as block_place_read reads it. */
void block_place_write(const struct block *block, struct strbuf *out);

/* Reads "de, en" into lines. Fails: USAGE. */
FALLIBLE bool block_languages_read(const char *text, struct arena *arena,
                                   const char **out, struct err *err);

/* Whether all of it can stand: a text that can be read, names in {{…}} that
 * there are, dates in their order. Fails: INPUT, naming what and the remedy. */
FALLIBLE bool block_check(const struct block *block, struct err *err);

/* Whether it stands in an issue of a day ("2026-12-24") for readers of a
 * language. "de" is for de-AT, too. */
bool block_is_due(const struct block *block, const char *day);
bool block_speaks_to(const struct block *block, const char *language);

/* ---- names in its text (block_text.c) ---- */

/* A name and its value: "issue.number". */
struct block_name {
    const char *name;
    struct str value;
};

/* Whether each {{…}} is a name that there is: newsletter.title, issue.number,
 * issue.date, site.name, site.url. Fails: INPUT, naming the place and those
 * there are. */
FALLIBLE bool block_text_check(const char *text, struct err *err);

/* Appends the text with its names filled in; what would be Markdown in a value
 * is escaped, but in addresses. */
void block_text_fill(const char *text, const struct block_name *names,
                     size_t count, struct strbuf *out);

/* ---- in the database (block_store.c) ---- */

/* Both check first. Fails: INPUT, STORE. */
FALLIBLE bool block_add(struct db *db, const struct block *block, int64_t *id,
                        struct err *err);
FALLIBLE bool block_update(struct db *db, const struct block *block,
                           struct err *err);
/* Issues that carry it already keep it. Fails: NOT_FOUND. */
FALLIBLE bool block_remove(struct db *db, int64_t id, struct err *err);
/* Fails: NOT_FOUND. */
FALLIBLE bool block_get(struct db *db, int64_t id, struct arena *arena,
                        struct block *out, struct err *err);
/* Finds all blocks of a newsletter, or with 0 of every one. */
FALLIBLE bool block_find(struct db *db, int64_t newsletter_id,
                         struct arena *arena, struct block_list *out,
                         struct err *err);

/* Freezes the blocks that an issue carries; part of the transaction that starts
 * it. */
FALLIBLE bool block_freeze(struct db *db, int64_t issue_id,
                           const struct block_list *blocks, struct err *err);
FALLIBLE bool block_find_frozen(struct db *db, int64_t issue_id,
                                struct arena *arena, struct block_list *out,
                                struct err *err);

#endif
