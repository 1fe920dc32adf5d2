#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/cluster.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"

/* Each is one to its reader. */
static const char *const clusters[] = {
    "a",
    "é",
    "e\xcc\x81",
    "한",
    "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", /* han of its letters */
    "👍🏽",
    "☝️",
    "👨‍👩‍👧‍👦",
    "🏳️‍🌈",
    "🇩🇪",
    "🇫🇷",
    "🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81"
    "\xae\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf",
    "क्षि",
    "நி",
    "ก็",
    "\r\n",
    "1️⃣",
    "\xff", /* no character at all */
};

static void what_a_reader_takes_for_one_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(clusters); i++)
        assert_int_equal(cluster_count(str_of(clusters[i])), 1);
}

static void texts_are_counted_and_cut_at_them(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_SIZE(clusters); i++)
        strbuf_add_text(&text, clusters[i]);
    assert_int_equal(cluster_count(strbuf_str(&text)), ARRAY_SIZE(clusters));
    size_t length = 0;
    for (size_t i = 0; i < ARRAY_SIZE(clusters); i++) {
        assert_int_equal(cluster_cut(strbuf_str(&text), i), length);
        length += strlen(clusters[i]);
    }
    assert_int_equal(cluster_cut(strbuf_str(&text), 1000), text.len);
    assert_int_equal(cluster_count(STR("")), 0);
    assert_int_equal(cluster_cut(STR(""), 3), 0);
}

static void a_cut_by_bytes_splits_none(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i + 1 < ARRAY_SIZE(clusters); i++)
        strbuf_add_text(&text, clusters[i]);
    size_t begin = 0;
    for (size_t i = 0; i + 1 < ARRAY_SIZE(clusters); i++) {
        size_t end = begin + strlen(clusters[i]);
        for (size_t max = begin; begin && max < end; max++)
            assert_int_equal(utf8_cut_length(strbuf_str(&text), max), begin);
        begin = end;
    }
}

static void no_heap_of_marks_is_one(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_text(&text, "a");
    for (int i = 0; i < 63; i++)
        strbuf_add_text(&text, "\xcc\x81");
    assert_int_equal(cluster_count(strbuf_str(&text)), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_reader_takes_for_one_is_one),
        cmocka_unit_test(texts_are_counted_and_cut_at_them),
        cmocka_unit_test(a_cut_by_bytes_splits_none),
        cmocka_unit_test(no_heap_of_marks_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
