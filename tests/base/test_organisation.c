#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/organisation.h"

static const struct row {
    const char *a, *b;
    bool same;
} rows[] = {
    {"example.org", "example.org", true},
    {"Mail.Example.ORG", "example.org", true},
    {"a.example.org", "b.c.example.org", true},
    {"example.org.", "www.example.org", true},
    {"www.b\xc3\xbc"
     "cher.example",
     "xn--bcher-kva.example", true},
    {"www.example.co.uk", "example.co.uk", true},
    {"a.pages.github.io", "pages.github.io", true},
    /* a suffix that no list knows is one label */
    {"news.site.test", "site.test", true},
    {"localhost", "localhost", true},
    /* below a public suffix nobody is another's */
    {"a.co.uk", "b.co.uk", false},
    {"a.co.uk", "co.uk", false},
    {"co.uk", "uk", false},
    {"a.github.io", "b.github.io", false},
    {"a.github.io", "github.io", false},
    {"example.org", "org", false},
    {"a.test", "b.test", false},
    {"\xe5\x85\xac\xe5\x8f\xb8.\xe9\xa6\x99\xe6\xb8\xaf",
     "xn--55qx5d.xn--j6w193g", true},
    {"a.\xe5\x85\xac\xe5\x8f\xb8.\xe9\xa6\x99\xe6\xb8\xaf",
     "b.xn--55qx5d.xn--j6w193g", false},
    {"badexample.org", "example.org", false},
    {"example.net", "example.org", false},
    /* addresses of machines have no name above them */
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "198.51.2.1", false},
    {"2.1", "192.0.2.1", false},
    {"[2001:db8::1]", "[2001:db8::1]", true},
    {"[2001:db8::1]", "[2001:db8::2]", false},
    {"", "", false},
    {"", "example.org", false},
    {".", "example.org", false},
    {".example.org", "example.net", false},
};

static void
hosts_below_one_registered_name_are_of_one_organisation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool same = organisation_is_same(str_of(rows[i].a), str_of(rows[i].b));
        bool turned =
            organisation_is_same(str_of(rows[i].b), str_of(rows[i].a));
        if (same != rows[i].same || turned != same)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            hosts_below_one_registered_name_are_of_one_organisation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
