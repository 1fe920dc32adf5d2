#include "tests/sources/importing.h"

#include "digest/base/timetext.h"

#define RSS(inner)                                                             \
    "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" "                           \
    "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "              \
    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "                           \
    "xmlns:media=\"http://search.yahoo.com/mrss/\">"                           \
    "<channel><title>T</title><link>https://a.example/</link>"                 \
    "<language>en-gb</language>\n" inner "</channel></rss>"
#define ITEM "<title>A</title><link>https://a.example/x</link>"

static void an_rss_item_with_extensions_comes_in(void **state)
{
    struct importing *t = *state;
    char when[TIME_TEXT_SIZE];
    write_text(
        t, "a.xml",
        RSS("<item><title>Fish &amp;amp; chips: &lt;em&gt;now&lt;/em&gt;"
            "</title><link>https://a.example/x?utm_medium=rss&amp;p=1</link>"
            "<guid isPermaLink=\"false\">tag:1</guid>"
            "<pubDate>Fri, 20 Nov 2026 07:00:00 +0100</pubDate>"
            "<dc:creator><![CDATA[Ann Lee]]></dc:creator>"
            "<category domain=\"x\">World</category><category>City</category>"
            "<description>Short.</description>"
            "<content:encoded><![CDATA[<p>Long <b>text</b>"
            "<script>x()</script> <a href=\"/y\">y</a></p>]]>"
            "</content:encoded>"
            "<media:content url=\"https://a.example/i.jpg\" medium=\"image\"/>"
            "</item>"));
    import(t, "a.xml");
    struct article a = only(t);
    assert_string_equal(a.title, "Fish & chips: now");
    assert_string_equal(a.url, "https://a.example/x?p=1");
    assert_string_equal(a.guid, "tag:1");
    assert_string_equal(time_rfc3339(a.published_at, when),
                        "2026-11-20T06:00:00Z");
    assert_string_equal(a.author, "Ann Lee");
    assert_string_equal(a.language, "en-gb");
    assert_int_equal(a.category_count, 2);
    assert_string_equal(a.categories[0].slug, "world");
    assert_string_equal(a.summary_html, "<p>Short.</p>\n");
    assert_string_equal(a.body_html,
                        "<p>Long <strong>text</strong> "
                        "<a href=\"https://a.example/y\">y</a></p>\n");
    assert_string_equal(a.image_url, "https://a.example/i.jpg");
}

static void an_atom_entry_comes_in(void **state)
{
    struct importing *t = *state;
    char when[TIME_TEXT_SIZE];
    write_text(t, "a.xml",
               "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"de\" "
               "xml:base=\"https://a.example/blog/\"><title>T</title>"
               "<author><name>Feed</name></author>"
               "<entry><title type=\"text\">A &lt;b&gt; title</title>"
               "<link rel=\"self\" href=\"self\"/><link href=\"x\"/>"
               "<id>urn:1</id><updated>2026-11-21T00:00:00Z</updated>"
               "<published>2026-11-20T07:00:00Z</published>"
               "<category term=\"w\" label=\"World\"/>"
               "<content type=\"xhtml\"><div "
               "xmlns=\"http://www.w3.org/1999/xhtml\"><p>One<br/>two "
               "<img src=\"i.png\" alt=\"I\"/></p></div></content>"
               "</entry></feed>");
    import(t, "a.xml");
    struct article a = only(t);
    assert_string_equal(a.title, "A <b> title");
    assert_string_equal(a.url, "https://a.example/blog/x");
    assert_string_equal(a.guid, "urn:1");
    assert_string_equal(a.author, "Feed");
    assert_string_equal(a.language, "de");
    assert_string_equal(time_rfc3339(a.published_at, when),
                        "2026-11-20T07:00:00Z");
    assert_string_equal(a.categories[0].name, "World");
    assert_string_equal(a.image_url, "https://a.example/blog/i.png");
    assert_non_null(strstr(a.body_html, "One<br />\ntwo"));
}

