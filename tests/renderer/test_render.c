#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/document/text.h"
#include "tests/renderer/sample_issue.h"

/* Both parts of an issue, rendered by the designs carried inside. */
struct parts {
    struct strbuf html, text;
};

static void free_parts(struct parts *parts)
{
    strbuf_free(&parts->html);
    strbuf_free(&parts->text);
}

static struct parts render(const struct render_issue *issue)
{
    OWNED(template_set_release)
    struct template_set *set = template_set_new(NULL);
    struct parts parts = {STRBUF_INIT, STRBUF_INIT};
    struct err err = {0};
    if (!render_issue(issue, set, &parts.html, &parts.text, &err))
        fail_msg("%s", err.text);
    return parts;
}

static struct render_issue issue_with(const struct render_section *section)
{
    struct render_issue issue = sample_issue;
    issue.sections = section;
    issue.section_count = 1;
    return issue;
}

static size_t count(const struct strbuf *in, const char *needle)
{
    size_t found = 0;
    const char *at = strbuf_text(in);
    for (; (at = strstr(at, needle)); at += strlen(needle))
        found++;
    return found;
}

static void assert_has(const struct strbuf *part, const char *text)
{
    if (!count(part, text))
        fail_msg("\"%s\" is not in\n%s", text, strbuf_text(part));
}

static void assert_lacks(const struct strbuf *part, const char *text)
{
    if (count(part, text))
        fail_msg("\"%s\" is in\n%s", text, strbuf_text(part));
}

/* ---- both parts ------------------------------------------------------ */

static void every_story_is_in_both_parts(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    for (size_t s = 0; s < sample_issue.section_count; s++) {
        const struct render_section *section = &sample_issue.sections[s];
        for (size_t i = 0; i < section->story_count; i++) {
            OWNED(strbuf_free) struct strbuf url = STRBUF_INIT;
            struct str rest = str_of(section->stories[i].url);
            struct str before = str_cut(&rest, '&');
            strbuf_add_str(&url, before);
            assert_has(&parts.html, strbuf_text(&url));
            assert_has(&parts.text, section->stories[i].url);
        }
    }
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts first = render(&sample_issue);
    OWNED(free_parts) struct parts second = render(&sample_issue);
    assert_string_equal(strbuf_text(&first.html), strbuf_text(&second.html));
    assert_string_equal(strbuf_text(&first.text), strbuf_text(&second.text));
}

static void links_that_exist_are_slots_in_both_parts(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    static const char *const marks[] = {
        "\x02greeting\x03", "\x02unsubscribe_url\x03",
        "\x02preferences_url\x03", "\x02view_url\x03"};
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        assert_int_equal(count(&parts.html, marks[i]), 1);
        assert_int_equal(count(&parts.text, marks[i]), 1);
    }
    assert_has(&parts.html, "href=\"\x02unsubscribe_url\x03\"");
}

static void without_a_link_the_text_says_how_to_leave(void **state)
{
    (void)state;
    struct render_issue issue = sample_issue;
    issue.has_unsubscribe_link = false;
    issue.has_preferences_link = false;
    issue.has_view_link = false;
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_lacks(&parts.html, "_url\x03");
    assert_lacks(&parts.text, "_url\x03");
    assert_has(&parts.html, "To leave, answer this mail");
    assert_has(&parts.text, "To leave, answer this mail");
    assert_lacks(&parts.html, "Preferences");
    assert_lacks(&parts.html, "View in the browser");
}

static void a_public_copy_has_nothing_personal(void **state)
{
    (void)state;
    struct render_issue issue = sample_issue;
    issue.public_copy = true;
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_lacks(&parts.html, "\x02");
    assert_lacks(&parts.text, "\x02");
    assert_lacks(&parts.html, "You get this");
    assert_lacks(&parts.text, "You get this");
    assert_has(&parts.html, "Beispielweg 7");
    assert_has(&parts.html, "It rained all week");
}

