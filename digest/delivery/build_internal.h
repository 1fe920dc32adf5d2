/* Helpers of the files that build an issue; for them alone. */
#ifndef DIGEST_DELIVERY_BUILD_INTERNAL_H
#define DIGEST_DELIVERY_BUILD_INTERNAL_H

#include "digest/delivery/build.h"
#include "digest/ledger/ledger.h"

/* The build's blocks for its voice, each with its place among the sections of
 * those headings.
 * In the arena. Fails: INPUT, naming the block. */
FALLIBLE bool build_fill_blocks(const struct build *build, const char *date,
                                const char *const *headings,
                                size_t heading_count, struct arena *arena,
                                struct render_block **out, size_t *count,
                                struct err *err);

/* The corrections of a list as such a block: at the top where they are all
 * that the issue is for, or are about itself. False: there is none. */
bool build_fill_corrections(const struct build *build,
                            const struct correction_list *list,
                            struct arena *arena, struct render_block *out);

/* The stretch of subscribers that the ledger is asked for an issue's
 * recipients. */
struct ledger_stretch build_stretch(const struct issue *issue, int64_t now);

/* The domain behind the @ of an address. */
const char *build_domain(const char *address);

#endif
