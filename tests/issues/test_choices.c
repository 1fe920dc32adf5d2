/* Tests an editor's choices: at once in the draft, still there when it is
 * drafted again, and never without knowing of another editor's change. */
#include "digest/articles/article_store.h"
#include "digest/articles/category.h"
#include "digest/base/cluster.h"
#include "digest/issues/choices.h"
#include "digest/issues/draft.h"
#include "tests/support/house.h"

enum { NOW = 1795500000, HOUR = 3600, DAY = 86400 };

struct fixture {
    struct db *db;
    struct arena arena;
    struct newsletter newsletter;
    struct issue issue;
    struct choices edit;
};

static struct err err;

static int64_t put(struct fixture *f, const char *title, const char *category,
                   int64_t at)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(str_of(category), &slug);
    struct article_category c = {category, strbuf_text(&slug)};
    return house_article(
        f->db, &(struct article){.guid = title,
                                 .url = arena_format(
                                     &f->arena, "https://a.example/%s", title),
                                 .title = title,
                                 .published_at = at,
                                 .summary_html = "<p>Its own.</p>\n",
                                 .categories = &c,
                                 .category_count = 1});
}

static void redraft(struct fixture *f)
{
    struct draft draft;
    struct draft_options options = {.now = NOW};
    must(draft_issue(f->db, &f->newsletter, &options, &f->arena, &draft, &err));
    f->issue = draft.issue;
}

/* Seven articles, of which 1 to 5 fit; 7 is from before the window. */
static int begin(void **state)
{
    struct fixture *f = MEM_NEW(struct fixture);
    static const struct newsletter_section sections[] = {
        {.categories = "World", .at_most = 3},
        {.title = "Nature: and more", .categories = "Science", .at_most = 2}};
    f->db = house_db();
    f->newsletter = house_newsletter_of(f->db, sections, 2, &f->arena);
    put(f, "one", "World", NOW - 1 * HOUR);
    put(f, "two", "World", NOW - 2 * HOUR);
    put(f, "three", "World", NOW - 3 * HOUR);
    put(f, "four", "Science", NOW - 4 * HOUR);
    put(f, "five", "Science", NOW - 5 * HOUR);
    put(f, "six", "World", NOW - 6 * HOUR);
    put(f, "seven", "Sport", NOW - 20 * DAY);
    redraft(f);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    choices_end(&f->edit);
    arena_free(&f->arena);
    db_close(f->db);
    free(f);
    return 0;
}

static struct choices *open_edit(struct fixture *f)
{
    must(choices_begin(&f->edit, f->db, f->issue.id, 0, &f->arena, &err));
    return &f->edit;
}

static void commit(struct fixture *f)
{
    must(choices_commit(&f->edit, &err));
    choices_end(&f->edit);
    must(issue_get_by_id(f->db, f->issue.id, &f->arena, &f->issue, &err));
}

static struct issue_articles articles(struct fixture *f)
{
    struct issue_articles out;
    must(issue_get_articles(f->db, f->issue.id, &f->arena, &out, &err));
    return out;
}

/* "1 2 3 | 4 5": the ids, with a bar between sections. */
static void assert_order(struct fixture *f, const char *wanted)
{
    OWNED(strbuf_free) struct strbuf order = STRBUF_INIT;
    struct issue_articles a = articles(f);
    for (size_t i = 0; i < a.count; i++)
        strbuf_add_format(&order, "%s%d",
                          i == 0                                         ? ""
                          : a.items[i].section != a.items[i - 1].section ? " | "
                                                                         : " ",
                          (int)a.items[i].article.id);
    assert_string_equal(strbuf_text(&order), wanted);
}

static void choices_show_at_once_and_hold_in_the_next_draft(void **state)
{
    struct fixture *f = *state;
    assert_order(f, "1 2 3 | 4 5");
    struct choices *edit = open_edit(f);
    must(choices_drop(edit, 2, &err));
    must(choices_move(edit, 6, NULL, 2, &err));
    must(choices_move(edit, 3, "nature and more", 9, &err));
    must(choices_pin(edit, 7, &err)); /* no section of its own: the last */
    commit(f);
    assert_order(f, "1 6 | 7 4 5 3");
    redraft(f);
    assert_order(f, "1 6 | 7 3"); /* both seats are an editor's */
}

static void a_move_shifts_those_moved_before(void **state)
{
    struct fixture *f = *state;
    struct choices *edit = open_edit(f);
    must(choices_move(edit, 3, NULL, 1, &err));
    must(choices_move(edit, 2, NULL, 1, &err));
    must(choices_move(edit, 1, NULL, 99, &err));
    commit(f);
    assert_order(f, "2 3 1 | 4 5");
    redraft(f);
    assert_order(f, "2 3 1 | 4 5");
}

