/* Shows what is shown of an issue: to editors before it goes out, to them and
 * to the public after, and to whom test copies may go. */
#include "digest/base/file.h"
#include "digest/ledger/story.h"
#include "subscribers/consent/consent.h"
#include "subscribers/consent/suppression.h"
#include "tests/delivery/press.h"

static struct strbuf shown;

static int begin(void **state)
{
    strbuf_cut(&shown, 0);
    return press_open(state);
}

static int end(void **state)
{
    strbuf_free(&shown);
    return press_close(state);
}

static bool try_show(const struct issue *issue, enum show_as as,
                     const char *email)
{
    strbuf_cut(&shown, 0);
    return conductor_show(&press.conductor, issue, as, email, &shown, &err);
}

static const char *show(const struct issue *issue, enum show_as as,
                        const char *email)
{
    must(try_show(issue, as, email));
    return strbuf_text(&shown);
}

static void start(struct issue *issue)
{
    OWNED(start_report_free) struct start_report report = {0};
    must(conductor_start(&press.conductor, issue, false, &report, &err));
    *issue = press_issue(issue->id);
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in:\n%s", part, text);
}

static void set(const char *sql)
{
    house_run(press.db, sql);
}

/* ---- before it goes out ----------------------------------------------------
 */

static void a_draft_is_shown_as_it_stands_now(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    has(show(&draft, SHOW_HTML, NULL), "All about bridge.");
    has(show(&draft, SHOW_TEXT, NULL), "All about rain.");
    set("UPDATE article SET title = 'A dam' WHERE id = 1");
    has(show(&draft, SHOW_TEXT, NULL), "A dam");
    has(show(&draft, SHOW_EML, NULL), "\nSubject: A dam");
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM variant"), 0);
}

static void its_links_do_nothing(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    has(show(&draft, SHOW_HTML, "ada@example.org"),
        "https://news.example.org/u/preview\"");
    has(show(&draft, SHOW_TEXT, NULL), "https://news.example.org/u/preview");
    has(show(&draft, SHOW_EML, "ada@example.org"),
        "List-Unsubscribe: <https://news.example.org/u/preview>");
}

static void a_copy_for_one_is_of_their_categories(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    set("UPDATE subscription SET categories = 'Sport'");
    set("UPDATE subscriber SET name = 'Ada King'");
    const char *text = show(&draft, SHOW_TEXT, "ADA@example.org");
    has(text, "Ada King");
    has(text, "All about rain.");
    has_not(text, "bridge");
    set("UPDATE subscription SET categories = 'Chess'");
    assert_false(try_show(&draft, SHOW_TEXT, "ada@example.org"));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    has(err.text, "nothing in it is of the categories that ada@example.org");
}

