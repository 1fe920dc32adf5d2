/* Makes JSON of articles, newsletters, subscribers and issues. */
#include "digest/cli/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/timetext.h"

/* Text that is no UTF-8 (which the doors keep out) becomes null. */
static json_t *text(const char *value)
{
    json_t *string = json_string(value ? value : "");
    return string ? string : json_null();
}

static json_t *text_or_null(const char *value)
{
    return value && *value ? text(value) : json_null();
}

json_t *json_time(int64_t at)
{
    char buffer[TIME_TEXT_SIZE];
    return at ? text(time_rfc3339(at, buffer)) : json_null();
}

json_t *json_lines(const char *lines)
{
    json_t *array = json_array();
    struct str rest = str_of(lines), line;
    while (str_next_line(&rest, &line))
        json_array_append_new(array, json_stringn(line.ptr, line.len));
    return array;
}

json_t *json_article(const struct article *a, bool with_body)
{
    json_t *categories = json_array();
    for (size_t i = 0; i < a->category_count; i++)
        json_array_append_new(categories, text(a->categories[i].name));
    json_t *object = json_pack(
        "{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "id",
        (json_int_t)a->id, "title", text(a->title), "url", text(a->url),
        "author", text_or_null(a->author), "published",
        json_time(a->published_at), "known", json_time(a->known_at),
        "categories", categories, "language", text_or_null(a->language),
        "summary", text_or_null(a->summary_html), "views", (json_int_t)a->views,
        "image", text_or_null(a->image_url));
    if (with_body)
        json_object_set_new(object, "body", text(a->body_html));
    return object;
}

static json_t *json_theme(const char *lines)
{
    json_t *object = json_object();
    struct str rest = str_of(lines), line;
    while (str_next_line(&rest, &line)) {
        struct str value = line, name = str_cut(&value, '=');
        json_object_setn_new(object, name.ptr, name.len,
                             json_stringn(value.ptr, value.len));
    }
    return object;
}

static json_t *json_section(const struct newsletter_section *section)
{
    return json_pack(
        "{s:o, s:o, s:I, s:I, s:s}", "title", text_or_null(section->title),
        "categories", json_lines(section->categories), "min",
        (json_int_t)section->at_least, "limit", (json_int_t)section->at_most,
        "show", story_show_name(section->show));
}

static json_t *number_or_null(int64_t number)
{
    return number ? json_integer(number) : json_null();
}

static void add_rules(json_t *object, const struct newsletter *n)
{
    const struct newsletter_rules *r = &n->rules;
    json_t *boosts = json_array();
    for (size_t i = 0; i < r->boost_count; i++)
        json_array_append_new(
            boosts, json_pack("{s:I, s:o, s:I}", "id",
                              (json_int_t)r->boosts[i].source_id, "source",
                              text(r->boosts[i].source), "boost",
                              (json_int_t)r->boosts[i].boost));
    json_object_set_new(object, "max_age", json_integer(n->max_age_s));
    json_object_set_new(object, "max", number_or_null(r->most));
    json_object_set_new(object, "per_source", number_or_null(r->per_source));
    json_object_set_new(object, "per_author", number_or_null(r->per_author));
    json_object_set_new(
        object, "half_life",
        json_integer(r->half_life_s ? r->half_life_s : SELECTOR_HALF_LIFE_S));
    json_object_set_new(object, "boost", boosts);
    json_object_set_new(object, "exclude",
                        json_lines(r->excluded ? r->excluded : ""));
    json_object_set_new(object, "story_pages",
                        text(r->all_story_pages ? "all" : "unlinked"));
    json_object_set_new(object, "only_languages",
                        json_lines(r->languages ? r->languages : ""));
}

json_t *json_newsletter(const struct newsletter *n)
{
    json_t *sections = json_array();
    for (size_t i = 0; i < n->section_count; i++)
        json_array_append_new(sections, json_section(&n->sections[i]));
    json_t *from = json_pack("{s:o, s:o}", "name", text_or_null(n->from_name),
                             "address", text(n->from_address));
    json_t *object = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:I, s:o, s:o}",
        "newsletter", text(n->slug), "title", text(n->title), "from", from,
        "reply_to", text_or_null(n->reply_to), "language", text(n->language),
        "timezone", text(n->timezone), "template", text(n->template_name),
        "theme", json_theme(n->theme), "greeting", !n->omits_greeting, "rank",
        selector_ranking_name(n->ranking), "min", (json_int_t)n->min_articles,
        "window", n->window_s ? json_integer(n->window_s) : json_null(),
        "sections", sections);
    add_rules(object, n);
    return object;
}

static json_t *json_subscription(const struct subscription *s)
{
    return json_pack("{s:o, s:s, s:o, s:o}", "newsletter", text(s->newsletter),
                     "state", subscription_state_name(s->state), "categories",
                     json_lines(s->categories), "since", json_time(s->since));
}

json_t *json_subscriber(const struct subscriber *s)
{
    json_t *subscriptions = json_array();
    for (size_t i = 0; i < s->subscription_count; i++)
        json_array_append_new(subscriptions,
                              json_subscription(&s->subscriptions[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "email", text(s->email),
                     "name", text_or_null(s->name), "language",
                     text_or_null(s->language), "timezone",
                     text_or_null(s->timezone), "subscriptions", subscriptions);
}

json_t *json_issue(const struct issue *issue,
                   const struct ledger_counts *counts)
{
    char name[96];
    snprintf(name, sizeof name, "%s/%" PRId64, issue->newsletter,
             issue->number);
    json_t *object = json_pack("{s:s, s:s, s:o, s:I}", "issue", name, "state",
                               issue_state_name(issue->state), "subject",
                               text(issue->subject), "recipients",
                               (json_int_t)counts->recipients);
    json_object_set_new(
        object, "kind",
        json_string(issue->correction_id ? "correction" : "digest"));
    json_object_set_new(object, "ways", json_lines(issue->ways));
    for (int i = 0; i < DELIVERY_STATE_COUNT; i++)
        json_object_set_new(object, delivery_state_name((enum delivery_state)i),
                            json_integer(counts->states[i]));
    return object;
}

json_t *json_event(const struct consent_event *e)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "at",
                     json_time(e->at), "event", text(e->event), "means",
                     text(e->means), "newsletter", text_or_null(e->newsletter),
                     "issue", text_or_null(e->issue), "client",
                     text_or_null(e->client), "note", text_or_null(e->note));
}

void json_print(json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(value);
}
