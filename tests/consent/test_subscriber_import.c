#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/consent/edit.h"
#include "subscribers/consent/subscriber_export.h"
#include "subscribers/consent/subscriber_import.h"

static struct db *db;
static struct arena arena;
static struct err err;
static struct strbuf told;

static void run(const char *statement)
{
    if (!stmt_run(db_stmt(db, statement), &err))
        fail_msg("%s", err.text);
}

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    if (!db_open(":memory:", DB_OPEN, &db, &err))
        return -1;
    run("INSERT INTO newsletter (id, slug, title, from_address, created_at) "
        "VALUES (1, 'weekly', 'W', 'w@example.org', 0)");
    return 0;
}

static int end(void **state)
{
    (void)state;
    strbuf_free(&told);
    arena_free(&arena);
    db_release(&db);
    return 0;
}

static void tell(void *context, const struct csv_row *row, const char *why)
{
    (void)context;
    strbuf_add_format(&told, "%u %s\n", row->line, why);
}

static const struct subscriber_import_options plain = {.newsletter_id = 1,
                                                       .now = 50};

static struct subscriber_import_report
import_with(const char *text, const struct subscriber_import_options *options)
{
    struct subscriber_import_report report = {.tell = tell};
    if (!subscriber_import_text(db, str_of(text), "list.csv", options, &report,
                                &err))
        fail_msg("%s", err.text);
    return report;
}

static struct subscriber_import_report import(const char *text)
{
    return import_with(text, &plain);
}

static int64_t subscribers(void)
{
    int64_t n = -1;
    assert_true(
        stmt_one_int(db_stmt(db, "SELECT count(*) FROM subscriber"), &n, &err));
    return n;
}

static void columns_are_found_by_their_names(void **state)
{
    (void)state;
    struct subscriber s;
    struct subscriber_import_report r =
        import("Rank;Name;E-Mail;Id\nx;Žofie;zofie@example.org;9\n"
               "y;;b@example.org\n");
    assert_int_equal(r.added, 2);
    assert_true(roster_get(db, "zofie@example.org", &arena, &s, &err));
    assert_string_equal(s.name, "Žofie");
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_ACTIVE);
    assert_int_equal(s.created_at, 50);
}

static void first_and_last_name_become_one(void **state)
{
    (void)state;
    struct subscriber s;
    import("Email Address,First Name,Last Name\n"
           "a@example.org,Ada,Lovelace\nb@example.org,,Byron\n");
    assert_true(roster_get(db, "a@example.org", &arena, &s, &err));
    assert_string_equal(s.name, "Ada Lovelace");
    assert_true(roster_get(db, "b@example.org", &arena, &s, &err));
    assert_string_equal(s.name, "Byron");
}

static void a_bad_row_is_told_and_the_rest_come_in(void **state)
{
    (void)state;
    struct subscriber_import_report r =
        import("email,name\na@example.org,\"A\nB\"\nnobody,C\n,D\n"
               "\"e@example.org\n"
               "f@example.org,F\n,\n");
    assert_int_equal(r.added, 2);
    assert_int_equal(r.rejected, 3);
    assert_string_equal(strbuf_text(&told),
                        "4 \"nobody\": it has no @\n"
                        "5 the address is empty\n"
                        "6 a quote opens in it and isn't closed\n");
}

static void importing_again_changes_nothing(void **state)
{
    (void)state;
    static const char list[] = "email\na@example.org\nA@EXAMPLE.org\n";
    struct subscriber_import_report r = import(list);
    assert_int_equal(r.added, 1);
    assert_int_equal(r.unchanged, 1);
    r = import(list);
    assert_int_equal(r.added, 0);
    assert_int_equal(r.unchanged, 2);
    assert_int_equal(subscribers(), 1);
}