static void who_is_not_on_the_list_has_no_copy(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    assert_false(try_show(&draft, SHOW_TEXT, "bob@example.org"));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_false(try_show(&draft, SHOW_TEXT, "bob"));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void each_language_can_be_looked_at(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    must(conductor_show_in(&press.conductor, &draft, "de", &shown, &err));
    has(strbuf_text(&shown), "Ausgabe 1");
    has_not(show(&draft, SHOW_EML, NULL), "Ausgabe 1");
    set("UPDATE subscriber SET language = 'de'");
    has(show(&draft, SHOW_TEXT, "ada@example.org"), "Ausgabe 1");
}

static void without_stories_there_is_nothing_to_show(void **state)
{
    (void)state;
    struct issue draft = press_first_draft();
    set("UPDATE article SET withdrawn_at = 1");
    assert_false(try_show(&draft, SHOW_HTML, NULL));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    has(err.text, "nothing is in it");
}

/* ---- after ------------------------------------------------------------------
 */

static void what_was_started_is_shown_as_it_was_frozen(void **state)
{
    (void)state;
    struct issue issue = press_first_draft();
    start(&issue);
    set("UPDATE article SET title = 'A dam', summary_html = ''");
    has(show(&issue, SHOW_TEXT, NULL), "All about bridge.");
    has_not(show(&issue, SHOW_HTML, "ada@example.org"), "A dam");
}

static void who_joined_later_has_no_copy_of_it(void **state)
{
    (void)state;
    struct issue issue = press_first_draft();
    start(&issue);
    house_subscriber(press.db, 1, "bob@example.org");
    assert_false(try_show(&issue, SHOW_TEXT, "bob@example.org"));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_string_equal(err.text, "weekly/1: bob@example.org has no copy of "
                                  "it");
}

/* The public copy of what a subscriber got; of everything with 0. */
static const char *public_copy(const struct issue *issue, int64_t subscriber)
{
    unsigned char key[SUBSCRIBER_KEY_SIZE];
    struct stmt *row =
        db_stmt(press.db, "SELECT key FROM subscriber WHERE id = ?1");
    stmt_bind_int(row, 1, subscriber);
    if (stmt_step(row, &err))
        memcpy(key, stmt_str(row, 0).ptr, sizeof key);
    stmt_reset(row);
    strbuf_cut(&shown, 0);
    must(conductor_public_html(&press.conductor, issue, subscriber ? key : NULL,
                               "https://news.example.org/a/weekly?x=1&y=2",
                               &shown, &err));
    return strbuf_text(&shown);
}

static void a_public_copy_names_nobody_and_lets_nobody_leave(void **state)
{
    (void)state;
    set("UPDATE subscriber SET name = 'Ada King'");
    struct issue issue = press_first_draft();
    start(&issue);
    const char *html = public_copy(&issue, 1);
    has(html, "All about bridge.");
    has_not(html, "Ada King");
    has_not(html, "/u/");
    has_not(html, "/p/");
    has(html, "https://news.example.org/a/weekly?x=1&amp;y=2");
}

static void a_public_copy_is_of_what_the_reader_got(void **state)
{
    (void)state;
    set("UPDATE subscription SET categories = 'Sport'");
    struct issue issue = press_first_draft();
    start(&issue);
    has_not(public_copy(&issue, 1), "All about bridge.");
    has(public_copy(&issue, 1), "All about rain.");
    has(public_copy(&issue, 0), "All about bridge.");
}

static void what_is_withdrawn_is_gone_from_public_copies(void **state)
{
    (void)state;
    struct issue issue = press_first_draft();
    start(&issue);
    has(public_copy(&issue, 0), "All about bridge.");
    set("UPDATE article SET unpublished_at = 5 WHERE id = 1");
    has_not(public_copy(&issue, 0), "All about bridge.");
    has(public_copy(&issue, 1), "All about rain.");
}

/* ---- test copies
 * ------------------------------------------------------------- */

/* Sends test copies to a folder; how many arrived. -1: they were refused. */
static int test_copies(const char *const *emails, size_t count)
{
    OWNED(house_folder_release) char *folder = house_folder();
    OWNED(mem_free) char *url = mem_format("maildir:%s/mail", folder);
    OWNED(mem_free) char *mails = mem_format("%s/mail/new", folder);
    OWNED(file_list_free) struct file_list list = {0};
    struct issue draft = press_issue(1);
    struct err none = {0};
    press.relay.url = url;
    bool good = conductor_test(&press.conductor, &draft, emails, count, &err);
    if (!file_list(mails, NULL, &list, &none))
        list.count = 0;
    assert_true(good || list.count == 0);
    return good ? (int)list.count : -1;
}

static void test_copies_go_to_whomever_they_are_asked_for(void **state)
{
    (void)state;
    static const char *const emails[] = {"kim@example.org", "ada@example.org"};
    press_first_draft();
    assert_int_equal(test_copies(emails, 2), 2);
    assert_int_equal(press_issue(1).state, ISSUE_DRAFT);
    assert_int_equal(house_number(press.db, "SELECT count(*) FROM delivery"),
                     0);
}

static void one_that_may_not_be_mailed_stops_them_all(void **state)
{
    (void)state;
    bool added;
    enum consent_result result;
    struct consent_origin origin = {.means = MEANS_PAGE, .now = PRESS_NOW};
    static const char *const emails[] = {"kim@example.org", "ada@example.org"};
    static const char *const broken[] = {"kim@example.org", "ada@"};
    press_first_draft();
    assert_int_equal(test_copies(broken, 2), -1);
    assert_int_equal(err.kind, ERR_INPUT);
    must(suppression_add(press.db, STR("kim@example.org"), "manual", "", 1,
                         &added, &err));
    assert_int_equal(test_copies(emails, 2), -1);
    assert_int_equal(err.kind, ERR_CONFLICT);
    has(err.text, "kim@example.org is suppressed");
    assert_int_equal(test_copies(&emails[1], 1), 1);
    must(consent_unsubscribe(press.db, 1, 1, &origin, &result, &err));
    assert_int_equal(test_copies(&emails[1], 1), -1);
    has(err.text, "ada@example.org has left weekly");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_draft_is_shown_as_it_stands_now),
        TEST(its_links_do_nothing),
        TEST(a_copy_for_one_is_of_their_categories),
        TEST(who_is_not_on_the_list_has_no_copy),
        TEST(each_language_can_be_looked_at),
        TEST(without_stories_there_is_nothing_to_show),
        TEST(what_was_started_is_shown_as_it_was_frozen),
        TEST(who_joined_later_has_no_copy_of_it),
        TEST(a_public_copy_names_nobody_and_lets_nobody_leave),
        TEST(a_public_copy_is_of_what_the_reader_got),
        TEST(what_is_withdrawn_is_gone_from_public_copies),
        TEST(test_copies_go_to_whomever_they_are_asked_for),
        TEST(one_that_may_not_be_mailed_stops_them_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
