#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "subscribers/roster/address.h"

static void a_providers_forms_are_one_mailbox(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"A.d.a+news@GoogleMail.com", "ada@gmail.com"},
        {"ada@gmail.com", "ada@gmail.com"},
        {"ada+1@outlook.com", "ada@outlook.com"},
        {"a.da@outlook.com", "a.da@outlook.com"},
        {"ada@pm.me", "ada@proton.me"},
        {"ada-shop@yahoo.com", "ada@yahoo.com"},
        /* Elsewhere it may be another person's. */
        {"a.da+x@example.org", "a.da+x@example.org"},
        {"+ada@gmail.com", "+ada@gmail.com"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(address_free) struct address address = {0};
        OWNED(strbuf_free) struct strbuf mailbox = STRBUF_INIT;
        struct err err;
        assert_true(address_parse(str_of(cases[i][0]), &address, &err));
        address_mailbox(&address, &mailbox);
        assert_string_equal(strbuf_text(&mailbox), cases[i][1]);
    }
}

static void what_an_owner_adds_to_a_domain_counts_as_it(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a@example.org", "example.org"},
        {"a@x1.y.example.org", "example.org"},
        {"a@x1.example.co.uk", "example.co.uk"},
        {"a@example.co.uk", "example.co.uk"},
        {"a@gmail.com", NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(address_free) struct address address = {0};
        OWNED(strbuf_free) struct strbuf site = STRBUF_INIT;
        struct err err;
        assert_true(address_parse(str_of(cases[i][0]), &address, &err));
        assert_int_equal(address_site(&address, &site), cases[i][1] != NULL);
        if (cases[i][1])
            assert_string_equal(strbuf_text(&site), cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_providers_forms_are_one_mailbox),
        cmocka_unit_test(what_an_owner_adds_to_a_domain_counts_as_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
