/* One import under way: the row reader and the enterer share this. */
#ifndef SUBSCRIBERS_CONSENT_IMPORT_RUN_INTERNAL_H
#define SUBSCRIBERS_CONSENT_IMPORT_RUN_INTERNAL_H

#include "subscribers/consent/import_columns_internal.h"
#include "subscribers/consent/import_spool_internal.h"
#include "subscribers/consent/import_store_internal.h"
#include "subscribers/consent/subscriber_import.h"
#include "subscribers/roster/address.h"

/* The remarks on a domain, kept since most rows share a few of them. */
enum { DOMAIN_ROOM = 64, DOMAIN_CACHE = 512 };
struct import_domain {
    char name[DOMAIN_ROOM]; /* "": nothing stands here */
    const char *meant;      /* the one that was probably meant, or NULL */
    bool disposable;
};

/* Reads rows into what they mean. */
struct import_reader {
    struct db *db;
    const struct subscriber_import_options *options;
    struct subscriber_import_report *report;
    struct import_columns columns;
    struct address address; /* these are reused from row to row */
    struct strbuf beside;   /* the name in the address's cell */
    struct strbuf name, language, timezone, categories, client, note;
    struct strbuf slug; /* the last newsletter looked up, and its id */
    int64_t slug_id;
    struct import_domain domains[DOMAIN_CACHE];
};
void import_reader_free(struct import_reader *reader);

/* Reads the first row, and leaves it in `row`. */
FALLIBLE bool import_reader_begin(struct import_reader *reader, struct csv *csv,
                                  struct csv_row *row, struct err *err);

/* *good is false for a row that was told or is empty. The row's texts live
 * until the next one is read. Fails: STORE. */
FALLIBLE bool import_reader_row(struct import_reader *reader,
                                const struct csv_row *row,
                                struct import_row *out, bool *good,
                                struct err *err);

/* Enters rows, within the caller's transaction. */
struct import_enterer {
    struct db *db;
    const struct subscriber_import_options *options;
    struct subscriber_import_report *report;
    struct consent_origin origin;
    struct import_keys keys;
    struct import_weeks weeks;
    bool suppressed, forgotten; /* whether there are such addresses */
};

/* Begins a batch. */
FALLIBLE bool import_enterer_begin(struct import_enterer *enterer,
                                   struct err *err);
/* Ends a batch, before it is committed. */
FALLIBLE bool import_enterer_end(struct import_enterer *enterer,
                                 struct err *err);
FALLIBLE bool import_enterer_row(struct import_enterer *enterer,
                                 const struct import_row *row, struct err *err);

#endif
