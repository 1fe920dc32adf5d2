/* Runs `digest source`: adds, lists, removes and fetches. */
#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "digest/articles/category.h"
#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/url_shown.h"
#include "digest/cli/app.h"
#include "digest/cli/import_print.h"
#include "digest/cli/json.h"
#include "digest/cli/pictures.h"
#include "digest/cli/table.h"
#include "digest/sources/source_fetch.h"

/* "Their category=ours"; without ours, theirs is left away. */
static bool parse_map(struct invocation *call, const char *text,
                      struct source_map *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    struct str rest = str_of(text);
    struct str theirs = str_trim(str_cut(&rest, '='));
    category_slug(theirs, &slug);
    if (!strchr(text, '=') || !slug.len)
        return err_set(err, ERR_USAGE,
                       "--map \"%.80s\": has to be 'Their category=ours'",
                       text);
    out->slug = arena_copy_str(&call->arena, strbuf_str(&slug));
    out->theirs = arena_copy_str(&call->arena, theirs);
    out->ours = arena_copy_str(&call->arena, str_trim(rest));
    return true;
}

static bool set_map(struct invocation *call, struct source *source,
                    struct err *err)
{
    struct source_map *map = ARENA_NEW_ARRAY(&call->arena, struct source_map,
                                             call->option_count + 1);
    size_t index = 0;
    const char *text;
    while ((text = option_next(call, "--map", &index)))
        if (!parse_map(call, text, &map[source->map_count++], err))
            return false;
    source->map = map;
    return true;
}

static json_t *source_json(const struct source *s, struct arena *arena)
{
    json_t *map = json_object();
    for (size_t i = 0; i < s->map_count; i++)
        json_object_set_new(map, s->map[i].theirs, json_string(s->map[i].ours));
    return json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:s, s:o, s:I}", "id",
        (json_int_t)s->id, "address", url_shown(arena, s->address), "kind",
        s->kind, "name", s->name, "category", s->category, "map", map,
        "fetched", json_time(s->last_fetched_at), "failing_since",
        json_time(s->failing_since), "failures", (json_int_t)s->failures,
        "error", s->last_error, "next", json_time(s->next_at), "articles",
        (json_int_t)s->articles);
}

static bool run_add(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct source source = {.created_at = clock_now()};
    if (!invocation_count(call, 1, 1, err) || !set_map(call, &source, err) ||
        !app_open(&app, call, err) ||
        !source_look(call->args[0], app.conf.fetch_private, &call->arena,
                     &source, err))
        return false;
    const char *category = option_get(call, "--category");
    if (category)
        source.category = category;
    if (!source_add(app.db, &source, err))
        return false;
    if (call->json) {
        json_print(source_json(&source, &call->arena));
        return true;
    }
    printf("Added source %" PRId64 ": %s%s%s%s\nNext: digest source fetch\n",
           source.id, url_shown(&call->arena, source.address),
           *source.name ? " (" : "", source.name, *source.name ? ")" : "");
    return true;
}

static const char *state_of(const struct source *s, struct arena *arena)
{
    char at[TIME_TEXT_SIZE];
    if (s->failures)
        return arena_format(arena, "failing since %.16s: %s",
                            time_rfc3339(s->failing_since, at), s->last_error);
    if (!s->last_fetched_at)
        return "not fetched yet";
    return arena_format(arena, "fetched %.16s",
                        time_rfc3339(s->last_fetched_at, at));
}

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct source_list list;
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err) ||
        !source_find(app.db, &call->arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!source_count(app.db, &list.items[i], err))
            return false;
    if (call->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < list.count; i++)
            json_array_append_new(array,
                                  source_json(&list.items[i], &call->arena));
        json_print(array);
        return true;
    }
    OWNED(table_free) struct table table;
    table_begin(&table, 4,
                (const char *const[]){"ID", "ARTICLES", "ADDRESS", "STATE"});
    table.right = 3;
    for (size_t i = 0; i < list.count; i++) {
        const struct source *s = &list.items[i];
        table_add(&table, "%" PRId64, s->id);
        table_add(&table, "%s", grouped(&call->arena, s->articles));
        table_add(&table, "%s", url_shown(&call->arena, s->address));
        table_add(&table, "%s", state_of(s, &call->arena));
    }
    if (list.count)
        table_print(&table);
    else
        puts("No source yet. Add one: digest source add URL|PATH");
    return true;
}

