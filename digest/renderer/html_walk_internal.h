/* A walk over HTML from start tag to start tag, keeping the elements that
 * are open; for the files of this room alone.
 *
 * It reads as much HTML as styles need: comments, conditional ones too, and
 * what stands in <style> and <script> are passed over, end tags close the
 * nearest element of their name.
 */
#ifndef DIGEST_RENDERER_HTML_WALK_INTERNAL_H
#define DIGEST_RENDERER_HTML_WALK_INTERNAL_H

#include "digest/base/arena.h"
#include "digest/renderer/css_sheet_internal.h"

struct html_walk {
    struct str html;
    size_t at;
    struct arena *arena; /* for attributes */
    /* The open elements, outermost first; the tag just met comes last. */
    struct css_element *open;
    unsigned *children; /* of each, and of the document */
    size_t depth, capacity;
    /* The tag just met. */
    size_t tag_start, tag_end; /* offsets of < and behind > */
    size_t insert_at;          /* where another attribute may stand */
    bool closes_itself;
};

/* Moves to the next start tag; false at the end. The tag's element is the
 * last of those open. */
bool html_walk_next(struct html_walk *walk);

/* If the tag just met is <style>: what stands in it. */
bool html_walk_style(const struct html_walk *walk, struct str *inside);

void html_walk_free(struct html_walk *walk);

#endif