static void no_value_can_forge_a_slot_or_markup(void **state)
{
    (void)state;
    const struct render_story story = {
        .title = "\x02unsubscribe_url\x03<script>{{#x}}\r\n\"",
        .url = "https://example.org/\"><script>\n\x02view_url\x03",
        .author = "<b>\x02view_url\x03",
        .summary_html = "<p>\x02greeting\x03<script>x</script></p>"};
    const struct render_section section = {"<i>\x03", &story, 1};
    struct render_issue issue = issue_with(&section);
    issue.subject = "</title><script>";
    issue.preheader = "\x02greeting\x03</div><script>";
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_lacks(&parts.html, "<script");
    assert_lacks(&parts.html, "<i>");
    assert_lacks(&parts.html, "<b>");
    assert_int_equal(count(&parts.html, "\x02"), 4);
    assert_int_equal(count(&parts.text, "\x02"), 4);
}

static void what_is_no_address_on_the_web_is_no_link(void **state)
{
    (void)state;
    const struct render_story story = {.title = "Click",
                                       .url = "javascript:alert(1)",
                                       .image_url = "data:image/gif,x",
                                       .image_alt = "x"};
    const struct render_section sections[] = {{"S", &story, 1},
                                              {"T", &story, 1}};
    struct render_issue issue = issue_with(sections);
    issue.section_count = 2;
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_has(&parts.text, "\nClick\n\n\nT\n");
    assert_lacks(&parts.html, "javascript");
    assert_lacks(&parts.html, "<img");
    assert_lacks(&parts.html, "Read on");
    assert_lacks(&parts.html, "href=\"\"");
    assert_lacks(&parts.text, "javascript");
    assert_has(&parts.text, "\nClick\n");
}

static void an_issue_of_almost_nothing_is_rendered(void **state)
{
    (void)state;
    const struct render_issue issue = {
        .newsletter_title = "Bare", .newsletter_slug = "bare", .number = 1};
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_has(&parts.html, "<title>Bare</title>");
    assert_has(&parts.html, "lang=\"en\"");
    assert_has(&parts.text, "Bare\nIssue 1\n---");
}

/* ---- HTML ------------------------------------------------------------ */

static void headings_go_down_one_level_at_a_time(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_int_equal(count(&parts.html, "<h1"), 1);
    char last = '0';
    const char *at = strbuf_text(&parts.html);
    for (; (at = strstr(at, "<h")); at++) {
        if (at[2] < '1' || at[2] > '6')
            continue;
        assert_true(at[2] <= last + 1);
        last = at[2];
    }
    assert_int_equal(last, '3');
}

static void without_a_section_title_headlines_move_up(void **state)
{
    (void)state;
    const struct render_section section = {NULL, city, 3};
    struct render_issue issue = issue_with(&section);
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_lacks(&parts.html, "<h3");
    assert_int_equal(count(&parts.html, "<h2"), 3);
}

static void headings_in_a_summary_fit_where_they_stand(void **state)
{
    (void)state;
    const struct render_story story = {.title = "t",
                                       .url = "https://example.org/",
                                       .summary_html = "<h1>Big</h1><p>x</p>"};
    const struct render_section section = {"S", &story, 1};
    struct render_issue issue = issue_with(&section);
    issue.intro_html = "<h3>Hello</h3><p>x</p>";
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_int_equal(count(&parts.html, "<h1"), 1);
    assert_has(&parts.html, ">Big</h4>");
    assert_has(&parts.html, ">Hello</h2>");
}

static void language_and_direction_are_on_html_and_within_body(void **state)
{
    (void)state;
    struct render_issue issue = sample_issue;
    issue.language = "ar-EG";
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_has(&parts.html, "<html lang=\"ar-EG\" dir=\"rtl\"");
    assert_has(&parts.html, "<div class=\"page\" lang=\"ar-EG\" dir=\"rtl\"");
    assert_has(&parts.html, "align=\"right\"");
}

