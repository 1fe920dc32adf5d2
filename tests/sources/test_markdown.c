#include "tests/sources/importing.h"

#include "digest/articles/article_edit.h"

#include "digest/base/timetext.h"

#define FRONT "title: A title\ndate: 2026-11-20\nurl: https://a.example/x\n"

#define TOML                                                                   \
    "title = \"A title\"\ndate = 2026-11-20\nurl = 'https://a.example/x'\n"    \
    "views = 7\ntags = ['World', 'Sea']\n"
#define JSON                                                                   \
    "\"title\": \"A\\u0020title\", \"date\": \"2026-11-20\",\n\"url\": "       \
    "\"https:\\/\\/a.example/x\", \"views\": 7, \"draft\": false, \"image\": " \
    "null,"                                                                    \
    "\n\t\"tags\": [\"World\", \"Sea\"]\n"

static void all_fields_of_front_matter_come_in(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md",
               "---\ntitle: \"Eels: a *compass*\"\n"
               "date: 2026-11-20T07:00:00+01:00\n"
               "author: [Ann Lee, {name: Bo Ek}]\n"
               "categories: [World News, Économie]\ntags: [unused]\n"
               "summary: A *short* one.\n"
               "url: https://a.example/eels?utm_source=x&id=7\n"
               "image: {src: /eel.jpg, alt: An eel}\n"
               "lang: en_GB\nviews: 42\nweight: 3\n---\n\n"
               "Two words. [Link](/more)\n");
    import(t, "a.md");
    struct article a = only(t);
    char when[TIME_TEXT_SIZE];
    assert_string_equal(a.title, "Eels: a *compass*");
    assert_string_equal(time_rfc3339(a.published_at, when),
                        "2026-11-20T06:00:00Z");
    assert_int_equal(a.known_at, NOW);
    assert_string_equal(a.author, "Ann Lee, Bo Ek");
    assert_int_equal(a.category_count, 2);
    assert_string_equal(a.categories[0].name, "World News");
    assert_string_equal(a.categories[1].slug, "economie");
    assert_string_equal(a.summary_html, "<p>A <em>short</em> one.</p>\n");
    assert_string_equal(a.url, "https://a.example/eels?id=7");
    assert_string_equal(a.guid, a.url);
    assert_string_equal(a.image_url, "https://a.example/eel.jpg");
    assert_string_equal(a.image_alt, "An eel");
    assert_string_equal(a.language, "en-GB");
    assert_int_equal(a.views, 42);
    assert_int_equal(a.weight, 3);
    assert_int_equal(a.word_count, 3);
    assert_non_null(strstr(a.body_html, "href=\"https://a.example/more\""));
}

static void toml_front_matter_is_read_alike(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md",
               "+++\n# a comment\ntitle = 'Quiet \"volcano\"' # and one\n"
               "date = 2026-11-20T07:00:00Z\nviews = 7\n"
               "url = \"https://a.example/q\\u0041\"\n"
               "authors = [\n  \"Ann\", # first\n  'Bo',\n]\n"
               "[taxonomies]\ncategories = [\"World\", \"Science\"]\n+++\n"
               "Body.\n");
    import(t, "a.md");
    struct article a = only(t);
    assert_string_equal(a.title, "Quiet \"volcano\"");
    assert_string_equal(a.url, "https://a.example/qA");
    assert_string_equal(a.author, "Ann, Bo");
    assert_int_equal(a.views, 7);
    assert_int_equal(a.category_count, 2);
    assert_string_equal(a.categories[1].slug, "science");
}

/* Each is the same article. */
static void the_form_of_front_matter_changes_nothing(void **state)
{
    struct importing *t = *state;
    static const char *const heads[] = {
        "---\n" FRONT "views: 7\ntags: [World, Sea]\n---\n",
        "---\n" FRONT "views: 7\ntags: [World, Sea]\n...\n",
        "\xEF\xBB\xBF---yaml \n" FRONT "views: 7\ntags: [World, Sea]\n---\n",
        "---toml\n" TOML "---\n",
        "+++\n" TOML "+++\n",
        "---json\n{" JSON "}\n---\n",
        ";;;\n" JSON ";;;\n",
        ";;;\n{" JSON "}\n;;;\n",
        "{\n" JSON "}\n\n",
        "{" JSON "}",
        "\xEF\xBB\xBF{\t" JSON "}  \r\n",
    };
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
        write_text(t, "a.md",
                   arena_format(&t->arena, "%s%d *words*.\n...\n---\nx\n",
                                heads[i], (int)i));
        import(t, "a.md");
        struct article a = only(t);
        assert_string_equal(a.title, "A title");
        assert_string_equal(a.url, "https://a.example/x");
        assert_int_equal(a.published_at, 1795132800);
        assert_int_equal(a.views, 7);
        assert_int_equal(a.category_count, 2);
        assert_string_equal(a.categories[1].name, "Sea");
        assert_non_null(
            strstr(a.body_html,
                   arena_format(&t->arena, "%d <em>words</em>.", (int)i)));
        assert_null(strstr(a.body_html, "title"));
    }
}