static void half_a_surrogate_pair_costs_one_character(void **state)
{
    struct importing *t = *state;
    write_text(t, "h.json",
               "{\"version\": \"https://jsonfeed.org/version/1\", \"items\": ["
               "{\"id\": \"1\", \"url\": \"https://a.example/1\", "
               "\"title\": \"\\ud83c\\udf09 A bridge \\udf09\\uD83C! "
               "\\\\ud83c\"}]}");
    import(t, "h.json");
    assert_string_equal(only(t).title,
                        "🌉 A bridge \xEF\xBF\xBD\xEF\xBF\xBD! \\ud83c");
}

static void halves_by_their_numbers_are_put_together(void **state)
{
    struct importing *t = *state;
    write_text(t, "h.xml",
               RSS("<item><title>&#55356;&#57097; &#xD83C;!</title>"
                   "<link>https://a.example/x</link><description>"
                   "&lt;p&gt;&amp;#xD83C;&amp;#xDF09;&lt;/p&gt;"
                   "</description></item>"));
    import(t, "h.xml");
    assert_string_equal(only(t).title, "🌉 \xEF\xBF\xBD!");
    assert_string_equal(only(t).body_html, "<p>🌉</p>\n");
}

static void names_of_characters_are_read_in_xml(void **state)
{
    struct importing *t = *state;
    write_text(t, "n.xml",
               "<rss version='2.0'><channel><item><title>Tea&colon; &frac78; "
               "&amp;hearts; &nosuch;</title><link>https://a.example/1</link>"
               "<description>a &amp;star; &lt;b&gt;&star;&lt;/b&gt; "
               "&CirclePlus;</description></item></channel></rss>");
    import(t, "n.xml");
    assert_string_equal(only(t).title, "Tea: ⅞ ♥ &nosuch;");
    assert_string_equal(only(t).body_html, "<p>a ☆ <strong>☆</strong> ⊕</p>\n");
}

/* One item or entry: what its address and the link in its text become. */
static void assert_links(struct importing *t, const char *name,
                         const char *text, const char *url, const char *link)
{
    struct err err = {0};
    struct article article = {.body_html = ""};
    write_text(t, name, text);
    import(t, name);
    struct article_list list = all(t);
    for (size_t i = 0; i < list.count; i++)
        if (strcmp(list.items[i].title, name) == 0)
            assert_true(article_get(t->db, list.items[i].id, &t->arena,
                                    &article, &err));
    if (!article.id)
        fail_msg("%s isn't there; told: %s", name, strbuf_text(&t->told));
    assert_string_equal(article.url, url);
    if (!strstr(article.body_html, link))
        fail_msg("%s: no %s in %s", name, link, article.body_html);
}

#define ATOM_ENTRY(more)                                                       \
    "<entry><id>1</id><updated>2026-11-20T10:00:00Z"                           \
    "</updated>" more "</entry></feed>"

