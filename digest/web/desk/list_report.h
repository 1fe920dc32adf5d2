/* The report of checking or importing a list, for the pages that tell. */
#ifndef DIGEST_WEB_DESK_LIST_REPORT_H
#define DIGEST_WEB_DESK_LIST_REPORT_H

#include <stdio.h>

#include "digest/base/arena.h"
#include "digest/web/desk/worker.h"
#include "subscribers/consent/subscriber_import.h"

/* Rows that are worth a look. */
enum list_kind {
    LIST_REJECTED,
    LIST_TYPO,
    LIST_ROLE,
    LIST_DISPOSABLE,
    LIST_REFUSED, /* who stays away */
    LIST_KINDS,
};

struct list_finding {
    size_t line;
    const char *what; /* the address, or the row as it stands there */
    const char *why;  /* the reason, or the domain that was meant */
};

enum { LIST_SHOWN = 50 }; /* of each kind */

struct list_report {
    struct arena arena; /* has its texts */
    struct subscriber_import_report counts;
    const char *tool; /* "": of none */
    bool is_headless;
    const char *unread; /* names of columns, with commas; "": all are read */
    const char *charset, *example; /* as subscriber_import's recode; "" */
    struct list_finding findings[LIST_KINDS][LIST_SHOWN];
    size_t found[LIST_KINDS]; /* also those beyond */
    FILE *rejects; /* the rejected rows as CSV, without a name; NULL: none */
    struct strbuf row;    /* the next one */
    bool failed;          /* they couldn't be kept */
    struct work_run *run; /* until list_report_end */
};

/* Makes a report, with `counts` ready for an import, whose progress goes to
 * `run`. */
struct list_report *list_report_new(struct work_run *run);
/* Ends the report when the import is over. Fails: IO (the rejected rows
 * couldn't be kept). */
FALLIBLE bool list_report_end(struct list_report *report, struct err *err);
void list_report_free(struct list_report *report);     /* NULL: nothing */
void list_report_release(struct list_report **report); /* for OWNED */

#endif
