#include "tests/articles/importing.h"

#include "digest/articles/page.h"
#include "digest/base/timetext.h"

#define PARAGRAPH                                                              \
    "The harbour was quiet, the ferry late, and nobody minded; the gulls, "    \
    "as ever, had their own timetable, which they kept to the minute. "

static void a_page_gives_its_article_without_the_furniture(void **state)
{
    struct importing *t = *state;
    char when[TIME_TEXT_SIZE];
    write_text(
        t, "a.html",
        "<!doctype html><html lang=en><head><title>The ferry | Site</title>"
        "<link rel=canonical href=\"https://a.example/ferry?utm_source=x\">"
        "<meta property=og:image content=\"https://a.example/f.jpg\">"
        "<script type=\"application/ld+json\">{\"@graph\": [{\"@type\": "
        "\"NewsArticle\", \"headline\": \"The late ferry\", \"author\": "
        "[{\"name\": \"Ann Lee\"}], \"datePublished\": "
        "\"2026-11-20T07:00:00+01:00\", \"articleSection\": \"City\"}]}"
        "</script></head><body><nav><a href=/>Home</a> <a href=/b>City</a>"
        "</nav><div class=main><h1>The late ferry</h1>"
        "<p>" PARAGRAPH PARAGRAPH "</p><p>" PARAGRAPH PARAGRAPH "</p>"
        "<div class=share><a href=/s>Share this</a></div>"
        "<form><input name=q></form><p>" PARAGRAPH "Last words.</p></div>"
        "<div class=sidebar><a href=/1>One more</a> <a href=/2>Two more</a>"
        "</div><footer>Copyright</footer><script>track()</script>"
        "</body></html>");
    import(t, "a.html");
    struct article a = only(t);
    assert_string_equal(a.title, "The late ferry");
    assert_string_equal(a.author, "Ann Lee");
    assert_string_equal(a.url, "https://a.example/ferry");
    assert_string_equal(a.image_url, "https://a.example/f.jpg");
    assert_string_equal(a.language, "en");
    assert_string_equal(a.categories[0].name, "City");
    assert_string_equal(time_rfc3339(a.published_at, when),
                        "2026-11-20T06:00:00Z");
    assert_non_null(strstr(a.body_html, "Last words."));
    static const char *const gone[] = {"Home",      "Share this", "One more",
                                       "Copyright", "track",      "<h1"};
    for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
        assert_null(strstr(a.body_html, gone[i]));
}

static void a_byline_in_the_text_is_the_author(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.html",
               "<html><head><link rel=canonical href=https://a.example/x>"
               "</head><body><article><h1>A headline of some length</h1>"
               "<p class=byline>By Ann Lee</p><p>" PARAGRAPH PARAGRAPH
               "</p><p>" PARAGRAPH PARAGRAPH "</p></article></body></html>");
    import(t, "a.html");
    assert_string_equal(only(t).author, "Ann Lee");
    assert_string_equal(only(t).title, "A headline of some length");
    assert_null(strstr(only(t).body_html, "By Ann"));
}

static const char pasted[] =
    "harbour@post.example : admin :\n"
    "•\n"
    "Ferry runs late again\n"
    "Update Time : Wednesday, May 21, 2025\n"
    "6 Time View\n"
    "Ferry runs late again\n"
    "Staff Reporter\n"
    "\n"
    "The ferry was late again on Tuesday, the harbour office said, because "
    "of fog.\n"
    "\n"
    "It left at noon.\n"
    "Please Share This Post in Your Social Media\n"
    "Leave a Reply\n"
    "Your email address will not be published.\n"
    "More News Of This Category\n"
    "Another headline\n"
    "© All rights reserved © 2025\n";

static void pasted_text_gives_its_article(void **state)
{
    struct importing *t = *state;
    char when[TIME_TEXT_SIZE];
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct entry entry = {0};
    struct err err = {0};
    struct import_bytes input = {.name = "a.txt", .bytes = str_of(pasted)};
    (void)t;
    assert_true(page_read(&input, &arena, &entry, &err));
    assert_string_equal(entry.title, "Ferry runs late again");
    assert_string_equal(entry.author, "Staff Reporter");
    assert_int_equal(entry.views, 6);
    assert_string_equal(time_rfc3339(entry.published_at, when),
                        "2025-05-21T00:00:00Z");
    assert_string_equal(entry.body.text,
                        "The ferry was late again on Tuesday, the harbour "
                        "office said, because of fog.\n\nIt left at "
                        "noon.\n\n");
    assert_null(entry.url);
    entry_free(&entry);
}

static void pasted_text_comes_in_without_an_address(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.txt", pasted);
    import(t, "a.txt");
    assert_string_equal(only(t).title, "Ferry runs late again");
    assert_string_equal(only(t).url, "");
    assert_null(strstr(only(t).body_html, "harbour@post.example"));
    import(t, "a.txt");
    assert_int_equal(t->report.unchanged, 1);
}

static void an_empty_page_is_named(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.html", "  ");
    import(t, "a.html");
    assert_told(t, "a.html:1: isn't a page: there is no text");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_gives_its_article_without_the_furniture),
        TEST(a_byline_in_the_text_is_the_author),
        TEST(pasted_text_gives_its_article),
        TEST(pasted_text_comes_in_without_an_address),
        TEST(an_empty_page_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
