/* Whatever a subscriber calls themselves: the message stays the one that
 * everybody gets. Headers, parts, elements and their attributes are the same;
 * the name stands as one line of text where it belongs. */
#include <stdio.h>

#include "digest/base/random.h"
#include "digest/base/utf8.h"
#include "digest/delivery/build.h"
#include "digest/document/markup.h"
#include "digest/message/reader.h"
#include "tests/support/house.h"

enum { ROUNDS = 200, PIECES_MAX = 12 };

/* Texts that would do harm if they weren't text. */
static const char *const hostile[] = {
    "\r\nBcc: everybody@example.org\r\n",
    "\n\n<script>alert(1)</script>",
    "\r\n.\r\nMAIL FROM:<x@example.org>\r\n",
    "\r\n--=_0123456789abcdef0123456789abcdef\r\nContent-Type: text/html\r\n",
    "{{unsubscribe_url}} {{{slot.greeting}}} {{>masthead}}",
    "\x02unsubscribe_url\x03",
    "\x02hgreeting\x03",
    "\" onmouseover=\"alert(1)",
    "' style='display:none'",
    "</a></td></table></body></html>",
    "<!--[if mso]>",
    "-->]]><![CDATA[",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp;amp; &#0; &notanentity;",
    "=?utf-8?Q?=0D=0ABcc:=20x?=",
    "=?utf-8?B?PHNjcmlwdD4=?=",
    "\\\"; \\",
    "(comment) <other@example.org>, second@example.org",
    "\xe2\x80\xaegnp.exe\xe2\x81\xa6\xe2\x80\xad",
    "\xe2\x80\xa8line\xe2\x80\xa9paragraph\xc2\x85next",
    "\xff\xfe\xc3(\xed\xa0\x80\xf0\x28\x8c\x28",
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
    "名前が長い人の名前",
    "===3D=3D=\t \t=20",
    ".From From ..",
    "%s%n%00%0d%0a",
    "\x1b[31m\x07\x08\x7f",
    " \xef\xbb\xbf ",
};

/* ---- an issue of each design ----------------------------------------- */

static const struct article stories[] = {
    {.id = 1,
     .guid = "",
     .url = "https://example.org/tram",
     .title = "The tram opens early",
     .author = "Anna Weber",
     .language = "en",
     .summary_html = "<p>For once a\xe2\x80\xae building site\xe2\x81\xa6 "
                     "is ahead.</p>",
     .body_html = "",
     .image_url = "https://example.org/tram.jpg",
     .image_alt = "A tram on a bridge.",
     .word_count = 500},
    {.id = 2,
     .guid = "",
     .url = "https://example.org/library",
     .title = "The library opens on Sundays",
     .author = "",
     .language = "en",
     .summary_html = "<p>From December on.</p>",
     .body_html = "",
     .image_url = "",
     .image_alt = "",
     .word_count = 200},
};

struct fixture {
    struct conf conf;
    struct newsletter newsletter;
    struct issue issue;
    struct build build;
    struct token_keys *keys;
    struct template_set *templates;
    struct message *message;
};

static void make(struct fixture *f, const char *design)
{
    struct err err = {0};
    struct issue_article items[] = {
        {.section = 1, .heading = "City", .article = stories[0]},
        {.section = 1, .heading = "City", .article = stories[1]}};
    struct issue_articles articles = {.items = items, .count = 2};
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, text = STRBUF_INIT;
    struct render_notes notes = {0};
    *f = (struct fixture){0};
    f->conf.site_name = (char *)"The Example";
    f->conf.base_url = (char *)"https://news.example.org";
    f->conf.postal_address = (char *)"1 Quay Street, Harbour Town";
    f->newsletter = (struct newsletter){.id = 1,
                                        .slug = "weekly",
                                        .title = "Weekly",
                                        .from_name = "Re\xe2\x80\xaeview",
                                        .from_address = "weekly@example.org",
                                        .reply_to = "",
                                        .language = "en",
                                        .timezone = "UTC",
                                        .template_name = design,
                                        .theme = ""};
    f->issue = (struct issue){.id = 1,
                              .newsletter_id = 1,
                              .newsletter = "weekly",
                              .number = 1,
                              .subject = "The tram opens early",
                              .preheader = "",
                              .intro = "Good *morning*."};
    f->templates = template_set_new(NULL);
    f->keys = house_keys();
    f->build = (struct build){.conf = &f->conf,
                              .templates = f->templates,
                              .keys = f->keys,
                              .newsletter = &f->newsletter,
                              .issue = &f->issue,
                              .date = 1795200000};
    bool good =
        build_begin(&f->build, &err) &&
        build_render(&f->build, &articles, false, &html, &text, &notes, &err) &&
        build_compose(&f->build, strbuf_text(&html), strbuf_text(&text),
                      &f->message, &err);
    if (!good)
        fail_msg("%s", err.text);
}

