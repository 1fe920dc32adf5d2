/* Bringing a list in, in four steps: a file is uploaded; somebody says what
 * its columns are; the worker checks it, writing nothing; and, once what that
 * found was looked at, imports it. */
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/newsletters/newsletter.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/reader_visit.h"
#include "digest/web/desk/uploads.h"
#include "digest/web/desk/work.h"
#include "subscribers/consent/import_preview.h"

enum { NAME_SHOWN = 100, COLUMNS_SHOWN = 100 };

static const char *const titles[IMPORT_FIELD_COUNT] = {
    [FIELD_EMAIL] = "Email",
    [FIELD_NAME] = "Name",
    [FIELD_FIRST_NAME] = "First name",
    [FIELD_LAST_NAME] = "Last name",
    [FIELD_STATE] = "Status",
    [FIELD_STATE_TOO] = "Second status (the worse counts)",
    [FIELD_LEFT] = "Unsubscribed (yes, or a date)",
    [FIELD_CATEGORIES] = "Categories they chose",
    [FIELD_TAGS] = "Tags (kept where a category is called so)",
    [FIELD_LANGUAGE] = "Language",
    [FIELD_TIMEZONE] = "Time zone",
    [FIELD_NEWSLETTER] = "Newsletter",
    [FIELD_SINCE] = "Date of the status",
    [FIELD_CREATED] = "Date of signing up",
    [FIELD_CLIENT] = "IP address of the confirmation",
};

static const char *path_of(const struct visit *visit,
                           const struct upload *upload)
{
    return arena_format(visit->arena, "readers/import/%" PRId64, upload->id);
}

static bool get_upload(struct visit *visit, struct upload **out,
                       struct err *err)
{
    unsigned long long id;
    if (!str_to_u64(str_of(visit->captures[0]), &id) || id > INT64_MAX)
        id = 0;
    return uploads_get(visit->web->uploads, (int64_t)id,
                       visit->session->editor.email, visit->now, out, err);
}

/* Whether the worker has an upload: its pages wait where the work is shown. */
static bool is_at_work(const struct upload *upload)
{
    return atomic_load(&upload->is_busy);
}

static bool go_to_work(struct visit *visit, const struct upload *upload,
                       struct err *err)
{
    return visit_go(
        visit, arena_format(visit->arena, "work/%" PRId64, upload->work_id),
        NULL, err);
}

/* ---- the file ---- */

bool readers_import_page(struct visit *visit, struct err *err)
{
    struct value *data;
    return visit_data(visit, "readers", &data, err) &&
           reader_visit_newsletters(visit, "", data, err) &&
           visit_show(visit, "readers_import", data, 200, err);
}

static const char *file_name(const struct visit *visit)
{
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    utf8_clean_line(&name, form_get_file_name(visit->form, "list"));
    strbuf_cut(&name, utf8_cut_length(strbuf_str(&name), NAME_SHOWN));
    return arena_copy_str(visit->arena, strbuf_str(&name));
}

bool readers_import_post(struct visit *visit, struct err *err)
{
    struct upload *upload;
    struct import_preview preview;
    struct str file = form_get(visit->form, "list");
    if (!str_trim(file).len)
        return err_set(err, ERR_INPUT,
                       "Choose a file: a list of subscribers as CSV");
    return import_preview(file, visit->arena, &preview, err) &&
           uploads_add(visit->web->uploads, visit->session->editor.email,
                       file_name(visit), file, visit->now, &upload, err) &&
           visit_go(visit, path_of(visit, upload), NULL, err);
}

bool readers_import_discard_post(struct visit *visit, struct err *err)
{
    struct upload *upload;
    if (!get_upload(visit, &upload, err))
        return false;
    if (is_at_work(upload))
        return go_to_work(visit, upload, err);
    uploads_drop(visit->web->uploads, upload);
    return visit_go(visit, "readers/import",
                    "The file was deleted. Nothing more was imported.", err);
}

/* ---- its columns ---- */

static struct value *choices_of(struct visit *visit, int chosen)
{
    struct value *list = value_list(visit->arena);
    visit_add_choice(visit, list, "", "Don’t import",
                     chosen == IMPORT_FIELD_COUNT);
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        visit_add_choice(visit, list, import_field_name((enum import_field)i),
                         titles[i], i == chosen);
    return list;
}

