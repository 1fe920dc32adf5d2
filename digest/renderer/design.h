/* A design: the templates and the style sheet in email/NAME/, and what they
 * ask for. */
#ifndef DIGEST_RENDERER_DESIGN_H
#define DIGEST_RENDERER_DESIGN_H

#include "digest/renderer/template_set.h"

/* Names, each once, in the order they are met. */
struct design_names {
    const char **items; /* in the arena */
    size_t count, capacity;
};

/* A design's needs: the values its templates show or test, such as
 * "sections[].stories[].title"; those that no mail has, which are mostly slips
 * of the pen; and the settings of a theme that its style sheet takes up. */
struct design {
    struct arena arena;
    struct design_names variables, unknown, settings;
};

/* Fails: as template_set_get. */
FALLIBLE bool design_read(struct template_set *templates, const char *name,
                          struct design *out, struct err *err);
void design_free(struct design *design); /* for OWNED */

#endif
