/* A draft in words: what was taken, and of every candidate why. */
#ifndef DIGEST_CLI_DRAFT_PRINT_H
#define DIGEST_CLI_DRAFT_PRINT_H

#include "digest/issues/draft.h"

/* Prints a draft; with `explain` every candidate as well. */
void draft_print(const struct draft *draft, bool explain);

/* Prints every candidate with its reason, and how many older ones there are. */
void draft_print_candidates(const struct draft *draft);

#endif
