#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/message/message.h"

#define SLOT(name) "\x02" name "\x03"

static const char html[] =
    "<!doctype html><html lang=\"en\"><body><p>Hello " SLOT(
        "greeting") ",</p>"
                    "\n<p>Grüße aus Köln. Русский текст, который длиннее одной "
                    "строки, "
                    "и ещё немного.</p>\n"
                    ".leading dot\nFrom here on  \n"
                    "<a href=\"" SLOT("unsubscribe_url") "\">Unsubscribe</a>"
                                                         "</body></html>\n";
static const char text[] =
    "Hello " SLOT("greeting") ",\n\n"
                              "From the start: ünïcödé = fine\n"
                              ".\n"
                              "-- \n"
                              "Unsubscribe: " SLOT("unsubscribe_url") "\n";

static struct message_spec a_digest(void)
{
    return (struct message_spec){
        .from_name = "The Weekly",
        .from_address = "weekly@example.org",
        .reply_to = "editors@example.org",
        .subject = "Köln, Straßburg and the rest of the world",
        .date = 1795200000,
        .html = html,
        .text = text,
        .list_label = "weekly",
        .list_domain = "example.org",
        .list_title = "The Weekly",
        .unsubscribe_https = true,
        .unsubscribe_mailto = true,
        .list_archive = "https://example.org/archive/weekly/",
        .feedback_id = "12:weekly:digest:example",
        .auto_submitted = "auto-generated",
        .precedence_bulk = true,
    };
}

#define UNSUBSCRIBE "https://example.org/u/abcdefghijklmnopqrstuvwxyz?a=b&c=d"

static struct message_recipient a_reader(struct message_value values[3],
                                         struct str greeting)
{
    values[0] = (struct message_value){"greeting", greeting};
    values[1] = (struct message_value){"unsubscribe_url", STR(UNSUBSCRIBE)};
    values[2] = (struct message_value){"unsubscribe_mailto",
                                       STR("mailto:u+tok@example.org")};
    return (struct message_recipient){.address = STR("anna@example.net"),
                                      .name = STR("Anna Müller"),
                                      .message_id = STR("1.2@example.org"),
                                      .values = values,
                                      .value_count = 3};
}

static struct message *composed(const struct message_spec *spec)
{
    struct message *message = NULL;
    struct err err = {0};
    if (!message_compose(spec, &message, &err))
        fail_msg("%s", err.text);
    return message;
}

static void splice(const struct message_spec *spec,
                   const struct message_recipient *recipient,
                   struct strbuf *out)
{
    OWNED(message_release) struct message *message = composed(spec);
    struct err err = {0};
    if (!message_splice(message, recipient, out, &err))
        fail_msg("%s", err.text);
}

static void splice_with(struct str greeting, struct strbuf *out)
{
    struct message_spec spec = a_digest();
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, greeting);
    splice(&spec, &reader, out);
}

static void assert_holds(const struct strbuf *bytes, const char *part)
{
    if (!strstr(strbuf_text(bytes), part))
        fail_msg("no '%s' in:\n%s", part, strbuf_text(bytes));
}

/* ---- as an independent parser reads it ------------------------------- */

static void write_temp(char *path, struct str bytes)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
    close(fd);
}

/* The part with its slots filled and CRLF line ends. */
static void expand(struct strbuf *out, const char *part, const char *greeting,
                   const char *url)
{
    for (const char *c = part; *c; c++) {
        if (*c == '\x02') {
            strbuf_add_text(out, c[1] == 'g' ? greeting : url);
            c = strchr(c, '\x03');
        } else {
            if (*c == '\n')
                strbuf_add_char(out, '\r');
            strbuf_add_char(out, *c);
        }
    }
}

/* Two parsers that share nothing with ours, nor with each other. */
static const struct parser {
    const char *name, *present, *command;
} parsers[] = {
    {"Python's email", "/usr/bin/python3 -c 'import email'",
     "/usr/bin/python3 " TESTS_DIR "/message/check_message.py"},
    {"MIME::Parser", "perl -MMIME::Parser -e 1 2>/dev/null",
     "perl " TESTS_DIR "/support/check_message.pl"},
};

