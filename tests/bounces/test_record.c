#include <ctype.h>

#include "digest/base/encode.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/bounces/record.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/roster_store.h"
#include "tests/support/house.h"

enum { DAY = 24 * 60 * 60, ISSUES = 12 };

static struct db *db;
static const char *authserv_id;
static struct token_keys *keys;
static struct arena arena;
static struct err err;
static struct subscriber ana;
static struct bounce_tally tally;

static void add_issues(void)
{
    for (int i = 1; i <= ISSUES; i++)
        house_issue(db, i, 1, i, "sent");
}

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    tally = (struct bounce_tally){0};
    authserv_id = NULL;
    db = house_db();
    house_newsletter(db, "weekly");
    int64_t id = house_subscriber(db, 1, "ana@example.org");
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
    struct bounce_recorder recorder = {
        .db = db, .keys = keys, .now = now, .authserv_id = authserv_id};
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

static void move_ana(int64_t at)
{
    struct stmt *event =
        db_stmt(db, "INSERT INTO consent_event (subscriber_id, event, means, "
                    "    at, note) VALUES (1, 'moved', 'page', ?1, "
                    "    'from ana@example.org to new@example.org')");
    stmt_bind_int(event, 1, at);
    assert_true(stmt_run(event, &err));
    house_run(db, "UPDATE subscriber SET email = 'new@example.org', "
                  "    email_key = 'new@example.org' WHERE id = 1");
}

/* A bounce on its way back when they move is about the mailbox they left. */
static void what_an_old_address_sends_back_spares_the_new_one(void **state)
{
    (void)state;
    add_issues();
    deliver(1, 100);
    move_ana(200);
    report(1, "5.1.1", 300);
    assert_int_equal(tally.hard, 0);
    assert_int_equal(tally.ignored, 1);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_ACTIVE);
    deliver(2, 400);
    report(2, "5.1.1", 500);
    assert_int_equal(tally.hard, 1);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_BOUNCED);
}

static void what_an_old_address_refused_is_not_counted(void **state)
{
    (void)state;
    add_issues();
    for (int i = 1; i <= 5; i++) {
        deliver(i, i * 5 * DAY);
        if (i == 4)
            move_ana(i * 5 * DAY + 30);
        report(i, "4.2.2", i * 5 * DAY + 60);
    }
    assert_int_equal(tally.ignored, 1);
    assert_int_equal(tally.soft, 4);
    assert_int_equal(tally.given_up, 0);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_ACTIVE);
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