static void relative_links_are_as_from_the_site(void **state)
{
    struct importing *t = *state;
    assert_links(t, "channel",
                 "<rss version='2.0'><channel><title>B</title>"
                 "<link>https://one.example/blog/</link><item>"
                 "<title>channel</title><link>2026/tide</link><description>"
                 "&lt;a href='../map'&gt;m&lt;/a&gt;</description></item>"
                 "</channel></rss>",
                 "https://one.example/blog/2026/tide",
                 "\"https://one.example/map\"");
    assert_links(t, "base",
                 "<rss version='2.0'><channel xml:base='https://two.example/'>"
                 "<link>https://one.example/</link><item xml:base='/news/'>"
                 "<title>base</title><link>tide</link><description>"
                 "&lt;a href='map'&gt;m&lt;/a&gt;</description></item>"
                 "</channel></rss>",
                 "https://two.example/news/tide",
                 "\"https://two.example/news/map\"");
    assert_links(t, "atom",
                 "<feed xmlns='http://www.w3.org/2005/Atom'>"
                 "<link rel='self' href='https://feeds.example/a'/>"
                 "<link href='https://three.example/'/>" ATOM_ENTRY(
                     "<title>atom</title><link href='/tide'/>"
                     "<content type='html'>&lt;a href='map'&gt;m&lt;/a&gt;"
                     "</content>"),
                 "https://three.example/tide", "\"https://three.example/map\"");
    assert_links(t, "xhtml",
                 "<feed xmlns='http://www.w3.org/2005/Atom' "
                 "xml:base='https://four.example/'>" ATOM_ENTRY(
                     "<title>xhtml</title><link href='tide'/>"
                     "<content type='xhtml' xml:base='blog/'>"
                     "<div xmlns='http://www.w3.org/1999/xhtml'>"
                     "<a href='map'>m</a> <p xml:base='deep/'>"
                     "<a href='chart'>c</a></p></div></content>"),
                 "https://four.example/tide",
                 "<a href=\"https://four.example/blog/map\">m</a></p>\n<p><a "
                 "href=\"https://four.example/blog/deep/chart\"");
    assert_links(t, "sets",
                 "<feed xmlns='http://www.w3.org/2005/Atom' "
                 "xml:base='https://six.example/'>" ATOM_ENTRY(
                     "<title>sets</title><link href='tide'/>"
                     "<content type='xhtml'>"
                     "<div xmlns='http://www.w3.org/1999/xhtml'>"
                     "<p xml:base='deep/'><img src='a.jpg' srcset='"
                     "a-600.jpg 600w,a-1200.jpg 1200w'/></p></div></content>"),
                 "https://six.example/tide",
                 "src=\"https://six.example/deep/a-1200.jpg\"");
    assert_links(t, "json",
                 "{\"version\": \"https://jsonfeed.org/version/1\", "
                 "\"home_page_url\": \"https://five.example/x/\", \"items\": "
                 "[{\"id\": \"1\", \"url\": \"tide\", \"title\": \"json\", "
                 "\"content_html\": \"<a href='/map'>m</a>\"}]}",
                 "https://five.example/x/tide", "\"https://five.example/map\"");
}

static void relations_are_read_in_any_case_and_as_addresses(void **state)
{
    struct importing *t = *state;
    assert_links(t, "iana",
                 "<feed xmlns='https://www.w3.org/2005/Atom/'>" ATOM_ENTRY(
                     "<title>iana</title><link rel='"
                     "http://www.iana.org/assignments/relation/replies' "
                     "href='https://a.example/comments'/><link rel='"
                     "http://www.iana.org/assignments/relation/alternate' "
                     "type='Text/HTML' href='https://a.example/iana'/>"
                     "<content>x</content>"),
                 "https://a.example/iana", "x");
    assert_links(t, "registry",
                 "<feed xmlns='http://www.w3.org/2005/Atom'>" ATOM_ENTRY(
                     "<title>registry</title><link rel='"
                     "https://www.iana.org/assignments/link-relations/"
                     "alternate' href='https://a.example/registry'/>"
                     "<content>x</content>"),
                 "https://a.example/registry", "x");
    assert_links(t, "case",
                 "<feed xmlns='http://www.w3.org/2005/Atom'>" ATOM_ENTRY(
                     "<title>case</title><link rel='SELF' "
                     "href='https://a.example/self'/><link rel='Alternate' "
                     "href='https://a.example/case'/><content>x</content>"),
                 "https://a.example/case", "x");
}

static void a_text_of_atom_is_text(void **state)
{
    struct importing *t = *state;
    assert_links(t, "text",
                 "<feed xmlns='http://www.w3.org/2005/Atom'>" ATOM_ENTRY(
                     "<title>text</title><link href='https://a.example/t'/>"
                     "<content type='TEXT'>&lt;i&gt; &amp;eacute; "
                     "&lt;/i&gt;</content>"),
                 "https://a.example/t", "&lt;i&gt; &amp;eacute; &lt;/i&gt;");
}

static void rss_is_read_in_whatever_namespace(void **state)
{
    struct importing *t = *state;
    assert_links(t, "root",
                 "<rss version='2.0' xmlns='http://www.w3.org/2005/Atom'>"
                 "<channel><link>https://a.example/</link><item>"
                 "<title>root</title><guid>https://a.example/root</guid>"
                 "<pubDate>Fri, 20 Nov 2026 07:00:00 GMT</pubDate>"
                 "<description>&lt;b&gt;x&lt;/b&gt;</description></item>"
                 "</channel></rss>",
                 "https://a.example/root", "<strong>x</strong>");
    assert_links(t, "middle",
                 "<rss version='2.0'><channel xmlns='urn:example:own'>"
                 "<item><title>middle</title><link>https://a.example/middle"
                 "</link><link xmlns='http://www.w3.org/2005/Atom' "
                 "rel='self' href='https://a.example/no'/>"
                 "<description>x</description></item></channel></rss>",
                 "https://a.example/middle", "x");
    assert_links(t, "own",
                 "<feed xmlns='urn:example:atom'>" ATOM_ENTRY(
                     "<title>own</title><link href='https://a.example/own'/>"
                     "<content type='html'>&lt;b&gt;x&lt;/b&gt;</content>"),
                 "https://a.example/own", "<strong>x</strong>");
}

