#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/message/reader.h"

static void read_text(const char *eml, struct read_message *out)
{
    struct err err;
    if (!message_read(str_of(eml), out, &err))
        fail_msg("%s", err.text);
}

static void assert_part(const struct read_message *message, const char *type,
                        const char *text)
{
    const struct read_part *part = read_part_get(message, type);
    if (!part)
        fail_msg("no %s", type);
    OWNED(mem_free) char *copy = str_dup(part->text);
    assert_string_equal(copy, text);
}

static void fields_are_unfolded_and_know_their_lines(void **state)
{
    (void)state;
    OWNED(read_message_free) struct read_message message = {0};
    read_text("From: a@b.org\r\nSubject: =?utf-8?Q?K=C3=B6ln?=\r\n"
              " =?utf-8?Q?_und?=\r\nX-Long: one\r\n\ttwo\r\nSUBJECT: again"
              "\r\n\r\nbody\r\n",
              &message);
    assert_int_equal(message.field_count, 4);
    assert_int_equal(read_field_count(&message, "subject"), 2);
    assert_string_equal(read_field_get(&message, "Subject", 0)->decoded,
                        "Köln und");
    assert_string_equal(read_field_get(&message, "Subject", 1)->value, "again");
    assert_string_equal(read_field_get(&message, "X-Long", 0)->value,
                        "one\ttwo");
    assert_int_equal(read_field_get(&message, "X-Long", 0)->line, 4);
    assert_int_equal(message.body_line, 8);
    assert_null(read_field_get(&message, "To", 0));
    assert_part(&message, "text/plain", "body\n");
}

static void parts_are_decoded_to_utf8(void **state)
{
    (void)state;
    OWNED(read_message_free) struct read_message message = {0};
    read_text("MIME-Version: 1.0\nContent-Type: multipart/alternative; "
              "boundary=b\n\n--b\nContent-Type: text/plain; "
              "charset=iso-8859-1\nContent-Transfer-Encoding: "
              "quoted-printable\n\nK=F6ln =3D Cologne=\n!\n--b\n"
              "Content-Type: TEXT/HTML; charset=\"UTF-8\"\n"
              "Content-Transfer-Encoding: base64\n\nPGI+w7Y8L2I+\n--b--\n",
              &message);
    assert_true(message.parts.is_alternative);
    assert_int_equal(message.parts.count, 2);
    assert_part(&message, "text/plain", "Köln = Cologne!");
    assert_part(&message, "text/html", "<b>ö</b>");
    const struct read_part *text = read_part_get(&message, "text/plain");
    assert_string_equal(text->charset, "iso-8859-1");
    assert_string_equal(text->encoding, "quoted-printable");
    assert_string_equal(read_part_get(&message, "text/html")->encoding,
                        "base64");
}

static void a_part_below_a_part_is_found(void **state)
{
    (void)state;
    OWNED(read_message_free) struct read_message message = {0};
    read_text("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n"
              "--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n"
              "Content-Type: text/plain\n\none\n--b--\n--a\nContent-Type: "
              "image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n--a--\n",
              &message);
    assert_int_equal(message.parts.count, 2);
    assert_true(message.parts.is_alternative);
    assert_part(&message, "text/plain", "one");
    assert_non_null(read_part_get(&message, "image/png"));
}

static void a_carried_message_is_not_part_of_the_message(void **state)
{
    (void)state;
    static const char text[] =
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n"
        "--a\nContent-Type: message/rfc822\n\nSubject: inner\n\nhidden\n"
        "--a\nContent-Type: text/plain\n\nshown\n--a--\n";
    struct err err;
    OWNED(read_message_free) struct read_message message = {0};
    read_text(text, &message);
    assert_int_equal(message.parts.count, 1);
    assert_part(&message, "text/plain", "shown");
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct read_parts parts;
    assert_true(
        parts_read(&arena, str_of(text), PARTS_READ_CARRIED, &parts, &err));
    assert_int_equal(parts.count, 3);
    assert_string_equal(parts.items[0].type, "message/rfc822");
    assert_false(parts.items[0].is_carried);
    assert_true(parts.items[1].is_carried);
    assert_false(parts.items[2].is_carried);
}

static void a_text_is_taken_for_what_its_bytes_say(void **state)
{
    (void)state;
    static const struct {
        const char *type, *bytes, *text;
    } cases[] = {
        {"text/plain", "K\xf6ln", "Köln"},
        {"text/plain", "K\xc3\xb6ln", "Köln"},
        {"text/plain; charset=us-ascii", "K\xf6ln", "Köln"},
        {"text/plain; charset=utf-8", "K\xf6ln", "K\xef\xbf\xbdln"},
        {"text/plain; charset=koi8-r", "\xd0\xcf\xcb", "пок"},
        {"text/plain; charset=us-ascii", "\x1b$B$3\x1b(B.", "こ."},
        {"text/plain; charset=x-unheard-of", "K\xf6ln", "K\xef\xbf\xbdln"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(read_message_free) struct read_message message = {0};
        OWNED(mem_free)
        char *text = mem_format("MIME-Version: 1.0\nContent-Type: %s\n\n%s",
                                cases[i].type, cases[i].bytes);
        read_text(text, &message);
        assert_part(&message, "text/plain", cases[i].text);
    }
}

static void assert_too_deep(const char *level)
{
    struct err err;
    OWNED(read_message_free) struct read_message deep = {0};
    OWNED(strbuf_free) struct strbuf nested = STRBUF_INIT;
    strbuf_add_text(&nested, "MIME-Version: 1.0\n");
    for (int i = 0; i < 200000; i++)
        strbuf_add_text(&nested, level);
    assert_false(message_read(strbuf_str(&nested), &deep, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

/* libetpan would run out of stack. */
static void parts_nested_beyond_reason_are_refused(void **state)
{
    (void)state;
    assert_too_deep("Content-Type: multipart/mixed; Boundary=b\n\n--b\n");
    assert_too_deep("Content-Type: multipart/mixed; boundary =b\n\n--b\n");
    assert_too_deep("Content-Type: message/rfc822\n\nMIME-Version: 1.0\n");
}

static void what_is_no_message_is_refused(void **state)
{
    (void)state;
    struct err err;
    OWNED(read_message_free) struct read_message tale = {0};
    assert_false(message_read(STR("Once upon a time"), &tale, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_unfolded_and_know_their_lines),
        cmocka_unit_test(parts_are_decoded_to_utf8),
        cmocka_unit_test(a_part_below_a_part_is_found),
        cmocka_unit_test(a_carried_message_is_not_part_of_the_message),
        cmocka_unit_test(a_text_is_taken_for_what_its_bytes_say),
        cmocka_unit_test(parts_nested_beyond_reason_are_refused),
        cmocka_unit_test(what_is_no_message_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
