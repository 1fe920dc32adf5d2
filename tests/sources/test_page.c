#include "tests/sources/importing.h"

#include "digest/base/timetext.h"
#include "digest/sources/page/page_internal.h"

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

#define EDITORIAL(text)                                                        \
    "Editorial\nUpdate Time : Wednesday, May 21, 2025\n6 Time View\n\n" text

static void texts_under_one_headline_are_articles_of_their_own(void **state)
{
    struct importing *t = *state;
    static const char first[] = EDITORIAL(
        "The harbour master saw nobody go out to sea on Monday, for it rained "
        "all day.\n");
    static const char second[] = EDITORIAL(
        "A library with a leaking roof gets a new one, which the council pays "
        "with money of the lottery.\n");
    write_text(t, "a.txt", first);
    write_text(t, "b.txt", second);
    import(t, "a.txt");
    import(t, "b.txt");
    assert_int_equal(t->report.added, 1);
    assert_int_equal(all(t).count, 2);
    /* Each again, and each revised, is itself. */
    import(t, "a.txt");
    assert_int_equal(t->report.unchanged, 1);
    import(t, "b.txt");
    assert_int_equal(t->report.unchanged, 1);
    write_text(t, "b.txt",
               EDITORIAL("A library with a leaking roof gets a new one, which "
                         "the council pays with its savings.\n\nIt opens in "
                         "autumn, says the librarian.\n"));
    import(t, "b.txt");
    assert_int_equal(t->report.changed, 1);
    assert_int_equal(all(t).count, 2);
}

/* A page with so many elements around a text, and one behind them. */
static void write_nested(struct importing *t, int deep)
{
    OWNED(strbuf_free) struct strbuf page = STRBUF_INIT;
    strbuf_add_text(&page, "<html><head><title>Deep down</title>"
                           "<link rel=canonical href=https://a.example/x>"
                           "</head><body><article><h1>Deep down</h1>");
    for (int i = 0; i < deep; i++)
        strbuf_add_text(&page, "<blockquote>");
    strbuf_add_text(&page, "<p>" PARAGRAPH PARAGRAPH PARAGRAPH "</p>");
    for (int i = 0; i < deep; i++)
        strbuf_add_text(&page, "</blockquote>");
    strbuf_add_text(&page, "<p>And last words.</p></article></body></html>");
    write_text(t, "a.html", strbuf_text(&page));
}

static void what_is_deep_in_a_page_is_not_lost(void **state)
{
    struct importing *t = *state;
    write_nested(t, 400);
    import(t, "a.html");
    assert_non_null(strstr(only(t).body_html, "gulls"));
    assert_non_null(strstr(only(t).body_html, "And last words."));
}

static void a_page_that_is_nested_too_deep_is_named(void **state)
{
    struct importing *t = *state;
    write_nested(t, 100000);
    import(t, "a.html");
    assert_told(t, "a.html:1: nested more than 512 elements deep: leave out "
                   "the part that is");
}

/* libxml2 compares each attribute with every other. */
static void a_page_with_an_endless_tag_is_named(void **state)
{
    struct importing *t = *state;
    OWNED(strbuf_free) struct strbuf page = STRBUF_INIT;
    strbuf_add_text(&page, "<html><body><p");
    for (int i = 0; i < 2000; i++)
        strbuf_add_format(&page, " a%d", i);
    strbuf_add_text(&page, ">" PARAGRAPH "</p></body></html>");
    write_text(t, "a.html", strbuf_text(&page));
    import(t, "a.html");
    assert_told(t, "a.html:1: a tag with more than 1000 attributes: leave out "
                   "the broken part of the page");
}

static void an_empty_page_is_named(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.html", "  ");
    import(t, "a.html");
    assert_told(t, "a.html:1: isn't a page: there is no text");
}

static void assert_image(struct importing *t, const char *head, const char *url,
                         unsigned width, unsigned height)
{
    OWNED(mem_free)
    char *page = mem_format("<html><head><title>The ferry is late</title>"
                            "<link rel=canonical href=\"https://a.example/f\">"
                            "%s</head><body><p>" PARAGRAPH PARAGRAPH
                            "</p></body></html>",
                            head);
    write_text(t, "a.html", page);
    import(t, "a.html");
    struct article a = only(t);
    assert_string_equal(a.image_url, url);
    assert_int_equal(a.image_width, width);
    assert_int_equal(a.image_height, height);
}

#define OG(name, content)                                                      \
    "<meta property=\"og:image" name "\" content=\"" content "\">"
