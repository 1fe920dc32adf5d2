/* Shows what a run makes of an issue that was started: who gets the message,
 * what it says, and what a relay's fault does to the issue. */
#include "digest/base/file.h"
#include "subscribers/consent/consent.h"
#include "tests/delivery/press.h"

static struct send_report report;

/* An issue of two stories, started, whose mail goes by `url`. */
static struct issue started(const char *url)
{
    OWNED(start_report_free) struct start_report start = {0};
    press.relay.url = url;
    press.relay.give_up_after = 2 * DAY;
    struct issue issue = press_first_draft();
    must(conductor_start(&press.conductor, &issue, false, &start, &err));
    return press_issue(issue.id);
}

static bool try_send(int64_t issue_id, int64_t now)
{
    struct issue issue = press_issue(issue_id);
    press.conductor.now = now;
    clock_hold(now);
    return conductor_send(&press.conductor, &issue, NULL, &report, &err);
}

static void send(int64_t issue_id, int64_t now)
{
    must(try_send(issue_id, now));
}

static int64_t in_state(const char *state)
{
    struct stmt *ask =
        db_stmt(press.db, "SELECT count(*) FROM delivery WHERE state = ?1");
    int64_t count;
    stmt_bind_text(ask, 1, state);
    must(stmt_one_int(ask, &count, &err));
    return count;
}

/* The only message that was written to a maildir. */
static const char *only_mail(const char *maildir)
{
    OWNED(mem_free) char *folder = file_join(maildir, "new");
    OWNED(file_list_free) struct file_list list = {0};
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    must(file_list(folder, NULL, &list, &err));
    assert_int_equal(list.count, 1);
    OWNED(mem_free) char *path = file_join(folder, list.names[0]);
    must(file_read(path, 1 << 20, &mail, &err));
    return arena_copy_str(&press.arena, strbuf_str(&mail));
}

/* ---- to the end -----------------------------------------------------------
 */

static void all_get_it_once_and_it_is_done(void **state)
{
    (void)state;
    house_subscriber(press.db, 1, "bob@example.org");
    struct issue issue = started("null:");
    send(issue.id, PRESS_NOW + 60);
    assert_int_equal(report.sent, 2);
    assert_true(report.finished);
    assert_int_equal(in_state("sent"), 2);
    issue = press_issue(issue.id);
    assert_int_equal(issue.state, ISSUE_SENT);
    assert_int_equal(issue.finished_at, PRESS_NOW + 60);
    assert_string_equal(issue.ways, "null:"); /* nobody has it, it says */
    assert_false(try_send(issue.id, PRESS_NOW + 120));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void who_has_left_since_the_start_gets_nothing(void **state)
{
    (void)state;
    enum consent_result result;
    struct consent_origin origin = {.means = MEANS_PAGE, .now = PRESS_NOW + 1};
    int64_t bob = house_subscriber(press.db, 1, "bob@example.org");
    struct issue issue = started("null:");
    must(consent_unsubscribe(press.db, bob, 1, &origin, &result, &err));
    send(issue.id, PRESS_NOW + 60);
    assert_int_equal(report.sent, 1);
    assert_int_equal(report.skipped, 1);
    assert_true(report.finished);
}

static void a_paused_one_is_not_sent(void **state)
{
    (void)state;
    struct issue issue = started("null:");
    must(issue_move(press.db, issue.id, ISSUE_SENDING, ISSUE_PAUSED, PRESS_NOW,
                    &err));
    assert_false(try_send(issue.id, PRESS_NOW));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.text, "weekly/1: is paused");
    assert_int_equal(in_state("queued"), 1);
}

static void who_asks_to_stop_is_heard_before_the_first(void **state)
{
    (void)state;
    static const volatile int stop = 1;
    struct send_watch watch = {.stop = &stop};
    struct issue issue = started("null:");
    must(conductor_send(&press.conductor, &issue, &watch, &report, &err));
    assert_true(report.stopped);
    assert_int_equal(report.sent, 0);
    assert_int_equal(press_issue(issue.id).state, ISSUE_SENDING);
    send(issue.id, PRESS_NOW + 60);
    assert_int_equal(report.sent, 1);
}

static void what_a_dead_run_had_on_the_wire_is_sent_again(void **state)
{
    (void)state;
    enum ledger_claim claim;
    struct issue issue = started("null:");
    must(ledger_claim(press.db, issue.id, 1, PRESS_NOW, &claim, &err));
    assert_int_equal(in_state("sending"), 1);
    send(issue.id, PRESS_NOW + 60);
    assert_int_equal(report.recovered, 1);
    assert_int_equal(report.sent, 1);
}

/* ---- what it says ----------------------------------------------------------
 */

