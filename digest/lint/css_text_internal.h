/* CSS as text: declarations one after another, and a sheet's @ rules; for the
 * files of this room alone. */
#ifndef DIGEST_LINT_CSS_TEXT_INTERNAL_H
#define DIGEST_LINT_CSS_TEXT_INTERNAL_H

#include "digest/base/strbuf.h"

struct css_text_declaration {
    struct str name, value; /* without !important */
};

/* The next of "name: value; …", moving *rest behind it; false at the end.
 * Declarations without a name are passed over. */
bool css_text_next(struct str *rest, struct css_text_declaration *out);

/* The next @ rule at the top of a sheet: its prelude ("@media (…)") and, where
 * it has a block, what stands in it. False at the end. */
struct css_text_at_rule {
    struct str prelude, block;
};
bool css_text_next_at_rule(struct str *rest, struct css_text_at_rule *out);

#endif
