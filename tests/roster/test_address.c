#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/roster/address.h"

static void assert_reads(const char *text, const char *email, const char *key)
{
    OWNED(address_free) struct address address = {0};
    struct err err = {0};
    if (!address_parse(str_of(text), &address, &err))
        fail_msg("%s", err.text);
    assert_string_equal(strbuf_text(&address.email), email);
    assert_string_equal(strbuf_text(&address.key), key);
}

static void assert_refused(const char *text, const char *why)
{
    OWNED(address_free) struct address address = {0};
    struct err err = {0};
    if (address_parse(str_of(text), &address, &err))
        fail_msg("\"%s\" was taken", text);
    assert_int_equal(err.kind, ERR_INPUT);
    if (!strstr(err.text, why))
        fail_msg("\"%s\" says: %s", text, err.text);
}

static void
the_domain_is_in_lower_case_and_the_local_part_as_written(void **state)
{
    (void)state;
    assert_reads("  Ada.Lovelace@Example.ORG\t\n", "Ada.Lovelace@example.org",
                 "ada.lovelace@example.org");
    assert_reads("o'neil+news/1=x@a-b.example.co.uk",
                 "o'neil+news/1=x@a-b.example.co.uk",
                 "o'neil+news/1=x@a-b.example.co.uk");
}

static void a_domain_beyond_ascii_becomes_a_labels(void **state)
{
    (void)state;
    assert_reads("info@MÜNCHEN.example", "info@xn--mnchen-3ya.example",
                 "info@xn--mnchen-3ya.example");
    assert_reads("a@faß.example", "a@xn--fa-hia.example",
                 "a@xn--fa-hia.example");
    assert_reads("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah",
                 "a@xn--r8jz45g.xn--zckzah");
    /* a full-width dot and letters are the same name in DNS */
    assert_reads("a@ｅｘａｍｐｌｅ。org", "a@example.org", "a@example.org");
}

static void a_local_part_beyond_ascii_is_composed_and_folded(void **state)
{
    (void)state;
    assert_reads("Jose\xcc\x81@example.org", "Jos\xc3\xa9@example.org",
                 "jos\xc3\xa9@example.org");
    assert_reads("ΔΟΚΙΜΉ@example.org", "ΔΟΚΙΜΉ@example.org",
                 "δοκιμή@example.org");
    assert_reads("STRASSE@example.org", "STRASSE@example.org",
                 "strasse@example.org");
    assert_reads("Straße@example.org", "Straße@example.org",
                 "strasse@example.org");
}

static void an_address_that_is_none_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "empty"},
        {" \t ", "empty"},
        {"ada", "no @"},
        {"@example.org", "before the @"},
        {"ada@", "behind the @"},
        {"a@b@example.org", "more than one @"},
        {"a b@example.org", "space in the local part"},
        {"a@exa mple.org", "space in the domain"},
        {".a@example.org", "a dot stands"},
        {"a.@example.org", "a dot stands"},
        {"a..b@example.org", "a dot stands"},
        {"a@example", "has no dot"},
        {"a@example..org", "a dot stands"},
        {"a@example.org.", "a dot stands"},
        {"a@-example.org", "hyphen"},
        {"a@example-.org", "hyphen"},
        {"a@exa_mple.org", "'_' can't stand in a domain"},
        {"a@192.0.2.1", "number"},
        {"a@[192.0.2.1]", "IP number"},
        {"\"a b\"@example.org", "in quotes"},
        {"a(b)@example.org", "comment"},
        {"Ada <ada@example.org>", "without a name"},
        {"a@example.org, b@example.org", "one address at a time"},
        {"a@example.org;b@example.org", "one address at a time"},
        {"a\r\nBcc: x@example.org", "control character"},
        {"a\x7f@example.org", "control character"},
        {"a\xff@example.org", "UTF-8"},
        {"a\xe2\x80\xae"
         "b@example.org",
         "invisible character (U+202E)"},
        {"a\xc2\xa0@example.org", "invisible character (U+00A0)"},
        {"a\\@example.org", "'\\' can't stand"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_refused(cases[i][0], cases[i][1]);
}