static void broken_json_is_named_by_its_line(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "{\n\"title\": \"A\",\n\"date\" 3\n}\nText\n");
    write_text(t, "b.md", ";;;\n\"title\": \"A\"\n\"x\": 1\n;;;\nText\n");
    write_text(t, "c.md", "{\"title\": \"A\", \"title\": \"B\"}\nText\n");
    write_text(t, "2026-11-20-d.md", "{% include a %}\n\n{{ \"words\" }}\n");
    import(t, "");
    assert_int_equal(t->report.failed, 4);
    assert_told(t, "a.md:3: JSON front matter: ");
    assert_told(t, "b.md:3: JSON front matter: ");
    assert_told(t, "c.md:1: JSON front matter: ");
    assert_told(t, "2026-11-20-d.md:1: \"d\" isn't a whole address");
}

static void broken_toml_is_named_by_its_line(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "+++\ntitle = \"A\"\ndate 2026\n+++\n");
    write_text(t, "b.md", "+++\ntitle = \"A\ndate = 2026-01-01\n+++\n");
    import(t, "");
    assert_int_equal(t->report.failed, 2);
    assert_told(t, "a.md:3: TOML: a line has to be: key = value");
    assert_told(t, "b.md:2: TOML: a text in quotes has no end");
}

static void a_bad_file_is_named_and_the_rest_come_in(void **state)
{
    struct importing *t = *state;
    write_text(t, "bad.md", "---\ntitle: A\ndate: soon\n---\nText\n");
    write_text(t, "open.md", "---\ntitle: A\n");
    write_text(t, "tab.md", "---\ntitle: A\n\tdate: x\n---\n");
    write_bytes(t, "latin.md", STR("---\n" FRONT "---\nna\xefve\n"));
    write_text(t, "deep/er/good.md", "---\n" FRONT "---\nText\n");
    import(t, "");
    assert_int_equal(t->report.added, 1);
    assert_int_equal(t->report.failed, 4);
    assert_told(t, "bad.md:3: date \"soon\": isn't one");
    assert_told(t, "open.md:1: the front matter has no end");
    assert_told(t, "tab.md:3:");
    assert_told(t, "latin.md:6: isn't UTF-8 (byte 0xEF)");
}

static void drafts_and_posts_to_come_are_left_out_with_a_reason(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "---\n" FRONT "draft: true\n---\n");
    write_text(t, "b.md", "---\n" FRONT "published: false\n---\n");
    write_text(t, "_drafts/c.md", "---\n" FRONT "---\n");
    write_text(t, "d.md",
               "---\ntitle: A\ndate: 2027-01-01\nurl: https://a.example/\n"
               "---\n");
    write_text(t, "_index.md", "---\ntitle: Posts\n---\n");
    write_text(t, "README.md", "# Read me\n");
    import(t, "");
    assert_int_equal(t->report.left_out, 6);
    assert_int_equal(t->report.failed, 0);
    assert_int_equal(all(t).count, 0);
    assert_told(t, "a.md: left out: a draft");
    assert_told(t, "d.md: left out: to be published at 2027-01-01T00:00:00Z");
}

static void the_date_may_stand_in_the_files_name(void **state)
{
    struct importing *t = *state;
    char when[TIME_TEXT_SIZE];
    t->options.base_url = "https://a.example/";
    write_text(t, "_posts/2026-11-20-first-post.md", "---\ntitle: A\n---\n");
    import(t, "");
    struct article a = only(t);
    assert_string_equal(time_rfc3339(a.published_at, when),
                        "2026-11-20T00:00:00Z");
    assert_string_equal(a.url, "https://a.example/first-post");
}

static void without_a_date_the_remedy_is_told(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "---\ntitle: A\nurl: https://a.example/\n---\n");
    import(t, "a.md");
    assert_int_equal(t->report.failed, 1);
    assert_told(t, "a.md:1: has no date; write \"date: 2026-11-20\"");
}

static void the_first_heading_stands_in_for_a_title(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md",
               "---\ndate: 2026-11-20\nurl: https://a.example/\n---\n\n"
               "# The heading #\n\nThe text.\n");
    import(t, "a.md");
    struct article a = only(t);
    assert_string_equal(a.title, "The heading");
    assert_string_equal(a.body_html, "<p>The text.</p>\n");
}

