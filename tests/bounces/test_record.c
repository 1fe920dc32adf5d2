#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/bounces/record.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/roster_store.h"

enum { DAY = 24 * 60 * 60, ISSUES = 12 };

static struct db *db;
static struct token_keys *keys;
static struct arena arena;
static struct err err;
static struct subscriber ana;
static struct bounce_tally tally;
static char key_path[] = "/tmp/digest-bounces-XXXXXX/keys";

static void run(const char *statement)
{
    if (!stmt_run(db_stmt(db, statement), &err))
        fail_msg("%s", err.text);
}

static void add_issues(void)
{
    for (int i = 1; i <= ISSUES; i++) {
        struct stmt *issue =
            db_stmt(db, "INSERT INTO issue (id, newsletter_id, number, state, "
                        "    subject, window_from, window_until, drafted_at) "
                        "VALUES (?1, 1, ?1, 'sent', 'S', 0, 0, 0)");
        stmt_bind_int(issue, 1, i);
        assert_true(stmt_run(issue, &err));
    }
}

static int begin(void **state)
{
    (void)state;
    int64_t id;
    bool added;
    err = (struct err){0};
    tally = (struct bounce_tally){0};
    if (!db_open(":memory:", DB_OPEN, &db, &err))
        return -1;
    run("INSERT INTO newsletter (id, slug, title, from_address, created_at) "
        "VALUES (1, 'weekly', 'W', 'w@example.org', 0)");
    assert_true(roster_add(db, "ana@example.org", "ana@example.org", "", 0, &id,
                           &added, &err));
    run("INSERT INTO subscription (newsletter_id, subscriber_id, state, since) "
        "VALUES (1, 1, 'active', 0)");
    assert_true(roster_get_by_id(db, id, &arena, &ana, &err));
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    db_release(&db);
    return 0;
}

static struct token token_for(int64_t issue, enum token_purpose purpose)
{
    struct token token = {
        .purpose = purpose, .newsletter_id = 1, .issue_id = issue};
    memcpy(token.subscriber_key, ana.key, sizeof ana.key);
    return token;
}

static char *local_token(int64_t issue, enum token_purpose purpose)
{
    struct strbuf text = STRBUF_INIT;
    struct token token = token_for(issue, purpose);
    token_write_local(keys, &token, &text);
    return strbuf_take(&text);
}

static void record(const char *mail, int64_t now)
{
    struct bounce_recorder recorder = {.db = db, .keys = keys, .now = now};
    if (!bounce_record(&recorder, str_of(mail), &tally, &err))
        fail_msg("%s", err.text);
}

/* A report to a return path; `extra` goes into the returned message. */
static void report_to(const char *to, int id, const char *status,
                      const char *extra, int64_t now)
{
    OWNED(mem_free)
    char *mail = mem_format(
        "From: MAILER-DAEMON@mx.example.net\nTo: %s\n"
        "Subject: Undelivered Mail\nMessage-ID: <%d@mx.example.net>\n"
        "Content-Type: multipart/report; boundary=b\n\n"
        "--b\nContent-Type: message/delivery-status\n\n"
        "Final-Recipient: rfc822; ana@example.org\nAction: failed\n"
        "Status: %s\n\n"
        "--b\nContent-Type: message/rfc822\n\nTo: ana@example.org\n%s\n\nHi\n"
        "--b--\n",
        to, id, status, extra);
    record(mail, now);
}

static void report(int64_t issue, const char *status, int64_t now)
{
    OWNED(mem_free) char *token = local_token(issue, TOKEN_RETURN_PATH);
    OWNED(mem_free) char *to = mem_format("bounces+%s@example.org", token);
    report_to(to, (int)issue, status, "", now);
}

static enum subscription_state state_of_ana(void)
{
    struct roster_state s;
    assert_true(roster_get_state(db, 1, ana.id, &s, &err));
    return s.state;
}

static bool is_suppressed(void)
{
    bool out;
    assert_true(roster_suppressed(db, "ana@example.org", &out, &err));
    return out;
}

static void deliver(int64_t issue, int64_t at)
{
    struct stmt *stmt =
        db_stmt(db, "INSERT INTO delivery (issue_id, subscriber_id, state, "
                    "    changed_at) VALUES (?1, 1, 'sent', ?2)");
    stmt_bind_int(stmt, 1, issue);
    stmt_bind_int(stmt, 2, at);
    assert_true(stmt_run(stmt, &err));
}

/* ---- hard ---- */

static void a_signed_hard_bounce_suppresses_at_once(void **state)
{
    (void)state;
    add_issues();
    report(3, "5.1.1", 100);
    assert_int_equal(tally.hard, 1);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_BOUNCED);
    assert_true(is_suppressed());
}

static void a_forged_one_changes_nobody(void **state)
{
    (void)state;
    add_issues();
    OWNED(mem_free) char *token = local_token(3, TOKEN_RETURN_PATH);
    token[4] = token[4] == 'a' ? 'b' : 'a';
    OWNED(mem_free) char *to = mem_format("bounces+%s@example.org", token);
    report_to(to, 1, "5.1.1", "", 100);
    report_to("bounces@example.org", 2, "5.1.1", "", 100);
    report_to("bounces@example.org", 3, "5.1.1",
              "Message-ID: <aaaaaaaaaaaaaaaaaaaaaaaaaa.weekly.3@example.org>",
              100);
    assert_int_equal(tally.aside, 3);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_ACTIVE);
    assert_false(is_suppressed());
}

