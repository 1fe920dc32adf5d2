/* Sources: where articles come from, how they do, and adding one. */
#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/sources/source_fetch.h"
#include "digest/sources/source_kind.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/source_visit.h"
#include "digest/web/desk/work.h"

void source_visit_fill(struct visit *visit, const struct source *source,
                       struct value *item)
{
    value_set_number(item, "id", source->id);
    value_set_nonempty(item, "name", source->name);
    value_set_nonempty(item, "address",
                       url_shown(visit->arena, source->address));
    value_set_nonempty(item, "kind", source_kind_noun(source->kind));
    value_set_nonempty(item, "category", source->category);
    value_set_text(item, "articles", visit_number(visit, source->articles));
    value_set(item, "fetched",
              visit_time(visit, source->last_fetched_at, "UTC"));
    value_set(item, "failing", visit_time(visit, source->failing_since, "UTC"));
    value_set(item, "next", visit_time(visit, source->next_at, "UTC"));
    value_set_nonempty(item, "problem",
                       url_shown(visit->arena, source->last_error));
    if (source->failures)
        value_set_nonempty(
            item, "tries",
            visit_count(visit, source->failures, "try", "tries"));
}

struct value *source_visit_categories(struct visit *visit,
                                      const struct category_count *items,
                                      size_t count)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < count; i++) {
        struct value *item = value_object(visit->arena);
        value_set_nonempty(item, "name", items[i].name);
        value_set_text(item, "count", visit_number(visit, items[i].articles));
        value_append(list, item);
    }
    return list;
}

bool sources_page(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct source_list sources;
    if (!visit_data(visit, "articles", &data, err) ||
        !source_find(visit->db, visit->arena, &sources, err))
        return false;
    for (size_t i = 0; i < sources.count; i++) {
        struct value *item = value_object(visit->arena);
        if (!source_count(visit->db, &sources.items[i], err))
            return false;
        source_visit_fill(visit, &sources.items[i], item);
        value_append(list, item);
    }
    value_set(data, "sources", list);
    value_set_bool(data, "has_sources", sources.count > 0);
    return visit_show(visit, "sources", data, 200, err);
}

/* ---- by the worker: these ask the network ---- */

struct fetch_wish {
    char *address, *category;
};

static void free_wish(void *argument)
{
    struct fetch_wish *wish = argument;
    free(wish->address);
    free(wish->category);
    free(wish);
}

static void end_report(struct source_fetch_report *report)
{
    import_report_free(&report->import);
}

static void keep_failure(void *context, enum import_word word, const char *line)
{
    if (word != IMPORT_LEFT_OUT && !((struct strbuf *)context)->len)
        strbuf_add_text(context, line);
}

static bool fetch(struct work_run *run, struct source *sources, size_t count,
                  struct err *err)
{
    OWNED(strbuf_free) struct strbuf failure = STRBUF_INIT;
    OWNED(end_report)
    struct source_fetch_report report = {
        .import = {.tell = keep_failure, .context = &failure}};
    struct source_fetch_options options = {
        .now = clock_now(),
        .allow_private = run->conductor.conf->fetch_private,
        .base_url = conf_site(run->conductor.conf),
        .again = true,
    };
    if (!sources_fetch(run->conductor.db, sources, count, &options, &report,
                       err))
        return false;
    strbuf_add_format(&run->said, "%zu new articles, %zu changed.",
                      report.import.added, report.import.changed);
    if (failure.len)
        strbuf_add_format(&run->said, " Not all went well: %s",
                          strbuf_text(&failure));
    return true;
}

static const char *source_path(struct arena *arena, const struct source *source)
{
    return arena_format(arena, "sources/%" PRId64, source->id);
}

/* Leads to the page of an address that is a source already. */
static bool lead_to(struct work_run *run, const char *address, struct err *err)
{
    struct source there;
    if (source_get(run->conductor.db, address, run->arena, &there, err)) {
        run->back = source_path(run->arena, &there);
        return err_set(err, ERR_CONFLICT, "%.300s is a source already",
                       address);
    }
    return false;
}

