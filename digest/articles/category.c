/* Folds the names of categories to slugs, without marks, case or spaces. */
#include "digest/articles/category.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

/* One character for each code point: its base letter, a capital for a pair
 * of letters (below), '.' for a letter without one, a blank for none. */
static const char latin[] = /* U+00C0 to U+024F */
    "aaaaaaAceeeeiiiidnooooo.ouuuuyTSaaaaaaAceeeeiiiidnooooo.ouuuuyTy"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiIIjjkkklllllll"
    "lllnnnnnnnNNooooooOOrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
    "bb....occdd...ee.ffg..iikkl..nn.oo..pp.....ttttuu.vyyzz........."
    "....DDDLLLJJJaaiioouuuuuuuuuueaaaaAA..ggkkoooo..jDDDgg..nnaaAAoo"
    "aaaaeeeeiiiioooorrrruuuusstt..hhnd..zzaaeeooooooooyylntj..acclt."
    "...b............";
static const char latin_additional[] = /* U+1E00 to U+1EFF */
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwyas..S.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

static const struct {
    char mark;
    char letters[3];
} pairs[] = {{'A', "ae"}, {'T', "th"}, {'S', "ss"}, {'I', "ij"}, {'N', "ng"},
             {'O', "oe"}, {'D', "dz"}, {'L', "lj"}, {'J', "nj"}};

struct range {
    unsigned first, last;
};

/* Characters that are neither letters nor digits, and part words. */
static const struct range between[] = {
    {0x00, 0x2F},     {0x3A, 0x40},     {0x5B, 0x60},       {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x7B, 0xA9},     {0xAB, 0xB4},       {0xB6, 0xB9},
    {0xBB, 0xBF},     {0x37E, 0x37E},   {0x387, 0x387},     {0x55A, 0x55F},
    {0x589, 0x58A},   {0x5BE, 0x5BE},   {0x60C, 0x60D},     {0x61B, 0x61F},
    {0x66A, 0x66D},   {0x6D4, 0x6D4},   {0x964, 0x965},     {0xE4F, 0xE4F},
    {0x104A, 0x104F}, {0x1361, 0x1368}, {0x17D4, 0x17DA},   {0x2000, 0x200B},
    {0x2010, 0x2029}, {0x202F, 0x205F}, {0x2190, 0x2BFF},   {0x2E00, 0x2E7F},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030},   {0x30FB, 0x30FB},
    {0xFE10, 0xFE6F}, {0xFF00, 0xFF0F}, {0xFF1A, 0xFF20},   {0xFF3B, 0xFF40},
    {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFD}, {0x1F000, 0x1FBEF},
};

/* Characters that say nothing on their own: accents, joiners, marks of
 * direction. */
static const struct range nothing[] = {
    {0xAD, 0xAD},     {0x300, 0x36F},   {0x200C, 0x200F}, {0x202A, 0x202E},
    {0x2060, 0x206F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
};

/* Capitals of scripts with two cases: the distance to the small letter. */
static const struct {
    struct range range;
    unsigned distance;
} capitals[] = {
    {{0x391, 0x3A9}, 32}, {{0x400, 0x40F}, 80},     {{0x410, 0x42F}, 32},
    {{0x531, 0x556}, 48}, {{0x10A0, 0x10C5}, 7264},
};

static bool is_among(const struct range *ranges, size_t count, unsigned c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* Cyrillic's second half has capitals at even places. */
static unsigned lower(unsigned c)
{
    if (c >= 0x460 && c <= 0x52F && !(c >= 0x482 && c <= 0x48B) &&
        !(c >= 0x4C0 && c <= 0x4CF))
        return c | 1;
    for (size_t i = 0; i < ARRAY_SIZE(capitals); i++)
        if (c >= capitals[i].range.first && c <= capitals[i].range.last)
            return c + capitals[i].distance;
    return c;
}

/* 0 where there is no folding. */
static char base_letter(unsigned c)
{
    if (c < 0x80)
        return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    if (c >= 0xFF01 && c <= 0xFF5E) /* full width */
        return base_letter(c - 0xFF01 + '!');
    if (c == 0xAA)
        return 'a';
    if (c == 0xBA)
        return 'o';
    if (c >= 0xC0 && c <= 0x24F)
        return latin[c - 0xC0];
    if (c >= 0x1E00 && c <= 0x1EFF)
        return latin_additional[c - 0x1E00];
    return 0;
}

static void add_folded(struct strbuf *out, unsigned c)
{
    char base = base_letter(c);
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        if (base && base == pairs[i].mark) {
            strbuf_add_text(out, pairs[i].letters);
            return;
        }
    if (base && base != '.')
        strbuf_add_char(out, base);
    else
        strbuf_add_utf8(out, lower(c));
}

/* Nearly all characters; they fold alike in every table. 0: none of them. */
static char plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? (char)c
           : c >= 'A' && c <= 'Z'                           ? (char)(c | 0x20)
                                                            : 0;
}

void category_slug(struct str name, struct strbuf *out)
{
    size_t begin = out->len;
    bool is_parted = false;
    for (size_t at = 0; at < name.len;) {
        char c = plain((unsigned char)name.ptr[at]);
        if (!c && !(name.ptr[at] & 0x80)) {
            is_parted = true;
            at++;
            continue;
        }
        unsigned wide = c ? 0 : utf8_next(name, &at);
        at += c != 0;
        if (!c && is_among(nothing, ARRAY_SIZE(nothing), wide))
            continue;
        if (!c && (is_among(between, ARRAY_SIZE(between), wide) ||
                   base_letter(wide) == ' ')) {
            is_parted = true;
            continue;
        }
        if (is_parted && out->len > begin)
            strbuf_add_char(out, '-');
        is_parted = false;
        if (c)
            strbuf_add_char(out, c);
        else
            add_folded(out, wide);
    }
}
