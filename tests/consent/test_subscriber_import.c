#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
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
        FRESH(a_dry_run_counts_and_writes_nothing),
        FRESH(a_list_may_come_in_pending),
        FRESH(a_list_longer_than_a_batch_comes_in_whole),
        FRESH(a_list_without_an_email_column_is_refused),
        FRESH(a_file_is_read_and_a_missing_one_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
