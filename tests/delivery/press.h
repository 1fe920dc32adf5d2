/* A press: a newsletter with stories, a subscriber, and a conductor that is
 * ready to draft, start and send at PRESS_NOW. Its mail goes nowhere.
 *
 * Helpers that name no press use `press`, the one that press_open set up for
 * the test under way.
 */
#ifndef TESTS_DELIVERY_PRESS_H
#define TESTS_DELIVERY_PRESS_H

#include "digest/articles/article.h"
#include "digest/base/clock.h"
#include "digest/base/random.h"
#include "digest/delivery/conductor.h"
#include "digest/issues/draft.h"
#include "digest/newsletters/newsletter.h"
#include "tests/support/house.h"

enum {
    PRESS_NOW = 1795500000, /* 2026-11-24 06:00:00 UTC, a Tuesday */
    HOUR = 3600,
    DAY = 24 * HOUR,
};

struct press {
    struct db *db;
    struct arena arena;
    struct conf_relay relay;
    struct conf conf;
    struct token_keys *keys;
    struct conductor conductor;
    struct newsletter newsletter; /* "weekly", id 1 */
};

static struct press press;
static struct err err;

static inline int press_open(void **state)
{
    static const struct newsletter_section sections[] = {
        {.categories = "World", .at_most = 3},
        {.categories = "*", .at_most = 3}};
    (void)state;
    err = (struct err){0};
    random_hold(7);
    clock_hold(PRESS_NOW);
    press = (struct press){
        .db = house_db(), .relay = {.url = "null:"}, .keys = house_keys()};
    press.conf = (struct conf){.folder = ".",
                               .path = "digest.yaml",
                               .site_name = "The Example",
                               .base_url = "https://news.example.org",
                               .postal_address = "1 Quay Street, Harbour Town",
                               .operator_address = "operator@example.org",
                               .relays = &press.relay,
                               .relay_count = 1};
    press.conductor = (struct conductor){.conf = &press.conf,
                                         .db = press.db,
                                         .templates = template_set_new(NULL),
                                         .keys = press.keys,
                                         .now = PRESS_NOW};
    press.newsletter = house_newsletter_of(press.db, sections, 2, &press.arena);
    house_subscriber(press.db, 1, "ada@example.org");
    return 0;
}

static inline int press_close(void **state)
{
    (void)state;
    template_set_free(press.conductor.templates);
    token_keys_free(press.keys);
    arena_free(&press.arena);
    db_release(&press.db);
    clock_hold(-1);
    return 0;
}

/* A story of a category, as old as that in seconds at PRESS_NOW. */
static inline int64_t press_story(const char *title, const char *category,
                                  int64_t age_s)
{
    struct article_category c = {
        category, strcmp(category, "World") == 0 ? "world" : "sport"};
    const char *url = arena_format(&press.arena, "https://a.example/%s", title);
    const char *lead =
        arena_format(&press.arena, "<p>All about %s.</p>", title);
    return house_article(press.db,
                         &(struct article){.guid = title,
                                           .url = url,
                                           .title = title,
                                           .published_at = PRESS_NOW - age_s,
                                           .language = "en",
                                           .summary_html = lead,
                                           .categories = &c,
                                           .category_count = 1});
}

static inline struct issue press_issue(int64_t id)
{
    struct issue issue;
    must(issue_get_by_id(press.db, id, &press.arena, &issue, &err));
    return issue;
}

/* The next issue's draft, of what stories there are. */
static inline struct issue press_draft(void)
{
    struct draft draft;
    struct draft_options options = {.now = press.conductor.now};
    must(draft_issue(press.db, &press.newsletter, &options, &press.arena,
                     &draft, &err));
    return draft.issue;
}

/* With two stories in it, one of each section. */
static inline struct issue press_first_draft(void)
{
    press_story("bridge", "World", HOUR);
    press_story("rain", "Sport", 2 * HOUR);
    return press_draft();
}

/* A test at a press of its own. */
#define AT_PRESS(test)                                                         \
    cmocka_unit_test_setup_teardown(test, press_open, press_close)

#endif
