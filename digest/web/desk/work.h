/* Pages for what the worker does: one that waits, and one that tells. */
#ifndef DIGEST_WEB_DESK_WORK_H
#define DIGEST_WEB_DESK_WORK_H

#include "digest/web/desk/visit.h"
#include "digest/web/desk/worker.h"

/* Hands a piece of work to the worker, and goes on at the page that waits for
 * it; who asked for it, and what the activity log says once it is over, are
 * filled in, as is work->id. The argument is the worker's, whatever becomes of
 * it. */
FALLIBLE bool work_start(struct visit *visit, struct desk_work *work,
                         const char *action, const char *object,
                         const char *note, struct err *err);

#endif
