/* Runs `digest block`: the standing pieces of a newsletter. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"
#include "digest/newsletters/block.h"
#include "digest/newsletters/newsletter.h"

enum { FILE_MAX = 1 << 20, TEXT_SHOWN = 40 };

/* ---- what the options say ---- */

static bool read_file(struct invocation *call, const char *path,
                      const char **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!file_read(path, FILE_MAX, &text, err))
        return false;
    *out = arena_copy_str(&call->arena, strbuf_str(&text));
    return true;
}

static bool set_text(struct invocation *call, struct block *b, struct err *err)
{
    const char *text = option_get(call, "--text");
    const char *file = option_get(call, "--file");
    if (text && file)
        return err_set(err, ERR_USAGE, "give --text or --file, not both");
    if (file)
        return read_file(call, file, &b->text, err);
    if (text)
        b->text = text;
    return true;
}

static bool apply_options(struct invocation *call, struct block *b,
                          struct err *err)
{
    const char *kind = option_get(call, "--kind");
    const char *place = option_get(call, "--place");
    const char *from = option_get(call, "--from");
    const char *until = option_get(call, "--until");
    const char *languages = option_get(call, "--language");
    if (kind && !block_kind_parse(kind, &b->kind))
        return err_set(err, ERR_USAGE,
                       "--kind \"%.40s\": has to be note, sponsor or event",
                       kind);
    if (from)
        b->from_day = from;
    if (until)
        b->until_day = until;
    return (!place || block_place_read(place, &call->arena, b, err)) &&
           (!languages || block_languages_read(languages, &call->arena,
                                               &b->languages, err)) &&
           set_text(call, b, err);
}

/* A section that isn't there now may be there later; but it is likely a slip.
 */
static bool check_section(const struct newsletter *n, const struct block *b,
                          struct err *err)
{
    OWNED(strbuf_free) struct strbuf all = STRBUF_INIT;
    if (b->place != BLOCK_AFTER_SECTION)
        return true;
    for (size_t i = 0; i < n->section_count; i++) {
        OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
        newsletter_section_title(&n->sections[i], &title);
        if (strcmp(strbuf_text(&title), b->section) == 0)
            return true;
        strbuf_add_format(&all, "%s%s", i ? "; " : "", strbuf_text(&title));
    }
    return err_set(err, ERR_NOT_FOUND,
                   "\"%.100s\": no section of %s; there is %.400s", b->section,
                   n->slug, strbuf_text(&all));
}

static bool take_id(const char *text, int64_t *id, struct err *err)
{
    unsigned long long number;
    if (!str_to_u64(str_of(text), &number) || number < 1 || number > INT64_MAX)
        return err_set(err, ERR_USAGE,
                       "\"%.40s\": has to be a block's number, as `digest "
                       "block list` shows them",
                       text);
    *id = (int64_t)number;
    return true;
}

/* ---- what is said of one ---- */

static json_t *to_json(struct app *app, const struct block *b)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf place = STRBUF_INIT;
    struct newsletter n = {0};
    struct err ignored = {0};
    block_place_write(b, &place);
    bool known =
        newsletter_get_by_id(app->db, b->newsletter_id, &arena, &n, &ignored);
    return json_pack(
        "{s:I, s:s?, s:s, s:s, s:o, s:o, s:o, s:s}", "id", (json_int_t)b->id,
        "newsletter", known ? n.slug : NULL, "kind", block_kind_name(b->kind),
        "place", strbuf_text(&place), "from",
        *b->from_day ? json_string(b->from_day) : json_null(), "until",
        *b->until_day ? json_string(b->until_day) : json_null(), "languages",
        json_lines(b->languages), "text", b->text);
}

static const char *days_of(const struct block *b, struct arena *arena)
{
    if (!*b->from_day && !*b->until_day)
        return "always";
    return *b->from_day && *b->until_day
               ? arena_format(arena, "%s to %s", b->from_day, b->until_day)
           : *b->from_day ? arena_format(arena, "from %s", b->from_day)
                          : arena_format(arena, "until %s", b->until_day);
}

/* The first words of a block. */
static const char *begin_of(const struct block *b, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    utf8_clean_line(&line, str_of(b->text));
    size_t length = utf8_cut_length(strbuf_str(&line), TEXT_SHOWN);
    return arena_format(arena, "%.*s%s", (int)length, strbuf_text(&line),
                        length < line.len ? "…" : "");
}

