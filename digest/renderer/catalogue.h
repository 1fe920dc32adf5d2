/* The fixed words of mails and pages in one language: its message catalogue.
 *
 * A catalogue is messages/LANG.yaml among the templates: texts by name, with
 * {placeholders}; texts with plural forms as a map of one, two, few, many and
 * other; the names of the months, and how a date is put together. A
 * publisher's own file may hold only what it changes. What a catalogue lacks
 * is taken from the one carried inside the program, then from the base
 * language (pt-BR: pt), then from English.
 */
#ifndef DIGEST_RENDERER_CATALOGUE_H
#define DIGEST_RENDERER_CATALOGUE_H

#include <stdint.h>

#include "digest/renderer/template_set.h"

struct catalogue;

/* One placeholder and what stands in its place. */
struct catalogue_fill {
    const char *name; /* "newsletter" for {newsletter} */
    struct str value;
};

/* Owns: *out. Fails: INPUT (file:line), IO. */
FALLIBLE bool catalogue_new(struct template_set *templates,
                            const char *language, struct catalogue **out,
                            struct err *err);
void catalogue_free(struct catalogue *words);
void catalogue_release(struct catalogue **words); /* for OWNED */

/* Whether a language, or what it is a form of, has a catalogue. */
bool catalogue_exists(struct template_set *templates, const char *language);

/* A text of the publication's own. */
struct catalogue_text {
    const char *name, *text;
};
/* The same words with other texts in front of them. It lives in the arena, and
 * is never freed; `base` and the texts have to live as long. */
struct catalogue *catalogue_over(const struct catalogue *base,
                                 const struct catalogue_text *texts,
                                 size_t count, struct arena *arena);

/* A text as it stands in the catalogue; "" where no catalogue has it. */
const char *catalogue_get(const struct catalogue *words, const char *name);

/* Appends a text with its placeholders filled; those that aren't given stay
 * empty. */
void catalogue_add(const struct catalogue *words, const char *name,
                   const struct catalogue_fill *fills, size_t count,
                   struct strbuf *out);

/* Appends the form of a text that fits a number, which is its {count}. */
void catalogue_add_count(const struct catalogue *words, const char *name,
                         int64_t count, struct strbuf *out);

/* Appends a number in the language's digits. */
void catalogue_add_number(const struct catalogue *words, int64_t number,
                          struct strbuf *out);

/* Appends a date as it is written in full; month 1-12. */
void catalogue_add_date(const struct catalogue *words, int year, unsigned month,
                        unsigned day, struct strbuf *out);

/* Appends the date that clocks in a zone (IANA) show at a time: "20 November
 * 2026". */
void catalogue_add_date_in(const struct catalogue *words, const char *zone,
                           int64_t at, struct strbuf *out);

/* The names of a group's texts without forms, one at a time: NULL at the
 * end. Start with *index = 0. Groups are "page" and "notice", whose names
 * begin with it (page_saved); NULL: all others, which are those of a mail. */
const char *catalogue_next(const struct catalogue *words, const char *group,
                           size_t *index);

#endif
