#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "subscribers/bounces/classify.h"

static struct mail mail;
static struct bounce_verdicts verdicts;

static void read_mail(const char *text)
{
    mail_free(&mail);
    mail_parse(str_of(text), &mail);
    bounce_classify(&mail, &verdicts);
}

static int end(void **state)
{
    (void)state;
    mail_free(&mail);
    return 0;
}

static void expect_one(const char *recipient, const char *kind,
                       const char *reason)
{
    assert_int_equal(verdicts.count, 1);
    const struct bounce_verdict *v = &verdicts.items[0];
    OWNED(mem_free) char *who = str_dup(v->recipient);
    if (strcmp(who, recipient) != 0 ||
        strcmp(bounce_kind_name(v->kind), kind) != 0)
        print_message("%s: %s %s\n", who, bounce_kind_name(v->kind), v->reason);
    assert_string_equal(who, recipient);
    assert_string_equal(bounce_kind_name(v->kind), kind);
    assert_string_equal(v->reason, reason);
}

/* ---- delivery status notifications ---- */

#define DSN(fields)                                                            \
    "From: MAILER-DAEMON@mx.example.net\n"                                     \
    "To: bounces@example.org\n"                                                \
    "Subject: Undelivered Mail Returned to Sender\n"                           \
    "MIME-Version: 1.0\n"                                                      \
    "Content-Type: multipart/report; report-type=delivery-status;\n"           \
    " boundary=\"=_b\"\n\n"                                                    \
    "--=_b\nContent-Type: text/plain\n\nIt could not be delivered.\n\n"        \
    "--=_b\nContent-Type: message/delivery-status\n\n"                         \
    "Reporting-MTA: dns; mx.example.net\n\n" fields                            \
    "\n--=_b\nContent-Type: text/rfc822-headers\n\n"                           \
    "To: ana@example.org\nSubject: S\n\n--=_b--\n"

static void expect_report(const char *status, const char *said,
                          const char *kind, const char *reason)
{
    OWNED(mem_free)
    char *text = mem_format(DSN("Final-Recipient: rfc822; ana@example.org\n"
                                "Action: failed\n"
                                "Status: %s\n"
                                "Diagnostic-Code: smtp; %s\n"),
                            status, said);
    read_mail(text);
    if (verdicts.count != 1 ||
        strcmp(bounce_kind_name(verdicts.items[0].kind), kind) != 0 ||
        strcmp(verdicts.items[0].reason, reason) != 0)
        fail_msg("%s %s: %s %s, not %s %s", status, said,
                 bounce_kind_name(verdicts.items[0].kind),
                 verdicts.items[0].reason, kind, reason);
}