/* ---- the commands ---- */

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(table_free) struct table table = {0};
    struct newsletter n = {0};
    struct block_list list;
    if (!invocation_count(call, 0, 1, err) || !app_open(&app, call, err) ||
        (call->arg_count &&
         !newsletter_get(app.db, call->args[0], &call->arena, &n, err)) ||
        !block_find(app.db, n.id, &call->arena, &list, err))
        return false;
    if (call->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < list.count; i++)
            json_array_append_new(array, to_json(&app, &list.items[i]));
        json_print(array);
        return true;
    }
    table_begin(&table, 6,
                (const char *const[]){"ID", "NEWSLETTER", "KIND", "PLACE",
                                      "DAYS", "TEXT"});
    for (size_t i = 0; i < list.count; i++) {
        const struct block *b = &list.items[i];
        OWNED(strbuf_free) struct strbuf place = STRBUF_INIT;
        block_place_write(b, &place);
        if (!newsletter_get_by_id(app.db, b->newsletter_id, &call->arena, &n,
                                  err))
            return false;
        table_add(&table, "%" PRId64, b->id);
        table_add(&table, "%s", n.slug);
        table_add(&table, "%s", block_kind_name(b->kind));
        table_add(&table, "%s", strbuf_text(&place));
        table_add(&table, "%s", days_of(b, &call->arena));
        table_add(&table, "%s", begin_of(b, &call->arena));
    }
    if (list.count)
        table_print(&table);
    else
        puts("No block yet. Add one: digest block add SLUG --text 'Read this.' "
             "--place top");
    return true;
}

static bool print_done(struct invocation *call, struct app *app,
                       const struct block *block, const char *done)
{
    if (call->json)
        json_print(to_json(app, block));
    else
        printf("%s block %" PRId64
               ". Issues not yet sent carry it from now on; those that were "
               "sent stay as they are.\n",
               done, block->id);
    return true;
}

static bool run_add(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct newsletter n;
    struct block block = {.place = BLOCK_BOTTOM,
                          .section = "",
                          .from_day = "",
                          .until_day = "",
                          .languages = "",
                          .text = ""};
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !newsletter_get(app.db, call->args[0], &call->arena, &n, err))
        return false;
    block.newsletter_id = n.id;
    return apply_options(call, &block, err) && check_section(&n, &block, err) &&
           block_add(app.db, &block, &block.id, err) &&
           print_done(call, &app, &block, "Added");
}

static bool run_edit(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct newsletter n;
    struct block block = {0};
    int64_t id = 0;
    if (!invocation_count(call, 1, 1, err) || !take_id(call->args[0], &id, err))
        return false;
    if (!call->option_count)
        return err_set(err, ERR_USAGE,
                       "nothing to change: give --text TEXT, --place PLACE or "
                       "another option; `digest block edit --help` lists them");
    return app_open(&app, call, err) &&
           tx_begin(&tx, app.db, TX_DURABLE, err) &&
           block_get(app.db, id, &call->arena, &block, err) &&
           newsletter_get_by_id(app.db, block.newsletter_id, &call->arena, &n,
                                err) &&
           apply_options(call, &block, err) &&
           (!option_get(call, "--place") || check_section(&n, &block, err)) &&
           block_update(app.db, &block, err) && tx_commit(&tx, err) &&
           print_done(call, &app, &block, "Changed");
}

static bool run_remove(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    int64_t id = 0;
    if (!invocation_count(call, 1, 100, err) || !app_open(&app, call, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        if (!take_id(call->args[i], &id, err) || !block_remove(app.db, id, err))
            return false;
        printf("Removed block %" PRId64 "; issues that carried it keep it.\n",
               id);
    }
    return true;
}

#define OPTIONS                                                                \
    {"--text", "MARKDOWN",                                                     \
     "what stands there; {{issue.number}} and others "                         \
     "are filled in"},                                                         \
        {"--file", "FILE", "the same, from a file"},                           \
        {"--place", "PLACE", "top, bottom, 'after World' or 'after story 3'"}, \
        {"--kind", "KIND",                                                     \
         "note, sponsor (labelled as an advertisement) or "                    \
         "event"},                                                             \
        {"--from", "DAY", "the first day, such as 2026-12-24"},                \
        {"--until", "DAY", "the last day"},                                    \
    {                                                                          \
        "--language", "LANG[,LANG]...", "only for readers of these languages"  \
    }

const struct command block_commands[] = {
    {"block",
     "add",
     "SLUG",
     "add a note, a sponsor's words or an event to a newsletter",
     {OPTIONS, {0}},
     run_add},
    {"block", "edit", "ID", "change one", {OPTIONS, {0}}, run_edit},
    {"block", "list", "[SLUG]", "list them", {{0}}, run_list},
    {"block", "remove", "ID...", "take one out", {{0}}, run_remove},
    {0},
};
