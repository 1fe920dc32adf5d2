#include "tests/document/reading.h"

static void white_space_folds_as_in_browsers(void **state)
{
    (void)state;
    CHECK_HTML({"<p> a \n\t b </p>", "<p>a b</p>\n"},
               {"<p>a <b> b </b> c</p>", "<p>a <strong>b</strong> c</p>\n"},
               {"<p>a<b> b</b>c</p>", "<p>a <strong>b</strong>c</p>\n"},
               {"<i>a</i>\n<i>b</i>", "<p><em>a</em> <em>b</em></p>\n"},
               {"<p>\xe4\xb8\xad\n\xe6\x96\x87 \xe5\xad\x97</p>",
                "<p>\xe4\xb8\xad\xe6\x96\x87 \xe5\xad\x97</p>\n"},
               {"<p>&nbsp;</p><p>&nbsp;a&nbsp;b</p>", "<p>a\xc2\xa0"
                                                      "b</p>\n"},
               {"<p>\xe3\x80\x80\xe4\xb8\xad</p>", "<p>\xe4\xb8\xad</p>\n"});
}

static void inline_formats_are_repaired(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<b>a <i>b</b> c</i>", "<p><strong>a <em>b</em></strong> c</p>\n"},
        {"<b>a</b><b>b</b>", "<p><strong>ab</strong></p>\n"},
        {"<b>a<strong>b</strong></b>", "<p><strong>ab</strong></p>\n"},
        {"<div><b><div>a</div><div>b</div></b></div>",
         "<p><strong>a</strong></p>\n<p><strong>b</strong></p>\n"},
        {"<code>a  b</code> <code>c</code><code>d</code>",
         "<p><code>a b</code> <code>cd</code></p>\n"},
        {"<b style='font-weight:normal'>a</b><span style='font-style: "
         "italic'>b</span>",
         "<p>a<em>b</em></p>\n"},
        {"E=mc<sup>2</sup>, H<sub>2</sub>O, 4<sup>th</sup>",
         "<p>E=mc\xc2\xb2, H\xe2\x82\x82O, 4th</p>\n"},
        {"400 metres.<sup><a href='#n1'>1</a></sup><sup><a "
         "href='https://a.example/n'>23</a></sup>",
         "<p>400 metres.<a href=\"https://example.org/news/today.html#n1\">"
         "\xc2\xb9</a><a href=\"https://a.example/n\">"
         "\xc2\xb2\xc2\xb3</a></p>\n"},
        {"<q>a</q>", "<p>\xe2\x80\x9c"
                     "a\xe2\x80\x9d</p>\n"},
        {"<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>", "<p>a(b)</p>\n"});
}

static void a_link_around_blocks_is_a_link_in_each(void **state)
{
    (void)state;
    CHECK_HTML({"<a href='/x'><h2>a</h2><p>b</p></a>",
                "<h2><a href=\"https://example.org/x\">a</a></h2>\n"
                "<p><a href=\"https://example.org/x\">b</a></p>\n"});
}

static void line_breaks_are_single_and_between_words(void **state)
{
    (void)state;
    CHECK_HTML({"<p><br>a<br>b<br></p>", "<p>a<br />\nb</p>\n"},
               {"a<br>\n<br>b", "<p>a</p>\n<p>b</p>\n"},
               {"a<br>&nbsp;<br>b", "<p>a</p>\n<p>b</p>\n"},
               {"<h1>a<br><br>b</h1>", "<h1>a<br />\nb</h1>\n"});
}

static void headings_hold_words_only(void **state)
{
    (void)state;
    CHECK_HTML({"<h2><div>a</div></h2>", "<h2>a</h2>\n"},
               {"<h2>a<p>b</p></h2><p>c", "<h2>a</h2>\n<p>b</p>\n<p>c</p>\n"},
               {"<h3><img src='a.png' alt='b'></h3>",
                "<h3><img src=\"https://example.org/news/a.png\" alt=\"b\" />"
                "</h3>\n"},
               {"<h1></h1><h2> </h2>", ""});
}

