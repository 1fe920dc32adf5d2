/* Writes text in capitals, by the rules of its language. */
#include "digest/renderer/capitals.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

/* Small letters and where their capitals are. In ranges with step 2, small
 * and capital letters alternate. */
static const struct {
    unsigned first, last;
    int offset;
    unsigned step;
} ranges[] = {
    {'a', 'z', -32, 1},      {0xe0, 0xf6, -32, 1},    {0xf8, 0xfe, -32, 1},
    {0xff, 0xff, 121, 1},    {0x101, 0x12f, -1, 2},   {0x131, 0x131, -232, 1},
    {0x133, 0x137, -1, 2},   {0x13a, 0x148, -1, 2},   {0x14b, 0x177, -1, 2},
    {0x17a, 0x17e, -1, 2},   {0x1a1, 0x1a5, -1, 2},   {0x1b0, 0x1b0, -1, 1},
    {0x1ce, 0x1dc, -1, 2},   {0x1df, 0x1ef, -1, 2},   {0x1f9, 0x21f, -1, 2},
    {0x223, 0x233, -1, 2},   {0x253, 0x253, -210, 1}, {0x254, 0x254, -206, 1},
    {0x256, 0x257, -205, 1}, {0x259, 0x259, -202, 1}, {0x25b, 0x25b, -203, 1},
    {0x272, 0x272, -213, 1}, {0x3b1, 0x3c1, -32, 1},  {0x3c2, 0x3c2, -31, 1},
    {0x3c3, 0x3cb, -32, 1},  {0x430, 0x44f, -32, 1},  {0x450, 0x45f, -80, 1},
    {0x461, 0x481, -1, 2},   {0x48b, 0x4bf, -1, 2},   {0x4c2, 0x4ce, -1, 2},
    {0x4d1, 0x52f, -1, 2},   {0x561, 0x586, -48, 1},  {0x1e01, 0x1e95, -1, 2},
    {0x1ea1, 0x1eff, -1, 2},
};

/* Letters whose capital isn't another single letter at a fixed distance;
 * Greek capitals carry no accent. */
static const struct {
    unsigned letter;
    const char *capital;
} singles[] = {
    {0xb5, "µ"},   {0xdf, "SS"},   {0x149, "ʼN"},  {0x390, "Ϊ"},
    {0x3ac, "Α"},  {0x3ad, "Ε"},   {0x3ae, "Η"},   {0x3af, "Ι"},
    {0x3b0, "Ϋ"},  {0x3cc, "Ο"},   {0x3cd, "Υ"},   {0x3ce, "Ω"},
    {0x587, "ԵՒ"}, {0xfb00, "FF"}, {0xfb01, "FI"}, {0xfb02, "FL"},
};

static bool is_language(const char *language, const char *code)
{
    size_t length = strlen(code);
    return language && strncmp(language, code, length) == 0 &&
           (language[length] == '\0' || language[length] == '-');
}

static bool has_dotted_i(const char *language)
{
    return is_language(language, "tr") || is_language(language, "az");
}

static void add_capital(struct strbuf *out, unsigned c)
{
    for (size_t i = 0; i < ARRAY_SIZE(singles); i++) {
        if (singles[i].letter != c)
            continue;
        strbuf_add_text(out, singles[i].capital);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
        if (c >= ranges[i].first && c <= ranges[i].last &&
            (c - ranges[i].first) % ranges[i].step == 0) {
            c = (unsigned)((int)c + ranges[i].offset);
            break;
        }
    strbuf_add_utf8(out, c);
}

void capitals_add(struct strbuf *out, struct str text, const char *language)
{
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        if (c == 'i' && has_dotted_i(language))
            strbuf_add_text(out, "İ");
        else
            add_capital(out, c);
    }
}

static const char *const right_to_left[] = {
    "ar", "fa", "he", "ur", "ps", "yi", "ug", "sd", "ckb", "dv", "arc", "syr"};

bool capitals_is_right_to_left(const char *language)
{
    for (size_t i = 0; i < ARRAY_SIZE(right_to_left); i++)
        if (is_language(language, right_to_left[i]))
            return true;
    return false;
}

/* Whether capitals may be spaced: not in Arabic, nor in scripts with a headline
 * or with marks that belong to the letter before. */
bool capitals_may_be_spaced(const char *language)
{
    static const char *const joined[] = {"hi", "bn", "mr", "ne",     "pa", "gu",
                                         "ta", "te", "kn", "ml",     "si", "th",
                                         "lo", "km", "my", "mn-Mong"};
    for (size_t i = 0; i < ARRAY_SIZE(joined); i++)
        if (is_language(language, joined[i]))
            return false;
    return !capitals_is_right_to_left(language) ||
           is_language(language, "he") || is_language(language, "yi");
}