static void what_is_taken_back_is_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct choices *edit = open_edit(f);
    must(choices_drop(edit, 2, &err));
    must(choices_set_title(edit, 3, "Other", &err));
    must(choices_pin(edit, 6, &err));
    commit(f);
    assert_order(f, "6 1 3 | 4 5");
    edit = open_edit(f);
    must(choices_reset(edit, 2, &err));
    must(choices_reset(edit, 3, &err));
    must(choices_reset(edit, 6, &err));
    assert_false(choices_reset(edit, 1, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    commit(f);
    assert_order(f, "6 2 1 3 | 4 5"); /* 6 stays until the next draft */
    assert_string_equal(articles(f).items[3].article.title, "three");
    redraft(f);
    assert_order(f, "1 2 3 | 4 5");
}

static void texts_are_of_this_issue_alone(void **state)
{
    struct fixture *f = *state;
    struct choices *edit = open_edit(f);
    must(choices_set_title(edit, 1, "A better  title", &err));
    must(choices_set_summary(edit, 1, "With *weight*.", &err));
    must(choices_set_preheader(edit, "Read this", &err));
    must(choices_set_intro(edit, "Dear *all*", &err));
    commit(f);
    redraft(f);
    struct issue_article first = articles(f).items[0];
    struct article own;
    assert_string_equal(first.article.title, "A better title");
    assert_string_equal(first.own_title, "one");
    assert_string_equal(first.article.summary_html,
                        "<p>With <em>weight</em>.</p>\n");
    assert_string_equal(first.own_summary_html, "<p>Its own.</p>\n");
    assert_string_equal(f->issue.subject, "A better title");
    assert_string_equal(f->issue.preheader, "Read this");
    assert_string_equal(f->issue.intro, "Dear *all*");
    must(article_get(f->db, 1, &f->arena, &own, &err));
    assert_string_equal(own.title, "one");
}

static void a_rewritten_article_stays_in(void **state)
{
    struct fixture *f = *state;
    struct choices *edit = open_edit(f);
    must(choices_set_title(edit, 3, "Worked on", &err));
    commit(f);
    for (int i = 0; i < 4; i++)
        put(f, arena_format(&f->arena, "new%d", i), "World", NOW - i);
    redraft(f);
    assert_order(f, "8 9 3 | 4 5");
}

static void a_subject_is_derived_until_one_is_written(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(f->issue.subject, "one");
    struct choices *edit = open_edit(f);
    must(choices_drop(edit, 1, &err));
    commit(f);
    assert_string_equal(f->issue.subject, "two");
    edit = open_edit(f);
    must(choices_set_subject(edit, "Mine", &err));
    commit(f);
    redraft(f);
    assert_string_equal(f->issue.subject, "Mine");
    edit = open_edit(f);
    must(choices_set_subject(edit, "", &err));
    commit(f);
    assert_string_equal(f->issue.subject, "two");
}

static void a_link_is_of_its_issue_alone(void **state)
{
    struct fixture *f = *state;
    struct choices *edit = open_edit(f);
    struct choices_link link = {.url = "https://example.org/fair",
                                .title = "The fair",
                                .note = "On **Sunday**.",
                                .section = "Nature: and more"};
    struct article_list list;
    int64_t id;
    must(choices_add_link(edit, &link, &id, &err));
    commit(f);
    assert_int_equal(id, 8);
    assert_order(f, "1 2 3 | 4 5 8");
    redraft(f);
    assert_order(f, "1 2 3 | 4 8"); /* it has a seat */
    struct issue_article last = articles(f).items[4];
    assert_true(last.is_link);
    assert_string_equal(last.article.summary_html,
                        "<p>On <strong>Sunday</strong>.</p>\n");
    assert_string_equal(last.article.categories[0].name, "Science");
    must(article_find(f->db, &(struct article_query){0}, &f->arena, &list,
                      &err));
    assert_int_equal(list.count, 7);
    edit = open_edit(f);
    must(choices_drop(edit, id, &err));
    commit(f);
    assert_order(f, "1 2 3 | 4");
    struct article gone;
    assert_false(article_get(f->db, id, &f->arena, &gone, &err));
}

static void what_cant_be_is_refused_and_nothing_has_changed(void **state)
{
    struct fixture *f = *state;
    static const struct choices_link links[] = {
        {.url = "javascript:alert(1)", .title = "x"},
        {.url = "https://example.org/", .title = " "},
        {.url = "https://example.org/", .title = "x", .section = "Nowhere"},
    };
    struct choices *edit = open_edit(f);
    int64_t id;
    must(choices_drop(edit, 1, &err));
    assert_false(choices_pin(edit, 99, &err));
    assert_false(choices_drop(edit, 99, &err));
    assert_false(choices_move(edit, 2, NULL, 0, &err));
    assert_false(choices_move(edit, 2, "Nowhere", 1, &err));
    assert_non_null(strstr(err.text, "World; Nature: and more"));
    assert_false(choices_set_title(edit, 6, "not in it", &err));
    assert_false(choices_set_title(edit, 2, "two\nlines", &err));
    assert_false(choices_set_summary(edit, 2, "\xff", &err));
    assert_false(choices_set_subject(edit, "two\nlines", &err));
    for (size_t i = 0; i < ARRAY_SIZE(links); i++)
        assert_false(choices_add_link(edit, &links[i], &id, &err));
    must(article_withdraw(f->db, 6, NOW, &err));
    assert_false(choices_pin(edit, 6, &err));
    choices_end(edit);
    assert_order(f, "1 2 3 | 4 5");
}

static const char *times(struct arena *arena, const char *text, unsigned count)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    while (count--)
        strbuf_add_text(&out, text);
    return arena_copy_str(arena, strbuf_str(&out));
}

