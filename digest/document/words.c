/* Collects and counts the words of a tree, with or without spaces. */
#include <cmark.h>
#include <unictype.h>
#include <uniwbrk.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/tree_internal.h"

/* ---- the words of a tree ---------------------------------------------- */

static void add_space(struct strbuf *out, size_t start)
{
    if (out->len > start && out->ptr[out->len - 1] != ' ')
        strbuf_add_char(out, ' ');
}

static bool is_raised_number(struct str text)
{
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        if (c != 0xb9 && c != 0xb2 && c != 0xb3 && c != 0x2070 &&
            (c < 0x2074 || c > 0x2079))
            return false;
    }
    return text.len > 0;
}

/* "[12]", or a raised "12", in a link leads to a footnote. */
static bool is_note_mark(cmark_node *text)
{
    struct str mark = str_of(cmark_node_get_literal(text));
    if (cmark_node_get_type(cmark_node_parent(text)) != CMARK_NODE_LINK)
        return false;
    if (is_raised_number(mark))
        return true;
    if (mark.len < 3 || mark.ptr[0] != '[' || mark.ptr[mark.len - 1] != ']')
        return false;
    unsigned long long number;
    return str_to_u64((struct str){mark.ptr + 1, mark.len - 2}, &number);
}

static bool is_prose(cmark_node *text)
{
    return cmark_node_get_type(cmark_node_parent(text)) != CMARK_NODE_IMAGE &&
           !is_note_mark(text);
}

static void add_node(cmark_node *node, enum words_with with, size_t start,
                     struct strbuf *out)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        if (with == WORDS_ALL || is_prose(node))
            strbuf_add_text(out, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_CODE:
        strbuf_add_text(out, cmark_node_get_literal(node));
        break;
    case CMARK_NODE_CODE_BLOCK:
        add_space(out, start);
        tree_clean_line(out, str_of(cmark_node_get_literal(node)));
        break;
    case CMARK_NODE_LINEBREAK:
    case CMARK_NODE_PARAGRAPH:
    case CMARK_NODE_HEADING:
    case CMARK_NODE_CUSTOM_BLOCK: /* a cell, a row */
        add_space(out, start);
        break;
    default:
        break;
    }
}

void tree_words(cmark_node *node, enum words_with with, struct strbuf *out)
{
    size_t start = out->len;
    cmark_iter *iter = cmark_iter_new(node);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
        if (event == CMARK_EVENT_ENTER)
            add_node(cmark_iter_get_node(iter), with, start, out);
    cmark_iter_free(iter);
    while (out->len > start && out->ptr[out->len - 1] == ' ')
        strbuf_cut(out, out->len - 1);
}

/* ---- counting --------------------------------------------------------- */

/* Scripts that are written without spaces between words. */
static const struct range {
    unsigned first, last;
} unspaced[] = {
    {0x0e00, 0x0eff},   /* Thai, Lao */
    {0x1000, 0x109f},   /* Myanmar */
    {0x1780, 0x17ff},   /* Khmer */
    {0x3040, 0x30ff},   /* Hiragana, Katakana */
    {0x3400, 0x4dbf},   /* CJK extension A */
    {0x4e00, 0x9fff},   /* CJK */
    {0xf900, 0xfaff},   /* CJK compatibility */
    {0x20000, 0x3ffff}, /* CJK extensions */
};

static bool is_unspaced(unsigned c)
{
    for (size_t i = 0; c >= unspaced[0].first && i < ARRAY_SIZE(unspaced); i++)
        if (c >= unspaced[i].first && c <= unspaced[i].last)
            return true;
    return false;
}

static bool is_word_char(unsigned c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') ||
               ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    return uc_is_property_alphabetic(c) || uc_is_property_numeric(c);
}

/* One piece between two breaks: a word or not, or characters of a script
 * without spaces, counted on their own. */
static bool piece_is_word(struct str piece, unsigned *unspaced_chars)
{
    bool is_word = false;
    for (size_t at = 0; at < piece.len;) {
        unsigned c = utf8_next(piece, &at);
        if (is_unspaced(c) && uc_is_property_alphabetic(c))
            ++*unspaced_chars;
        else
            is_word = is_word || is_word_char(c);
    }
    return is_word;
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

static unsigned count_pieces(struct str token, unsigned *unspaced_chars)
{
    OWNED(mem_free) char *breaks = MEM_NEW_ARRAY(char, token.len + 1);
    u8_wordbreaks((const uint8_t *)token.ptr, token.len, breaks);
    unsigned words = 0;
    for (size_t start = 0; start < token.len;) {
        size_t end = start + 1;
        while (end < token.len && !breaks[end])
            end++;
        words += piece_is_word((struct str){token.ptr + start, end - start},
                               unspaced_chars);
        start = end;
    }
    return words;
}

/* A token of letters, or of digits, is one word; that is nearly all of them,
 * and far cheaper to see than where it breaks. */
static bool is_simple(struct str token)
{
    for (size_t i = 0; i < token.len; i++)
        if (!is_word_char((unsigned char)token.ptr[i]))
            return false;
    return true;
}

/* How many ASCII letters and digits stand at the start. */
static size_t simple_length(struct str text)
{
    size_t length = 0;
    while (length < text.len && (unsigned char)text.ptr[length] < 0x80 &&
           is_word_char((unsigned char)text.ptr[length]))
        length++;
    return length;
}

unsigned tree_count_words(struct str text)
{
    unsigned words = 0, unspaced_chars = 0;
    while (text.len) {
        size_t simple = simple_length(text);
        if (simple && (simple == text.len || text.ptr[simple] == ' ')) {
            words++;
            text = str_from(text, simple + 1);
            continue;
        }
        struct str token = str_cut(&text, ' ');
        struct str core = token;
        while (core.len && strchr(".,;:!?\")'", core.ptr[core.len - 1]))
            core.len--;
        while (core.len && strchr("\"('", core.ptr[0]))
            core = str_from(core, 1);
        if (!core.len)
            continue;
        if (is_ascii(core) && is_simple(core))
            words++;
        else
            words += count_pieces(core, &unspaced_chars);
    }
    return words + (unspaced_chars + 1) / 2;
}