static void a_feed_without_items_says_so(void **state)
{
    struct importing *t = *state;
    write_text(t, "e.xml",
               "<rss version='2.0'><channel><title>E</title>"
               "</channel></rss>");
    import(t, "e.xml");
    assert_told(t, "e.xml: has no items");
    write_text(t, "e.json",
               "{\"version\": \"https://jsonfeed.org/version/1\", "
               "\"items\": []}");
    import(t, "e.json");
    assert_told(t, "e.json: has no items");
}

static void a_json_feed_comes_in(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.json",
               "{\"version\": \"https://jsonfeed.org/version/1.1\", "
               "\"title\": \"T\", \"language\": \"fr\", "
               "\"authors\": [{\"name\": \"Ann\"}], \"items\": [{\"id\": 7, "
               "\"url\": \"https://a.example/x\", \"title\": \"A\", "
               "\"content_html\": \"<p>Text</p>\", \"summary\": \"S & T\", "
               "\"image\": \"https://a.example/i.png\", "
               "\"date_published\": \"2026-11-20T07:00:00Z\", "
               "\"tags\": [\"World\"]}]}");
    import(t, "a.json");
    struct article a = only(t);
    assert_string_equal(a.guid, "a.example 7");
    assert_string_equal(a.author, "Ann");
    assert_string_equal(a.language, "fr");
    assert_string_equal(a.summary_html, "<p>S &amp; T</p>\n");
    assert_string_equal(a.categories[0].slug, "world");
}

static void rss_1_0_has_its_items_beside_the_channel(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.rdf",
               "<rdf:RDF "
               "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
               "xmlns=\"http://purl.org/rss/1.0/\" "
               "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
               "<channel><title>T</title><link>https://a.example/</link>"
               "</channel><item rdf:about=\"https://a.example/x\">" ITEM
               "<dc:date>2026-11-20T07:00+01:00</dc:date></item></rdf:RDF>");
    import(t, "a.rdf");
    assert_string_equal(only(t).url, "https://a.example/x");
}

static void importing_again_changes_nothing_even_without_dates(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml", RSS("<item>" ITEM "</item>"));
    import(t, "");
    t->options.now += 3600;
    import(t, "");
    assert_int_equal(t->report.unchanged, 1);
    assert_int_equal(only(t).published_at, NOW);
}

static void charsets_are_told_by_declaration_and_by_looking(void **state)
{
    struct importing *t = *state;
    write_bytes(t, "a.xml",
                STR("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><rss>"
                    "<channel><item><title>na\xefve \x93q\x94</title>"
                    "<link>https://a.example/1</link></item></channel></rss>"));
    write_bytes(t, "b.xml",
                STR("\xFF\xFE<\0r\0s\0s\0>\0<\0i\0t\0e\0m\0>\0<\0t\0i\0t\0l\0"
                    "e\0>\0\xe9\0<\0/\0t\0i\0t\0l\0e\0>\0<\0l\0i\0n\0k\0>\0"
                    "h\0t\0t\0p\0:\0/\0/\0b\0.\0e\0/\0<\0/\0l\0i\0n\0k\0>\0<\0"
                    "/\0i\0t\0e\0m\0>\0<\0/\0r\0s\0s\0>\0"));
    import(t, "a.xml");
    assert_string_equal(only(t).title, "naïve “q”");
    import(t, "b.xml");
    assert_int_equal(t->report.added, 1);
    struct article_list list = all(t);
    assert_string_equal(list.items[0].title[0] == 'n' ? list.items[1].title
                                                      : list.items[0].title,
                        "é");
}