static void the_status_and_the_words_decide_together(void **state)
{
    (void)state;
    static const struct {
        const char *status, *said, *kind, *reason;
    } rows[] = {
        {"5.1.1", "550 5.1.1 User unknown", "hard", "unknown-user"},
        {"5.1.2", "550 5.1.2 Bad destination host", "hard", "unknown-host"},
        {"5.1.3", "501 5.1.3 Bad address syntax", "hard", "unknown-user"},
        {"5.1.6", "550 5.1.6 Mailbox has moved", "hard", "moved"},
        {"5.1.10", "556 5.1.10 Null MX", "hard", "unknown-host"},
        {"5.2.1", "550 5.2.1 Mailbox refused", "soft", "suspended"},
        {"5.2.1", "550 5.2.1 account is disabled", "soft", "suspended"},
        {"5.2.2", "552 5.2.2 Over quota", "soft", "mailbox-full"},
        {"5.1.1", "552 5.2.2 Over quota", "soft", "mailbox-full"},
        {"5.1.1", "550 5.7.1 IP blacklisted", "soft", "policy"},
        {"5.7.1", "554 5.7.1 Spam detected", "soft", "policy"},
        {"5.7.26", "550 5.7.26 fails DMARC", "soft", "policy"},
        {"5.7.1", "550 5.7.1 No such user here", "hard", "unknown-user"},
        {"5.1.8", "553 5.1.8 Domain of sender does not exist", "soft",
         "policy"},
        {"4.7.1", "451 4.7.1 Greylisted", "soft", "policy"},
        {"4.1.1", "450 4.1.1 mailbox unavailable", "soft", "unknown-user"},
        {"4.4.7", "delivery time expired", "soft", "expired"},
        {"5.4.7", "delivery time expired", "soft", "expired"},
        {"5.2.3", "552 5.2.3 Message too large", "soft", "too-big"},
        {"5.3.4", "552 5.3.4 Too big", "soft", "too-big"},
        {"5.6.7", "550 5.6.7 SMTPUTF8 needed", "soft", "content"},
        {"5.0.0", "550 5.1.1 <a@b> does not exist", "hard", "unknown-user"},
        {"5.0.0", "550 No such user", "hard", "unknown-user"},
        {"5.0.0", "550 Requested action not taken", "soft", "undetermined"},
        {"5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable",
         "hard", "unknown-user"},
        /* Of addresses its directory lacks, and of a tenant's rules. */
        {"5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "soft",
         "policy"},
        {"5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found",
         "hard", "unknown-user"},
        {"5.1.10", "Recipient address has null MX", "hard", "unknown-host"},
        {"5.1.2", "", "hard", "unknown-host"},
        {"5.4.4", "DNS lookup failure: host mx.gone.example not found", "hard",
         "unknown-host"},
        {"5.2.1", "550 5.2.1 The account you tried to reach is disabled",
         "soft", "suspended"},
        {"5.2.1", "", "soft", "suspended"},
        {"5.7.1", "554 5.7.1 Recipient address rejected: Access denied", "soft",
         "policy"},
        {"5.4.4", "Host or domain name not found. type=A: Host not found",
         "hard", "unknown-host"},
        {"5.4.4", "Name service error: Host not found, try again", "soft",
         "network"},
        {"4.0.0",
         "DNS Error: DNS type 'mx' lookup of gone.example responded "
         "with code NXDOMAIN Domain name not found: gone.example",
         "hard", "unknown-host"},
        {"4.0.0",
         "DNS Error: DNS type 'mx' lookup of gone.example responded "
         "with code SERVFAIL",
         "soft", "network"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        expect_report(rows[i].status, rows[i].said, rows[i].kind,
                      rows[i].reason);
}

static void a_delay_is_not_a_failure(void **state)
{
    (void)state;
    read_mail(DSN("Final-Recipient: rfc822; ana@example.org\n"
                  "Action: delayed\nStatus: 5.1.1\n"));
    expect_one("ana@example.org", "soft", "delayed");
    assert_false(verdicts.items[0].counts);
}

static void what_was_delivered_is_ignored(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"relayed", "2.0.0"},     {"delivered", "5.1.1"}, {"expanded", "4.4.7"},
        {"Deliverable", "4.0.0"}, {"failed", "2.1.5"},    {"delayed", "2.0.0"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        OWNED(mem_free)
        char *text = mem_format(DSN("Final-Recipient: rfc822; ana@example.org\n"
                                    "Action: %s\nStatus: %s\n"),
                                rows[i][0], rows[i][1]);
        read_mail(text);
        expect_one("ana@example.org", "autoreply", "delivered");
    }
}

static void a_diagnosis_in_a_supplement_is_read(void **state)
{
    (void)state;
    read_mail(DSN("Final-Recipient: rfc822; ana@example.org\n"
                  "Action: failed\nStatus: 5.0.0\n"
                  "X-Supplementary-Info: <mx.example.net #5.0.0 smtp;\n"
                  " 550 5.1.1 no such mailbox>\n"));
    expect_one("ana@example.org", "hard", "unknown-user");
    read_mail(DSN("Final-Recipient: rfc822; ana@example.org\n"
                  "Action: failed\nStatus: 5.0.0\n"
                  "Diagnostic-Code: smtp; 550 not taken\n"
                  "X-Supplementary-Info: \"mailbox is full\"\n"));
    expect_one("ana@example.org", "soft", "mailbox-full");
}

static void a_report_may_be_about_many(void **state)
{
    (void)state;
    read_mail(DSN("Final-Recipient: rfc822; a@example.org\n"
                  "Action: failed\nStatus: 5.1.1\n\n"
                  "Final-Recipient: rfc822; b@example.org\n"
                  "Action: failed\nStatus: 5.2.2\n"));
    assert_int_equal(verdicts.count, 2);
    assert_int_equal(verdicts.items[0].kind, BOUNCE_HARD);
    assert_int_equal(verdicts.items[1].kind, BOUNCE_SOFT);
}

static void the_original_recipient_is_preferred(void **state)
{
    (void)state;
    read_mail(DSN("Final-Recipient: rfc822; other@example.net\n"
                  "Original-Recipient: rfc822; ana@example.org\n"
                  "Action: failed\nStatus: 5.1.1\n"));
    expect_one("ana@example.org", "hard", "unknown-user");
}

static void an_international_recipient_is_decoded(void **state)
{
    (void)state;
    read_mail(DSN("Final-Recipient: utf-8; j\\x{FC}rgen@example.org\n"
                  "Action: failed\nStatus: 5.1.1\n"));
    expect_one("jürgen@example.org", "hard", "unknown-user");
}

static void line_ends_of_any_kind_are_read(void **state)
{
    (void)state;
    static const char *const ends[] = {"\r\n", "\r"};
    const char *plain = DSN("Final-Recipient: rfc822; ana@example.org\n"
                            "Action: failed\nStatus: 5.1.1\n");
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        for (const char *c = plain; *c; c++)
            if (*c == '\n')
                strbuf_add_text(&text, ends[i]);
            else
                strbuf_add_char(&text, *c);
        read_mail(strbuf_text(&text));
        expect_one("ana@example.org", "hard", "unknown-user");
    }
}