static void lengths_are_those_of_smtp(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 64; i++)
        strbuf_add_char(&text, 'a');
    strbuf_add_text(&text, "@example.org");
    assert_reads(strbuf_text(&text), strbuf_text(&text), strbuf_text(&text));
    OWNED(mem_free) char *longer = mem_format("a%s", strbuf_text(&text));
    assert_refused(longer, "longer than 64");
    strbuf_cut(&text, 0);
    strbuf_add_text(&text, "a@");
    for (int i = 0; i < 64; i++)
        strbuf_add_char(&text, 'b');
    strbuf_add_text(&text, ".org");
    assert_refused(strbuf_text(&text), "longer than 63");
    strbuf_cut(&text, 0);
    strbuf_add_text(&text, "a@");
    for (int i = 0; i < 125; i++)
        strbuf_add_text(&text, "b.");
    OWNED(mem_free) char *most = mem_format("%scc", strbuf_text(&text));
    OWNED(mem_free) char *more = mem_format("%sccc", strbuf_text(&text));
    OWNED(mem_free) char *over = mem_format("%scccc", strbuf_text(&text));
    assert_reads(most, most, most);
    assert_refused(more, "longer than 254");
    assert_refused(over, "longer than 253");
}

static void a_parsed_address_can_be_used_again(void **state)
{
    (void)state;
    OWNED(address_free) struct address address = {0};
    struct err err = {0};
    assert_true(address_parse(STR("first@example.org"), &address, &err));
    assert_false(address_parse(STR("none"), &address, &err));
    assert_true(address_parse(STR("b@example.net"), &address, &err));
    assert_string_equal(strbuf_text(&address.email), "b@example.net");
    struct str domain = address_domain(strbuf_str(&address.email));
    assert_true(str_equal(domain, STR("example.net")));
}

static const char *typo(const char *text)
{
    OWNED(address_free) struct address address = {0};
    struct err err = {0};
    if (!address_parse(str_of(text), &address, &err))
        fail_msg("%s", err.text);
    return address_typo(&address);
}

static void a_common_slip_is_pointed_out(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a@gmial.com", "gmail.com"},    {"a@gmai.com", "gmail.com"},
        {"a@gmail.con", "gmail.com"},    {"a@gmail.co", "gmail.com"},
        {"a@gmaill.cmo", "gmail.com"},   {"a@hotmial.com", "hotmail.com"},
        {"a@hotmal.com", "hotmail.com"}, {"a@yahooo.com", "yahoo.com"},
        {"a@yaho.com", "yahoo.com"},     {"a@outlok.com", "outlook.com"},
        {"a@iclould.com", "icloud.com"}, {"a@t-onlin.de", "t-online.de"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *meant = typo(cases[i][0]);
        if (!meant)
            fail_msg("%s passes", cases[i][0]);
        assert_string_equal(meant, cases[i][1]);
    }
}

static void a_real_domain_is_no_slip(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "a@gmail.com",  "a@ymail.com",     "a@mail.com", "a@hotmail.be",
        "a@yahoo.fr",   "a@yahoo.co.uk",   "a@gmx.de",   "a@web.de",
        "a@live.co.uk", "a@example.org",   "a@aol.de",   "a@outlook.it",
        "a@mac.com",    "a@university.edu"};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *meant = typo(cases[i]);
        if (meant)
            fail_msg("%s is taken for %s", cases[i], meant);
    }
}

/* ---- isemail's cases ----
 *
 * Its verdict on each is a category. What is valid, or in doubt only for
 * its DNS, is taken, all else refused: also what is valid by RFC 5322 or
 * obsolete, and isn't mailed (quoted local parts, comments, address
 * literals). These are the cases that end otherwise, by their numbers. */
static const struct {
    int from, to;
    bool taken;
    const char *reason;
} differences[] = {
    {5, 5, false, "no mail is sent to a top-level domain"},
    {88, 89, true, "white space around an address is a slip, and taken off"},
    {99, 99, true, "so is a line end behind it"},
    {127, 128, true, "or a carriage return alone"},
    {132, 132, true, "or a line end before it"},
    {141, 158, true, "or several of them"},
};

