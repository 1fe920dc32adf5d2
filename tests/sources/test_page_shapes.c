/* Pages of other shapes: what says the title, author, date and text differs,
 * and so does what stands around it. */
#include "tests/sources/importing.h"

#include "digest/base/timetext.h"

struct shape {
    const char *html, *title, *author, *published, *first, *last;
    const char *gone[6];
};

static const struct shape shapes[] = {
    {/* JSON-LD alone, a banner, divs for paragraphs, and what else there is */
     "<!DOCTYPE html><html lang=de><head><title>Hafen bekommt neue Kräne - "
     "Hafenblatt</title><script type='application/ld+json'>{\"@graph\":[{"
     "\"@type\":\"NewsArticle\",\"headline\":\"Hafen bekommt neue Kräne\","
     "\"datePublished\":\"2026-11-20T08:30:00+01:00\",\"author\":[{\"name\":"
     "\"Jürgen Möller\"}]}]}</script></head><body><div class=cookie-banner><p>"
     "Wir verwenden Cookies, um Ihnen das beste Erlebnis zu bieten, auch von "
     "Dritten.</p></div><nav><a href=/>Start</a></nav><div class=story><h1>"
     "Hafen bekommt neue Kräne</h1><div>Der Hafen erhält im Frühjahr drei "
     "neue Kräne, wie die Verwaltung am Freitag mitteilte.</div><div>Der Rat "
     "stimmt im Dezember über den Plan ab.</div></div><div><h3>Lesen Sie "
     "auch</h3><ul><li><a href=/a>Fähre fällt aus</a></li></ul></div></body>",
     "Hafen bekommt neue Kräne",
     "Jürgen Möller",
     "2026-11-20T07:30:00Z",
     "<p>Der Hafen erhält",
     "den Plan ab.</p>\n",
     {"Cookies", "Start", "Lesen Sie", "Fähre", NULL}},
    {/* OpenGraph alone, and comments longer than the article */
     "<!DOCTYPE html><html lang=ar><head><meta property=og:title content="
     "'افتتاح مكتبة جديدة'><meta property=article:published_time content="
     "2026-11-19T10:00:00+03:00><meta property=article:author content='ليلى "
     "حداد'></head><body><article><h1>افتتاح مكتبة جديدة</h1><p>افتتحت "
     "البلدية يوم الخميس مكتبة عامة جديدة وسط المدينة بحضور مئات السكان "
     "والزوار.</p><p>وقالت المديرة إن الدخول مجاني للجميع طوال العام.</p>"
     "</article><section id=comments><h2>التعليقات</h2><div class=comment><p>"
     "خبر رائع جدا، شكرا لكم على هذه التغطية الممتازة والمفيدة، وننتظر "
     "المزيد من المكتبات.</p></div><div class=comment><p>متى تفتح المكتبة "
     "أبوابها يوم الجمعة؟ نريد أن نعرف المواعيد والعنوان الدقيق من فضلكم."
     "</p></div></section></body>",
     "افتتاح مكتبة جديدة",
     "ليلى حداد",
     "2026-11-19T07:00:00Z",
     "<p>افتتحت البلدية",
     "طوال العام.</p>\n",
     {"التعليقات", "رائع", NULL}},
    {/* nothing but HTML of the old kind */
     "<html><head><title>নদীর ধারে নতুন পার্ক</title></head><body><table><tr>"
     "<td><a href=/>প্রচ্ছদ</a> <a href=/n>খবর</a></td></tr></table><h1>নদীর "
     "ধারে নতুন পার্ক</h1><p class=author>রহিম উদ্দিন</p><p>প্রকাশ: ২১ মে "
     "২০২৫</p><p>শহরের নদীর ধারে একটি নতুন পার্ক উদ্বোধন করা হয়েছে।</p><p>"
     "প্রতিদিন সকাল ছয়টা থেকে রাত নয়টা পর্যন্ত পার্ক খোলা থাকবে।</p><h3>আরও "
     "পড়ুন</h3><ul><li><a href=/1>সেতুর কাজ শেষ</a></li></ul><p>সর্বস্বত্ব "
     "সংরক্ষিত © ২০২৫</p></body></html>",
     "নদীর ধারে নতুন পার্ক",
     "রহিম উদ্দিন",
     "2025-05-21T00:00:00Z",
     "<p>শহরের নদীর",
     "খোলা থাকবে।</p>\n",
     {"প্রচ্ছদ", "প্রকাশ", "পড়ুন", "সেতুর", "সর্বস্বত্ব", NULL}},
    {/* labels in front of the author, a date by its class alone */
     "<!DOCTYPE html><html lang=zh><head><title>海港新桥通车_海港日报网</title>"
     "</head><body><div class=main><h1>海港新桥通车</h1><div class=info><span "
     "class=time>2026年11月18日 下午 3:15</span> <span "
     "class=author>作者：王小明"
     "</span></div><div class=content><p>海港新桥于本周三正式通车，全长三点二"
     "公里，双向六车道。</p><p>大桥建设历时四年，总投资二十亿元。</p></div>"
     "<div>分享到：微信 微博</div></div></body></html>",
     "海港新桥通车",
     "王小明",
     "2026-11-18T15:15:00Z",
     "<p>海港新桥于",
     "二十亿元。</p>\n",
     {"作者", "分享", NULL}},
    {/* a script is to write it; JSON-LD has the text */
     "<!DOCTYPE html><html "
     "lang=zh><head><title>漁港夜市重新開張</title><script "
     "type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":"
     "\"漁港夜市重新開張\",\"articleBody\":\"漁港夜市在休市一年後重新開張，首日"
     "吸引上萬人潮，市府表示，攤位增加到一百二十個。\\n\\n夜市每週五至週日"
     "營業。\",\"datePublished\":\"2026-11-15\",\"author\":\"陳美玲\"}</script>"
     "</head><body><div id=root></div></body></html>",
     "漁港夜市重新開張",
     "陳美玲",
     "2026-11-15T00:00:00Z",
     "<p>漁港夜市在",
     "<p>夜市每週五至週日營業。</p>\n",
     {NULL}},
    {/* byline and date are lines of the text */
     "<!DOCTYPE html><html lang=fr><head><title>Le marché rouvre samedi | Le "
     "Courrier</title></head><body><div id=page><div><a href=/>Le Courrier"
     "</a></div><h1>Le marché rouvre samedi</h1><p>Par Claire Dubois</p><p>"
     "Publié le 14 novembre 2026 à 10h30</p><p>Le marché couvert rouvrira ses "
     "portes samedi matin après deux ans de travaux.</p><h2>Par la mer</h2><p>"
     "La halle, construite en 1897, a été rénovée pour six millions d’euros."
     "</p><div>Partager sur Facebook Twitter</div></div></body></html>",
     "Le marché rouvre samedi",
     "Claire Dubois",
     "2026-11-14T10:30:00Z",
     "<p>Le marché couvert",
     "d’euros.</p>\n",
     {"Courrier", "Dubois", "Publié", "Partager", NULL}},
    {/* line breaks alone, in the page's body itself */
     "<html><head><title>Fähre fährt wieder</title></head><body><font><b>"
     "Fähre fährt wieder</b></font><br>Von Käthe Groß<br><br>Nach drei Wochen "
     "Pause fährt die Fähre seit gestern wieder im Stundentakt.<br><br>Für "
     "Pendler bleibt der Fahrpreis bis Jahresende gleich.<br><br><a href=/>"
     "Zurück</a></body></html>",
     "Fähre fährt wieder",
     "Käthe Groß",
     NULL,
     "<p>Nach drei Wochen",
     "Jahresende gleich.</p>\n",
     {"Käthe", "Zurück", NULL}},
};