static void check(const struct strbuf *bytes, const char *arguments)
{
    char path[] = "/tmp/digest-message-XXXXXX";
    write_temp(path, strbuf_str(bytes));
    for (size_t i = 0; i < ARRAY_SIZE(parsers); i++) {
        if (system(parsers[i].present) != 0) {
            printf("skipped: %s isn't there\n", parsers[i].name);
            continue;
        }
        OWNED(mem_free)
        char *command =
            mem_format("%s %s %s", parsers[i].command, path, arguments);
        if (system(command) != 0)
            fail_msg("%s finds fault", parsers[i].name);
    }
    unlink(path);
}

static void independent_parsers_read_what_was_meant(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf as_text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf as_html = STRBUF_INIT;
    splice_with(STR("Ännchen & <b>Co</b>"), &out);
    expand(&as_text, text, "Ännchen & <b>Co</b>", UNSUBSCRIBE);
    expand(&as_html, html, "Ännchen &amp; &lt;b&gt;Co&lt;/b&gt;",
           "https://example.org/u/abcdefghijklmnopqrstuvwxyz?a=b&amp;c=d");
    char text_path[] = "/tmp/digest-text-XXXXXX";
    char html_path[] = "/tmp/digest-html-XXXXXX";
    write_temp(text_path, strbuf_str(&as_text));
    write_temp(html_path, strbuf_str(&as_html));
    OWNED(mem_free)
    char *arguments = mem_format(
        "'Subject=Köln, Straßburg and the rest of the world' "
        "'From=The Weekly <weekly@example.org>' "
        "'Reply-To=editors@example.org' "
        "'To=Anna Müller <anna@example.net>' "
        "'Date=Fri, 20 Nov 2026 18:40:00 +0000' "
        "'Message-ID=<1.2@example.org>' "
        "'List-Id=The Weekly <weekly.list-id.example.org>' "
        "'List-Unsubscribe=<" UNSUBSCRIBE ">, <mailto:u+tok@example.org>' "
        "'List-Unsubscribe-Post=List-Unsubscribe=One-Click' "
        "'List-Archive=<https://example.org/archive/weekly/>' "
        "'Auto-Submitted=auto-generated' 'Precedence=bulk' "
        "'Feedback-ID=12:weekly:digest:example' 'MIME-Version=1.0' "
        "text=%s html=%s",
        text_path, html_path);
    check(&out, arguments);
    unlink(text_path);
    unlink(html_path);
}

static void a_text_alone_has_no_multipart(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    spec.html = NULL;
    spec.text = "Hello " SLOT("greeting");
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, STR("you"));
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    splice(&spec, &reader, &out);
    assert_null(strstr(out.ptr, "multipart"));
    assert_holds(&out, "\r\n\r\nHello =\r\nyou=\r\n\r\n");
    check(&out, "MIME-Version=1.0");
}

static void white_space_at_the_end_of_a_part_arrives(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    spec.text = "text \t";
    spec.html = "html ";
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, STR("you"));
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    splice(&spec, &reader, &out);
    assert_holds(&out, "\r\n\r\ntext =09\r\n--=_");
    assert_holds(&out, "\r\n\r\nhtml=20\r\n--=_");
    assert_null(strstr(out.ptr, " \r\n"));
}

static void list_unsubscribe_folds_between_its_addresses(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    splice_with(STR("x"), &out);
    assert_holds(&out, "\r\nList-Unsubscribe: <" UNSUBSCRIBE ">,\r\n "
                       "<mailto:u+tok@example.org>\r\n"
                       "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

/* ---- sameness -------------------------------------------------------- */

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf one = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf two = STRBUF_INIT;
    splice_with(STR("Anna"), &one);
    splice_with(STR("Anna"), &two);
    assert_string_equal(one.ptr, two.ptr);
}

static void another_content_gives_another_boundary(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, STR("x"));
    OWNED(strbuf_free) struct strbuf one = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf two = STRBUF_INIT;
    splice(&spec, &reader, &one);
    spec.text = "other";
    splice(&spec, &reader, &two);
    const char *a = strstr(one.ptr, "boundary=\"=_");
    const char *b = strstr(two.ptr, "boundary=\"=_");
    assert_non_null(a);
    assert_non_null(b);
    assert_memory_not_equal(a, b, 40);
}

