/* Newsletters: their sender, sections, rules and looks. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/issues/newsletter.h"
#include "digest/issues/stats.h"
#include "digest/issues/zone.h"
#include "digest/renderer/theme.h"
#include "digest/web/desk/newsletter_visit.h"
#include "digest/web/desk/pages.h"

enum { SECTIONS_MAX = 100, DEFAULT_AGE_S = 30 * 86400 };

static const char *const rankings[] = {"recent", "views", "score"};

/* ---- the list ---- */

bool newsletters_page(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct newsletter_list all;
    if (!visit_data(visit, "newsletters", &data, err) ||
        !newsletter_find(visit->db, visit->arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const struct newsletter *n = &all.items[i];
        struct value *item = value_object(visit->arena);
        int64_t active;
        if (!stats_active(visit->db, n->id, &active, err))
            return false;
        value_set(item, "slug", value_text(visit->arena, n->slug));
        value_set(item, "title", value_text(visit->arena, n->title));
        value_set(item, "active", visit_number_value(visit, active));
        value_set(item, "sections",
                  visit_number_value(visit, (int64_t)n->section_count));
        value_append(list, item);
    }
    value_set(data, "newsletters", list);
    return visit_show(visit, "newsletters", data, 200, err);
}

/* ---- one, as a form ---- */

static void set_text(struct visit *visit, struct value *data, const char *key,
                     const char *text)
{
    value_set(data, key, value_text(visit->arena, text ? text : ""));
}

static void set_number(struct visit *visit, struct value *data, const char *key,
                       int64_t number)
{
    set_text(visit, data, key,
             number ? arena_format(visit->arena, "%" PRId64, number) : "");
}

static const char *write_sections(struct visit *visit,
                                  const struct newsletter *n)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    for (size_t i = 0; i < n->section_count; i++) {
        newsletter_section_write(&n->sections[i], &lines);
        strbuf_add_char(&lines, '\n');
    }
    return arena_copy_str(visit->arena, strbuf_str(&lines));
}

static const char *write_days(struct visit *visit, int64_t seconds)
{
    return seconds && seconds % 86400 == 0
               ? arena_format(visit->arena, "%" PRId64 "d", seconds / 86400)
           : seconds ? arena_format(visit->arena, "%" PRId64 "s", seconds)
                     : "";
}

static void add_rankings(struct visit *visit, const struct newsletter *n,
                         struct value *data)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < ARRAY_SIZE(rankings); i++) {
        struct value *item = value_object(visit->arena);
        set_text(visit, item, "value", rankings[i]);
        value_set(item, "is_chosen",
                  value_bool(visit->arena,
                             strcmp(rankings[i],
                                    selector_ranking_name(n->ranking)) == 0));
        value_append(list, item);
    }
    value_set(data, "rankings", list);
}

void newsletter_visit_fill(struct visit *visit, const struct newsletter *n,
                           struct value *data)
{
    set_text(visit, data, "slug", n->slug);
    set_text(visit, data, "title", n->title);
    set_text(visit, data, "from_name", n->from_name);
    set_text(visit, data, "from_address", n->from_address);
    set_text(visit, data, "reply_to", n->reply_to);
    set_text(visit, data, "language", n->language);
    set_text(visit, data, "timezone", n->timezone);
    set_text(visit, data, "template", n->template_name);
    set_text(visit, data, "theme", n->theme);
    set_text(visit, data, "sections", write_sections(visit, n));
    set_text(visit, data, "max_age", write_days(visit, n->max_age_s));
    set_number(visit, data, "min", n->min_articles);
    set_number(visit, data, "most", n->rules.most);
    set_number(visit, data, "per_source", n->rules.per_source);
    set_number(visit, data, "per_author", n->rules.per_author);
    set_text(visit, data, "excluded", n->rules.excluded);
    add_rankings(visit, n, data);
}

/* ---- what was typed ---- */