static void check(struct importing *t, const struct shape *shape)
{
    char when[TIME_TEXT_SIZE];
    t->options.kind = source_kind_find("page");
    write_text(t, "a.html", shape->html);
    import(t, "a.html");
    struct article a = only(t);
    assert_string_equal(a.title, shape->title);
    assert_string_equal(a.author, shape->author);
    if (shape->published)
        assert_string_equal(time_rfc3339(a.published_at, when),
                            shape->published);
    if (strncmp(a.body_html, shape->first, strlen(shape->first)) != 0 ||
        !str_ends(str_of(a.body_html), str_of(shape->last)))
        fail_msg("%s: has the body %s", shape->title, a.body_html);
    for (size_t i = 0; shape->gone[i]; i++)
        if (strstr(a.body_html, shape->gone[i]))
            fail_msg("%s: still has %s", shape->title, shape->gone[i]);
}

#define SHAPE(name, number)                                                    \
    static void name(void **state)                                             \
    {                                                                          \
        check(*state, &shapes[number]);                                        \
    }
SHAPE(a_banner_and_related_links_are_no_text, 0)
SHAPE(comments_are_no_text_of_a_short_article, 1)
SHAPE(a_page_without_any_markup_of_its_own_is_read, 2)
SHAPE(labels_are_no_part_of_a_name, 3)
SHAPE(the_text_may_stand_in_json_ld_alone, 4)
SHAPE(byline_and_date_are_taken_out_of_the_text, 5)
SHAPE(line_breaks_make_paragraphs, 6)