static bool run_add(struct work_run *run, void *argument, struct err *err)
{
    struct fetch_wish *wish = argument;
    struct source source = {.created_at = clock_now()};
    bool is_address =
        str_starts_nocase(str_of(wish->address), STR("http://")) ||
        str_starts_nocase(str_of(wish->address), STR("https://"));
    if (!is_address)
        return err_set(err, ERR_INPUT,
                       "\"%.100s\" has to be an address that begins with "
                       "https://; a folder is added on the command line",
                       wish->address);
    if (!source_look(wish->address, run->conductor.conf->fetch_private,
                     run->arena, &source, err))
        return false;
    if (*wish->category)
        source.category = wish->category;
    if (!source_add(run->conductor.db, &source, err))
        return err->kind == ERR_CONFLICT && lead_to(run, source.address, err);
    run->back = source_path(run->arena, &source);
    strbuf_add_format(&run->said, "Added %s, a %s%s%s. ",
                      url_shown(run->arena, source.address),
                      source_kind_noun(source.kind), *source.name ? ": " : "",
                      source.name);
    return fetch(run, &source, 1, err);
}

bool sources_add_post(struct visit *visit, struct err *err)
{
    struct fetch_wish *wish = MEM_NEW(struct fetch_wish);
    wish->address = mem_copy(visit_field(visit, "address"));
    wish->category = mem_copy(visit_field(visit, "category"));
    struct desk_work work = {
        .title = arena_format(visit->arena, "Looking at %s",
                              url_shown(visit->arena, wish->address)),
        .back = "sources",
        .run = run_add,
        .free = free_wish,
        .argument = wish,
    };
    const char *address = visit_field(visit, "address");
    return work_start(visit, &work, "added the source",
                      url_shown(visit->arena, address), "", err);
}

/* Fetches all sources, or the one with that address. */
static bool run_fetch(struct work_run *run, void *argument, struct err *err)
{
    const struct fetch_wish *wish = argument;
    struct source_list sources;
    struct source one;
    if (!*wish->address)
        return source_find(run->conductor.db, run->arena, &sources, err) &&
               fetch(run, sources.items, sources.count, err);
    return source_get(run->conductor.db, wish->address, run->arena, &one,
                      err) &&
           fetch(run, &one, 1, err);
}

static bool start_fetch(struct visit *visit, const char *title,
                        const char *back, const char *address, struct err *err)
{
    struct fetch_wish *wish = MEM_NEW(struct fetch_wish);
    wish->address = mem_copy(address);
    struct desk_work work = {
        .title = title,
        .back = back,
        .run = run_fetch,
        .free = free_wish,
        .argument = wish,
    };
    return work_start(visit, &work, "fetched the sources",
                      url_shown(visit->arena, address), "", err);
}

bool sources_fetch_post(struct visit *visit, struct err *err)
{
    return start_fetch(visit, "Fetching the sources", "sources", "", err);
}

bool source_fetch_post(struct visit *visit, struct err *err)
{
    struct source source;
    return source_get(visit->db, visit->captures[0], visit->arena, &source,
                      err) &&
           start_fetch(visit,
                       arena_format(visit->arena, "Fetching %s",
                                    url_shown(visit->arena, source.address)),
                       source_path(visit->arena, &source), source.address, err);
}

bool sources_remove_post(struct visit *visit, struct err *err)
{
    struct source source;
    const char *id = visit_field(visit, "id");
    if (!source_get(visit->db, id, visit->arena, &source, err) ||
        !source_remove(visit->db, source.id, visit->now, err) ||
        !visit_note(visit, "removed the source",
                    url_shown(visit->arena, source.address), "", err))
        return false;
    return visit_go_saying(visit, "sources", err,
                           "Removed %s; its articles stay.",
                           url_shown(visit->arena, source.address));
}
