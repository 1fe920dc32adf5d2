/* A catalogue's texts as values for templates. */
#ifndef DIGEST_RENDERER_WORDS_VALUE_H
#define DIGEST_RENDERER_WORDS_VALUE_H

#include "digest/renderer/value.h"
#include "digest/renderer/words.h"

enum words_mark {
    MARK_STRONG, /* stands out; its direction is its own */
    MARK_MAILTO, /* a link that writes to that address */
};

/* A placeholder, what stands in its place, and how that is marked in HTML. */
struct words_part {
    const char *name;
    const char *text; /* NULL: "" */
    enum words_mark mark;
};

/* Sets two objects in `data`, with a text for each name of the group (without
 * the group's name: page_saved is saved): `words`, plain, to be escaped
 * ({{words.saved}}); and `html`, those with placeholders, escaped already and
 * with what is filled in marked ({{{html.leaving}}}). */
void words_value_set(const struct words *words, const char *group,
                     const struct words_part *parts, size_t count,
                     struct arena *arena, struct value *data);

/* The text of one name, as it would stand in `words`. */
struct value *words_value_text(const struct words *words, const char *name,
                               const struct words_part *parts, size_t count,
                               struct arena *arena);

#endif