static void a_saved_page_comes_in_without_an_address(void **state)
{
    struct importing *t = *state;
    t->options.kind = source_kind_find("page");
    write_text(t, "a.html", shapes[5].html);
    import(t, "a.html");
    assert_string_equal(only(t).url, "");
    import(t, "a.html");
    assert_int_equal(t->report.unchanged, 1);
}

static void a_saved_page_may_say_its_address_in_json_ld(void **state)
{
    struct importing *t = *state;
    t->options.kind = source_kind_find("page");
    write_text(t, "a.html",
               "<html><head><script type='application/ld+json'>{\"@type\":"
               "\"NewsArticle\",\"headline\":\"One\",\"mainEntityOfPage\":"
               "{\"@id\":\"https://a.example/one\"}}</script></head><body><p>"
               "The text of it is here.</p></body></html>");
    import(t, "a.html");
    assert_string_equal(only(t).url, "https://a.example/one");
}

static void date_and_views_may_share_a_pasted_line(void **state)
{
    struct importing *t = *state;
    t->options.kind = source_kind_find("page");
    write_text(t, "a.txt",
               "Council meets again\n"
               "Update Time : Wednesday, May 21, 2025 6 Time View\n"
               "Jane Doe\n\nThe council met on Tuesday.\n");
    import(t, "a.txt");
    assert_int_equal(only(t).views, 6);
    assert_int_equal(only(t).published_at, 1747785600);
    assert_string_equal(only(t).author, "Jane Doe");
    assert_string_equal(only(t).body_html,
                        "<p>The council met on Tuesday.</p>\n");
}

static void a_date_that_cant_be_read_gives_way_to_one_that_can(void **state)
{
    struct importing *t = *state;
    t->options.kind = source_kind_find("page");
    write_text(t, "a.html",
               "<html><head><title>A new line</title><meta property="
               "article:published_time content='of late'><meta name=dc.date "
               "content=2025-05-21></head><body><article><h1>A new line</h1>"
               "<p>The line opened on Tuesday, and it is a long one.</p>"
               "</article></body></html>");
    import(t, "a.html");
    assert_int_equal(only(t).published_at, 1747785600);
    assert_int_equal(t->report.undated, 0);
}

static void views_are_told_with_marks_and_the_other_way_round(void **state)
{
    struct importing *t = *state;
    t->options.kind = source_kind_find("page");
    write_text(t, "a.txt",
               "A new line\n/ 128 Time View\nStaff Correspondent\n\nIt is.\n");
    import(t, "a.txt");
    assert_int_equal(only(t).views, 128);
    assert_string_equal(only(t).author, "Staff Correspondent");
    write_text(t, "a.txt",
               "A new line\nTime View : 16\nStaff Correspondent\n\nIt is.\n");
    import(t, "a.txt");
    assert_int_equal(only(t).views, 16);
}

#define LONG                                                                   \
    "Some people write long sentences, with commas, about harbours and "       \
    "tides, "                                                                  \
    "and they go on for a good while so that the paragraph weighs something, " \
    "in the count. "
#define LINK                                                                   \
    "<a href=/live><b>On Friday seven sailors denied the charge.</b></a>"
#define WORDLESS "<a href=/live>Seven sailors before the court again</a>"