/* Whoever has an unsubscribe link may not pass it off as a return path. */
static void a_token_of_another_purpose_is_no_return_path(void **state)
{
    (void)state;
    OWNED(mem_free) char *token = local_token(3, TOKEN_UNSUBSCRIBE);
    OWNED(mem_free) char *to = mem_format("bounces+%s@example.org", token);
    report_to(to, 1, "5.1.1", "", 100);
    assert_int_equal(tally.aside, 1);
    assert_false(is_suppressed());
}

static void our_own_message_id_says_who(void **state)
{
    (void)state;
    add_issues();
    OWNED(strbuf_free) struct strbuf mark = STRBUF_INIT;
    token_message_id(keys, 3, ana.key, &mark);
    OWNED(mem_free)
    char *id =
        mem_format("Message-ID: <%s.weekly.3@example.org>", strbuf_text(&mark));
    report_to("bounces@example.org", 1, "5.1.1", id, 100);
    assert_int_equal(tally.hard, 1);
    assert_true(is_suppressed());
}

static void our_own_unsubscribe_link_says_who(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct token token = token_for(3, TOKEN_UNSUBSCRIBE);
    token_write(keys, &token, &text);
    OWNED(mem_free)
    char *link = mem_format("List-Unsubscribe: <https://n.example/u/%s>",
                            strbuf_text(&text));
    report_to("abuse@example.org", 1, "5.1.1", link, 100);
    assert_int_equal(tally.hard, 1);
}

static void reading_it_again_changes_nothing(void **state)
{
    (void)state;
    add_issues();
    report(3, "5.1.1", 100);
    assert_true(
        suppression_remove(db, STR("ana@example.org"), keys, 200, &err));
    report(3, "5.1.1", 300);
    assert_int_equal(tally.again, 1);
    assert_false(is_suppressed());
}

/* ---- soft ---- */

static void four_issues_over_two_weeks_are_enough(void **state)
{
    (void)state;
    add_issues();
    for (int i = 1; i <= 4; i++) {
        deliver(i, i * 5 * DAY);
        assert_false(is_suppressed());
        report(i, "4.2.2", i * 5 * DAY + 60);
    }
    assert_int_equal(tally.soft, 3);
    assert_int_equal(tally.given_up, 1);
    assert_true(is_suppressed());
}

static void ten_issues_in_a_week_are_not(void **state)
{
    (void)state;
    add_issues();
    for (int i = 1; i <= 10; i++) {
        deliver(i, i * DAY);
        report(i, "4.2.2", i * DAY + 60);
    }
    assert_int_equal(tally.soft, 10);
    assert_false(is_suppressed());
}

static void one_that_arrived_begins_the_count_anew(void **state)
{
    (void)state;
    add_issues();
    for (int i = 1; i <= 7; i++) {
        deliver(i, i * 7 * DAY);
        if (i != 4)
            report(i, "4.2.2", i * 7 * DAY + 60);
    }
    assert_int_equal(tally.soft, 6);
    assert_false(is_suppressed());
}

static void one_that_is_still_on_its_way_does_not(void **state)
{
    (void)state;
    add_issues();
    for (int i = 1; i <= 5; i++)
        deliver(i, i * 7 * DAY);
    for (int i = 1; i <= 4; i++)
        report(i, "4.2.2", 40 * DAY + i);
    assert_int_equal(tally.given_up, 1);
}

/* What a server says in the dialogue counts as its report does. */
static void refuse(int64_t issue, int64_t at, bool *given_up)
{
    struct consent_origin origin = {
        .means = MEANS_DELIVERY, .issue_id = issue, .now = at, .keys = keys};
    struct bounce_soft soft = {.subscriber_id = ana.id,
                               .status = "5.2.1",
                               .reason = "suspended",
                               .said = "mailbox disabled"};
    struct stmt *failed =
        db_stmt(db, "INSERT INTO delivery (issue_id, subscriber_id, state, "
                    "    changed_at) VALUES (?1, ?2, 'failed', ?3)");
    stmt_bind_int(failed, 1, issue);
    stmt_bind_int(failed, 2, ana.id);
    stmt_bind_int(failed, 3, at);
    assert_true(stmt_run(failed, &err));
    assert_true(bounce_count_soft(db, &soft, &origin, given_up, &err));
}

static void refusals_at_the_door_count_as_reports_do(void **state)
{
    (void)state;
    bool given_up = false;
    add_issues();
    for (int i = 1; i <= 4; i++) {
        assert_false(is_suppressed() || given_up);
        if (i % 2) {
            refuse(i, i * 5 * DAY, &given_up);
        } else {
            deliver(i, i * 5 * DAY);
            report(i, "4.2.2", i * 5 * DAY + 60);
        }
    }
    assert_true(is_suppressed());
}