static void a_story_in_another_language_says_so(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_has(&parts.html, "<td class=\"story left\" lang=\"de\" dir=\"ltr\"");
    assert_has(&parts.html,
               "<td class=\"story right\" lang=\"ar\" dir=\"rtl\"");
}

static void letters_that_are_joined_are_not_set_apart(void **state)
{
    (void)state;
    struct render_issue issue = sample_issue;
    OWNED(free_parts) struct parts english = render(&issue);
    assert_has(&english.html, "letter-spacing");
    issue.language = "ar";
    OWNED(free_parts) struct parts arabic = render(&issue);
    assert_lacks(&arabic.html, "letter-spacing");
}

static void the_first_story_has_its_image_large_and_others_small(void **state)
{
    (void)state;
    struct render_story stories[2] = {city[0], city[0]};
    const struct render_section section = {"S", stories, 2};
    struct render_issue issue = issue_with(&section);
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_int_equal(count(&parts.html, "<img"), 2);
    assert_has(&parts.html, "width=\"552\" height=\"310\"");
    assert_has(&parts.html, "width=\"96\" height=\"54\"");
    assert_has(&parts.html, "alt=\"A yellow tram");
}

static void the_visual_design_has_a_picture_above_each_story(void **state)
{
    (void)state;
    struct render_story stories[2] = {city[0], city[0]};
    const struct render_section section = {"S", stories, 2};
    struct render_issue issue = issue_with(&section);
    issue.template_name = "visual";
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_int_equal(count(&parts.html, "width=\"552\" height=\"310\""), 2);
}

static void what_stands_below_is_listed_from_nine_stories_on(void **state)
{
    (void)state;
    struct render_story stories[20];
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++)
        stories[i] = city[0];
    struct render_section section = {"S", stories, 8};
    struct render_issue issue = issue_with(&section);
    OWNED(free_parts) struct parts eight = render(&issue);
    assert_lacks(&eight.html, "In this issue");
    assert_lacks(&eight.text, "In this issue");
    assert_has(&eight.html, "8 stories");
    section.story_count = 9;
    OWNED(free_parts) struct parts nine = render(&issue);
    assert_has(&nine.html, "In this issue");
    assert_int_equal(count(&nine.text, "\n  - "), 9);
    section.story_count = 20;
    OWNED(free_parts) struct parts many = render(&issue);
    assert_int_equal(count(&many.text, "\n  - "), 12);
}

static void assert_image(unsigned width, unsigned height, const char *expected)
{
    struct render_story story = city[0];
    story.image_width = width;
    story.image_height = height;
    const struct render_section section = {"S", &story, 1};
    struct render_issue issue = issue_with(&section);
    OWNED(free_parts) struct parts parts = render(&issue);
    if (expected)
        assert_has(&parts.html, expected);
    else
        assert_lacks(&parts.html, "<img");
}

static void an_image_is_never_larger_than_it_is_nor_a_tower(void **state)
{
    (void)state;
    assert_image(0, 0, "width=\"552\" alt=");
    assert_image(400, 300, "width=\"400\" height=\"300\"");
    assert_image(1000, 2000, "width=\"300\" height=\"600\"");
    assert_image(500, 600, "width=\"500\" height=\"600\"");
    assert_image(4000000000u, 4000000000u, "width=\"552\" height=\"552\"");
    assert_image(1, 1, NULL);
    assert_image(50, 50, NULL);
}

static void an_image_in_the_text_is_told_its_width_for_word(void **state)
{
    (void)state;
    static const struct render_setting wide[] = {{"width", "700"}};
    const struct render_section section = {"S", city, 1};
    struct render_issue issue = issue_with(&section);
    issue.intro_html = "<p>a <img src=\"https://example.org/a.png\" "
                       "alt=\"A dog.\" /> b</p>";
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_has(&parts.html, "<img width=\"552\" src=\"https://example.org/a"
                            ".png\" alt=\"A dog.\"");
    assert_has(&parts.html, "width:auto;max-width:100%");
    issue.theme = wide;
    issue.theme_count = 1;
    OWNED(free_parts) struct parts wider = render(&issue);
    assert_has(&wider.html, "<img width=\"652\" src=");
}