/* Blocks of a story; `kept` is in its text, `gone` is not. */
static const struct linked {
    const char *html, *kept, *gone;
} linked[] = {
    {"<div class=w><p>" LONG LONG "</p></div><div class=w><p>" LINK "</p></div>"
     "<div class=w><p>" LONG "</p></div><div class=w><p>" LONG "</p></div>",
     "On Friday seven", NULL},
    {"<div><p>" LONG LONG "</p></div><div><p>" WORDLESS "</p></div>"
     "<div><p>" WORDLESS "</p></div><div><p>" LONG "</p></div>",
     "Seven sailors", NULL},
    {"<div class=w><p>" LONG LONG "</p></div><div class=w><p>" LONG "</p></div>"
     "<div class=w><div><p>" LINK "</p></div></div>",
     "On Friday seven", NULL},
    {"<section class=step><p>" LINK "</p></section><section class=step><p>" LONG
     "</p></section><section class=step><p>" LONG LONG "</p></section>",
     "On Friday seven", NULL},
    {"<p>" LINK "</p><p>" LONG LONG "</p><p>" LONG "</p>", "On Friday seven",
     NULL},
    {"<ol><li><a href=/a>Take the ropes to the quay.</a><li>Tie them to the "
     "ring.<li>Cast off the ship, and take the tide.</ol><p>" LONG LONG "</p>"
     "<p>" LONG "</p>",
     "Take the ropes", NULL},
    {"<p>" LONG LONG "</p><p>" LONG "</p><p>Related:</p><ul><li><a href=/a>Two "
     "sailors who left the town</a><li>Three sailors who left the "
     "harbour.<li>Four "
     "sailors who left the harbour.</ul><p>" LONG "</p>",
     "Two sailors", NULL},
    /* what only looks like it */
    {"<div class=w><p>" LONG LONG "</p></div><div class=promo><p>" LINK
     "</p></div><div class=w><p>" LONG "</p></div>",
     "Some people", "On Friday"},
    {"<div class=w><p>" LONG LONG "</p></div><div class=w><p>" LONG "</p></div>"
     "<div class=w><p>" WORDLESS "</p></div>",
     "Some people", "Seven sailors"},
    {"<ol><li><a href=/>Home</a><li><a href=/n>All of the news here</a><li>"
     "Seven in court</ol><p>" LONG LONG "</p><p>" LONG "</p>",
     "Some people", "Home"},
    {"<p><a href=/>All of the news</a></p><p>" LONG LONG "</p><p>" LONG "</p>",
     "Some people", "All of the"},
};

static void links_beside_text_of_their_kind_are_text(void **state)
{
    struct importing *t = *state;
    for (size_t i = 0; i < ARRAY_SIZE(linked); i++)
        for (int is_whole = 0; is_whole < 2; is_whole++) {
            write_text(t, "a.html",
                       arena_format(&t->arena,
                                    "<!DOCTYPE html><html><head><title>Seven "
                                    "in court</title><link rel=canonical "
                                    "href=https://h.example/x></head><body>"
                                    "%s%s%s</body></html>",
                                    is_whole ? "" : "<article>", linked[i].html,
                                    is_whole ? "" : "</article>"));
            import(t, "a.html");
            struct article a = only(t);
            if (!strstr(a.body_html, linked[i].kept) ||
                (linked[i].gone && !is_whole && /* or it can't be told */
                 strstr(a.body_html, linked[i].gone)))
                fail_msg("%zu, %d: %s", i, is_whole, a.body_html);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_banner_and_related_links_are_no_text),
        TEST(comments_are_no_text_of_a_short_article),
        TEST(a_page_without_any_markup_of_its_own_is_read),
        TEST(labels_are_no_part_of_a_name),
        TEST(the_text_may_stand_in_json_ld_alone),
        TEST(byline_and_date_are_taken_out_of_the_text),
        TEST(line_breaks_make_paragraphs),
        TEST(a_saved_page_comes_in_without_an_address),
        TEST(a_saved_page_may_say_its_address_in_json_ld),
        TEST(date_and_views_may_share_a_pasted_line),
        TEST(a_date_that_cant_be_read_gives_way_to_one_that_can),
        TEST(views_are_told_with_marks_and_the_other_way_round),
        TEST(links_beside_text_of_their_kind_are_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