static void what_is_ill_formed_is_read_as_far_as_it_can_be(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               RSS("<item><title>Fish & chips&nbsp;&eacute; 3 < 4</title>"
                   "<link>https://a.example/x?a=1&b=2</link></item>"));
    import(t, "a.xml");
    assert_string_equal(only(t).title, "Fish & chips\u00A0é 3 < 4");
    assert_string_equal(only(t).url, "https://a.example/x?a=1&b=2");
}

static void the_line_that_blogs_add_is_left_away(void **state)
{
    struct importing *t = *state;
    write_text(
        t, "a.xml",
        RSS("<item><title>T</title><link>https://www.a.example/2026/t/</link>"
            "<description><![CDATA[<p>A start that is cut [&#8230;]</p>\n"
            "<p>Der Beitrag <a href=\"https://www.a.example/2026/t/\">T</a> "
            "erschien zuerst auf <a href=\"https://a.example\">A</a>.</p>]]>"
            "</description><content:encoded xmlns:content='http://purl.org/"
            "rss/1.0/modules/content/'><![CDATA[<p>All of the text. And "
            "<a href='https://a.example/'>more</a>.</p>\n"
            "<p>The post <a href=\"https://www.a.example/2026/t/?utm_source=r"
            "\">T</a> appeared first on <a href=\"https://www.a.example/\">"
            "A</a>.</p>]]></content:encoded></item>"));
    import(t, "a.xml");
    struct article a = only(t);
    assert_string_equal(a.body_html, "<p>All of the text. And <a href="
                                     "\"https://a.example/\">more</a>.</p>\n");
    assert_string_equal(a.summary_html, "<p>All of the text. And more.</p>\n");
}

static void half_a_document_gives_its_whole_entries(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               "<rss><channel>\n<item>" ITEM "</item>\n<item><title>Ha");
    import(t, "a.xml");
    assert_int_equal(t->report.added, 1);
    assert_int_equal(t->report.failed, 1);
    assert_told(t, "a.xml:3: the feed is broken here");
    assert_string_equal(only(t).title, "A");
}

static void a_small_feed_that_is_broken_is_read_all_the_same(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml", "<rss><channel><item>" ITEM "</item></chan></rss>");
    import(t, "a.xml");
    assert_int_equal(t->report.failed, 0);
    assert_string_equal(only(t).title, "A");
}

static void one_guid_for_two_addresses_is_two_articles(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               RSS("<item>" ITEM "<guid isPermaLink=\"false\">1</guid></item>"
                   "<item><title>B</title><link>https://a.example/y</link>"
                   "<guid isPermaLink=\"false\">1</guid></item>"));
    import(t, "a.xml");
    assert_int_equal(t->report.added, 2);
    import(t, "a.xml");
    assert_int_equal(t->report.unchanged, 2);
}

static void one_without_a_guid_takes_no_others_place(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               RSS("<item>" ITEM "<guid>https://a.example/?p=1</guid></item>"
                   "<item><title>B</title><link>https://a.example/x</link>"
                   "</item>"));
    import(t, "a.xml");
    assert_int_equal(t->report.added, 2);
    import(t, "a.xml");
    assert_int_equal(t->report.unchanged, 2);
}

static void short_guids_of_two_sites_dont_meet(void **state)
{
    struct importing *t = *state;
    write_text(
        t, "a.xml",
        RSS("<item>" ITEM "<guid isPermaLink=\"false\">1</guid></item>"));
    write_text(t, "b.xml",
               RSS("<item><title>B</title><link>https://b.example/</link>"
                   "<guid isPermaLink=\"false\">1</guid></item>"));
    import(t, "");
    assert_int_equal(t->report.added, 2);
    import(t, "");
    assert_int_equal(t->report.unchanged, 2);
}

static void an_entity_bomb_is_not_expanded(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               "<!DOCTYPE rss [<!ENTITY a \"lol\"><!ENTITY b "
               "\"&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>"
               "<rss><channel><item><title>A&b;&c;</title>"
               "<link>https://a.example/x</link></item></channel></rss>");
    import(t, "a.xml");
    assert_string_equal(only(t).title, "A&b;&c;");
}

