/* Writes an article's signature from its address, title and lead. */
#include "digest/articles/signature.h"

#include <stdlib.h>

#include "digest/articles/category.h"
#include "digest/articles/tracking.h"
#include "digest/base/mem.h"
#include "digest/base/url.h"
#include "digest/base/utf8.h"

enum {
    VERSION = 1,
    HEAD = 16, /* bytes: address 8, numbers 4, counts 2, version 1, none 1 */
    TITLE_MAX = 24,
    LEAD_MAX = 32, /* of the summary, and of the body */
    TEXT_MAX = 4096,
    REVISION_MAX = 1 << 16, /* bytes of a text that are compared as a whole */
    PIECE = 256,
};

/* ---- characters ---- */

struct range {
    unsigned first, last;
};

static bool is_in(const struct range *ranges, size_t count, unsigned c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* Thai, Lao, Burmese, Khmer, kana and Han are written without spaces. */
static bool is_spaceless(unsigned c)
{
    static const struct range ranges[] = {
        {0xE00, 0xEFF},   {0x1000, 0x109F},   {0x1780, 0x17FF},
        {0x3040, 0x30FF}, {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
        {0xF900, 0xFAFF}, {0x20000, 0x3FFFF},
    };
    return c >= 0xE00 && is_in(ranges, ARRAY_SIZE(ranges), c);
}

/* A digit's value in any script, Han numerals after them; -1: none. */
static int digit_value(unsigned c)
{
    static const unsigned zeros[] = {
        '0',   0x660, 0x6F0, 0x966, 0x9E6, 0xA66,  0xAE6,  0xB66,  0xBE6, 0xC66,
        0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10};
    static const unsigned han[] = {0x3007, 0x4E00, 0x4E8C, 0x4E09, 0x56DB,
                                   0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D,
                                   0x5341, 0x767E, 0x5343};
    for (size_t i = 0; i < ARRAY_SIZE(zeros) && c >= zeros[i]; i++)
        if (c <= zeros[i] + 9)
            return (int)(c - zeros[i]);
    for (size_t i = 0; c >= 0x3007 && i < ARRAY_SIZE(han); i++)
        if (c == han[i])
            return (int)i;
    return -1;
}

/* ---- words ---- */

static uint64_t hash_bytes(struct str bytes)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.ptr[i]) * 0x100000001b3;
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93;
    return hash ^ hash >> 32;
}

struct words {
    uint32_t *hashes; /* room for `most` */
    size_t count, most;
    bool long_only; /* short words say little */
};

static bool is_full(const struct words *words)
{
    return words->count >= words->most;
}

static void add_word(struct words *words, struct str word)
{
    if (!is_full(words))
        words->hashes[words->count++] = (uint32_t)hash_bytes(word);
}

static bool is_short(struct str word)
{
    size_t at = 0, letters = 0;
    unsigned first = utf8_next(word, &at);
    for (letters = 1; at < word.len; letters++)
        utf8_next(word, &at);
    return digit_value(first) < 0 && letters < (first < 0x530 ? 4u : 2u);
}

/* Pairs of characters where there are no spaces; a part of another script
 * among them is a word. */
static void add_spaceless(struct words *words, struct str run)
{
    size_t before = 0, at = 0;
    utf8_next(run, &at);
    if (at == run.len)
        add_word(words, run);
    while (at < run.len) {
        size_t here = at;
        utf8_next(run, &at);
        add_word(words, (struct str){run.ptr + before, at - before});
        before = here;
    }
}

static void add_run(struct words *words, struct str run, bool spaceless)
{
    if (spaceless)
        add_spaceless(words, run);
    else if (run.len && !(words->long_only && is_short(run)))
        add_word(words, run);
}

