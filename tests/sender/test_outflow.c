#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/sender/outflow_internal.h"

/* All that goes out, when each write takes at most `step` bytes. */
static void drain(struct outflow *flow, size_t step, struct strbuf *out)
{
    struct iovec pieces[4];
    int count;
    while ((count = outflow_pieces(flow, pieces, 4)) > 0) {
        size_t left = step;
        for (int i = 0; i < count && left; i++) {
            size_t part = pieces[i].iov_len < left ? pieces[i].iov_len : left;
            strbuf_add(out, pieces[i].iov_base, part);
            left -= part;
        }
        outflow_sent(flow, step - left);
    }
    assert_true(outflow_empty(flow));
    assert_false(outflow_message_pending(flow));
}

static void expect_message(struct str message, const char *wire)
{
    for (size_t step = 1; step < strlen(wire) + 8; step++) {
        struct outflow flow = {0};
        OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
        OWNED(mem_free) char *wanted = mem_format("DATA\r\n%sRSET\r\n", wire);
        outflow_add(&flow, STR("DATA\r\n"));
        outflow_add_message(&flow, message);
        outflow_add(&flow, STR("RSET\r\n"));
        drain(&flow, step, &out);
        assert_string_equal(strbuf_text(&out), wanted);
        outflow_free(&flow);
    }
}

static void a_message_ends_with_a_dot_of_its_own(void **state)
{
    (void)state;
    expect_message(STR("a\r\n"), "a\r\n.\r\n");
    expect_message(STR("a"), "a\r\n.\r\n");
    expect_message(STR(""), ".\r\n");
    expect_message((struct str){NULL, 0}, ".\r\n");
}

static void a_dot_that_begins_a_line_is_doubled(void **state)
{
    (void)state;
    expect_message(STR(".\r\n"), "..\r\n.\r\n");
    expect_message(STR("a\r\n.\r\nb\r\n"), "a\r\n..\r\nb\r\n.\r\n");
    expect_message(STR("a\r\n..b\r\n.c\r\nd.\r\n"),
                   "a\r\n...b\r\n..c\r\nd.\r\n.\r\n");
    expect_message(STR("a\r\n."), "a\r\n..\r\n.\r\n");
    expect_message(STR(".\r\n.\r\n.\r\n"), "..\r\n..\r\n..\r\n.\r\n");
}

static void dots_elsewhere_stay(void **state)
{
    (void)state;
    expect_message(STR("a.b\r\n c.\r\n"), "a.b\r\n c.\r\n.\r\n");
}

static void a_message_and_its_end_are_one_write(void **state)
{
    (void)state;
    struct outflow flow = {0};
    struct iovec pieces[8];
    outflow_add_message(&flow, STR("Subject: x\r\n\r\ntext\r\n"));
    outflow_add(&flow, STR("MAIL FROM:<>\r\n"));
    assert_int_equal(outflow_pieces(&flow, pieces, 8), 2);
    assert_int_equal(pieces[1].iov_len, 3 + 14);
    outflow_free(&flow);
}

static void a_message_is_pending_until_its_dot_has_gone(void **state)
{
    (void)state;
    struct outflow flow = {0};
    outflow_add_message(&flow, STR("a\r\n"));
    outflow_add(&flow, STR("MAIL FROM:<>\r\n"));
    outflow_sent(&flow, 5);
    assert_true(outflow_message_pending(&flow));
    outflow_sent(&flow, 1);
    assert_false(outflow_message_pending(&flow));
    assert_false(outflow_empty(&flow));
    outflow_free(&flow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_ends_with_a_dot_of_its_own),
        cmocka_unit_test(a_dot_that_begins_a_line_is_doubled),
        cmocka_unit_test(dots_elsewhere_stay),
        cmocka_unit_test(a_message_and_its_end_are_one_write),
        cmocka_unit_test(a_message_is_pending_until_its_dot_has_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
