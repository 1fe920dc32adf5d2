/* A moment as people read it: relative and exact, with its zone. */
#ifndef DIGEST_CLI_MOMENT_H
#define DIGEST_CLI_MOMENT_H

#include <stdint.h>

#include "digest/base/strbuf.h"

/* Appends "in 2 days, Fri 4 Dec 2026 07:00 Europe/Berlin". */
void moment_add(int64_t at, int64_t now, const char *zone, struct strbuf *out);

#endif
