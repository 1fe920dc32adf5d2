#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/sender/smtp_dialogue_internal.h"

/* A dialogue, and what it has said so far. */
struct talk {
    struct smtp_dialogue dialogue;
    struct sender_job jobs[4];
    struct strbuf said;
    size_t piece; /* how many bytes the server says at once */
};

static const struct smtp_caps plain = {.size = true, .size_max = 1000};
static const struct smtp_caps pipelining = {.pipelining = true};

static void begin(struct talk *talk, const struct smtp_caps *caps, size_t piece)
{
    *talk = (struct talk){.piece = piece};
    smtp_dialogue_begin(&talk->dialogue, caps);
    for (int i = 0; i < 4; i++) {
        struct sender_job *job = &talk->jobs[i];
        job->id = i;
        strbuf_add_text(&job->from, "from@example.org");
        strbuf_add_format(&job->to, "to%d@example.net", i);
        strbuf_add_format(&job->message, "Subject: %d\r\n\r\ntext\r\n", i);
    }
}

static void end(struct talk *talk)
{
    for (int i = 0; i < 4; i++) {
        strbuf_free(&talk->jobs[i].from);
        strbuf_free(&talk->jobs[i].to);
        strbuf_free(&talk->jobs[i].message);
    }
    strbuf_free(&talk->said);
    smtp_dialogue_free(&talk->dialogue);
}

static void flush(struct talk *talk)
{
    struct iovec pieces[8];
    int count;
    while ((count = outflow_pieces(&talk->dialogue.out, pieces, 8)) > 0) {
        size_t length = 0;
        for (int i = 0; i < count; i++) {
            strbuf_add(&talk->said, pieces[i].iov_base, pieces[i].iov_len);
            length += pieces[i].iov_len;
        }
        outflow_sent(&talk->dialogue.out, length);
    }
}

static void give(struct talk *talk, int job)
{
    assert_true(smtp_dialogue_ready(&talk->dialogue));
    smtp_dialogue_bind(&talk->dialogue, &talk->jobs[job]);
}

static void go(struct talk *talk)
{
    smtp_dialogue_go(&talk->dialogue);
    flush(talk);
}

/* The server speaks, in pieces; what that makes us say is written. Without
 * PIPELINING it waits for the next command after each reply. */
static void hear(struct talk *talk, const char *text)
{
    struct str rest = str_of(text);
    while (rest.len) {
        size_t part = talk->piece < rest.len ? talk->piece : rest.len;
        size_t line = str_find(rest, '\n') + 1;
        if (!talk->dialogue.caps.pipelining && line < part)
            part = line;
        smtp_dialogue_read(&talk->dialogue, (struct str){rest.ptr, part});
        rest = str_from(rest, part);
        flush(talk);
    }
}

static void expect_said(struct talk *talk, const char *text)
{
    assert_string_equal(strbuf_text(&talk->said), text);
    strbuf_cut(&talk->said, 0);
}

static struct verdict expect_verdict(struct talk *talk, int job,
                                     enum sender_outcome outcome,
                                     enum sender_stage stage, int code)
{
    struct verdict verdict = {0};
    assert_true(smtp_dialogue_verdict(&talk->dialogue, &verdict));
    assert_ptr_equal(verdict.job, &talk->jobs[job]);
    assert_int_equal(verdict.outcome, outcome);
    assert_int_equal(verdict.stage, stage);
    assert_int_equal(verdict.code, code);
    return verdict;
}

static void expect_no_verdict(struct talk *talk)
{
    struct verdict verdict;
    assert_false(smtp_dialogue_verdict(&talk->dialogue, &verdict));
}

#define IN_PIECES(talk, caps)                                                  \
    for (size_t piece_ = 1; piece_ < 40; piece_ += 6)                          \
        for (bool once_ = (begin(&(talk), (caps), piece_), true); once_;       \
             once_ = (end(&(talk)), false))

