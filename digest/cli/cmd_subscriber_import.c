/* Runs `digest subscriber import`, with its report and rejected rows. */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/cli/cmd_subscriber.h"
#include "digest/cli/json.h"
#include "subscribers/consent/import_rejects.h"
#include "subscribers/consent/subscriber_import.h"

enum { TOLD_MAX = 20 }; /* the rejects file has the rest */

/* The state of an import's telling: what it says and keeps while it runs. */
struct telling {
    const char *list;
    const char *tool;
    const char *rejects_path; /* NULL: they aren't kept */
    FILE *rejects;            /* opened with the first one */
    struct strbuf heading, row;
    json_t *unread; /* the columns that aren't read */
    bool is_headless;
    struct strbuf person; /* what a first row that is one is read as */
    size_t told;
    bool drawn; /* a progress line stands on the terminal */
};

static void telling_free(struct telling *t)
{
    if (t->rejects)
        fclose(t->rejects);
    json_decref(t->unread);
    strbuf_free(&t->person);
    strbuf_free(&t->heading);
    strbuf_free(&t->row);
}

/* ---- the terminal ---- */

static void clear_line(struct telling *t)
{
    if (t->drawn)
        fputs("\r\033[K", stderr);
    t->drawn = false;
}

static void show_progress(void *context, size_t read, size_t entered)
{
    struct telling *t = context;
    if (!isatty(STDERR_FILENO) || log_level() < LOG_NOTE)
        return;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    if (entered)
        fprintf(stderr, "\r\033[K%s of %s rows",
                grouped(&arena, (int64_t)entered),
                grouped(&arena, (int64_t)read));
    else
        fprintf(stderr, "\r\033[Kreading: %s rows",
                grouped(&arena, (int64_t)read));
    t->drawn = true;
}

/* ---- rejects ---- */

/* The first row is kept for the rejects. */
static void begin(void *context, const struct csv_row *row,
                  const struct import_columns *columns)
{
    struct telling *t = context;
    OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
    t->tool = import_columns_tool(columns);
    t->is_headless = columns->is_headless;
    import_rejects_heading(columns, row, &t->heading);
    for (size_t i = 0; i < row->count; i++) {
        int field = import_columns_field(columns, i);
        strbuf_cut(&title, 0);
        import_columns_title(columns, row, i, &title);
        if (field == IMPORT_FIELD_COUNT)
            json_array_append_new(t->unread, json_string(strbuf_text(&title)));
        else
            strbuf_add_format(&t->person, "%scolumn %zu is read as %s",
                              t->person.len ? ", " : "", i + 1,
                              import_field_name((enum import_field)field));
    }
}

static void open_rejects(struct telling *t)
{
    struct err err = {0};
    int fd = file_create_over(t->rejects_path, 0600);
    t->rejects = fd < 0 ? NULL : fdopen(fd, "w");
    if (!t->rejects) {
        file_fail(&err, t->rejects_path, "write the rejected rows");
        log_error("%s", err.text);
        t->rejects_path = NULL;
        return;
    }
    fputs(strbuf_text(&t->heading), t->rejects);
}

static void keep(struct telling *t, const struct csv_row *row, const char *why)
{
    if (t->rejects_path && !t->rejects)
        open_rejects(t);
    if (!t->rejects)
        return;
    strbuf_cut(&t->row, 0);
    import_rejects_row(row, why, &t->row);
    fwrite(strbuf_text(&t->row), 1, t->row.len, t->rejects);
}

static void tell(void *context, const struct csv_row *row, const char *why)
{
    struct telling *t = context;
    keep(t, row, why);
    clear_line(t);
    if (t->told++ < TOLD_MAX)
        log_error("%s:%u: %s", t->list, row->line, why);
}

/* ---- what is worth a look ---- */

static const struct {
    const char *one, *many, *key;
} remarks[IMPORT_REMARK_COUNT] = {
    [REMARK_TYPO] = {"looks mistyped", "look mistyped", "typos"},
    [REMARK_ROLE] = {"is a role's, not a person's",
                     "are a role's, not a person's", "roles"},
    [REMARK_DISPOSABLE] = {"is disposable", "are disposable", "disposables"},
};