static void lists_are_repaired(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<ul><li>a<li>b</ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
        {"<ul><li>a</li><ul><li>b</li></ul></ul>",
         "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n"},
        {"<li>a</li><li>b</li>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
        {"<ol start=3>a</ol>", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"},
        {"<ol start=-3><li>a</ol>", "<ol>\n<li value=\"-3\">a</li>\n</ol>\n"},
        {"<ul><li></li><li hidden>a</li></ul>", ""},
        {"<dl><dt>a<dd>b</dl>", "<p><strong>a</strong></p>\n<p>b</p>\n"});
}

static void items_keep_their_numbers(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<ol><li>a<li value=5>b<li>c<li value=' 9 '>d</ol>",
         "<ol>\n<li>a</li>\n<li value=\"5\">b</li>\n<li>c</li>\n"
         "<li value=\"9\">d</li>\n</ol>\n"},
        {"<ol><li value=4>a<li value=5>b<li value=x>c</ol>",
         "<ol start=\"4\">\n<li>a</li>\n<li>b</li>\n<li>c</li>\n</ol>\n"},
        {"<ol start='3.'><li>a<li value=4.5>b<li value='9th'>c<li value=.5>d",
         "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n<li value=\"9\">c</li>\n"
         "<li>d</li>\n</ol>\n"},
        {"<ol reversed><li>a<li hidden>x<li>b<li>c</ol>",
         "<ol start=\"3\">\n<li>a</li>\n<li value=\"2\">b</li>\n"
         "<li value=\"1\">c</li>\n</ol>\n"},
        {"<ol reversed start=1><li>a<li>b<li value=9>c<li>d</ol>",
         "<ol>\n<li>a</li>\n<li value=\"0\">b</li>\n<li value=\"9\">c</li>\n"
         "<li value=\"8\">d</li>\n</ol>\n"},
        {"<ol reversed><li><p>&lt;li&gt;<ol><li>x<li value=7>y</ol><li>b</ol>",
         "<ol start=\"2\">\n<li>\n<p>&lt;li&gt;</p>\n<ol>\n<li>x</li>\n"
         "<li value=\"7\">y</li>\n</ol>\n</li>\n<li value=\"1\">\n<p>b</p>\n"
         "</li>\n</ol>\n"},
        {"<ol><li>a<li value=-2>b<li>c</ol>",
         "<ol>\n<li>a</li>\n<li value=\"-2\">b</li>\n<li>c</li>\n</ol>\n"},
        {"<ol><li>a<li></li><li>b</ol>", /* nothing to number */
         "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"},
        {"<ol><li>a<li value=99999999999>b</ol><ul reversed><li value=5>c</ul>",
         "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n<ul>\n<li>c</li>\n</ul>\n"});
}

static void a_list_is_loose_if_its_paragraphs_are(void **state)
{
    (void)state;
    CHECK_HTML({"<ul><li><p>a</p></li><li>b</li></ul>",
                "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"},
               {"<ul><li><div>a</div></li></ul>", "<ul>\n<li>a</li>\n</ul>\n"},
               {"<ul><li>a<br><br>b</li></ul>",
                "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ul>\n"});
}

static void code_keeps_its_lines(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<pre>\n\n  a\n    <b>b</b>\n\n</pre>",
         "<pre><code>  a\n    b\n</code></pre>\n"},
        {"<pre><code class='hl language-c'>a<br>b</code></pre>",
         "<pre><code class=\"language-c\">a\nb\n</code></pre>\n"},
        {"<pre> \n </pre>", ""},
        {"<pre class='wp-block-verse'>a\n  b</pre>", "<p>a<br />\nb</p>\n"});
}