static void a_boundary_that_is_not_the_named_one_is_found(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *text = mem_copy(DSN("Final-Recipient: rfc822; ana@example.org\n"
                              "Action: failed\nStatus: 5.1.1\n"));
    char *named = strstr(text, "boundary=\"=_b\"");
    memcpy(named, "boundary=\"=_c\"", 14);
    read_mail(text);
    expect_one("ana@example.org", "hard", "unknown-user");
}

/* ---- reports in prose ---- */

#define PROSE(from, subject, body)                                             \
    "From: " from "\nTo: bounces@example.org\nSubject: " subject "\n\n" body

static void prose_of_many_systems_is_understood(void **state)
{
    (void)state;
    static const struct {
        const char *mail, *recipient, *kind, *reason;
    } rows[] = {
        {PROSE("MAILER-DAEMON@a.example", "failure notice",
               "Hi. This is the qmail-send program at a.example.\n\n"
               "<ana@example.org>:\n"
               "Sorry, no mailbox here by that name. (#5.1.1)\n\n"
               "--- Below this line is a copy of the message.\n\n"
               "Return-Path: <bounces@example.org>\nTo: x@example.org\n"),
         "ana@example.org", "hard", "unknown-user"},
        {PROSE("Mail Delivery System <Mailer-Daemon@a.example>",
               "Mail delivery failed: returning message to sender",
               "The following address(es) failed:\n\n"
               "  ana@example.org\n"
               "    host mx.example.org [192.0.2.1]\n"
               "    SMTP error from remote mail server after RCPT TO:\n"
               "    552 5.2.2 mailbox for ana is full\n"),
         "ana@example.org", "soft", "mailbox-full"},
        {PROSE("MAILER-DAEMON@yahoo.example", "Failure Notice",
               "Sorry, we were unable to deliver your message.\n\n"
               "<ana@example.org>:\n"
               "554: delivery error: Sorry your message to ana@example.org "
               "cannot be delivered. This mailbox is disabled\n"),
         "ana@example.org", "soft", "suspended"},
        {PROSE("Mail Delivery Subsystem <MAILER-DAEMON@a.example>",
               "Returned mail: User unknown",
               "   ----- The following addresses had permanent fatal errors "
               "-----\n<ana@example.org>\n\n"
               "   ----- Transcript of session follows -----\n"
               "... while talking to mx.example.org.:\n"
               ">>> RCPT To:<ana@example.org>\n"
               "<<< 550 5.1.1 <ana@example.org>... User unknown\n"),
         "ana@example.org", "hard", "unknown-user"},
        {PROSE("postmaster@a.example", "Undeliverable: News",
               "ana@example.org on Mon, 1 Jan 2024\n"
               "    The e-mail address could not be found; account does not "
               "exist\n"),
         "ana@example.org", "hard", "unknown-user"},
        {PROSE("no-reply@b.example", "Nachricht",
               "Your mail could not be delivered to: <ana@example.org>\n"
               "Empfänger unbekannt\n"),
         "ana@example.org", "hard", "unknown-user"},
        {PROSE("MAILER-DAEMON@a.example", "Warning: could not send message",
               "<ana@example.org>: connection timed out\n"
               "This is a warning message only. You do not need to resend "
               "your message.\n"),
         "ana@example.org", "soft", "delayed"},
        {PROSE("MAILER-DAEMON@a.example", "Undeliverable",
               "<ana@example.org>: host mx said: 550 User unknown (in reply "
               "to end of DATA command)\n"),
         "ana@example.org", "soft", "filtered"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        read_mail(rows[i].mail);
        expect_one(rows[i].recipient, rows[i].kind, rows[i].reason);
    }
}

/* ---- what is no bounce ---- */

static void autoreplies_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *mail, *reason;
    } rows[] = {
        {PROSE("ana@example.org", "Out of office: News", "I am away.\n"),
         "vacation"},
        {PROSE("ana@example.org",
               "=?utf-8?q?Abwesenheitsnotiz=3A_News?=", "Bin weg.\n"),
         "vacation"},
        {PROSE("ana@example.org", "Автоматический ответ: News", "Нет меня.\n"),
         "vacation"},
        {PROSE("ana@example.org", "Otomatik yanıt: News", "Yokum.\n"),
         "vacation"},
        {"From: ana@example.org\nReturn-Path: <>\nSubject: Re: News\n"
         "Auto-Submitted: auto-replied\n\nThank you for your mail.\n",
         "automatic"},
        {"From: ana@example.org\nSubject: Read: News\n"
         "Content-Type: multipart/report; boundary=b\n\n"
         "--b\nContent-Type: text/plain\n\nread\n"
         "--b\nContent-Type: message/disposition-notification\n\n"
         "Final-Recipient: rfc822; ana@example.org\n\n--b--\n",
         "receipt"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        read_mail(rows[i].mail);
        assert_int_equal(verdicts.count, 1);
        assert_int_equal(verdicts.items[0].kind, BOUNCE_AUTOREPLY);
        assert_string_equal(verdicts.items[0].reason, rows[i].reason);
    }
}

