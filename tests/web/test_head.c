/* The heads of requests that have one meaning, and those that have two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/web/head.h"

/* The status that it is refused with; 0: it is whole, 1: more has to come. */
static unsigned look(struct str bytes)
{
    const struct head_refusal *why;
    switch (head_look(bytes, &why)) {
    case HEAD_PARTIAL:
        return 1;
    case HEAD_WHOLE:
        return 0;
    case HEAD_REFUSED:
        assert_non_null(why->phrase);
        assert_non_null(why->text);
        return why->status;
    }
    return 2;
}

struct sample {
    struct str head;
    unsigned status;
};

#define HEAD(text, status)                                                     \
    {                                                                          \
        {text, sizeof(text) - 1}, status                                       \
    }
#define FIELD(text, status)                                                    \
    HEAD("POST /l HTTP/1.1\r\nHost: x\r\n" text "\r\n\r\n", status)

static void check(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned status = look(samples[i].head);
        if (status != samples[i].status)
            fail_msg("%u in place of %u: %s", status, samples[i].status,
                     samples[i].head.ptr);
    }
}

static void what_has_one_meaning_is_whole(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        HEAD("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        HEAD("GET / HTTP/1.1\r\nhost:[::1]:8080\r\n\r\n", 0),
        HEAD("GET / HTTP/1.1\r\nHost:\r\n\r\n", 0),
        HEAD("GET / HTTP/1.0\r\n\r\n", 0),
        HEAD("GET / HTTP/1.0\r\nHost: x\r\n\r\n", 0),
        HEAD("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        HEAD("GET http://x/l?a HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        HEAD("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        HEAD("M-SEARCH /a HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        HEAD("GET /\xc3\xbc HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        FIELD("Content-Length: 26", 0),
        FIELD("Content-Length:\t26 ", 0),
        FIELD("Transfer-Encoding: Chunked", 0),
        FIELD("X: a\tb\xc3\xbc", 0),
        FIELD("X-Empty:", 0),
    };
    check(samples, ARRAY_SIZE(samples));
}

/* Whatever follows a head isn't looked at. */
static void a_head_ends_at_the_first_empty_line(void **state)
{
    (void)state;
    assert_int_equal(look(STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n\0\r\n")), 0);
}

static void what_isnt_http_is_refused(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        HEAD("GET\r\n\r\n", 400),
        HEAD("GET /\r\n\r\n", 400),
        HEAD("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("GET /  HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
        HEAD("GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("GET /\ta HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD(" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("GET l HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("GET / http/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("GET / HTTP/1.11\r\nHost: x\r\n\r\n", 400),
        HEAD("GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505),
        HEAD("PRI * HTTP/2.0\r\n\r\n", 505),
        HEAD("\x16\x03\x01\x02", 400),
        HEAD("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        HEAD("GET /l?a=%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    };
    check(samples, ARRAY_SIZE(samples));
}

static void lines_end_in_one_way_only(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        HEAD("GET / HTTP/1.1\nHost: x\n\n", 400),
        HEAD("GET / HTTP/1.1\rHost: x\r\r", 400),
        FIELD("Content-Length: 4\rX: y", 400),
        FIELD("Content-Length: 4\nX: y", 400),
        FIELD("X: y\rContent-Length: 4", 400),
        FIELD("Content-Length: 4\r", 400),
        FIELD("Content-Length: 4\0", 400),
        FIELD("Content-Length: \0"
              "4",
              400),
        FIELD("Content-Length\0: 4", 400),
        FIELD("Transfer-Encoding: chunked\0", 400),
        FIELD("X: a\0b", 400),
        FIELD("X: a\x7f", 400),
        FIELD("X: a\x01", 400),
        HEAD("GET / HTTP/1.1\r\nHost: x\0\r\n\r\n", 400),
        HEAD("GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n", 400),
    };
    check(samples, ARRAY_SIZE(samples));
}

static void a_folded_line_is_refused(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        FIELD("Content-Length: 1\r\n 0", 400),
        FIELD("Content-Length:\r\n\t10", 400),
        FIELD("Transfer-Encoding:\r\n chunked", 400),
        FIELD("X: a\r\n b", 400),
        FIELD("X: a\r\n ", 400),
        HEAD("GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400),
        HEAD("GET / HTTP/1.1\r\nHost: x\r\n y\r\n\r\n", 400),
        FIELD("X: a\r\n b: c", 400),
    };
    check(samples, ARRAY_SIZE(samples));
}

static void the_end_of_a_body_is_told_once(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        FIELD("Content-Length: 4\r\nContent-Length: 4", 400),
        FIELD("Content-Length: 4, 4", 400),
        FIELD("Content-Length: +4", 400),
        FIELD("Content-Length: -1", 400),
        FIELD("Content-Length: 0x4", 400),
        FIELD("Content-Length: 4 4", 400),
        FIELD("Content-Length:", 400),
        FIELD("Content-Length: 99999999999999999999", 413),
        FIELD("Content-Length: 4\r\nTransfer-Encoding: chunked", 400),
        FIELD("Transfer-Encoding: chunked\r\nContent-Length: 4", 400),
        FIELD("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400),
        FIELD("Transfer-Encoding: chunked, chunked", 501),
        FIELD("Transfer-Encoding: gzip, chunked", 501),
        FIELD("Transfer-Encoding: chunked, gzip", 400),
        FIELD("Transfer-Encoding: xchunked", 400),
        FIELD("Transfer-Encoding: \"chunked\"", 400),
        FIELD("Transfer-Encoding:", 400),
        FIELD("Content-Length : 4", 400),
        FIELD("Transfer-Encoding : chunked", 400),
        FIELD(": 4", 400),
        FIELD("Content-Length", 400),
        HEAD("POST /l HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    };
    check(samples, ARRAY_SIZE(samples));
}

static void whom_it_is_for_is_told_once(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        HEAD("GET / HTTP/1.1\r\n\r\n", 400),
        FIELD("Host: x", 400),
        HEAD("GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        HEAD("GET / HTTP/1.1\r\nHost: x, y\r\n\r\n", 400),
        HEAD("GET / HTTP/1.1\r\nHost: x y\r\n\r\n", 400),
        HEAD("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        HEAD("GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400),
    };
    check(samples, ARRAY_SIZE(samples));
}

static unsigned look_at(struct strbuf *text)
{
    struct str all = strbuf_str(text);
    if (all.len > HEAD_MAX)
        all.len = HEAD_MAX;
    return look(all);
}

static unsigned target_of(size_t length, const char *end)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_format(&text, "GET /%0*d%s", (int)length - 1, 0, end);
    return look_at(&text);
}

static void what_is_too_long_is_told_as_soon_as_it_is(void **state)
{
    (void)state;
    static const char end[] = " HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_int_equal(target_of(HEAD_TARGET_MAX, end), 0);
    assert_int_equal(target_of(HEAD_TARGET_MAX, ""), 1);
    assert_int_equal(target_of(HEAD_TARGET_MAX + 1, end), 414);
    assert_int_equal(target_of(HEAD_TARGET_MAX + 1, ""), 414);
    assert_int_equal(target_of(20000, end), 414);
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_format(&text, "GET / HTTP/1.1\r\nHost: x\r\nX: %016000d", 0);
    assert_int_equal(look_at(&text), 1);
    strbuf_add_format(&text, "%0400d\r\n\r\n", 0);
    assert_int_equal(look_at(&text), 431);
    strbuf_cut(&text, 0);
    strbuf_add_text(&text, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (unsigned i = 1; i < HEAD_FIELDS_MAX; i++)
        strbuf_add_text(&text, "X: y\r\n");
    assert_int_equal(look_at(&text), 1);
    strbuf_add_text(&text, "X: y\r\n");
    assert_int_equal(look_at(&text), 431);
}

/* Every begin of a good head is one that more has to come of. */
static void a_head_may_come_in_any_pieces(void **state)
{
    (void)state;
    struct str head = STR("\r\nPOST /u/x?y HTTP/1.1\r\nHost: a.example\r\n"
                          "Content-Length: 26\r\nX: \r\n\r\n");
    for (size_t length = 0; length < head.len; length++)
        assert_int_equal(look((struct str){head.ptr, length}), 1);
    assert_int_equal(look(head), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_one_meaning_is_whole),
        cmocka_unit_test(a_head_ends_at_the_first_empty_line),
        cmocka_unit_test(what_isnt_http_is_refused),
        cmocka_unit_test(lines_end_in_one_way_only),
        cmocka_unit_test(a_folded_line_is_refused),
        cmocka_unit_test(the_end_of_a_body_is_told_once),
        cmocka_unit_test(whom_it_is_for_is_told_once),
        cmocka_unit_test(what_is_too_long_is_told_as_soon_as_it_is),
        cmocka_unit_test(a_head_may_come_in_any_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