static void tables_of_data_stay_tables(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<table><caption>t</caption><tr><th>a<th>b<tr><td>1<td>2</table>",
         "<p><strong>t</strong></p>\n<table>\n<tr>\n"
         "<th scope=\"col\">a</th>\n<th scope=\"col\">b</th>\n</tr>\n"
         "<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</table>\n"},
        {"<table><tr><td><td>b<tr><td>c<td></table>",
         "<table>\n<tr>\n<td></td>\n<td>b</td>\n</tr>\n"
         "<tr>\n<td>c</td>\n<td></td>\n</tr>\n</table>\n"},
        /* One column with a head; a row without anything in it goes. */
        {"<table><thead><tr><th>a<tbody><tr><td>1<tr><td></table>",
         "<table>\n<tr>\n<th scope=\"col\">a</th>\n</tr>\n"
         "<tr>\n<td>1</td>\n</tr>\n</table>\n"},
        {"<table><tr><th>a<td>1<tr><th>b<td>2</table>",
         "<table>\n<tr>\n<th scope=\"row\">a</th>\n<td>1</td>\n</tr>\n"
         "<tr>\n<th scope=\"row\">b</th>\n<td>2</td>\n</tr>\n</table>\n"},
        /* Cells over several columns or rows leave empty ones behind. */
        {"<table><tr><td colspan=2>a<td>b<tr><td rowspan=2>c<td>d<td>e"
         "<tr><td>f<td>g</table>",
         "<table>\n<tr>\n<td>a</td>\n<td></td>\n<td>b</td>\n</tr>\n"
         "<tr>\n<td>c</td>\n<td>d</td>\n<td>e</td>\n</tr>\n"
         "<tr>\n<td></td>\n<td>f</td>\n<td>g</td>\n</tr>\n</table>\n"},
        {"<table onclick=x><tr><td style='color:red'>a<td><b>b</b>"
         "<script>c</script><tr><td>1<td><a href=javascript:x>2</a></table>",
         "<table>\n<tr>\n<td>a</td>\n<td><strong>b</strong></td>\n</tr>\n"
         "<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</table>\n"});
}

static void other_rows_of_words_become_lines(void **state)
{
    (void)state;
    CHECK_HTML({"<table><tr><td><p>a</p><td>b<br>c<tr><td><td></table>",
                "<p>a | b c</p>\n"},
               {"<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>",
                "<p>a | b<br />\nc | d</p>\n"},
               {"<table><tr><td><img src=https://e.org/x.png alt=x><td>b"
                "<tr><td>c<td>d</table>",
                "<p><img src=\"https://e.org/x.png\" alt=\"x\" /> | b<br />\n"
                "c | d</p>\n"});
}

static void a_layout_table_becomes_its_blocks(void **state)
{
    (void)state;
    CHECK_HTML({"<table><tr><td>a</td></tr><tr><td>b</td></tr></table>",
                "<p>a</p>\n<p>b</p>\n"},
               {"<table><tr><td><h2>a</h2></td><td>b</td></tr></table>",
                "<h2>a</h2>\n<p>b</p>\n"},
               {"<table><tr><td><p>a<p>b<td>c</table>",
                "<p>a</p>\n<p>b</p>\n<p>c</p>\n"},
               {"<table><tr><td><table><tr><td>a<td>b</table><td>c</table>",
                "<p>a | b</p>\n<p>c</p>\n"});
}

static void what_readers_must_not_get_vanishes(void **state)
{
    (void)state;
    CHECK_HTML(
        {"a<script>b</script><style>c</style><template>d</template>",
         "<p>a</p>\n"},
        {"<p hidden>a</p><p style='Display : none !important'>b</p>"
         "<p style='visibility:hidden'>c</p><p aria-hidden=true>d</p>"
         "<span class='x sr-only'>e</span>f",
         "<p>f</p>\n"},
        {"<form>a<label>b</label><input value=c><select><option>d</select>"
         "<textarea>e</textarea><button>f</button></form>",
         "<p>a</p>\n"},
        {"a<!-- b --><svg><text>c</text></svg><!--[if mso]>d<![endif]-->",
         "<p>a</p>\n"},
        {"a<noscript>b<img src='https://pixel.wp.com/b.gif'></noscript>",
         "<p>a</p>\n"},
        {"<p onclick='x()' style='color:red'>a</p>", "<p>a</p>\n"});
}