static void nobody_who_left_comes_back(void **state)
{
    (void)state;
    import("email\na@example.org\nb@example.org\n");
    run("UPDATE subscription SET state = 'unsubscribed' "
        "WHERE subscriber_id = 1");
    run("INSERT INTO suppression (address_key, reason, at) "
        "VALUES ('c@example.org', 'bounced', 0)");
    struct subscriber_import_report r =
        import("email\na@example.org\nb@example.org\nc@example.org\n");
    assert_int_equal(r.refused, 2);
    assert_int_equal(r.unchanged, 1);
    assert_int_equal(r.added, 0);
    assert_int_equal(subscribers(), 2);
}

static int64_t count(const char *what)
{
    int64_t n = -1;
    assert_true(stmt_one_int(db_stmt(db, what), &n, &err));
    return n;
}

static enum subscription_state state_of(const char *key, size_t which)
{
    struct subscriber s;
    assert_true(roster_get(db, key, &arena, &s, &err));
    assert_true(which < s.subscription_count);
    return s.subscriptions[which].state;
}

static void states_come_along(void **state)
{
    (void)state;
    struct subscriber_import_report r =
        import("email,state\na@example.org,Unsubscribed\n"
               "b@example.org,bounced\nc@example.org,complained\n"
               "d@example.org,pending\ne@example.org,ACTIVE\n"
               "f@example.org,gone fishing\ng@example.org,blocklisted\n");
    assert_int_equal(r.added, 6);
    assert_int_equal(r.rejected, 1);
    assert_int_equal(r.states[SUBSCRIPTION_UNSUBSCRIBED], 2);
    assert_int_equal(state_of("a@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("b@example.org", 0), SUBSCRIPTION_BOUNCED);
    assert_int_equal(state_of("c@example.org", 0), SUBSCRIPTION_COMPLAINED);
    assert_int_equal(state_of("d@example.org", 0), SUBSCRIPTION_PENDING);
    assert_int_equal(state_of("e@example.org", 0), SUBSCRIPTION_ACTIVE);
    assert_int_equal(count("SELECT count(*) FROM suppression WHERE address_key "
                           "IN ('b@example.org', 'c@example.org', "
                           "'g@example.org')"),
                     3);
    assert_int_equal(count("SELECT count(*) FROM suppression"), 3);
}

static void who_left_is_known_by_any_column_that_says_so(void **state)
{
    (void)state;
    import("Email Address,First Name,UNSUB_TIME,UNSUB_REASON\n"
           "a@example.org,A,2021-01-01 10:00:00,NORMAL\n");
    import("Email Address,First Name,CLEAN_TIME\n"
           "b@example.org,B,2021-01-01 10:00:00\n");
    import("email,Unsubscribed at\nc@example.org,2021-01-01\n"
           "d@example.org,\n");
    import("email,state,unsubscribed\ne@example.org,active,true\n"
           "f@example.org,active,False\ng@example.org,bounced,yes\n");
    assert_int_equal(state_of("a@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("b@example.org", 0), SUBSCRIPTION_BOUNCED);
    assert_int_equal(state_of("c@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("d@example.org", 0), SUBSCRIPTION_ACTIVE);
    assert_int_equal(state_of("e@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("f@example.org", 0), SUBSCRIPTION_ACTIVE);
    assert_int_equal(state_of("g@example.org", 0), SUBSCRIPTION_BOUNCED);
}

static void of_two_rows_the_one_that_left_counts(void **state)
{
    (void)state;
    import("email,state\na@example.org,active\nA@example.org,unsubscribed\n"
           "b@example.org,unsubscribed\nb@example.org,active\n");
    assert_int_equal(state_of("a@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
    assert_int_equal(state_of("b@example.org", 0), SUBSCRIPTION_UNSUBSCRIBED);
}

static void who_bounced_elsewhere_gets_no_newsletter_here(void **state)
{
    (void)state;
    struct subscriber_import_options daily = plain;
    daily.newsletter_id = 2;
    run("INSERT INTO newsletter (id, slug, title, from_address, created_at) "
        "VALUES (2, 'daily', 'D', 'd@example.org', 0)");
    import_with("email\na@example.org\n", &daily);
    struct subscriber_import_report r =
        import("email,state\na@example.org,bounced\n");
    assert_int_equal(r.added, 1);
    assert_int_equal(state_of("a@example.org", 0), SUBSCRIPTION_BOUNCED);
    assert_int_equal(state_of("a@example.org", 1), SUBSCRIPTION_BOUNCED);
}

static void a_dry_run_counts_the_same_person_once_in_any_batch(void **state)
{
    (void)state;
    enum { PEOPLE = SUBSCRIBER_IMPORT_BATCH + 700 };
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct subscriber_import_options options = plain;
    options.dry_run = true;
    strbuf_add_text(&text, "email\n");
    for (int twice = 0; twice < 2; twice++)
        for (int i = 0; i < PEOPLE; i++)
            strbuf_add_format(&text, "s%d@example.org\n", i);
    struct subscriber_import_report r =
        import_with(strbuf_text(&text), &options);
    assert_int_equal(r.added, PEOPLE);
    assert_int_equal(r.unchanged, PEOPLE);
    assert_int_equal(subscribers(), 0);
}

static void no_two_keys_are_the_same(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "email\n");
    for (int i = 0; i < 3000; i++)
        strbuf_add_format(&text, "s%d@example.org\n", i);
    import(strbuf_text(&text));
    assert_int_equal(count("SELECT count(DISTINCT substr(key, 5)) FROM "
                           "subscriber WHERE length(key) = 16"),
                     3000);
}

static bool gather(void *context, struct str text, struct err *why)
{
    (void)why;
    strbuf_add_str(context, text);
    return true;
}

static void export_and_import_are_the_identity(void **state)
{
    (void)state;
    static const char list[] =
        "email,name,language,timezone,newsletter,state,categories,since,"
        "created\n"
        "'=cmd@example.org,,,,weekly,active,,1970-01-01T00:00:30Z,"
        "1970-01-01T00:00:10Z\n"
        "a@example.org,\"A, \"\"B\"\"\",de,Europe/Berlin,weekly,active,"
        "\"\"\"One, two\"\",Three\",1970-01-01T00:00:20Z,"
        "1970-01-01T00:00:10Z\n"
        "b@example.org,,,,weekly,complained,,1970-01-01T00:00:30Z,"
        "1970-01-01T00:00:10Z\n";
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct subscriber_export_to to = {gather, &out};
    struct subscriber_import_options options = plain;
    size_t rows;
    options.newsletter_id = 0;
    import_with(list, &options);
    assert_true(subscriber_export(db, NULL, &to, &rows, &err));
    assert_int_equal(rows, 3);
    assert_string_equal(strbuf_text(&out), list);
    struct subscriber formula;
    assert_true(roster_get(db, "=cmd@example.org", &arena, &formula, &err));
}

/* ---- editing ---- */

static const struct consent_origin editor = {.means = MEANS_COMMAND, .now = 60};

static void an_edit_is_on_record_and_the_same_again_is_none(void **state)
{
    (void)state;
    struct subscriber s;
    struct consent_history history;
    bool changed;
    import("email,name\na@example.org,A\n");
    struct consent_edit edit = {.name = "B\nC",
                                .email = "New@example.org",
                                .categories = "World",
                                .newsletter_id = 1};
    assert_true(consent_edit(db, 1, &edit, &editor, &changed, &err));
    assert_true(changed);
    assert_true(roster_get(db, "new@example.org", &arena, &s, &err));
    assert_string_equal(s.email, "New@example.org");
    assert_string_equal(s.name, "B C");
    assert_string_equal(s.subscriptions[0].categories, "World");
    assert_true(consent_edit(db, 1, &edit, &editor, &changed, &err));
    assert_false(changed);
    assert_true(consent_history(db, 1, &arena, &history, &err));
    assert_int_equal(history.count, 2);
    assert_string_equal(history.items[1].event, "edited");
    assert_string_equal(history.items[1].note,
                        "address, was a@example.org; name; categories");
}

static void an_address_of_somebody_else_or_suppressed_is_refused(void **state)
{
    (void)state;
    bool changed;
    import("email,state\na@example.org,\nb@example.org,\n");
    run("INSERT INTO suppression (address_key, reason, at) "
        "VALUES ('c@example.org', 'bounced', 0)");
    struct consent_edit taken = {.email = "b@example.org", .name = "X"};
    struct consent_edit barred = {.email = "C@example.org"};
    assert_false(consent_edit(db, 1, &taken, &editor, &changed, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_false(consent_edit(db, 1, &barred, &editor, &changed, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(count("SELECT count(*) FROM subscriber WHERE name = 'X'"),
                     0);
}

static void a_dry_run_counts_and_writes_nothing(void **state)
{
    (void)state;
    struct subscriber_import_options options = plain;
    options.dry_run = true;
    struct subscriber_import_report r =
        import_with("email\na@example.org\na@example.org\nx\n", &options);
    assert_int_equal(r.added, 1);
    assert_int_equal(r.unchanged, 1);
    assert_int_equal(r.rejected, 1);
    assert_int_equal(subscribers(), 0);
}

static void a_list_may_come_in_pending(void **state)
{
    (void)state;
    struct subscriber s;
    struct subscriber_import_options options = plain;
    options.pending = true;
    import_with("email\na@example.org\n", &options);
    assert_true(roster_get(db, "a@example.org", &arena, &s, &err));
    assert_int_equal(s.subscriptions[0].state, SUBSCRIPTION_PENDING);
}

static void a_list_longer_than_a_batch_comes_in_whole(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "email\n");
    for (int i = 0; i <= SUBSCRIBER_IMPORT_BATCH; i++)
        strbuf_add_format(&text, "s%d@example.org\n", i);
    struct subscriber_import_report r = import(strbuf_text(&text));
    assert_int_equal(r.added, SUBSCRIBER_IMPORT_BATCH + 1);
    assert_int_equal(subscribers(), SUBSCRIBER_IMPORT_BATCH + 1);
}

static void a_list_without_an_email_column_is_refused(void **state)
{
    (void)state;
    struct subscriber_import_report report = {0};
    assert_false(subscriber_import_text(db, STR("a@example.org\n"), "list.csv",
                                        &plain, &report, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "list.csv:1: no column"));
    assert_false(subscriber_import_text(db, STR("\n\n"), "list.csv", &plain,
                                        &report, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void a_file_is_read_and_a_missing_one_told(void **state)
{
    (void)state;
    char path[] = "/tmp/digest-import-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_true(file_write(path, STR("email\na@example.org\n"), 0600, &err));
    struct subscriber_import_report report = {0};
    assert_true(subscriber_import(db, path, &plain, &report, &err));
    assert_int_equal(report.added, 1);
    unlink(path);
    assert_false(subscriber_import(db, path, &plain, &report, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_false(subscriber_import(db, "/tmp", &plain, &report, &err));
    assert_int_equal(err.kind, ERR_IO);
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        FRESH(columns_are_found_by_their_names),
        FRESH(first_and_last_name_become_one),
        FRESH(a_bad_row_is_told_and_the_rest_come_in),
        FRESH(importing_again_changes_nothing),
        FRESH(nobody_who_left_comes_back),
        FRESH(states_come_along),
        FRESH(who_left_is_known_by_any_column_that_says_so),
        FRESH(of_two_rows_the_one_that_left_counts),
        FRESH(who_bounced_elsewhere_gets_no_newsletter_here),
        FRESH(a_dry_run_counts_the_same_person_once_in_any_batch),
        FRESH(no_two_keys_are_the_same),
        FRESH(export_and_import_are_the_identity),
        FRESH(an_edit_is_on_record_and_the_same_again_is_none),
        FRESH(an_address_of_somebody_else_or_suppressed_is_refused),
        FRESH(a_dry_run_counts_and_writes_nothing),
        FRESH(a_list_may_come_in_pending),
        FRESH(a_list_longer_than_a_batch_comes_in_whole),
        FRESH(a_list_without_an_email_column_is_refused),
        FRESH(a_file_is_read_and_a_missing_one_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