static void what_isnt_a_feed_is_named(void **state)
{
    struct importing *t = *state;
    t->options.kind = source_kind_find("feed");
    write_text(t, "a.xml", "<html><body>x</body></html>");
    write_text(t, "b.xml", "");
    write_text(t, "c.json", "{\"items\": [\n}");
    write_text(t, "d.xml", "plain words");
    import(t, "");
    assert_int_equal(t->report.failed, 4);
    assert_told(t, "a.xml:1: isn't a feed");
    assert_told(t, "b.xml:1: isn't a feed");
    assert_told(t, "c.json:2: isn't JSON");
    assert_told(t, "d.xml:1: isn't a feed");
}

static void a_giant_title_is_cut(void **state)
{
    struct importing *t = *state;
    OWNED(strbuf_free) struct strbuf xml = STRBUF_INIT;
    strbuf_add_text(&xml, "<rss><channel><item><link>https://a.example/</link>"
                          "<title>");
    for (int i = 0; i < 500000; i++)
        strbuf_add_text(&xml, "word ");
    strbuf_add_text(&xml, "</title></item></channel></rss>");
    write_bytes(t, "a.xml", strbuf_str(&xml));
    import(t, "a.xml");
    assert_true(strlen(only(t).title) <= 503);
}

static void add_long(struct strbuf *xml, const char *id, const char *begins,
                     const char *piece, int times, const char *ends)
{
    strbuf_add_format(xml,
                      "<item><title>%s</title><link>https://a.example/%s</link>"
                      "<content:encoded>%s",
                      id, id, begins);
    for (int i = 0; i < times; i++)
        strbuf_add_text(xml, piece);
    strbuf_add_format(xml, "END%s</content:encoded></item>", ends);
}

/* Whole, it would hold everything up for many seconds. */
static void a_giant_text_is_cut_and_the_others_stay_whole(void **state)
{
    struct importing *t = *state;
    OWNED(strbuf_free) struct strbuf xml = STRBUF_INIT;
    strbuf_add_text(&xml, "<rss xmlns:content=\"http://purl.org/rss/1.0/"
                          "modules/content/\"><channel>");
    add_long(&xml, "data", "<![CDATA[x", "\u00e9", 300000, "]]>");
    add_long(&xml, "entities", "", "&amp;", 120000, "");
    add_long(&xml, "short", "<![CDATA[", "<b>b</b>", 1, "]]>");
    strbuf_add_text(&xml, "</channel></rss>");
    write_bytes(t, "a.xml", strbuf_str(&xml));
    import(t, "a.xml");
    assert_int_equal(t->report.failed, 0);
    struct article_list list = all(t);
    assert_int_equal(list.count, 3);
    for (size_t i = 0; i < list.count; i++) {
        struct err err = {0};
        struct article a;
        bool is_short = strcmp(list.items[i].title, "short") == 0;
        assert_true(article_get(t->db, list.items[i].id, &t->arena, &a, &err));
        assert_true(strlen(a.body_html) > (is_short ? 10 : 400000));
        assert_int_equal(strstr(a.body_html, "END") != NULL, is_short);
    }
}

static void an_address_is_not_an_author(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               RSS("<item>" ITEM "<author>me@a.example (Ann Lee)</author>"
                   "</item><item><title>B</title>"
                   "<link>https://a.example/y</link>"
                   "<author>me@a.example</author></item>"));
    import(t, "a.xml");
    struct article_list list = all(t);
    assert_string_equal(list.items[1].author, "Ann Lee");
    assert_string_equal(list.items[0].author, "");
}

static void an_entry_without_anything_to_go_by_fails_alone(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               RSS("<item><description></description></item>\n"
                   "<item><title>No link</title></item>\n"
                   "<item>" ITEM "</item>"));
    import(t, "a.xml");
    assert_int_equal(t->report.added, 1);
    assert_int_equal(t->report.failed, 2);
    assert_told(t, "a.xml:3: has neither a title nor text");
    assert_told(t, "a.xml:4: has no url");
}

static void a_date_to_come_is_taken_for_now(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               RSS("<item>" ITEM
                   "<pubDate>Mon, 01 Jan 2096 00:00:00 GMT</pubDate></item>"));
    import(t, "a.xml");
    assert_int_equal(only(t).published_at, NOW);
}