static void tracking_pixels_vanish(void **state)
{
    (void)state;
    CHECK_HTML(
        {"a<img src=x.png width=1 height=1>", "<p>a</p>\n"},
        {"a<img src=x.png style='height:1px'>", "<p>a</p>\n"},
        {"a<img src='http://feeds.feedburner.com/~r/x/~4/y'>", "<p>a</p>\n"},
        {"a<img src='https://www.facebook.com/tr?id=1'>", "<p>a</p>\n"},
        {"a<img src='https://counter.theconversation.com/1/count.gif'>",
         "<p>a</p>\n"},
        {"a<iframe src='https://www.googletagmanager.com/ns.html'>"
         "</iframe>",
         "<p>a</p>\n"},
        {"<img src='https://notfacebook.com/tr.png'>",
         "<p><img src=\"https://notfacebook.com/tr.png\" alt=\"\" />"
         "</p>\n"});
}

static void only_links_that_a_mail_may_carry_survive(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<a href='java\nscript:alert(1)'>a</a> <a href=' vbscript:x'>b</a> "
         "<a href='data:text/html,x'>c</a> <a>d</a> <a href='http:///x'>e</a>",
         "<p>a b c d e</p>\n"},
        {"<a href='mailto:a@b.org'>a</a>",
         "<p><a href=\"mailto:a@b.org\">a</a></p>\n"},
        {"<a href='tel:+49'>a</a>", "<p><a href=\"tel:+49\">a</a></p>\n"},
        {"<img src='data:image/png;base64,x' alt='a'>", "<p>a</p>\n"},
        {"<img src='mailto:x@y.z' alt='a'>", "<p>a</p>\n"});
}

static void relative_urls_are_resolved(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<a href='../a?b#c'>x</a>",
         "<p><a href=\"https://example.org/a?b#c\">x</a></p>\n"},
        {"<a href='//cdn.example.net/a'>x</a>",
         "<p><a href=\"https://cdn.example.net/a\">x</a></p>\n"},
        {"<a href='#n'>x</a>",
         "<p><a href=\"https://example.org/news/today.html#n\">x</a></p>\n"},
        {"<a href='a b\xc3\xa9%zz'>x</a>",
         "<p><a href=\"https://example.org/news/a%20b%C3%A9%25zz\">x</a></p>"
         "\n"},
        {"<head><base href='/deep/er/'></head><a href='a'>x</a>",
         "<p><a href=\"https://example.org/deep/er/a\">x</a></p>\n"});
}

static void nothing_turns_the_direction_of_the_text(void **state)
{
    (void)state;
    CHECK_HTML({"<p>a\xe2\x80\xae"
                "b <b>\xe2\x81\xa6&#x202b;c</b> "
                "<code>d\xe2\x80\xad</code>",
                "<p>ab <strong>c</strong> <code>d</code></p>\n"},
               {"<pre>if (a\xe2\x80\xae) b</pre>",
                "<pre><code>if (a) b\n</code></pre>\n"},
               {"<img src=/a.png alt='a\xe2\x80\xae' title='\xe2\x81\xa9 b'>",
                "<p><img src=\"https://example.org/a.png\" alt=\"a\" "
                "title=\"b\" /></p>"
                "\n"},
               {"\xe2\x80\xae", ""},
               /* marks turn nothing but themselves */
               {"a\xe2\x80\x8f"
                "b\xe2\x80\x8e"
                "c",
                "<p>a\xe2\x80\x8f"
                "b\xe2\x80\x8e"
                "c</p>\n"});
}