static void one_command_at_a_time_without_pipelining(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &plain)
    {
        give(&t, 0);
        expect_said(&t, "");
        go(&t);
        expect_said(&t, "MAIL FROM:<from@example.org> SIZE=20\r\n");
        hear(&t, "250-2.1.0 Ok\r\n250 2.1.0 really\r\n");
        expect_said(&t, "RCPT TO:<to0@example.net>\r\n");
        hear(&t, "250 2.1.5 Ok\r\n");
        expect_said(&t, "DATA\r\n");
        hear(&t, "354 go\r\n");
        expect_said(&t, "");
        assert_false(smtp_dialogue_ready(&t.dialogue));
        go(&t);
        expect_said(&t, "Subject: 0\r\n\r\ntext\r\n.\r\n");
        expect_no_verdict(&t);
        hear(&t, "250 2.0.0 Ok: queued as X\r\n");
        struct verdict v = expect_verdict(&t, 0, SENDER_SENT, STAGE_FINAL, 250);
        assert_string_equal(v.text, "Ok: queued as X");
        assert_string_equal(v.status, "2.0.0");
        assert_true(smtp_dialogue_ready(&t.dialogue));
    }
}

static void the_next_group_follows_the_dot_in_one_flight(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &pipelining)
    {
        give(&t, 0);
        go(&t);
        expect_said(&t, "MAIL FROM:<from@example.org>\r\n"
                        "RCPT TO:<to0@example.net>\r\nDATA\r\n");
        hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
        give(&t, 1);
        assert_false(smtp_dialogue_ready(&t.dialogue));
        expect_said(&t, "");
        go(&t);
        expect_said(&t, "Subject: 0\r\n\r\ntext\r\n.\r\n"
                        "MAIL FROM:<from@example.org>\r\n"
                        "RCPT TO:<to1@example.net>\r\nDATA\r\n");
        hear(&t, "250 first\r\n250 ok\r\n250 ok\r\n354 go\r\n");
        expect_verdict(&t, 0, SENDER_SENT, STAGE_FINAL, 250);
        expect_no_verdict(&t);
        expect_said(&t, "");
        go(&t);
        expect_said(&t, "Subject: 1\r\n\r\ntext\r\n.\r\n");
        hear(&t, "451 4.3.0 not now\r\n");
        expect_verdict(&t, 1, SENDER_DEFERRED, STAGE_FINAL, 451);
    }
}

static void a_refusal_is_followed_by_rset_on_the_same_connection(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &plain)
    {
        give(&t, 0);
        go(&t);
        hear(&t, "250 ok\r\n550 5.1.1 no such user\r\n");
        struct verdict v =
            expect_verdict(&t, 0, SENDER_FAILED, STAGE_RCPT, 550);
        assert_string_equal(v.status, "5.1.1");
        strbuf_cut(&t.said, 0);
        give(&t, 1);
        go(&t);
        expect_said(&t, "RSET\r\n");
        hear(&t, "250 flushed\r\n");
        expect_said(&t, "MAIL FROM:<from@example.org> SIZE=20\r\n");
        hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
        go(&t);
        hear(&t, "250 ok\r\n");
        expect_verdict(&t, 1, SENDER_SENT, STAGE_FINAL, 250);
    }
}

static void with_pipelining_rset_leads_the_next_group(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &pipelining)
    {
        give(&t, 0);
        go(&t);
        hear(&t, "250 ok\r\n450 4.2.1 later\r\n503 5.5.1 no recipients\r\n");
        expect_verdict(&t, 0, SENDER_DEFERRED, STAGE_RCPT, 450);
        strbuf_cut(&t.said, 0);
        give(&t, 1);
        go(&t);
        expect_said(&t, "RSET\r\nMAIL FROM:<from@example.org>\r\n"
                        "RCPT TO:<to1@example.net>\r\nDATA\r\n");
        hear(&t, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n");
        go(&t);
        hear(&t, "250 ok\r\n");
        expect_verdict(&t, 1, SENDER_SENT, STAGE_FINAL, 250);
    }
}

static void go_ahead_after_a_refused_recipient_gets_a_lone_dot(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &pipelining)
    {
        give(&t, 0);
        go(&t);
        strbuf_cut(&t.said, 0);
        hear(&t, "250 ok\r\n550 5.1.1 nobody\r\n354 go all the same\r\n");
        expect_said(&t, ".\r\n");
        expect_no_verdict(&t);
        assert_false(smtp_dialogue_ready(&t.dialogue));
        hear(&t, "250 accepted nothing\r\n");
        expect_verdict(&t, 0, SENDER_FAILED, STAGE_RCPT, 550);
        give(&t, 1);
        go(&t);
        assert_false(t.dialogue.broken);
    }
}