static void undeclared_prefixes_are_understood(void **state)
{
    struct importing *t = *state;
    write_text(t, "a.xml",
               "<rss><channel><item>" ITEM
               "<dc:creator>Ann</dc:creator></item></channel></rss>");
    import(t, "a.xml");
    assert_string_equal(only(t).author, "Ann");
}

static void assert_image(struct importing *t, const char *elements,
                         const char *url, unsigned width, unsigned height)
{
    OWNED(mem_free)
    char *text = mem_format(RSS("<item>" ITEM "%s</item>"), elements);
    write_text(t, "a.xml", text);
    import(t, "a.xml");
    struct article a = only(t);
    assert_string_equal(a.image_url, url);
    assert_int_equal(a.image_width, width);
    assert_int_equal(a.image_height, height);
}

#define MEDIA(element, name, more)                                             \
    "<media:" element " url=\"https://a.example/" name ".jpg\" " more "/>"

static void an_image_is_as_large_as_its_element_says(void **state)
{
    struct importing *t = *state;
    assert_image(t, MEDIA("thumbnail", "t", "width=\"75\" height=\"50px\""),
                 "https://a.example/t.jpg", 75, 50);
    assert_image(t,
                 MEDIA("thumbnail", "t", "width=\"75\" height=\"50\"")
                     MEDIA("content", "c", "width=\"1200\" height=\"800\""),
                 "https://a.example/c.jpg", 1200, 800);
    assert_image(t,
                 MEDIA("thumbnail", "u", "width=\"75\" height=\"50\"")
                     MEDIA("content", "d", "width=\"100%\" height=\"-4\""),
                 "https://a.example/d.jpg", 0, 0);
    assert_image(t, MEDIA("content", "e", "width=\"99999999999999999999\""),
                 "https://a.example/e.jpg", 0, 0);
}

/* An item's elements, and the image that is put together from them. */
static const struct whole {
    const char *elements, *url, *alt;
    unsigned width, height;
} wholes[] = {
    /* the body's words and size, for the picture that the element names */
    {"<media:content url='https://a.example/p.jpg' medium='image'/>"
     "<content:encoded>&lt;p>&lt;img src='/p.jpg' alt='A boat' width='800' "
     "height='600'>&lt;/p></content:encoded>",
     "p.jpg", "A boat", 800, 600},
    {"<media:content url='https://a.example/p.jpg' medium='image'/>"
     "<content:encoded>&lt;img src='/p-800x600.jpg' alt='A boat'>"
     "</content:encoded>",
     "p.jpg", "A boat", 800, 600},
    /* of copies the one that fits */
    {"<media:thumbnail url='https://a.example/p-150x150.jpg'/>"
     "<content:encoded>&lt;img src='/p-300x200.jpg' srcset='/p-300x200.jpg "
     "300w, /p-1536x1024.jpg 1536w, /p.jpg 4000w' alt='A boat'>"
     "</content:encoded>",
     "p-1536x1024.jpg", "A boat", 1536, 1024},
    {"<media:group><media:content url='https://a.example/1.jpg' width='140' "
     "height='70'/><media:content url='https://a.example/2.jpg' width='1200' "
     "height='600'/><media:content url='https://a.example/3.jpg' width='2400' "
     "height='1200'/><media:description>A &lt;b>boat&lt;/b></media:description>"
     "</media:group>",
     "2.jpg", "A boat", 1200, 600},
    {"<media:content url='https://a.example/g.jpg?width=140' width='140' "
     "height='84'/><media:content url='https://a.example/g.jpg?width=700' "
     "width='700' height='420'><media:description>A boat</media:description>"
     "</media:content>",
     "g.jpg?width=700", "A boat", 700, 420},
    /* what describes it, inside and beside */
    {"<media:content url='https://a.example/p.jpg' medium='image'>"
     "<media:description type='plain'>A boat</media:description>"
     "</media:content>",
     "p.jpg", "A boat", 0, 0},
    {"<media:content url='https://a.example/p.jpg' medium='image' width='900' "
     "height='600'/><media:description>A boat</media:description>",
     "p.jpg", "A boat", 900, 600},
    {"<media:content url='https://a.example/r.jpg' medium='image'>"
     "<media:description>In the harbour</media:description></media:content>"
     "<content:encoded>&lt;img src='/r.jpg' alt='A boat'></content:encoded>",
     "r.jpg", "A boat", 0, 0},
    /* what isn't of it */
    {"<media:content url='https://a.example/p.jpg' medium='image'/>"
     "<content:encoded>&lt;img src='/q.jpg' alt='A gull' width='800' "
     "height='600'></content:encoded>",
     "p.jpg", "", 0, 0},
    {"<media:group><media:content url='https://a.example/v' type='video/mp4'/>"
     "<media:thumbnail url='https://a.example/t.jpg'/><media:description>All "
     "about the film</media:description></media:group>",
     "t.jpg", "", 0, 0},
    {"<media:content url='https://1.gravatar.com/avatar/a?s=96' "
     "medium='image'/><media:content url='https://a.example/p.jpg' "
     "medium='image'/>",
     "p.jpg", "", 0, 0},
    /* no logo where there is a picture */
    {"<content:encoded>&lt;img src='/l.png' width='80' height='80' alt='Logo'>"
     "&lt;img src='/p.jpg' alt='A boat'></content:encoded>",
     "p.jpg", "A boat", 0, 0},
    {"<content:encoded>&lt;img src='/l.png' width='80' height='40' alt='Logo'>"
     "</content:encoded>",
     "l.png", "Logo", 80, 40},
};

