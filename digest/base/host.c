/* Writes host names in ASCII with libidn2, and symbols in Punycode where it
 * refuses them. */
#include "digest/base/host.h"

#include <idn2.h>
#include <stdint.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "digest/base/mem.h"
#include "digest/base/url.h"
#include "digest/base/utf8.h"

enum { LABEL_MAX = 63, VARIATION_SELECTOR_16 = 0xfe0f };

static bool fail(struct err *err, const char *why)
{
    return err_set(err, ERR_INPUT, "%s", why);
}

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at =
        c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* False where a percent sign begins no code. */
static bool percent_decode(struct str text, struct strbuf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '%') {
            strbuf_add_char(out, text.ptr[i]);
            continue;
        }
        int high = i + 2 < text.len ? hex_value(text.ptr[i + 1]) : -1;
        int low = i + 2 < text.len ? hex_value(text.ptr[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        strbuf_add_char(out, (char)(high << 4 | low));
        i += 2;
    }
    return true;
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

/* A host's name has letters, digits, "-", "." and "_"; a character of another
 * width may have become more, such as a slash. */
static bool is_name(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i], small = (char)(c | 0x20);
        if (!(small >= 'a' && small <= 'z') && !(c >= '0' && c <= '9') &&
            c != '-' && c != '.' && c != '_')
            return false;
    }
    return host.len > 0;
}

/* ---- labels of symbols ------------------------------------------------ */

/* Source: RFC 3492 §5 and §6.1. */
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, FIRST = 0x80 };

static unsigned adapt(unsigned delta, unsigned points, bool is_first)
{
    unsigned k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    for (delta += delta / points; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static void add_integer(struct strbuf *out, unsigned number, unsigned bias)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    for (unsigned k = BASE;; k += BASE) {
        unsigned t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
        if (number < t)
            break;
        strbuf_add_char(out, digits[t + (number - t) % (BASE - t)]);
        number = (number - t) / (BASE - t);
    }
    strbuf_add_char(out, digits[number]);
}

/* Adds a label in Punycode, of at most LABEL_MAX characters, so that nothing
 * overflows. */
static void add_punycode(struct strbuf *out, const unsigned *label,
                         unsigned length)
{
    unsigned basic = 0;
    for (unsigned i = 0; i < length; i++)
        if (label[i] < FIRST && ++basic)
            strbuf_add_char(out, (char)label[i]);
    if (basic)
        strbuf_add_char(out, '-');
    unsigned n = FIRST, delta = 0, bias = 72, done = basic;
    for (; done < length; n++, delta++) {
        unsigned least = UINT32_MAX;
        for (unsigned i = 0; i < length; i++)
            if (label[i] >= n && label[i] < least)
                least = label[i];
        delta += (least - n) * (done + 1);
        n = least;
        for (unsigned i = 0; i < length; i++) {
            delta += label[i] < n;
            if (label[i] != n)
                continue;
            add_integer(out, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
}

static bool may_stand(unsigned c, bool is_first)
{
    if (c < FIRST)
        return is_name((struct str){(char[]){(char)c}, 1});
    return c != 0xfffd && !uc_is_general_category(c, UC_OTHER) &&
           !uc_is_general_category(c, UC_SEPARATOR) &&
           !(is_first && uc_is_general_category(c, UC_MARK));
}

static bool add_label(struct strbuf *out, struct str label)
{
    unsigned points[LABEL_MAX], count = 0;
    for (size_t at = 0; at < label.len;) {
        unsigned c = utf8_next(label, &at);
        if (c == VARIATION_SELECTOR_16)
            continue;
        if (count == LABEL_MAX || !may_stand(c, count == 0))
            return false;
        points[count++] = c;
    }
    OWNED(strbuf_free) struct strbuf code = STRBUF_INIT;
    add_punycode(&code, points, count);
    strbuf_add_text(out, "xn--");
    strbuf_add_str(out, strbuf_str(&code));
    return code.len + strlen("xn--") <= LABEL_MAX;
}

/* Label by label: what is a word goes the usual way. */
static bool add_symbols(struct strbuf *out, struct str host)
{
    size_t length = 0;
    OWNED(mem_free)
    uint8_t *small = u8_casefold((const uint8_t *)host.ptr, host.len, NULL,
                                 UNINORM_NFKC, NULL, &length);
    struct str rest = {(const char *)small, small ? length : 0};
    while (rest.len) {
        bool is_last = str_find(rest, '.') == rest.len;
        struct str label = str_cut(&rest, '.');
        if (is_ascii(label))
            strbuf_add_str(out, label);
        else if (!add_label(out, label))
            return false;
        strbuf_add_text(out, is_last ? "" : ".");
    }
    return true;
}

/* ---- hosts ------------------------------------------------------------ */

static bool is_of_symbols(int code)
{
    return code == IDN2_DISALLOWED || code == IDN2_HYPHEN_STARTEND ||
           code == IDN2_2HYPHEN;
}

static bool add_unicode(struct str host, struct strbuf *out, struct err *err)
{
    if (utf8_invalid_at(host) < host.len || memchr(host.ptr, '\0', host.len))
        return fail(err, "it isn't UTF-8");
    OWNED(mem_free) char *text = str_dup(host);
    uint8_t *ascii = NULL;
    int code = idn2_lookup_u8((const uint8_t *)text, &ascii,
                              IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (code == IDN2_OK)
        strbuf_add_text(out, (const char *)ascii);
    idn2_free(ascii);
    if (code == IDN2_OK || (is_of_symbols(code) && add_symbols(out, host)))
        return true;
    return fail(err, idn2_strerror(code));
}

bool host_to_ascii(struct str host, struct strbuf *out, struct err *err)
{
    bool is_encoded = str_find(host, '%') < host.len;
    if (str_starts(host, STR("[")) || (is_ascii(host) && !is_encoded)) {
        strbuf_add_str(out, host);
        return true;
    }
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf ascii = STRBUF_INIT;
    if (!percent_decode(host, &name))
        return fail(err, "a percent sign can't stand in it");
    if (is_ascii(strbuf_str(&name)))
        strbuf_add_str(&ascii, strbuf_str(&name));
    else if (!add_unicode(strbuf_str(&name), &ascii, err))
        return false;
    if (!is_name(strbuf_str(&ascii)))
        return fail(err, "it has a character that no host's name has");
    strbuf_add_str(out, strbuf_str(&ascii));
    return true;
}

bool host_of_url_to_ascii(struct str url, struct strbuf *out, struct err *err)
{
    struct str host = url_split(url).host;
    size_t before = out->len, start = (size_t)(host.ptr - url.ptr);
    strbuf_add_str(out, (struct str){url.ptr, start});
    if (!host_to_ascii(host, out, err)) {
        strbuf_cut(out, before);
        return false;
    }
    strbuf_add_str(out, str_from(url, start + host.len));
    return true;
}
