/* A mail's HTML as the answer to a request: for a frame of the desk. */
#ifndef DIGEST_WEB_DESK_PREVIEW_H
#define DIGEST_WEB_DESK_PREVIEW_H

#include "digest/web/desk/visit.h"

/* Sends a preview. It runs nothing, and leads nowhere but to a new window; with
 * the query dark=1 (or the field `dark`) it looks as on a dark screen. */
bool preview_send(struct visit *visit, const struct strbuf *html);

/* Why there is nothing to see, as a line of text for the frame; fails with
 * it where it isn't the editor's. */
FALLIBLE bool preview_refuse(struct visit *visit, const struct err *why,
                             struct err *err);

#endif
