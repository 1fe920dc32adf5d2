#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/delivery/signing.h"

#define FROM "weekly@news.example.org"

static enum signing_cover cover_of(const char *const *domains, size_t count,
                                   const char *address)
{
    struct conf_dkim dkim[8] = {0};
    for (size_t i = 0; i < count; i++)
        dkim[i].domain = domains[i];
    return signing_cover(dkim, count, FROM, address);
}
#define COVER(address, ...)                                                    \
    cover_of((const char *const[]){__VA_ARGS__},                               \
             ARRAY_SIZE(((const char *const[]){__VA_ARGS__})), address)

static void a_domain_at_or_above_both_covers_both(void **state)
{
    (void)state;
    assert_int_equal(COVER("b@news.example.org", "news.example.org"),
                     COVER_BOTH);
    assert_int_equal(COVER("b@example.org", "example.org"), COVER_BOTH);
    assert_int_equal(COVER("b@bounces.example.org", "Example.ORG"), COVER_BOTH);
    assert_int_equal(COVER("b@example.org", "news.example.org"),
                     COVER_NOT_ADDRESS);
    assert_int_equal(COVER("b@example.org", "other.example.org"),
                     COVER_NOT_FROM);
    assert_int_equal(COVER("b@notexample.org", "example.org"),
                     COVER_NOT_ADDRESS);
}

static void a_second_key_covers_the_address_alone(void **state)
{
    (void)state;
    assert_int_equal(COVER("b@example.net", "example.org", "example.net"),
                     COVER_BOTH);
    assert_int_equal(COVER("b@example.net", "example.net"), COVER_NOT_FROM);
    assert_int_equal(COVER("b@example.net", "example.org"), COVER_NOT_ADDRESS);
    assert_int_equal(COVER("b@example.net", "example.org", "example.org",
                           "example.org", "example.org", "example.net"),
                     COVER_TOO_MANY);
}

/* Keys of these domains, in a folder of their own. */
struct keys {
    char folder[40];
    char *paths[4];
    struct conf_dkim dkim[4];
    size_t count;
};

static void make_keys(struct keys *keys, const char *const *domains,
                      size_t count)
{
    struct err err = {0};
    *keys =
        (struct keys){.folder = "/tmp/digest-signing-XXXXXX", .count = count};
    assert_non_null(mkdtemp(keys->folder));
    for (size_t i = 0; i < count; i++) {
        keys->paths[i] = mem_format("%s/%zu.pem", keys->folder, i);
        if (!dkim_keygen(keys->paths[i], DKIM_ED25519, &err))
            fail_msg("%s", err.text);
        keys->dkim[i] = (struct conf_dkim){domains[i], "s", keys->paths[i]};
    }
}

static void remove_keys(struct keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        unlink(keys->paths[i]);
        free(keys->paths[i]);
    }
    rmdir(keys->folder);
}

static void check_fields(const struct signing *signing, const char *expected)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    signing_add_fields(signing, &out);
    assert_string_equal(strbuf_text(&out), expected);
}

static void
complaints_are_asked_for_only_where_they_are_signed_for(void **state)
{
    (void)state;
    static const char *const domains[] = {"example.org", "example.net"};
    OWNED(remove_keys) struct keys keys;
    struct err err = {0};
    make_keys(&keys, domains, 2);
    static const struct {
        const char *address;
        size_t keys, signatures; /* of the keys above, the first so many */
        const char *fields;
    } cases[] = {
        {"b@example.org", 2, 1, "CFBL-Address: b@example.org; report=arf\r\n"},
        {"b@example.net", 2, 2, "CFBL-Address: b@example.net; report=arf\r\n"},
        {"b@example.net", 1, 1, ""},
        {"b@example.com", 2, 1, ""},
        {"b@example.org", 0, 0, ""},
        {"b\xc3\xb6@example.org", 2, 1, ""},
        {NULL, 2, 1, ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(signing_free) struct signing signing = {0};
        if (!signing_load(keys.dkim, cases[i].keys, FROM, cases[i].address,
                          &signing, &err))
            fail_msg("%s", err.text);
        assert_int_equal(signing.count, cases[i].signatures);
        check_fields(&signing, cases[i].fields);
    }
}

static void complaints_go_where_somebody_reads_them(void **state)
{
    (void)state;
    struct conf conf = {.bounce_address = "b@example.org"};
    assert_null(signing_complaints_to(&conf));
    conf.bounce_mailbox = "maildir:in";
    assert_string_equal(signing_complaints_to(&conf), "b@example.org");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_domain_at_or_above_both_covers_both),
        cmocka_unit_test(a_second_key_covers_the_address_alone),
        cmocka_unit_test(
            complaints_are_asked_for_only_where_they_are_signed_for),
        cmocka_unit_test(complaints_go_where_somebody_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