static void hosts_in_links_are_a_labels(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<a href='http://nantes.café-vie.example/é?q=ü#é'>x</a>",
         "<p><a href=\"http://nantes.xn--caf-vie-dya.example/%C3%A9?q=%C3%BC"
         "#%C3%A9\">x</a></p>\n"},
        {"<a href='//a:b@я.example:8080/'>x</a>",
         "<p><a href=\"https://a:b@xn--41a.example:8080/\">x</a></p>\n"},
        {"<a href='https://b%C3%BCcher.example'>x</a>",
         "<p><a href=\"https://xn--bcher-kva.example\">x</a></p>\n"},
        {"<img src='https://bücher.example/ü.png' alt=x>",
         "<p><img src=\"https://xn--bcher-kva.example/%C3%BC.png\" alt=\"x\" "
         "/></p>\n"},
        {"<a href='mailto:ä@bücher.example,b@ü.example?cc=c@ü.example'>x</a>",
         "<p><a href=\"mailto:%C3%A4@xn--bcher-kva.example,b@xn--tda.example"
         "?cc=c@%C3%BC.example\">x</a></p>\n"},
        {"<base href='https://bücher.example/a/'><a href='b'>x</a>",
         "<p><a href=\"https://xn--bcher-kva.example/a/b\">x</a></p>\n"},
        {"<a href='https://no host.example/'>x</a>", "<p>x</p>\n"},
        {"<a href='https://℀.example/'>x</a>", "<p>x</p>\n"});
}

static void without_a_base_a_relative_link_keeps_its_text(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(document_release) struct document *document = NULL;
    assert_true(document_from_html(STR("<a href='/x'>a</a> <a href='//h/y'>b"),
                                   NULL, &document, &err));
    OWNED(mem_free) char *html = html_of(document);
    assert_string_equal(html, "<p>a <a href=\"https://h/y\">b</a></p>\n");
}

static void embeds_become_links(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<iframe src='//www.youtube.com/embed/a-b?rel=0' title='T'></iframe>",
         "<p><a href=\"https://www.youtube.com/watch?v=a-b\">T</a></p>\n"},
        {"<iframe src='https://maps.example.org/x'></iframe>",
         "<p><a href=\"https://maps.example.org/x\">maps.example.org</a></p>"
         "\n"},
        {"<video><source type=x><source src='/m.mp4'>no video</video>",
         "<p><a href=\"https://example.org/m.mp4\">example.org</a></p>\n"},
        {"<object data='x.swf'><p>a</p></object>", "<p>a</p>\n"},
        {"<iframe srcdoc='x'></iframe>", ""});
}

static void the_real_source_of_a_late_image_is_found(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<img src='data:x' data-src='/a.jpg'>",
         "<p><img src=\"https://example.org/a.jpg\" alt=\"\" /></p>\n"},
        {"<img src='/placeholder.png' data-lazy-src='/a.jpg'><noscript>"
         "<img src='/a.jpg'></noscript>",
         "<p><img src=\"https://example.org/a.jpg\" alt=\"\" /></p>\n"},
        {"<noscript><img src='/a.jpg'></noscript><img data-src='/a.jpg'>",
         "<p><img src=\"https://example.org/a.jpg\" alt=\"\" /></p>\n"},
        {"<picture><source srcset='/a.webp'><img srcset='/a.jpg 1x, /b.jpg 2x'"
         " alt=' b\n c '></picture>",
         "<p><img src=\"https://example.org/b.jpg\" alt=\"b c\" /></p>\n"},
        {"a<img class='wp-smiley' src='/s.png' alt=':-)'>", "<p>a:-)</p>\n"});
}

#define IMAGE(url, size)                                                       \
    "<p><img" size " src=\"https://example.org/" url "\" alt=\"\" /></p>\n"

