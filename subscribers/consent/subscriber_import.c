/* Imports a list: reads its rows, sorts them, enters them in batches. */
#include "subscribers/consent/subscriber_import.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/consent/import_run_internal.h"
#include "subscribers/roster/csv.h"

/* From here on a batch ends where the next person begins, so that rows of
 * the same person are in the same batch: a dry run then counts them right. */
enum { BATCH_ENOUGH = SUBSCRIBER_IMPORT_BATCH - 500, PROGRESS_EVERY = 5000 };

struct import {
    struct db *db;
    struct import_reader reader;
    struct import_enterer enterer;
    struct import_spool *spool;
    struct strbuf last_key; /* near the end of a batch */
    size_t read, entered;
    struct err broken_off; /* the file could not be read to its end */
};

static void import_free(struct import *import)
{
    import_reader_free(&import->reader);
    import_spool_free(import->spool);
    strbuf_free(&import->last_key);
}

static void progress(const struct import *import)
{
    const struct subscriber_import_report *report = import->reader.report;
    if (report->progress)
        report->progress(report->context, import->read, import->entered);
}

static bool read_row(struct import *import, const struct csv_row *row,
                     struct err *err)
{
    struct import_row meant;
    bool good;
    if (!import_reader_row(&import->reader, row, &meant, &good, err) ||
        (good && !import_spool_add(import->spool, &meant, err)))
        return false;
    if (++import->read % PROGRESS_EVERY == 0)
        progress(import);
    return true;
}

static void tell_charset(const struct import *import, const struct csv *csv)
{
    const struct subscriber_import_report *report = import->reader.report;
    const char *example, *charset = csv_charset(csv, &example);
    if (charset && report->recode)
        report->recode(report->context, charset, example);
}

static bool read_rows(struct import *import, struct csv *csv, struct err *err)
{
    struct csv_row row;
    if (!import_reader_begin(&import->reader, csv, &row, err) ||
        (import->reader.columns.is_headless && !read_row(import, &row, err)))
        return false;
    while (csv_next(csv, &row, &import->broken_off) && row.count)
        if (!read_row(import, &row, err))
            return false;
    tell_charset(import, csv);
    return true;
}

static bool enter_batch(struct import *import, bool *more, struct err *err)
{
    struct import_row row;
    struct strbuf *key = &import->last_key;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, import->db, TX_NORMAL, err) ||
        !import_enterer_begin(&import->enterer, err))
        return false;
    for (size_t i = 0; i < SUBSCRIBER_IMPORT_BATCH; i++) {
        struct str next;
        if (i >= BATCH_ENOUGH) {
            if (!import_spool_peek(import->spool, &next, err))
                return false;
            if (!str_equal(next, strbuf_str(key)))
                break;
        }
        if (!import_spool_next(import->spool, &row, more, err))
            return false;
        if (!*more)
            break;
        if (i + 1 >= BATCH_ENOUGH) {
            strbuf_cut(key, 0);
            strbuf_add_text(key, row.key);
        }
        if (!import_enterer_row(&import->enterer, &row, err))
            return false;
        import->entered++;
    }
    return import->reader.options->dry_run ||
           (import_enterer_end(&import->enterer, err) && tx_commit(&tx, err));
}

/* Rows committed fast are made to last at the end: until then running it again
 * has the same end. */
static bool enter_rows(struct import *import, struct err *err)
{
    for (bool more = true; more;) {
        if (!enter_batch(import, &more, err))
            return false;
        progress(import);
    }
    return db_sync(import->db, err);
}

static char *folder_of(struct db *db)
{
    const char *path = db_path(db), *slash = strrchr(path, '/');
    if (strcmp(path, ":memory:") == 0)
        return mem_copy("/tmp");
    return slash ? mem_copy_n(path, (size_t)(slash - path) + (slash == path))
                 : mem_copy(".");
}

static bool import_all(struct db *db, struct csv *csv,
                       const struct subscriber_import_options *options,
                       struct subscriber_import_report *report, struct err *err)
{
    OWNED(mem_free) char *folder = folder_of(db);
    OWNED(import_free)
    struct import import = {
        .db = db,
        .reader = {.db = db, .options = options, .report = report},
        .enterer = {.db = db,
                    .options = options,
                    .report = report,
                    .origin = {.means = MEANS_IMPORT,
                               .now = options->now,
                               .keys = options->keys}},
    };
    import.spool = import_spool_new(folder);
    if (!read_rows(&import, csv, err) || !enter_rows(&import, err))
        return false;
    if (import.broken_off.kind)
        return err_set(err, import.broken_off.kind,
                       "%s; what came before is in, run it again for the rest",
                       import.broken_off.text);
    return true;
}

bool subscriber_import_text(struct db *db, struct str text, const char *name,
                            const struct subscriber_import_options *options,
                            struct subscriber_import_report *report,
                            struct err *err)
{
    OWNED(csv_release) struct csv *csv = csv_new_text(text, name);
    return import_all(db, csv, options, report, err);
}

bool subscriber_import(struct db *db, const char *path,
                       const struct subscriber_import_options *options,
                       struct subscriber_import_report *report, struct err *err)
{
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_fail(err, path, "read the list");
    OWNED(csv_release)
    struct csv *csv = csv_new(fd, standard_input ? "standard input" : path);
    bool good = import_all(db, csv, options, report, err);
    if (!standard_input)
        close(fd);
    return good;
}