/* A server's refusal in the dialogue counts as its report does. */
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
            house_run(db,
                      "UPDATE delivery SET state = 'sent', "
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

/* However mail programs write the Subject of a mailto: link. */
static void its_subject_is_read_however_it_is_written(void **state)
{
    (void)state;
    OWNED(mem_free) char *token = local_token(3, TOKEN_UNSUBSCRIBE);
    OWNED(strbuf_free) struct strbuf base64 = STRBUF_INIT;
    OWNED(mem_free) char *words = mem_format("unsubscribe %s", token);
    base64_encode(&base64, str_of(words));
    OWNED(mem_free)
    char *first = str_dup((struct str){token, 20}),
         *upper = str_dup(str_of(token));
    for (char *c = upper; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    char *subjects[] = {
        mem_format("unsubscribe %s", token),
        mem_format("UNSUBSCRIBE %s", upper),
        mem_format("Re: unsubscribe\n %s", token),
        mem_format("AW: RE[2]: [External] \"unsubscribe %s\"", token),
        mem_format("unsubscribe%%20%s", token),
        mem_format("Re:%%20unsubscribe%%20%s", token),
        mem_format("Re:+unsubscribe+%s", token),
        mem_format("=?utf-8?Q?unsubscribe_%s?=", token),
        mem_format("=?utf-8?Q?Re:_unsubscribe_%s?=\n =?utf-8?Q?%s?=", first,
                   token + 20),
        mem_format("=?UTF-8?B?%s?=", strbuf_text(&base64)),
        mem_format("=?windows-1251?B?%s?=", strbuf_text(&base64)),
        mem_format("=?gb18030?Q?=BB=D8=B8=B4=A3=BAunsubscribe=20%s?=", token),
    };
    for (size_t i = 0; i < ARRAY_SIZE(subjects); i++) {
        OWNED(mem_free)
        char *mail = mem_format("From: other@example.net\nSubject: %s\n"
                                "Message-ID: <%zu@example.net>\n\n",
                                subjects[i], i);
        house_run(db, "UPDATE subscription SET state = 'active'");
        record(mail, 100);
        if (state_of_ana() != SUBSCRIPTION_UNSUBSCRIBED)
            fail_msg("not understood: %s", subjects[i]);
        free(subjects[i]);
    }
    assert_int_equal(tally.unsubscribed, ARRAY_SIZE(subjects));
}

/* ---- leaving without a token ---- */

#define PASSED                                                                 \
    "Authentication-Results: mx.example.org;\n dmarc=pass"                     \
    " header.from=example.org\n"

static int letters;

static void letter(const char *fields, const char *subject, const char *text)
{
    OWNED(mem_free)
    char *mail = mem_format("%sFrom: Ana <ana@example.org>\n"
                            "To: bounces@example.org\nSubject: %s\n"
                            "Message-ID: <%d@mail.example.org>\n\n%s\n",
                            fields, subject, ++letters, text);
    house_run(db, "UPDATE subscription SET state = 'active'");
    record(mail, 100);
}

static void expect_left(bool left, const char *what)
{
    enum subscription_state is = state_of_ana();
    if (is != (left ? SUBSCRIPTION_UNSUBSCRIBED : SUBSCRIPTION_ACTIVE))
        fail_msg("%s: %s", left ? "stays" : "left", what);
}

static void who_our_server_vouches_for_leaves_with_one_word(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"unsubscribe", ""},
        {"Re: Unsubscribe", "see you"},
        {"=?utf-8?B?VW5zdWJzY3JpYmU=?=", ""},
        {"Re: Weekly Review", "unsubscribe"},
        {"Re: Weekly Review", "\nUnsubscribe.\n\nSent from my phone\n"},
        {"Re: Weekly Review", "unsubscribe\n\n> Hello Ana\n> here it is\n"},
        {"Re: W", "UNSUBSCRIBE\n\nOn Tue, 1 Dec 2026, W wrote:\nHello\n"},
        {"Re: W", "unsubscribe\n\nOn Tue, 1 Dec 2026, W wrote:\n> Hello\n"},
        {"Re: W", "unsubscribe\n\nOn Tue, 1 Dec 2026, Weekly\n"
                  "<w@example.org> wrote:\n\n> Hello\n"},
        {"Re: W", "unsubscribe\n-- \nAna, 1 Long Road\n"},
        {"Re: W", "unsubscribe\n\nFrom: W <w@example.org>\nSent: today\n"},
        {"Unsubscribe\xe2\x80\x8b", ""},
        {"Re: W", "\xef\xbb\xbfunsubscribe\xc2\xa0\n\xc2\xa0\n-- \nAna\n"},
        {"Re: W", "On Tue, 1 Dec 2026, W wrote:\n> Hello\n>\n\nunsubscribe\n"},
        {"Re: W", "On Tue, 1 Dec 2026, Weekly\n<w@example.org> wrote:\n\n"
                  "> Hello\n\nUnsubscribe\n\nSent from my phone\n"},
    };
    authserv_id = "mx.example.org";
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        letter(PASSED, texts[i][0], texts[i][1]);
        expect_left(true, texts[i][1]);
    }
    assert_int_equal(tally.unsubscribed, ARRAY_SIZE(texts));
}

