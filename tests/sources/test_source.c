#include "tests/sources/importing.h"

#include "digest/sources/feed/feed_find_internal.h"
#include "digest/sources/source_fetch.h"

static struct fetch_reply reply_of(const char *type, const char *body)
{
    struct fetch_reply reply = {.url = mem_copy("https://a.example/news/"),
                                .content_type = mem_copy(type),
                                .charset = mem_copy("")};
    strbuf_add_text(&reply.body, body);
    return reply;
}

static void a_feed_is_its_own_source(void **state)
{
    struct importing *t = *state;
    struct fetch_reply reply =
        reply_of("application/rss+xml",
                 "<rss><channel><title>A Post</title></channel></rss>");
    struct feed_about feed;
    struct err err = {0};
    bool found = false;
    assert_true(feed_about_read("https://a.example/news/", &reply, &t->arena,
                                &feed, &found, &err));
    assert_true(found);
    assert_string_equal(feed.address, "https://a.example/news/");
    assert_string_equal(feed.title, "A Post");
    fetch_reply_free(&reply);
}

static void a_page_is_no_feed_whatever_type_it_is_sent_with(void **state)
{
    struct importing *t = *state;
    struct fetch_reply reply =
        reply_of("application/xml", "<!doctype html><title>A</title>");
    struct feed_about feed;
    struct err err = {0};
    bool found = true;
    assert_true(feed_about_read("https://a.example/news/", &reply, &t->arena,
                                &feed, &found, &err));
    assert_false(found);
    fetch_reply_free(&reply);
}

static void a_logo_has_the_width_that_the_page_says(void **state)
{
    struct importing *t = *state;
    struct fetch_reply reply = reply_of(
        "text/html", "<!doctype html><title>A</title><img src=/a.png width=9>"
                     "<a class=logo><img src='/l.png' width='88'></a>");
    struct discovery page;
    struct err err = {0};
    assert_true(
        discover("https://a.example/news/", &reply, &t->arena, &page, &err));
    assert_string_equal(page.image_url, "https://a.example/l.png");
    assert_int_equal(page.image_width, 88);
    fetch_reply_free(&reply);
}

static void a_home_page_names_its_feed(void **state)
{
    struct importing *t = *state;
    struct fetch_reply reply =
        reply_of("text/html",
                 "<!doctype html><html lang=pt><title>Jornal</title>"
                 "<link rel='alternate' type='application/rss+xml' "
                 "href='/comments/feed/'>"
                 "<link rel='ALTERNATE home' type='application/atom+xml' "
                 "href='../atom.xml'>"
                 "<link rel=alternate hreflang=en href=/en>"
                 "<a href='/atom.xml'>Atom</a><a href='/world/rss'>World</a>");
    struct discovery page;
    struct feed_links links;
    struct err err = {0};
    assert_true(
        discover("https://a.example/news/", &reply, &t->arena, &page, &err));
    feed_links_find(&page, &t->arena, &links);
    assert_string_equal(feed_links_choose(&links, page.language)->address,
                        "https://a.example/atom.xml");
    assert_string_equal(page.name, "Jornal");
    assert_string_equal(page.language, "pt");
    assert_int_equal(links.named_count, 1);
    assert_int_equal(links.guess_count, 1);
    assert_string_equal(links.guesses[0], "https://a.example/world/rss");
    fetch_reply_free(&reply);
}

static struct source sample(const char *address)
{
    return (struct source){.address = address,
                           .kind = "feed",
                           .name = "",
                           .category = "",
                           .language = "",
                           .etag = "",
                           .last_modified = "",
                           .last_error = ""};
}

static void a_source_is_added_once_and_again_when_removed(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    struct source_map map = {"politique", "Politique", "World"};
    struct source one = sample("https://a.example/feed"), back;
    one.map = &map;
    one.map_count = 1;
    assert_true(source_add(t->db, &one, &err));
    struct source two = sample("https://a.example/feed");
    assert_false(source_add(t->db, &two, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_true(
        source_get(t->db, "https://a.example/feed", &t->arena, &back, &err));
    assert_int_equal(back.map_count, 1);
    assert_string_equal(back.map[0].ours, "World");
    assert_true(source_remove(t->db, one.id, NOW, &err));
    assert_false(source_get(t->db, one.address, &t->arena, &back, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_true(source_add(t->db, &two, &err));
    assert_int_equal(two.id, one.id);
}

static void a_failing_source_rests_and_is_told(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    /* Nothing listens there. */
    struct source source = sample("http://127.0.0.1:1/feed");
    struct source_fetch_options options = {.now = NOW, .allow_private = true};
    struct source_fetch_report report = {
        .import = {.tell = note, .context = &t->told}};
    assert_true(source_add(t->db, &source, &err));
    assert_true(sources_fetch(t->db, &source, 1, &options, &report, &err));
    assert_int_equal(report.failed, 1);
    assert_int_equal(source.failures, 1);
    assert_told(t, "127.0.0.1:1/feed");
    assert_true(sources_fetch(t->db, &source, 1, &options, &report, &err));
    assert_int_equal(report.resting, 1);
    options.now = NOW + 7200;
    assert_true(sources_fetch(t->db, &source, 1, &options, &report, &err));
    assert_told(t, "failing for 2 hours, 2 times");
}

static const struct article *titled(const struct article_list *list,
                                    const char *title)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].title, title) == 0)
            return &list->items[i];
    fail_msg("no article is called %s", title);
    return NULL;
}

