/* Correcting an article: what a note has to be, and the drafts that send it. */
#include "digest/issues/correct.h"
#include "digest/newsletters/newsletter.h"
#include "tests/support/house.h"

enum { NOW = 1000 };

static struct err err;
static struct template_set *templates;

/* Article 1 was in weekly/1 and, in German, in daily/1; weekly/2 is open. */
static int open_db(void **state)
{
    static const char *const rows[] = {
        "INSERT INTO newsletter (id, slug, title, from_address, language, "
        "    created_at) "
        "VALUES (1, 'weekly', 'W', 'w@example.org', 'en', 0), "
        "    (2, 'daily', 'D', 'd@example.org', 'de', 0)",
        "INSERT INTO article (id, source_id, guid, url, title, published_at, "
        "    known_at, fresh_at, changed_at) "
        "VALUES (1, 1, 'g', '', 'Now', 0, 0, 0, 0)",
        "INSERT INTO issue (id, newsletter_id, number, state, subject, "
        "    window_from, window_until, drafted_at, started_at) "
        "VALUES (1, 1, 1, 'sent', 'S', 0, 90, 0, 10), "
        "    (2, 2, 1, 'sent', 'S', 0, 90, 0, 20), "
        "    (3, 1, 2, 'draft', 'S', 0, 0, 0, NULL)",
        "INSERT INTO story (issue_id, article_id, position, section, heading, "
        "    name, title, own_title, author, source, url, language, "
        "    published_at, word_count, image_url, image_alt, image_width, "
        "    image_height, summary_html, body_html) "
        "SELECT id, 1, 0, 0, '', '', 'The wall', '', '', '', '', '', 0, 0, "
        "    '', '', 0, 0, '', '' FROM issue WHERE started_at IS NOT NULL",
    };
    struct db *db = house_db();
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        house_run(db, rows[i]);
    templates = template_set_new(NULL);
    *state = db;
    return 0;
}

static int close_db(void **state)
{
    template_set_free(templates);
    db_close(*state);
    return 0;
}

static bool correct(struct db *db, const char *note, bool send,
                    struct arena *arena, struct correct_report *out)
{
    return correct_article(db, templates, 1, note, send, NOW, arena, out, &err);
}

static void a_note_has_words(void **state)
{
    static const struct {
        const char *note;
        enum err_kind kind;
    } cases[] = {
        {NULL, ERR_USAGE},
        {"", ERR_USAGE},
        {" \n\t ", ERR_INPUT},
        {"…!", ERR_INPUT},
        {"\xe2\x80\x8b\xe3\x85\xa4\xef\xbb\xbf", ERR_INPUT},
        {"\xff", ERR_INPUT},
    };
    struct correct_report report;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_false(correct(*state, cases[i].note, false, &arena, &report));
        assert_int_equal(err.kind, cases[i].kind);
    }
    char huge[CORRECT_NOTE_MAX + 2];
    memset(huge, 'x', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_false(correct(*state, huge, false, &arena, &report));
    assert_int_equal(err.kind, ERR_INPUT);
    must(correct(*state, huge + 1, false, &arena, &report));
    must(correct(*state, "৪০ মিটার", false, &arena, &report));
}

static void a_note_is_one_line(void **state)
{
    struct correct_report report;
    struct correction_list list;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    must(correct(*state, "  It is\n40. ", false, &arena, &report));
    assert_true(report.is_new);
    must(correct(*state, "It is 40.", false, &arena, &report));
    assert_false(report.is_new);
    must(correction_find(*state, 1, &arena, &list, &err));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].note, "It is 40.");
}

static void each_newsletter_has_a_draft_beside_its_own(void **state)
{
    struct correct_report report;
    struct issue open, newest;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    int64_t window;
    must(correct(*state, "It is 40.", true, &arena, &report));
    assert_int_equal(report.made, 2);
    assert_string_equal(report.issues.items[0].subject, "Correction: The wall");
    assert_string_equal(report.issues.items[1].subject, "Korrektur: The wall");
    assert_int_equal(report.issues.items[0].number, 3);
    must(correct(*state, "It is 40.", true, &arena, &report));
    assert_int_equal(report.made, 0);
    assert_int_equal(report.issues.count, 2);
    must(issue_open_draft(*state, 1, &arena, &open, &err));
    assert_int_equal(open.number, 2);
    must(issue_get(*state, "weekly", true, &arena, &newest, &err));
    assert_int_equal(newest.number, 2);
    house_run(*state, "UPDATE issue SET state = 'sent', started_at = 1000 "
                      "WHERE correction_id = 1");
    must(issue_last_window_end(*state, 1, &window, &err));
    assert_int_equal(window, 90);
    assert_false(issue_open_draft(*state, 2, &arena, &open, &err));
}

static void one_that_was_cancelled_is_drafted_anew(void **state)
{
    struct correct_report report;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    must(correct(*state, "It is 40.", true, &arena, &report));
    house_run(*state, "UPDATE issue SET state = 'cancelled' "
                      "WHERE correction_id = 1 AND newsletter_id = 1");
    must(correct(*state, "It is 40.", true, &arena, &report));
    assert_int_equal(report.made, 1);
    assert_int_equal(report.issues.items[0].number, 4);
}

int main(void)
{
#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, open_db, close_db)
    const struct CMUnitTest tests[] = {
        WITH_DB(a_note_has_words),
        WITH_DB(a_note_is_one_line),
        WITH_DB(each_newsletter_has_a_draft_beside_its_own),
        WITH_DB(one_that_was_cancelled_is_drafted_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