static bool read_count(const struct visit *visit, const char *field,
                       int64_t *out, struct err *err)
{
    const char *text = visit_field(visit, field);
    unsigned long long number = 0;
    if (*text && (!str_to_u64(str_of(text), &number) ||
                  number > NEWSLETTER_MAX_ARTICLES))
        return err_set(err, ERR_INPUT,
                       "\"%.40s\" has to be a whole number up to %d", text,
                       NEWSLETTER_MAX_ARTICLES);
    *out = (int64_t)number;
    return true;
}

static bool read_sections(struct visit *visit, struct newsletter *n,
                          struct err *err)
{
    struct newsletter_section *sections =
        ARENA_NEW_ARRAY(visit->arena, struct newsletter_section, SECTIONS_MAX);
    struct str rest = str_of(visit_field(visit, "sections")), line;
    size_t count = 0;
    while (str_next_line(&rest, &line)) {
        line = str_trim(line);
        if (!line.len)
            continue;
        if (count == SECTIONS_MAX)
            return err_set(err, ERR_INPUT, "at most %d sections", SECTIONS_MAX);
        if (!newsletter_parse_section(arena_copy_str(visit->arena, line),
                                      visit->arena, &sections[count++], err))
            return false;
    }
    n->sections = sections;
    n->section_count = count;
    return count ||
           err_set(err, ERR_INPUT, "it needs a section; * takes every article");
}

/* A theme as lines; what a line lacks is told by the theme itself. */
static bool read_theme(struct visit *visit, struct newsletter *n,
                       struct err *err)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    struct str rest = str_of(visit_field(visit, "theme")), line;
    while (str_next_line(&rest, &line)) {
        OWNED(strbuf_free) struct strbuf next = STRBUF_INIT;
        line = str_trim(line);
        if (!line.len)
            continue;
        if (!theme_change(strbuf_str(&lines),
                          arena_copy_str(visit->arena, line), &next, err))
            return false;
        strbuf_cut(&lines, 0);
        strbuf_add_str(&lines, strbuf_str(&next));
    }
    n->theme = arena_copy_str(visit->arena, strbuf_str(&lines));
    return true;
}

static bool read_age(struct visit *visit, struct newsletter *n, struct err *err)
{
    const char *text = visit_field(visit, "max_age");
    return (time_parse_duration(str_of(text), &n->max_age_s) &&
            n->max_age_s > 0) ||
           err_set(err, ERR_INPUT, "\"%.40s\" has to be a time such as 30d",
                   text);
}

static bool check_template(struct visit *visit, const struct newsletter *n,
                           struct err *err)
{
    OWNED(mem_free)
    char *path = mem_format("email/%s/html.mustache", n->template_name);
    const struct template *template;
    return template_set_get(visit->web->templates, path, &template, err);
}

bool newsletter_visit_read(struct visit *visit, struct newsletter *n,
                           struct err *err)
{
    n->title = visit_field(visit, "title");
    n->from_name = visit_field(visit, "from_name");
    n->from_address = visit_field(visit, "from_address");
    n->reply_to = visit_field(visit, "reply_to");
    n->language = visit_field(visit, "language");
    n->timezone = visit_field(visit, "timezone");
    n->template_name = visit_field(visit, "template");
    n->rules.excluded = visit_field(visit, "excluded");
    if (!selector_ranking_parse(visit_field(visit, "ranking"), &n->ranking))
        return err_set(err, ERR_INPUT, "choose how articles are ranked");
    return zone_check(n->timezone, err) &&
           read_count(visit, "min", &n->min_articles, err) &&
           read_count(visit, "most", &n->rules.most, err) &&
           read_count(visit, "per_source", &n->rules.per_source, err) &&
           read_count(visit, "per_author", &n->rules.per_author, err) &&
           read_age(visit, n, err) && read_sections(visit, n, err) &&
           read_theme(visit, n, err) && newsletter_check(n, err) &&
           check_template(visit, n, err);
}

