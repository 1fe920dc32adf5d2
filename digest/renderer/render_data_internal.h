/* From an issue to the data that templates see; for the files of this room
 * alone. */
#ifndef DIGEST_RENDERER_RENDER_DATA_INTERNAL_H
#define DIGEST_RENDERER_RENDER_DATA_INTERNAL_H

#include "digest/renderer/render.h"
#include "digest/renderer/render_documents_internal.h"

/* How much of an issue is shown. */
struct render_fit {
    struct render_documents *documents; /* those read so far; never NULL */
    size_t shortened;     /* of the stories that render_may_shorten, the last */
    size_t summary_bytes; /* summaries as one line of this; 0: whole */
    size_t left_out;      /* stories, from the ends of the longest sections */
    bool omits_contents;  /* the list of headlines at the top */
    bool html_only;  /* to try how long it gets: the text part stays empty */
    bool omits_body; /* the design shows no whole text: summaries stand there */
    /* The text part omits these, so their links get no number there. */
    bool omits_summary, omits_note;
};

/* Whether a story in full may become a summary. */
bool render_may_shorten(const struct render_story *story);

/* The data for both parts; it lives as long as the arena. Fails: INPUT, for
 * a summary or an introduction that can't be read. */
FALLIBLE bool render_data(const struct render_issue *issue,
                          const struct render_fit *fit, struct arena *arena,
                          struct value **out, struct err *err);

#endif
