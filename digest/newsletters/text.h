/* Texts of the publication: what a newsletter says in place of the words that
 * come with the program, in each language.
 *
 * Names are those of the message catalogues (templates/messages/), and
 * `introduction`. Links and buttons stand in the designs, not in texts, so that
 * no text can be without the link it needs.
 */
#ifndef DIGEST_NEWSLETTERS_TEXT_H
#define DIGEST_NEWSLETTERS_TEXT_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

/* A kind of text: where it stands, and what it may name. */
struct text_kind {
    const char *name;  /* "greeting" */
    const char *what;  /* for editors: "Greeting without a name" */
    const char *fills; /* what it may name, at blanks: "newsletter site" */
    const char *needs; /* what it has to name; NULL: nothing */
    bool is_markdown;  /* may have several lines */
};

/* The kinds of text, in the order in which readers come upon them. */
extern const struct text_kind text_kinds[];
extern const size_t text_kind_count;

/* The default introduction: it has no built-in words. */
#define TEXT_INTRODUCTION "introduction"

/* NULL: there is none of that name. */
const struct text_kind *text_kind_find(const char *name);

/* Whether a text can stand: not empty, UTF-8, no longer than it may be, with no
 * {name} that isn't filled in. Fails: INPUT, naming the remedy. */
FALLIBLE bool text_check(const struct text_kind *kind, const char *text,
                         struct err *err);

struct text {
    const char *language; /* a tag */
    const char *name, *text;
};
struct text_list {
    struct text *items; /* in the arena, by language and name */
    size_t count;
};

/* The text of that name for readers of a language: of the tag itself, or of
 * what it is a form of (de-AT: de). NULL: the built-in words. */
const char *text_for(const struct text_list *list, const char *language,
                     const char *name);

/* ---- in the database (text_store.c) ---- */

/* Keeps a text, which is checked, or with "" goes back to the built-in words.
 * Fails: INPUT, STORE. */
FALLIBLE bool text_put(struct db *db, int64_t newsletter_id,
                       const char *language, const struct text_kind *kind,
                       const char *text, struct err *err);
FALLIBLE bool text_find(struct db *db, int64_t newsletter_id,
                        struct arena *arena, struct text_list *out,
                        struct err *err);

/* The texts that an issue was started with; freezing is part of the transaction
 * that starts it. */
FALLIBLE bool text_freeze(struct db *db, int64_t issue_id,
                          const struct text_list *texts, struct err *err);
FALLIBLE bool text_find_frozen(struct db *db, int64_t issue_id,
                               struct arena *arena, struct text_list *out,
                               struct err *err);

#endif
