/* The HTML with its style sheets resolved, as a reader sees it in light and
 * in dark; for the files of this room alone. */
#ifndef DIGEST_LINT_STYLES_INTERNAL_H
#define DIGEST_LINT_STYLES_INTERNAL_H

#include "digest/lint/check_internal.h"

/* HTML with resolved styles. Its nodes are those of lint->markup, one for one;
 * their style attributes are complete. */
struct styled {
    struct strbuf html;
    struct markup markup;
};

/* Appends what stands in all <style> elements. */
void styles_text(const struct lint *lint, struct strbuf *out);

/* Appends what stands in `@media (prefers-color-scheme: dark)`. */
void styles_dark_text(struct str css, struct strbuf *out);

/* Resolves `css`. False, with nothing in `out`, where it can't be read: then
 * err says where. */
FALLIBLE bool styles_resolve(const struct lint *lint, struct str css,
                             struct styled *out, struct err *err);
void styled_free(struct styled *styled); /* for OWNED */

#endif
