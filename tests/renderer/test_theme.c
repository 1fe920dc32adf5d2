/* A theme restyles a design, and never breaks out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "digest/base/colour.h"
#include "digest/base/mem.h"
#include "digest/renderer/theme.h"

static void assert_refused(const char *lines, const char *says)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct render_setting *theme;
    size_t count;
    struct err err = {0};
    assert_false(theme_parse(str_of(lines), &arena, &theme, &count, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" doesn't say \"%s\"", err.text, says);
}

static void settings_are_read_and_checked(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct render_setting *theme;
    size_t count;
    struct err err = {0};
    assert_true(theme_parse(STR("accent=#7A1F2B\n font = Verdana, 'Gill Sans' "
                                "\nwidth=700\nlogo=https://example.org/l.png"),
                            &arena, &theme, &count, &err));
    assert_int_equal(count, 4);
    assert_string_equal(theme_get(theme, count, STR("accent")), "#7A1F2B");
    assert_string_equal(theme_get(theme, count, STR("font")),
                        "Verdana, 'Gill Sans'");
    assert_int_equal(theme_width(theme, count), 700);
    assert_null(theme_get(theme, count, STR("ink")));
}

static void what_could_break_out_is_refused(void **state)
{
    (void)state;
    assert_refused("accent=red", "accent is \"red\"");
    assert_refused("accent=#12345", "colour such as");
    assert_refused("accent=#1a4f8g", "colour such as");
    assert_refused("font=Verdana; } body { display: none", "font names");
    assert_refused("font=Verdana, 'open", "font names");
    assert_refused("font=url(x)", "font names");
    assert_refused("logo=http://example.org/l.png", "https://");
    assert_refused("logo=https://example.org/\"onerror=", "https://");
    assert_refused("width=4000", "from 480 to 760");
    assert_refused("colour=#123456", "\"colour\" is no setting");
}

static void one_setting_changes_and_the_rest_stay(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf one = STRBUF_INIT, two = STRBUF_INIT;
    struct err err = {0};
    assert_true(theme_change(STR("accent=#111111\nwidth=700\n"),
                             "accent = #222222", &one, &err));
    assert_string_equal(strbuf_text(&one), "width=700\naccent=#222222\n");
    assert_true(theme_change(strbuf_str(&one), "width=", &two, &err));
    assert_string_equal(strbuf_text(&two), "accent=#222222\n");
    assert_false(theme_change(strbuf_str(&one), "accent", &two, &err));
    assert_non_null(strstr(err.text, "accent=VALUE"));
}

static void a_style_sheet_takes_up_the_theme(void **state)
{
    (void)state;
    static const struct render_setting theme[] = {{"accent", "#7a1f2b"},
                                                  {"width", "640"}};
    OWNED(strbuf_free) struct strbuf css = STRBUF_INIT;
    theme_apply(theme, 2,
                STR("a{color:var(--accent, #1a4f8b);"
                    "font:var(--font, Georgia, 'a b', serif)}"
                    "i{max-width:var(--inner-width, 552)px}"
                    "@media (max-width: var(--narrow, 616)px) {}"),
                &css);
    assert_string_equal(strbuf_text(&css),
                        "a{color:#7a1f2b;font:Georgia, 'a b', serif}"
                        "i{max-width:592px}@media (max-width: 656px) {}");
}

static void an_accent_is_made_light_enough_for_the_dark(void **state)
{
    (void)state;
    static const char *const accents[] = {"#000000", "#1a4f8b", "#7a1f2b",
                                          "#0000ff", "#8ab8f0"};
    for (size_t i = 0; i < ARRAY_SIZE(accents); i++) {
        const struct render_setting theme[] = {{"accent", accents[i]}};
        OWNED(strbuf_free) struct strbuf css = STRBUF_INIT;
        struct colour made, paper;
        theme_apply(theme, 1, STR("var(--accent-dark, #8ab8f0)"), &css);
        assert_true(colour_parse(strbuf_str(&css), &made));
        assert_true(colour_parse(STR("#16181c"), &paper));
        assert_true(colour_contrast(made, paper) >= 4.5);
    }
    static const struct render_setting light[] = {{"accent", "#1a4f8b"},
                                                  {"paper-dark", "#ffffff"}};
    OWNED(strbuf_free) struct strbuf css = STRBUF_INIT;
    theme_apply(light, 2, STR("var(--accent-dark, #8ab8f0)"), &css);
    assert_string_equal(strbuf_text(&css), "#1a4f8b");
}

static void assert_contrast(const struct render_setting *theme, size_t count,
                            const char *says)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    theme_write_contrast(theme, count, &lines);
    if (says ? !strstr(strbuf_text(&lines), says) : lines.len)
        fail_msg("\"%s\" where \"%s\" was expected", strbuf_text(&lines),
                 says ? says : "");
}

static void a_colour_that_cannot_be_read_is_told_with_one_that_can(void **state)
{
    (void)state;
    static const struct render_setting pale[] = {{"accent", "#8ab8f0"}};
    static const struct render_setting good[] = {{"accent", "#1a4f8b"}};
    static const struct render_setting paper[] = {{"paper", "#222222"}};
    static const struct render_setting both[] = {{"paper", "#222222"},
                                                 {"ink", "#eeeeee"},
                                                 {"quiet", "#bbbbbb"},
                                                 {"accent", "#8ab8f0"}};
    assert_contrast(pale, 1, "try accent=#");
    assert_contrast(pale, 1, "2.0 to 1");
    assert_contrast(good, 1, NULL);
    assert_contrast(paper, 1, "ink #1f2328 on paper #222222");
    assert_contrast(both, 4, NULL);
}

static void contrast_is_what_wcag_says(void **state)
{
    (void)state;
    struct colour black, white, grey;
    assert_true(colour_parse(STR("#000000"), &black));
    assert_true(colour_parse(STR("#FFFFFF"), &white));
    assert_true(colour_parse(STR("#767676"), &grey));
    assert_true(colour_contrast(black, white) > 20.99 &&
                colour_contrast(white, black) < 21.01);
    assert_true(colour_contrast(grey, white) > 4.53 &&
                colour_contrast(grey, white) < 4.55);
    char text[COLOUR_TEXT_SIZE];
    assert_string_equal(colour_text(colour_readable(grey, white, 21), text),
                        "#000000");
    assert_string_equal(colour_text(colour_readable(grey, white, 4.5), text),
                        "#767676");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read_and_checked),
        cmocka_unit_test(what_could_break_out_is_refused),
        cmocka_unit_test(one_setting_changes_and_the_rest_stay),
        cmocka_unit_test(a_style_sheet_takes_up_the_theme),
        cmocka_unit_test(an_accent_is_made_light_enough_for_the_dark),
        cmocka_unit_test(
            a_colour_that_cannot_be_read_is_told_with_one_that_can),
        cmocka_unit_test(contrast_is_what_wcag_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