/* ---- pages ---- */

/* What was typed stands there again, with what is wrong. */
static bool show(struct visit *visit, const struct newsletter *n, bool is_new,
                 const struct err *why, struct err *err)
{
    static const char *const typed[] = {
        "slug",     "title",      "from_name",  "from_address",
        "reply_to", "language",   "timezone",   "template",
        "theme",    "sections",   "max_age",    "min",
        "most",     "per_source", "per_author", "excluded"};
    struct value *data;
    if (!visit_data(visit, "newsletters", &data, err))
        return false;
    newsletter_visit_fill(visit, n, data);
    value_set(data, "is_new", value_bool(visit->arena, is_new));
    newsletter_visit_offer(visit, n, data);
    for (size_t i = 0; why && i < ARRAY_SIZE(typed); i++)
        if (form_get(visit->form, typed[i]).ptr)
            set_text(visit, data, typed[i], visit_field(visit, typed[i]));
    if (why)
        set_text(visit, data, "wrong", why->text);
    return (is_new || newsletter_visit_more(visit, n, data, err)) &&
           visit_show(visit, "newsletter", data, why ? 422 : 200, err);
}

static bool is_theirs(const struct err *why)
{
    return why->kind == ERR_USAGE || why->kind == ERR_INPUT ||
           why->kind == ERR_CONFLICT || why->kind == ERR_NOT_FOUND;
}

static struct newsletter fresh(const struct visit *visit)
{
    static const struct newsletter_section all = {NULL, "*", 0, 20};
    return (struct newsletter){
        .slug = visit_field(visit, "slug"),
        .title = "",
        .from_name = "",
        .from_address = "",
        .reply_to = "",
        .language = "en",
        .timezone = "UTC",
        .template_name = "default",
        .theme = "",
        .max_age_s = DEFAULT_AGE_S,
        .min_articles = 1,
        .created_at = visit->now,
        .sections = &all,
        .section_count = 1,
    };
}

bool newsletter_new_page(struct visit *visit, struct err *err)
{
    struct newsletter n = fresh(visit);
    return show(visit, &n, true, NULL, err);
}

bool newsletter_new_post(struct visit *visit, struct err *err)
{
    struct newsletter n = fresh(visit);
    struct err why = {0};
    if (newsletter_visit_read(visit, &n, &why) &&
        newsletter_create(visit->db, &n, &n.id, &why))
        return visit_note(visit, "made the newsletter", n.slug, "", err) &&
               visit_go_saying(
                   visit, arena_format(visit->arena, "newsletters/%s", n.slug),
                   err, "Made %s.", n.slug);
    *err = why;
    return is_theirs(&why) && show(visit, &n, true, &why, err);
}

bool newsletter_page(struct visit *visit, struct err *err)
{
    struct newsletter n;
    return newsletter_get(visit->db, visit->captures[0], visit->arena, &n,
                          err) &&
           show(visit, &n, false, NULL, err);
}

bool newsletter_edit_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct err why = {0};
    if (!newsletter_get(visit->db, visit->captures[0], visit->arena, &n, err))
        return false;
    if (newsletter_visit_read(visit, &n, &why) &&
        newsletter_update(visit->db, &n, &why))
        return visit_note(visit, "changed the newsletter", n.slug, "", err) &&
               visit_go(visit,
                        arena_format(visit->arena, "newsletters/%s", n.slug),
                        "Saved. An open draft takes it up when it is drafted "
                        "again.",
                        err);
    *err = why;
    return is_theirs(&why) && show(visit, &n, false, &why, err);
}

bool newsletter_delete_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    return newsletter_get(visit->db, visit->captures[0], visit->arena, &n,
                          err) &&
           newsletter_delete(visit->db, n.id, err) &&
           visit_note(visit, "deleted the newsletter", n.slug, "", err) &&
           visit_go_saying(visit, "newsletters", err, "Deleted %s.", n.slug);
}
