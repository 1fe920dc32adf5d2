/* The languages that there are words in: one for each message catalogue, of
 * the program's own and of the publisher's templates/messages/. */
#ifndef DIGEST_RENDERER_LANGUAGES_H
#define DIGEST_RENDERER_LANGUAGES_H

#include "digest/renderer/catalogue.h"

struct language {
    const char *tag;  /* BCP 47, as the file is called: "de", "pt-BR" */
    const char *name; /* in itself: "Deutsch" */
    struct catalogue *words;
};

struct languages {
    struct language *items; /* by tag */
    size_t count;
};

/* Reads every catalogue. Owns: *out. Fails: INPUT (file:line), IO. */
FALLIBLE bool languages_new(struct template_set *templates,
                            struct languages **out, struct err *err);
void languages_free(struct languages *languages);
void languages_release(struct languages **languages); /* for OWNED */

/* Finds the language of a tag, or the one it is a form of (de-AT: de); NULL:
 * none. */
const struct language *languages_find(const struct languages *languages,
                                      struct str tag);

/* English, which is always there. */
const struct language *languages_default(const struct languages *languages);

#endif
