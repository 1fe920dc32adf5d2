/* Bringing a list in from a CSV file.
 *
 * The first row names the columns; `email` (or e-mail, email address …) has
 * to be among them, `name` (or first and last name) may be, and others are
 * passed over. A row that can't be used is told with its line and the reason,
 * and the rest come in, in batches that don't hold up a send. An import that
 * was broken off can be run again with the same end.
 */
#ifndef SUBSCRIBERS_CONSENT_SUBSCRIBER_IMPORT_H
#define SUBSCRIBERS_CONSENT_SUBSCRIBER_IMPORT_H

#include "digest/store/db.h"
#include "subscribers/consent/consent.h"

enum { SUBSCRIBER_IMPORT_BATCH = 20000 };

struct subscriber_import_options {
    int64_t newsletter_id;
    bool pending; /* they come in pending, not active */
    bool dry_run; /* say what would happen; nothing is written */
    int64_t now;
    const struct token_keys *keys; /* recognise who asked to be forgotten;
                                      NULL: they aren't looked for */
};

struct subscriber_import_report {
    /* Called for each row that can't be used; may be NULL. */
    void (*tell)(void *context, size_t line, const char *why);
    void *context;
    size_t added;     /* subscribed now */
    size_t unchanged; /* subscribed before */
    size_t refused;   /* left, bounced, complained or suppressed before */
    size_t rejected;  /* told */
};

/* Reads `path` ("-": standard input). Counts into `report`, which the caller
 * sets up with `tell`. Fails: NOT_FOUND, PERMISSION, IO (what was read
 * before is kept), INPUT (no header row with an email column), STORE. */
FALLIBLE bool subscriber_import(struct db *db, const char *path,
                                const struct subscriber_import_options *options,
                                struct subscriber_import_report *report,
                                struct err *err);

/* The same from text; `name` stands in errors. */
FALLIBLE bool
subscriber_import_text(struct db *db, struct str text, const char *name,
                       const struct subscriber_import_options *options,
                       struct subscriber_import_report *report,
                       struct err *err);

#endif