static const char *attribute(struct str test, const char *open,
                             const char *close, struct strbuf *out)
{
    strbuf_cut(out, 0);
    size_t at = str_find_str(test, str_of(open));
    struct str rest = str_from(test, at + strlen(open));
    rest.len = str_find_str(rest, str_of(close));
    strbuf_add_str(out, rest);
    return strbuf_text(out);
}

/* References in the file, and the pictures of control characters. */
static void unescape(const char *text, struct strbuf *out)
{
    static const char *const names[][2] = {
        {"&amp;", "&"}, {"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}};
    strbuf_cut(out, 0);
    for (struct str rest = str_of(text); rest.len;) {
        size_t used = 0;
        for (size_t i = 0; i < ARRAY_SIZE(names) && !used; i++)
            if (str_starts(rest, str_of(names[i][0]))) {
                used = strlen(names[i][0]);
                strbuf_add_text(out, names[i][1]);
            }
        if (!used && str_starts(rest, STR("&#x"))) {
            unsigned code = (unsigned)strtoul(rest.ptr + 3, NULL, 16);
            used = str_find(rest, ';') + 1;
            if (code >= 0x2400 && code < 0x2420)
                strbuf_add_char(out, (char)(code - 0x2400));
            else
                strbuf_add_utf8(out, code);
        }
        if (!used) {
            used = 1;
            strbuf_add_char(out, *rest.ptr);
        }
        rest = str_from(rest, used);
    }
}

static bool is_expected(const char *id, const char *category)
{
    int number = atoi(id);
    for (size_t i = 0; i < ARRAY_SIZE(differences); i++)
        if (number >= differences[i].from && number <= differences[i].to)
            return differences[i].taken;
    return strcmp(category, "ISEMAIL_VALID_CATEGORY") == 0 ||
           strcmp(category, "ISEMAIL_DNSWARN") == 0;
}

static int check_case(struct str test)
{
    OWNED(strbuf_free) struct strbuf id = STRBUF_INIT, text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf category = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf email = STRBUF_INIT;
    OWNED(address_free) struct address address = {0};
    struct err err = {0};
    attribute(test, "id=\"", "\"", &id);
    unescape(attribute(test, "<address>", "</address>", &text), &email);
    attribute(test, "<category>", "</category>", &category);
    bool expected = is_expected(id.ptr, category.ptr);
    bool taken = address_parse(strbuf_str(&email), &address, &err);
    if (taken == expected)
        return 0;
    print_message("case %s (%s) \"%s\": %s %s\n", id.ptr, category.ptr,
                  text.len ? text.ptr : "",
                  taken ? "is taken" : "is refused:", taken ? "" : err.text);
    return 1;
}

static void isemails_cases_end_as_they_should(void **state)
{
    (void)state;
    const char *corpora = getenv("DIGEST_CORPORA");
    OWNED(mem_free)
    char *path =
        corpora ? file_join(corpora, "addresses/isemail-tests.xml") : NULL;
    if (!path || !file_exists(path)) {
        print_message("skipped: DIGEST_CORPORA names no folder with "
                      "addresses/isemail-tests.xml\n");
        skip();
        return;
    }
    OWNED(strbuf_free) struct strbuf xml = STRBUF_INIT;
    struct err err = {0};
    assert_true(file_read(path, 1 << 20, &xml, &err));
    struct str rest = strbuf_str(&xml);
    int cases = 0, wrong = 0;
    for (;;) {
        rest = str_from(rest, str_find_str(rest, STR("<test id=")));
        if (!rest.len)
            break;
        struct str test = {rest.ptr, str_find_str(rest, STR("</test>"))};
        wrong += check_case(test);
        cases++;
        rest = str_from(rest, test.len);
    }
    assert_true(cases > 100);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_domain_is_in_lower_case_and_the_local_part_as_written),
        cmocka_unit_test(a_domain_beyond_ascii_becomes_a_labels),
        cmocka_unit_test(a_local_part_beyond_ascii_is_composed_and_folded),
        cmocka_unit_test(an_address_that_is_none_is_refused_with_the_reason),
        cmocka_unit_test(lengths_are_those_of_smtp),
        cmocka_unit_test(a_parsed_address_can_be_used_again),
        cmocka_unit_test(a_common_slip_is_pointed_out),
        cmocka_unit_test(a_real_domain_is_no_slip),
        cmocka_unit_test(isemails_cases_end_as_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