static bool run_remove(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 1, 1000, err) || !app_open(&app, call, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        struct source source;
        if (!source_get(app.db, call->args[i], &call->arena, &source, err) ||
            !source_remove(app.db, source.id, clock_now(), err))
            return false;
        printf("Removed source %" PRId64 ", %s; its articles stay.\n",
               source.id, url_shown(&call->arena, source.address));
    }
    return true;
}

/* Chooses the sources that are named, or all. */
static bool choose(struct invocation *call, struct app *app,
                   struct source_list *out, struct err *err)
{
    if (!call->arg_count)
        return source_find(app->db, &call->arena, out, err);
    out->items = ARENA_NEW_ARRAY(&call->arena, struct source, call->arg_count);
    for (out->count = 0; out->count < call->arg_count; out->count++)
        if (!source_get(app->db, call->args[out->count], &call->arena,
                        &out->items[out->count], err))
            return false;
    return true;
}

static void print_report(const struct source_fetch_report *r, bool json)
{
    const struct import_report *i = &r->import;
    if (json) {
        json_print(json_pack(
            "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "fetched",
            (json_int_t)r->fetched, "unchanged", (json_int_t)r->unchanged,
            "failed", (json_int_t)r->failed, "resting", (json_int_t)r->resting,
            "added", (json_int_t)i->added, "changed", (json_int_t)i->changed,
            "left_out", (json_int_t)i->left_out, "withdrawn",
            (json_int_t)i->withdrawn_count, "undated", (json_int_t)i->undated));
        return;
    }
    printf("Fetched %zu %s: %zu new %s, %zu changed", r->fetched,
           plural((int64_t)r->fetched, "source", "sources"), i->added,
           plural((int64_t)i->added, "article", "articles"), i->changed);
    if (i->withdrawn_count)
        printf(", %zu withdrawn", i->withdrawn_count);
    if (i->undated)
        printf(", %zu with a date that can't be read", i->undated);
    if (r->failed)
        printf("; %zu failed", r->failed);
    if (r->resting)
        printf("; %zu resting after failures (--again fetches them)",
               r->resting);
    puts(".");
}

static void end_report(struct source_fetch_report *report)
{
    import_report_free(&report->import);
}

static bool run_fetch(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(end_report)
    struct source_fetch_report report = {.import = {.tell = import_tell}};
    struct source_list list;
    if (!invocation_count(call, 0, 1000, err) || !app_open(&app, call, err) ||
        !choose(call, &app, &list, err))
        return false;
    struct source_fetch_options options = {
        .now = clock_now(),
        .allow_private = app.conf.fetch_private,
        .base_url = conf_site(&app.conf),
        .again = call->arg_count || option_get(call, "--again"),
    };
    if (!sources_fetch(app.db, list.items, list.count, &options, &report, err))
        return false;
    print_report(&report, call->json);
    if (!import_print_drafts(&app, &call->arena, &report.import, err) ||
        !pictures_take_in(&app, err))
        return false;
    if (report.failed)
        call->exit_code = err_exit_code(ERR_TEMPORARY);
    return true;
}

const struct command source_commands[] = {
    {"source",
     "add",
     "URL|PATH",
     "fetch articles from a feed, a site or a folder from now on",
     {{"--category", "C", "a category for all of its articles"},
      {"--map", "'THEIRS=OURS'", "our name for a category; again for more"},
      {0}},
     run_add},
    {"source", "list", "", "list sources, and how they do", {{0}}, run_list},
    {"source",
     "remove",
     "SOURCE...",
     "fetch it no more; its articles stay",
     {{0}},
     run_remove},
    {"source",
     "fetch",
     "[SOURCE...]",
     "bring in what is new in the sources",
     {{"--again", NULL, "also those that rest after failures"}, {0}},
     run_fetch},
    {0},
};
