/* The activity log: who did what, when, and from where. It is only ever
 * added to; old lines go when their time has come. */
#ifndef DIGEST_ACCESS_AUDIT_H
#define DIGEST_ACCESS_AUDIT_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"
#include "digest/store/erasing.h"

/* Texts are borrowed; NULL is "". */
struct audit_line {
    int64_t at;
    const char *who;    /* an editor's address */
    const char *action; /* in the past tense: "scheduled" */
    const char *object; /* "weekly/12" */
    const char *note;   /* "for 4 December 2026 07:00" */
    const char *client; /* the address it came from */
};

/* Part of the caller's transaction. */
FALLIBLE bool audit_add(struct db *db, const struct audit_line *line,
                        struct err *err);

struct audit_lines {
    struct audit_line *items; /* in the arena, the newest first */
    size_t count;
};
/* Finds the latest lines about one object, or about all (NULL). */
FALLIBLE bool audit_find(struct db *db, const char *object, size_t at_most,
                         struct arena *arena, struct audit_lines *out,
                         struct err *err);

FALLIBLE bool audit_expire(struct db *db, int64_t before, struct err *err);

/* Takes what names a subscriber out of what was done, and to what; who did it
 * are editors, and stay. Part of the caller's transaction. */
FALLIBLE bool audit_erase(struct db *db, const struct redaction *words,
                          struct err *err);

#endif
