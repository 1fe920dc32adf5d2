#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/message/headers.h"

static void assert_text(const char *text, const char *expected)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    if (!header_add_text(&out, "Subject", str_of(text), &err))
        fail_msg("%s", err.text);
    assert_string_equal(strbuf_text(&out), expected);
}

static void assert_mailbox(const char *phrase, const char *address,
                           const char *expected)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    if (!header_add_mailbox(&out, "To", str_of(phrase), str_of(address), &err))
        fail_msg("%s", err.text);
    assert_string_equal(strbuf_text(&out), expected);
}

static void plain_text_goes_as_it_is(void **state)
{
    (void)state;
    assert_text("Twelve good stories", "Subject: Twelve good stories\r\n");
    assert_text("", "Subject: \r\n");
    assert_text("  around  ", "Subject: around\r\n");
}

static void long_text_folds_at_its_spaces(void **state)
{
    (void)state;
    assert_text("one two three four five six seven eight nine ten eleven "
                "twelve  thirteen fourteen",
                "Subject: one two three four five six seven eight nine ten "
                "eleven twelve\r\n  thirteen fourteen\r\n");
}

static void text_beyond_ascii_becomes_q_words(void **state)
{
    (void)state;
    assert_text("Köln = Cologne?",
                "Subject: =?utf-8?Q?K=C3=B6ln_=3D_Cologne=3F?=\r\n");
}

static void
mostly_foreign_text_becomes_b_words_of_whole_characters(void **state)
{
    (void)state;
    assert_text("Новости недели и ещё немного о погоде",
                "Subject: =?utf-8?B?0J3QvtCy0L7RgdGC0Lgg0L3QtdC00LXQu9C4INC4"
                "INC1?=\r\n =?utf-8?B?0YnRkSDQvdC10LzQvdC+0LPQviDQviDQv9C+"
                "0LPQvtC00LU=?=\r\n");
}

/* GMime reads neighbouring words of base64 as one, which ends at padding. */
static void padding_stands_in_the_last_word_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Новости недели и ещё немного о погоде и о том, что было вчера вечером",
        "aaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaéaé"
        "a",
        "المثال الأسبوعي: جسر جديد على الميناء يفتح في الربيع القادم أخيرا",
        "新闻周刊：港口的新桥将于明年春天开放，市民期待已久，市长出席典礼",
        "a😀😀é😀😀😀😀aé😀😀😀😀😀😀é😀😀😀😀😀😀😀😀a😀😀😀😀😀😀😀😀😀",
        "é a é a é é a a é a é a é a é a é a é a é a é a é a é a é a é a é aé "
        "é",
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        for (size_t skip = 0; skip < 6; skip++) {
            OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
            OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
            struct err err = {0};
            strbuf_add(&text, "abcdef", skip);
            strbuf_add_text(&text, texts[i]);
            assert_true(
                header_add_text(&out, "Subject", strbuf_str(&text), &err));
            assert_null(strstr(strbuf_text(&out), "=?=\r\n "));
            assert_non_null(strstr(strbuf_text(&out), "?=\r\n "));
        }
}

static void what_looks_like_an_encoded_word_is_encoded(void **state)
{
    (void)state;
    assert_text("=?utf-8?Q?x?=",
                "Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?=\r\n");
}

