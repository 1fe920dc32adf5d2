/* From an issue to the data that templates see; for the files of this room
 * alone. */
#ifndef DIGEST_RENDERER_RENDER_DATA_H
#define DIGEST_RENDERER_RENDER_DATA_H

#include "digest/renderer/render.h"

/* How much of an issue is shown. */
struct render_fit {
    size_t summary_bytes; /* summaries as one line of this; 0: whole */
    size_t left_out;      /* stories, from the ends of the longest sections */
    /* What the text part doesn't show: its links get no number there. */
    bool omits_summary, omits_note;
};

/* The data for both parts; it lives as long as the arena. Fails: INPUT, for
 * a summary or an introduction that can't be read. */
FALLIBLE bool render_data(const struct render_issue *issue,
                          const struct render_fit *fit, struct arena *arena,
                          struct value **out, struct err *err);

#endif