static void of_several_copies_the_fitting_one_is_taken(void **state)
{
    (void)state;
    CHECK_HTML(
        /* the nearest above 1104, whatever its place */
        {"<img src=/s.jpg srcset='/l.jpg 2048w, /m.jpg 1200w, /s.jpg 300w' "
         "width=300 height=200>",
         IMAGE("m.jpg", " width=\"1200\" height=\"800\"")},
        {"<img src=/s.jpg srcset='/a.jpg 1104w,/b.jpg 1105w'>",
         IMAGE("a.jpg", " width=\"1104\"")},
        /* else the largest, src among them if its size is known */
        {"<img src=/s.jpg srcset='/a.jpg 300w, /b.jpg 768w,'>",
         IMAGE("b.jpg", " width=\"768\"")},
        {"<img src=/s.jpg srcset='/a.jpg 300w' width=1000 height=500>",
         IMAGE("s.jpg", " width=\"1000\" height=\"500\"")},
        {"<img src=/s-900x600.jpg srcset='/a.jpg 300w'>",
         IMAGE("s-900x600.jpg", " width=\"900\" height=\"600\"")},
        {"<img src=/s-900x600.jpg>",
         IMAGE("s-900x600.jpg", " width=\"900\" height=\"600\"")},
        /* by the density: shown as wide as the page says */
        {"<img src=/s.jpg srcset='/b.jpg 1.5x, /c.jpg 2x, /d.jpg 3x'>",
         IMAGE("c.jpg", "")},
        {"<img src=/s.jpg srcset='/c.jpg 2x, /d.jpg 3x' width=400 height=300>",
         IMAGE("d.jpg", " width=\"400\" height=\"300\"")},
        /* what is small stays so */
        {"<img src=/l.png width=120 height=40 srcset='/l.png 120w, /m.png "
         "240w, /n.png 1200w'>",
         IMAGE("m.png", " width=\"120\" height=\"40\"")},
        {"<img src=/l.png style='max-width:9px; width: 96px'>",
         IMAGE("l.png", " width=\"96\"")},
        /* commas in addresses, and what isn't one */
        {"<img srcset='/c,w_300/a.jpg 300w 200h, /c,w_1200/a.jpg 1200w'>",
         IMAGE("c,w_1200/a.jpg", " width=\"1200\"")},
        {"<img src='data:x' srcset='data:image/gif;base64,AA 1w' "
         "data-srcset='/a.jpg'>",
         IMAGE("a.jpg", "")},
        {"<img src=/a.jpg srcset=', ,' width=100% height=auto>",
         IMAGE("a.jpg", "")},
        {"<img src=/a.jpg srcset='javascript:x 2000w, /b.jpg xw, /c.jpg -1w'>",
         IMAGE("b.jpg", "")});
}

static void other_sources_of_a_picture_are_read(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<picture><source type=image/webp srcset='/a.webp 1200w'><source "
         "srcset='/b.jpg 1200w, /c.jpg 600w'><img src=/d.jpg></picture>",
         IMAGE("b.jpg", " width=\"1200\"")},
        {"<picture><source media='(max-width: 600px)' srcset='/a.jpg 1200w'>"
         "<img src=/d.jpg srcset='/e.jpg 800w'></picture>",
         IMAGE("e.jpg", " width=\"800\"")},
        {"<picture><source type=image/webp srcset='/a.webp'><img src='data:x'>"
         "</picture>",
         IMAGE("a.webp", "")},
        {"<picture><source srcset='/a.jpg 2000w'><img src=/b.jpg></picture>"
         "<img src=/c.jpg>",
         "<p><img width=\"2000\" src=\"https://example.org/a.jpg\" alt=\"\" />"
         "<img src=\"https://example.org/c.jpg\" alt=\"\" /></p>\n"},
        {"<img data-src=/a-300x200.jpg><noscript><img src=/a-300x200.jpg "
         "srcset='/a-1200x800.jpg 1200w'></noscript>",
         IMAGE("a-300x200.jpg", " width=\"300\" height=\"200\"")});
}

static void a_caption_stands_under_its_image(void **state)
{
    (void)state;
    CHECK_HTML(
        {"<figure><a href='/x'><img src='/a.jpg'></a><figcaption><p>b</p>"
         "</figcaption></figure>",
         "<p><a href=\"https://example.org/x\"><img "
         "src=\"https://example.org/a.jpg\" alt=\"\" /></a></p>\n"
         "<p><em>b</em></p>\n"},
        {"<figure><img src='/a.jpg'><figcaption>b</figcaption></figure><p>c",
         "<p><img src=\"https://example.org/a.jpg\" alt=\"\" /><br />\n"
         "<em>b</em></p>\n<p>c</p>\n"});
}