static void add_slug_word(struct words *words, struct str word)
{
    size_t begin = 0;
    bool spaceless = false;
    for (size_t at = 0; at < word.len;) {
        size_t here = at;
        bool is = is_spaceless(utf8_next(word, &at));
        if (is != spaceless && here > begin) {
            add_run(words, (struct str){word.ptr + begin, here - begin},
                    spaceless);
            begin = here;
        }
        spaceless = is;
    }
    add_run(words, str_from(word, begin), spaceless);
}

static void add_words(struct words *words, struct str text)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(text, &slug);
    for (struct str rest = strbuf_str(&slug); rest.len && !is_full(words);)
        add_slug_word(words, str_cut(&rest, '-'));
}

static int by_value(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void sort_words(struct words *words)
{
    size_t kept = 0;
    qsort(words->hashes, words->count, sizeof words->hashes[0], by_value);
    for (size_t i = 0; i < words->count; i++)
        if (i == 0 || words->hashes[i] != words->hashes[i - 1])
            words->hashes[kept++] = words->hashes[i];
    words->count = kept;
}

/* ---- the parts ---- */

/* The numbers of a title in their order: "Week 3, 2-1" is not "Week 4, 2-1".
 * A digit inside a word (News24) is none. */
static uint32_t hash_numbers(struct str title)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT, numbers = STRBUF_INIT;
    bool counts = true, in_number = false;
    category_slug(title, &slug);
    for (size_t at = 0; at < slug.len;) {
        unsigned c = utf8_next(strbuf_str(&slug), &at);
        int value = digit_value(c);
        if (value >= 0 && counts) {
            strbuf_add_format(&numbers, in_number ? "%d" : " %d", value);
            in_number = true;
            continue;
        }
        in_number = false;
        counts = c == '-' || is_spaceless(c);
    }
    return numbers.len ? (uint32_t)hash_bytes(strbuf_str(&numbers)) : 0;
}

/* A document as cmark writes it, up to so many bytes: no "<" that isn't a
 * tag, no "&" that isn't an entity; both part words as a space does. Piece by
 * piece, as the first few words are all that is wanted. */
static void add_document(struct words *words, struct str html, size_t bytes)
{
    html.len = utf8_cut_length(html, bytes);
    while (html.len && !is_full(words)) {
        size_t length = 0;
        while (length < html.len && html.ptr[length] != '<' &&
               html.ptr[length] != '&' &&
               (length < PIECE || html.ptr[length] != ' '))
            length++;
        add_words(words, (struct str){html.ptr, length});
        html = str_from(html, length);
        if (!html.len)
            break;
        if (html.ptr[0] != ' ')
            str_cut(&html, html.ptr[0] == '<' ? '>' : ';');
        else
            html = str_from(html, 1);
    }
}

static void add_lead(struct words *words, const struct article *a)
{
    words->long_only = true;
    words->most = LEAD_MAX;
    add_document(words, str_of(a->summary_html), TEXT_MAX);
    words->most = words->count + LEAD_MAX;
    add_document(words, str_of(a->body_html), TEXT_MAX);
    for (size_t i = 0; i < words->count; i++)
        words->hashes[i] &= 0xffff;
    sort_words(words);
}

/* ---- whole texts ---- */

/* All longer words of a text, each once; hashes are for the caller to free. */
static struct words whole(struct str html)
{
    struct words words = {.most = REVISION_MAX / 2, .long_only = true};
    words.hashes = MEM_NEW_ARRAY(uint32_t, words.most);
    add_document(&words, html, REVISION_MAX);
    sort_words(&words);
    return words;
}

static size_t common_words(const struct words *a, const struct words *b)
{
    size_t common = 0;
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        uint32_t left = a->hashes[i], right = b->hashes[j];
        common += left == right;
        i += left <= right;
        j += right <= left;
    }
    return common;
}

bool signature_is_revision(struct str a, struct str b)
{
    if (str_equal(a, b))
        return true;
    struct words x = whole(a), y = whole(b);
    size_t shorter = x.count < y.count ? x.count : y.count;
    bool is_one = 2 * common_words(&x, &y) >= shorter;
    free(x.hashes);
    free(y.hashes);
    return is_one;
}

