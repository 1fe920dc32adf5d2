#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/conf.h"
#include "digest/base/host.h"
#include "digest/base/mem.h"

static const struct row {
    const char *host, *ascii; /* NULL: there is none */
} rows[] = {
    /* what is ASCII stays */
    {"example.org", "example.org"},
    {"Example.ORG", "Example.ORG"},
    {"xn--bafg-7qa.example", "xn--bafg-7qa.example"},
    {"a_b.example", "a_b.example"},
    {"localhost", "localhost"},
    {"127.0.0.1", "127.0.0.1"},
    {"[::1]", "[::1]"},
    {"", ""},
    /* IDNA 2008 with UTS 46's mapping */
    {"b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example"},
    {"B\xc3\x9c"
     "CHER.Example",
     "xn--bcher-kva.example"},
    {"bu\xcc\x88"
     "cher.example",
     "xn--bcher-kva.example"},
    {"fa\xc3\x9f.example", "xn--fa-hia.example"},
    {"я.рф", "xn--41a.xn--p1ai"},
    {"例え。テスト", "xn--r8jz45g.xn--zckzah"},
    {"１２７.0.0.1", "127.0.0.1"},
    {"a_ü.example", "xn--a_-yka.example"},
    {"ü.example.", "xn--tda.example."},
    /* as browsers write them */
    {"b%C3%BCcher.example", "xn--bcher-kva.example"},
    {"%65xample.org", "example.org"},
    /* symbols, which only UTS 46 knows */
    {"i❤.example", "xn--i-7iq.example"},
    {"I❤\xef\xb8\x8f.b\xc3\xbc"
     "cher.example",
     "xn--i-7iq.xn--bcher-kva.example"},
    {"😀😀.example", "xn--e28ha.example"},
    {"-ü.example", "xn----eha.example"},
    /* no host at all */
    {"ü ü.example", NULL},
    {"a%20b.example", NULL},
    {"a%zz", NULL},
    {"a%2", NULL},
    {"℀.example", NULL}, /* a/c */
    {"ü%2Fx", NULL},
    {"\xff.example", NULL},
    {"%FF.example", NULL},
    {"ü%00.example", NULL},
    {"\xef\xbf\xbdü.example", NULL},
    {"xn--ü.example", NULL},
    {"%", NULL},
};

static void assert_host(const struct row *row)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    strbuf_add_text(&out, "|");
    if (host_to_ascii(str_of(row->host), &out, &err) != !!row->ascii)
        fail_msg("\"%s\": \"%s\", %s", row->host, strbuf_text(&out), err.text);
    assert_string_equal(strbuf_text(&out) + 1, row->ascii ? row->ascii : "");
    assert_int_equal(err.kind, row->ascii ? ERR_NONE : ERR_INPUT);
}

static void a_host_is_written_in_ascii(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        assert_host(&rows[i]);
}

static void a_label_longer_than_dns_has_it_is_none(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf host = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    for (int i = 0; i < 70; i++)
        strbuf_add_text(&host, "❤");
    assert_false(host_to_ascii(strbuf_str(&host), &out, &err));
    strbuf_cut(&host, 0);
    for (int i = 0; i < 70; i++)
        strbuf_add_text(&host, "ü");
    assert_false(host_to_ascii(strbuf_str(&host), &out, &err));
}

static void only_the_host_of_a_url_changes(void **state)
{
    (void)state;
    static const char *const urls[][2] = {
        {"https://ü.example/ü?ü#ü", "https://xn--tda.example/ü?ü#ü"},
        {"https://ü:ü@ü.example:8080?q=@ü",
         "https://ü:ü@xn--tda.example:8080?q=@ü"},
        {"https://ü.example#@ü", "https://xn--tda.example#@ü"},
        {"https://[::1]:8080/ü", "https://[::1]:8080/ü"},
        {"https://ü.example", "https://xn--tda.example"},
        {"/ü", "/ü"},
        {"mailto:ü@ü.example", "mailto:ü@ü.example"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        struct err err = {0};
        assert_true(host_of_url_to_ascii(str_of(urls[i][0]), &out, &err));
        assert_string_equal(strbuf_text(&out), urls[i][1]);
    }
}

static void the_sites_own_address_has_such_a_host(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(conf_free) struct conf conf = {0};
    assert_true(conf_parse(STR("site:\n  base_url: https://ü.example/n/\n"),
                           "/srv", "digest.yaml", &conf, &err));
    assert_string_equal(conf.base_url, "https://xn--tda.example/n");
    OWNED(conf_free) struct conf bad = {0};
    assert_false(conf_parse(STR("site:\n  base_url: https://ü%.example\n"),
                            "/srv", "digest.yaml", &bad, &err));
    assert_string_equal(err.text,
                        "digest.yaml:2: site.base_url: the host can't be "
                        "written in DNS: a percent sign can't stand in it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_is_written_in_ascii),
        cmocka_unit_test(a_label_longer_than_dns_has_it_is_none),
        cmocka_unit_test(only_the_host_of_a_url_changes),
        cmocka_unit_test(the_sites_own_address_has_such_a_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
