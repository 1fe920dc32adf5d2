/* Shows what a draft is made of: from which window, without what was sent or
 * is excluded, and what is kept when it is drafted again. */
#include "digest/articles/article.h"
#include "digest/articles/article_store.h"
#include "digest/issues/choices.h"
#include "digest/issues/draft.h"
#include "tests/support/house.h"

enum { NOW = 1795500000, HOUR = 3600, DAY = 86400 };

static struct db *db;
static struct arena arena;
static struct newsletter newsletter;
static struct draft made;
static struct err err;

static int begin(void **state)
{
    static const struct newsletter_section sections[] = {
        {.categories = "World", .at_most = 3},
        {.categories = "*", .at_most = 3}};
    (void)state;
    err = (struct err){0};
    db = house_db();
    newsletter = house_newsletter_of(db, sections, 2, &arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    db_release(&db);
    return 0;
}

/* ---- what is told of it ----------------------------------------------------
 */

/* A story that came in so many seconds before NOW. */
static int64_t story(const char *title, int64_t age_s)
{
    static const struct article_category world = {"World", "world"};
    return house_article(
        db,
        &(struct article){.guid = title,
                          .url = arena_format(&arena, "https://a.example/%d",
                                              (int)(age_s + 7 * DAY)),
                          .title = title,
                          .published_at = NOW - age_s,
                          .language = "en",
                          .categories = &world,
                          .category_count = 1});
}

static bool try_draft(const struct draft_options *options)
{
    return draft_issue(db, &newsletter, options, &arena, &made, &err);
}

static void draft_at(int64_t now)
{
    must(try_draft(&(struct draft_options){.now = now}));
}

/* "2 1": the ids in reading order. */
static void holds(const char *wanted)
{
    OWNED(strbuf_free) struct strbuf ids = STRBUF_INIT;
    struct issue_articles articles;
    must(issue_get_articles(db, made.issue.id, &arena, &articles, &err));
    for (size_t i = 0; i < articles.count; i++)
        strbuf_add_format(&ids, "%s%d", i ? " " : "",
                          (int)articles.items[i].article.id);
    assert_string_equal(strbuf_text(&ids), wanted);
}

/* Why a candidate was left out, or taken. */
static void is_because(int64_t id, enum selector_reason reason)
{
    for (size_t i = 0; i < made.selection.count; i++)
        if (made.selection.verdicts[i].candidate->article->id == id) {
            assert_int_equal(made.selection.verdicts[i].reason, reason);
            return;
        }
    fail_msg("article %d is no candidate", (int)id);
}

static void send(int64_t at)
{
    must(issue_move(db, made.issue.id, ISSUE_DRAFT, ISSUE_SENDING, at, &err));
    must(issue_move(db, made.issue.id, ISSUE_SENDING, ISSUE_SENT, at, &err));
}

static void set(int64_t *field, int64_t value)
{
    *field = value;
    must(newsletter_update(db, &newsletter, &err));
}

/* ---- the window -------------------------------------------------------------
 */

static void a_window_has_both_its_ends(void **state)
{
    (void)state;
    story("at its end", 0);
    story("at its beginning", 7 * DAY);
    story("before it", 7 * DAY + 1);
    draft_at(NOW);
    holds("1 2");
    assert_int_equal(made.issue.window_from, NOW - 7 * DAY);
    assert_int_equal(made.issue.window_until, NOW);
}

static void without_a_length_it_begins_where_the_last_ended(void **state)
{
    (void)state;
    set(&newsletter.window_s, 0);
    story("old", 40 * DAY);
    story("one", 2 * DAY);
    draft_at(NOW - DAY);
    holds("2"); /* the first issue looks as far back as a story may be old */
    assert_int_equal(made.issue.window_from, NOW - 31 * DAY);
    send(NOW - DAY);
    story("two", HOUR);
    draft_at(NOW);
    holds("3");
    assert_int_equal(made.issue.window_from, NOW - DAY);
    assert_int_equal(made.issue.number, 2);
}

static void what_was_never_started_ends_no_window(void **state)
{
    (void)state;
    set(&newsletter.window_s, 0);
    story("one", 2 * DAY);
    draft_at(NOW - DAY);
    must(
        issue_move(db, made.issue.id, ISSUE_DRAFT, ISSUE_CANCELLED, NOW, &err));
    draft_at(NOW);
    holds("1");
    assert_int_equal(made.issue.window_from, NOW - 30 * DAY);
}

static void since_looks_at_when_stories_were_published(void **state)
{
    (void)state;
    house_article(db, &(struct article){.guid = "late",
                                        .title = "Came in late",
                                        .url = "https://a.example/late",
                                        .published_at = NOW - 20 * DAY,
                                        .known_at = NOW - HOUR});
    story("new", HOUR);
    must(try_draft(&(struct draft_options){.now = NOW, .since = NOW - DAY}));
    holds("2");
    assert_true(made.issue.by_published);
    assert_false(
        try_draft(&(struct draft_options){.now = NOW, .since = NOW + 1}));
    assert_int_equal(err.kind, ERR_USAGE);
}

static void what_lies_before_is_counted_where_that_is_asked(void **state)
{
    (void)state;
    story("new", HOUR);
    story("old", 8 * DAY);
    story("older", 9 * DAY);
    must(article_withdraw(db, story("gone", 10 * DAY), NOW, &err));
    must(try_draft(&(struct draft_options){.now = NOW, .explain = true}));
    assert_int_equal(made.older, 2);
}

/* ---- what is left out
 * --------------------------------------------------------- */

static void no_story_is_sent_twice(void **state)
{
    (void)state;
    story("one", 2 * DAY);
    draft_at(NOW - DAY);
    send(NOW - DAY);
    story("two", HOUR);
    draft_at(NOW);
    holds("2");
    is_because(1, NOT_SENT_TWICE);
    assert_string_equal(made.selection.verdicts[1].candidate->sent_in,
                        "weekly/1");
}

static void what_another_newsletter_sent_may_come_here(void **state)
{
    (void)state;
    story("one", 2 * DAY);
    int64_t daily = house_newsletter(db, "daily");
    house_issue(db, 9, daily, 1, "sent");
    house_run(db, "UPDATE issue SET started_at = 1795500000");
    house_run(db, "INSERT INTO issue_article (issue_id, article_id, position, "
                  "    section, heading) VALUES (9, 1, 0, 0, 'World')");
    draft_at(NOW);
    holds("1");
}

static void excluded_words_are_whole_words_and_tags(void **state)
{
    (void)state;
    newsletter.rules.excluded = "tram\nWorld cup\n渡轮";
    must(newsletter_update(db, &newsletter, &err));
    int64_t tram = story("The tram is late", HOUR);
    int64_t trampoline = story("A trampoline for all", 2 * HOUR);
    int64_t cup = story("All of the World-Cup today", 3 * HOUR);
    int64_t world = story("The world and a cup", 4 * HOUR);
    int64_t ferry = story("冬天渡轮班次", 5 * HOUR);
    draft_at(NOW);
    is_because(tram, NOT_ALLOWED);
    is_because(trampoline, SELECTED);
    is_because(cup, NOT_ALLOWED);
    is_because(world, SELECTED);
    is_because(ferry, NOT_ALLOWED); /* no spaces stand between its words */
}

static void a_tag_that_is_excluded_keeps_its_stories_out(void **state)
{
    (void)state;
    story("one", HOUR);
    newsletter.rules.excluded = "WORLD";
    must(newsletter_update(db, &newsletter, &err));
    assert_false(try_draft(&(struct draft_options){.now = NOW}));
    is_because(1, NOT_ALLOWED);
}

static void fewer_than_its_least_make_no_issue(void **state)
{
    (void)state;
    set(&newsletter.min_articles, 2);
    story("one", HOUR);
    assert_false(try_draft(&(struct draft_options){.now = NOW}));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, ": 1 new article for its sections"));
    is_because(1, SELECTED); /* it still explains */
    assert_int_equal(house_number(db, "SELECT count(*) FROM issue"), 0);
    story("two", 2 * HOUR);
    draft_at(NOW);
    holds("1 2");
}

