/* The kinds of sources there are. A new one is a folder and a row. */
#include "digest/sources/source_kind.h"

#define KINDS(ROW) ROW(markdown) ROW(feed) ROW(wordpress) ROW(page) ROW(path)

#define DECLARE(name) extern const struct source_kind source_kind_##name;
KINDS(DECLARE)

#define ADDRESS(name) &source_kind_##name,
const struct source_kind *const source_kinds[] = {KINDS(ADDRESS) NULL};