#define LD(image)                                                              \
    "<script type=\"application/ld+json\">{\"@type\": \"NewsArticle\", "       \
    "\"image\": " image "}</script>"

static void a_page_says_how_large_its_image_is(void **state)
{
    struct importing *t = *state;
    assert_image(t,
                 OG("", "https://a.example/1.jpg") OG(":width", "1200")
                     OG(":height", "630"),
                 "https://a.example/1.jpg", 1200, 630);
    assert_image(t,
                 OG("", "https://a.example/2.jpg")
                     OG("", "https://a.example/3.jpg") OG(":width", "1200")
                         OG(":height", "630"),
                 "https://a.example/2.jpg", 0, 0);
    assert_image(t,
                 LD("[{\"url\": \"https://a.example/4.jpg\", \"width\": 1600, "
                    "\"height\": \"900\"}]"),
                 "https://a.example/4.jpg", 1600, 900);
    assert_image(t, LD("\"https://a.example/5.jpg\""),
                 "https://a.example/5.jpg", 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

static struct article read_pasted(struct importing *t, const char *text)
{
    t->options.kind = source_kind_find("page");
    write_text(t, "a.txt", text);
    import(t, "a.txt");
    return only(t);
}

static void assert_without(const struct article *a, const char *const *parts)
{
    for (; *parts; parts++)
        if (strstr(a->body_html, *parts) || strstr(a->summary_html, *parts) ||
            strstr(a->title, *parts) || strstr(a->author, *parts))
            fail_msg("\"%s\" is in: %s", *parts, a->body_html);
}

static void all_furniture_around_a_pasted_page_goes(void **state)
{
    struct article a = read_pasted(
        *state, "editor.desk@portnews.example : admin :\n"
                "\n"
                "\t•\tRiver ferry returns after two years of repairs\n"
                "River ferry returns after two years of repairs\n"
                "Update Time : Wednesday, May 21, 2025\n"
                "\t•\t6 Time View\n"
                "Staff Reporter\n"
                "\n"
                "The night ferry crossed the river again on Tuesday, two years "
                "after it was\n"
                "taken out of service.\n"
                "\n"
                "Copyright law kept the old timetable from being printed, the "
                "company said. Comments from riders were warm.\n"
                "\n"
                "“Share the river,” said Ines Castelo, 41, who had waited at "
                "the quay. Email from the council was slow.\n"
                "\n"
                "\t•\tFirst point that is a whole sentence of the article.\n"
                "\t•\ttickets: 3 euro\n"
                "\n"
                "The ferry leaves at 22:00.\n"
                "\n"
                "Please Share This Post in Your Social Media\n"
                "Facebook\n"
                "Twitter\n"
                "Leave a Reply\n"
                "Your email address will not be published. Required fields are "
                "marked *\n"
                "Comment *\n"
                "More News Of This Category\n"
                "Bridge closed for the week\n"
                "© All rights reserved © 2025 Port News\n");
    assert_string_equal(a.title,
                        "River ferry returns after two years of repairs");
    assert_string_equal(a.author, "Staff Reporter");
    assert_int_equal(a.published_at, 1747785600);
    assert_int_equal(a.views, 6);
    assert_non_null(strstr(a.body_html, "years after it was taken out of"));
    assert_non_null(strstr(a.body_html, "Copyright law kept"));
    assert_non_null(strstr(a.body_html, "a whole sentence of the article."));
    assert_non_null(strstr(a.body_html, "<p>The ferry leaves at 22:00.</p>"));
    assert_without(&a, (const char *const[]){"@", "Share This", "Reply",
                                             "Bridge closed", "©", "admin", "•",
                                             "Time View", NULL});
}

static void what_stands_on_one_line_is_told_apart(void **state)
{
    struct article a = read_pasted(
        *state,
        "user@portnews.example : user :\n"
        "City buys the old theatre\n"
        "By Ann Lee | Update Time : Thursday, 3 April, 2025 | 1,204 Time View\n"
        "\n"
        "City buys the old theatre\n"
        "The city council bought the old theatre on Monday for two million "
        "euro.\n"
        "It will open as a library in 2027, and the stage stays as it is.\n"
        "Contact: ann.lee@portnews.example\n"
        "Share this:\n"
        "Copyright © 2025 Port News. All Rights Reserved.\n");
    assert_string_equal(a.author, "Ann Lee");
    assert_int_equal(a.published_at, 1743638400);
    assert_int_equal(a.views, 1204);
    assert_without(&a, (const char *const[]){"@", "Share", "2025", "|", NULL});
    assert_non_null(strstr(a.summary_html, "<p>The city council bought"));
}

static void a_bengali_page_is_read_as_well(void **state)
{
    struct article a = read_pasted(
        *state, "প্রশাসক@example.com : admin :\n"
                "নদীতে আবার ফেরি চলাচল শুরু\n"
                "আপডেট সময় : বুধবার, ২১ মে, ২০২৫\n"
                "৬ বার পঠিত\n"
                "নিজস্ব প্রতিবেদক\n"
                "\n"
                "দুই বছর পর আবার নদীতে ফেরি চলাচল শুরু হয়েছে। মঙ্গলবার রাতে "
                "প্রথম ফেরি ছেড়ে যায়।\n"
                "\n"
                "যাত্রীরা আনন্দ প্রকাশ করেছেন।\n"
                "\n"
                "নিউজটি শেয়ার করুন\n"
                "এ জাতীয় আরো খবর\n"
                "© সর্বস্বত্ব স্বত্বাধিকার সংরক্ষিত\n");
    assert_string_equal(a.title, "নদীতে আবার ফেরি চলাচল শুরু");
    assert_string_equal(a.author, "নিজস্ব প্রতিবেদক");
    assert_int_equal(a.published_at, 1747785600);
    assert_int_equal(a.views, 6);
    assert_without(&a, (const char *const[]){"example.com", "শেয়ার", "আরো খবর",
                                             "পঠিত", "©", NULL});
}

static void a_way_through_the_site_is_no_title(void **state)
{
    struct article a = read_pasted(
        *state,
        "Home » News\n"
        "Storm warning for the coast\n"
        "Published: Tuesday, 11 March 2025, 10:30 am\n"
        "View : 87 Times\n"
        "Rafiq Ahmed, Cox's Bazar:\n"
        "\n"
        "A storm is expected on Wednesday. Boats have to stay in the harbour.\n"
        "\n"
        "Print\n"
        "Related News\n"
        "A calm week\n");
    assert_string_equal(a.title, "Storm warning for the coast");
    assert_string_equal(a.author, "Rafiq Ahmed, Cox's Bazar");
    assert_int_equal(a.published_at, 1741689000);
    assert_int_equal(a.views, 87);
    assert_without(&a,
                   (const char *const[]){"Print", "calm week", "Home", NULL});
}

/* An image has the words about it in the head, and about its copy in the
 * text. */
static void a_pages_image_has_all_that_is_said_of_it(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.html",
               "<!doctype html><html><head><title>The ferry</title>"
               "<link rel=canonical href=https://a.example/f>"
               "<meta property=og:image content=https://a.example/f.jpg>"
               "</head><body><article><h1>The ferry</h1><figure><img "
               "src=/f-300x200.jpg srcset='/f-300x200.jpg 300w, "
               "/f-1200x800.jpg 1200w' alt='The ferry at its quay'></figure>"
               "<p>" PARAGRAPH PARAGRAPH "</p><p>" PARAGRAPH "</p></article>");
    import(t, "a.html");
    struct article a = only(t);
    assert_string_equal(a.image_url, "https://a.example/f-1200x800.jpg");
    assert_string_equal(a.image_alt, "The ferry at its quay");
    assert_int_equal(a.image_width, 1200);
    assert_int_equal(a.image_height, 800);
    write_text(t, "a.html",
               "<!doctype html><html><head><title>The ferry</title>"
               "<link rel=canonical href=https://a.example/f>"
               "<meta property=og:image content=https://a.example/g.jpg>"
               "<meta property=og:image:alt content='A &amp; B'>"
               "</head><body><article><h1>The ferry</h1>"
               "<p>" PARAGRAPH PARAGRAPH "</p><p>" PARAGRAPH "</p></article>");
    import(t, "a.html");
    assert_string_equal(only(t).image_alt, "A & B");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_says_how_large_its_image_is),
        TEST(a_pages_image_has_all_that_is_said_of_it),
        TEST(all_furniture_around_a_pasted_page_goes),
        TEST(what_stands_on_one_line_is_told_apart),
        TEST(a_bengali_page_is_read_as_well),
        TEST(a_way_through_the_site_is_no_title),
        TEST(a_page_gives_its_article_without_the_furniture),
        TEST(a_byline_in_the_text_is_the_author),
        TEST(pasted_text_gives_its_article),
        TEST(pasted_text_comes_in_without_an_address),
        TEST(texts_under_one_headline_are_articles_of_their_own),
        TEST(an_empty_page_is_named),
        TEST(what_is_deep_in_a_page_is_not_lost),
        TEST(a_page_that_is_nested_too_deep_is_named),
        TEST(a_page_with_an_endless_tag_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
