#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/arena.h"
#include "digest/base/mem.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    for (size_t size = 1; size < 3000; size += 37) {
        char *bytes = arena_new(&arena, 1, size);
        assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(bytes[i], 0);
        memset(bytes, 0xff, size);
    }
}

static void things_do_not_overlap(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    uint64_t *numbers[COUNT];
    for (uint64_t i = 0; i < COUNT; i++) {
        numbers[i] = ARENA_NEW_ARRAY(&arena, uint64_t, 1 + i % 5);
        for (uint64_t j = 0; j <= i % 5; j++)
            numbers[i][j] = i;
    }
    for (uint64_t i = 0; i < COUNT; i++)
        for (uint64_t j = 0; j <= i % 5; j++)
            assert_true(numbers[i][j] == i);
}

static void something_larger_than_a_block_fits(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    char *small = arena_copy(&arena, "before");
    char *large = arena_new(&arena, 1, 1 << 20);
    memset(large, 'x', 1 << 20);
    assert_string_equal(small, "before");
    assert_string_equal(arena_copy(&arena, "after"), "after");
}

static void copies_end_in_nul(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    char *first = arena_copy_str(&arena, (struct str){"abcdef", 3});
    memset(arena_new(&arena, 1, 64), 'x', 64);
    assert_string_equal(first, "abc");
    assert_string_equal(arena_copy_str(&arena, (struct str){NULL, 0}), "");
    assert_null(arena_copy(&arena, NULL));
}

static void formatted_text_fits_at_any_length(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    assert_string_equal(arena_format(&arena, "%s/%d", "weekly", 12),
                        "weekly/12");
    assert_string_equal(arena_format(&arena, "%s", ""), "");
    assert_int_equal(strlen(arena_format(&arena, "%*d", 40000, 1)), 40000);
}

static void a_freed_arena_can_be_used_again(void **state)
{
    (void)state;
    struct arena arena = ARENA_INIT;
    arena_free(&arena);
    assert_string_equal(arena_copy(&arena, "one"), "one");
    arena_free(&arena);
    assert_null(arena.newest);
    assert_string_equal(arena_copy(&arena, "two"), "two");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(things_do_not_overlap),
        cmocka_unit_test(something_larger_than_a_block_fits),
        cmocka_unit_test(copies_end_in_nul),
        cmocka_unit_test(formatted_text_fits_at_any_length),
        cmocka_unit_test(a_freed_arena_can_be_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
