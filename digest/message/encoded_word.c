/* Writes text as encoded words, in Q or B, whichever is shorter. */
#include "digest/message/encoded_word.h"

#include <libetpan/libetpan.h>
#include <stdlib.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"

enum {
    LINE_MAX_COLUMNS = 76,
    WORD_MAX = 75,
    FRAME = sizeof "=?utf-8?Q?" - 1 + sizeof "?=" - 1,
    RAW_MAX = WORD_MAX - FRAME,
};

/* The next character as it will be read, or an empty view for a control or
 * what turns the direction of the line. */
static struct str next_character(struct str text, size_t *at)
{
    size_t before = *at;
    unsigned c = utf8_next(text, at);
    if (c == '\t')
        return STR(" ");
    if (c < ' ' || (c >= 0x7f && c < 0xa0) || utf8_turns_direction(c))
        return STR("");
    return (struct str){text.ptr + before, *at - before};
}

static bool stands_in_q(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c && strchr("!*+-/ ", c));
}

static size_t q_width(struct str bytes)
{
    size_t width = 0;
    for (size_t i = 0; i < bytes.len; i++)
        width += stands_in_q(bytes.ptr[i]) ? 1 : 3;
    return width;
}

static size_t b_width(size_t length)
{
    return (length + 2) / 3 * 4;
}

static bool b_is_shorter(struct str text)
{
    size_t q = 0, length = 0;
    for (size_t at = 0; at < text.len;) {
        struct str c = next_character(text, &at);
        q += q_width(c);
        length += c.len;
    }
    return b_width(length) < q;
}

static void add_q(struct strbuf *out, struct str bytes)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c == ' ') {
            strbuf_add_char(out, '_');
        } else if (stands_in_q((char)c)) {
            strbuf_add_char(out, (char)c);
        } else {
            char code[3] = {'=', hex[c >> 4], hex[c & 15]};
            strbuf_add(out, code, sizeof code);
        }
    }
}

/* The text of one encoded word: whole characters from *at on that fit into
 * `room`. */
static struct str gather(struct str text, size_t *at, size_t room, bool base64,
                         char raw[RAW_MAX])
{
    size_t length = 0, width = 0, whole = 0, here = *at, behind = *at;
    while (here < text.len) {
        size_t after = here;
        struct str c = next_character(text, &after);
        size_t wider = base64 ? b_width(length + c.len) : width + q_width(c);
        if (wider > room)
            break;
        memcpy(raw + length, c.ptr, c.len);
        length += c.len;
        width = wider;
        here = after;
        if (!base64 || length % 3 == 0 || here == text.len) {
            whole = length;
            behind = here;
        }
    }
    *at = behind;
    return (struct str){raw, whole};
}

/* Adds a word, in B when that is shorter, but padding stands in the last word
 * alone: GMime decodes neighbouring words as one run of base64, which ends at
 * the first `=`. Where no character ends at a third byte the word is one of
 * Q. */
static void add_word(struct strbuf *out, struct str text, size_t *at,
                     size_t room, bool base64)
{
    char raw[RAW_MAX];
    size_t before = *at;
    struct str part = gather(text, at, room, base64, raw);
    if (*at == before) {
        base64 = false;
        part = gather(text, at, room, base64, raw);
    }
    strbuf_add_text(out, base64 ? "=?utf-8?B?" : "=?utf-8?Q?");
    if (base64)
        base64_encode(out, part);
    else
        add_q(out, part);
    strbuf_add_text(out, "?=");
}

/* A column is at least 1, so no word is wider than WORD_MAX. */
static size_t room_after(size_t column)
{
    return LINE_MAX_COLUMNS - column - FRAME;
}

size_t encoded_words_add(struct strbuf *out, size_t column, struct str text)
{
    enum { WIDEST_CHARACTER = 12 };
    bool base64 = b_is_shorter(text);
    bool fold = column + FRAME + WIDEST_CHARACTER > LINE_MAX_COLUMNS;
    for (size_t at = 0; at < text.len; fold = true) {
        if (fold) {
            strbuf_add_text(out, "\r\n ");
            column = 1;
        }
        size_t before = out->len;
        add_word(out, text, &at, room_after(column), base64);
        column += out->len - before;
    }
    return column;
}

void encoded_words_decode(struct str value, struct strbuf *out)
{
    OWNED(mem_free) char *decoded = NULL;
    OWNED(mem_free) char *copy = str_dup(value);
    size_t index = 0;
    if (strstr(copy, "=?") &&
        mailmime_encoded_phrase_parse("utf-8", copy, value.len, &index, "utf-8",
                                      &decoded) == MAILIMF_NO_ERROR &&
        decoded)
        strbuf_add_text(out, decoded);
    else
        strbuf_add_str(out, value);
}
