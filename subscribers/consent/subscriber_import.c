#include "subscribers/consent/subscriber_import.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/consent/apply.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/csv.h"

/* ---- columns ---- */

enum column { EMAIL, NAME, FIRST_NAME, LAST_NAME, COLUMN_COUNT };

/* How header rows name them, without case, spaces, - and _. */
static const struct {
    const char *heading;
    enum column column;
} headings[] = {
    {"email", EMAIL},
    {"emailaddress", EMAIL},
    {"mail", EMAIL},
    {"emailaddresses", EMAIL},
    {"subscriberemail", EMAIL},
    {"address", EMAIL},
    {"name", NAME},
    {"fullname", NAME},
    {"displayname", NAME},
    {"subscribername", NAME},
    {"firstname", FIRST_NAME},
    {"givenname", FIRST_NAME},
    {"lastname", LAST_NAME},
    {"surname", LAST_NAME},
    {"familyname", LAST_NAME},
};

enum { HEADING_MAX = 32, NOWHERE = -1 };

static bool is_heading(struct str cell, const char *heading)
{
    char plain[HEADING_MAX];
    size_t length = 0;
    for (size_t i = 0; i < cell.len && length < sizeof plain; i++)
        if (!strchr(" -_\t", cell.ptr[i]))
            plain[length++] = cell.ptr[i];
    return str_equal_nocase((struct str){plain, length}, str_of(heading));
}

static void find_columns(const struct csv_row *row, int places[COLUMN_COUNT])
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        places[i] = NOWHERE;
    for (size_t h = 0; h < ARRAY_SIZE(headings); h++)
        for (size_t i = 0; i < row->count; i++)
            if (places[headings[h].column] == NOWHERE &&
                is_heading(row->fields[i], headings[h].heading))
                places[headings[h].column] = (int)i;
}

static bool read_heading(struct csv *csv, int places[COLUMN_COUNT],
                         struct err *err)
{
    struct csv_row row;
    if (!csv_next(csv, &row, err))
        return false;
    if (row.count == 0)
        return err_set(err, ERR_INPUT, "%s: the file is empty", csv_name(csv));
    find_columns(&row, places);
    if (places[EMAIL] == NOWHERE)
        return err_set(err, ERR_INPUT,
                       "%s:%u: no column is named \"email\"; the first row has "
                       "to name the columns",
                       csv_name(csv), row.line);
    return true;
}

/* ---- rows ---- */

struct import {
    struct db *db;
    struct csv *csv;
    const struct subscriber_import_options *options;
    struct subscriber_import_report *report;
    struct consent_origin origin;
    int places[COLUMN_COUNT];
    struct address address; /* reused from row to row */
    struct strbuf name;
    struct err broken_off; /* the file could not be read to its end */
};

static void import_free(struct import *import)
{
    address_free(&import->address);
    strbuf_free(&import->name);
}

static struct str cell(const struct import *import, const struct csv_row *row,
                       enum column column)
{
    int place = import->places[column];
    return place >= 0 && (size_t)place < row->count ? row->fields[place]
                                                    : (struct str){"", 0};
}

static void read_name(struct import *import, const struct csv_row *row)
{
    strbuf_cut(&import->name, 0);
    consent_clean_name(&import->name, cell(import, row, NAME));
    if (import->name.len)
        return;
    OWNED(strbuf_free) struct strbuf both = STRBUF_INIT;
    strbuf_add_str(&both, cell(import, row, FIRST_NAME));
    strbuf_add_char(&both, ' ');
    strbuf_add_str(&both, cell(import, row, LAST_NAME));
    consent_clean_name(&import->name, strbuf_str(&both));
}

static void reject(struct import *import, unsigned line, const char *why)
{
    import->report->rejected++;
    if (import->report->tell)
        import->report->tell(import->report->context, line, why);
}

static bool is_row_empty(const struct csv_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (str_trim(row->fields[i]).len)
            return false;
    return true;
}

static bool enter(struct import *import, struct err *err)
{
    struct subscriber_import_report *report = import->report;
    struct consent_change change = {
        .newsletter_id = import->options->newsletter_id,
        .action = CONSENT_IMPORT,
        .pending = import->options->pending,
        .origin = &import->origin,
    };
    bool barred;
    enum consent_result result = CONSENT_REFUSED;
    struct err why = {0};
    if (!consent_is_barred(import->db, &import->address, &change, &barred,
                           &why) ||
        (!barred && !consent_enter(import->db, &import->address,
                                   strbuf_text(&import->name), NULL, &change,
                                   &result, &why))) {
        if (err)
            *err = why;
        return false;
    }
    report->added += result == CONSENT_DONE;
    report->unchanged += result == CONSENT_ALREADY;
    report->refused += result == CONSENT_REFUSED;
    return true;
}

static bool import_row(struct import *import, const struct csv_row *row,
                       struct err *err)
{
    struct err why = {0};
    if (row->problem) {
        reject(import, row->line, row->problem);
        return true;
    }
    if (is_row_empty(row))
        return true;
    if (!address_parse(cell(import, row, EMAIL), &import->address, &why)) {
        reject(import, row->line, why.text);
        return true;
    }
    read_name(import, row);
    return enter(import, err);
}

/* A dry run does the same and takes it back; so the counts are true, but
 * for an address that stands in two batches. */
static bool import_batch(struct import *import, bool *more, struct err *err)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, import->db, TX_DURABLE, err))
        return false;
    for (int i = 0; i < SUBSCRIBER_IMPORT_BATCH && *more; i++) {
        struct csv_row row;
        if (!csv_next(import->csv, &row, &import->broken_off))
            break;
        *more = row.count > 0;
        if (*more && !import_row(import, &row, err))
            return false;
    }
    if (import->broken_off.kind)
        *more = false;
    return import->options->dry_run || tx_commit(&tx, err);
}

static bool import_all(struct db *db, struct csv *csv,
                       const struct subscriber_import_options *options,
                       struct subscriber_import_report *report, struct err *err)
{
    OWNED(import_free)
    struct import import = {
        .db = db,
        .csv = csv,
        .options = options,
        .report = report,
        .origin = {.means = MEANS_IMPORT,
                   .now = options->now,
                   .keys = options->keys},
    };
    if (!read_heading(csv, import.places, err))
        return false;
    for (bool more = true; more;)
        if (!import_batch(&import, &more, err))
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
