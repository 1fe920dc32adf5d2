#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/notices/notice_render.h"

static void render(enum notice_kind kind, const struct notice_words *words,
                   struct notice_rendered *out)
{
    OWNED(template_set_release)
    struct template_set *templates = template_set_new(NULL);
    struct err err = {0};
    if (!notice_render(templates, kind, words, out, &err))
        fail_msg("%s", err.text);
}

static void has(const struct strbuf *text, const char *part)
{
    if (!strstr(strbuf_text(text), part))
        fail_msg("no \"%s\" in:\n%s", part, strbuf_text(text));
}

static void has_not(const struct strbuf *text, const char *part)
{
    if (strstr(strbuf_text(text), part))
        fail_msg("\"%s\" in:\n%s", part, strbuf_text(text));
}

static void a_confirmation_has_its_link_in_both_parts(void **state)
{
    (void)state;
    OWNED(notice_rendered_free) struct notice_rendered out = {0};
    struct notice_words words = {.newsletter = "Weekly Review",
                                 .site_name = "Example Press",
                                 .name = "Ada",
                                 .link = "https://example.org/c/abc?x=1&y=2",
                                 .days = 7};
    render(NOTICE_CONFIRM, &words, &out);
    assert_string_equal(strbuf_text(&out.subject),
                        "Confirm your subscription to Weekly Review");
    has(&out.text, "\nhttps://example.org/c/abc?x=1&y=2\n");
    has(&out.text, "Hello Ada,");
    has(&out.text, "works for 7 days.");
    has(&out.html, "href=\"https://example.org/c/abc?x=1&amp;y=2\"");
    has(&out.html, "background-color:#1a4f8b");
    has(&out.html, "prefers-color-scheme");
    has_not(&out.html, "{{");
    has_not(&out.text, "{{");
}

static void words_from_outside_are_escaped_and_stay_on_their_line(void **state)
{
    (void)state;
    OWNED(notice_rendered_free) struct notice_rendered out = {0};
    struct notice_words words = {.newsletter = "A <b>\r\nBcc: x@example.org",
                                 .name = "<script>\x02\x03",
                                 .link = "https://example.org/c/a\"b",
                                 .postal_address = "1 <i>Road</i>\nTown"};
    render(NOTICE_CONFIRM, &words, &out);
    assert_null(strpbrk(strbuf_text(&out.subject), "\r\n"));
    has_not(&out.html, "<script>");
    has_not(&out.html, "<i>Road");
    has_not(&out.html, "c/a\"b");
    has_not(&out.html, "\x02");
    has_not(&out.text, "\x02");
}

static void without_words_it_still_says_what_to_do(void **state)
{
    (void)state;
    OWNED(notice_rendered_free) struct notice_rendered out = {0};
    struct notice_words words = {.site_name = "Example Press",
                                 .link = "https://example.org/c/a"};
    render(NOTICE_CONFIRM, &words, &out);
    assert_string_equal(strbuf_text(&out.subject),
                        "Confirm your subscription to Example Press");
    has(&out.text, "Hello,");
    has_not(&out.text, "works for");
    has(&out.html, "lang=\"en\"");
}

static void a_language_written_from_the_right_turns_the_page(void **state)
{
    (void)state;
    OWNED(notice_rendered_free) struct notice_rendered out = {0};
    struct notice_words words = {.link = "https://example.org/c/a",
                                 .newsletter = "Weekly <Review>",
                                 .name = "منى",
                                 .days = 2,
                                 .site_name = "Example Press",
                                 .language = "ar-EG"};
    render(NOTICE_CONFIRM, &words, &out);
    has(&out.html, "lang=\"ar-EG\" dir=\"rtl\"");
    has(&out.html, "<b dir=\"auto\">Weekly &lt;Review&gt;</b>");
    has(&out.text, "مرحبًا منى،");
    has(&out.text, "الرابط صالح ليومين.");
    has(&out.text, "Weekly <Review>");
    has(&out.text, "\n\xe2\x80\x8f"
                   "Example Press");
    has(&out.text, "\nhttps://example.org/c/a\n");
    has(&out.subject, "أكدوا اشتراككم في Weekly <Review>");
}

static void a_language_without_words_of_its_own_speaks_english(void **state)
{
    (void)state;
    OWNED(notice_rendered_free) struct notice_rendered out = {0};
    struct notice_words words = {.link = "https://example.org/c/a",
                                 .newsletter = "Weekly",
                                 .language = "he"};
    render(NOTICE_CONFIRM, &words, &out);
    has(&out.html, "lang=\"en\" dir=\"ltr\"");
    has(&out.text, "Hello,");
}

static void every_kind_with_words_renders_into_a_notice(void **state)
{
    (void)state;
    static const char *const lines[] = {"The relay refuses.", "Call it."};
    static const enum notice_kind kinds[] = {NOTICE_CONFIRM, NOTICE_LINKS,
                                             NOTICE_ADDRESS, NOTICE_REPORT};
    struct notice_words words = {.link = "https://example.org/p/a",
                                 .unsubscribe_link = "https://example.org/u/a",
                                 .address = "new@example.org",
                                 .headline = "Fault",
                                 .lines = lines,
                                 .line_count = 2};
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        OWNED(notice_rendered_free) struct notice_rendered out = {0};
        struct notice notice = {.kind = kinds[i]};
        render(kinds[i], &words, &out);
        notice_use(&notice, &out);
        assert_true(strlen(notice.subject) > 0);
        has(&out.text, kinds[i] == NOTICE_REPORT ? "Call it." : "/a");
        has(&out.html, kinds[i] == NOTICE_REPORT ? "Call it." : "/a\"");
    }
}

static void a_preview_has_no_template(void **state)
{
    (void)state;
    OWNED(template_set_release)
    struct template_set *templates = template_set_new(NULL);
    OWNED(notice_rendered_free) struct notice_rendered out = {0};
    struct notice_words words = {0};
    struct err err = {0};
    assert_false(notice_render(templates, NOTICE_PREVIEW, &words, &out, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confirmation_has_its_link_in_both_parts),
        cmocka_unit_test(words_from_outside_are_escaped_and_stay_on_their_line),
        cmocka_unit_test(without_words_it_still_says_what_to_do),
        cmocka_unit_test(a_language_written_from_the_right_turns_the_page),
        cmocka_unit_test(a_language_without_words_of_its_own_speaks_english),
        cmocka_unit_test(every_kind_with_words_renders_into_a_notice),
        cmocka_unit_test(a_preview_has_no_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