static struct value *column_value(struct visit *visit,
                                  const struct import_preview *preview,
                                  size_t at, int chosen)
{
    const struct import_preview_column *column = &preview->columns[at];
    struct arena *arena = visit->arena;
    struct value *item = value_object(arena), *samples = value_list(arena);
    value_set_number(item, "number", (int64_t)at + 1);
    value_set_text(item, "title",
                   *column->title ? column->title
                                  : arena_format(arena, "Column %zu", at + 1));
    for (size_t i = 0; i < preview->sample_count; i++)
        value_append(
            samples,
            value_text(arena, *column->samples[i] ? column->samples[i] : "–"));
    value_set(item, "samples", samples);
    value_set(item, "choices", choices_of(visit, chosen));
    return item;
}

static void add_columns(struct visit *visit, const struct upload *upload,
                        const struct import_preview *preview,
                        struct value *data)
{
    struct value *list = value_list(visit->arena);
    bool names_newsletter = false;
    for (size_t i = 0; i < preview->count && i < COLUMNS_SHOWN; i++) {
        int field =
            upload->fields ? upload->fields[i] : preview->columns[i].field;
        names_newsletter |= field == FIELD_NEWSLETTER ||
                            preview->columns[i].field == FIELD_NEWSLETTER;
        value_append(list, column_value(visit, preview, i, field));
    }
    value_set(data, "columns", list);
    value_set_bool(data, "names_newsletter", names_newsletter);
    value_set_bool(data, "is_by_file",
                   names_newsletter && upload->fields && !*upload->slug);
    if (preview->count > COLUMNS_SHOWN)
        value_set_number(data, "shown", COLUMNS_SHOWN);
}

/* Shows the columns; with `wrong` the choices stand there as they were made. */
static bool show_columns(struct visit *visit, const struct upload *upload,
                         const char *wrong, struct err *err)
{
    struct value *data;
    struct import_preview preview;
    if (!visit_data(visit, "readers", &data, err) ||
        !import_preview(upload->text, visit->arena, &preview, err) ||
        !reader_visit_newsletters(visit, upload->slug, data, err))
        return false;
    value_set_number(data, "id", upload->id);
    value_set_text(data, "name", upload->name);
    value_set_nonempty(data, "tool", preview.tool);
    value_set_text(data, "wrong", wrong);
    value_set_bool(data, "is_headless", preview.is_headless);
    add_columns(visit, upload, &preview, data);
    return visit_show(visit, "readers_import_columns", data, wrong ? 422 : 200,
                      err);
}

/* Why the choices can't stand, or NULL. */
static const char *judge(const struct visit *visit, const struct upload *upload)
{
    size_t times[IMPORT_FIELD_COUNT + 1] = {0};
    for (size_t i = 0; i < upload->count; i++)
        times[upload->fields[i]]++;
    for (int i = 0; i < IMPORT_FIELD_COUNT; i++)
        if (times[i] > 1)
            return arena_format(visit->arena,
                                "Two columns are set to “%s”. Choose one.",
                                titles[i]);
    if (!times[FIELD_EMAIL])
        return "Choose the column that has the email addresses.";
    if (!*upload->slug && !times[FIELD_NEWSLETTER])
        return "Choose the newsletter.";
    return NULL;
}

/* Columns that weren't shown aren't read. */
static bool take_choices(struct visit *visit, struct upload *upload,
                         struct err *err)
{
    struct import_preview preview;
    if (!import_preview(upload->text, visit->arena, &preview, err))
        return false;
    if (!upload->fields)
        upload->fields = MEM_NEW_ARRAY(int, preview.count);
    upload->count = preview.count;
    for (size_t i = 0; i < upload->count; i++) {
        enum import_field field;
        const char *name = arena_format(visit->arena, "column.%zu", i + 1);
        bool known =
            import_field_find(str_of(visit_field(visit, name)), &field);
        upload->fields[i] = known ? (int)field : IMPORT_FIELD_COUNT;
    }
    free(upload->slug);
    upload->slug = mem_copy(visit_field(visit, "newsletter"));
    return true;
}

/* ---- the work ---- */

struct import_work {
    struct upload *upload;
    int64_t newsletter_id;
    char *categories; /* NULL: of no newsletter */
    bool dry_run;
};

static void free_import(void *argument)
{
    struct import_work *import = argument;
    atomic_store(&import->upload->is_busy, false);
    free(import->categories);
    free(import);
}

static struct import_map *maps_of(const struct upload *upload)
{
    struct import_map *maps = MEM_NEW_ARRAY(struct import_map, upload->count);
    for (size_t i = 0; i < upload->count; i++)
        maps[i] =
            (struct import_map){.number = i + 1, .field = upload->fields[i]};
    return maps;
}