static void remark(void *context, const struct csv_row *row,
                   enum import_remark what, const char *email,
                   const char *meant)
{
    struct telling *t = context;
    if (log_level() < LOG_DETAIL)
        return;
    clear_line(t);
    log_detail("%s:%u: %s %s%s%s", t->list, row->line, email, remarks[what].one,
               *meant ? "; is it " : "", meant);
}

static void recode(void *context, const char *charset, const char *example)
{
    struct telling *t = context;
    clear_line(t);
    log_warning("%s: isn't UTF-8; it is read as %s, as \"%.80s\". If that is "
                "wrong, save the list as UTF-8 and import it again.",
                t->list, charset, example);
}

static void refuse(void *context, size_t line, const char *why)
{
    struct telling *t = context;
    if (log_level() < LOG_DETAIL)
        return;
    clear_line(t);
    log_detail("%s:%zu: %s", t->list, line, why);
}

/* ---- the result ---- */

static void print_json(const struct telling *t,
                       const struct subscriber_import_report *r)
{
    json_t *states = json_object();
    for (int i = 0; i <= SUBSCRIPTION_COMPLAINED; i++)
        json_object_set_new(states,
                            subscription_state_name((enum subscription_state)i),
                            json_integer((json_int_t)r->states[i]));
    json_t *out = json_pack(
        "{s:s, s:b, s:O, s:I, s:I, s:I, s:I, s:I, s:o, s:s?}", "tool", t->tool,
        "has_headings", !t->is_headless, "unread", t->unread, "added",
        (json_int_t)r->added, "ended", (json_int_t)r->ended, "unchanged",
        (json_int_t)r->unchanged, "refused", (json_int_t)r->refused, "rejected",
        (json_int_t)r->rejected, "states", states, "rejects",
        t->rejects ? t->rejects_path : NULL);
    for (size_t i = 0; i < IMPORT_REMARK_COUNT; i++)
        json_object_set_new(out, remarks[i].key,
                            json_integer((json_int_t)r->remarks[i]));
    json_print(out);
}

/* Prints how the columns of the first row are read. */
static void print_columns(const struct telling *t)
{
    size_t i;
    const json_t *title;
    if (*t->tool)
        printf("An export of %s.\n", t->tool);
    if (t->is_headless)
        printf("The first row is a person, not headings, and is taken as one: "
               "%s.\n",
               strbuf_text(&t->person));
    if (json_array_size(t->unread))
        printf("Columns not read:");
    json_array_foreach(t->unread, i, title)
        printf("%s \"%s\"", i ? "," : "", json_string_value(title));
    if (json_array_size(t->unread))
        puts(".");
}

static void print_states(const struct subscriber_import_report *r)
{
    size_t others = r->added - r->states[SUBSCRIPTION_ACTIVE];
    if (!others)
        return;
    printf("Of those added:");
    for (int i = 0, shown = 0; i <= SUBSCRIPTION_COMPLAINED; i++)
        if (r->states[i])
            printf("%s %zu %s", shown++ ? "," : "", r->states[i],
                   subscription_state_name((enum subscription_state)i));
    puts(".");
}

static void print_report(const struct telling *t, bool dry_run,
                         const char *where,
                         const struct subscriber_import_report *r)
{
    print_columns(t);
    printf("%s %zu %s to %s, %zu were there, %zu had left and stay "
           "away, %zu could not be read.\n",
           dry_run ? "Would add" : "Added", r->added,
           plural((int64_t)r->added, "subscriber", "subscribers"), where,
           r->unchanged, r->refused, r->rejected);
    print_states(r);
    if (r->ended)
        printf("%zu who %s here %s by what the list says.\n", r->ended,
               r->ended == 1 ? "was" : "were",
               dry_run ? "would leave" : "left");
    for (size_t i = 0; i < IMPORT_REMARK_COUNT; i++)
        if (r->remarks[i])
            printf("%zu %s %s.\n", r->remarks[i],
                   plural((int64_t)r->remarks[i], "address", "addresses"),
                   r->remarks[i] == 1 ? remarks[i].one : remarks[i].many);
    if (log_level() < LOG_DETAIL && r->refused + r->remarks[REMARK_TYPO] +
                                        r->remarks[REMARK_ROLE] +
                                        r->remarks[REMARK_DISPOSABLE])
        puts("With -v each of them is named.");
    if (t->rejects)
        printf("The rejected rows are in %s, each with its reason: mend them "
               "and import that file.\n",
               t->rejects_path);
}

