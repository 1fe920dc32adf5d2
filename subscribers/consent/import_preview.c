/* Reads the first rows of a list, and samples each column. */
#include "subscribers/consent/import_preview.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "subscribers/consent/import_cell_internal.h"
#include "subscribers/roster/address.h"

enum { SHOWN_MAX = 80 }; /* bytes */

static const char *shown(struct arena *arena, struct str text)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    utf8_clean_line(&line, text);
    if (line.len > SHOWN_MAX) {
        strbuf_cut(&line, utf8_cut_length(strbuf_str(&line), SHOWN_MAX));
        strbuf_add_text(&line, "…");
    }
    return arena_copy_str(arena, strbuf_str(&line));
}

static void add_sample(struct import_preview *preview,
                       const struct csv_row *row, struct arena *arena)
{
    if (row->problem)
        return;
    for (size_t i = 0; i < preview->count; i++)
        preview->columns[i].samples[preview->sample_count] =
            i < row->count ? shown(arena, row->fields[i]) : "";
    preview->sample_count++;
}

static size_t count_addresses(const struct import_preview_column *column,
                              size_t samples)
{
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    OWNED(address_free) struct address address = {0};
    size_t found = 0;
    for (size_t i = 0; i < samples; i++)
        found += address_parse(
            import_cell_address(str_of(column->samples[i]), &name), &address,
            NULL);
    return found;
}

static void guess_address(struct import_preview *preview)
{
    size_t most = 0;
    struct import_preview_column *best = NULL;
    for (size_t i = 0; i < preview->count; i++) {
        struct import_preview_column *one = &preview->columns[i];
        size_t found = count_addresses(one, preview->sample_count);
        best = found > most ? one : best;
        most = found > most ? found : most;
    }
    if (best)
        best->field = FIELD_EMAIL;
}

static void add_columns(struct import_preview *preview,
                        const struct import_columns *columns,
                        const struct csv_row *row, struct arena *arena)
{
    preview->tool = import_columns_tool(columns);
    preview->is_headless = columns->is_headless;
    preview->count = row->count;
    preview->columns =
        ARENA_NEW_ARRAY(arena, struct import_preview_column, row->count);
    for (size_t i = 0; i < row->count; i++)
        preview->columns[i] = (struct import_preview_column){
            .title = columns->is_headless ? "" : shown(arena, row->fields[i]),
            .field = import_columns_field(columns, i),
        };
    if (columns->is_headless)
        add_sample(preview, row, arena);
}

/* Without a column of addresses it isn't known whether a first row of one
 * cell is a title: it is taken for the heading. */
static bool read_first(struct csv **csv, struct str text,
                       struct import_columns *columns, struct csv_row *row,
                       struct err *err)
{
    struct err why = {0};
    *csv = csv_new_text(text, "the file");
    if (import_columns_read(columns, *csv, NULL, 0, row, &why))
        return true;
    if (why.kind != ERR_INPUT || !row->count) {
        *err = why;
        return false;
    }
    csv_free(*csv);
    *csv = csv_new_text(text, "the file");
    if (!csv_next(*csv, row, err))
        return false;
    bool found = import_columns_find(columns, row, "", NULL, 0, &why);
    (void)found;
    return true;
}

bool import_preview(struct str text, struct arena *arena,
                    struct import_preview *out, struct err *err)
{
    OWNED(csv_release) struct csv *csv = NULL;
    struct import_columns columns;
    struct csv_row row = {0};
    *out = (struct import_preview){0};
    if (!read_first(&csv, text, &columns, &row, err))
        return false;
    add_columns(out, &columns, &row, arena);
    while (out->sample_count < IMPORT_SAMPLES) {
        if (!csv_next(csv, &row, err))
            return false;
        if (!row.count)
            break;
        add_sample(out, &row, arena);
    }
    if (columns.places[FIELD_EMAIL] < 0)
        guess_address(out);
    return true;
}
