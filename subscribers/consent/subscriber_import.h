/* Bringing a list in from a CSV file.
 *
 * The first row names the columns: of one of the tools people leave, of
 * `digest subscriber export`, by common names in ten languages, or as the
 * caller maps them. Where it is a person already, it is read as one.
 * States come along: someone who left there has left here, and nobody who
 * left, bounced or complained becomes active by an import.
 *
 * The list is read first, and a row that can't be used is told with its line
 * and the reason; the rest come in ordered by address, in batches that don't
 * hold up a send. An import that was broken off can be run again with the
 * same end. What is held in memory does not grow with the list.
 */
#ifndef SUBSCRIBERS_CONSENT_SUBSCRIBER_IMPORT_H
#define SUBSCRIBERS_CONSENT_SUBSCRIBER_IMPORT_H

#include "digest/store/db.h"
#include "subscribers/consent/consent.h"
#include "subscribers/consent/import_columns_internal.h"
#include "subscribers/roster/address_list.h"

enum { SUBSCRIBER_IMPORT_BATCH = 20000 }; /* rows, at most */

struct subscriber_import_options {
    int64_t newsletter_id; /* 0: the list's column "newsletter" says */
    bool pending;          /* who is active there comes in pending */
    bool dry_run;          /* say what would happen; nothing is written */
    int64_t now;
    const struct token_keys *keys; /* recognise who asked to be forgotten;
                                      NULL: they aren't looked for */
    const struct import_map *maps; /* columns named by the caller */
    size_t map_count;
    const char *categories; /* one a line: a tag that is one of these is a
                               category they chose; NULL: tags aren't read */
    const struct address_list *roles, *disposables; /* flagged; NULL: not */
};

/* Remarks on an address that comes in all the same, but is worth a look. */
enum import_remark { REMARK_TYPO, REMARK_ROLE, REMARK_DISPOSABLE };
enum { IMPORT_REMARK_COUNT = REMARK_DISPOSABLE + 1 };

struct subscriber_import_report {
    /* Each of these may be NULL. */
    /* The first row, and what its columns are read as. */
    void (*begin)(void *context, const struct csv_row *row,
                  const struct import_columns *columns);
    /* Called for each row that can't be used. */
    void (*tell)(void *context, const struct csv_row *row, const char *why);
    /* `meant` is the domain that was probably meant, or "". */
    void (*remark)(void *context, const struct csv_row *row,
                   enum import_remark remark, const char *email,
                   const char *meant);
    /* Called for each person who stays away, though the list has them. */
    void (*refuse)(void *context, size_t line, const char *why);
    /* Called once, where the list isn't UTF-8: what it was taken for, and the
     * first field so read. */
    void (*recode)(void *context, const char *charset, const char *example);
    /* Called now and then: rows read so far, and entered so far. */
    void (*progress)(void *context, size_t read, size_t entered);
    void *context;

    size_t added;     /* came onto the list now, in whatever state */
    size_t ended;     /* were on it, and left by what the list says */
    size_t unchanged; /* stood there as the list says */
    size_t refused;   /* left, bounced, complained or suppressed before */
    size_t rejected;  /* told */
    size_t states[SUBSCRIPTION_COMPLAINED + 1]; /* of those added */
    size_t remarks[IMPORT_REMARK_COUNT];
};

/* Reads `path` ("-": standard input). Counts into `report`, which the caller
 * sets up. Fails: NOT_FOUND, PERMISSION, IO (what was read before is in),
 * INPUT (no header row with an email column), STORE. */
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
