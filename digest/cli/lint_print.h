/* Findings in words: one a line, errors first, their number at the end. */
#ifndef DIGEST_CLI_LINT_PRINT_H
#define DIGEST_CLI_LINT_PRINT_H

#include <stdio.h>

#include "digest/lint/lint.h"

struct json_t;

/* Prints a report on what is called `name`. */
void lint_print(FILE *to, const char *name, const struct lint_report *report);

/* {name, errors, warnings, findings: [{level, part, line, column,
 * rule, element, what, remedy, times}]}; line and column are null where there
 * are none. */
struct json_t *lint_json(const char *name, const struct lint_report *report);

#endif
