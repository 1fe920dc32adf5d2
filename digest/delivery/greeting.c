/* Recognises a greeting at the begin of an introduction. */
#include "digest/delivery/greeting_internal.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/text.h"

enum { PARAGRAPHS = 2 };

static bool is_letter(unsigned c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           (c >= 0xc0 && !(c >= 0x2000 && c < 0x2c00) &&
            !(c >= 0x3000 && c < 0x3040) && !(c >= 0xfe00 && c < 0xfe10) &&
            c < 0x1f000);
}

/* A line without what stands before its first word, such as an emoji. */
static struct str from_letter(struct str line)
{
    size_t at = 0;
    while (at < line.len) {
        size_t behind = at;
        if (is_letter(utf8_next(line, &behind)))
            break;
        at = behind;
    }
    return str_from(line, at);
}

/* A Latin word ends where no letter and no hyphen follows; other scripts join
 * what comes next. */
static bool ends_word(struct str greeting, struct str behind)
{
    size_t at = 0;
    if (!behind.len || (unsigned char)greeting.ptr[greeting.len - 1] >= 0x80)
        return true;
    unsigned c = utf8_next(behind, &at);
    return !is_letter(c) && c != '-' && c != '\'' && c != 0x2019;
}

static bool line_greets(struct str line, const struct catalogue *words)
{
    struct str rest = str_of(catalogue_get(words, "greetings"));
    line = from_letter(line);
    while (rest.len) {
        struct str greeting = str_trim(str_cut(&rest, ','));
        if (greeting.len && str_starts_nocase(line, greeting) &&
            ends_word(greeting, str_from(line, greeting.len)))
            return true;
    }
    return false;
}

bool greeting_begins(const struct document *intro,
                     const struct catalogue *words)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct text_options options = {0};
    document_to_text(intro, &options, &text);
    struct str rest = strbuf_str(&text), line;
    bool is_first = true;
    for (unsigned seen = 0; seen < PARAGRAPHS && str_next_line(&rest, &line);) {
        bool begins = is_first && str_trim(line).len;
        if (begins && line_greets(line, words))
            return true;
        seen += begins;
        is_first = !str_trim(line).len;
    }
    return false;
}
