/* Bringing a list in, first looked at, then entered, and taking one out: all
 * by the worker. */
#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/issues/newsletter.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"
#include "digest/web/desk/work.h"
#include "subscribers/consent/subscriber_export.h"
#include "subscribers/consent/subscriber_import.h"
#include "subscribers/roster/address_list.h"

enum { REJECTS_TOLD = 20 };

struct list {
    char *text;
    size_t length;
    int64_t newsletter_id;
    char *slug;
    bool dry_run;
};

static void free_list(void *argument)
{
    struct list *list = argument;
    free(list->text);
    free(list->slug);
    free(list);
}

/* ---- what is told ---- */

struct telling {
    struct work_run *run;
    struct strbuf rejects;
    size_t told;
    const char *tool;
    bool is_headless;
    struct strbuf unread;
};

static void begin(void *context, const struct csv_row *row,
                  const struct import_columns *columns)
{
    struct telling *t = context;
    OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
    t->tool = import_columns_tool(columns);
    t->is_headless = columns->is_headless;
    for (size_t i = 0; i < row->count; i++) {
        if (import_columns_field(columns, i) != IMPORT_FIELD_COUNT)
            continue;
        strbuf_cut(&title, 0);
        import_columns_title(columns, row, i, &title);
        strbuf_add_format(&t->unread, "%s\"%s\"", t->unread.len ? ", " : "",
                          strbuf_text(&title));
    }
}

static void tell(void *context, const struct csv_row *row, const char *why)
{
    struct telling *t = context;
    if (t->told++ < REJECTS_TOLD)
        strbuf_add_format(&t->rejects, "\nLine %u: %s.", row->line, why);
}

static void progress(void *context, size_t read, size_t entered)
{
    struct telling *t = context;
    t->run->done = (int64_t)(entered ? entered : read);
    t->run->total = entered ? (int64_t)read : 0;
}

static void sum_up(const struct list *list, const struct telling *t,
                   const struct subscriber_import_report *r, struct strbuf *out)
{
    if (*t->tool)
        strbuf_add_format(out, "An export of %s. ", t->tool);
    if (t->is_headless)
        strbuf_add_text(out, "The first row is a person, not headings. ");
    if (t->unread.len)
        strbuf_add_format(out, "Columns not read: %s. ",
                          strbuf_text(&t->unread));
    strbuf_add_format(out,
                      "%s %zu to %s; %zu were there, %zu had left and stay "
                      "away, %zu rows could not be read.",
                      list->dry_run ? "Would add" : "Added", r->added,
                      list->slug, r->unchanged, r->refused, r->rejected);
    if (r->remarks[REMARK_TYPO])
        strbuf_add_format(out, " %zu addresses look mistyped.",
                          r->remarks[REMARK_TYPO]);
    if (list->dry_run)
        strbuf_add_text(out, " Nothing was entered.");
    strbuf_add_str(out, strbuf_str(&t->rejects));
    if (t->told > REJECTS_TOLD)
        strbuf_add_format(out, "\nAnd %zu more rows.", t->told - REJECTS_TOLD);
}

/* ---- the work ---- */

static bool run_import(struct work_run *run, void *argument, struct err *err)
{
    struct list *list = argument;
    OWNED(address_list_release) struct address_list *roles = NULL;
    OWNED(address_list_release) struct address_list *disposables = NULL;
    const char *folder = run->conductor.conf->folder;
    struct telling t = {.run = run, .tool = ""};
    struct subscriber_import_report report = {
        .begin = begin, .tell = tell, .progress = progress, .context = &t};
    if (!address_list_load(folder, ADDRESS_LIST_ROLE, &roles, err) ||
        !address_list_load(folder, ADDRESS_LIST_DISPOSABLE, &disposables, err))
        return false;
    struct subscriber_import_options options = {
        .newsletter_id = list->newsletter_id,
        .dry_run = list->dry_run,
        .now = clock_now(),
        .keys = run->conductor.keys,
        .roles = roles,
        .disposables = disposables,
    };
    bool good = subscriber_import_text(run->conductor.db,
                                       (struct str){list->text, list->length},
                                       "the list", &options, &report, err);
    if (good)
        sum_up(list, &t, &report, &run->said);
    strbuf_free(&t.rejects);
    strbuf_free(&t.unread);
    return good;
}

bool readers_import_page(struct visit *visit, struct err *err)
{
    struct value *data;
    return visit_data(visit, "readers", &data, err) &&
           reader_visit_newsletters(visit, "", data, err) &&
           visit_show(visit, "readers_import", data, 200, err);
}

bool readers_import_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct str file = form_get(visit->form, "list");
    bool dry_run = strcmp(visit_field(visit, "act"), "enter") != 0;
    if (!newsletter_get(visit->db, visit_field(visit, "newsletter"),
                        visit->arena, &n, err))
        return false;
    if (!str_trim(file).len)
        return err_set(err, ERR_INPUT,
                       "choose a file: a CSV list with a heading row");
    struct list *list = MEM_NEW(struct list);
    *list = (struct list){mem_copy_n(file.ptr, file.len), file.len, n.id,
                          mem_copy(n.slug), dry_run};
    struct work work = {
        .title = dry_run ? "Looking over the list" : "Entering the list",
        .back = dry_run ? "readers/import" : "readers",
        .run = run_import,
        .free = free_list,
        .argument = list,
    };
    return work_start(visit, &work,
                      dry_run ? "looked over a list for" : "imported into",
                      n.slug,
                      arena_format(visit->arena, "%s bytes",
                                   visit_number(visit, (int64_t)file.len)),
                      err);
}

/* ---- taking the list out ---- */

static bool put(void *context, struct str text, struct err *err)
{
    return fwrite(text.ptr, 1, text.len, context) == text.len ||
           file_fail(err, "the list", "write it");
}

static bool run_export(struct work_run *run, void *argument, struct err *err)
{
    size_t count;
    const char *slug = argument;
    run->file = tmpfile();
    if (!run->file)
        return file_fail(err, "the list", "make a file for it");
    struct subscriber_export_to to = {put, run->file};
    if (!subscriber_export(run->conductor.db, *slug ? slug : NULL, &to, &count,
                           err))
        return false;
    if (fflush(run->file) != 0)
        return file_fail(err, "the list", "write it");
    strbuf_add_format(&run->said, "%zu subscriptions are in it.", count);
    return true;
}

bool readers_export_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    const char *slug = visit_field(visit, "newsletter");
    if (*slug && !newsletter_get(visit->db, slug, visit->arena, &n, err))
        return false;
    struct work work = {
        .title = "Taking the list out",
        .back = "readers",
        .run = run_export,
        .free = free,
        .argument = mem_copy(slug),
    };
    return work_start(visit, &work, "exported the readers", slug, "", err);
}