/* It stands under the headline in its place: the headline says what it is. */
static void an_image_without_words_has_the_headlines(void **state)
{
    (void)state;
    struct render_story story = city[0];
    story.image_alt = NULL;
    const struct render_section section = {"S", &story, 1};
    struct render_issue issue = issue_with(&section);
    OWNED(free_parts) struct parts parts = render(&issue);
    OWNED(mem_free) char *alt = mem_format("alt=\"%s\"", story.title);
    assert_has(&parts.html, alt);
    assert_lacks(&parts.html, "0 0 16px\"><img");
    story.image_alt = " ";
    OWNED(free_parts) struct parts blank = render(&issue);
    assert_has(&blank.html, alt);
}

static void assert_in_text(const char *attributes, const char *expected)
{
    const struct render_section section = {"S", city, 1};
    struct render_issue issue = issue_with(&section);
    OWNED(mem_free)
    char *intro = mem_format("<p>a <img %s src=\"https://example.org/a.png\" "
                             "alt=\"A dog.\" /> b</p>",
                             attributes);
    issue.intro_html = intro;
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_has(&parts.html, expected);
}

static void an_image_in_the_text_is_no_larger_than_it_is_either(void **state)
{
    (void)state;
    assert_in_text("width=\"120\" height=\"40\"", "<img width=\"120\" style=");
    assert_in_text("width=\"120\"", ";width:120px\"");
    assert_in_text("width=\"1200\" height=\"800\"", ";width:552px\"");
    assert_in_text("width=\"600\" height=\"1200\"",
                   "<img width=\"300\" style=");
}

/* SpamAssassin holds a font of the page's colour for hidden spam. */
static void the_preheader_is_hidden_without_a_colour(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    const char *at = strstr(strbuf_text(&parts.html), "<div class=\"preheader");
    assert_non_null(at);
    assert_non_null(strstr(at, "display:none"));
    assert_true(strstr(at, "color") > strchr(at, '>'));
}

static void nothing_stands_in_for_an_introduction(void **state)
{
    (void)state;
    struct render_issue issue = sample_issue;
    issue.intro_html = NULL;
    OWNED(free_parts) struct parts greeted = render(&issue);
    assert_has(&greeted.html, "<p class=\"text\"");
    assert_has(&greeted.text, "\x02greeting\x03\n\nIn this issue\n  - ");
    issue.omits_greeting = true;
    OWNED(free_parts) struct parts bare = render(&issue);
    assert_lacks(&bare.html, "\x02greeting\x03");
    assert_lacks(&bare.html, "class=\"intro");
    assert_lacks(&bare.text, "\x02greeting\x03");
    assert_has(&bare.text, "----\n\nIn this issue\n  - ");
}

static void dark_mode_and_hover_stay_in_the_head(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_has(&parts.html, "@media (prefers-color-scheme:dark)");
    assert_lacks(&parts.html, "kept-css");
    const char *end = strstr(strbuf_text(&parts.html), "</style>");
    assert_null(strstr(end, "@media"));
    assert_null(strstr(end, "!important"));
}

static void an_issue_stays_far_below_where_mail_is_clipped(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_in_range(parts.html.len, 1000, 40 * 1024);
}

static void every_table_is_for_layout(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_int_equal(count(&parts.html, "<table"),
                     count(&parts.html, "role=\"presentation\""));
}

/* ---- text ------------------------------------------------------------ */

static void text_lines_keep_within_72_columns(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    struct str rest = strbuf_str(&parts.text), line;
    while (str_next_line(&rest, &line))
        if (str_find_str(line, STR("://")) == line.len)
            assert_in_range(text_width(line), 0, 72);
}

