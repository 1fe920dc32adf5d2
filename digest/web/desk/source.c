/* Serves the page of one source: what was found there, how it does, and what
 * its categories are called here. */
#include <inttypes.h>

#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/sources/source_found.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/source_visit.h"

enum { LATELY_S = 30 * 24 * 60 * 60, RULES_MAX = 100 };

/* ---- showing ---- */

static const struct source_map *mapped(const struct source *source,
                                       const char *slug)
{
    for (size_t i = 0; i < source->map_count; i++)
        if (strcmp(source->map[i].slug, slug) == 0)
            return &source->map[i];
    return NULL;
}

/* Whether one of theirs is called so here: what came is that one's. */
static bool is_ours(const struct source *source, const char *name)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(str_of(name), &slug);
    for (size_t i = 0; i < source->map_count; i++) {
        OWNED(strbuf_free) struct strbuf ours = STRBUF_INIT;
        category_slug(str_of(source->map[i].ours), &ours);
        if (ours.len && str_equal(strbuf_str(&ours), strbuf_str(&slug)))
            return true;
    }
    return false;
}

static void add_rule(struct visit *visit, struct value *list, size_t number,
                     const char *theirs, const char *ours, int64_t articles)
{
    struct value *item = value_object(visit->arena);
    value_set_text(item, "theirs", theirs);
    value_set_text(item, "ours", ours);
    value_set_number(item, "number", (int64_t)number);
    if (articles)
        value_set_text(item, "count", visit_number(visit, articles));
    value_append(list, item);
}

/* Adds the rules of a source: categories that were found, then those with a
 * name of ours. */
static void add_rules(struct visit *visit, const struct source *source,
                      const struct source_found *found, struct value *data)
{
    struct value *list = value_list(visit->arena);
    size_t count = 0;
    for (size_t i = 0; i < found->category_count; i++) {
        const struct category_count *c = &found->categories[i];
        if (!mapped(source, c->slug) && !is_ours(source, c->name))
            add_rule(visit, list, count++, c->name, c->name, c->articles);
    }
    for (size_t i = 0; i < source->map_count; i++)
        add_rule(visit, list, count++, source->map[i].theirs,
                 source->map[i].ours, 0);
    value_set_bool(data, "has_rules", count > 0);
    value_set(data, "rules", list);
}

static void add_categories(struct visit *visit,
                           const struct source_found *found, struct value *data)
{
    value_set(data, "categories",
              source_visit_categories(visit, found->categories,
                                      found->category_count));
    value_set_bool(data, "has_categories", found->category_count > 0);
    if (found->uncategorised)
        value_set_text(
            data, "uncategorised",
            visit_count(visit, found->uncategorised, "article", "articles"));
}

static void add_headlines(struct visit *visit, const struct source_found *found,
                          struct value *data)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < found->headline_count; i++) {
        const struct source_headline *h = &found->headlines[i];
        struct value *item = value_object(visit->arena);
        value_set_number(item, "article", h->article_id);
        value_set_text(item, "title", h->title);
        value_set(item, "at", visit_time(visit, h->published_at, "UTC"));
        value_append(list, item);
    }
    value_set(data, "headlines", list);
}

static void add_found(struct visit *visit, const struct source *source,
                      const struct source_found *found, struct value *data)
{
    value_set_bool(data, "has_articles", found->looked_at > 0);
    value_set_text(data, "count",
                   visit_count(visit, source->articles, "article", "articles"));
    if (found->looked_at < source->articles)
        value_set_text(data, "looked_at",
                       visit_number(visit, found->looked_at));
    value_set(data, "newest", visit_time(visit, found->newest_at, "UTC"));
    value_set(data, "oldest", visit_time(visit, found->oldest_at, "UTC"));
    value_set_text(data, "lately", visit_number(visit, found->lately));
    value_set_bool(data, "is_silent",
                   found->newest_at &&
                       found->newest_at < visit->now - LATELY_S);
    add_headlines(visit, found, data);
    add_categories(visit, found, data);
    add_rules(visit, source, found, data);
}

static void write_state(const struct source *source, struct strbuf *state)
{
    visit_state_add(state, source->category);
    for (size_t i = 0; i < source->map_count; i++) {
        visit_state_add(state, source->map[i].slug);
        visit_state_add(state, source->map[i].ours);
    }
}

/* Shows a source, with `typed` rules that could not be kept, and why. */
static bool show(struct visit *visit, struct source *source,
                 const struct source *typed, const struct err *why,
                 struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    struct value *data;
    struct source_found *found = ARENA_NEW(visit->arena, struct source_found);
    if (!source_count(visit->db, source, err) ||
        !source_found_get(visit->db, source->id, visit->now - LATELY_S,
                          visit->arena, found, err) ||
        !visit_data(visit, "articles", &data, err))
        return false;
    write_state(source, &state);
    source_visit_fill(visit, source, data);
    value_set(data, "stamp", visit_stamp(visit, strbuf_str(&state)));
    value_set_text(data, "wrong", why ? why->text : NULL);
    if (typed) {
        source->category = typed->category;
        source->map = typed->map;
        source->map_count = typed->map_count;
    }
    add_found(visit, source, found, data);
    value_set_text(data, "category", source->category);
    return visit_show(visit, "source", data, why ? 409 : 200, err);
}

bool source_page(struct visit *visit, struct err *err)
{
    struct source source;
    return source_get(visit->db, visit->captures[0], visit->arena, &source,
                      err) &&
           show(visit, &source, NULL, NULL, err);
}

/* ---- its rules ---- */

/* theirs.N and ours.N: called the same it is no rule; cleared it is left
 * away. */
static void read_rules(struct visit *visit, struct source *source)
{
    struct source_map *map =
        ARENA_NEW_ARRAY(visit->arena, struct source_map, RULES_MAX);
    source->map = map;
    source->map_count = 0;
    for (int i = 0; i < RULES_MAX; i++) {
        OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
        const char *theirs =
            visit_field(visit, arena_format(visit->arena, "theirs.%d", i));
        const char *ours =
            visit_field(visit, arena_format(visit->arena, "ours.%d", i));
        category_slug(str_of(theirs), &slug);
        if (slug.len && strcmp(theirs, ours) != 0)
            map[source->map_count++] = (struct source_map){
                arena_copy_str(visit->arena, strbuf_str(&slug)), theirs, ours};
    }
}

bool source_rules_post(struct visit *visit, struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    struct source source, kept;
    struct err why = {0};
    if (!source_get(visit->db, visit->captures[0], visit->arena, &kept, err))
        return false;
    source = kept;
    source.category = visit_field(visit, "category");
    read_rules(visit, &source);
    write_state(&kept, &state);
    if (!visit_check_stamp(visit, strbuf_str(&state), &why))
        return show(visit, &kept, &source, &why, err);
    const char *path =
        arena_format(visit->arena, "sources/%" PRId64, source.id);
    return source_set_rules(visit->db, &source, err) &&
           visit_note(visit, "changed the source",
                      url_shown(visit->arena, source.address), "", err) &&
           visit_go(visit, path,
                    "Saved. The next fetch goes by it, for what is still "
                    "there to fetch.",
                    err);
}
