/* The form of a newsletter: its sender, what is chosen, and its looks. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/zone.h"
#include "digest/delivery/trial.h"
#include "digest/newsletters/newsletter.h"
#include "digest/web/desk/newsletter_visit.h"

static const struct {
    const char *name, *title;
} rankings[] = {
    {"recent", "the newest first"},
    {"views", "the most read first"},
    {"score", "by both, weighed"},
};

/* ---- showing ---- */

static void set_text(struct value *data, const char *key, const char *text)
{
    value_set_text(data, key, text ? text : "");
}

static void set_number(struct visit *visit, struct value *data, const char *key,
                       int64_t number)
{
    set_text(data, key,
             number ? arena_format(visit->arena, "%" PRId64, number) : "");
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
    const char *chosen = selector_ranking_name(n->ranking);
    for (size_t i = 0; i < ARRAY_SIZE(rankings); i++)
        visit_add_choice(visit, list, rankings[i].name, rankings[i].title,
                         strcmp(rankings[i].name, chosen) == 0);
    value_set(data, "rankings", list);
}

void newsletter_visit_fill(struct visit *visit, const struct newsletter *n,
                           struct value *data)
{
    set_text(data, "slug", n->slug);
    set_text(data, "title", n->title);
    set_text(data, "from_name", n->from_name);
    set_text(data, "from_address", n->from_address);
    set_text(data, "reply_to", n->reply_to);
    set_text(data, "language", n->language);
    set_text(data, "timezone", n->timezone);
    set_text(data, "template", n->template_name);
    set_text(data, "max_age", write_days(visit, n->max_age_s));
    set_number(visit, data, "min", n->min_articles);
    set_number(visit, data, "most", n->rules.most);
    set_number(visit, data, "per_source", n->rules.per_source);
    set_number(visit, data, "per_author", n->rules.per_author);
    set_text(data, "excluded", n->rules.excluded);
    value_set_bool(data, "all_story_pages", n->rules.all_story_pages);
    value_set_bool(data, "greeting", !n->omits_greeting);
    add_rankings(visit, n, data);
}

void newsletter_visit_state(const struct newsletter *n, struct strbuf *state)
{
    const char *const texts[] = {
        n->title,         n->from_name, n->from_address,
        n->reply_to,      n->language,  n->timezone,
        n->template_name, n->theme,     n->rules.excluded};
    const int64_t numbers[] = {n->max_age_s,
                               n->ranking,
                               n->min_articles,
                               n->rules.most,
                               n->rules.per_source,
                               n->rules.per_author,
                               n->rules.all_story_pages,
                               n->omits_greeting};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        visit_state_add(state, texts[i]);
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        visit_state_number(state, numbers[i]);
    for (size_t i = 0; i < n->section_count; i++) {
        newsletter_section_write(&n->sections[i], state);
        visit_state_add(state, n->sections[i].title);
        visit_state_number(state, (int64_t)n->sections[i].show);
    }
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

static bool read_age(struct visit *visit, struct newsletter *n, struct err *err)
{
    const char *text = visit_field(visit, "max_age");
    return (time_parse_duration(str_of(text), &n->max_age_s) &&
            n->max_age_s > 0) ||
           err_set(err, ERR_INPUT, "\"%.40s\" has to be a time such as 30d",
                   text);
}

static bool read_who(struct visit *visit, struct newsletter *n, struct err *err)
{
    n->title = visit_field(visit, "title");
    n->from_name = visit_field(visit, "from_name");
    newsletter_clean_names(n, visit->arena);
    n->from_address = visit_field(visit, "from_address");
    n->reply_to = visit_field(visit, "reply_to");
    n->language = visit_field(visit, "language");
    n->timezone = visit_field(visit, "timezone");
    return zone_check(n->timezone, err);
}

static bool read_rules(struct visit *visit, struct newsletter *n,
                       struct err *err)
{
    n->rules.excluded = visit_field(visit, "excluded");
    n->rules.all_story_pages = *visit_field(visit, "all_story_pages") != '\0';
    if (!selector_ranking_parse(visit_field(visit, "ranking"), &n->ranking))
        return err_set(err, ERR_INPUT, "choose how articles are ranked");
    return read_age(visit, n, err) &&
           read_count(visit, "min", &n->min_articles, err) &&
           read_count(visit, "most", &n->rules.most, err) &&
           read_count(visit, "per_source", &n->rules.per_source, err) &&
           read_count(visit, "per_author", &n->rules.per_author, err);
}

static bool read_look(struct visit *visit, struct newsletter *n,
                      struct err *err)
{
    n->template_name = visit_field(visit, "template");
    n->omits_greeting = !*visit_field(visit, "greeting");
    return newsletter_visit_read_theme(visit, n, err);
}

/* A design that broke later keeps nobody from changing something else. */
static bool looks_new(const struct newsletter *kept, const struct newsletter *n)
{
    return !kept->id || strcmp(kept->template_name, n->template_name) != 0 ||
           strcmp(kept->theme, n->theme) != 0 ||
           strcmp(kept->language, n->language) != 0;
}

bool newsletter_visit_read(struct visit *visit, struct newsletter *n,
                           const char **where, struct err *err)
{
    static const struct {
        const char *where;
        bool (*read)(struct visit *visit, struct newsletter *n,
                     struct err *err);
    } parts[] = {
        {NEWSLETTER_WHO, read_who},
        {NEWSLETTER_SECTIONS, newsletter_visit_read_sections},
        {NEWSLETTER_RULES, read_rules},
        {NEWSLETTER_LOOK, read_look},
    };
    const struct newsletter kept = *n;
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        *where = parts[i].where;
        if (!parts[i].read(visit, n, err))
            return false;
    }
    *where = NEWSLETTER_WHO;
    if (!newsletter_check(n, err))
        return false;
    *where = NEWSLETTER_LOOK;
    return !looks_new(&kept, n) ||
           trial_design(visit->web->conf, visit->web->templates, n, err);
}