static void the_masthead_stands_over_a_rule(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_has(
        &parts.text,
        "\nThe Weekly Example\nIssue 12 · 20 November "
        "2026 · 10 stories · 51 min\n----------------------------------------"
        "--------------------------------\n");
}

static void section_names_are_in_capitals(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_has(&parts.text, "\n\n\nPOLITICS & STRASSEN\n\n");
}

static void assert_capitals(const char *language, const char *title,
                            const char *expected)
{
    const struct render_section section = {title, city, 1};
    struct render_issue issue = issue_with(&section);
    issue.language = language;
    OWNED(free_parts) struct parts parts = render(&issue);
    OWNED(mem_free) char *line = mem_format("\n%s\n\n", expected);
    assert_has(&parts.text, line);
}

static void capitals_are_those_of_the_script(void **state)
{
    (void)state;
    assert_capitals("fr", "été à l'œuvre ÿ", "ÉTÉ À L'ŒUVRE Ÿ");
    assert_capitals("pl", "łódź, żółć", "ŁÓDŹ, ŻÓŁĆ");
    assert_capitals("tr", "siyaset ılık", "SİYASET ILIK");
    assert_capitals("el", "πολιτική της Αθήνας", "ΠΟΛΙΤΙΚΗ ΤΗΣ ΑΘΗΝΑΣ");
    assert_capitals("ru", "политика ёж", "ПОЛИТИКА ЁЖ");
    assert_capitals("uk", "їжа", "ЇЖА");
    assert_capitals("vi", "chính trị", "CHÍNH TRỊ");
    assert_capitals("ar", "سياسة", "سياسة");
    assert_capitals("zh", "政治", "政治");
    assert_capitals("bn", "রাজনীতি", "রাজনীতি");
}

static void links_are_numbered_on_from_section_to_section(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_has(&parts.text, "a reader's letter [1]");
    assert_has(&parts.text,
               "\n[1] https://example.org/letters\n\nIn this issue\n");
    assert_has(&parts.text, "know why [2]\n");
    assert_has(&parts.text, "\n\n[2] https://example.org/city/tram\n[3] ");
    assert_has(&parts.text, "&page=2\n\n\nPOLITICS");
    assert_int_equal(count(&parts.text, "[12]"), 2);
    assert_lacks(&parts.text, "[13]");
}

static void only_links_that_the_text_shows_are_numbered(void **state)
{
    (void)state;
    struct render_issue issue = sample_issue;
    issue.template_name = "brief";
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_lacks(&parts.text, "https://example.org/hours");
    assert_has(&parts.text, "\n[2] https://example.org/city/tram\n"
                            "[3] https://example.org/city/library\n"
                            "[4] https://example.org/city/market");
    assert_int_equal(count(&parts.text, "[11]"), 2);
    assert_lacks(&parts.text, "[12]");
}

#define RLM "\xe2\x80\x8f"

static void assert_arabic_text(const char *title, const char *line)
{
    const struct render_story story = {
        .title = title, .url = "https://example.org/a", .reading_minutes = 2};
    const struct render_section section = {"S", &story, 1};
    struct render_issue issue = issue_with(&section);
    issue.language = "ar";
    issue.preheader = NULL;
    issue.newsletter_title = "المثال";
    issue.intro_html = NULL;
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_has(&parts.text, line);
    assert_has(&parts.text, "\n[1] https://example.org/a\n");
    assert_has(&parts.text, &"\nالمثال\n"[1]);
    assert_lacks(&parts.html, RLM);
}

static void a_latin_word_does_not_turn_a_line_of_arabic(void **state)
{
    (void)state;
    assert_arabic_text("BBC تنشر التقرير", "\n" RLM "BBC تنشر");
    assert_arabic_text("«BBC» تنشر", "\n" RLM "«BBC» تنشر");
    assert_arabic_text("5G في المدينة", "\n" RLM "5G في");
    assert_arabic_text("تقرير BBC", "\nتقرير BBC");
    assert_arabic_text("١٢ خبرا BBC", "\n١٢ خبرا BBC");
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_lacks(&parts.text, RLM);
}

