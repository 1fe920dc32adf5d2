#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/encode.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"

struct codec {
    void (*encode)(struct strbuf *out, struct str bytes);
    bool (*decode)(struct strbuf *out, struct str text);
};

static const struct codec base64 = {base64_encode, base64_decode},
                          base64url = {base64url_encode, base64url_decode},
                          base32 = {base32_encode, base32_decode},
                          hex = {hex_encode, hex_decode};

/* RFC 4648 §10; base32 here is in lower case and without padding. */
static const struct {
    const char *bytes, *base64, *base64url, *base32, *hex;
} vectors[] = {
    {"", "", "", "", ""},
    {"f", "Zg==", "Zg", "my", "66"},
    {"fo", "Zm8=", "Zm8", "mzxq", "666f"},
    {"foo", "Zm9v", "Zm9v", "mzxw6", "666f6f"},
    {"foob", "Zm9vYg==", "Zm9vYg", "mzxw6yq", "666f6f62"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE", "mzxw6ytb", "666f6f6261"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy", "mzxw6ytboi", "666f6f626172"},
    {"\xfb\xff\xfe", "+//+", "-__-", "7p774", "fbfffe"},
};

static void assert_pair(const struct codec *codec, const char *bytes,
                        const char *text)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    codec->encode(&out, str_of(bytes));
    assert_string_equal(strbuf_text(&out), text);
    OWNED(strbuf_free) struct strbuf back = STRBUF_INIT;
    assert_true(codec->decode(&back, str_of(text)));
    assert_string_equal(strbuf_text(&back), bytes);
}

static void the_vectors_of_rfc_4648_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
        const char *bytes = vectors[i].bytes;
        assert_pair(&base64, bytes, vectors[i].base64);
        assert_pair(&base64url, bytes, vectors[i].base64url);
        assert_pair(&base32, bytes, vectors[i].base32);
        assert_pair(&hex, bytes, vectors[i].hex);
    }
}

static void every_length_and_byte_comes_back(void **state)
{
    (void)state;
    const struct codec *codecs[] = {&base64, &base64url, &base32, &hex};
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    for (size_t p = 0; p < ARRAY_SIZE(codecs); p++) {
        for (size_t from = 0; from < sizeof bytes; from += 3) {
            struct str input = {bytes + from, sizeof bytes - from};
            OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
            OWNED(strbuf_free) struct strbuf back = STRBUF_INIT;
            codecs[p]->encode(&text, input);
            assert_true(codecs[p]->decode(&back, strbuf_str(&text)));
            assert_true(str_equal(strbuf_str(&back), input));
        }
    }
}

static void assert_refused(const struct codec *codec, struct str text)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    strbuf_add_text(&out, "before");
    if (codec->decode(&out, text))
        fail_msg("\"%.*s\" was decoded", STR_ARG(text));
    assert_string_equal(strbuf_text(&out), "before");
}

static void what_no_encoder_writes_is_refused(void **state)
{
    (void)state;
    const struct str bad64[] = {
        STR("Z"),    STR("Zh=="),   STR("Zm9="), STR("Zg==="),
        STR("Zg="),  STR("Zm9v=="), STR("Zm-v"), STR("Zg==Zg=="),
        STR("Zm*v"), STR("Zm9\0v"), STR("="),    STR("Zm9v\xc3"),
    };
    for (size_t i = 0; i < ARRAY_SIZE(bad64); i++)
        assert_refused(&base64, bad64[i]);
    const struct str bad64url[] = {STR("Z"),   STR("Zh"),     STR("Zg=="),
                                   STR("+//"), STR("Zm9v\n"), STR("Zm\0v")};
    for (size_t i = 0; i < ARRAY_SIZE(bad64url); i++)
        assert_refused(&base64url, bad64url[i]);
    const struct str bad32[] = {STR("m"),   STR("mzx"),  STR("mz"),
                                STR("my="), STR("mzx1"), STR("m\0")};
    for (size_t i = 0; i < ARRAY_SIZE(bad32); i++)
        assert_refused(&base32, bad32[i]);
    const struct str bad_hex[] = {STR("6"), STR("6g"), STR("66 "), STR("0x66"),
                                  STR("6\0")};
    for (size_t i = 0; i < ARRAY_SIZE(bad_hex); i++)
        assert_refused(&hex, bad_hex[i]);
}

static void base64_may_be_folded_and_unpadded(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    assert_true(base64_decode(&out, STR(" Zm9v\r\n\tYg")));
    assert_true(base64_decode(&out, STR("Zg=\r\n=")));
    assert_string_equal(strbuf_text(&out), "foobf");
}

static void base32_and_hex_take_either_case(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    assert_true(base32_decode(&out, STR("MZxW6")));
    assert_true(hex_decode(&out, STR("6F6f")));
    assert_string_equal(strbuf_text(&out), "foooo");
}

static void markup_becomes_references(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    html_escape(&out, STR("<a href=\"x\" title='y'>R&D</a>"));
    assert_string_equal(strbuf_text(&out),
                        "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;R&amp;D"
                        "&lt;/a&gt;");
}

static void other_bytes_pass_the_escape_unchanged(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    html_escape(&out, (struct str){NULL, 0});
    html_escape(&out, STR("J\xc3\xbcrgen\0=`"));
    assert_true(str_equal(strbuf_str(&out), STR("J\xc3\xbcrgen\0=`")));
}

static void urls_keep_only_unreserved_characters(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    url_encode(&out, STR("aZ09-._~ /?&=%+\"\xc3\xa9\n\0"));
    assert_string_equal(strbuf_text(&out),
                        "aZ09-._~%20%2F%3F%26%3D%25%2B%22%C3%A9%0A%00");
}

static void a_quoted_field_ends_only_at_its_end(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    quote_escape(&out, STR("no\" state=sent reply=\"ok\\"));
    assert_string_equal(strbuf_text(&out),
                        "no\\\" state=sent reply=\\\"ok\\\\");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_rfc_4648_hold),
        cmocka_unit_test(every_length_and_byte_comes_back),
        cmocka_unit_test(what_no_encoder_writes_is_refused),
        cmocka_unit_test(base64_may_be_folded_and_unpadded),
        cmocka_unit_test(base32_and_hex_take_either_case),
        cmocka_unit_test(markup_becomes_references),
        cmocka_unit_test(other_bytes_pass_the_escape_unchanged),
        cmocka_unit_test(a_quoted_field_ends_only_at_its_end),
        cmocka_unit_test(urls_keep_only_unreserved_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