static void an_empty_message_never_reaches_an_accepted_recipient(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &pipelining)
    {
        give(&t, 0);
        go(&t);
        strbuf_cut(&t.said, 0);
        hear(&t, "550 5.7.1 not you\r\n250 ok\r\n354 go\r\n");
        expect_said(&t, "");
        assert_true(t.dialogue.broken);
        smtp_dialogue_end(&t.dialogue, t.dialogue.why);
        expect_verdict(&t, 0, SENDER_FAILED, STAGE_MAIL, 550);
    }
}

static void a_refused_sender_is_the_verdict_not_what_follows(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &pipelining)
    {
        give(&t, 0);
        go(&t);
        hear(&t, "451 4.7.1 later\r\n503 no MAIL\r\n503 no RCPT\r\n");
        expect_verdict(&t, 0, SENDER_DEFERRED, STAGE_MAIL, 451);
    }
}

static void closing_in_the_middle_defers_what_was_heard_of(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &plain)
    {
        give(&t, 0);
        go(&t);
        hear(&t, "250 ok\r\n421 4.3.2 shutting down\r\n");
        assert_true(t.dialogue.closing && t.dialogue.closing_code == 421);
        smtp_dialogue_end(&t.dialogue, t.dialogue.why);
        expect_verdict(&t, 0, SENDER_DEFERRED, STAGE_RCPT, 421);
    }
}

static void closing_before_a_message_is_heard_of_returns_it(void **state)
{
    (void)state;
    struct talk t;
    IN_PIECES(t, &pipelining)
    {
        give(&t, 0);
        go(&t);
        hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
        give(&t, 1);
        go(&t);
        hear(&t, "250 first\r\n421 too many messages\r\n");
        smtp_dialogue_end(&t.dialogue, t.dialogue.why);
        expect_verdict(&t, 0, SENDER_SENT, STAGE_FINAL, 250);
        expect_verdict(&t, 1, SENDER_RETURNED, STAGE_MAIL, 421);
    }
}

static void a_lost_connection_is_judged_by_how_far_it_came(void **state)
{
    (void)state;
    static const struct {
        const char *heard;
        bool gone;
        enum sender_outcome outcome;
        enum sender_stage stage;
    } cases[] = {
        {"", false, SENDER_RETURNED, STAGE_MAIL},
        {"250 ok\r\n", false, SENDER_DEFERRED, STAGE_RCPT},
        {"250 ok\r\n250 ok\r\n", false, SENDER_DEFERRED, STAGE_DATA},
        {"250 ok\r\n250 ok\r\n354 go\r\n", false, SENDER_DEFERRED, STAGE_DATA},
        {"250 ok\r\n250 ok\r\n354 go\r\n", true, SENDER_UNKNOWN, STAGE_FINAL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct talk t;
        begin(&t, &plain, 100);
        give(&t, 0);
        go(&t);
        hear(&t, cases[i].heard);
        if (cases[i].gone)
            go(&t);
        smtp_dialogue_end(&t.dialogue, "lost");
        struct verdict v =
            expect_verdict(&t, 0, cases[i].outcome, cases[i].stage, 0);
        assert_string_equal(v.text, "lost");
        end(&t);
    }
}

static void a_message_cut_off_before_its_dot_is_deferred(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, &plain, 100);
    give(&t, 0);
    go(&t);
    hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
    smtp_dialogue_go(&t.dialogue);
    outflow_sent(&t.dialogue.out, 20 + 2);
    assert_int_equal(smtp_dialogue_waits(&t.dialogue), SMTP_WAIT_BLOCK);
    smtp_dialogue_end(&t.dialogue, "lost");
    expect_verdict(&t, 0, SENDER_DEFERRED, STAGE_FINAL, 0);
    end(&t);
}

static void success_before_the_end_of_the_message_is_not_believed(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, &plain, 100);
    give(&t, 0);
    go(&t);
    hear(&t, "250 ok\r\n250 ok\r\n354 go\r\n");
    smtp_dialogue_go(&t.dialogue);
    smtp_dialogue_read(&t.dialogue, STR("250 queued\r\n"));
    assert_true(t.dialogue.broken);
    smtp_dialogue_end(&t.dialogue, t.dialogue.why);
    expect_verdict(&t, 0, SENDER_DEFERRED, STAGE_FINAL, 0);
    end(&t);
}