static void a_saved_message_splices_the_same(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, STR("Anna"));
    OWNED(message_release) struct message *message = composed(&spec);
    OWNED(message_release) struct message *loaded = NULL;
    OWNED(strbuf_free) struct strbuf saved = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf before = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf after = STRBUF_INIT;
    struct err err = {0};
    message_save(message, &saved);
    assert_true(message_load(strbuf_str(&saved), &loaded, &err));
    assert_true(message_splice(message, &reader, &before, &err));
    assert_true(message_splice(loaded, &reader, &after, &err));
    assert_string_equal(before.ptr, after.ptr);
}

static void a_damaged_saved_message_is_refused(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    OWNED(message_release) struct message *message = composed(&spec);
    OWNED(strbuf_free) struct strbuf saved = STRBUF_INIT;
    message_save(message, &saved);
    for (size_t i = 0; i < saved.len; i++) {
        struct message *loaded = NULL;
        struct err err = {0};
        saved.ptr[i] ^= 0x10;
        assert_false(message_load(strbuf_str(&saved), &loaded, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        saved.ptr[i] ^= 0x10;
        struct str cut = {saved.ptr, i};
        assert_false(message_load(cut, &loaded, &err));
    }
}

/* ---- nothing that a value can break ---------------------------------- */

static size_t count_of(const char *in, const char *what)
{
    size_t count = 0;
    for (const char *at = in; (at = strstr(at, what)); at++)
        count++;
    return count;
}

static void a_value_stays_one_line_within_76_columns(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf value = STRBUF_INIT;
    for (int i = 0; i < 300; i++)
        strbuf_add_text(&value,
                        i % 3 ? "名前 = .\r\nBcc: x\n\n" : "\x02x\x03F");
    OWNED(strbuf_free) struct strbuf plain = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    splice_with(STR("x"), &plain);
    splice_with(strbuf_str(&value), &out);
    assert_null(strchr(out.ptr, '\x02'));
    assert_int_equal(count_of(out.ptr, "\r\n\r\n"),
                     count_of(plain.ptr, "\r\n\r\n"));
    assert_null(strstr(out.ptr, "\r\nBcc"));
    check(&out, "MIME-Version=1.0");
}

static void a_value_is_escaped_in_html_alone(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    splice_with(STR("<i>\"'&"), &out);
    assert_holds(&out, "Hello =\r\n<i>\"'&=\r\n,");
    assert_holds(&out, "\r\n&lt;i&gt;&quot;&#39;&amp;=\r\n,</p>");
}

static void an_empty_value_leaves_nothing(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    splice_with((struct str){0}, &out);
    assert_holds(&out, "\r\n\r\nHello =\r\n,\r\n");
}

static void a_hostile_name_stays_in_the_to_field(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, STR("x"));
    reader.name = STR("Eve\r\nBcc: all@example.org\r\n\r\n<script>");
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    splice(&spec, &reader, &out);
    assert_holds(&out, "To: \"Eve Bcc: all@example.org <script>\"");
}

static void refuse(struct message_recipient reader, const char *why)
{
    struct message_spec spec = a_digest();
    OWNED(message_release) struct message *message = composed(&spec);
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    strbuf_add_text(&out, "kept");
    assert_false(message_splice(message, &reader, &out, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(out.ptr, "kept");
    if (!strstr(err.text, why))
        fail_msg("'%s' in: %s", why, err.text);
}

static void what_cannot_stand_in_a_header_is_refused(void **state)
{
    (void)state;
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, STR("x"));
    reader.address = STR("a@b.org\r\nBcc: c@d.org");
    refuse(reader, "To: ");
    reader = a_reader(values, STR("x"));
    reader.message_id = STR("1@x>\r\nBcc: <y@z");
    refuse(reader, "Message-ID");
    reader = a_reader(values, STR("x"));
    values[1].value = STR("https://example.org/>, <https://evil.example");
    refuse(reader, "unsubscribe_url");
    values[1].value = STR("javascript:alert(1)");
    refuse(reader, "unsubscribe_url");
    reader = a_reader(values, STR("x"));
    values[2].value = STR("https://example.org/");
    refuse(reader, "unsubscribe_mailto");
    reader = a_reader(values, STR("x"));
    reader.value_count = 2;
    refuse(reader, "slot 'unsubscribe_mailto' has no value");
}

static void refuse_spec(const struct message_spec *spec, const char *why)
{
    struct message *message = NULL;
    struct err err = {0};
    assert_false(message_compose(spec, &message, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    if (!strstr(err.text, why))
        fail_msg("'%s' in: %s", why, err.text);
}

static void a_spec_that_cannot_stand_is_refused_by_header(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    spec.subject = "Hi\r\nBcc: x@example.org";
    refuse_spec(&spec, "Subject: ");
    spec = a_digest();
    spec.from_name = "a\nb";
    refuse_spec(&spec, "From: ");
    spec.from_address = "nobody";
    refuse_spec(&spec, "From: ");
    spec = a_digest();
    spec.reply_to = "a@b, c@d";
    refuse_spec(&spec, "Reply-To: ");
    spec = a_digest();
    spec.list_label = "week ly";
    refuse_spec(&spec, "List-Id: ");
    spec = a_digest();
    spec.list_archive = "https://example.org/ü";
    refuse_spec(&spec, "List-Archive: ");
    spec = a_digest();
    spec.feedback_id = "a:b:ü";
    refuse_spec(&spec, "Feedback-ID: ");
    spec = a_digest();
    spec.in_reply_to = "<a@b> <c@d>";
    refuse_spec(&spec, "In-Reply-To: ");
}

static void a_bad_part_is_named_with_its_line(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    spec.text = "fine\n\xff";
    refuse_spec(&spec, "text part, line 2: not UTF-8");
    spec = a_digest();
    spec.html = "a\nb\n" SLOT("no-name");
    refuse_spec(&spec, "HTML part, line 3: ");
    spec.html = "\x02open";
    refuse_spec(&spec, "HTML part, line 1: ");
    spec.html = "close\x03";
    refuse_spec(&spec, "HTML part, line 1: ");
    spec.html = NULL;
    spec.text = NULL;
    refuse_spec(&spec, "text part");
}

static void a_notice_has_no_list_headers(void **state)
{
    (void)state;
    struct message_spec spec = {.from_address = "a@example.org",
                                .subject = "Confirm",
                                .text = "Hi",
                                .in_reply_to = "<q@example.net>"};
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, STR(""));
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    splice(&spec, &reader, &out);
    assert_null(strstr(out.ptr, "List-"));
    assert_null(strstr(out.ptr, "Precedence"));
    assert_holds(&out, "In-Reply-To: <q@example.net>\r\n"
                       "References: <q@example.net>\r\n");
}

static void splicing_does_not_allocate_once_there_is_room(void **state)
{
    (void)state;
    struct message_spec spec = a_digest();
    struct message_value values[3];
    struct message_recipient reader = a_reader(values, STR("Anna"));
    OWNED(message_release) struct message *message = composed(&spec);
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    strbuf_reserve(&out, message_size(message) + 4096);
    const char *bytes = out.ptr;
    size_t capacity = out.capacity;
    assert_true(message_splice(message, &reader, &out, &err));
    assert_ptr_equal(out.ptr, bytes);
    assert_int_equal(out.capacity, capacity);
    assert_true(out.len <= message_size(message) + 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(independent_parsers_read_what_was_meant),
        cmocka_unit_test(a_text_alone_has_no_multipart),
        cmocka_unit_test(white_space_at_the_end_of_a_part_arrives),
        cmocka_unit_test(list_unsubscribe_folds_between_its_addresses),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(another_content_gives_another_boundary),
        cmocka_unit_test(a_saved_message_splices_the_same),
        cmocka_unit_test(a_damaged_saved_message_is_refused),
        cmocka_unit_test(a_value_stays_one_line_within_76_columns),
        cmocka_unit_test(a_value_is_escaped_in_html_alone),
        cmocka_unit_test(an_empty_value_leaves_nothing),
        cmocka_unit_test(a_hostile_name_stays_in_the_to_field),
        cmocka_unit_test(what_cannot_stand_in_a_header_is_refused),
        cmocka_unit_test(a_spec_that_cannot_stand_is_refused_by_header),
        cmocka_unit_test(a_bad_part_is_named_with_its_line),
        cmocka_unit_test(a_notice_has_no_list_headers),
        cmocka_unit_test(splicing_does_not_allocate_once_there_is_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