static void blank_lines_are_rhythm_not_holes(void **state)
{
    (void)state;
    OWNED(free_parts) struct parts parts = render(&sample_issue);
    assert_lacks(&parts.text, "\n\n\n\n");
    assert_lacks(&parts.text, " \n");
    assert_lacks(&parts.text, "&amp;");
    assert_true(parts.text.ptr[0] != '\n');
    assert_true(str_ends(strbuf_str(&parts.text), STR("Germany\n")));
}

/* ---- failures -------------------------------------------------------- */

static void a_missing_design_is_named_and_leaves_nothing(void **state)
{
    (void)state;
    OWNED(template_set_release)
    struct template_set *set = template_set_new(NULL);
    struct render_issue issue = sample_issue;
    issue.template_name = "nowhere";
    OWNED(free_parts) struct parts parts = {STRBUF_INIT, STRBUF_INIT};
    struct err err = {0};
    assert_false(render_issue(&issue, set, &parts.html, &parts.text, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "nowhere"));
    assert_int_equal(parts.html.len + parts.text.len, 0);
}

/* ---- in full ----------------------------------------------------------- */

enum { LONG = 10, PARAGRAPHS = 80 };

static const char full_body[] =
    "<h2>Before</h2>\n<p>The quay was <em>dry</em>.</p>\n<h3>After</h3>\n"
    "<ul>\n<li>nets</li>\n<li>ropes</li>\n</ul>\n"
    "<table>\n<thead>\n<tr>\n<th scope=\"col\">Boat</th>\n"
    "<th scope=\"col\">Crew</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
    "<td>Eda</td>\n<td>4</td>\n</tr>\n</tbody>\n</table>\n"
    "<p>The end is here.</p>\n";

static void a_story_in_full_has_its_whole_text_in_both_parts(void **state)
{
    (void)state;
    static const char *const designs[] = {"default", "brief"};
    const struct render_story story = {.title = "Quay",
                                       .url = "https://example.org/quay",
                                       .summary_html = "<p>In short.</p>",
                                       .show = RENDER_FULL,
                                       .body_html = full_body};
    const struct render_section section = {"Harbour", &story, 1};
    struct render_issue issue = issue_with(&section);
    for (size_t i = 0; i < ARRAY_SIZE(designs); i++) {
        issue.template_name = designs[i];
        OWNED(free_parts) struct parts parts = render(&issue);
        assert_has(&parts.html, "The end is here.");
        assert_has(&parts.html, "<h4 style");
        assert_has(&parts.html, "<h5 style");
        assert_has(&parts.html, "<th scope=\"col\"");
        assert_has(&parts.text, "The end is here.");
        assert_has(&parts.text, "  Boat  Crew");
        assert_lacks(&parts.html, "In short.");
        assert_lacks(&parts.text, "In short.");
        assert_lacks(&parts.html, "Read on");
    }
}

static void a_picture_in_the_whole_text_is_shown_once(void **state)
{
    (void)state;
    struct render_story story = {
        .title = "Quay",
        .url = "https://example.org/quay",
        .image_url = "https://example.org/a.jpg?x=1&y=2",
        .image_alt = "The quay",
        .show = RENDER_FULL,
        .body_html = "<p><img src=\"https://example.org/a.jpg?x=1&amp;y=2\" "
                     "alt=\"The quay\" /></p>\n<p>Words.</p>"};
    const struct render_section section = {"Harbour", &story, 1};
    struct render_issue issue = issue_with(&section);
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_int_equal(count(&parts.html, "a.jpg"), 1);
    story.image_url = "https://example.org/b.jpg";
    OWNED(free_parts) struct parts other = render(&issue);
    assert_int_equal(count(&other.html, "a.jpg"), 1);
    assert_int_equal(count(&other.html, "b.jpg"), 1);
}

