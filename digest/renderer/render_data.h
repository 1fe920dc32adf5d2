/* From an issue to the data that templates see; for the files of this room
 * alone. */
#ifndef DIGEST_RENDERER_RENDER_DATA_H
#define DIGEST_RENDERER_RENDER_DATA_H

#include "digest/renderer/render.h"

/* The data for both parts; it lives as long as the arena. Fails: INPUT, for
 * a summary or an introduction that can't be read. */
FALLIBLE bool render_data(const struct render_issue *issue, struct arena *arena,
                          struct value **out, struct err *err);

#endif