static void who_says_more_or_is_a_machine_does_not(void **state)
{
    (void)state;
    static const char *const mails[][3] = {
        {PASSED, "unsubscribe me please", "Thanks"},
        {PASSED, "Re: Weekly", "I'd never unsubscribe\n"},
        {PASSED, "Re: Weekly", "unsubscribe\n\nis the best word of 2026\n"},
        {PASSED, "Re: Weekly", "> unsubscribe\n"},
        {PASSED, "Re: Weekly", "You wrote:\n> unsubscribe\nI won't\n"},
        {PASSED, "Re: Weekly", "I would never\n> hello\nunsubscribe\n"},
        {PASSED, "Re: Weekly", "They said:\nunsubscribe\n"},
        {PASSED "Auto-Submitted: auto-replied\n", "unsubscribe", ""},
        {PASSED "Precedence: auto_reply\n", "Re: Weekly", "unsubscribe"},
    };
    authserv_id = "mx.example.org";
    for (size_t i = 0; i < ARRAY_SIZE(mails); i++) {
        letter(mails[i][0], mails[i][1], mails[i][2]);
        expect_left(false, mails[i][2]);
    }
    assert_int_equal(tally.unsubscribed, 0);
}

static void without_the_servers_name_nobody_is_vouched_for(void **state)
{
    (void)state;
    letter(PASSED, "unsubscribe", "");
    expect_left(false, "no authserv_id");
    assert_int_equal(tally.aside, 1);
}

static void a_stranger_is_kept_aside(void **state)
{
    (void)state;
    authserv_id = "mx.example.org";
    record(PASSED "From: eva@example.org\nSubject: unsubscribe\n\n", 100);
    assert_int_equal(tally.aside, 1);
}

static enum subscription_state state_in(int64_t newsletter)
{
    struct roster_state s;
    assert_true(roster_get_state(db, newsletter, ana.id, &s, &err));
    return s.state;
}

static void the_mail_that_was_answered_says_which_newsletter(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        bool weekly, daily; /* left */
    } rows[] = {
        {"In-Reply-To: <x.weekly.3@example.org>\n", true, false},
        {"In-Reply-To: <other@example.net>\nReferences: <y@example.net>\n"
         " <x.weekly.3@example.org> <z@example.net>\n",
         true, false},
        {"In-Reply-To: <x.weekly.999@example.org>\n", true, true},
        {"", true, true},
    };
    add_issues();
    house_run(
        db,
        "INSERT INTO newsletter (id, slug, title, from_address, created_at) "
        "VALUES (2, 'daily', 'D', 'w@example.org', 0)");
    house_run(
        db,
        "INSERT INTO subscription (newsletter_id, subscriber_id, state, since) "
        "VALUES (2, 1, 'active', 0)");
    authserv_id = "mx.example.org";
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        OWNED(mem_free) char *fields = mem_format(PASSED "%s", rows[i].fields);
        letter(fields, "Re: W", "unsubscribe");
        assert_int_equal(state_in(1) == SUBSCRIPTION_UNSUBSCRIBED,
                         rows[i].weekly);
        assert_int_equal(state_in(2) == SUBSCRIPTION_UNSUBSCRIBED,
                         rows[i].daily);
    }
}

/* ---- complaints ---- */

static void complain(const char *type, const char *report, const char *original)
{
    OWNED(mem_free)
    char *mail = mem_format(
        "From: reports@example.net\nTo: abuse@example.org\n"
        "Message-ID: <c%d@example.net>\n"
        "Content-Type: multipart/report; report-type=feedback-report; "
        "boundary=b\n\n--b\nContent-Type: text/plain\n\nA report.\n"
        "--b\nContent-Type: message/feedback-report\n\n"
        "Feedback-Type: %s\nUser-Agent: T/1\nVersion: 1\n%s\n"
        "--b\nContent-Type: text/rfc822-headers\n\n%s\nSubject: Weekly\n\n"
        "--b--\n",
        ++letters, type, report, original);
    record(mail, 100);
}

static char *our_message_id(int64_t issue)
{
    OWNED(strbuf_free) struct strbuf mark = STRBUF_INIT;
    token_message_id(keys, issue, ana.key, &mark);
    return mem_format("<%s.weekly.%lld@example.org>", strbuf_text(&mark),
                      (long long)issue);
}

