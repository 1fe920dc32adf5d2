#include "tests/sources/importing.h"

#include "digest/fetch/fetch.h"
#include "tests/sources/server.h"

static bool get(struct server *s, const struct fetch_options *options,
                struct fetch_reply *reply, struct err *err)
{
    OWNED(mem_free)
    char *url = mem_format("http://127.0.0.1:%u/feed", s->port);
    return fetch_url(url, options, reply, err);
}

static void a_feed_comes_over_http_with_its_charset(void **state)
{
    struct importing *t = *state;
    struct server s;
    struct err err = {0};
    start(&s, "HTTP/1.1 200 OK\r\n"
              "Content-Type: text/xml; charset=iso-8859-1\r\n\r\n"
              "<rss><channel><item><title>na\xefve</title>"
              "<link>/x</link></item></channel></rss>");
    OWNED(mem_free) char *url = mem_format("http://127.0.0.1:%u/f", s.port);
    t->options.allow_private = true;
    bool good = import_path(t->db, url, &t->options, &t->report, &err);
    stop(&s);
    assert_true(good);
    assert_string_equal(only(t).title, "naïve");
    assert_non_null(strstr(only(t).url, "/x"));
}

static void loopback_is_refused_unless_it_is_allowed(void **state)
{
    (void)state;
    struct server s;
    struct err err = {0};
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    start(&s, "HTTP/1.1 200 OK\r\n\r\nsecret");
    s.request[0] = '\0';
    bool good = get(&s, &(struct fetch_options){0}, &reply, &err);
    stop(&s);
    assert_false(good);
    assert_int_equal(err.kind, ERR_PERMISSION);
    assert_string_equal(s.request, "");
}

static void a_name_that_resolves_to_loopback_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    assert_false(fetch_url("http://localhost:1/", &(struct fetch_options){0},
                           &reply, &err));
    assert_int_equal(err.kind, ERR_PERMISSION);
}

static void a_long_answer_is_cut_off(void **state)
{
    (void)state;
    struct server s;
    struct err err = {0};
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    start(&s, "HTTP/1.1 200 OK\r\n\r\n0123456789");
    bool good =
        get(&s, &(struct fetch_options){.allow_private = true, .max_bytes = 5},
            &reply, &err);
    stop(&s);
    assert_false(good);
    assert_int_equal(err.kind, ERR_INPUT);
}

static void redirects_without_end_end(void **state)
{
    (void)state;
    struct server s;
    struct err err = {0};
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    start(&s, "HTTP/1.1 302 Found\r\nLocation: /again\r\n"
              "Connection: close\r\nContent-Length: 0\r\n\r\n");
    bool good =
        get(&s, &(struct fetch_options){.allow_private = true}, &reply, &err);
    stop(&s);
    assert_false(good);
    assert_int_equal(err.kind, ERR_PERMANENT);
}

static void a_redirect_to_a_file_is_refused(void **state)
{
    (void)state;
    struct server s;
    struct err err = {0};
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    start(&s, "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
              "Connection: close\r\nContent-Length: 0\r\n\r\n");
    bool good =
        get(&s, &(struct fetch_options){.allow_private = true}, &reply, &err);
    stop(&s);
    assert_false(good);
    assert_int_equal(err.kind, ERR_INPUT);
}

static void what_hasnt_changed_is_not_sent_again(void **state)
{
    (void)state;
    struct server s;
    struct err err = {0};
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    start(&s, "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n");
    bool good = get(&s,
                    &(struct fetch_options){.allow_private = true,
                                            .etag = "\"1\"",
                                            .last_modified = "then"},
                    &reply, &err);
    stop(&s);
    assert_true(good);
    assert_true(reply.is_unchanged);
    assert_string_equal(reply.etag, "\"1\"");
    assert_non_null(strstr(s.request, "If-None-Match: \"1\"\r\n"));
    assert_non_null(strstr(s.request, "If-Modified-Since: then\r\n"));
}

