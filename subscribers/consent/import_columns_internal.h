/* The columns of a list, and their meaning: the export shapes of the tools
 * people leave, and columns that the editor names. For the import only. */
#ifndef SUBSCRIBERS_CONSENT_IMPORT_COLUMNS_INTERNAL_H
#define SUBSCRIBERS_CONSENT_IMPORT_COLUMNS_INTERNAL_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"
#include "subscribers/roster/csv.h"
#include "subscribers/roster/subscriber.h"

/* How someone stands in the list: a subscription's state, or one of these. */
enum {
    IMPORT_BLOCKED = SUBSCRIPTION_COMPLAINED + 1, /* never to be mailed */
    IMPORT_UNKNOWN, /* no state that we know: the row is rejected */
};

enum import_field {
    FIELD_EMAIL,
    FIELD_NAME,
    FIELD_FIRST_NAME,
    FIELD_LAST_NAME,
    FIELD_STATE,
    FIELD_STATE_TOO,  /* a second one: the worse of the two counts */
    FIELD_LEFT,       /* that or when they unsubscribed */
    FIELD_CATEGORIES, /* what they chose to read */
    FIELD_TAGS,       /* what the publisher called them */
    FIELD_LANGUAGE,
    FIELD_TIMEZONE,
    FIELD_NEWSLETTER,
    FIELD_SINCE,   /* when the state began */
    FIELD_CREATED, /* when they came */
    FIELD_CLIENT,  /* the IP address they confirmed from */
    IMPORT_FIELD_COUNT,
};

/* "email", "first_name", … as --map has them; false for no such field. */
bool import_field_find(struct str name, enum import_field *out);

const char *import_field_name(enum import_field field);

/* One `THEIR COLUMN=FIELD`; without a FIELD the column is passed over. */
struct import_map {
    struct str column; /* its heading, or "#3": the third */
    size_t number;     /* in place of it, from 1; 0: by its heading */
    int field;         /* an import_field, or IMPORT_FIELD_COUNT to pass over */
};
FALLIBLE bool import_map_parse(const char *text, struct import_map *out,
                               struct err *err);

struct import_shape;

enum { IMPORT_LEFT_MAX = 16 };

struct import_columns {
    const struct import_shape *shape;
    bool is_headless;               /* the first row is a person already */
    int places[IMPORT_FIELD_COUNT]; /* -1: no such column */
    int more_left[IMPORT_LEFT_MAX]; /* further columns of FIELD_LEFT; -1 */
};

/* Reads the first row. Where no heading of it stands for addresses and a cell
 * is one, it is a person: the column of addresses is known then, and that of
 * names where only one can be it. Fails: INPUT (no column of addresses, or one
 * that is mapped and isn't there: it names those that are; two that are mapped
 * to the same field, where that isn't FIELD_LEFT). */
FALLIBLE bool import_columns_find(struct import_columns *columns,
                                  const struct csv_row *row, const char *name,
                                  const struct import_map *maps,
                                  size_t map_count, struct err *err);

/* Reads it from the list's begin, and leaves it in `row`; a title of one cell
 * above the headings is passed over. Fails: also IO. */
FALLIBLE bool import_columns_read(struct import_columns *columns,
                                  struct csv *csv,
                                  const struct import_map *maps,
                                  size_t map_count, struct csv_row *row,
                                  struct err *err);

/* The tool whose export it is, or "" for any other list. Static. */
const char *import_columns_tool(const struct import_columns *columns);

/* The field that a column of the first row is read as; IMPORT_FIELD_COUNT:
 * none. */
int import_columns_field(const struct import_columns *columns, size_t at);
/* Appends what a column is called: by its heading, or, in a list without
 * headings, by its field or number ("column 3"). */
void import_columns_title(const struct import_columns *columns,
                          const struct csv_row *row, size_t at,
                          struct strbuf *out);

/* A field of a row, or an empty view. */
struct str import_columns_cell(const struct import_columns *columns,
                               const struct csv_row *row,
                               enum import_field field);

/* How the row says that they stand there; IMPORT_UNKNOWN with `why`. Whatever
 * a column is called, and whether or not it is read: where it says that they
 * have left, they have. */
int import_columns_state(const struct import_columns *columns,
                         const struct csv_row *row, struct err *why);

/* A row as it is understood. Texts never NULL. */
struct import_row {
    const char *key;   /* of the address, folded */
    const char *email; /* as it is written */
    const char *name, *language, *timezone, *categories, *client, *note;
    int64_t newsletter_id;
    int64_t since, created; /* Unix seconds */
    unsigned line;
    int state; /* SUBSCRIPTION_… or IMPORT_BLOCKED */
};

#endif