static void replies_to_what_was_not_asked_break_the_talk(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "250 ok\r\n250 too early\r\n250 and again\r\n", /* in one piece */
        "bogus\r\n",
        "354 go before anything\r\n",
        "250-ok\r\n550 or not\r\n",
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct talk t;
        begin(&t, &plain, 100);
        give(&t, 0);
        go(&t);
        smtp_dialogue_read(&t.dialogue, str_of(cases[i]));
        assert_true(t.dialogue.broken);
        assert_false(smtp_dialogue_ready(&t.dialogue));
        end(&t);
    }
    struct talk t;
    begin(&t, &plain, 100);
    hear(&t, "250 hello?\r\n");
    assert_true(t.dialogue.broken);
    end(&t);
}

static void a_message_over_the_size_limit_is_not_offered(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, &plain, 100);
    while (t.jobs[0].message.len <= 1000)
        strbuf_add_text(&t.jobs[0].message, "more\r\n");
    give(&t, 0);
    go(&t);
    expect_said(&t, "");
    struct verdict v = expect_verdict(&t, 0, SENDER_FAILED, STAGE_MAIL, 0);
    assert_string_equal(v.status, "5.3.4");
    assert_non_null(strstr(v.text, "at most 1000"));
    give(&t, 1);
    go(&t);
    expect_said(&t, "MAIL FROM:<from@example.org> SIZE=20\r\n");
    end(&t);
}

static void smtputf8_is_used_where_it_is_offered(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, &plain, 100);
    strbuf_cut(&t.jobs[0].to, 0);
    strbuf_add_text(&t.jobs[0].to, "jos\xc3\xa9@example.net");
    give(&t, 0);
    struct verdict v = expect_verdict(&t, 0, SENDER_FAILED, STAGE_MAIL, 0);
    assert_string_equal(v.status, "5.6.7");
    assert_non_null(strstr(v.text, "not supported by relay"));
    struct smtp_caps caps = {.smtputf8 = true, .eightbitmime = true};
    smtp_dialogue_begin(&t.dialogue, &caps);
    give(&t, 0);
    go(&t);
    expect_said(&t, "MAIL FROM:<from@example.org> SMTPUTF8\r\n");
    end(&t);
}

/* RFC 3461 §4.4, §5.2.1; the id has 100 characters at most. */
static void the_envelope_has_an_id_where_reports_are_offered(void **state)
{
    (void)state;
    struct talk t;
    struct smtp_caps caps = {.dsn = true};
    begin(&t, &caps, 100);
    strbuf_cut(&t.jobs[0].from, 0);
    strbuf_add_text(&t.jobs[0].from, "bounces+a=b@example.org");
    give(&t, 0);
    go(&t);
    expect_said(&t, "MAIL FROM:<bounces+a=b@example.org> "
                    "ENVID=bounces+2Ba+3Db@example.org\r\n");
    end(&t);
    begin(&t, &caps, 100);
    strbuf_cut(&t.jobs[0].from, 0);
    for (int i = 0; i < 9; i++)
        strbuf_add_text(&t.jobs[0].from, "0123456789");
    strbuf_add_text(&t.jobs[0].from, "@example.org");
    give(&t, 0);
    go(&t);
    assert_null(strstr(strbuf_text(&t.said), "ENVID"));
    end(&t);
}

static void no_address_can_say_a_command(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a@b.org>\r\nRCPT TO:<c@d.org",
        "a\nb@c.org",
        "a b@c.org",
        "<a@b.org>",
        "a\x7f@b.org",
        "no-at-sign",
        "",
    };
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct talk t;
        begin(&t, &pipelining, 100);
        strbuf_cut(&t.jobs[0].to, 0);
        strbuf_add_text(&t.jobs[0].to, bad[i]);
        give(&t, 0);
        go(&t);
        expect_said(&t, "");
        struct verdict v = expect_verdict(&t, 0, SENDER_FAILED, STAGE_MAIL, 0);
        assert_string_equal(v.status, "5.1.3");
        strbuf_cut(&t.jobs[1].from, 0);
        strbuf_add_text(&t.jobs[1].from, *bad[i] && i < 5 ? bad[i] : "a\rb");
        give(&t, 1);
        v = expect_verdict(&t, 1, SENDER_FAILED, STAGE_MAIL, 0);
        assert_string_equal(v.status, "5.1.7");
        end(&t);
    }
}

static void the_null_sender_is_allowed(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, &plain, 100);
    strbuf_cut(&t.jobs[0].from, 0);
    give(&t, 0);
    go(&t);
    expect_said(&t, "MAIL FROM:<> SIZE=20\r\n");
    end(&t);
}