static void release(struct fixture *f)
{
    message_free(f->message);
    build_end(&f->build);
    token_keys_free(f->keys);
    template_set_free(f->templates);
}

static void copy_for(const struct fixture *f, struct str name,
                     struct build_values *values, struct strbuf *out)
{
    static const unsigned char key[SUBSCRIBER_KEY_SIZE] = {1, 2, 3};
    struct build_recipient to = {
        .email = STR("eve@example.net"), .name = name, .key = key};
    struct err err = {0};
    build_fill(&f->build, &to, values);
    if (!build_splice(f->message, &to, values, out, &err))
        fail_msg("%s", err.text);
}

/* ---- what has to stay ------------------------------------------------ */

/* Every field but To and its name, every part, every element with its
 * attributes, every text but that with the greeting. */
static void outline(struct str eml, struct strbuf *out)
{
    OWNED(read_message_free) struct read_message message = {0};
    OWNED(markup_free) struct markup markup = {0};
    struct err err = {0};
    assert_true(message_read(eml, &message, &err));
    for (size_t i = 0; i < message.field_count; i++) {
        const struct read_field *field = &message.fields[i];
        bool to = strcmp(field->name, "To") == 0;
        strbuf_add_format(out, "%s: %s\n", field->name, to ? "" : field->value);
    }
    for (size_t i = 0; i < message.parts.count; i++)
        strbuf_add_format(out, "part %s %s\n", message.parts.items[i].type,
                          message.parts.items[i].encoding);
    const struct read_part *html = read_part_get(&message, "text/html");
    assert_non_null(html);
    assert_true(markup_read(html->text, &markup, &err));
    for (size_t i = 0; i < markup.count; i++) {
        const struct markup_node *node = markup.nodes[i];
        strbuf_add_format(out, "%d %s\n", (int)node->kind,
                          node->name ? node->name : "");
        for (size_t a = 0; a < node->attribute_count; a++)
            strbuf_add_format(out, "  %s=%s\n", node->attributes[a].name,
                              node->attributes[a].value);
        bool greets = str_starts(str_trim(node->text), STR("Hello"));
        if (node->kind != MARKUP_ELEMENT && !greets)
            strbuf_add_format(out, "%.*s\n", STR_ARG(node->text));
    }
}

/* The lines of the text part, but that of the greeting. */
static void text_outline(struct str eml, struct strbuf *out)
{
    OWNED(read_message_free) struct read_message message = {0};
    struct err err = {0};
    assert_true(message_read(eml, &message, &err));
    const struct read_part *part = read_part_get(&message, "text/plain");
    assert_non_null(part);
    struct str rest = part->text, line;
    while (str_next_line(&rest, &line))
        if (str_starts(line, STR("Hello")))
            strbuf_add_text(out, "greeting\n");
        else
            strbuf_add_format(out, "%.*s\n", STR_ARG(line));
}

static bool turns_direction(unsigned c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void assert_fit_for_readers(struct str text)
{
    assert_int_equal(utf8_invalid_at(text), text.len);
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        assert_true(c >= ' ' || c == '\n');
        assert_true(c < 0x7f || c > 0x9f);
        assert_false(turns_direction(c));
    }
}

/* Line lengths, 7 bit, and characters that aren't split: what each line of a
 * part says is UTF-8 of its own. */
