#include "tests/notices/outboxes.h"

/* ---- queueing -------------------------------------------------------- */

static void a_queued_notice_waits_and_can_be_found(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    int64_t id = queue_to(db, "Ada@EXAMPLE.org");
    struct notice_row row = only(db, &arena, "queued");
    assert_int_equal(row.id, id);
    assert_int_equal(row.kind, NOTICE_CONFIRM);
    assert_string_equal(row.to_address, "Ada@example.org");
    assert_int_equal(row.created_at, NOW);
    assert_int_equal(row.attempts, 0);
    assert_non_null(strstr(row.message_id, ".notice@example.org"));
}

static void a_rolled_back_transaction_leaves_nothing_queued(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    {
        OWNED(tx_end) struct tx tx = TX_INIT;
        assert_true(tx_begin(&tx, db, TX_DURABLE, &err));
        queue_to(db, "ada@example.org");
    }
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice"), 0);
}

static void what_cannot_be_sent_is_refused_when_it_is_queued(void **state)
{
    struct db *db = *state;
    struct notice bad[] = {
        a_notice("not an address"),   a_notice("a@example.org"),
        a_notice("b@example.org"),    a_notice("c@example.org"),
        a_notice("root@localhost"),   a_notice(NULL),
        a_notice("d@example.org>\r"),
    };
    bad[1].subject = "one\r\nBcc: all@example.org";
    bad[2].from_address = "nobody";
    bad[3].text = "\xff";
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct err err = {0};
        int64_t id = 9;
        assert_false(notice_queue(db, &bad[i], NOW, &id, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_int_equal(id, 0);
    }
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice"), 0);
}

static void an_operator_may_have_an_address_of_this_host(void **state)
{
    struct db *db = *state;
    struct notice notice = a_notice("root@localhost");
    notice.kind = NOTICE_REPORT;
    assert_true(queue_notice(db, &notice, NOW) > 0);
}

static void the_same_notice_is_queued_once_within_its_period(void **state)
{
    struct db *db = *state;
    struct notice notice = a_notice("ada@example.org");
    notice.dedupe = "confirm 1 ada@example.org";
    notice.dedupe_s = 3600;
    assert_true(queue_notice(db, &notice, NOW) > 0);
    assert_int_equal(queue_notice(db, &notice, NOW + 3599), 0);
    send_through(db, "null:", NOW);
    assert_int_equal(queue_notice(db, &notice, NOW + 3599), 0);
    assert_true(queue_notice(db, &notice, NOW + 3600) > 0);
    notice.dedupe = "confirm 2 ada@example.org";
    assert_true(queue_notice(db, &notice, NOW + 3600) > 0);
    /* A clock that was ahead keeps nobody from the next. */
    notice.dedupe = "confirm 3 ada@example.org";
    assert_true(queue_notice(db, &notice, NOW + 365 * 86400) > 0);
    assert_true(queue_notice(db, &notice, NOW) > 0);
    notice.dedupe = NULL;
    assert_true(queue_notice(db, &notice, NOW) > 0);
    assert_true(queue_notice(db, &notice, NOW) > 0);
}

static void a_preview_goes_to_each_editor_once(void **state)
{
    struct db *db = *state;
    static const char *const editors[] = {"ed@example.org", "Eva@example.org",
                                          "eva@example.org"};
    struct notice notice = a_notice(NULL);
    size_t queued = 9;
    struct err err = {0};
    notice.kind = NOTICE_PREVIEW;
    notice.dedupe = "preview weekly/12";
    notice.dedupe_s = 3600;
    assert_true(notice_queue_each(db, &notice, editors, 3, NOW, &queued, &err));
    assert_int_equal(queued, 2);
    assert_true(notice_queue_each(db, &notice, editors, 3, NOW, &queued, &err));
    assert_int_equal(queued, 0);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM notice WHERE kind = 'preview'"),
        2);
}