static void a_relative_address_needs_the_sites(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "---\ntitle: A\ndate: 2026-11-20\nslug: eels\n---\n");
    import(t, "a.md");
    assert_told(t, "a.md:4: \"eels\" isn't a whole address");
    t->options.base_url = "https://a.example/blog/";
    import(t, "a.md");
    assert_string_equal(only(t).url, "https://a.example/blog/eels");
}

static void a_page_bundle_takes_its_folders_name(void **state)
{
    struct importing *t = *state;
    t->options.base_url = "https://a.example";
    write_text(t, "posts/eels/index.md",
               "---\ntitle: A\ndate: 2026-11-20\n---\n![Eel](eel.png)\n");
    import(t, "");
    assert_string_equal(only(t).url, "https://a.example/posts/eels");
}

static void importing_again_changes_nothing(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "---\n" FRONT "category: World\n---\nText\n");
    import(t, "");
    t->options.now += 3600;
    import(t, "");
    assert_int_equal(t->report.unchanged, 1);
    assert_int_equal(t->report.added + t->report.changed, 0);
    write_text(t, "a.md", "---\n" FRONT "category: World\n---\nNew text\n");
    import(t, "");
    assert_int_equal(t->report.changed, 1);
    assert_int_equal(t->report.changed_count, 1);
    struct article a = only(t);
    assert_int_equal(a.known_at, NOW);
    assert_int_equal(t->report.changed_ids[0], a.id);
    assert_string_equal(a.body_html, "<p>New text</p>\n");
}

static void a_summary_is_made_of_the_first_sentences(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "---\n" FRONT "---\n## Head\n\nOne. Two & three.\n");
    import(t, "");
    assert_string_equal(only(t).summary_html, "<p>One. Two &amp; three.</p>\n");
}

static void what_stands_before_more_is_the_summary(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "---\n" FRONT "---\nLead.\n\n<!--more-->\n\nRest.\n");
    import(t, "");
    assert_string_equal(only(t).summary_html, "<p>Lead.</p>\n");
}

static void the_bodys_first_image_is_the_image(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md", "---\n" FRONT "---\n![An eel](/eel.png)\n");
    import(t, "");
    assert_string_equal(only(t).image_url, "https://a.example/eel.png");
    assert_string_equal(only(t).image_alt, "An eel");
}

static void a_category_for_all_is_added_once(void **state)
{
    struct importing *t = *state;
    t->options.category = "world";
    write_text(t, "a.md", "---\n" FRONT "categories: World, City\n---\nText\n");
    import(t, "");
    struct article a = only(t);
    assert_int_equal(a.category_count, 2);
    assert_string_equal(a.categories[0].name, "World");
}

static void a_quoted_category_may_hold_a_comma(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md",
               "---\n" FRONT "category: \"Arts, Culture\"\n---\nText\n");
    import(t, "");
    assert_int_equal(only(t).category_count, 1);
    assert_string_equal(only(t).categories[0].name, "Arts, Culture");
}

static void dates_in_words_are_read(void **state)
{
    struct importing *t = *state;
    char when[TIME_TEXT_SIZE];
    write_text(t, "a.md",
               "---\ntitle: A\npubDate: 'Jul 08 2022'\n"
               "url: https://a.example/\n---\n");
    import(t, "");
    assert_string_equal(time_rfc3339(only(t).published_at, when),
                        "2022-07-08T00:00:00Z");
}

static void a_script_url_is_refused(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md",
               "---\ntitle: A\ndate: 2026-11-20\nurl: javascript:alert(1)\n"
               "---\n");
    import(t, "");
    assert_int_equal(t->report.failed, 1);
    assert_told(t, "a.md:4: \"javascript:alert(1)\" isn't a whole address");
}

static void control_characters_dont_get_into_a_title(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md",
               "---\ntitle: \"A\\x02slot\\x03\\nBcc: x\"\ndate: 2026-11-20\n"
               "url: https://a.example/\n---\n\x02x\x03\n");
    import(t, "");
    assert_string_equal(only(t).title, "Aslot Bcc: x");
    assert_string_equal(only(t).body_html, "<p>x</p>\n");
}

