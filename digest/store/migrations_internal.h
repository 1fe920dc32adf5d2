/* Migrations: numbered SQL files that bring a database to this program's
 * version, one transaction each, append-only. */
#ifndef DIGEST_STORE_MIGRATIONS_INTERNAL_H
#define DIGEST_STORE_MIGRATIONS_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/str.h"

/* How many this program knows. */
int migration_count(void);

/* Number 1 … migration_count(): its SQL, and its file's name. */
struct str migration_sql(int number, const char **name);

#endif
