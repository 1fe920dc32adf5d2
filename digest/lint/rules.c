/* The table of rules, as values. */
#include "digest/lint/rules_internal.h"

#define ROW(id, level, name, remedy) {level, name, remedy},
static const struct lint_rule_row rules[] = {LINT_RULES(ROW)};

const struct lint_rule_row *lint_rule_get(enum lint_rule rule)
{
    return &rules[rule];
}