static void a_missing_file_is_not_found(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    assert_false(
        import_path(t->db, "/nowhere/a.md", &t->options, &t->report, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void what_an_editor_wrote_stays_through_imports(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    static const char *const categories[] = {"Arts: new", "World"};
    struct article_edit edit = {.title = "Rewritten\nin one line",
                                .summary = "My **own** words.",
                                .categories = categories,
                                .category_count = 2};
    static const char post[] = "---\ntitle: %s\ndate: 2026-11-20\n"
                               "category: Science\nauthor: Ann\n"
                               "url: https://a.example/1\n---\nText.\n";
    write_text(t, "a.md", arena_format(&t->arena, post, "First"));
    import(t, "");
    int64_t id = only(t).id;
    assert_true(article_edit(t->db, id, &edit, NOW, &err));
    write_text(t, "a.md", arena_format(&t->arena, post, "Second"));
    import(t, "");
    assert_int_equal(t->report.unchanged, 1);
    struct article a = only(t);
    assert_string_equal(a.title, "Rewritten in one line");
    assert_string_equal(a.author, "Ann");
    assert_string_equal(a.summary_html,
                        "<p>My <strong>own</strong> words.</p>\n");
    assert_int_equal(a.category_count, 2);
    assert_string_equal(a.categories[0].slug, "arts-new");
    assert_true(article_edit(
        t->db, id, &(struct article_edit){.as_imported = true}, NOW, &err));
    import(t, "");
    assert_string_equal(only(t).title, "Second");
    assert_string_equal(only(t).categories[0].name, "Science");
}

static void an_edit_that_cant_stand_changes_nothing(void **state)
{
    struct importing *t = *state;
    struct err err = {0};
    write_text(t, "a.md",
               "---\ntitle: A\ndate: 2026-11-20\n"
               "url: https://a.example/1\n---\nText.\n");
    import(t, "");
    int64_t id = only(t).id;
    struct article_edit bad[] = {
        {.title = " "},
        {.title = "New", .image_url = "javascript:x"},
        {.title = "New", .weight = "heavy"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_false(article_edit(t->db, id, &bad[i], NOW, &err));
        assert_int_equal(err.kind, ERR_USAGE);
        assert_string_equal(only(t).title, "A");
    }
    assert_true(article_withdraw(t->db, id, NOW, &err));
    assert_false(article_edit(t->db, id, &(struct article_edit){.title = "B"},
                              NOW, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

static void two_files_with_one_address_are_told_and_keep_still(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md",
               "---\ntitle: A\ndate: 2026-11-20\n"
               "url: https://a.example/same\n---\nFirst.\n");
    write_text(t, "b.md",
               "---\ntitle: B\ndate: 2026-11-21\n"
               "url: https://a.example/same\n---\nSecond.\n");
    import(t, "");
    assert_int_equal(t->report.added, 1);
    assert_int_equal(t->report.failed, 1);
    assert_told(t, "/b.md:1: has the url of ");
    assert_string_equal(only(t).title, "A");
    import(t, "");
    assert_int_equal(t->report.unchanged, 1);
    assert_int_equal(t->report.changed, 0);
    assert_string_equal(only(t).title, "A");
}

static void a_draft_with_the_address_of_an_article_leaves_it_be(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.md",
               "---\ntitle: A\ndate: 2026-11-20\ndraft: true\n"
               "url: https://a.example/same\n---\nTo come.\n");
    write_text(t, "b.md",
               "---\ntitle: B\ndate: 2026-11-20\n"
               "url: https://a.example/same\n---\nOut.\n");
    import(t, "");
    import(t, "");
    assert_int_equal(t->report.unchanged, 1);
    assert_int_equal(t->report.withdrawn_count, 0);
    assert_string_equal(only(t).title, "B");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_an_editor_wrote_stays_through_imports),
        TEST(an_edit_that_cant_stand_changes_nothing),
        TEST(two_files_with_one_address_are_told_and_keep_still),
        TEST(a_draft_with_the_address_of_an_article_leaves_it_be),
        TEST(all_fields_of_front_matter_come_in),
        TEST(toml_front_matter_is_read_alike),
        TEST(the_form_of_front_matter_changes_nothing),
        TEST(broken_json_is_named_by_its_line),
        TEST(broken_toml_is_named_by_its_line),
        TEST(a_bad_file_is_named_and_the_rest_come_in),
        TEST(drafts_and_posts_to_come_are_left_out_with_a_reason),
        TEST(the_date_may_stand_in_the_files_name),
        TEST(without_a_date_the_remedy_is_told),
        TEST(the_first_heading_stands_in_for_a_title),
        TEST(a_relative_address_needs_the_sites),
        TEST(a_page_bundle_takes_its_folders_name),
        TEST(importing_again_changes_nothing),
        TEST(a_summary_is_made_of_the_first_sentences),
        TEST(what_stands_before_more_is_the_summary),
        TEST(the_bodys_first_image_is_the_image),
        TEST(a_category_for_all_is_added_once),
        TEST(a_quoted_category_may_hold_a_comma),
        TEST(dates_in_words_are_read),
        TEST(a_script_url_is_refused),
        TEST(control_characters_dont_get_into_a_title),
        TEST(a_missing_file_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