static void controls_never_reach_a_reader(void **state)
{
    (void)state;
    CHECK_HTML({"a\x02name\x03&#2;&#x7f;\xc2\xad"
                "b",
                "<p>anameb</p>\n"},
               {"it&#146;s &#150;\xc2\x85", "<p>it\xe2\x80\x99s "
                                            "\xe2\x80\x93\xe2\x80\xa6</p>\n"},
               {"<img src=/a alt='b\x02'>",
                "<p><img src=\"https://example.org/a\" alt=\"b\" /></p>\n"});
    /* Marks upon marks paint over what stands above: eight are left. */
    CHECK_HTML({"<p>e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
                "\xcc\x81\xcc\x81&#x301;z\xcc\x81",
                "<p>e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
                "\xcc\x81z\xcc\x81</p>\n"});
}

static void text_that_only_looks_like_a_tag_stays(void **state)
{
    (void)state;
    CHECK_HTML({"<p>I <3 you, 1 < 2</p>", "<p>I &lt;3 you, 1 &lt; 2</p>\n"},
               {"&lt;script>a", "<p>&lt;script&gt;a</p>\n"});
}

static void marked_sections_lose_their_marks(void **state)
{
    (void)state;
    CHECK_HTML({"<![CDATA[<p>a</p>]]>b ]]>", "<p>a</p>\n<p>b ]]&gt;</p>\n"},
               {"<![if !mso]>a<![endif]>", "<p>a</p>\n"},
               {"a<!--[if mso]>b<![endif]-->c", "<p>ac</p>\n"});
}

static void nul_bytes_do_not_end_the_text(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(document_release) struct document *document = NULL;
    assert_true(
        document_from_html(STR("<p>a\0b</p><p>c"), NULL, &document, &err));
    OWNED(mem_free) char *html = html_of(document);
    assert_string_equal(html, "<p>ab</p>\n<p>c</p>\n");
}

static void a_declared_charset_does_not_confuse_utf8(void **state)
{
    (void)state;
    CHECK_HTML({"<html><head><meta charset='latin1'><title>t</title></head>"
                "<body>\xc3\xa9</body></html>",
                "<p>\xc3\xa9</p>\n"});
}