static bool import_list(struct work_run *run, const struct import_work *import,
                        struct list_report *report, struct err *err)
{
    const struct upload *upload = import->upload;
    OWNED(address_list_release) struct address_list *roles = NULL;
    OWNED(address_list_release) struct address_list *disposables = NULL;
    OWNED(mem_free) struct import_map *maps = maps_of(upload);
    const char *folder = run->conductor.conf->folder;
    if (!address_list_load(folder, ADDRESS_LIST_ROLE, &roles, err) ||
        !address_list_load(folder, ADDRESS_LIST_DISPOSABLE, &disposables, err))
        return false;
    struct subscriber_import_options options = {
        .newsletter_id = import->newsletter_id,
        .dry_run = import->dry_run,
        .now = clock_now(),
        .keys = run->conductor.keys,
        .maps = maps,
        .map_count = upload->count,
        .categories = import->categories,
        .roles = roles,
        .disposables = disposables,
    };
    return subscriber_import_text(run->conductor.db, upload->text, "the file",
                                  &options, &report->counts, err) &&
           list_report_end(report, err);
}

static bool run_import(struct work_run *run, void *argument, struct err *err)
{
    const struct import_work *import = argument;
    struct upload *upload = import->upload;
    OWNED(list_report_release)
    struct list_report *report = list_report_new(run);
    list_report_release(&upload->report);
    if (!import_list(run, import, report, err))
        return false;
    upload->report = TAKE(report);
    if (!import->dry_run) {
        upload->is_imported = true;
        upload_drop_text(upload);
    }
    return true;
}

static bool find_newsletter(struct visit *visit, const struct upload *upload,
                            struct import_work *import, struct err *err)
{
    struct newsletter n;
    if (!*upload->slug)
        return true;
    if (!newsletter_get(visit->db, upload->slug, visit->arena, &n, err))
        return false;
    import->newsletter_id = n.id;
    import->categories = mem_copy(newsletter_categories(&n, visit->arena));
    return true;
}

static bool start(struct visit *visit, struct upload *upload, bool dry_run,
                  struct err *err)
{
    struct import_work found = {.upload = upload, .dry_run = dry_run};
    if (!find_newsletter(visit, upload, &found, err))
        return false;
    struct import_work *import = MEM_NEW(struct import_work);
    *import = found;
    struct desk_work work = {
        .title = dry_run ? "Checking file" : "Importing",
        .back = path_of(visit, upload),
        .goes_on = true,
        .run = run_import,
        .free = free_import,
        .argument = import,
    };
    const char *size =
        arena_format(visit->arena, "%s bytes",
                     visit_number(visit, (int64_t)upload->text.len));
    atomic_store(&upload->is_busy, true);
    bool good = work_start(visit, &work,
                           dry_run ? "checked a list for" : "imported into",
                           upload->slug, size, err);
    upload->work_id = work.id;
    return good;
}

bool readers_import_check_post(struct visit *visit, struct err *err)
{
    struct upload *upload;
    if (!get_upload(visit, &upload, err))
        return false;
    if (is_at_work(upload))
        return go_to_work(visit, upload, err);
    if (upload->is_imported)
        return visit_go(visit, path_of(visit, upload), NULL, err);
    list_report_release(&upload->report);
    upload->checks++;
    if (!take_choices(visit, upload, err))
        return false;
    const char *wrong = judge(visit, upload);
    return wrong ? show_columns(visit, upload, wrong, err)
                 : start(visit, upload, true, err);
}

/* Imports an upload, as it was checked. */
bool readers_import_enter_post(struct visit *visit, struct err *err)
{
    struct upload *upload;
    int64_t checks;
    if (!get_upload(visit, &upload, err) ||
        !visit_field_number(visit, "checks", &checks, err))
        return false;
    if (is_at_work(upload))
        return go_to_work(visit, upload, err);
    if (upload->is_imported)
        return visit_go(visit, path_of(visit, upload), NULL, err);
    if (!upload->report || checks != upload->checks)
        return err_set(err, ERR_CONFLICT,
                       "The columns were changed since this was checked. Check "
                       "the file again");
    return start(visit, upload, false, err);
}

/* ---- what was found ---- */

static const char *const kinds[LIST_KINDS] = {
    [LIST_REJECTED] = "rejected", [LIST_TYPO] = "typos",
    [LIST_ROLE] = "roles",        [LIST_DISPOSABLE] = "disposables",
    [LIST_REFUSED] = "skipped",
};

