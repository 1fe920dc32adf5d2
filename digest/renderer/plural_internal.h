/* Which plural form of a text fits a number: CLDR's rules for whole numbers.
 *
 * A message catalogue names its rule, so that a translator can add a
 * language without a change of the program.
 */
#ifndef DIGEST_RENDERER_PLURAL_INTERNAL_H
#define DIGEST_RENDERER_PLURAL_INTERNAL_H

#include <stdint.h>

#include "digest/base/strbuf.h"

/* The rule of a name; NULL where there is none. */
const struct plural_rule *plural_find(const char *name);

/* "one", "two", "few", "many", "zero" or "other". */
const char *plural_form(const struct plural_rule *rule, int64_t count);

/* Appends the names of all rules, for an error. */
void plural_names(struct strbuf *out);

#endif