static void subjects_are_counted_and_cut_as_readers_see_them(void **state)
{
    struct fixture *f = *state;
    static const char *const ones[] = {"n\xcc\x83", "👨‍👩‍👧", "🇩🇪",
                                       "字"};
    struct choices *edit = open_edit(f);
    for (size_t i = 0; i < ARRAY_SIZE(ones); i++) {
        must(choices_set_subject(edit, times(&f->arena, ones[i], 250), &err));
        assert_false(
            choices_set_subject(edit, times(&f->arena, ones[i], 251), &err));
        assert_non_null(strstr(err.text, "251 characters; 250"));
        struct article lead = {.title = times(&f->arena, ones[i], 100)};
        struct str subject =
            str_of(draft_subject(&f->newsletter, &lead, &f->arena));
        assert_true(str_ends(subject, STR("…")));
        subject.len -= strlen("…");
        size_t word = strlen(ones[i]);
        for (; str_ends(subject, str_of(ones[i])); subject.len -= word)
            ;
        assert_int_equal(subject.len, 0);
        subject = str_of(draft_subject(&f->newsletter, &lead, &f->arena));
        assert_int_equal(cluster_count(subject), 60);
    }
    choices_end(edit);
}

static void the_second_to_save_is_told(void **state)
{
    struct fixture *f = *state;
    int64_t seen = f->issue.version;
    struct choices *edit = open_edit(f);
    must(choices_drop(edit, 1, &err));
    commit(f);
    assert_true(f->issue.version > seen);
    assert_false(
        choices_begin(&f->edit, f->db, f->issue.id, seen, &f->arena, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    choices_end(&f->edit);
    seen = f->issue.version;
    redraft(f);
    assert_false(
        choices_begin(&f->edit, f->db, f->issue.id, seen, &f->arena, &err));
    choices_end(&f->edit);
    must(choices_begin(&f->edit, f->db, f->issue.id, f->issue.version,
                       &f->arena, &err));
}

static void what_has_started_is_closed(void **state)
{
    struct fixture *f = *state;
    must(issue_move(f->db, f->issue.id, ISSUE_DRAFT, ISSUE_SENDING, NOW, &err));
    assert_false(
        choices_begin(&f->edit, f->db, f->issue.id, 0, &f->arena, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void what_is_scheduled_is_not_drafted_again(void **state)
{
    struct fixture *f = *state;
    must(issue_move(f->db, f->issue.id, ISSUE_DRAFT, ISSUE_SCHEDULED, NOW,
                    &err));
    redraft(f);
    assert_int_equal(f->issue.number, 2);
    assert_order(f, "6"); /* it had no place in the first */
}

static void sections_may_change_under_a_draft(void **state)
{
    struct fixture *f = *state;
    static const struct newsletter_section sections[] = {
        {.categories = "Science", .title = "Nature: and more", .at_most = 2},
        {.categories = "Sport", .at_most = 2}};
    f->newsletter.sections = sections;
    must(newsletter_update(f->db, &f->newsletter, &err));
    struct choices *edit = open_edit(f);
    must(choices_move(edit, 7, NULL, 1, &err));
    commit(f);
    assert_order(f, "4 5 | 7 | 1 2 3"); /* World is gone: behind them all */
    redraft(f);
    assert_order(f, "4 5 | 7");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(choices_show_at_once_and_hold_in_the_next_draft),
        CASE(a_move_shifts_those_moved_before),
        CASE(what_is_taken_back_is_as_it_was),
        CASE(texts_are_of_this_issue_alone),
        CASE(a_rewritten_article_stays_in),
        CASE(a_subject_is_derived_until_one_is_written),
        CASE(a_link_is_of_its_issue_alone),
        CASE(what_cant_be_is_refused_and_nothing_has_changed),
        CASE(subjects_are_counted_and_cut_as_readers_see_them),
        CASE(the_second_to_save_is_told),
        CASE(what_has_started_is_closed),
        CASE(what_is_scheduled_is_not_drafted_again),
        CASE(sections_may_change_under_a_draft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
