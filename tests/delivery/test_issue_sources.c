/* Tests the source of an article, which is named where an issue's articles are
 * of several; and how large its image is. */
#include "digest/articles/article_store.h"
#include "digest/articles/source_store.h"
#include "digest/delivery/build.h"
#include "digest/issues/draft.h"
#include "tests/support/house.h"

enum { NOW = 1795500000, HOUR = 3600, DAY = 86400, BY_HAND = 1 };

struct fixture {
    struct db *db;
    struct arena arena;
    struct newsletter newsletter;
    struct issue issue;
    int64_t at; /* of the next article: each older than the one before */
};

static struct err err;

static int64_t source(struct fixture *f, const char *address, const char *name)
{
    struct source s = {.address = address,
                       .kind = "feed",
                       .name = name,
                       .category = "",
                       .language = "",
                       .etag = "",
                       .last_modified = "",
                       .last_error = ""};
    must(source_add(f->db, &s, &err));
    return s.id;
}

static void put_image(struct fixture *f, int64_t source_id, const char *url,
                      const char *image, unsigned width, unsigned height)
{
    f->at -= HOUR;
    const char *guid = arena_format(&f->arena, "%d", (int)f->at);
    house_article(
        f->db, &(struct article){.source_id = source_id,
                                 .guid = guid,
                                 .url = url,
                                 .title = arena_format(
                                     &f->arena, "An eel is seen by %s", guid),
                                 .published_at = f->at,
                                 .image_url = image,
                                 .image_width = width,
                                 .image_height = height});
}

static void put(struct fixture *f, int64_t source_id, const char *url)
{
    put_image(f, source_id, url, "", 0, 0);
}

static int begin(void **state)
{
    struct fixture *f = MEM_NEW(struct fixture);
    static const struct newsletter_section all = {.categories = "*",
                                                  .at_most = 9};
    f->at = NOW;
    f->db = house_db();
    f->newsletter = house_newsletter_of(f->db, &all, 1, &f->arena);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    arena_free(&f->arena);
    db_close(f->db);
    free(f);
    return 0;
}

static struct issue_articles drafted(struct fixture *f)
{
    struct draft draft;
    struct draft_options options = {.now = NOW};
    struct issue_articles out;
    must(draft_issue(f->db, &f->newsletter, &options, &f->arena, &draft, &err));
    f->issue = draft.issue;
    must(issue_get_articles(f->db, f->issue.id, &f->arena, &out, &err));
    return out;
}

/* "The Harbour|b.example|-": what each says, in reading order. */
static void assert_sources(struct fixture *f, const char *wanted)
{
    OWNED(strbuf_free) struct strbuf said = STRBUF_INIT;
    struct issue_articles all = drafted(f);
    for (size_t i = 0; i < all.count; i++)
        strbuf_add_format(&said, "%s%s", i ? "|" : "",
                          all.items[i].source ? all.items[i].source : "-");
    assert_string_equal(strbuf_text(&said), wanted);
}

static void one_source_needs_no_name(void **state)
{
    struct fixture *f = *state;
    int64_t harbour = source(f, "https://a.example/feed", "The Harbour");
    put(f, harbour, "https://a.example/1");
    put(f, harbour, "https://elsewhere.example/2");
    put(f, BY_HAND, "https://www.a.example/3");
    assert_sources(f, "-|-|-");
}

static void several_are_named(void **state)
{
    struct fixture *f = *state;
    put(f, source(f, "https://a.example/feed", "The Harbour"),
        "https://a.example/1");
    put(f, source(f, "https://b.example/feed", ""), "https://www.b.example/2");
    put(f, BY_HAND, "https://c.example/3");
    put(f, BY_HAND, "https://a.example/4");
    put(f, BY_HAND, "");
    assert_sources(f, "The Harbour|b.example|c.example|The Harbour|-");
}

static void what_is_removed_keeps_its_name(void **state)
{
    struct fixture *f = *state;
    int64_t harbour = source(f, "https://a.example/feed", "The Harbour");
    put(f, harbour, "https://a.example/1");
    put(f, BY_HAND, "https://b.example/2");
    must(source_remove(f->db, harbour, NOW, &err));
    assert_sources(f, "The Harbour|b.example");
}

static void render(struct fixture *f, const struct issue_articles *articles,
                   struct strbuf *html, struct strbuf *text)
{
    struct conf conf = {.site_name = "The Example",
                        .site_url = "https://site.example/"};
    struct template_set *templates = template_set_new(NULL);
    struct render_notes notes = {0};
    struct build build = {.conf = &conf,
                          .templates = templates,
                          .newsletter = &f->newsletter,
                          .issue = &f->issue,
                          .date = NOW};
    must(build_begin(&build, &err));
    must(build_render(&build, articles, false, html, text, &notes, &err));
    build_end(&build);
    template_set_free(templates);
}

static void the_mail_says_it(void **state)
{
    struct fixture *f = *state;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, text = STRBUF_INIT;
    put(f, source(f, "https://a.example/feed", "Fish & Chips"),
        "https://a.example/1");
    put(f, BY_HAND, "https://b.example/2");
    struct issue_articles all = drafted(f);
    render(f, &all, &html, &text);
    assert_non_null(strstr(strbuf_text(&html), ">Fish &amp; Chips</span>"));
    assert_non_null(strstr(strbuf_text(&html), ">b.example</span>"));
    assert_non_null(strstr(strbuf_text(&text), "Fish & Chips\n"));
}

static void the_mail_says_no_source_of_its_own(void **state)
{
    struct fixture *f = *state;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, text = STRBUF_INIT;
    put(f, source(f, "https://a.example/feed", "WEEKLY"),
        "https://a.example/1");
    put(f, source(f, "https://b.example/feed", "The Example "),
        "https://b.example/2");
    put(f, BY_HAND, "https://site.example/3");
    put(f, BY_HAND, "https://d.example/4");
    struct issue_articles all = drafted(f);
    render(f, &all, &html, &text);
    assert_null(strstr(strbuf_text(&html), "WEEKLY"));
    assert_null(strstr(strbuf_text(&text), "  The Example"));
    assert_null(strstr(strbuf_text(&html), ">site.example<"));
    assert_non_null(strstr(strbuf_text(&html), ">d.example</span>"));
    assert_non_null(strstr(strbuf_text(&text), "d.example\n"));
}

static void an_image_is_as_high_as_its_source_says(void **state)
{
    struct fixture *f = *state;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, text = STRBUF_INIT;
    put_image(f, BY_HAND, "https://b.example/1", "https://b.example/i.png", 400,
              300);
    struct issue_articles all = drafted(f);
    render(f, &all, &html, &text);
    assert_non_null(strstr(strbuf_text(&html), "width=\"400\""));
    assert_non_null(strstr(strbuf_text(&html), "height=\"300\""));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_image_is_as_high_as_its_source_says),
        CASE(one_source_needs_no_name),
        CASE(several_are_named),
        CASE(what_is_removed_keeps_its_name),
        CASE(the_mail_says_it),
        CASE(the_mail_says_no_source_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
