#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "digest/base/mem.h"
#include "digest/base/url.h"

static const struct row {
    const char *url, *scheme, *user, *host, *port, *rest;
} rows[] = {
    {"https://example.org/a?b#c", "https", NULL, "example.org", "", "/a?b#c"},
    {"HTTP://Example.ORG", "HTTP", NULL, "Example.ORG", "", ""},
    {"http://example.org:8080/", "http", NULL, "example.org", "8080", "/"},
    {"https://u:p@example.org/", "https", "u:p", "example.org", "", "/"},
    {"https://u@example.org:81", "https", "u", "example.org", "81", ""},
    {"https://u:p@ss@example.org/", "https", "u:p@ss", "example.org", "", "/"},
    {"https://example.org?a@b", "https", NULL, "example.org", "", "?a@b"},
    {"https://example.org#a@b:1", "https", NULL, "example.org", "", "#a@b:1"},
    {"https://example.org/u:p@b", "https", NULL, "example.org", "", "/u:p@b"},
    {"https://example.org/https://b.test/", "https", NULL, "example.org", "",
     "/https://b.test/"},
    {"http://[::1]:8080/a", "http", NULL, "[::1]", "8080", "/a"},
    {"http://[2001:db8::1]", "http", NULL, "[2001:db8::1]", "", ""},
    {"http://127.0.0.1:1/", "http", NULL, "127.0.0.1", "1", "/"},
    {"https://b\xc3\xbc"
     "cher.example/",
     "https", NULL,
     "b\xc3\xbc"
     "cher.example",
     "", "/"},
    /* not absolute */
    {"", "", NULL, "", "", ""},
    {"/a?u=https://example.org/", "", NULL, "", "",
     "/a?u=https://example.org/"},
    {"a b://c", "", NULL, "", "", "a b://c"},
    {"://example.org", "", NULL, "", "", "://example.org"},
    {"1a://example.org", "", NULL, "", "", "1a://example.org"},
    {"mailto:a@example.org", "", NULL, "", "", "mailto:a@example.org"},
};

static void assert_part(const char *url, struct str part, const char *wanted)
{
    if (!str_equal(part, str_of(wanted)))
        fail_msg("%s: \"%.*s\", not \"%s\"", url, STR_ARG(part), wanted);
}

static void an_address_is_parted_where_its_parts_begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct row *row = &rows[i];
        struct url_parts parts = url_split(str_of(row->url));
        assert_part(row->url, parts.scheme, row->scheme);
        assert_part(row->url, parts.user, row->user ? row->user : "");
        assert_int_equal(parts.user.ptr != NULL, row->user != NULL);
        assert_part(row->url, parts.host, row->host);
        assert_part(row->url, parts.port, row->port);
        assert_part(row->url, parts.rest, row->rest);
        assert_int_equal(url_is_absolute(str_of(row->url)), *row->scheme != 0);
        assert_ptr_equal(parts.rest.ptr + parts.rest.len,
                         row->url + strlen(row->url));
    }
}

static bool asks_the_same(const struct row *row, CURLU *parsed)
{
    struct url_parts parts = url_split(str_of(row->url));
    char *host = NULL, *port = NULL;
    curl_url_get(parsed, CURLUPART_HOST, &host, 0);
    curl_url_get(parsed, CURLUPART_PORT, &port, 0);
    bool same = str_equal(parts.host, str_of(host)) &&
                str_equal(parts.port, str_of(port));
    curl_free(host);
    curl_free(port);
    return same;
}

/* libcurl opens the connections: what it takes for the host is the host. An @
 * in a password is refused by some of its versions; then nobody is asked. */
static void the_host_is_the_one_that_libcurl_asks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct row *row = &rows[i];
        if (!*row->scheme)
            continue;
        CURLU *parsed = curl_url();
        bool taken =
            curl_url_set(parsed, CURLUPART_URL, row->url, 0) == CURLUE_OK;
        bool may_refuse = row->user && strchr(row->user, '@');
        bool good = taken ? asks_the_same(row, parsed) : may_refuse;
        curl_url_cleanup(parsed);
        if (!good)
            fail_msg("%s", row->url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_parted_where_its_parts_begin),
        cmocka_unit_test(the_host_is_the_one_that_libcurl_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
