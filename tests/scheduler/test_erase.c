#include <sys/stat.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/ledger/ledger.h"
#include "digest/notices/reader_request.h"
#include "digest/scheduler/erase.h"
#include "tests/support/house.h"

static char *folder, *path, *wal;
static struct token_keys *keys;
static struct db *db;
static struct err err;

static int begin(void **state)
{
    (void)state;
    db = house_db_at(path);
    house_newsletter(db, "weekly");
    house_subscriber(db, 1, "ada@example.org");
    house_run(db, "UPDATE subscriber SET name = 'Ada King'");
    house_issue(db, 5, 1, 1, "sending");
    house_run(db, "INSERT INTO delivery (issue_id, subscriber_id, state, "
                  "    changed_at) VALUES (5, 1, 'sending', 0)");
    return 0;
}

static int end(void **state)
{
    (void)state;
    db_release(&db);
    unlink(path);
    return 0;
}

static void erase_ada(void)
{
    struct consent_origin origin = {
        .means = MEANS_COMMAND, .now = 300, .keys = keys};
    assert_true(erase_subscriber(db, 1, &origin, &err));
}

static void a_reply_that_comes_later_is_not_written_down(void **state)
{
    (void)state;
    struct ledger_record result = {.issue_id = 5,
                                   .subscriber_id = 1,
                                   .state = DELIVERY_FAILED,
                                   .code = 550,
                                   .status = "5.1.1",
                                   .reply = "550 <ada@example.org>?",
                                   .now = 301};
    erase_ada();
    assert_true(ledger_record(db, &result, &err));
    assert_int_equal(house_number(db, "SELECT state = 'failed' AND reply = '' "
                                      "FROM delivery"),
                     1);
}

static void aside(const char *source)
{
    struct stmt *put = db_stmt(
        db, "INSERT INTO bounce_aside (at, why, sender, subject, recipient, "
            "    kind, status, reason, source) "
            "VALUES (0, '', '', '', '', 'unknown', '', '', CAST(?1 AS BLOB))");
    stmt_bind_text(put, 1, source);
    assert_true(stmt_run(put, &err));
}

static void a_mail_that_names_them_in_encoded_words_goes(void **state)
{
    (void)state;
    aside("From: =?utf-8?Q?Ada_King?= <x@example.net>\n\nHello\n");
    aside("Subject: =?utf-8?B?YWRhQGV4YW1wbGUub3Jn?=\n\nHello\n");
    aside("Subject: s\nContent-Type: message/rfc822\n\n"
          "To: =?iso-8859-1?Q?Ada?= =?utf-8?Q?_King?= <y@example.net>\n\nHi\n");
    aside("From: =?utf-8?Q?Ada_Kingsley?= <z@example.net>\n\nHello\n");
    erase_ada();
    assert_int_equal(house_number(db, "SELECT count(*) FROM bounce_aside"), 1);
}

static void a_request_that_waits_is_dropped(void **state)
{
    (void)state;
    struct reader_request request = {.newsletter_id = 1,
                                     .email = "Ada@example.org",
                                     .name = "",
                                     .client = "",
                                     .at = 1};
    assert_true(reader_request_add(db, &request, &err));
    request.email = "bob@example.org";
    assert_true(reader_request_add(db, &request, &err));
    erase_ada();
    assert_int_equal(house_number(db, "SELECT count(*) FROM reader_request"),
                     1);
}

static off_t wal_size(void)
{
    struct stat info;
    return stat(wal, &info) == 0 ? info.st_size : 0;
}

static void the_log_is_empty_right_after(void **state)
{
    (void)state;
    OWNED(db_release) struct db *other = house_db_at(path);
    bool waits;
    house_run(other, "SELECT count(*) FROM subscriber");
    assert_true(wal_size() > 0);
    erase_ada();
    /* That nothing is to be done any more is all that stands there. */
    assert_true(erasing_waits(db, &waits, &err));
    assert_false(waits);
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    assert_true(file_read(wal, SIZE_MAX, &bytes, &err));
    assert_null(memmem(bytes.ptr, bytes.len, "ada@", 4));
}

static void while_somebody_reads_it_waits_until_they_have_ended(void **state)
{
    (void)state;
    OWNED(db_release) struct db *other = house_db_at(path);
    bool waits, done;
    OWNED(tx_end) struct tx tx = TX_INIT;
    assert_true(tx_begin(&tx, other, TX_READ, &err));
    house_run(other, "SELECT count(*) FROM subscriber");
    erase_ada();
    assert_true(erasing_waits(db, &waits, &err));
    assert_true(waits);
    db_set_busy_timeout(db, 0);
    assert_true(erasing_empty_log(db, &done, &err));
    assert_false(done);
    tx_end(&tx);
    assert_true(erasing_empty_log(db, &done, &err));
    assert_true(done);
    assert_true(erasing_waits(db, &waits, &err));
    assert_false(waits);
}

/* Rows that pages were split and joined around leave nothing either. */
static void nobody_stays_in_the_file_among_many(void **state)
{
    (void)state;
    struct consent_origin origin = {
        .means = MEANS_COMMAND, .now = 300, .keys = keys};
    OWNED(tx_end) struct tx tx = TX_INIT;
    assert_true(tx_begin(&tx, db, TX_NORMAL, &err));
    house_run(
        db,
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n "
        "    WHERE i < 3000) "
        "INSERT INTO subscriber (id, key, email, email_key, name, created_at) "
        "SELECT i, randomblob(16), 'x' || (i * 7919 % 3001) || 'y@example.org',"
        "    'x' || (i * 7919 % 3001) || 'y@example.org', "
        "    'Zoe N' || (i * 7919 % 3001) || 'm', 0 FROM n");
    assert_true(tx_commit(&tx, &err));
    for (int64_t id = 2; id < 3000; id += 60) {
        OWNED(mem_free)
        char *word = mem_format("x%dy@", (int)(id * 7919 % 3001));
        OWNED(mem_free)
        char *name = mem_format("N%dm", (int)(id * 7919 % 3001));
        OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
        assert_true(erase_subscriber(db, id, &origin, &err));
        assert_true(file_read(path, SIZE_MAX, &bytes, &err));
        assert_true(file_read(wal, SIZE_MAX, &bytes, &err));
        if (memmem(bytes.ptr, bytes.len, word, strlen(word)) ||
            memmem(bytes.ptr, bytes.len, name, strlen(name)))
            fail_msg("%s is still in the file", word);
    }
}

static int begin_all(void **state)
{
    (void)state;
    folder = house_folder();
    path = mem_format("%s/digest.db", folder);
    wal = mem_format("%s-wal", path);
    keys = house_keys();
    return 0;
}

static int end_all(void **state)
{
    (void)state;
    token_keys_free(keys);
    house_folder_release(&folder);
    free(path);
    free(wal);
    return 0;
}

int main(void)
{
#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        FRESH(a_reply_that_comes_later_is_not_written_down),
        FRESH(a_mail_that_names_them_in_encoded_words_goes),
        FRESH(a_request_that_waits_is_dropped),
        FRESH(the_log_is_empty_right_after),
        FRESH(while_somebody_reads_it_waits_until_they_have_ended),
        FRESH(nobody_stays_in_the_file_among_many),
    };
    return cmocka_run_group_tests(tests, begin_all, end_all);
}
