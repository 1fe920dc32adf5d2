/* The files carried inside the program: templates, migrations, samples.
 *
 * Paths are those of the source tree, e.g. "templates/email/default/
 * html.mustache". The table is made by CMakeLists.txt.
 */
#ifndef DIGEST_BASE_EMBED_H
#define DIGEST_BASE_EMBED_H

#include "digest/base/str.h"

struct embed_file {
    const char *path;
    const char *begin, *end; /* a NUL stands at *end */
};

extern const struct embed_file embed_files[]; /* sorted by path */
extern const size_t embed_file_count;

/* The contents, or a view with ptr NULL when there is no such file. */
struct str embed_find(const char *path);

/* The next file whose path begins with `prefix`, from *index on; NULL at
 * the end. Start with *index = 0. */
const struct embed_file *embed_next(const char *prefix, size_t *index);

#endif
