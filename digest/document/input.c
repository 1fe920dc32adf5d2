/* Checks text before it is parsed, and drops what would choke a parser. */
#include "digest/document/input_internal.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

static bool not_utf8(struct str text, size_t at, struct err *err)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return err_set(err, ERR_INPUT,
                   "line %zu: byte 0x%02x is not UTF-8: convert the text to "
                   "UTF-8",
                   line, (unsigned char)text.ptr[at]);
}

bool input_check(struct str *text, struct strbuf *cleaned, struct err *err)
{
    if (text->len > INPUT_BYTES_MAX)
        return err_set(err, ERR_INPUT,
                       "text of %zu MB: an article may have at most %d MB",
                       text->len >> 20, INPUT_BYTES_MAX >> 20);
    size_t at = utf8_invalid_at(*text);
    if (at < text->len)
        return not_utf8(*text, at, err);
    if (!text->len || !memchr(text->ptr, '\0', text->len))
        return true;
    for (size_t i = 0; i < text->len; i++)
        if (text->ptr[i])
            strbuf_add_char(cleaned, text->ptr[i]);
    *text = strbuf_str(cleaned);
    return true;
}

/* ---- marked sections -------------------------------------------------- */

enum { SECTION_MARK_MAX = 100 };

/* Length of the mark at the start, or 0. <![endif]--> ends a comment and has
 * to stay. */
static size_t section_mark(struct str html, bool is_in_cdata)
{
    if (str_starts(html, STR("<![CDATA[")))
        return STR("<![CDATA[").len;
    if (is_in_cdata && str_starts(html, STR("]]>")))
        return STR("]]>").len;
    if (!str_starts(html, STR("<![")))
        return 0;
    if (html.len > SECTION_MARK_MAX)
        html.len = SECTION_MARK_MAX;
    size_t end = str_find(html, ']');
    bool is_mark = end + 1 < html.len && html.ptr[end + 1] == '>';
    return is_mark ? end + 2 : 0;
}

void input_strip_sections(struct str *html, struct strbuf *cleaned)
{
    struct str rest = *html;
    if (str_find_str(rest, STR("<![")) == rest.len)
        return;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    bool is_in_cdata = false;
    while (rest.len) {
        size_t mark = section_mark(rest, is_in_cdata);
        if (!mark)
            strbuf_add_char(&out, rest.ptr[0]);
        else
            is_in_cdata = str_starts(rest, STR("<![CDATA["));
        rest = str_from(rest, mark ? mark : 1);
    }
    strbuf_free(cleaned);
    *cleaned = out;
    out = STRBUF_INIT;
    *html = strbuf_str(cleaned);
}

/* ---- tags ------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Counts the words of a tag outside quotes; *at moves behind it. */
static unsigned count_attributes(struct str html, size_t *at)
{
    unsigned count = 0;
    char before = ' ', last_mark = 0; /* the last that is no space */
    for (; *at < html.len && html.ptr[*at] != '>'; ++*at) {
        char c = html.ptr[*at];
        if ((c == '"' || c == '\'') && last_mark == '=') {
            ++*at;
            *at += str_find(str_from(html, *at), c);
        } else if (!is_space(c) && (is_space(before) || before == '"' ||
                                    before == '\'' || before == '/')) {
            count++;
        }
        before = c;
        if (!is_space(c))
            last_mark = c;
    }
    return count;
}

/* Script and style hold no tags, whatever it looks like. */
static size_t skip_raw(struct str html, size_t tag, size_t at)
{
    struct str name = str_from(html, tag);
    bool is_raw = str_starts_nocase(name, STR("script")) ||
                  str_starts_nocase(name, STR("style"));
    while (is_raw && at < html.len) {
        at += str_find_str(str_from(html, at), STR("</"));
        struct str rest = str_from(html, at < html.len ? at + 2 : at);
        if (str_starts_nocase(rest, (struct str){name.ptr, 5}))
            break;
        at += at < html.len ? 2 : 0;
    }
    return at;
}

bool input_has_endless_tag(struct str html)
{
    for (size_t at = 0; at + 1 < html.len;) {
        at += str_find(str_from(html, at), '<') + 1;
        if (at >= html.len || !is_letter(html.ptr[at]))
            continue;
        size_t tag = at;
        if (count_attributes(html, &at) > TAG_ATTRIBUTES_MAX)
            return true;
        at = skip_raw(html, tag, at);
    }
    return false;
}