static void statuses_become_kinds_of_errors(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        enum err_kind kind;
    } cases[] = {
        {"HTTP/1.1 404 Not Found\r\n\r\n", ERR_NOT_FOUND},
        {"HTTP/1.1 403 Forbidden\r\n\r\n", ERR_PERMANENT},
        {"HTTP/1.1 503 Busy\r\n\r\n", ERR_TEMPORARY},
        {"", ERR_TEMPORARY},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct server s;
        struct err err = {0};
        OWNED(fetch_reply_free) struct fetch_reply reply = {0};
        start(&s, cases[i].answer);
        bool good = get(&s, &(struct fetch_options){.allow_private = true},
                        &reply, &err);
        stop(&s);
        assert_false(good);
        assert_int_equal(err.kind, cases[i].kind);
    }
}

static void a_move_for_good_is_told(void **state)
{
    (void)state;
    struct server s, moved;
    struct err err = {0};
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    start(&s, "HTTP/1.1 200 OK\r\n\r\nx");
    OWNED(mem_free)
    char *answer = mem_format("HTTP/1.1 301 Moved\r\nLocation: "
                              "http://127.0.0.1:%u/new\r\n"
                              "Connection: close\r\nContent-Length: 0\r\n\r\n",
                              s.port);
    start(&moved, answer);
    bool good = get(&moved, &(struct fetch_options){.allow_private = true},
                    &reply, &err);
    stop(&s);
    stop(&moved);
    assert_true(good);
    assert_non_null(reply.moved_url);
    assert_string_equal(strrchr(reply.moved_url, '/'), "/new");
}

static bool is_private(const char *address)
{
    unsigned char bytes[16];
    bool is6 = strchr(address, ':') != NULL;
    assert_int_equal(inet_pton(is6 ? AF_INET6 : AF_INET, address, bytes), 1);
    return fetch_is_private(bytes, is6 ? 16 : 4);
}

static void addresses_that_arent_public_are_known(void **state)
{
    (void)state;
    static const char *const closed[] = {"127.0.0.1",
                                         "10.1.2.3",
                                         "172.31.0.1",
                                         "192.168.1.1",
                                         "169.254.169.254",
                                         "0.0.0.0",
                                         "100.64.0.1",
                                         "224.0.0.1",
                                         "255.255.255.255",
                                         "::1",
                                         "::",
                                         "fe80::1",
                                         "fd00::1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "2002:7f00:1::",
                                         "::127.0.0.1",
                                         "::808:808",
                                         "::ffff:0:127.0.0.1",
                                         "::ffff:0:8.8.8.8",
                                         "64:ff9b:1::a00:1",
                                         "64:ff9b:1:a00:1::",
                                         "100::1",
                                         "2001:db8::1",
                                         "2001::1",
                                         "3fff:fff::1",
                                         "4000::1",
                                         "5f00::1",
                                         "fec0::1",
                                         "ff02::1"};
    static const char *const open[] = {
        "8.8.8.8",         "172.32.0.1",       "172.15.0.1",  "2606:4700::1111",
        "::ffff:8.8.8.8",  "64:ff9b::808:808", "100.128.0.1", "2a00:1450::1",
        "2002:808:808::1", "3fff:1000::1"};
    for (size_t i = 0; i < ARRAY_SIZE(closed); i++)
        if (!is_private(closed[i]))
            fail_msg("%s counts as public", closed[i]);
    for (size_t i = 0; i < ARRAY_SIZE(open); i++)
        if (is_private(open[i]))
            fail_msg("%s counts as private", open[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_feed_comes_over_http_with_its_charset),
        TEST(loopback_is_refused_unless_it_is_allowed),
        TEST(a_name_that_resolves_to_loopback_is_refused),
        TEST(a_long_answer_is_cut_off),
        TEST(redirects_without_end_end),
        TEST(a_redirect_to_a_file_is_refused),
        TEST(what_hasnt_changed_is_not_sent_again),
        TEST(statuses_become_kinds_of_errors),
        TEST(a_move_for_good_is_told),
        TEST(addresses_that_arent_public_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
