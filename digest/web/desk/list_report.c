/* Gathers the findings of an import for the pages that tell them. */
#include "digest/web/desk/list_report.h"

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "subscribers/consent/import_rejects.h"

enum { ROW_SHOWN = 200 }; /* bytes */

static void add_finding(struct list_report *report, enum list_kind kind,
                        size_t line, const char *what, const char *why)
{
    size_t at = report->found[kind]++;
    if (at < LIST_SHOWN)
        report->findings[kind][at] = (struct list_finding){
            line,
            arena_copy(&report->arena, what),
            arena_copy(&report->arena, why),
        };
}

/* ---- what the import tells ---- */

static void add_title(struct strbuf *out, const struct import_columns *columns,
                      const struct csv_row *row, size_t at)
{
    strbuf_add_text(out, out->len ? ", “" : "“");
    import_columns_title(columns, row, at, out);
    strbuf_add_text(out, "”");
}

static void begin(void *context, const struct csv_row *row,
                  const struct import_columns *columns)
{
    struct list_report *report = context;
    OWNED(strbuf_free) struct strbuf unread = STRBUF_INIT;
    for (size_t i = 0; i < row->count; i++)
        if (import_columns_field(columns, i) == IMPORT_FIELD_COUNT)
            add_title(&unread, columns, row, i);
    report->tool = import_columns_tool(columns);
    report->is_headless = columns->is_headless;
    report->unread = arena_copy_str(&report->arena, strbuf_str(&unread));
    import_rejects_heading(columns, row, &report->row);
}

/* The row that is ready goes into the file, which is made for the first. */
static void keep_row(struct list_report *report)
{
    const struct strbuf *row = &report->row;
    if (!report->rejects && !report->failed)
        report->rejects = tmpfile();
    if (!report->rejects ||
        fwrite(strbuf_text(row), 1, row->len, report->rejects) != row->len)
        report->failed = true;
    strbuf_cut(&report->row, 0);
}

static const char *row_text(struct list_report *report,
                            const struct csv_row *row)
{
    OWNED(strbuf_free) struct strbuf all = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    for (size_t i = 0; i < row->count && all.len <= ROW_SHOWN; i++) {
        if (i)
            strbuf_add_text(&all, ", ");
        strbuf_add_str(&all, row->fields[i]);
    }
    utf8_clean_line(&line, strbuf_str(&all));
    if (line.len > ROW_SHOWN) {
        strbuf_cut(&line, utf8_cut_length(strbuf_str(&line), ROW_SHOWN));
        strbuf_add_text(&line, "…");
    }
    return arena_copy_str(&report->arena, strbuf_str(&line));
}

static void tell(void *context, const struct csv_row *row, const char *why)
{
    struct list_report *report = context;
    if (report->found[LIST_REJECTED] < LIST_SHOWN)
        add_finding(report, LIST_REJECTED, row->line, row_text(report, row),
                    why);
    else
        report->found[LIST_REJECTED]++;
    import_rejects_row(row, why, &report->row);
    keep_row(report);
}

static void remark(void *context, const struct csv_row *row,
                   enum import_remark what, const char *email,
                   const char *meant)
{
    static const enum list_kind kinds[IMPORT_REMARK_COUNT] = {
        [REMARK_TYPO] = LIST_TYPO,
        [REMARK_ROLE] = LIST_ROLE,
        [REMARK_DISPOSABLE] = LIST_DISPOSABLE,
    };
    add_finding(context, kinds[what], row->line, email, meant);
}

static void refuse(void *context, size_t line, const char *why)
{
    add_finding(context, LIST_REFUSED, line, "", why);
}

static void recode(void *context, const char *charset, const char *example)
{
    struct list_report *report = context;
    report->charset = arena_copy(&report->arena, charset);
    report->example = arena_copy(&report->arena, example);
}

static void progress(void *context, size_t read, size_t entered)
{
    const struct list_report *report = context;
    report->run->done = (int64_t)(entered ? entered : read);
    report->run->total = entered ? (int64_t)read : 0;
}

/* ---- the report ---- */

struct list_report *list_report_new(struct work_run *run)
{
    struct list_report *report = MEM_NEW(struct list_report);
    report->run = run;
    report->tool = report->unread = report->charset = report->example = "";
    report->counts = (struct subscriber_import_report){
        .begin = begin,
        .tell = tell,
        .remark = remark,
        .refuse = refuse,
        .recode = recode,
        .progress = progress,
        .context = report,
    };
    return report;
}

bool list_report_end(struct list_report *report, struct err *err)
{
    report->run = NULL;
    if (report->rejects && fflush(report->rejects) != 0)
        report->failed = true;
    return !report->failed || file_fail(err, "the rejected rows", "keep them");
}

void list_report_free(struct list_report *report)
{
    if (!report)
        return;
    if (report->rejects)
        fclose(report->rejects);
    strbuf_free(&report->row);
    arena_free(&report->arena);
    free(report);
}

void list_report_release(struct list_report **report)
{
    list_report_free(*report);
    *report = NULL;
}