static void expect_complaint(void)
{
    assert_int_equal(tally.complained, 1);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_COMPLAINED);
    assert_true(is_suppressed());
}

static void a_complaint_that_names_the_envelope_sender_says_who(void **state)
{
    (void)state;
    OWNED(mem_free) char *token = local_token(3, TOKEN_RETURN_PATH);
    OWNED(mem_free)
    char *field =
        mem_format("Original-Mail-From: <bounces+%s@example.org>\n", token);
    complain("abuse", field, "To: redacted@example.net");
    expect_complaint();
}

static void a_complaint_that_names_the_envelopes_id_says_who(void **state)
{
    (void)state;
    OWNED(mem_free) char *token = local_token(3, TOKEN_RETURN_PATH);
    OWNED(mem_free) char *id = our_message_id(3);
    char *ids[] = {
        mem_format("bounces+%s@example.org", token),
        mem_format("bounces+2B%s@example.org", token),
        mem_format("%s", token),
        mem_format("%s", id),
    };
    add_issues();
    deliver(3, 50);
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        OWNED(mem_free)
        char *field = mem_format("Original-Envelope-Id: %s\n", ids[i]);
        tally = (struct bounce_tally){0};
        house_run(db, "UPDATE subscription SET state = 'active'");
        complain("abuse", field, "To: redacted@example.net");
        if (!tally.complained)
            fail_msg("not found: %s", ids[i]);
        free(ids[i]);
    }
    expect_complaint();
}

static void a_complaint_with_our_message_id_alone_says_who(void **state)
{
    (void)state;
    OWNED(mem_free) char *id = our_message_id(3);
    OWNED(mem_free) char *field = mem_format("Message-ID: %s", id);
    add_issues();
    deliver(3, 50);
    complain("abuse", "", field);
    expect_complaint();
}

/* Only those who got that issue are looked through. */
static void a_complaint_with_a_made_up_message_id_says_nothing(void **state)
{
    (void)state;
    OWNED(mem_free) char *id = our_message_id(3);
    add_issues();
    deliver(4, 50);
    complain("abuse", "",
             "Message-ID: <aaaaaaaaaaaaaaaaaaaaaaaaaa.weekly.4@example.org>");
    id[1] = id[1] == 'a' ? 'b' : 'a';
    OWNED(mem_free) char *field = mem_format("Message-ID: %s", id);
    complain("abuse", "", field);
    assert_int_equal(tally.aside, 2);
    assert_false(is_suppressed());
}

