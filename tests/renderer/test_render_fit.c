/* A mail stays under the size where Gmail clips it, and says what was done
 * for that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/renderer/render.h"

enum { MANY = 300 };

struct result {
    struct strbuf html, text, notes;
    struct render_notes found;
};

static void free_result(struct result *result)
{
    strbuf_free(&result->html);
    strbuf_free(&result->text);
    strbuf_free(&result->notes);
}

static const char sentence[] = "A sentence of some length tells of this and "
                               "that in plain words. ";

/* `count` stories in two sections, the first one longer, with summaries of so
 * many sentences. */
static struct result render(size_t count, size_t sentences, bool public_copy)
{
    static struct render_story stories[MANY];
    static char titles[MANY][32];
    OWNED(strbuf_free) struct strbuf summary = STRBUF_INIT;
    strbuf_add_text(&summary, "<p>");
    for (size_t i = 0; i < sentences; i++)
        strbuf_add_text(&summary, sentence);
    strbuf_add_text(&summary, "</p>");
    for (size_t i = 0; i < count; i++) {
        snprintf(titles[i], sizeof titles[i], "Story <%zu>", i);
        stories[i] =
            (struct render_story){.title = titles[i],
                                  .url = "https://example.org/s",
                                  .summary_html = strbuf_text(&summary)};
    }
    const struct render_section sections[] = {
        {"Long", stories, count - 3}, {"Short", stories + count - 3, 3}};
    const struct render_issue issue = {.newsletter_title = "Weekly",
                                       .newsletter_slug = "weekly",
                                       .number = 1,
                                       .sections = sections,
                                       .section_count = 2,
                                       .has_unsubscribe_link = true,
                                       .has_view_link = true,
                                       .has_archive_link = true,
                                       .public_copy = public_copy};
    OWNED(template_set_release)
    struct template_set *set = template_set_new(NULL);
    struct result result = {0};
    struct err err = {0};
    if (!render_issue_noted(&issue, set, &result.html, &result.text,
                            &result.found, &err))
        fail_msg("%s", err.text);
    render_notes_write(&result.found, &result.notes);
    return result;
}

static size_t count_in(const struct strbuf *text, const char *what)
{
    size_t n = 0;
    for (const char *at = strbuf_text(text); (at = strstr(at, what)); at++)
        n++;
    return n;
}

static void a_short_issue_says_nothing(void **state)
{
    (void)state;
    OWNED(free_result) struct result r = render(10, 3, false);
    assert_int_equal(r.notes.len, 0);
    assert_int_equal(r.found.summary_chars, 0);
    assert_int_equal(r.found.html_bytes, r.html.len);
    assert_int_equal(r.found.full_bytes, r.html.len);
}

static void from_80_kb_it_warns_and_cuts_nothing(void **state)
{
    (void)state;
    size_t stories = 10;
    for (;; stories++) {
        OWNED(free_result) struct result r = render(stories, 6, false);
        if (r.found.full_bytes < RENDER_BYTES_WARN) {
            assert_int_equal(r.notes.len, 0);
            continue;
        }
        assert_in_range(r.found.full_bytes, RENDER_BYTES_WARN,
                        RENDER_BYTES_MAX - 1);
        assert_int_equal(r.found.html_bytes, r.found.full_bytes);
        assert_non_null(strstr(strbuf_text(&r.notes), "from 100 KB on"));
        break;
    }
}

static void at_100_kb_summaries_are_cut_at_a_sentence(void **state)
{
    (void)state;
    OWNED(free_result) struct result r = render(60, 20, false);
    assert_true(r.found.full_bytes >= RENDER_BYTES_MAX);
    assert_true(r.html.len < RENDER_BYTES_MAX);
    assert_int_equal(r.found.summary_chars, 400);
    assert_int_equal(r.found.left_out, 0);
    assert_non_null(strstr(strbuf_text(&r.notes), "cut to 400 characters"));
    assert_non_null(strstr(strbuf_text(&r.html), "in plain words.</p>"));
    assert_int_equal(count_in(&r.html, sentence) + 60, /* the last of each */
                     count_in(&r.html, "A sentence of"));
    assert_int_equal(count_in(&r.html, "A sentence of"), 60 * 6);
}

static void then_the_last_stories_make_place_for_a_link(void **state)
{
    (void)state;
    OWNED(free_result) struct result r = render(MANY, 20, false);
    assert_true(r.html.len < RENDER_BYTES_MAX);
    assert_true(r.html.len > RENDER_BYTES_MAX * 9 / 10);
    assert_int_equal(r.found.summary_chars, 100);
    assert_true(r.found.left_out > 0);
    OWNED(mem_free)
    char *more = mem_format("%zu more stories on the site", r.found.left_out);
    assert_int_equal(count_in(&r.html, more), 1);
    assert_int_equal(count_in(&r.text, more), 1);
    size_t shown = MANY - r.found.left_out;
    assert_int_equal(count_in(&r.html, "<h3"), shown);
    assert_int_equal(count_in(&r.text, "Story <"), shown);
    for (size_t i = MANY - 3; i < MANY; i++) { /* of the short section */
        OWNED(mem_free) char *title = mem_format("Story &lt;%zu&gt;", i);
        assert_int_equal(count_in(&r.html, title) > 0, 1);
    }
    assert_null(strstr(strbuf_text(&r.html), "Story &lt;296&gt;"));
    assert_non_null(strstr(strbuf_text(&r.notes), "left out for a link"));
}

static void the_copy_for_the_browser_is_whole(void **state)
{
    (void)state;
    OWNED(free_result) struct result r = render(MANY, 20, true);
    assert_true(r.html.len > 2 * RENDER_BYTES_MAX);
    assert_int_equal(count_in(&r.html, "A sentence of"), MANY * 20);
    assert_int_equal(r.found.left_out, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_issue_says_nothing),
        cmocka_unit_test(from_80_kb_it_warns_and_cuts_nothing),
        cmocka_unit_test(at_100_kb_summaries_are_cut_at_a_sentence),
        cmocka_unit_test(then_the_last_stories_make_place_for_a_link),
        cmocka_unit_test(the_copy_for_the_browser_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