static struct value *findings_value(struct visit *visit,
                                    const struct list_report *report,
                                    enum list_kind kind)
{
    struct arena *arena = visit->arena;
    struct value *out = value_object(arena), *list = value_list(arena);
    size_t found = report->found[kind];
    size_t shown = found < LIST_SHOWN ? found : LIST_SHOWN;
    for (size_t i = 0; i < shown; i++) {
        const struct list_finding *one = &report->findings[kind][i];
        struct value *item = value_object(arena);
        value_set_text(item, "line", visit_number(visit, (int64_t)one->line));
        value_set_nonempty(item, "what", one->what);
        value_set_text(item, "why", one->why);
        value_append(list, item);
    }
    value_set(out, "list", list);
    value_set_text(out, "count", visit_number(visit, (int64_t)found));
    if (found > shown)
        value_set_text(out, "more",
                       visit_number(visit, (int64_t)(found - shown)));
    return out;
}

static void set_count(struct visit *visit, struct value *data, const char *key,
                      size_t count)
{
    if (count)
        value_set_text(data, key, visit_number(visit, (int64_t)count));
}

static void add_counts(struct visit *visit, const struct list_report *report,
                       struct value *data)
{
    const struct subscriber_import_report *counts = &report->counts;
    size_t subscribed = counts->states[SUBSCRIPTION_ACTIVE];
    value_set_text(data, "added", visit_number(visit, (int64_t)counts->added));
    value_set_text(data, "subscribers",
                   visit_count(visit, (int64_t)counts->added, "subscriber",
                               "subscribers"));
    value_set_text(data, "unchanged",
                   visit_number(visit, (int64_t)counts->unchanged));
    set_count(visit, data, "ended", counts->ended);
    value_set_bool(data, "has_new", counts->added > 0);
    value_set_bool(data, "has_any",
                   counts->added + counts->ended + counts->unchanged > 0);
    if (subscribed != counts->added)
        for (int i = 0; i <= SUBSCRIPTION_COMPLAINED; i++)
            set_count(visit, data,
                      subscription_state_name((enum subscription_state)i),
                      counts->states[i]);
    value_set_bool(data, "is_mixed", subscribed != counts->added);
    for (size_t i = 0; i < LIST_KINDS; i++)
        if (report->found[i])
            value_set(data, kinds[i],
                      findings_value(visit, report, (enum list_kind)i));
}

static bool show_report(struct visit *visit, const struct upload *upload,
                        struct err *err)
{
    struct value *data;
    struct newsletter n = {.title = ""};
    const struct list_report *report = upload->report;
    if (!visit_data(visit, "readers", &data, err) ||
        (*upload->slug &&
         !newsletter_get(visit->db, upload->slug, visit->arena, &n, err)))
        return false;
    value_set_number(data, "id", upload->id);
    value_set_number(data, "checks", upload->checks);
    value_set_text(data, "name", upload->name);
    value_set_nonempty(data, "newsletter", n.title);
    value_set_nonempty(data, "tool", report->tool);
    value_set_nonempty(data, "unread", report->unread);
    value_set_nonempty(data, "charset", report->charset);
    value_set_text(data, "example", report->example);
    value_set_bool(data, "is_headless", report->is_headless);
    value_set_bool(data, "is_imported", upload->is_imported);
    add_counts(visit, report, data);
    return visit_show(visit, "readers_import_report", data, 200, err);
}

/* The report where there is one, unless the columns are asked for. */
bool readers_import_list_page(struct visit *visit, struct err *err)
{
    struct upload *upload;
    if (!get_upload(visit, &upload, err))
        return false;
    if (is_at_work(upload))
        return go_to_work(visit, upload, err);
    bool columns = *visit_query(visit, "columns") && !upload->is_imported;
    return upload->report && !columns ? show_report(visit, upload, err)
                                      : show_columns(visit, upload, NULL, err);
}

static bool send_file(struct visit *visit, FILE *file, struct err *err)
{
    struct stat stat;
    struct response *response = visit->response;
    int fd = dup(fileno(file));
    if (fd < 0 || fstat(fd, &stat) != 0) {
        if (fd >= 0)
            close(fd);
        return file_fail(err, "the rejected rows", "read them");
    }
    response->file = fd;
    response->file_size = (size_t)stat.st_size;
    response_header(response, "Content-Type", "text/csv; charset=utf-8");
    response_header(response, "Content-Disposition",
                    "attachment; filename=\"rejected.csv\"");
    return true;
}

bool readers_import_rejects_file(struct visit *visit, struct err *err)
{
    struct upload *upload;
    if (!get_upload(visit, &upload, err))
        return false;
    if (is_at_work(upload) || !upload->report || !upload->report->rejects)
        return err_set(err, ERR_NOT_FOUND, "There are no rejected rows.");
    return send_file(visit, upload->report->rejects, err);
}