/* ---- again
 * --------------------------------------------------------------------- */

static void drafted_again_it_is_the_same_issue(void **state)
{
    (void)state;
    story("one", 2 * HOUR);
    draft_at(NOW);
    int64_t id = made.issue.id, version = made.issue.version;
    assert_false(made.redrafted);
    story("two", HOUR);
    draft_at(NOW);
    assert_true(made.redrafted);
    assert_int_equal(made.issue.id, id);
    assert_int_equal(made.issue.number, 1);
    assert_true(made.issue.version > version);
    holds("2 1");
    assert_string_equal(made.issue.subject, "two");
}

static void a_held_draft_is_its_editors_alone(void **state)
{
    (void)state;
    story("one", HOUR);
    draft_at(NOW);
    int64_t held = made.issue.id;
    house_run(db, "UPDATE issue SET held = 1");
    must(try_draft(&(struct draft_options){.now = NOW, .by_schedule = true}));
    assert_int_not_equal(made.issue.id, held);
    assert_int_equal(made.issue.number, 2);
    /* An editor who drafts means the open one, and else the held one. */
    draft_at(NOW);
    assert_int_equal(made.issue.number, 2);
    must(
        issue_move(db, made.issue.id, ISSUE_DRAFT, ISSUE_CANCELLED, NOW, &err));
    draft_at(NOW);
    assert_int_equal(made.issue.id, held);
}

static void explaining_looks_at_the_window_of_the_draft(void **state)
{
    (void)state;
    struct draft again;
    story("one", 2 * DAY);
    draft_at(NOW - DAY);
    struct issue issue = made.issue;
    story("after it", HOUR);
    must(draft_explain(db, &newsletter, &issue, &arena, &again, &err));
    assert_int_equal(again.selection.count, 1);
    assert_int_equal(again.selection.selected, 1);
    assert_int_equal(again.rules.window_from, issue.window_from);
    must(issue_get_by_id(db, issue.id, &arena, &issue, &err));
    assert_int_equal(issue.version, made.issue.version); /* nothing written */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_window_has_both_its_ends),
        TEST(without_a_length_it_begins_where_the_last_ended),
        TEST(what_was_never_started_ends_no_window),
        TEST(since_looks_at_when_stories_were_published),
        TEST(what_lies_before_is_counted_where_that_is_asked),
        TEST(no_story_is_sent_twice),
        TEST(what_another_newsletter_sent_may_come_here),
        TEST(excluded_words_are_whole_words_and_tags),
        TEST(a_tag_that_is_excluded_keeps_its_stories_out),
        TEST(fewer_than_its_least_make_no_issue),
        TEST(drafted_again_it_is_the_same_issue),
        TEST(a_held_draft_is_its_editors_alone),
        TEST(explaining_looks_at_the_window_of_the_draft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
