#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/sender/reply_class.h"
#include "digest/sender/smtp_caps_internal.h"
#include "digest/sender/smtp_reply_internal.h"

/* Reads one reply, given in pieces of `piece` bytes. */
static enum smtp_reply_state read_in_pieces(struct smtp_reply *reply,
                                            struct str bytes, size_t piece)
{
    enum smtp_reply_state state = SMTP_REPLY_MORE;
    while (bytes.len && state == SMTP_REPLY_MORE) {
        struct str part = {bytes.ptr, piece < bytes.len ? piece : bytes.len};
        bytes = str_from(bytes, part.len);
        state = smtp_reply_read(reply, &part);
    }
    return state;
}

static void expect_reply(const char *bytes, int code, const char *status,
                         const char *text)
{
    for (size_t piece = 1; piece <= strlen(bytes); piece++) {
        struct smtp_reply reply = {0};
        OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
        assert_int_equal(read_in_pieces(&reply, str_of(bytes), piece),
                         SMTP_REPLY_WHOLE);
        assert_int_equal(reply.code, code);
        assert_string_equal(reply.status, status);
        smtp_reply_text(&reply, 500, &clean);
        assert_string_equal(strbuf_text(&clean), text);
        smtp_reply_free(&reply);
    }
}

static void expect_bad(struct str bytes)
{
    for (size_t piece = 1; piece <= bytes.len && piece < 40; piece++) {
        struct smtp_reply reply = {0};
        assert_int_equal(read_in_pieces(&reply, bytes, piece), SMTP_REPLY_BAD);
        smtp_reply_free(&reply);
    }
}

static void a_reply_is_read_however_it_is_cut(void **state)
{
    (void)state;
    expect_reply("250 2.0.0 Ok: queued as 12AB\r\n", 250, "2.0.0",
                 "Ok: queued as 12AB");
    expect_reply("354 End data with <CR><LF>.<CR><LF>\r\n", 354, "",
                 "End data with <CR><LF>.<CR><LF>");
    expect_reply("250\r\n", 250, "", "");
    expect_reply("250 \r\n", 250, "", "");
    expect_reply("250 bare newline\n", 250, "", "bare newline");
}

static void lines_are_joined_without_code_and_status(void **state)
{
    (void)state;
    expect_reply("550-5.1.1 The account that you tried to reach\r\n"
                 "550-5.1.1 does not exist.\r\n"
                 "550 5.1.1 See example.org/help\r\n",
                 550, "5.1.1",
                 "The account that you tried to reach does not exist. "
                 "See example.org/help");
}

static void a_status_of_another_class_is_only_text(void **state)
{
    (void)state;
    expect_reply("250 4.0.0 is our version\r\n", 250, "",
                 "4.0.0 is our version");
    expect_reply("550 5.1.1234 odd\r\n", 550, "", "5.1.1234 odd");
    expect_reply("550 5.1 short\r\n", 550, "", "5.1 short");
    expect_reply("550 5.999.999\r\n", 550, "5.999.999", "");
}

static void what_is_no_reply_is_bad(void **state)
{
    (void)state;
    expect_bad(STR("hello\r\n"));
    expect_bad(STR("\r\n"));
    expect_bad(STR("25\r\n"));
    expect_bad(STR("650 no such group\r\n"));
    expect_bad(STR("2500 too long a code\r\n"));
    expect_bad(STR("250_underscore\r\n"));
    expect_bad(STR("250-one code\r\n550 and another\r\n"));
    expect_bad(STR("HTTP/1.1 400 Bad Request\r\n"));
}

static void a_line_without_end_is_bad(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    strbuf_add_text(&bytes, "250 ");
    for (int i = 0; i < SMTP_LINE_MAX; i++)
        strbuf_add_char(&bytes, 'x');
    expect_bad(strbuf_str(&bytes));
}

static void a_reply_without_end_is_bad(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    while (bytes.len <= SMTP_REPLY_MAX)
        strbuf_add_text(&bytes, "250-and so on\r\n");
    expect_bad(strbuf_str(&bytes));
}

static void the_text_is_clean(void **state)
{
    (void)state;
    struct smtp_reply reply = {0};
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    struct str bytes = STR("550 \x1b[31mred\xff\t\x01 end\r\n");
    assert_int_equal(smtp_reply_read(&reply, &bytes), SMTP_REPLY_WHOLE);
    smtp_reply_text(&reply, 500, &clean);
    assert_string_equal(strbuf_text(&clean), "[31mred\xef\xbf\xbd end");
    strbuf_cut(&clean, 0);
    smtp_reply_text(&reply, 9, &clean);
    assert_string_equal(strbuf_text(&clean), "[31mred");
    smtp_reply_free(&reply);
}

static void one_reply_after_the_other_is_read(void **state)
{
    (void)state;
    struct smtp_reply reply = {0};
    struct str bytes = STR("250 one\r\n550 5.7.1 two\r\n354 three\r\n");
    static const int codes[] = {250, 550, 354};
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        assert_int_equal(smtp_reply_read(&reply, &bytes), SMTP_REPLY_WHOLE);
        assert_int_equal(reply.code, codes[i]);
    }
    assert_string_equal(reply.status, "");
    assert_int_equal(bytes.len, 0);
    smtp_reply_free(&reply);
}

