#include "tests/sources/importing.h"

#include "digest/fetch/fetch.h"
#include "digest/sources/wordpress/wordpress_fetch_internal.h"
#include "digest/sources/wordpress/wordpress_internal.h"

#define WXR(inner)                                                             \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"\n"       \
    "xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\"\n"             \
    "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"\n"             \
    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"                          \
    "xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>\n"                \
    "<title>T</title><language>nl-NL</language>\n"                             \
    "<wp:author><wp:author_login>ann</wp:author_login>"                        \
    "<wp:author_email>ann@a.example</wp:author_email>"                         \
    "<wp:author_display_name><![CDATA[Ann Lee]]></wp:author_display_name>"     \
    "</wp:author>\n" inner "</channel></rss>\n"
#define POST(url, inner)                                                       \
    "<item>\n<title>A title</title><link>https://a.example/" url "</link>"     \
    "<guid isPermaLink=\"false\">https://a.example/?p=" url "</guid>"          \
    "<pubDate>Fri, 20 Nov 2026 07:00:00 +0000</pubDate>"                       \
    "<dc:creator>ann</dc:creator>" inner "</item>\n"
#define STATUS(status) "<wp:status>" status "</wp:status>"
#define TYPE(type) "<wp:post_type>" type "</wp:post_type>"

static void a_published_post_comes_in_whole(void **state)
{
    struct importing *t = *state;
    write_text(
        t, "a.xml",
        WXR(POST("1",
                 STATUS("publish") TYPE(
                     "post") "<category domain=\"post_tag\" "
                             "nicename=\"t\">Tag</category>"
                             "<category domain=\"category\" "
                             "nicename=\"w\">World</category>"
                             "<category domain=\"category\" "
                             "nicename=\"uncategorized\">Uncategorized</"
                             "category>"
                             "<content:encoded><![CDATA[First "
                             "line\nsecond.\n\n"
                             "[caption id=\"x\"]<img src=\"/i.png\"> "
                             "Words[/caption]\n\n"
                             "<ul>\n\n<li>One</li>\n</ul>\nLast "
                             "[1].]]></content:encoded>"
                             "<excerpt:encoded><![CDATA[Short & "
                             "sweet]]></excerpt:encoded>"
                             "<wp:postmeta><wp:meta_key>_thumbnail_id</"
                             "wp:meta_key>"
                             "<wp:meta_value><![CDATA[7]]></wp:meta_value></"
                             "wp:postmeta>"
                             "<wp:postmeta><wp:meta_key>views</wp:meta_key>"
                             "<wp:meta_value>55</wp:meta_value></"
                             "wp:postmeta>") "<item>\n<wp:post_id>7</"
                                             "wp:post_id>\n" TYPE("attachmen"
                                                                  "t") "\n<"
                                                                       "wp:"
                                                                       "attac"
                                                                       "hment"
                                                                       "_url>"
                                                                       "https"
                                                                       "://"
                                                                       "a."
                                                                       "examp"
                                                                       "le/"
                                                                       "f.jpg"
                                                                       "</"
                                                                       "wp:"
                                                                       "attac"
                                                                       "hment"
                                                                       "_url>"
                                                                       "\n</"
                                                                       "item>"
                                                                       "\n"));
    import(t, "a.xml");
    struct article a = only(t);
    assert_string_equal(a.url, "https://a.example/1");
    assert_string_equal(a.author, "Ann Lee");
    assert_string_equal(a.language, "nl-NL");
    assert_int_equal(a.category_count, 1);
    assert_string_equal(a.categories[0].name, "World");
    assert_string_equal(a.summary_html, "<p>Short &amp; sweet</p>\n");
    assert_string_equal(a.image_url, "https://a.example/f.jpg");
    assert_int_equal(a.views, 55);
    assert_non_null(strstr(a.body_html, "<p>First line<br />\nsecond.</p>"));
    assert_non_null(strstr(a.body_html, "Last [1]."));
    assert_null(strstr(a.body_html, "caption"));
}

static void what_isnt_public_stays_out_with_its_reason(void **state)
{
    struct importing *t = *state;
    write_text(
        t, "a.xml",
        WXR(POST("1", STATUS("draft") TYPE("post")) POST("2", STATUS("private")
                                                                  TYPE("post"))
                POST("3", STATUS("publish") TYPE(
                              "post") "<wp:post_password>x</wp:post_password>")
                    POST("4", STATUS("future") TYPE("post"))
                        POST("5", STATUS("publish") TYPE("page")) POST(
                            "6", STATUS("publish") TYPE("nav_menu_item"))));
    import(t, "a.xml");
    assert_int_equal(all(t).count, 0);
    assert_int_equal(t->report.left_out, 5);
    assert_told(t, "\"A title\": left out: a draft");
    assert_told(t, "left out: private");
    assert_told(t, "left out: protected by a password");
    assert_told(t, "left out: to be published at");
    assert_told(t, "left out: a page, not a post");
}

static void half_an_export_gives_its_whole_posts(void **state)
{
    struct importing *t = *state;
    static const char whole[] =
        WXR(POST("1", STATUS("publish") TYPE("post")) "<item><title>x");
    write_bytes(
        t, "a.xml",
        (struct str){whole, sizeof whole - sizeof "</channel></rss>\n"});
    import(t, "a.xml");
    assert_string_equal(only(t).url, "https://a.example/1");
    assert_int_equal(t->report.failed, 1);
}