static void one_bad_editor_address_queues_no_preview(void **state)
{
    struct db *db = *state;
    static const char *const editors[] = {"ed@example.org", "eva at home"};
    struct notice notice = a_notice(NULL);
    struct err err = {0};
    notice.kind = NOTICE_PREVIEW;
    assert_false(notice_queue_each(db, &notice, editors, 2, NOW, NULL, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice"), 0);
}

static void no_two_notices_share_a_message_id(void **state)
{
    struct db *db = *state;
    for (int i = 0; i < 20; i++)
        queue_to(db, "ada@example.org");
    assert_int_equal(
        house_number(db, "SELECT count(DISTINCT message_id) FROM notice"), 20);
}

/* ---- asking and tidying ---------------------------------------------- */

static void notices_are_found_by_state_address_and_time(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct notice_rows rows;
    struct err err = {0};
    queue_to(db, "ada@example.org");
    int64_t bob = queue_to(db, "Bob@example.org");
    house_run(db,
              "UPDATE notice SET changed_at = changed_at + 50 WHERE id = 2");
    struct notice_filter none = {0}, to = {.to_address = "bob@EXAMPLE.org"},
                         late = {.since = NOW + 1}, one = {.at_most = 1},
                         failed = {.state = "failed"};
    assert_true(notices_find(db, &none, &arena, &rows, &err));
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.items[0].id, bob);
    const struct notice_filter *const find_bob[] = {&to, &late, &one};
    for (size_t i = 0; i < ARRAY_SIZE(find_bob); i++) {
        assert_true(notices_find(db, find_bob[i], &arena, &rows, &err));
        assert_int_equal(rows.count, 1);
        assert_int_equal(rows.items[0].id, bob);
    }
    assert_true(notices_find(db, &failed, &arena, &rows, &err));
    assert_int_equal(rows.count, 0);
}

static void the_counts_say_what_waits_and_since_when(void **state)
{
    struct db *db = *state;
    struct notices_counts counts;
    struct err err = {0};
    assert_true(notices_count(db, NOW, &counts, &err));
    assert_int_equal(counts.due, 0);
    assert_int_equal(counts.waits_for, 0);
    queue_to(db, "ada@example.org");
    queue_to(db, "bob@example.org");
    house_run(db, "UPDATE notice SET state = 'deferred', "
                  "next_at = created_at + 300, created_at = created_at - 7 "
                  "WHERE id = 1");
    house_run(db, "UPDATE notice SET state = 'sent' WHERE id = 2");
    assert_true(notices_count(db, NOW, &counts, &err));
    assert_int_equal(counts.states[NOTICE_DEFERRED], 1);
    assert_int_equal(counts.states[NOTICE_SENT], 1);
    assert_int_equal(counts.due, 0);
    assert_int_equal(counts.waits_for, NOW + 300);
    assert_int_equal(counts.oldest, NOW - 7);
    assert_true(notices_count(db, NOW + 300, &counts, &err));
    assert_int_equal(counts.due, 1);
}

static void only_what_has_ended_expires(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    int64_t count = 0;
    for (int i = 0; i < 4; i++)
        queue_to(db, "ada@example.org");
    house_run(db, "UPDATE notice SET state = 'sent' WHERE id = 1");
    house_run(db, "UPDATE notice SET state = 'failed' WHERE id = 2");
    house_run(db, "UPDATE notice SET state = 'sent', "
                  "changed_at = changed_at + 10 WHERE id = 3");
    assert_true(notices_expire(db, NOW + 10, &count, &err));
    assert_int_equal(count, 2);
    assert_int_equal(house_number(db, "SELECT min(id) FROM notice"), 3);
}

static void somebody_erased_leaves_no_notice(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    OWNED(redaction_free) struct redaction words = {0};
    const char *keys[] = {"ada@example.org"};
    struct erased who = {7, keys, 1, &words};
    redaction_add_address(&words, STR("ada@example.org"));
    queue_to(db, "Ada@example.org");
    queue_to(db, "ada@example.org");
    queue_to(db, "bob@example.org");
    queue_to(db, "new@example.org");
    house_run(db, "UPDATE notice SET subscriber_id = 7 "
                  "WHERE to_address = 'new@example.org'");
    queue_to(db, "operator@example.org");
    house_run(db,
              "UPDATE notice SET kind = 'report', text = 'To Ada@example.org "
              "and joada@example.org.' "
              "WHERE to_address = 'operator@example.org'");
    assert_true(notices_erase(db, &who, NULL, &err));
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice"), 2);
    assert_int_equal(house_number(db, "SELECT text = 'To [erased] and "
                                      "joada@example.org.' FROM notice "
                                      "WHERE kind = 'report'"),
                     1);
}

#define CASE(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_outbox, house_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_queued_notice_waits_and_can_be_found),
        CASE(a_rolled_back_transaction_leaves_nothing_queued),
        CASE(what_cannot_be_sent_is_refused_when_it_is_queued),
        CASE(an_operator_may_have_an_address_of_this_host),
        CASE(the_same_notice_is_queued_once_within_its_period),
        CASE(a_preview_goes_to_each_editor_once),
        CASE(one_bad_editor_address_queues_no_preview),
        CASE(no_two_notices_share_a_message_id),
        CASE(notices_are_found_by_state_address_and_time),
        CASE(the_counts_say_what_waits_and_since_when),
        CASE(only_what_has_ended_expires),
        CASE(somebody_erased_leaves_no_notice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
