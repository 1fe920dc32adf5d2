/* Encodes and decodes base64, base64url, base32 and hexadecimal. */
#include "digest/base/encode.h"

#include <stdint.h>

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_digits[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char hex_digits[] = "0123456789abcdef";

static void encode(struct strbuf *out, struct str bytes, const char *digits,
                   unsigned bits)
{
    uint32_t pool = 0;
    unsigned held = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        pool = pool << 8 | (unsigned char)bytes.ptr[i];
        held += 8;
        while (held >= bits) {
            held -= bits;
            strbuf_add_char(out, digits[pool >> held & ((1u << bits) - 1)]);
        }
        pool &= (1u << held) - 1;
    }
    if (held)
        strbuf_add_char(out,
                        digits[pool << (bits - held) & ((1u << bits) - 1)]);
}

/* Digits that carry no whole byte, or bits left over that aren't zero, could
 * not have been written by encode(). */
static bool decode(struct strbuf *out, struct str text, const char *digits,
                   unsigned bits, bool fold)
{
    size_t before = out->len;
    uint32_t pool = 0;
    unsigned held = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (fold && c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        const char *digit = c ? strchr(digits, c) : NULL;
        if (!digit) {
            strbuf_cut(out, before);
            return false;
        }
        pool = pool << bits | (uint32_t)(digit - digits);
        held += bits;
        if (held >= 8) {
            held -= 8;
            strbuf_add_char(out, (char)(pool >> held & 0xff));
        }
        pool &= (1u << held) - 1;
    }
    if (held >= bits || pool != 0) {
        strbuf_cut(out, before);
        return false;
    }
    return true;
}

void base64_encode(struct strbuf *out, struct str bytes)
{
    encode(out, bytes, base64_digits, 6);
    for (size_t i = bytes.len; i % 3 != 0; i++)
        strbuf_add_char(out, '=');
}

void base64url_encode(struct strbuf *out, struct str bytes)
{
    encode(out, bytes, base64url_digits, 6);
}

void base32_encode(struct strbuf *out, struct str bytes)
{
    encode(out, bytes, base32_digits, 5);
}

void hex_encode(struct strbuf *out, struct str bytes)
{
    encode(out, bytes, hex_digits, 4);
}

static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool base64_decode(struct strbuf *out, struct str text)
{
    struct strbuf digits = STRBUF_INIT;
    for (size_t i = 0; i < text.len; i++)
        if (!is_white(text.ptr[i]))
            strbuf_add_char(&digits, text.ptr[i]);
    struct str view = strbuf_str(&digits);
    size_t padded = view.len;
    while (padded - view.len < 2 && str_ends(view, STR("=")))
        view.len--;
    bool good = (view.len == padded || padded % 4 == 0) &&
                decode(out, view, base64_digits, 6, false);
    strbuf_free(&digits);
    return good;
}

bool base64url_decode(struct strbuf *out, struct str text)
{
    return decode(out, text, base64url_digits, 6, false);
}

bool base32_decode(struct strbuf *out, struct str text)
{
    return decode(out, text, base32_digits, 5, true);
}

bool hex_decode(struct strbuf *out, struct str text)
{
    return text.len % 2 == 0 && decode(out, text, hex_digits, 4, true);
}
