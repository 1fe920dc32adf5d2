/* A catalogue's texts as values for templates. */
#ifndef DIGEST_RENDERER_CATALOGUE_VALUE_H
#define DIGEST_RENDERER_CATALOGUE_VALUE_H

#include "digest/renderer/catalogue.h"
#include "digest/renderer/value.h"

enum catalogue_mark {
    MARK_STRONG, /* stands out; its direction is its own */
    MARK_MAILTO, /* a link that writes to that address */
};

/* A placeholder, what stands in its place, and how that is marked in HTML. */
struct catalogue_part {
    const char *name;
    const char *text; /* NULL: "" */
    enum catalogue_mark mark;
};

/* Sets two objects in `data`, with a text for each name of the group (without
 * the group's name: page_saved is saved): `words`, plain, to be escaped
 * ({{words.saved}}); and `html`, those with placeholders, escaped already and
 * with what is filled in marked ({{{html.leaving}}}). */
void catalogue_value_set(const struct catalogue *words, const char *group,
                         const struct catalogue_part *parts, size_t count,
                         struct arena *arena, struct value *data);

/* The text of one name, as it would stand in `words`. */
struct value *catalogue_value_text(const struct catalogue *words,
                                   const char *name,
                                   const struct catalogue_part *parts,
                                   size_t count, struct arena *arena);

#endif
