/* One import while it runs: what every importer hands its entries to; for
 * the files of this room alone.
 *
 * Articles go into the database in transactions of BATCH at most, so that
 * a reader is never kept waiting and a stop loses little.
 */
#ifndef DIGEST_SOURCES_IMPORT_RUN_INTERNAL_H
#define DIGEST_SOURCES_IMPORT_RUN_INTERNAL_H

#include "digest/sources/entry_internal.h"

/* The GUIDs that were stored already, as hashes with their URLs' beside
 * them. */
struct seen_guids {
    struct seen_guid {
        uint64_t guid, url; /* 0: free */
    } * slots;
    size_t count, capacity; /* capacity: a power of two */
};

struct import_run {
    struct db *db;
    const struct import_options *options;
    struct import_report *report;
    struct arena arena; /* of one file */
    struct tx tx;
    int64_t begun_ms; /* the transaction */
    size_t pending;
    char **taken_back; /* addresses of what is public no more */
    size_t taken_count, taken_capacity;
    struct seen_guids seen;
    int64_t file_changed_at; /* of the file that is read; 0: it is none */
};

void import_run_free(struct import_run *run);

/* Stores one entry, or tells why not. Only the database ends an import:
 * Fails: STORE and its kin. */
FALLIBLE bool import_entry(struct import_run *run, const struct entry *entry,
                           struct err *err);

/* Tells of a failure: "file:line: what and the remedy". */
void import_failed(struct import_run *run, const char *line);
/* Tells, and counts nothing. */
void import_told(struct import_run *run, enum import_word word,
                 const char *line);
/* Tells of an article left out, with the reason. */
void import_left_out(struct import_run *run, const char *line);

/* Withdraws what its source has taken back, but for what came in under the
 * same address, and commits. */
FALLIBLE bool import_finish(struct import_run *run, struct err *err);

/* The bytes to be read. Each kind's importer stores the entries that it finds
 * in them. */
struct import_bytes {
    const char *name;    /* stands in messages: a path or an address */
    const char *inside;  /* the path below the folder that is imported, or as
                            `name`; for what says something by its place */
    const char *url;     /* where it came from, or NULL */
    const char *charset; /* as HTTP said, or NULL */
    struct str bytes;
};

#endif