static void hear(struct smtp_caps *caps, const char *text)
{
    struct str rest = str_of(text), line;
    while (str_next_line(&rest, &line))
        smtp_caps_line(caps, line);
}

static void what_a_server_offers_is_known(void **state)
{
    (void)state;
    struct smtp_caps caps = {0};
    hear(&caps, "220 mail.example.org ESMTP\n250-mail.example.org\n"
                "250-PIPELINING\n250-size 10240000\n250-SMTPUTF8\n"
                "250-AUTH PLAIN LOGIN\n250-LIMITS RCPTMAX=10 MAILMAX=50\n"
                "250 8BITMIME\n235 2.7.0 welcome\n");
    assert_true(caps.pipelining && caps.smtputf8 && caps.eightbitmime);
    assert_true(caps.size && caps.auth && caps.authenticated);
    assert_int_equal(caps.size_max, 10240000);
    assert_int_equal(caps.mail_max, 50);
    assert_false(caps.starttls);
}

static void what_came_before_starttls_is_forgotten(void **state)
{
    (void)state;
    struct smtp_caps caps = {0};
    hear(&caps, "220 hello\n250-name\n250-SMTPUTF8\n250-SIZE 9\n"
                "250 STARTTLS\n220 go ahead\n250-name\n250 PIPELINING\n");
    assert_true(caps.pipelining);
    assert_false(caps.smtputf8 || caps.size || caps.starttls);
    hear(&caps, "220 again\n");
    assert_false(caps.pipelining);
}

static void a_server_named_like_a_keyword_offers_nothing(void **state)
{
    (void)state;
    struct smtp_caps caps = {0};
    hear(&caps, "220 hello\n250 PIPELINING\n");
    assert_false(caps.pipelining);
    hear(&caps, "250-PIPELINING\n250 SIZE\n");
    assert_false(caps.pipelining);
    assert_true(caps.size && caps.size_max == 0);
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        int code;
        const char *status, *text;
        enum reply_class class;
    } cases[] = {
        {250, "2.1.5", "", REPLY_ACCEPTED},
        {550, "5.1.1", "", REPLY_ADDRESS},
        {550, "5.1.10", "", REPLY_ADDRESS},
        {551, "5.1.6", "", REPLY_ADDRESS},
        {556, "", "", REPLY_ADDRESS},
        {550, "5.1.2", "", REPLY_ADDRESS},
        {550, "", "User unknown in virtual mailbox table", REPLY_ADDRESS},
        {550, "5.4.4", "Host not found", REPLY_ADDRESS},
        {450, "4.1.1", "", REPLY_TEMPORARY},
        /* Disabled, or full: it may pass. */
        {550, "5.2.1", "The email account that you tried to reach is disabled",
         REPLY_MAILBOX},
        {550, "5.2.1", "", REPLY_MAILBOX},
        {550, "5.2.1", "No such user", REPLY_ADDRESS},
        {550, "5.1.1", "Mailbox full", REPLY_MAILBOX},
        {552, "5.2.2", "", REPLY_MAILBOX},
        {452, "4.2.2", "", REPLY_MAILBOX},
        {552, "5.3.4", "", REPLY_MESSAGE},
        {552, "", "", REPLY_MESSAGE},
        {550, "5.7.1", "", REPLY_POLICY},
        {550, "5.7.515", "", REPLY_POLICY},
        {421, "4.7.0", "", REPLY_PACE},
        {421, "", "", REPLY_PACE},
        {530, "5.7.0", "", REPLY_POLICY},
        {535, "5.7.8", "", REPLY_RELAY},
        {550, "", "", REPLY_PERMANENT},
        {451, "", "", REPLY_TEMPORARY},
        {550, "5.1.0", "", REPLY_PERMANENT},
        {553, "5.6.7", "", REPLY_MESSAGE},
        {451, "4.7.1", "", REPLY_POLICY},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        enum reply_class class =
            reply_classify(cases[i].code, cases[i].status, cases[i].text);
        if (class != cases[i].class)
            fail_msg("%d %s %s: %s", cases[i].code, cases[i].status,
                     cases[i].text, reply_class_name(class));
    }
    assert_string_equal(reply_class_name(REPLY_ADDRESS), "address");
}

static void too_many_recipients_is_temporary(void **state)
{
    (void)state;
    assert_int_equal(reply_outcome(STAGE_RCPT, 552), SENDER_DEFERRED);
    assert_int_equal(reply_outcome(STAGE_FINAL, 552), SENDER_FAILED);
    assert_int_equal(reply_outcome(STAGE_FINAL, 250), SENDER_SENT);
    assert_int_equal(reply_outcome(STAGE_RCPT, 450), SENDER_DEFERRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_is_read_however_it_is_cut),
        cmocka_unit_test(lines_are_joined_without_code_and_status),
        cmocka_unit_test(a_status_of_another_class_is_only_text),
        cmocka_unit_test(what_is_no_reply_is_bad),
        cmocka_unit_test(a_line_without_end_is_bad),
        cmocka_unit_test(a_reply_without_end_is_bad),
        cmocka_unit_test(the_text_is_clean),
        cmocka_unit_test(one_reply_after_the_other_is_read),
        cmocka_unit_test(what_a_server_offers_is_known),
        cmocka_unit_test(what_came_before_starttls_is_forgotten),
        cmocka_unit_test(a_server_named_like_a_keyword_offers_nothing),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(too_many_recipients_is_temporary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
