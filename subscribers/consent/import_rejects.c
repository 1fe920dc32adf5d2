/* Writes the rejected rows of an import as CSV. */
#include "subscribers/consent/import_rejects.h"

#include "digest/base/mem.h"
#include "subscribers/roster/csv_write.h"

void import_rejects_heading(const struct import_columns *columns,
                            const struct csv_row *row, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
    strbuf_add_text(out, row->count ? "line,reason," : "line,reason\n");
    for (size_t i = 0; i < row->count; i++) {
        strbuf_cut(&title, 0);
        import_columns_title(columns, row, i, &title);
        csv_write(out, strbuf_str(&title), i + 1 < row->count ? ',' : '\n');
    }
}

void import_rejects_row(const struct csv_row *row, const char *why,
                        struct strbuf *out)
{
    strbuf_add_format(out, "%u,", row->line);
    csv_write(out, str_of(why), row->count ? ',' : '\n');
    for (size_t i = 0; i < row->count; i++)
        csv_write(out, row->fields[i], i + 1 < row->count ? ',' : '\n');
}