static void looking_through_an_issue_stops_when_asked_to(void **state)
{
    (void)state;
    static const volatile int now = 1;
    OWNED(mem_free) char *id = our_message_id(3);
    OWNED(mem_free)
    char *mail = mem_format(
        "Content-Type: multipart/report; boundary=b\n\n"
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: %s\n--b--\n",
        id);
    struct bounce_recorder recorder = {.db = db, .keys = keys, .stop = &now};
    add_issues();
    deliver(3, 50);
    assert_false(bounce_record(&recorder, str_of(mail), &tally, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_int_equal(tally.read, 0);
    err = (struct err){0};
}

/* multipart/mixed, and their address in a field of the mail they had. */
static void a_complaint_in_microsofts_older_form_says_who(void **state)
{
    (void)state;
    OWNED(mem_free) char *id = our_message_id(3);
    OWNED(mem_free)
    char *mail = mem_format(
        "From: staff@hotmail.example\nTo: abuse@example.org\n"
        "Subject: complaint about message from 192.0.2.1\n"
        "Content-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: message/rfc822\n\n"
        "X-HmXmrOriginalRecipient: <ana@example.org>\nMessage-ID: %s\n"
        "To: undisclosed\nSubject: Weekly\n\nHi\n--b--\n",
        id);
    add_issues();
    record(mail, 100);
    expect_complaint();
}

static void feedback_about_our_mail_suppresses_nobody(void **state)
{
    (void)state;
    static const char *const types[] = {"virus", "other", "auth-failure",
                                        "dmarc", "something-new"};
    OWNED(mem_free) char *token = local_token(3, TOKEN_RETURN_PATH);
    OWNED(mem_free)
    char *field =
        mem_format("Original-Mail-From: <bounces+%s@example.org>\n", token);
    struct bounce_refusals refusals;
    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        complain(types[i], field, "To: ana@example.org");
    complain("not-spam", field, "To: ana@example.org");
    assert_int_equal(tally.policy, ARRAY_SIZE(types));
    assert_int_equal(tally.ignored, 1);
    assert_int_equal(state_of_ana(), SUBSCRIPTION_ACTIVE);
    assert_false(is_suppressed());
    assert_true(bounce_store_refusals(db, &arena, &refusals, &err));
    assert_int_equal(refusals.count, 3);
}

static void a_forgotten_person_is_left_in_peace(void **state)
{
    (void)state;
    add_issues();
    OWNED(mem_free) char *token = local_token(3, TOKEN_RETURN_PATH);
    OWNED(mem_free) char *to = mem_format("bounces+%s@example.org", token);
    house_run(db, "DELETE FROM subscriber WHERE id = 1");
    report_to(to, 1, "5.1.1", "", 100);
    assert_int_equal(tally.ignored, 1);
    assert_int_equal(tally.aside, 0);
}

static void what_is_kept_aside_is_shown_as_it_reads(void **state)
{
    (void)state;
    struct bounce_unmatched_list mails;
    record("From: =?iso-8859-1?Q?J=F6rg?= <joerg@example.com>\n"
           "Subject: =?utf-8?B?R3LDvMOfZQ==?=\n\nHello\n",
           100);
    assert_true(bounce_store_find_unmatched(db, &arena, &mails, &err));
    assert_int_equal(mails.count, 1);
    assert_true(str_equal(mails.items[0].sender,
                          STR("J\xc3\xb6rg <joerg@example.com>")));
    assert_true(str_equal(mails.items[0].subject, STR("Gr\xc3\xbc\xc3\x9f"
                                                      "e")));
}

static void old_ones_are_pruned(void **state)
{
    (void)state;
    struct bounce_unmatched_list mails;
    unsubscribe_mail("me please");
    assert_true(bounce_store_prune(db, 100, &err));
    assert_true(bounce_store_find_unmatched(db, &arena, &mails, &err));
    assert_int_equal(mails.count, 1);
    assert_true(bounce_store_prune(db, 101, &err));
    assert_true(bounce_store_find_unmatched(db, &arena, &mails, &err));
    assert_int_equal(mails.count, 0);
}

static int make_keys(void **state)
{
    (void)state;
    keys = house_keys();
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    token_keys_free(keys);
    return 0;
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
        FRESH(what_an_old_address_sends_back_spares_the_new_one),
        FRESH(what_an_old_address_refused_is_not_counted),
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
        FRESH(its_subject_is_read_however_it_is_written),
        FRESH(who_our_server_vouches_for_leaves_with_one_word),
        FRESH(who_says_more_or_is_a_machine_does_not),
        FRESH(without_the_servers_name_nobody_is_vouched_for),
        FRESH(a_stranger_is_kept_aside),
        FRESH(the_mail_that_was_answered_says_which_newsletter),
        FRESH(a_complaint_that_names_the_envelope_sender_says_who),
        FRESH(a_complaint_that_names_the_envelopes_id_says_who),
        FRESH(a_complaint_with_our_message_id_alone_says_who),
        FRESH(a_complaint_with_a_made_up_message_id_says_nothing),
        FRESH(looking_through_an_issue_stops_when_asked_to),
        FRESH(a_complaint_in_microsofts_older_form_says_who),
        FRESH(feedback_about_our_mail_suppresses_nobody),
        FRESH(a_forgotten_person_is_left_in_peace),
        FRESH(what_is_kept_aside_is_shown_as_it_reads),
        FRESH(old_ones_are_pruned),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
