/* The rules: how bad what they find is, their names, and their remedies; for
 * the files of this room alone. */
#ifndef DIGEST_LINT_RULES_INTERNAL_H
#define DIGEST_LINT_RULES_INTERNAL_H

#include "digest/lint/check_internal.h"

struct lint_rule_row {
    enum lint_level level;
    const char *name, *remedy;
};

const struct lint_rule_row *lint_rule_get(enum lint_rule rule);

#endif