#define ARF(type)                                                              \
    "From: fbl@example.net\nSubject: complaint\n"                              \
    "Content-Type: multipart/report; boundary=b; "                             \
    "report-type=feedback-report\n\n"                                          \
    "--b\nContent-Type: message/feedback-report\n\n"                           \
    "Feedback-Type: " type "\nVersion: 1\n"                                    \
    "Original-Rcpt-To: <ana@example.org>\n\n"                                  \
    "--b\nContent-Type: message/rfc822\n\nTo: x@example.org\n\nHello\n--b--\n"

static void feedback_is_read_by_its_type(void **state)
{
    (void)state;
    read_mail(ARF("abuse"));
    expect_one("ana@example.org", "complaint", "abuse");
    read_mail(ARF("opt-out"));
    expect_one("ana@example.org", "complaint", "opt-out");
    read_mail(ARF("not-spam"));
    expect_one("ana@example.org", "autoreply", "not-spam");
}

/* RFC 5965 §7.3, RFC 6591: a fault of our mail, of no consequence for them. */
static void feedback_about_our_mail_is_not_against_the_address(void **state)
{
    (void)state;
    read_mail(ARF("abuse"));
    assert_true(verdicts.items[0].counts);
    read_mail(ARF("virus"));
    expect_one("ana@example.org", "complaint", "virus");
    assert_false(verdicts.items[0].counts);
    read_mail(ARF("auth-failure"));
    expect_one("ana@example.org", "complaint", "auth-failure");
    assert_false(verdicts.items[0].counts);
    read_mail(ARF("never-heard-of"));
    expect_one("ana@example.org", "complaint", "other");
    assert_false(verdicts.items[0].counts);
}

static void a_mail_to_the_unsubscribe_address_is_one(void **state)
{
    (void)state;
    read_mail(PROSE("Ana <ana@example.org>", "unsubscribe abc", ""));
    expect_one("ana@example.org", "unsubscribe", "mail");
}

static void a_letter_is_not_understood(void **state)
{
    (void)state;
    read_mail(PROSE("ana@example.org", "Your news", "I like it.\n"));
    expect_one("ana@example.org", "unknown", "not-understood");
}

/* libetpan would run out of stack. */
static void parts_nested_beyond_reason_are_read_as_text(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "From: a@example.net\nMIME-Version: 1.0\n");
    for (int i = 0; i < 80000; i++)
        strbuf_add_text(&text,
                        "Content-Type: message/rfc822\n\nMIME-Version: 1.0\n");
    read_mail(strbuf_text(&text));
    assert_int_equal(mail.count, 1);
    assert_string_equal(mail.parts[0].type, "text/plain");
}

static void rubbish_is_not_understood(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",     "\n\n\n",   "\x01\xff",
        ":\n:", "From: \n", "Content-Type: multipart/"};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        read_mail(rows[i]);
        assert_int_equal(verdicts.count, 1);
        assert_int_equal(verdicts.items[0].kind, BOUNCE_UNKNOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_and_the_words_decide_together),
        cmocka_unit_test(a_delay_is_not_a_failure),
        cmocka_unit_test(what_was_delivered_is_ignored),
        cmocka_unit_test(a_diagnosis_in_a_supplement_is_read),
        cmocka_unit_test(a_report_may_be_about_many),
        cmocka_unit_test(the_original_recipient_is_preferred),
        cmocka_unit_test(an_international_recipient_is_decoded),
        cmocka_unit_test(line_ends_of_any_kind_are_read),
        cmocka_unit_test(a_boundary_that_is_not_the_named_one_is_found),
        cmocka_unit_test(prose_of_many_systems_is_understood),
        cmocka_unit_test(autoreplies_are_told_apart),
        cmocka_unit_test(feedback_is_read_by_its_type),
        cmocka_unit_test(feedback_about_our_mail_is_not_against_the_address),
        cmocka_unit_test(a_mail_to_the_unsubscribe_address_is_one),
        cmocka_unit_test(a_letter_is_not_understood),
        cmocka_unit_test(parts_nested_beyond_reason_are_read_as_text),
        cmocka_unit_test(rubbish_is_not_understood),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