static void assert_sound(struct str eml)
{
    OWNED(read_message_free) struct read_message message = {0};
    struct err err = {0};
    struct str line, rest = eml;
    assert_true(message_read(eml, &message, &err));
    while (str_next_line(&rest, &line)) {
        assert_true(line.len <= 998);
        for (size_t i = 0; i < line.len; i++)
            assert_true(line.ptr[i] >= ' ' && line.ptr[i] <= '~');
    }
    for (size_t i = 0; i < message.parts.count; i++) {
        assert_fit_for_readers(message.parts.items[i].text);
        for (rest = message.parts.items[i].raw; str_next_line(&rest, &line);) {
            assert_true(line.len <= 76);
            OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
            for (size_t c = 0; c < line.len; c++) {
                unsigned code;
                char hex[3] = {0};
                if (line.ptr[c] != '=' || c + 2 >= line.len) {
                    strbuf_add_char(&bytes, line.ptr[c]);
                    continue;
                }
                memcpy(hex, line.ptr + c + 1, 2);
                assert_int_equal(sscanf(hex, "%2X", &code), 1);
                strbuf_add_char(&bytes, (char)code);
                c += 2;
            }
            assert_int_equal(utf8_invalid_at(strbuf_str(&bytes)), bytes.len);
        }
    }
}

/* ---- the property ---------------------------------------------------- */

static void assert_same_as_for_anna(const struct fixture *f, struct str name)
{
    OWNED(build_values_free) struct build_values values = {0};
    OWNED(strbuf_free) struct strbuf anna = STRBUF_INIT, eve = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf one = STRBUF_INIT, two = STRBUF_INIT;
    copy_for(f, STR("Anna"), &values, &anna);
    copy_for(f, name, &values, &eve);
    outline(strbuf_str(&anna), &one);
    outline(strbuf_str(&eve), &two);
    text_outline(strbuf_str(&anna), &one);
    text_outline(strbuf_str(&eve), &two);
    assert_sound(strbuf_str(&eve));
    if (strcmp(strbuf_text(&one), strbuf_text(&two)) != 0)
        fail_msg("another message for \"%.*s\":\n%s", STR_ARG(name),
                 strbuf_text(&eve));
}

static void with_each_design(void (*check)(const struct fixture *f))
{
    static const char *const designs[] = {"default", "brief"};
    for (size_t i = 0; i < ARRAY_SIZE(designs); i++) {
        OWNED(release) struct fixture f;
        make(&f, designs[i]);
        check(&f);
    }
}

static void try_each(const struct fixture *f)
{
    for (size_t i = 0; i < ARRAY_SIZE(hostile); i++)
        assert_same_as_for_anna(f, str_of(hostile[i]));
    assert_same_as_for_anna(f, (struct str){"a\0b\0\r\nBcc: x", 13});
}

static void a_hostile_name_changes_nothing_but_the_name(void **state)
{
    (void)state;
    with_each_design(try_each);
}

static void try_long(const struct fixture *f)
{
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    while (name.len < 10 * 1024)
        strbuf_add_text(&name, hostile[name.len % ARRAY_SIZE(hostile)]);
    assert_same_as_for_anna(f, strbuf_str(&name));
}

static void a_name_of_ten_kilobytes_is_text_as_well(void **state)
{
    (void)state;
    with_each_design(try_long);
}

/* Pieces of the above and random bytes, in any order. */
static void random_name(struct strbuf *name)
{
    uint32_t pieces = random_below(PIECES_MAX);
    for (uint32_t i = 0; i < pieces; i++) {
        const char *piece =
            hostile[random_below((uint32_t)ARRAY_SIZE(hostile))];
        size_t length = strlen(piece);
        size_t from = random_below((uint32_t)length);
        if (random_below(3))
            strbuf_add(name, piece + from, length - from);
        else
            strbuf_add_char(name, (char)random_below(256));
    }
}

static void try_random(const struct fixture *f)
{
    random_hold(20261120);
    for (int i = 0; i < ROUNDS; i++) {
        OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
        random_name(&name);
        assert_same_as_for_anna(f, strbuf_str(&name));
    }
}

static void no_mixture_of_them_changes_anything_either(void **state)
{
    (void)state;
    with_each_design(try_random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hostile_name_changes_nothing_but_the_name),
        cmocka_unit_test(a_name_of_ten_kilobytes_is_text_as_well),
        cmocka_unit_test(no_mixture_of_them_changes_anything_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
