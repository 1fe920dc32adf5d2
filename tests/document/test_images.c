#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/document/images.h"

static void copies_of_one_picture_are_known(void **state)
{
    (void)state;
    static const struct pair {
        const char *a, *b;
        bool is_same;
    } pairs[] = {
        {"https://e.org/a.jpg", "https://e.org/a.jpg", true},
        {"https://e.org/a.jpg", "http://www.e.org/a.jpg", true},
        {"https://e.org/a.jpg", "https://e.org/a-300x200.jpg", true},
        {"https://e.org/a-1024x683.jpg", "https://e.org/a-300x200.jpg", true},
        {"https://e.org/a-scaled.jpg", "https://e.org/a-300x200.jpg", true},
        {"https://e.org/a.jpg?w=300", "https://e.org/a.jpg?w=600#x", true},
        {"https://i0.wp.com/e.org/a.jpg?resize=300%2C200",
         "https://e.org/a-150x150.jpg", true},
        {"https://e.org/a.jpg", "https://e.org/b.jpg", false},
        {"https://e.org/a.jpg", "https://e.org/a.png", false},
        {"https://e.org/a.jpg", "https://f.org/a.jpg", false},
        {"https://e.org/a-1.jpg", "https://e.org/a-2.jpg", false},
        {"https://e.org/a-300x200", "https://e.org/a", false},
        {"https://e.org/i?id=1", "https://e.org/i?id=2", false},
        {"https://e.org/", "https://e.org/a.jpg", false},
        {"https://i0.wp.com", "https://i0.wp.com/", false},
        {"", "a", false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        if (image_is_same(str_of(pairs[i].a), str_of(pairs[i].b)) !=
            pairs[i].is_same)
            fail_msg("%s and %s", pairs[i].a, pairs[i].b);
}

static void a_name_may_say_the_size(void **state)
{
    (void)state;
    unsigned width = 0, height = 0;
    assert_true(image_size_of_name(STR("https://e.org/a-1024x683.jpg?x"),
                                   &width, &height));
    assert_int_equal(width, 1024);
    assert_int_equal(height, 683);
    static const char *const none[] = {
        "https://e.org/a.jpg",         "https://e.org/a-1x1.jpg",
        "https://e.org/a1024x683.jpg", "https://e.org/a-99999x100.jpg",
        "https://e.org/a-300x200",     "https://e.org/300x200.jpg"};
    for (size_t i = 0; i < ARRAY_SIZE(none); i++)
        assert_false(image_size_of_name(str_of(none[i]), &width, &height));
}

static void a_picture_fits_its_column(void **state)
{
    (void)state;
    static const unsigned sizes[][4] = {{0, 0, 552, 0},
                                        {1104, 552, 552, 276},
                                        {400, 300, 400, 300},
                                        {1000, 2000, 300, 600},
                                        {400, 600, 400, 600},
                                        {400, 0, 400, 0},
                                        {0, 400, 552, 0},
                                        {10, 30000, 0, 600},
                                        {4000000000u, 4000000000u, 552, 552}};
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        unsigned width = sizes[i][0], height = sizes[i][1];
        image_fit(552, &width, &height);
        assert_int_equal(width, sizes[i][2]);
        assert_int_equal(height, sizes[i][3]);
    }
}

static void a_copy_that_a_text_shows_is_found(void **state)
{
    (void)state;
    struct str html = STR("<p>https://e.org/c.jpg <img width=\"9\" "
                          "src=\"https://e.org/a-300x200.jpg\" alt=\"\" />"
                          "<img src=\"https://e.org/i?a=1&amp;b=&#x27;2\" "
                          "alt=\"\" /></p>");
    assert_true(image_stands_in(html, STR("https://e.org/a.jpg")));
    assert_true(image_stands_in(html, STR("https://e.org/i?a=1&b='2")));
    assert_false(image_stands_in(html, STR("https://e.org/c.jpg")));
    assert_false(image_stands_in(html, STR("https://e.org/i?a=1")));
    assert_false(image_stands_in(STR("<img "), STR("a")));
    assert_false(image_stands_in(html, STR("")));
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    image_swap(html, STR("https://e.org/a.jpg"), STR("/i/1.jpg?a&b"), &out);
    assert_string_equal(strbuf_text(&out),
                        "<p>https://e.org/c.jpg <img width=\"9\" "
                        "src=\"/i/1.jpg?a&amp;b\" alt=\"\" />"
                        "<img src=\"https://e.org/i?a=1&amp;b=&#x27;2\" "
                        "alt=\"\" /></p>");
    strbuf_cut(&out, 0);
    image_swap(html, STR(""), STR("x"), &out);
    assert_true(str_equal(strbuf_str(&out), html));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_of_one_picture_are_known),
        cmocka_unit_test(a_name_may_say_the_size),
        cmocka_unit_test(a_picture_fits_its_column),
        cmocka_unit_test(a_copy_that_a_text_shows_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