/* ---- the command ---- */

static bool read_maps(struct invocation *call,
                      struct subscriber_import_options *options,
                      struct err *err)
{
    struct import_map *maps =
        ARENA_NEW_ARRAY(&call->arena, struct import_map, call->option_count);
    const char *text;
    for (size_t i = 0; (text = option_next(call, "--map", &i));)
        if (!import_map_parse(text, &maps[options->map_count++], err))
            return err_context(err, "--map");
    options->maps = maps;
    return true;
}

/* The path of the rejected rows: beside the list; a dry run writes no file that
 * wasn't asked for. */
static const char *rejects_path(struct invocation *call, bool dry_run)
{
    const char *given = option_get(call, "--rejects");
    if (given || dry_run)
        return given;
    if (strcmp(call->args[0], "-") == 0)
        return "import.rejects.csv";
    return arena_format(&call->arena, "%s.rejects.csv", call->args[0]);
}

/* Fails an import, with the options that help. */
static bool fail_import(const struct subscriber_import_options *options,
                        struct err *err)
{
    struct err why = *err;
    if (why.kind == ERR_USAGE && !options->newsletter_id)
        return err_set(err, why.kind, "%.900s: give --newsletter SLUG",
                       why.text);
    return false;
}

static bool run(struct invocation *call, struct app *app,
                struct subscriber_import_options *options, const char *where,
                struct err *err)
{
    OWNED(address_list_release) struct address_list *roles = NULL;
    OWNED(address_list_release) struct address_list *disposables = NULL;
    OWNED(telling_free)
    struct telling t = {
        .list = call->args[0],
        .tool = "",
        .unread = json_array(),
        .rejects_path = rejects_path(call, options->dry_run),
    };
    struct subscriber_import_report r = {.begin = begin,
                                         .tell = tell,
                                         .remark = remark,
                                         .refuse = refuse,
                                         .recode = recode,
                                         .progress = show_progress,
                                         .context = &t};
    if (!address_list_load(app->conf.folder, ADDRESS_LIST_ROLE, &roles, err) ||
        !address_list_load(app->conf.folder, ADDRESS_LIST_DISPOSABLE,
                           &disposables, err))
        return false;
    options->roles = roles;
    options->disposables = disposables;
    bool good = subscriber_import(app->db, call->args[0], options, &r, err);
    clear_line(&t);
    if (t.told > TOLD_MAX)
        log_error("%s: and %zu more rows", call->args[0], t.told - TOLD_MAX);
    if (!good)
        return fail_import(options, err);
    if (t.rejects && (fflush(t.rejects) != 0 || ferror(t.rejects)))
        return file_fail(err, t.rejects_path, "write the rejected rows");
    if (call->json)
        print_json(&t, &r);
    else
        print_report(&t, options->dry_run, where, &r);
    if (r.rejected)
        call->exit_code = err_exit_code(ERR_INPUT);
    return true;
}

bool subscriber_command_import(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct newsletter n = {0};
    bool named = option_get(call, "--newsletter") != NULL;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        (named && !subscriber_command_newsletter(call, &app, &n, err)))
        return false;
    struct subscriber_import_options options = {
        .newsletter_id = n.id,
        .dry_run = option_get(call, "--dry-run") != NULL,
        .now = clock_now(),
        .keys = app.keys,
        .categories = named ? newsletter_categories(&n, &call->arena) : NULL,
    };
    return read_maps(call, &options, err) &&
           run(call, &app, &options, named ? n.slug : "their newsletters", err);
}
