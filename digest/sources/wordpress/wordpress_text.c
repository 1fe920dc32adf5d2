/* Makes HTML of a WordPress text: paragraphs set, shortcodes dropped. */
#include "digest/sources/wordpress/wordpress_internal.h"

#include "digest/base/mem.h"

/* Elements that stand for themselves; anything else becomes a paragraph. */
static const char *const blocks[] = {
    "address", "article", "aside",    "blockquote", "center",     "dd",
    "div",     "dl",      "dt",       "figure",     "figcaption", "footer",
    "form",    "h1",      "h2",       "h3",         "h4",         "h5",
    "h6",      "header",  "hr",       "iframe",     "li",         "main",
    "nav",     "ol",      "p",        "pre",        "section",    "script",
    "style",   "table",   "tbody",    "td",         "tfoot",      "th",
    "thead",   "tr",      "ul",       "details",    "summary",    "video",
    "audio",   "object",  "noscript",
};

static const char *const shortcodes[] = {
    "caption",      "wp_caption",     "gallery",
    "audio",        "video",          "playlist",
    "embed",        "code",           "source",
    "vc_row",       "vc_column",      "et_pb_section",
    "contact-form", "contact-form-7", "jetpack-related-posts",
    "youtube",      "vimeo",          "twitter",
    "instagram",    "googlemaps",     "polldaddy",
    "poll",         "slideshow",      "soundcloud",
    "su_spacer",    "vc_column_text", "sourcecode",
    "more",         "latexpage",      "toc",
    "share",        "button",         "columns",
    "column",
};

static size_t name_length(struct str text)
{
    size_t length = 0;
    while (length < text.len &&
           ((text.ptr[length] | 0x20) >= 'a' || text.ptr[length] == '-' ||
            (text.ptr[length] >= '0' && text.ptr[length] <= '9')) &&
           (text.ptr[length] | 0x20) <= 'z')
        length++;
    return length;
}

static bool is_among(struct str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(name, str_of(names[i])))
            return true;
    return false;
}

/* The length of "[caption …]" or "[/caption]", or 0. */
static size_t shortcode_length(struct str text)
{
    size_t skip = text.len > 1 && text.ptr[1] == '/' ? 2 : 1;
    struct str name = str_from(text, skip);
    name.len = name_length(name);
    size_t end = str_find(text, ']');
    if (end == text.len || !is_among(name, shortcodes, ARRAY_SIZE(shortcodes)))
        return 0;
    char after = text.ptr[skip + name.len];
    return after == ' ' || after == ']' || after == '/' ? end + 1 : 0;
}

static void drop_shortcodes(struct str text, struct strbuf *out)
{
    while (text.len) {
        size_t at = str_find(text, '[');
        strbuf_add(out, text.ptr, at);
        text = str_from(text, at);
        if (!text.len)
            return;
        size_t length = shortcode_length(text);
        if (!length)
            strbuf_add_char(out, '[');
        text = str_from(text, length ? length : 1);
    }
}

/* The length of what is passed over whole: comments, preformatted text. */
static size_t whole_length(struct str text)
{
    static const struct {
        const char *begin, *end;
    } wholes[] = {{"<!--", "-->"},
                  {"<pre", "</pre>"},
                  {"<script", "</script>"},
                  {"<style", "</style>"},
                  {"<textarea", "</textarea>"}};
    for (size_t i = 0; i < ARRAY_SIZE(wholes); i++) {
        if (!str_starts_nocase(text, str_of(wholes[i].begin)))
            continue;
        size_t end = str_find_str(text, str_of(wholes[i].end));
        return end < text.len ? end + strlen(wholes[i].end) : text.len;
    }
    return 0;
}

/* The length up to the blank line that ends a paragraph. */
static size_t paragraph_length(struct str text)
{
    for (size_t at = 0; at < text.len; at++) {
        struct str rest = str_from(text, at);
        if (rest.ptr[0] == '<') {
            size_t whole = whole_length(rest);
            if (whole && at == 0)
                return whole;
            if (whole && !str_starts(rest, STR("<!--")))
                return at;
            at += whole ? whole - 1 : 0;
        } else if (rest.ptr[0] == '\n') {
            struct str line = str_from(rest, 1);
            line.len = str_find(line, '\n');
            if (str_trim(line).len == 0)
                return at;
        }
    }
    return text.len;
}

static bool is_block(struct str text)
{
    if (!str_starts(text, STR("<")))
        return false;
    struct str name =
        str_from(text, text.len > 1 && text.ptr[1] == '/' ? 2 : 1);
    name.len = name_length(name);
    return str_starts(text, STR("<!--")) ||
           is_among(name, blocks, ARRAY_SIZE(blocks));
}

static void add_paragraph(struct str text, struct strbuf *out)
{
    text = str_trim(text);
    if (!text.len)
        return;
    if (is_block(text)) {
        strbuf_add_str(out, text);
        strbuf_add_char(out, '\n');
        return;
    }
    strbuf_add_text(out, "<p>");
    for (struct str line; str_next_line(&text, &line);) {
        strbuf_add_str(out, line);
        if (text.len)
            strbuf_add_text(out, "<br>\n");
    }
    strbuf_add_text(out, "</p>\n");
}

void wordpress_to_html(struct str text, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf plain = STRBUF_INIT;
    drop_shortcodes(text, &plain);
    struct str rest = str_trim(strbuf_str(&plain));
    /* A text by the block editor has its paragraphs already. */
    if (str_find_str(rest, STR("<!-- wp:")) < rest.len) {
        strbuf_add_str(out, rest);
        return;
    }
    while (rest.len) {
        size_t length = paragraph_length(rest);
        add_paragraph((struct str){rest.ptr, length}, out);
        rest = str_trim(str_from(rest, length));
    }
}