static void the_message_is_its_readers_own(void **state)
{
    (void)state;
    OWNED(house_folder_release) char *folder = house_folder();
    OWNED(mem_free) char *url = mem_format("maildir:%s/mail", folder);
    OWNED(mem_free) char *maildir = mem_format("%s/mail", folder);
    unsigned char key[SUBSCRIBER_KEY_SIZE];
    struct token token;
    house_run(press.db, "UPDATE subscriber SET name = 'Ada King'");
    struct issue issue = started(url);
    send(issue.id, PRESS_NOW + 60);
    const char *mail = only_mail(maildir);
    assert_non_null(strstr(mail, "\nTo: Ada King <ada@example.org>"));
    assert_non_null(strstr(mail, "\nSubject: bridge"));
    assert_non_null(strstr(mail, "List-Unsubscribe-Post: "
                                 "List-Unsubscribe=One-Click"));
    /* The link that leaves is signed for this reader, newsletter and issue. */
    const char *link = strstr(mail, "https://news.example.org/u/");
    assert_non_null(link);
    struct str text = str_of(link + strlen("https://news.example.org/u/"));
    text.len = strspn(text.ptr, "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    assert_true(token_read(press.keys, text, &token));
    assert_int_equal(token.purpose, TOKEN_UNSUBSCRIBE);
    assert_int_equal(token.newsletter_id, 1);
    assert_int_equal(token.issue_id, issue.id);
    struct stmt *row = db_stmt(press.db, "SELECT key FROM subscriber");
    assert_true(stmt_step(row, &err));
    memcpy(key, stmt_str(row, 0).ptr, sizeof key);
    stmt_reset(row);
    assert_memory_equal(token.subscriber_key, key, sizeof key);
}

static void what_was_frozen_goes_out_whatever_has_changed(void **state)
{
    (void)state;
    OWNED(house_folder_release) char *folder = house_folder();
    OWNED(mem_free) char *url = mem_format("maildir:%s/mail", folder);
    OWNED(mem_free) char *maildir = mem_format("%s/mail", folder);
    struct issue issue = started(url);
    house_run(press.db, "UPDATE article SET title = 'a dam', "
                        "    summary_html = '<p>All about dams.</p>'");
    send(issue.id, PRESS_NOW + DAY);
    const char *mail = only_mail(maildir);
    assert_non_null(strstr(mail, "All about bridge."));
    assert_null(strstr(mail, "dams"));
    /* It has the date of its start. */
    assert_non_null(strstr(mail, "Date: Tue, 24 Nov 2026 06:00:00 "));
}

/* ---- a relay at fault ------------------------------------------------------
 */

/* Nobody listens there. */
static const char nowhere[] = "smtp://127.0.0.1:1";

static void a_relay_that_is_down_lets_the_issue_rest(void **state)
{
    (void)state;
    press.relay.tls_none = true;
    struct issue issue = started(nowhere);
    assert_false(try_send(issue.id, PRESS_NOW));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_int_equal(report.failed, 0);
    assert_int_equal(in_state("queued"), 1); /* nobody was tried */
    issue = press_issue(issue.id);
    assert_int_equal(issue.state, ISSUE_SENDING);
    assert_int_equal(issue.retry_count, 1);
    assert_in_range(issue.retry_at, PRESS_NOW + 240, PRESS_NOW + 360);
    /* It comes back: the rest is over. */
    press.relay.url = "null:";
    send(issue.id, issue.retry_at);
    issue = press_issue(issue.id);
    assert_int_equal(issue.state, ISSUE_SENT);
    assert_int_equal(issue.retry_at, 0);
}

static void each_rest_is_longer(void **state)
{
    (void)state;
    press.relay.tls_none = true;
    struct issue issue = started(nowhere);
    int64_t now = PRESS_NOW, before = 0;
    for (int i = 0; i < 5; i++) {
        assert_false(try_send(issue.id, now));
        issue = press_issue(issue.id);
        assert_true(issue.retry_at - now > before);
        before = issue.retry_at - now;
        now = issue.retry_at;
    }
}

/* ---- trying again -----------------------------------------------------------
 */

static void those_that_failed_are_tried_again(void **state)
{
    (void)state;
    int64_t count;
    house_subscriber(press.db, 1, "bob@example.org");
    struct issue issue = started("null:");
    assert_false(conductor_retry(&press.conductor, &issue, &count, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    send(issue.id, PRESS_NOW + 60);
    house_run(press.db, "UPDATE delivery SET state = 'failed', attempts = 20, "
                        "    first_at = 1, code = 550, reply = 'no' "
                        "WHERE subscriber_id = 2");
    issue = press_issue(issue.id);
    must(conductor_retry(&press.conductor, &issue, &count, &err));
    assert_int_equal(count, 1);
    assert_int_equal(press_issue(issue.id).state, ISSUE_SENDING);
    send(issue.id, PRESS_NOW + 120);
    assert_int_equal(report.sent, 1);
    assert_int_equal(in_state("sent"), 2);
    assert_int_equal(press_issue(issue.id).state, ISSUE_SENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_PRESS(all_get_it_once_and_it_is_done),
        AT_PRESS(who_has_left_since_the_start_gets_nothing),
        AT_PRESS(a_paused_one_is_not_sent),
        AT_PRESS(who_asks_to_stop_is_heard_before_the_first),
        AT_PRESS(what_a_dead_run_had_on_the_wire_is_sent_again),
        AT_PRESS(the_message_is_its_readers_own),
        AT_PRESS(what_was_frozen_goes_out_whatever_has_changed),
        AT_PRESS(a_relay_that_is_down_lets_the_issue_rest),
        AT_PRESS(each_rest_is_longer),
        AT_PRESS(those_that_failed_are_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
