#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/lint/lint.h"
#include "tests/lint/sample.h"

/* ---- asking ---------------------------------------------------------- */

static const struct lint_finding *find(const struct lint_report *report,
                                       const char *rule)
{
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->items[i].rule, rule) == 0)
            return &report->items[i];
    return NULL;
}

static void print(const struct lint_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
        lint_finding_write(&report->items[i], &line);
        print_error("%s: %s\n", lint_level_name(report->items[i].level),
                    strbuf_text(&line));
    }
}

static void look(const char *html, struct lint_report *report)
{
    struct err err;
    if (!lint_html(str_of(html), NULL, report, &err))
        fail_msg("%s", err.text);
}

/* A page with `body` in the middle has that finding, which says `what`. */
static void expect(const char *body, const char *rule, const char *what)
{
    OWNED(lint_report_free) struct lint_report report = {0};
    OWNED(mem_free)
    char *html = mem_format("%s%s%s", PAGE_HEAD, body, PAGE_TAIL);
    look(html, &report);
    const struct lint_finding *f = find(&report, rule);
    if (!f || !strstr(f->what, what)) {
        print(&report);
        fail_msg("%s: no %s that says \"%s\"", body, rule, what);
        return;
    }
    assert_true(f->remedy[0]);
}

static void expect_clean(const char *body)
{
    OWNED(lint_report_free) struct lint_report report = {0};
    OWNED(mem_free)
    char *html = mem_format("%s%s%s", PAGE_HEAD, body, PAGE_TAIL);
    look(html, &report);
    if (report.count) {
        print(&report);
        fail_msg("%s: something is found", body);
    }
}

/* ---- messages -------------------------------------------------------- */

static char *message_of(const char *head, const char *text, const char *html)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    strbuf_add_format(&out,
                      "%sContent-Type: multipart/alternative; "
                      "boundary=\"=_b\"\r\n\r\n",
                      head);
    const char *types[] = {"plain", "html"}, *parts[] = {text, html};
    for (int i = 0; i < 2; i++) {
        struct str rest = str_of(parts[i]), line;
        strbuf_add_format(&out,
                          "--=_b\r\nContent-Type: text/%s; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: 7bit\r\n\r\n",
                          types[i]);
        while (str_next_line(&rest, &line))
            strbuf_add_format(&out, "%.*s\r\n", STR_ARG(line));
    }
    strbuf_add_text(&out, "--=_b--\r\n");
    return strbuf_take(&out);
}

static void look_at_message(const char *eml, struct lint_report *report)
{
    struct err err;
    if (!lint_message(str_of(eml), NULL, report, &err))
        fail_msg("%s", err.text);
}

static void expect_in(const char *eml, const char *rule, const char *what)
{
    OWNED(lint_report_free) struct lint_report report = {0};
    look_at_message(eml, &report);
    const struct lint_finding *f = find(&report, rule);
    if (f && strstr(f->what, what))
        return;
    print(&report);
    fail_msg("no %s that says \"%s\"", rule, what);
}

static char *replaced(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    assert_non_null(at);
    return mem_format("%.*s%s%s", (int)(at - text), text, new,
                      at + strlen(old));
}

/* With one place of the header changed. */
static void expect_header(const char *old, const char *new, const char *rule,
                          const char *what)
{
    OWNED(mem_free) char *head = replaced(header, old, new);
    OWNED(mem_free) char *eml = message_of(head, text_part, page);
    expect_in(eml, rule, what);
}

/* ---- what is clean --------------------------------------------------- */

static void a_good_page_and_a_good_message_are_clean(void **state)
{
    (void)state;
    OWNED(mem_free) char *eml = message_of(header, text_part, page);
    OWNED(lint_report_free) struct lint_report report = {0};
    expect_clean("");
    look_at_message(eml, &report);
    print(&report);
    assert_int_equal(report.count, 0);
}

