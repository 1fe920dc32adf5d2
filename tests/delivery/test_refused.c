/* Shows what an issue's deliveries and its list make of what a mail server
 * says: to whom it comes again, who has failed, and who is off the list. */
#include <stdatomic.h>
#include <stdio.h>

#include "tests/delivery/press.h"
#include "tests/sender/server.h"

static struct server server;
static struct send_report report;
static char url[64];
static atomic_bool is_late; /* the second run: who was to come later is taken */

static const char *answer(struct server *s, const struct server_client *client,
                          const char *line)
{
    static const char *const replies[][2] = {
        {"dead@", "550 5.1.1 <dead@example.org>: no such user\r\n"},
        {"full@", "552 5.2.2 mailbox is full\r\n"},
        {"spam@", "550 5.7.1 looks like spam\r\n"},
    };
    (void)s;
    (void)client;
    if (strncmp(line, "RCPT", 4) != 0)
        return SERVER_USUAL;
    if (strstr(line, "later@"))
        return is_late ? SERVER_USUAL : "451 4.7.1 greylisted\r\n";
    for (size_t i = 0; i < ARRAY_SIZE(replies); i++)
        if (strstr(line, replies[i][0]))
            return replies[i][1];
    return SERVER_USUAL;
}

static int begin(void **state)
{
    press_open(state);
    is_late = false;
    server = (struct server){.answer = answer};
    server_start(&server);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", server.port);
    press.relay = (struct conf_relay){
        .url = url, .tls_none = true, .connections = 1, .give_up_after = DAY};
    return 0;
}

static int end(void **state)
{
    server_stop(&server);
    server_free(&server);
    return press_close(state);
}

static int64_t started(void)
{
    OWNED(start_report_free) struct start_report start = {0};
    struct issue issue = press_first_draft();
    must(conductor_start(&press.conductor, &issue, false, &start, &err));
    return issue.id;
}

static void send_at(int64_t issue_id, int64_t now)
{
    struct issue issue = press_issue(issue_id);
    press.conductor.now = now;
    clock_hold(now);
    must(conductor_send(&press.conductor, &issue, NULL, &report, &err));
}

/* "failed 550 5.1.1": a delivery's state, with the reply where there was
 * one. */
static void went(int64_t subscriber, const char *wanted)
{
    struct stmt *row = db_stmt(
        press.db, "SELECT state || CASE WHEN state = 'sent' THEN '' "
                  "    ELSE ' ' || code || ' ' || coalesce(status, '') END "
                  "FROM delivery WHERE subscriber_id = ?1");
    stmt_bind_int(row, 1, subscriber);
    assert_true(stmt_step(row, &err));
    assert_string_equal(stmt_text(row, 0), wanted);
    stmt_reset(row);
}

static void is_on_list_as(int64_t subscriber, const char *wanted)
{
    struct stmt *row = db_stmt(
        press.db, "SELECT state FROM subscription WHERE subscriber_id = ?1");
    stmt_bind_int(row, 1, subscriber);
    assert_true(stmt_step(row, &err));
    assert_string_equal(stmt_text(row, 0), wanted);
    stmt_reset(row);
}

static int64_t add(const char *email)
{
    return house_subscriber(press.db, 1, email);
}

static void an_address_that_is_dead_is_off_the_list(void **state)
{
    (void)state;
    int64_t dead = add("dead@example.org");
    int64_t issue = started();
    send_at(issue, PRESS_NOW);
    went(1, "sent");
    went(dead, "failed 550 5.1.1");
    is_on_list_as(1, "active");
    is_on_list_as(dead, "bounced");
    assert_int_equal(report.sent, 1);
    assert_int_equal(report.failed, 1);
    assert_true(report.finished);
    assert_int_equal(house_number(press.db, "SELECT bounced FROM issue_loss"),
                     1);
}

static void what_is_the_messages_fault_costs_nobody_their_place(void **state)
{
    (void)state;
    int64_t spam = add("spam@example.org");
    int64_t issue = started();
    send_at(issue, PRESS_NOW);
    went(spam, "failed 550 5.7.1");
    is_on_list_as(spam, "active");
}

static void a_mailbox_that_is_full_is_tried_again(void **state)
{
    (void)state;
    int64_t full = add("full@example.org");
    int64_t issue = started();
    send_at(issue, PRESS_NOW);
    went(full, "deferred 552 5.2.2");
    is_on_list_as(full, "active");
    went(1, "sent");
}

static void who_is_to_come_later_comes_later(void **state)
{
    (void)state;
    int64_t later = add("later@example.org");
    int64_t issue = started();
    send_at(issue, PRESS_NOW);
    went(later, "deferred 451 4.7.1");
    assert_int_equal(report.sent, 1);
    assert_int_equal(report.deferred, 1);
    assert_false(report.finished);
    int64_t again = house_number(press.db, "SELECT max(next_at) FROM delivery");
    assert_in_range(again, PRESS_NOW + 240, PRESS_NOW + 360);
    is_late = true;
    send_at(issue, again - 1); /* not yet */
    went(later, "deferred 451 4.7.1");
    send_at(issue, again);
    went(later, "sent");
    assert_int_equal(report.sent, 1); /* the others aren't mailed again */
    assert_int_equal(press_issue(issue).state, ISSUE_SENT);
    assert_int_equal(house_number(press.db, "SELECT attempts FROM delivery "
                                            "WHERE subscriber_id = 1"),
                     1);
}

static void nobody_waits_for_ever(void **state)
{
    (void)state;
    int64_t later = add("later@example.org");
    int64_t issue = started(), now = PRESS_NOW;
    int runs = 0;
    while (press_issue(issue).state == ISSUE_SENDING && runs++ < 50) {
        send_at(issue, now);
        now = house_number(press.db, "SELECT max(next_at) FROM delivery "
                                     "WHERE state IN ('deferred', 'failed')");
        now = now ? now : PRESS_NOW;
    }
    went(later, "failed 451 4.7.1");
    is_on_list_as(later, "active");
    assert_int_equal(press_issue(issue).state, ISSUE_SENT);
    assert_int_equal(press_issue(issue).finished_at, PRESS_NOW + DAY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(an_address_that_is_dead_is_off_the_list),
        TEST(what_is_the_messages_fault_costs_nobody_their_place),
        TEST(a_mailbox_that_is_full_is_tried_again),
        TEST(who_is_to_come_later_comes_later),
        TEST(nobody_waits_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