static void a_word_too_long_to_fold_is_encoded(void **state)
{
    (void)state;
    assert_text("https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                "aaaaaaaaaaaaaaaaaaaaaaaaa",
                "Subject: =?utf-8?Q?https=3A//example=2Eorg/aaaaaaaaaaaaaaaaaa"
                "aaaaaaaaaaaaa?=\r\n =?utf-8?Q?aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                "aaaaaa?=\r\n");
}

static void controls_vanish_from_a_text(void **state)
{
    (void)state;
    assert_text("a\x01\x7f"
                "b\tc",
                "Subject: =?utf-8?Q?ab_c?=\r\n");
}

static void a_line_end_a_nul_or_a_stray_byte_is_refused(void **state)
{
    (void)state;
    const struct str bad[] = {STR("a\rb"), STR("a\nb"), STR("a\0b"),
                              STR("a\xff")};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        struct err err = {0};
        assert_false(header_add_text(&out, "Subject", bad[i], &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_memory_equal(err.text, "Subject: ", 9);
        assert_false(
            header_add_mailbox(&out, "To", bad[i], STR("a@b.org"), &err));
        assert_false(header_add_plain(&out, "X", bad[i], &err));
        assert_int_equal(out.len, 0);
    }
}

static void a_phrase_is_atoms_a_quoted_string_or_words(void **state)
{
    (void)state;
    assert_mailbox("", "a@b.org", "To: a@b.org\r\n");
    assert_mailbox("Anna Lee", "a@b.org", "To: Anna Lee <a@b.org>\r\n");
    assert_mailbox("Lee, A.", "a@b.org", "To: \"Lee, A.\" <a@b.org>\r\n");
    assert_mailbox("A \"x\\\" <b@c>", "a@b.org",
                   "To: \"A \\\"x\\\\\\\" <b@c>\" <a@b.org>\r\n");
    assert_mailbox("Ana Müller", "a@b.org",
                   "To: =?utf-8?Q?Ana_M=C3=BCller?= <a@b.org>\r\n");
    assert_mailbox("Ana\xe2\x80\xae Mü\xe2\x81\xa6ller", "a@b.org",
                   "To: =?utf-8?Q?Ana_M=C3=BCller?= <a@b.org>\r\n");
    assert_mailbox("Two  spaces", "a@b.org",
                   "To: \"Two  spaces\" <a@b.org>\r\n");
}

static void a_long_mailbox_folds_before_its_address(void **state)
{
    (void)state;
    assert_mailbox("The Society for the Prevention of Overlong Lines",
                   "society-for-the-prevention@example.org",
                   "To: The Society for the Prevention of Overlong Lines\r\n "
                   "<society-for-the-prevention@example.org>\r\n");
}

static void an_address_beyond_ascii_stands_raw(void **state)
{
    (void)state;
    assert_mailbox("Jörg", "jörg@exämple.org",
                   "To: \"Jörg\" <jörg@exämple.org>\r\n");
    assert_mailbox(
        "Jörg \"J\" \\ <b>,\xe2\x80\xae\x1b x", "jörg@exämple.org",
        "To: \"Jörg \\\"J\\\" \\\\ <b>,   x\" <jörg@exämple.org>\r\n");
    assert_mailbox("Jörg =?utf-8?Q?x?=", "jörg@exämple.org",
                   "To: =?utf-8?B?SsO2cmcgPT91dGYtOD9RP3g/PQ==?= "
                   "<jörg@exämple.org>\r\n");
    assert_mailbox("Jorg", "jörg@exämple.org",
                   "To: Jorg <jörg@exämple.org>\r\n");
}

static void safe_addresses_are_told_from_others(void **state)
{
    (void)state;
    static const char *const safe[] = {"a@b",
                                       "first.last+tag@sub.example.org",
                                       "o'neil@example.org",
                                       "jörg@example.org",
                                       "用户@例子.广告",
                                       "x@xn--bcher-kva.example"};
    static const char *const unsafe[] = {
        "",
        "a",
        "@b",
        "a@",
        "a@b@c",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a b@c",
        "a@b c",
        "a@-b",
        "a@b-",
        "a@b.",
        "a@.b",
        "a@b..c",
        "<a@b>",
        "a,b@c",
        "\"a b\"@c",
        "a@[1.2.3.4]",
        "a@b\r\nx",
        "a@b\t",
        "a\xff@b",
        "a@b\xc2",
        "a\xe2\x80\xae@b",
        "a@b_c",
        "a\xc2\x85@b",
        "a(x)@b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b",
        "a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < ARRAY_SIZE(safe); i++)
        if (!header_address_is_safe(str_of(safe[i])))
            fail_msg("refused: %s", safe[i]);
    for (size_t i = 0; i < ARRAY_SIZE(unsafe); i++)
        if (header_address_is_safe(str_of(unsafe[i])))
            fail_msg("taken: %s", unsafe[i]);
    assert_false(header_address_is_safe(STR("a@b\0c")));
}

static void safe_message_ids_and_uris_are_told_from_others(void **state)
{
    (void)state;
    assert_true(header_message_id_is_safe(STR("12.abc@example.org")));
    assert_false(header_message_id_is_safe(STR("12.abc")));
    assert_false(header_message_id_is_safe(STR("a b@c")));
    assert_false(header_message_id_is_safe(STR("a@b>")));
    assert_false(header_message_id_is_safe(STR("ä@b")));
    assert_true(header_uri_is_safe(STR("https://a.b/?c=%20"), STR("https://")));
    assert_false(header_uri_is_safe(STR("https://"), STR("https://")));
    assert_false(header_uri_is_safe(STR("http://a.b"), STR("https://")));
    assert_false(header_uri_is_safe(STR("https://a b"), STR("https://")));
    assert_false(header_uri_is_safe(STR("https://a>b"), STR("https://")));
    assert_false(header_uri_is_safe(STR("https://\xc3\xa4"), STR("https://")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_goes_as_it_is),
        cmocka_unit_test(long_text_folds_at_its_spaces),
        cmocka_unit_test(text_beyond_ascii_becomes_q_words),
        cmocka_unit_test(
            mostly_foreign_text_becomes_b_words_of_whole_characters),
        cmocka_unit_test(padding_stands_in_the_last_word_alone),
        cmocka_unit_test(what_looks_like_an_encoded_word_is_encoded),
        cmocka_unit_test(a_word_too_long_to_fold_is_encoded),
        cmocka_unit_test(controls_vanish_from_a_text),
        cmocka_unit_test(a_line_end_a_nul_or_a_stray_byte_is_refused),
        cmocka_unit_test(a_phrase_is_atoms_a_quoted_string_or_words),
        cmocka_unit_test(a_long_mailbox_folds_before_its_address),
        cmocka_unit_test(an_address_beyond_ascii_stands_raw),
        cmocka_unit_test(safe_addresses_are_told_from_others),
        cmocka_unit_test(safe_message_ids_and_uris_are_told_from_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