static void an_export_with_entities_of_its_own_is_refused(void **state)
{
    struct importing *t = *state;
    t->options.kind = source_kind_find("wordpress");
    write_text(t, "a.xml",
               "<!DOCTYPE rss [<!ENTITY a \"x\">]><rss><channel><item>"
               "<title>&a;</title></item></channel></rss>");
    write_text(t, "b.xml", "<html></html>");
    import(t, "");
    assert_int_equal(t->report.failed, 2);
    assert_told(t, "isn't a WordPress export");
}

static void assert_html(const char *text, const char *html)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    wordpress_to_html(str_of(text), &out);
    assert_string_equal(strbuf_text(&out), html);
}

static void
blank_lines_make_paragraphs_but_not_in_preformatted_text(void **state)
{
    (void)state;
    assert_html("a\n\nb", "<p>a</p>\n<p>b</p>\n");
    assert_html("a\nb", "<p>a<br>\nb</p>\n");
    assert_html("<pre>a\n\nb</pre>\nc", "<pre>a\n\nb</pre>\n<p>c</p>\n");
    assert_html("<h2>a</h2>\n\n<em>b</em>", "<h2>a</h2>\n<p><em>b</em></p>\n");
    assert_html("[gallery ids=\"1\"]a[b]", "<p>a[b]</p>\n");
    assert_html("", "");
    assert_html("<!-- wp:paragraph -->\n<p>a</p>\n\n<!-- /wp:paragraph -->",
                "<!-- wp:paragraph -->\n<p>a</p>\n\n<!-- /wp:paragraph -->");
}

static void the_unit_test_data_of_wordpress_comes_in_whole(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    const char *corpora = getenv("DIGEST_CORPORA");
    const char *path =
        arena_format(&t->arena, "%s/wordpress/themeunittestdata.wordpress.xml",
                     corpora ? corpora : "");
    if (!corpora || !file_exists(path)) {
        puts("skipped: DIGEST_CORPORA names no folder with wordpress/");
        skip();
    }
    if (!import_path(t->db, path, &t->options, &t->report, &err))
        fail_msg("%s", err.text);
    /* 58 posts; one draft, one to come, one with a password; 21 pages. */
    printf("%s", strbuf_text(&t->told));
    assert_int_equal(t->report.failed, 0);
    assert_int_equal(t->report.added, 55);
    assert_int_equal(t->report.left_out, 24);
}

static void assert_media(struct importing *t, const char *media,
                         const char *url, unsigned width, unsigned height)
{
    struct err err = {0};
    struct fetch_reply reply = {.url = (char *)"https://a.example/wp-json/"};
    const char *newest;
    strbuf_add_format(&reply.body,
                      "[{\"id\": 7, \"link\": \"https://a.example/7\", "
                      "\"title\": {\"rendered\": \"A title\"}, \"_embedded\": "
                      "{\"wp:featuredmedia\": [%s]}}]",
                      media);
    assert_true(import_posts(t->db, "a", &reply, &t->options, &t->report,
                             &t->arena, &newest, &err));
    strbuf_free(&reply.body);
    struct article a = only(t);
    assert_string_equal(a.image_url, url);
    assert_int_equal(a.image_width, width);
    assert_int_equal(a.image_height, height);
}

#define FILE_OF(name, size)                                                    \
    "\"source_url\": \"https://a.example/" name ".jpg\", " size

static void an_image_has_the_size_of_the_file_that_is_taken(void **state)
{
    struct importing *t = *state;
    assert_media(t,
                 "{" FILE_OF("o", "\"media_details\": {\"width\": 4000, "
                                  "\"height\": 3000, \"sizes\": {\"large\": {")
                     FILE_OF("l", "\"width\": 1024, \"height\": \"768\"}}}}"),
                 "https://a.example/l.jpg", 1024, 768);
    assert_media(
        t,
        "{" FILE_OF("n", "\"media_details\": {\"width\": 2560, "
                         "\"height\": 1920, \"sizes\": {\"large\": {")
            FILE_OF("l", "\"width\": 1024, \"height\": 768}, \"1536\": {")
                FILE_OF("m", "\"width\": 1536, \"height\": 1152}, \"s\": {")
                    FILE_OF("s", "\"width\": 150, \"height\": 150}}}}"),
        "https://a.example/m.jpg", 1536, 1152);
    assert_media(t,
                 "{" FILE_OF("p", "\"media_details\": {\"width\": 640, "
                                  "\"height\": 480, \"sizes\": {}}}"),
                 "https://a.example/p.jpg", 640, 480);
    assert_media(t, "{" FILE_OF("q", "\"media_details\": {}}"),
                 "https://a.example/q.jpg", 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_image_has_the_size_of_the_file_that_is_taken),
        TEST(a_published_post_comes_in_whole),
        TEST(what_isnt_public_stays_out_with_its_reason),
        TEST(half_an_export_gives_its_whole_posts),
        TEST(an_export_with_entities_of_its_own_is_refused),
        TEST(blank_lines_make_paragraphs_but_not_in_preformatted_text),
        TEST(the_unit_test_data_of_wordpress_comes_in_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