static void a_headline_alone_has_no_summary(void **state)
{
    (void)state;
    const struct render_story story = {.title = "Quay",
                                       .url = "https://example.org/quay",
                                       .summary_html = "<p>In short.</p>",
                                       .show = RENDER_HEADLINE};
    const struct render_section section = {"Harbour", &story, 1};
    struct render_issue issue = issue_with(&section);
    OWNED(free_parts) struct parts parts = render(&issue);
    assert_lacks(&parts.html, "In short.");
    assert_lacks(&parts.text, "In short.");
    assert_has(&parts.html, "https://example.org/quay");
}

/* Stories of some 12 KB each, as HTML. */
static const char *long_body(struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
    for (int i = 0; i < PARAGRAPHS; i++)
        strbuf_add_text(&body, "<p>It rained on the quay, and the boats lay "
                               "still until the wind had turned.</p>\n");
    return arena_copy_str(arena, strbuf_str(&body));
}

static void render_long(const struct render_issue *issue, struct parts *parts,
                        struct render_notes *notes)
{
    OWNED(template_set_release)
    struct template_set *set = template_set_new(NULL);
    struct err err = {0};
    if (!render_issue_noted(issue, set, &parts->html, &parts->text, notes,
                            &err))
        fail_msg("%s", err.text);
}

static void what_gmail_would_clip_becomes_a_summary_from_the_end(void **state)
{
    (void)state;
    static const char *const titles[LONG] = {"One",  "Two", "Three", "Four",
                                             "Five", "Six", "Seven", "Eight",
                                             "Nine", "Ten"};
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(render_notes_free) struct render_notes notes = {0};
    OWNED(free_parts) struct parts parts = {STRBUF_INIT, STRBUF_INIT};
    struct render_story stories[LONG];
    for (size_t i = 0; i < LONG; i++)
        stories[i] = (struct render_story){.title = titles[i],
                                           .url = "https://example.org/x",
                                           .summary_html = "<p>In short.</p>",
                                           .show = RENDER_FULL,
                                           .body_html = long_body(&arena)};
    const struct render_section section = {"Harbour", stories, LONG};
    struct render_issue issue = issue_with(&section);
    render_long(&issue, &parts, &notes);
    assert_true(notes.html_bytes < RENDER_BYTES_MAX);
    assert_in_range(notes.shortened, 1, LONG - 1);
    assert_int_equal(notes.left_out, 0);
    assert_int_equal(notes.summary_chars, 0);
    assert_int_equal(count(&parts.html, "Continue reading"), notes.shortened);
    assert_int_equal(count(&parts.html, "In short."), notes.shortened);
    /* No fewer would do. */
    size_t each = (notes.full_bytes - notes.html_bytes) / notes.shortened;
    assert_true(notes.html_bytes + each >= RENDER_BYTES_MAX);
    /* They are those at the end. */
    struct str rest = str_of(notes.shortened_titles), title;
    for (size_t i = LONG - notes.shortened; i < LONG; i++) {
        assert_true(str_next_line(&rest, &title));
        assert_true(str_equal(title, str_of(titles[i])));
    }
    assert_false(str_next_line(&rest, &title));
}

static void what_can_be_read_nowhere_else_stays_whole(void **state)
{
    (void)state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(render_notes_free) struct render_notes notes = {0};
    OWNED(free_parts) struct parts parts = {STRBUF_INIT, STRBUF_INIT};
    struct render_story stories[LONG];
    for (size_t i = 0; i < LONG; i++)
        stories[i] = (struct render_story){.title = "Here",
                                           .summary_html = "<p>In short.</p>",
                                           .show = RENDER_FULL,
                                           .body_html = long_body(&arena),
                                           .is_only_here = true};
    const struct render_section section = {"Harbour", stories, LONG};
    struct render_issue issue = issue_with(&section);
    render_long(&issue, &parts, &notes);
    assert_true(notes.html_bytes >= RENDER_BYTES_MAX);
    assert_int_equal(notes.only_here, LONG);
    assert_int_equal(notes.shortened, 0);
    assert_int_equal(notes.left_out, 0);
    assert_int_equal(count(&parts.text, "boats lay"), LONG * PARAGRAPHS);
}