static void each_wait_is_known_for_its_timeout(void **state)
{
    (void)state;
    struct talk t;
    begin(&t, &plain, 100);
    assert_int_equal(smtp_dialogue_waits(&t.dialogue), SMTP_WAIT_NOTHING);
    give(&t, 0);
    go(&t);
    assert_int_equal(smtp_dialogue_waits(&t.dialogue), SMTP_WAIT_COMMAND);
    hear(&t, "250 ok\r\n");
    hear(&t, "250 ok\r\n");
    assert_int_equal(smtp_dialogue_waits(&t.dialogue), SMTP_WAIT_DATA);
    hear(&t, "354 go\r\n");
    assert_int_equal(smtp_dialogue_waits(&t.dialogue), SMTP_WAIT_NOTHING);
    go(&t);
    assert_int_equal(smtp_dialogue_waits(&t.dialogue), SMTP_WAIT_FINAL);
    hear(&t, "250 ok\r\n");
    expect_verdict(&t, 0, SENDER_SENT, STAGE_FINAL, 250);
    smtp_dialogue_quit(&t.dialogue);
    flush(&t);
    hear(&t, "221 bye\r\n");
    assert_true(t.dialogue.quit);
    end(&t);
}

/* A server that says anything: whatever it is, each message given gets one
 * verdict, and none is taken for sent without a 2xx after its dot. */
static void no_server_loses_a_message(void **state)
{
    (void)state;
    static const char *const replies[] = {
        "250 ok\r\n",   "250 ok\r\n",         "250 ok\r\n", "354 go\r\n",
        "354 go\r\n",   "550 5.1.1 no\r\n",   "451 no\r\n", "421 bye\r\n",
        "503 what\r\n", "250-a\r\n250 b\r\n", "junk\r\n",
    };
    random_hold(7);
    for (int round = 0; round < 3000; round++) {
        struct talk t;
        int given = 0, answered = 0;
        begin(&t, round % 2 ? &pipelining : &plain, 1 + random_below(20));
        for (int i = 0; i < 40 && !t.dialogue.broken; i++) {
            struct verdict v;
            while (smtp_dialogue_verdict(&t.dialogue, &v))
                answered++;
            while (given < 4 && smtp_dialogue_ready(&t.dialogue))
                give(&t, given++);
            go(&t);
            hear(&t, replies[random_below(ARRAY_SIZE(replies))]);
            if (t.dialogue.closing_code)
                break;
        }
        smtp_dialogue_end(&t.dialogue, "over");
        struct verdict v;
        while (smtp_dialogue_verdict(&t.dialogue, &v))
            answered++;
        assert_int_equal(answered, given);
        assert_true(smtp_dialogue_idle(&t.dialogue));
        end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_command_at_a_time_without_pipelining),
        cmocka_unit_test(the_next_group_follows_the_dot_in_one_flight),
        cmocka_unit_test(a_refusal_is_followed_by_rset_on_the_same_connection),
        cmocka_unit_test(with_pipelining_rset_leads_the_next_group),
        cmocka_unit_test(go_ahead_after_a_refused_recipient_gets_a_lone_dot),
        cmocka_unit_test(an_empty_message_never_reaches_an_accepted_recipient),
        cmocka_unit_test(a_refused_sender_is_the_verdict_not_what_follows),
        cmocka_unit_test(closing_in_the_middle_defers_what_was_heard_of),
        cmocka_unit_test(closing_before_a_message_is_heard_of_returns_it),
        cmocka_unit_test(a_lost_connection_is_judged_by_how_far_it_came),
        cmocka_unit_test(a_message_cut_off_before_its_dot_is_deferred),
        cmocka_unit_test(success_before_the_end_of_the_message_is_not_believed),
        cmocka_unit_test(replies_to_what_was_not_asked_break_the_talk),
        cmocka_unit_test(a_message_over_the_size_limit_is_not_offered),
        cmocka_unit_test(smtputf8_is_used_where_it_is_offered),
        cmocka_unit_test(the_envelope_has_an_id_where_reports_are_offered),
        cmocka_unit_test(no_address_can_say_a_command),
        cmocka_unit_test(the_null_sender_is_allowed),
        cmocka_unit_test(each_wait_is_known_for_its_timeout),
        cmocka_unit_test(no_server_loses_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