static void an_image_is_put_together_from_all_that_is_said(void **state)
{
    struct importing *t = *state;
    for (size_t i = 0; i < ARRAY_SIZE(wholes); i++) {
        const struct whole *w = &wholes[i];
        OWNED(mem_free)
        char *text = mem_format(RSS("<item>" ITEM "%s</item>"), w->elements);
        write_text(t, "a.xml", text);
        import(t, "a.xml");
        struct article a = only(t);
        const char *url =
            arena_format(&t->arena, "https://a.example/%s", w->url);
        if (strcmp(a.image_url, url) != 0 || strcmp(a.image_alt, w->alt) != 0 ||
            a.image_width != w->width || a.image_height != w->height)
            fail_msg("%zu: %s \"%s\" %ux%u", i, a.image_url, a.image_alt,
                     a.image_width, a.image_height);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_giant_text_is_cut_and_the_others_stay_whole),
        TEST(an_image_is_as_large_as_its_element_says),
        TEST(an_image_is_put_together_from_all_that_is_said),
        TEST(the_line_that_blogs_add_is_left_away),
        TEST(an_rss_item_with_extensions_comes_in),
        TEST(an_atom_entry_comes_in),
        TEST(a_json_feed_comes_in),
        TEST(relative_links_are_as_from_the_site),
        TEST(relations_are_read_in_any_case_and_as_addresses),
        TEST(a_text_of_atom_is_text),
        TEST(rss_is_read_in_whatever_namespace),
        TEST(a_feed_without_items_says_so),
        TEST(half_a_surrogate_pair_costs_one_character),
        TEST(halves_by_their_numbers_are_put_together),
        TEST(names_of_characters_are_read_in_xml),
        TEST(rss_1_0_has_its_items_beside_the_channel),
        TEST(importing_again_changes_nothing_even_without_dates),
        TEST(charsets_are_told_by_declaration_and_by_looking),
        TEST(what_is_ill_formed_is_read_as_far_as_it_can_be),
        TEST(half_a_document_gives_its_whole_entries),
        TEST(a_small_feed_that_is_broken_is_read_all_the_same),
        TEST(one_guid_for_two_addresses_is_two_articles),
        TEST(one_without_a_guid_takes_no_others_place),
        TEST(short_guids_of_two_sites_dont_meet),
        TEST(an_entity_bomb_is_not_expanded),
        TEST(what_isnt_a_feed_is_named),
        TEST(a_giant_title_is_cut),
        TEST(an_address_is_not_an_author),
        TEST(an_entry_without_anything_to_go_by_fails_alone),
        TEST(a_date_to_come_is_taken_for_now),
        TEST(undeclared_prefixes_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