void signature_address(struct str url, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    static const char *const pages[] = {"index.html", "index.htm", "index.php",
                                        "amp"};
    tracking_strip(url, &clean);
    struct str rest = strbuf_str(&clean);
    struct str scheme = url_split(rest).scheme;
    if (scheme.len)
        rest = str_from(rest, scheme.len + 3);
    if (str_starts_nocase(rest, STR("www.")))
        rest = str_from(rest, 4);
    rest.len = str_find(rest, '#');
    struct str query = str_from(rest, str_find(rest, '?'));
    rest.len -= query.len;
    size_t host = str_find(rest, '/');
    while (rest.len > host && rest.ptr[rest.len - 1] == '/')
        rest.len--;
    for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
        size_t length = strlen(pages[i]);
        if (rest.len > host + length && str_ends(rest, str_of(pages[i])) &&
            rest.ptr[rest.len - length - 1] == '/')
            rest.len -= length + 1;
    }
    for (size_t i = 0; i < rest.len; i++)
        strbuf_add_char(out,
                        i < host && rest.ptr[i] >= 'A' && rest.ptr[i] <= 'Z'
                            ? (char)(rest.ptr[i] | 0x20)
                            : rest.ptr[i]);
    if (query.len > 1)
        strbuf_add_str(out, query);
}

/* ---- as bytes, the lowest first ---- */

static void add_number(struct strbuf *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        strbuf_add_char(out, (char)(value >> (8 * i) & 0xff));
}

static uint64_t get_number(const char *bytes, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    return value;
}

static uint64_t hash_address(const char *url)
{
    OWNED(strbuf_free) struct strbuf address = STRBUF_INIT;
    signature_address(str_of(url), &address);
    return address.len ? hash_bytes(strbuf_str(&address)) : 0;
}

void signature_write(const struct article *a, struct strbuf *out)
{
    uint32_t title_words[TITLE_MAX], lead_words[2 * LEAD_MAX];
    struct words title = {.hashes = title_words, .most = TITLE_MAX};
    struct words lead = {.hashes = lead_words};
    add_words(&title, str_of(a->title));
    sort_words(&title);
    add_lead(&lead, a);
    add_number(out, hash_address(a->url), 8);
    add_number(out, hash_numbers(str_of(a->title)), 4);
    add_number(out, title.count, 1);
    add_number(out, lead.count, 1);
    add_number(out, VERSION, 2);
    for (size_t i = 0; i < title.count; i++)
        add_number(out, title.hashes[i], 4);
    for (size_t i = 0; i < lead.count; i++)
        add_number(out, lead.hashes[i], 2);
}

bool signature_read(struct str bytes, struct arena *arena,
                    struct article_signature *out)
{
    *out = (struct article_signature){0};
    if (bytes.len < HEAD || get_number(bytes.ptr + 14, 2) != VERSION)
        return false;
    out->url = get_number(bytes.ptr, 8);
    out->numbers = (uint32_t)get_number(bytes.ptr + 8, 4);
    out->title_count = (unsigned char)bytes.ptr[12];
    out->lead_count = (unsigned char)bytes.ptr[13];
    size_t title = out->title_count, lead = out->lead_count;
    if (bytes.len != HEAD + 4 * title + 2 * lead)
        return false;
    uint32_t *words = arena_new(arena, 1, 4 * title + 2 * lead + 1);
    uint16_t *lead_words = (uint16_t *)(words + title);
    for (size_t i = 0; i < title; i++)
        words[i] = (uint32_t)get_number(bytes.ptr + HEAD + 4 * i, 4);
    for (size_t i = 0; i < lead; i++)
        lead_words[i] =
            (uint16_t)get_number(bytes.ptr + HEAD + 4 * title + 2 * i, 2);
    out->title = words;
    out->lead = lead_words;
    return true;
}