static void one_that_was_refused_and_then_delivered_does_not_count(void **state)
{
    (void)state;
    bool given_up = false;
    add_issues();
    for (int i = 1; i <= 5; i++) {
        refuse(i, i * 5 * DAY, &given_up);
        if (i == 3)
            run("UPDATE delivery SET state = 'sent', "
                "    changed_at = changed_at + 60 WHERE issue_id = 3");
    }
    assert_false(is_suppressed() || given_up);
}

static void the_same_issue_counts_once(void **state)
{
    (void)state;
    add_issues();
    OWNED(mem_free) char *token = local_token(1, TOKEN_RETURN_PATH);
    OWNED(mem_free) char *to = mem_format("bounces-%s@example.org", token);
    deliver(1, 0);
    for (int i = 1; i <= 6; i++)
        report_to(to, i, "4.2.2", "", i * 7 * DAY);
    assert_int_equal(tally.soft, 6);
    assert_false(is_suppressed());
}

static void a_refusal_for_policy_is_told_and_not_counted(void **state)
{
    (void)state;
    struct bounce_refusals refusals;
    add_issues();
    for (int i = 1; i <= 6; i++) {
        deliver(i, i * 7 * DAY);
        report(i, "5.7.1", i * 7 * DAY + 60);
    }
    assert_int_equal(tally.policy, 6);
    assert_false(is_suppressed());
    assert_true(bounce_store_refusals(db, &arena, &refusals, &err));
    assert_int_equal(refusals.count, 1);
    assert_int_equal(refusals.items[0].count, 6);
    assert_true(str_equal(refusals.items[0].domain, STR("example.org")));
}

/* ---- others ---- */

static void unsubscribe_mail(const char *word)
{
    OWNED(mem_free)
    char *mail = mem_format("From: ana@example.org\nTo: bounces@example.org\n"
                            "Subject: unsubscribe %s\n\n",
                            word);
    record(mail, 100);
}

static void a_mail_with_the_token_unsubscribes(void **state)
{
    (void)state;
    OWNED(mem_free) char *token = local_token(3, TOKEN_UNSUBSCRIBE);
    unsubscribe_mail(token);
    assert_int_equal(tally.unsubscribed, 1);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_UNSUBSCRIBED);
    assert_false(is_suppressed());
}

static void a_mail_without_one_is_kept_aside(void **state)
{
    (void)state;
    unsubscribe_mail("me please");
    assert_int_equal(tally.aside, 1);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_ACTIVE);
}

static void a_forgotten_person_is_left_in_peace(void **state)
{
    (void)state;
    add_issues();
    OWNED(mem_free) char *token = local_token(3, TOKEN_RETURN_PATH);
    OWNED(mem_free) char *to = mem_format("bounces+%s@example.org", token);
    run("DELETE FROM subscriber WHERE id = 1");
    report_to(to, 1, "5.1.1", "", 100);
    assert_int_equal(tally.ignored, 1);
    assert_int_equal(tally.aside, 0);
}

static void old_ones_are_pruned(void **state)
{
    (void)state;
    struct bounce_asides asides;
    unsubscribe_mail("me please");
    assert_true(bounce_store_prune(db, 100, &err));
    assert_true(bounce_store_asides(db, &arena, &asides, &err));
    assert_int_equal(asides.count, 1);
    assert_true(bounce_store_prune(db, 101, &err));
    assert_true(bounce_store_asides(db, &arena, &asides, &err));
    assert_int_equal(asides.count, 0);
}

static int make_keys(void **state)
{
    (void)state;
    char *slash = strrchr(key_path, '/');
    *slash = '\0';
    if (!mkdtemp(key_path))
        return -1;
    *slash = '/';
    return token_keys_create(key_path, &err) &&
                   token_keys_load(key_path, &keys, &err)
               ? 0
               : -1;
}

static int drop_keys(void **state)
{
    (void)state;
    token_keys_free(keys);
    unlink(key_path);
    *strrchr(key_path, '/') = '\0';
    return rmdir(key_path);
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(a_signed_hard_bounce_suppresses_at_once),
        FRESH(a_forged_one_changes_nobody),
        FRESH(a_token_of_another_purpose_is_no_return_path),
        FRESH(our_own_message_id_says_who),
        FRESH(our_own_unsubscribe_link_says_who),
        FRESH(reading_it_again_changes_nothing),
        FRESH(four_issues_over_two_weeks_are_enough),
        FRESH(ten_issues_in_a_week_are_not),
        FRESH(one_that_arrived_begins_the_count_anew),
        FRESH(one_that_is_still_on_its_way_does_not),
        FRESH(refusals_at_the_door_count_as_reports_do),
        FRESH(one_that_was_refused_and_then_delivered_does_not_count),
        FRESH(the_same_issue_counts_once),
        FRESH(a_refusal_for_policy_is_told_and_not_counted),
        FRESH(a_mail_with_the_token_unsubscribes),
        FRESH(a_mail_without_one_is_kept_aside),
        FRESH(a_forgotten_person_is_left_in_peace),
        FRESH(old_ones_are_pruned),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
