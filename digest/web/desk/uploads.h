/* The lists that editors have uploaded: they are kept while somebody says what
 * their columns are and looks at what importing would do, in files without a
 * name, for a day at most and no longer than the server runs.
 *
 * For the thread that answers. While `is_busy`, the worker has an upload's
 * text, choices and report; at any other time the pages do.
 */
#ifndef DIGEST_WEB_DESK_UPLOADS_H
#define DIGEST_WEB_DESK_UPLOADS_H

#include <stdatomic.h>

#include "digest/base/err.h"
#include "digest/web/desk/list_report.h"

struct upload {
    int64_t id;
    char *who;       /* the editor whose it is */
    char *name;      /* of the file; "" where the browser didn't say */
    int64_t at;      /* when it came */
    struct str text; /* empty once it is imported */
    char *slug;      /* the newsletter; "": a column says it */
    int *fields;     /* an import_field for each column; NULL: not yet chosen */
    size_t count;
    struct list_report *report; /* of the last check, or of the import; NULL:
                                   none */
    int64_t checks;             /* so many were there */
    int64_t work_id;            /* the last piece of work */
    bool is_imported;
    atomic_bool is_busy;
};

struct uploads;

/* Freed when no worker runs any more. */
struct uploads *uploads_new(void);
void uploads_free(struct uploads *uploads);

/* Keeps a copy. The oldest of that editor's goes where there are three
 * already. Fails: IO (the file), TEMPORARY (too many are at work). */
FALLIBLE bool uploads_add(struct uploads *uploads, const char *who,
                          const char *name, struct str text, int64_t now,
                          struct upload **out, struct err *err);

/* Borrowed until the next call. Fails: NOT_FOUND (none, not theirs, gone). */
FALLIBLE bool uploads_get(struct uploads *uploads, int64_t id, const char *who,
                          int64_t now, struct upload **out, struct err *err);

/* Lets go of the list itself: what it held is on the newsletter's now. */
void upload_drop_text(struct upload *upload);
/* Takes one away; it isn't busy. */
void uploads_drop(struct uploads *uploads, struct upload *upload);

#endif