static void a_summary_that_cannot_be_read_names_its_story(void **state)
{
    (void)state;
    const struct render_story story = {
        .title = "Broken", .url = "https://e.org", .summary_html = "a\xff"};
    const struct render_section section = {"S", &story, 1};
    struct render_issue issue = issue_with(&section);
    OWNED(template_set_release)
    struct template_set *set = template_set_new(NULL);
    OWNED(free_parts) struct parts parts = {STRBUF_INIT, STRBUF_INIT};
    struct err err = {0};
    assert_false(render_issue(&issue, set, &parts.html, &parts.text, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "summary of \"Broken\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_story_is_in_both_parts),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(links_that_exist_are_slots_in_both_parts),
        cmocka_unit_test(without_a_link_the_text_says_how_to_leave),
        cmocka_unit_test(a_public_copy_has_nothing_personal),
        cmocka_unit_test(no_value_can_forge_a_slot_or_markup),
        cmocka_unit_test(what_is_no_address_on_the_web_is_no_link),
        cmocka_unit_test(an_issue_of_almost_nothing_is_rendered),
        cmocka_unit_test(headings_go_down_one_level_at_a_time),
        cmocka_unit_test(without_a_section_title_headlines_move_up),
        cmocka_unit_test(headings_in_a_summary_fit_where_they_stand),
        cmocka_unit_test(language_and_direction_are_on_html_and_within_body),
        cmocka_unit_test(a_story_in_another_language_says_so),
        cmocka_unit_test(letters_that_are_joined_are_not_set_apart),
        cmocka_unit_test(the_visual_design_has_a_picture_above_each_story),
        cmocka_unit_test(what_stands_below_is_listed_from_nine_stories_on),
        cmocka_unit_test(the_first_story_has_its_image_large_and_others_small),
        cmocka_unit_test(an_image_is_never_larger_than_it_is_nor_a_tower),
        cmocka_unit_test(an_image_in_the_text_is_told_its_width_for_word),
        cmocka_unit_test(an_image_without_words_has_the_headlines),
        cmocka_unit_test(an_image_in_the_text_is_no_larger_than_it_is_either),
        cmocka_unit_test(the_preheader_is_hidden_without_a_colour),
        cmocka_unit_test(nothing_stands_in_for_an_introduction),
        cmocka_unit_test(dark_mode_and_hover_stay_in_the_head),
        cmocka_unit_test(an_issue_stays_far_below_where_mail_is_clipped),
        cmocka_unit_test(every_table_is_for_layout),
        cmocka_unit_test(text_lines_keep_within_72_columns),
        cmocka_unit_test(the_masthead_stands_over_a_rule),
        cmocka_unit_test(section_names_are_in_capitals),
        cmocka_unit_test(capitals_are_those_of_the_script),
        cmocka_unit_test(links_are_numbered_on_from_section_to_section),
        cmocka_unit_test(only_links_that_the_text_shows_are_numbered),
        cmocka_unit_test(a_latin_word_does_not_turn_a_line_of_arabic),
        cmocka_unit_test(blank_lines_are_rhythm_not_holes),
        cmocka_unit_test(a_missing_design_is_named_and_leaves_nothing),
        cmocka_unit_test(a_story_in_full_has_its_whole_text_in_both_parts),
        cmocka_unit_test(a_picture_in_the_whole_text_is_shown_once),
        cmocka_unit_test(a_headline_alone_has_no_summary),
        cmocka_unit_test(what_gmail_would_clip_becomes_a_summary_from_the_end),
        cmocka_unit_test(what_can_be_read_nowhere_else_stays_whole),
        cmocka_unit_test(a_summary_that_cannot_be_read_names_its_story),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