static void a_message_saved_with_lf_is_clean(void **state)
{
    (void)state;
    OWNED(mem_free) char *eml = message_of(header, text_part, page);
    OWNED(strbuf_free) struct strbuf lf = STRBUF_INIT;
    OWNED(lint_report_free) struct lint_report report = {0};
    for (const char *c = eml; *c; c++)
        if (*c != '\r')
            strbuf_add_char(&lf, *c);
    look_at_message(strbuf_text(&lf), &report);
    print(&report);
    assert_int_equal(report.count, 0);
}

static void what_is_no_message_is_refused(void **state)
{
    (void)state;
    OWNED(lint_report_free) struct lint_report report = {0};
    struct err err;
    assert_false(lint_message(STR("Once upon a time\n"), NULL, &report, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

/* ---- the message ----------------------------------------------------- */

static void lines_are_held_to_smtp(void **state)
{
    (void)state;
    OWNED(mem_free) char *eml = message_of(header, text_part, page);
    OWNED(mem_free) char *lf = replaced(eml, "1.0\r\n", "1.0\n");
    OWNED(mem_free) char *cr = replaced(eml, "The tram [1]", "The\rtram [1]");
    char blanks[1002];
    memset(blanks, 'x', sizeof blanks);
    blanks[sizeof blanks - 1] = '\0';
    OWNED(mem_free) char *longer = replaced(eml, "The tram [1]", blanks);
    expect_in(lf, "line-ends", "LF alone");
    expect_in(cr, "line-ends", "a CR stands alone");
    expect_in(longer, "line-length", "1001 octets");
}

static void headers_have_to_be_there_once(void **state)
{
    (void)state;
    expect_header("Date: Fri, 20 Nov 2026 07:00:00 +0000\r\n", "",
                  "header-missing", "is missing");
    expect_header("Message-ID: <1@example.org>\r\n", "", "header-missing",
                  "is missing");
    expect_header("MIME-", "Subject: Another\r\nMIME-", "header-twice",
                  "2 times");
    expect_header("MIME-", "Bcc: x@example.org\r\nMIME-", "header-unwanted",
                  "no place");
}

static void headers_have_to_be_well_formed(void **state)
{
    (void)state;
    expect_header("Fri, 20", "Mon, 20", "header-broken", "wrong day");
    expect_header("Fri, 20 Nov", "20. November", "header-broken", "a date");
    expect_header("<1@example.org>", "1@example.org", "header-broken",
                  "something@");
    expect_header("<weekly@example.org>", "<weekly@example>, a@b.org",
                  "header-broken", "one mailbox");
    expect_header("weekly@example.org>\r\nTo", "me@gmail.com>\r\nTo",
                  "from-domain", "gmail.com");
    expect_header("Anna <anna@example.net>",
                  "Anna <anna@example.net>, \"B, C\" <b@example.net>",
                  "to-many", "2 addresses");
    expect_header("Anna <anna@example.net>", "undisclosed-recipients:;",
                  "header-broken", "one reader");
    expect_header("MIME-", "Feedback-ID: a:b:c:abc\r\nMIME-", "header-broken",
                  "SenderId");
}

static void encoded_words_are_read(void **state)
{
    (void)state;
    expect_header("The tram opens early", "Ä", "line-8bit", "ASCII");
    expect_header("The tram opens early",
                  "=?utf-8?Q?=C3?= =?utf-8?Q?=84?=", "header-word",
                  "splits a character");
    expect_header("The tram opens early", "=?utf-8?Q?=C3=8?=", "header-word",
                  "can't be decoded");
    expect_header("The tram opens early",
                  "=?utf-8?Q?a_word_that_goes_on_and_on_and_on_until_it_is_"
                  "far_too_long_for_a_line?=",
                  "header-word", "longer than 75");
}

static void the_way_out_is_in_the_header(void **state)
{
    (void)state;
    const char *post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    expect_header(post, "", "unsubscribe-pair", "no List-Unsubscribe-Post");
    expect_header("=One-Click", "=Yes", "unsubscribe-pair", "isn't");
    expect_header("<https://news.example.org/u/1>,\r\n ", "",
                  "unsubscribe-pair", "0 https addresses");
    expect_header("<https://news.example.org/u/1>", "https://example.org",
                  "unsubscribe-header", "isn't a list");
    expect_header("<weekly.list-id.example.org>", "<weekly list>", "list-id",
                  "isn't");
    expect_header("List-Id: Weekly <weekly.list-id.example.org>\r\n", "",
                  "list-id", "is missing");
    OWNED(mem_free)
    char *quoted = replaced(header, "Weekly <weekly.", "\"A <B>\" <weekly.");
    OWNED(mem_free) char *named = message_of(quoted, text_part, page);
    OWNED(lint_report_free) struct lint_report report = {0};
    look_at_message(named, &report);
    assert_null(find(&report, "list-id"));
    OWNED(mem_free)
    char *mailto = replaced(header, "<https://news.example.org/u/1>,\r\n ", "");
    OWNED(mem_free) char *without = replaced(mailto, post, "");
    OWNED(mem_free) char *eml = message_of(without, text_part, page);
    expect_in(eml, "one-click", "no https address");
    OWNED(lint_report_free) struct lint_report kept = {0};
    struct lint_options options = {.stays_here = true};
    struct err err = {0};
    assert_true(lint_message(str_of(eml), &options, &kept, &err));
    assert_null(find(&kept, "one-click"));
}

static void a_signature_covers_the_way_out(void **state)
{
    (void)state;
    expect_header("MIME-",
                  "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s;\r\n"
                  " h=From:Subject:List-Unsubscribe; bh=x; b=y\r\nMIME-",
                  "dkim-cover", "List-Unsubscribe-Post");
}

static void a_message_shows_whose_it_is(void **state)
{
    (void)state;
    const char *signature =
        "DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=s;\r\n h=From:"
        "List-Unsubscribe:List-Unsubscribe-Post; bh=x; b=y\r\nMIME-";
    OWNED(mem_free) char *other = mem_format(signature, "relay.test");
    OWNED(mem_free) char *own = mem_format(signature, "mail.example.org");
    OWNED(lint_report_free) struct lint_report report = {0};
    expect_header("MIME-", other, "dkim-domain", "relay.test");
    expect_header("MIME-", "Received: from a by b\r\nMIME-", "unsigned",
                  "has arrived");
    expect_header("MIME-",
                  "Authentication-Results: mx; spf=pass; dkim=fail\r\nMIME-",
                  "authentication", "dkim=fail");
    OWNED(mem_free) char *head = replaced(header, "MIME-", own);
    OWNED(mem_free) char *eml = message_of(head, text_part, page);
    look_at_message(eml, &report);
    print(&report);
    assert_int_equal(report.count, 0);
}

static void subjects_are_read_as_readers_do(void **state)
{
    (void)state;
    OWNED(lint_report_free) struct lint_report report = {0};
    OWNED(strbuf_free) struct strbuf marked = STRBUF_INIT;
    strbuf_add_text(&marked, "=?utf-8?Q?n");
    for (int i = 0; i < 9; i++) /* 64 letters, and 63 marks on them */
        strbuf_add_text(&marked, "=CC=83n=CC=83n=CC=83n=CC=83n=CC=83n=CC=83"
                                 "n=CC=83n?=\r\n =?utf-8?Q?");
    strbuf_add_text(&marked, "n?=");
    OWNED(mem_free)
    char *head = replaced(header, "The tram opens early", strbuf_text(&marked));
    OWNED(mem_free) char *eml = message_of(head, text_part, page);
    look_at_message(eml, &report);
    assert_null(find(&report, "subject-long"));
    const char *plain = "The tram opens early";
    expect_header(plain, "", "subject-empty", "is empty");
    expect_header(plain, "THE TRAM OPENS EARLY", "subject-capitals",
                  "capitals");
    expect_header(plain, "The tram!!", "subject-shouts", "2 exclamation");
    expect_header(plain, "Re: the tram", "subject-reply", "answer");
    expect_header(plain,
                  "=?utf-8?Q?=F0=9F=9A=8B_tram_=F0=9F=8E=89?=", "subject-emoji",
                  "2 emoji");
    expect_header(plain,
                  "The tram opens early and everybody in the northern\r\n"
                  " districts wants to know the reason why it does",
                  "subject-long", "characters");
}

static void parts_are_both_there_and_in_order(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *html = mem_format(
        "%sContent-Type: text/html; charset=utf-8\r\n\r\n%s", header, page);
    OWNED(mem_free) char *eml = message_of(header, text_part, page);
    OWNED(mem_free)
    char *one = replaced(eml, "text/plain", "text/x-plain");
    OWNED(mem_free)
    char *mixed = replaced(eml, "multipart/alternative", "multipart/mixed");
    OWNED(mem_free) char *first = replaced(eml, "text/plain", "text/html");
    char *last = strstr(first + 10, "text/html");
    last = strstr(last + 1, "text/html");
    memcpy(last, "text/xml ", 9);
    expect_in(html, "text-missing", "no text part");
    expect_in(one, "text-missing", "no text part");
    expect_in(mixed, "part-order", "alternatives");
    expect_in(first, "text-missing", "no text part");
}

static void parts_are_encoded_for_any_relay(void **state)
{
    (void)state;
    OWNED(mem_free) char *eml = message_of(header, text_part, page);
    OWNED(mem_free) char *eight = replaced(eml, "7bit", "8bit");
    OWNED(mem_free) char *latin = replaced(eml, "utf-8", "iso-8859-1");
    OWNED(mem_free) char *none = replaced(eml, "; charset=utf-8", "");
    OWNED(mem_free) char *qp = replaced(eml, "7bit", "quoted-printable");
    OWNED(mem_free)
    char *wide = replaced(qp, "The tram [1]",
                          "The tram and a line that goes on well beyond the "
                          "seventy-six columns that it may have [1]");
    expect_in(eight, "part-encoding", "8bit");
    expect_in(latin, "part-charset", "iso-8859-1");
    OWNED(mem_free) char *foreign = replaced(none, "The tram [", "Zürich [");
    expect_in(foreign, "part-charset", "says that it is ASCII");
    expect_in(wide, "part-line", "columns");
}

/* ---- both parts ------------------------------------------------------ */

static void both_parts_let_go(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *text =
        replaced(text_part, "Unsubscribe: https://news.example.org/u/1\n", "");
    OWNED(mem_free)
    char *html = replaced(
        page, "<a href=\"https://news.example.org/u/1\">Unsubscribe</a>", "");
    OWNED(mem_free) char *one = message_of(header, text, page);
    OWNED(mem_free) char *two = message_of(header, text_part, html);
    expect_in(one, "unsubscribe-link", "no link");
    expect_in(two, "unsubscribe-link", "no link");
}

static void both_parts_say_the_same(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *text = replaced(text_part, "https://example.org/tram",
                          "https://example.org/bus");
    OWNED(mem_free) char *title = replaced(page, "The tram", "The ferry");
    OWNED(mem_free) char *one = message_of(header, text, page);
    OWNED(mem_free) char *two = message_of(header, text_part, title);
    expect_in(one, "html-alone", "https://example.org/tram");
    expect_in(one, "text-alone", "https://example.org/bus");
    expect_in(two, "headline-alone", "The ferry");
}

/* Wrapped, in capitals, and with the marks of its sentence. */
static void the_same_in_another_dress_is_the_same(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *html = replaced(page, "The tram", "Die <b>Straße</b> des Fürsten");
    OWNED(mem_free)
    char *text =
        replaced(text_part, "The tram [1]\n\n[1] https://example.org/tram\n",
                 "DIE STRASSE DES\nFÜRSTEN (https://example.org/"
                 "tram).\n");
    OWNED(mem_free) char *eml = message_of(header, text, html);
    OWNED(lint_report_free) struct lint_report report = {0};
    look_at_message(eml, &report);
    assert_null(find(&report, "headline-alone"));
    assert_null(find(&report, "html-alone"));
    assert_null(find(&report, "text-alone"));
}

/* Chinese is broken between any two characters, without a space. */
static void a_headline_may_be_broken_where_no_space_is(void **state)
{
    (void)state;
    OWNED(mem_free) char *html = replaced(page, "The tram", "夜班渡轮恢复");
    OWNED(mem_free)
    char *text = replaced(text_part, "The tram", "夜班渡\n轮恢复");
    OWNED(mem_free) char *eml = message_of(header, text, html);
    OWNED(lint_report_free) struct lint_report report = {0};
    look_at_message(eml, &report);
    assert_null(find(&report, "headline-alone"));
}

/* Where a text is read from right to left, each line that begins with a Latin
 * word has a mark before it. */
static void a_headline_may_be_marked_in_each_line(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *html = replaced(page, "The tram", "The harbour bridge opens early");
    OWNED(mem_free)
    char *text = replaced(text_part, "The tram",
                          "\u200fThe harbour\n\u200fbridge opens early");
    OWNED(mem_free) char *eml = message_of(header, text, html);
    OWNED(lint_report_free) struct lint_report report = {0};
    look_at_message(eml, &report);
    assert_null(find(&report, "headline-alone"));
}

static void placeholders_are_found_wherever_they_stand(void **state)
{
    (void)state;
    expect("<p>Dear {{name}}</p>", "placeholder", "{{");
    expect("<p>Dear *|FNAME|*</p>", "placeholder", "*|FNAME|*");
    expect("<p>Dear %%first_name%%</p>", "placeholder", "%%first_name%%");
    expect("<a href=\"https://x.org/?n=%%id%%\">Here we are</a>", "placeholder",
           "%%id%%");
    expect("<p>[object Object]</p>", "placeholder-maybe", "[object Object]");
    expect("<p>Dear [First Name]</p>", "placeholder-maybe", "[First Name]");
    expect("<p>Lorem ipsum dolor</p>", "placeholder-maybe", "Lorem ipsum");
    expect("<p>${name}</p>", "placeholder-maybe", "${name}");
    expect_header("The tram opens early", "Hello {{name}}", "placeholder",
                  "{{");
    OWNED(mem_free) char *text = replaced(text_part, "The tram", "*|DAY|*");
    OWNED(mem_free) char *eml = message_of(header, text, page);
    OWNED(lint_report_free) struct lint_report report = {0};
    look_at_message(eml, &report);
    const struct lint_finding *f = find(&report, "placeholder");
    assert_non_null(f);
    assert_int_equal(f->part, LINT_TEXT);
    assert_int_equal(f->line, 4);
    assert_int_equal(f->column, 1);
    expect_clean("<p>Half price: 50% and [sic] {again} 100%%</p>");
}

/* ---- HTML ------------------------------------------------------------ */

static void expect_page(const char *old, const char *new, const char *rule,
                        const char *what)
{
    OWNED(mem_free) char *html = replaced(page, old, new);
    OWNED(lint_report_free) struct lint_report report = {0};
    look(html, &report);
    const struct lint_finding *f = find(&report, rule);
    if (f && strstr(f->what, what))
        return;
    print(&report);
    fail_msg("no %s that says \"%s\"", rule, what);
}

static void the_page_says_what_it_is(void **state)
{
    (void)state;
    expect_page("<html lang=\"en\"", "<html", "lang", "no lang");
    expect_page("<div lang=\"en\"", "<div", "lang", "Gmail drops");
    expect_page("dir=\"ltr\"><head>", "><head>", "dir", "no dir");
    expect_page("<html lang=\"en\"", "<html lang=\"ar\"", "dir-rtl",
                "right to left");
    expect_page("<title>Weekly</title>", "", "title", "no title");
    expect_page("<h1>Weekly</h1>", "", "heading-first", "no <h1>");
    expect("<h1>Again</h1>", "heading-first", "second <h1>");
    expect("<h4>Deep</h4>", "heading-order", "follows <h1>");
    expect("<table><tr><td>a</td></tr></table>", "table-role", "cell by cell");
    expect_clean("<table><tr><th>a</th></tr></table>");
    expect_clean("<table role=\"presentation\"><tr><td>a</td></tr></table>");
}

static void size_is_what_gmail_shows(void **state)
{
    (void)state;
    for (int kilobytes = 70; kilobytes <= 110; kilobytes += 20) {
        OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
        for (int i = 0; i < kilobytes * 1024 / 16; i++)
            strbuf_add_text(&body, "<p>12345678</p>\n");
        if (kilobytes == 70)
            expect_clean(strbuf_text(&body));
        else if (kilobytes == 90)
            expect(strbuf_text(&body), "nearly-clipped", "90 KB");
        else
            expect(strbuf_text(&body), "clipped", "110 KB");
    }
}

static void images_have_words(void **state)
{
    (void)state;
    const char *good =
        "<img src=\"https://x.org/a.png\" width=\"9\" alt=\"%s\">";
    OWNED(mem_free) char *named = mem_format(good, "A tram on a bridge.");
    OWNED(mem_free) char *useless = mem_format(good, "image");
    OWNED(mem_free) char *file = mem_format(good, "DSC_0042.JPG");
    expect_clean(named);
    expect(useless, "alt-useless", "\"image\"");
    expect(file, "alt-useless", "DSC_0042");
    expect("<img src=\"https://x.org/a.png\" width=9>", "alt-missing",
           "no alt");
    expect("<img src=\"https://x.org/a.png\" alt=\"\">", "image-width",
           "no width");
    expect("<img alt=\"\" width=9>", "image-source", "no address");
    expect("<img src=\"/a.png\" alt=\"\" width=9>", "image-source", "/a.png");
    expect("<img src=\"data:image/png;base64,AA\" alt=\"\" width=9>",
           "image-source", "inside the message");
}

static void links_lead_somewhere(void **state)
{
    (void)state;
    expect("<a href=\"\">Some words</a>", "link-empty", "nowhere");
    expect("<a>Some words</a>", "link-empty", "nowhere");
    expect("<a href=\"#\">Some words</a>", "link-empty", "nowhere");
    expect("<a href=\"https:///x\">Some words</a>", "link-empty", "no host");
    expect("<a href=\"/x\">Some words</a>", "link-relative", "/x");
    expect("<a href=\"x.html?a:b\">Some words</a>", "link-relative", "x.html");
    expect("<a href=\"//x.org/\">Some words</a>", "link-relative", "//x.org");
    expect("<a href=\" javascript:x()\">Some words</a>", "link-scheme",
           "javascript:");
    expect("<a href=\"http://x.org/\">Some words</a>", "link-http", "http://");
    expect("<a href=\"https://bit.ly/1\">Some words</a>", "link-shortened",
           "bit.ly");
    expect("<a href=\"https://192.0.2.1/\">Some words</a>", "link-ip",
           "192.0.2.1");
    expect("<a href=\"https://[2001:db8::1]/\">Some words</a>", "link-ip",
           "2001");
    expect("<a href=\"#below\">Some words</a>", "client-lacks", "a place");
    expect_clean("<a href=\"mailto:a@b.org\">Some words</a>"
                 "<a name=\"below\"></a><a href=\"tel:+4912345\">Call us</a>");
}

static void links_show_where_they_lead(void **state)
{
    (void)state;
    expect("<a href=\"https://evil.test/\">https://bank.com/in</a>",
           "link-other-host", "shows bank.com and leads to evil.test");
    expect("<a href=\"https://evil.test/\">www.bank.test</a>",
           "link-other-host", "bank.test");
    expect("<a href=\"https://bank.com.evil.test/\">bank.com</a>",
           "link-other-host", "bank.com");
    expect("<a href=\"https://notbank.com/\">bank.com</a>", "link-other-host",
           "bank.com");
    expect("<a href=\"https://mallory.github.io/\">https://github.io/a</a>",
           "link-other-host", "shows github.io and leads to mallory.github.io");
    expect("<a href=\"https://mallory.co.uk/\">bank.co.uk</a>",
           "link-other-host", "shows bank.co.uk and leads to mallory.co.uk");
    expect("<a href=\"https://bank.com@evil.test/\">Some words</a>",
           "link-disguised", "before its host");
    expect("<a href=\"https://a@bank.com@evil.test/\">bank.com</a>",
           "link-other-host", "leads to evil.test");
    expect_clean("<a href=\"https://x.test?to=a@bank.com\">Some words</a>");
    expect_clean("<a href=\"https://x.test?to=/a\">https://x.test/a</a>");
    expect_clean("<a href=\"https://www.bank.com/a\">bank.com</a>"
                 "<a href=\"https://shop.bank.com/\">www.bank.com</a>"
                 "<a href=\"https://x.test/\">Node.js</a>"
                 "<a href=\"https://x.test/\">a@bank.com</a>");
}

static void links_have_words(void **state)
{
    (void)state;
    expect("<a href=\"https://x.org/\"></a>", "link-wordless", "no words");
    expect("<a href=\"https://x.org/\"><img src=\"https://x.org/a.png\" "
           "width=9 alt=\"\"></a>",
           "link-wordless", "no words");
    expect("<a href=\"https://x.org/\">Click here</a>", "link-vague",
           "by itself");
    expect("<a href=\"https://x.org/\">Weiterlesen</a>", "link-vague",
           "by itself");
    expect_clean("<a href=\"https://x.org/\">Read on<span "
                 "style=\"font-size:1px\">: The tram</span></a>"
                 "<a href=\"https://x.org/\" aria-label=\"The tram\">More</a>");
}

/* ---- looks ----------------------------------------------------------- */

static void contrast_is_measured_in_light_and_dark(void **state)
{
    (void)state;
    expect("<p style=\"color:#777\">Grey</p>", "contrast",
           "#777777 on #ffffff has a contrast of 4.47:1");
    expect_clean("<p style=\"color:#767676\">Grey</p>");
    expect("<p style=\"color:rgb(119, 119, 119)\">Grey</p>", "contrast",
           "4.47");
    expect("<div style=\"background:#000\"><p style=\"color:rgba(255,255,255,"
           ".3)\">Grey</p></div>",
           "contrast", "#4d4d4d on #000000");
    expect("<table role=\"none\" bgcolor=\"navy\"><tr><td>Words</td></tr>"
           "</table>",
           "unreadable", "#000000 on #000080");
    expect_clean("<p style=\"color:#777;font-size:24px\">Large</p>");
    expect_clean("<p style=\"color:#777;font-size:14pt\"><b>Large</b></p>");
    expect("<p style=\"color:#777;font-size:14pt\">Not bold</p>", "contrast",
           "4.47");
    expect_clean("<p style=\"color:#777;font:bold 19px/24px Georgia\">Large</p>"
                 "<h2 style=\"color:#777\">Large</h2>");
    expect("<p style=\"color:#777;font:19px Georgia\">Not bold</p>", "contrast",
           "4.47");
    expect("<style media=\"(prefers-color-scheme: dark)\">body { background: "
           "#111 !important; color: #555 !important }</style>",
           "contrast-dark", "#555555 on #111111");
    expect("<style>.a { color: #777 }</style><p class=a>Grey</p>", "contrast",
           "4.47");
    expect("<style>@media (prefers-color-scheme: dark) { body { background: "
           "#111 !important; color: #555 !important } }</style>",
           "contrast-dark", "#555555 on #111111");
    expect_clean("<div style=\"display:none;color:#fff\">Preheader</div>"
                 "<div style=\"color:#fff\">&nbsp;\xe2\x80\x8c</div>");
}

static void what_programs_lack_is_named(void **state)
{
    (void)state;
    expect("<div style=\"display:grid\">a</div>", "client-lacks",
           "display: grid");
    expect("<div style=\"width:calc(1px + 1px)\">a</div>", "client-lacks",
           "calc()");
    expect("<div style=\"font-size:2rem\">a</div>", "client-lacks",
           "the unit rem");
    expect("<style>@import url(x.css);</style>", "client-lacks", "@import");
    expect("<style>.g { position: absolute }</style><p class=g>a</p>",
           "client-lacks", "position: absolute");
    expect("<form></form>", "client-lacks", "<form>");
    expect("<link rel=\"stylesheet\" href=\"https://x.org/a.css\">",
           "client-lacks", "<link>");
    expect("<p hidden>a</p>", "client-lacks", "hidden");
    expect("<img src=\"https://x.org/a.webp?x\" alt=\"\" width=9>",
           "client-lacks", "webp");
    expect("<script>x</script>", "script", "script");
    expect("<p onclick=\"x()\">a</p>", "script", "onclick");
    expect("<iframe src=\"https://x.org\"></iframe>", "script", "iframe");
    expect("<style>@media screen { @media print { a { color: red } } }"
           "</style>",
           "style-nested", "Gmail");
    expect("<style>a { color }</style>", "style-broken", "style");
    expect_clean("<div style=\"max-width:100px;color:var\">a</div>");
    expect_clean("<link rel=\"canonical\" href=\"https://x.org/\">");
    expect_clean("<!--[if mso]><table><tr><td><![endif]-->"
                 "<p style=\"border-radius:4px\">a</p>");
}

/* ---- the report ------------------------------------------------------ */

static void errors_come_first_and_the_same_is_counted(void **state)
{
    (void)state;
    OWNED(lint_report_free) struct lint_report report = {0};
    look(PAGE_HEAD "<p style=\"color:#777\">One</p><p style=\"color:#777\">"
                   "Two</p>\n<a href=\"\">Some words</a>" PAGE_TAIL,
         &report);
    assert_int_equal(report.errors, 1);
    assert_int_equal(report.warnings, 1);
    assert_int_equal(report.items[0].level, LINT_ERROR);
    assert_string_equal(report.items[0].rule, "link-empty");
    assert_string_equal(report.items[0].element, "<a> \"Some words\"");
    assert_int_equal(report.items[0].line, 6);
    assert_int_equal(report.items[0].column, 1);
    assert_int_equal(report.items[1].times, 2);
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    lint_finding_write(&report.items[0], &line);
    assert_string_equal(strbuf_text(&line),
                        "html:6:1: <a> \"Some words\": leads nowhere; give it "
                        "an address, or take the link out [link-empty]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_page_and_a_good_message_are_clean),
        cmocka_unit_test(a_message_saved_with_lf_is_clean),
        cmocka_unit_test(what_is_no_message_is_refused),
        cmocka_unit_test(lines_are_held_to_smtp),
        cmocka_unit_test(headers_have_to_be_there_once),
        cmocka_unit_test(headers_have_to_be_well_formed),
        cmocka_unit_test(encoded_words_are_read),
        cmocka_unit_test(the_way_out_is_in_the_header),
        cmocka_unit_test(a_signature_covers_the_way_out),
        cmocka_unit_test(a_message_shows_whose_it_is),
        cmocka_unit_test(subjects_are_read_as_readers_do),
        cmocka_unit_test(parts_are_both_there_and_in_order),
        cmocka_unit_test(parts_are_encoded_for_any_relay),
        cmocka_unit_test(both_parts_let_go),
        cmocka_unit_test(both_parts_say_the_same),
        cmocka_unit_test(the_same_in_another_dress_is_the_same),
        cmocka_unit_test(a_headline_may_be_broken_where_no_space_is),
        cmocka_unit_test(a_headline_may_be_marked_in_each_line),
        cmocka_unit_test(placeholders_are_found_wherever_they_stand),
        cmocka_unit_test(the_page_says_what_it_is),
        cmocka_unit_test(size_is_what_gmail_shows),
        cmocka_unit_test(images_have_words),
        cmocka_unit_test(links_lead_somewhere),
        cmocka_unit_test(links_show_where_they_lead),
        cmocka_unit_test(links_have_words),
        cmocka_unit_test(contrast_is_measured_in_light_and_dark),
        cmocka_unit_test(what_programs_lack_is_named),
        cmocka_unit_test(errors_come_first_and_the_same_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