static void refuse(const char *html, size_t length, const char *words)
{
    struct err err = {0};
    struct document *document = NULL;
    assert_false(
        document_from_html((struct str){html, length}, NULL, &document, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" says nothing of \"%s\"", err.text, words);
    assert_null(document);
}

static void other_encodings_are_refused_with_their_line(void **state)
{
    (void)state;
    refuse("a\nb\n\xe9", 5, "line 3: byte 0xe9");
}

static char *repeated(const char *text, unsigned count)
{
    struct strbuf out = STRBUF_INIT;
    while (count--)
        strbuf_add_text(&out, text);
    return strbuf_take(&out);
}

static void nesting_beyond_reason_is_refused(void **state)
{
    (void)state;
    OWNED(mem_free) char *deep = repeated("<div>", 600);
    refuse(deep, strlen(deep), "nested more than 512");
}

static void a_tag_of_endless_attributes_is_refused(void **state)
{
    (void)state;
    OWNED(mem_free) char *many = repeated(" a=1", 1200);
    OWNED(mem_free) char *tag = mem_format("<p%s>x", many);
    refuse(tag, strlen(tag), "attributes");
    OWNED(mem_free) char *script = mem_format("<script>a<b%s</script>", many);
    CHECK_HTML({"<p>a</p>", "<p>a</p>\n"});
    OWNED(document_release) struct document *document = read_html(script);
    assert_true(document_is_empty(document));
}

static void lists_too_deep_join_their_surroundings(void **state)
{
    (void)state;
    OWNED(mem_free) char *open = repeated("<ul><li>a", 100);
    OWNED(document_release) struct document *document = read_html(open);
    OWNED(mem_free) char *html = html_of(document);
    OWNED(document_release) struct document *again = read_html(html);
    OWNED(mem_free) char *second = html_of(again);
    assert_string_equal(html, second);
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    document_to_words(document, &words);
    assert_int_equal(words.len, 2 * 100 - 1);
}

static void an_empty_page_is_an_empty_document(void **state)
{
    (void)state;
    CHECK_HTML({"", ""}, {" \n", ""}, {"<html><body></body></html>", ""},
               {"<p><b> </b></p><ul><li></ul><blockquote></blockquote>", ""});
    OWNED(document_release) struct document *document = read_html("<!-- -->");
    assert_true(document_is_empty(document));
    document_free(NULL);
}

static void the_first_images_are_found_where_they_stand(void **state)
{
    (void)state;
    struct document_image found[2];
    OWNED(document_release)
    struct document *document =
        read_html("<p>a<p><a href=/x><img src=/1.jpg alt='b &amp; c'></a>"
                  "<img src=/2.jpg width=600 height=400><img src=/3.jpg>");
    assert_int_equal(document_images(document, found, 2), 2);
    assert_true(str_equal(found[0].url, STR("https://example.org/1.jpg")));
    assert_true(str_equal(found[0].alt, STR("b & c")));
    assert_int_equal(found[0].width, 0);
    assert_true(str_equal(found[1].url, STR("https://example.org/2.jpg")));
    assert_int_equal(found[1].alt.len, 0);
    assert_int_equal(found[1].width, 600);
    assert_int_equal(found[1].height, 400);
    OWNED(document_release) struct document *none = read_html("a");
    assert_int_equal(document_images(none, found, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_space_folds_as_in_browsers),
        cmocka_unit_test(inline_formats_are_repaired),
        cmocka_unit_test(a_link_around_blocks_is_a_link_in_each),
        cmocka_unit_test(line_breaks_are_single_and_between_words),
        cmocka_unit_test(headings_hold_words_only),
        cmocka_unit_test(lists_are_repaired),
        cmocka_unit_test(items_keep_their_numbers),
        cmocka_unit_test(a_list_is_loose_if_its_paragraphs_are),
        cmocka_unit_test(code_keeps_its_lines),
        cmocka_unit_test(tables_of_data_stay_tables),
        cmocka_unit_test(other_rows_of_words_become_lines),
        cmocka_unit_test(a_layout_table_becomes_its_blocks),
        cmocka_unit_test(what_readers_must_not_get_vanishes),
        cmocka_unit_test(tracking_pixels_vanish),
        cmocka_unit_test(only_links_that_a_mail_may_carry_survive),
        cmocka_unit_test(relative_urls_are_resolved),
        cmocka_unit_test(nothing_turns_the_direction_of_the_text),
        cmocka_unit_test(hosts_in_links_are_a_labels),
        cmocka_unit_test(without_a_base_a_relative_link_keeps_its_text),
        cmocka_unit_test(embeds_become_links),
        cmocka_unit_test(the_real_source_of_a_late_image_is_found),
        cmocka_unit_test(of_several_copies_the_fitting_one_is_taken),
        cmocka_unit_test(other_sources_of_a_picture_are_read),
        cmocka_unit_test(a_caption_stands_under_its_image),
        cmocka_unit_test(controls_never_reach_a_reader),
        cmocka_unit_test(text_that_only_looks_like_a_tag_stays),
        cmocka_unit_test(marked_sections_lose_their_marks),
        cmocka_unit_test(nul_bytes_do_not_end_the_text),
        cmocka_unit_test(a_declared_charset_does_not_confuse_utf8),
        cmocka_unit_test(other_encodings_are_refused_with_their_line),
        cmocka_unit_test(nesting_beyond_reason_is_refused),
        cmocka_unit_test(a_tag_of_endless_attributes_is_refused),
        cmocka_unit_test(lists_too_deep_join_their_surroundings),
        cmocka_unit_test(an_empty_page_is_an_empty_document),
        cmocka_unit_test(the_first_images_are_found_where_they_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