static void write_feed(struct importing *t, const char *head,
                       const char *const (*items)[2], size_t count)
{
    OWNED(strbuf_free) struct strbuf xml = STRBUF_INIT;
    strbuf_add_format(&xml, "<rss version='2.0'><channel>%s", head);
    for (size_t i = 0; i < count; i++)
        strbuf_add_format(&xml,
                          "<item><title>%s</title><link>https://a.example/%s"
                          "</link><pubDate>%s</pubDate></item>",
                          items[i][0], items[i][0], items[i][1]);
    strbuf_add_text(&xml, "</channel></rss>");
    write_text(t, "feed.xml", strbuf_text(&xml));
}

static void what_has_no_readable_date_is_new_only_where_it_wasnt(void **state)
{
    static const char *const items[][2] = {{"harbour", "in the old days"},
                                           {"market", "the day before"},
                                           {"bridge", "at high tide"}};
    static const char *const mended[][2] = {
        {"harbour", "Tue, 10 Nov 2026 08:00:00 GMT"}};
    struct importing *t = *state;
    struct err err = {0};
    char *path = file_join(t->folder, "feed.xml");
    struct source source = sample(path);
    source.kind = "path";
    struct source_fetch_options options = {.now = NOW, .again = true};
    struct source_fetch_report report = {
        .import = {.tell = note, .context = &t->told}};
    assert_true(source_add(t->db, &source, &err));
    write_feed(t, "", items, 1);
    assert_true(sources_fetch(t->db, &source, 1, &options, &report, &err));
    struct article_list list = all(t);
    assert_int_equal(titled(&list, "harbour")->published_at, 0);
    assert_told(t, "? ");
    assert_told(t, "the date \"in the old days\" of \"harbour\"");

    options.now = NOW + 3600;
    write_feed(t, "", items, 2);
    assert_true(sources_fetch(t->db, &source, 1, &options, &report, &err));
    list = all(t);
    assert_int_equal(titled(&list, "harbour")->published_at, 0);
    assert_int_equal(titled(&list, "market")->published_at, NOW + 3600);
    assert_int_equal(report.import.undated, 2);

    write_feed(t,
               "<lastBuildDate>Mon, 23 Nov 2026 08:00:00 GMT</lastBuildDate>",
               items, 3);
    assert_true(sources_fetch(t->db, &source, 1, &options, &report, &err));
    list = all(t);
    assert_int_equal(titled(&list, "bridge")->published_at, 1795420800);

    write_feed(t, "", mended, 1);
    assert_true(sources_fetch(t->db, &source, 1, &options, &report, &err));
    list = all(t);
    assert_int_equal(titled(&list, "harbour")->published_at, 1794297600);
    import_report_free(&report.import);
    free(path);
}

static void rests_double_up_to_a_day(void **state)
{
    (void)state;
    assert_int_equal(source_rest_s(1), 900);
    assert_int_equal(source_rest_s(2), 1800);
    assert_int_equal(source_rest_s(7), 57600);
    assert_int_equal(source_rest_s(8), 86400);
    assert_int_equal(source_rest_s(1000000), 86400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_feed_is_its_own_source, begin, end),
        cmocka_unit_test_setup_teardown(
            a_page_is_no_feed_whatever_type_it_is_sent_with, begin, end),
        cmocka_unit_test_setup_teardown(a_logo_has_the_width_that_the_page_says,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_home_page_names_its_feed, begin, end),
        cmocka_unit_test_setup_teardown(
            a_source_is_added_once_and_again_when_removed, begin, end),
        cmocka_unit_test_setup_teardown(a_failing_source_rests_and_is_told,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            what_has_no_readable_date_is_new_only_where_it_wasnt, begin, end),
        cmocka_unit_test(rests_double_up_to_a_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
