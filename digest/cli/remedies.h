/* What helps, said in commands (err_remedy). */
#ifndef DIGEST_CLI_REMEDIES_H
#define DIGEST_CLI_REMEDIES_H

#include "digest/base/err.h"

extern const char *const cli_remedies[REMEDY_COUNT];

#endif
