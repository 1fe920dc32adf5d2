/* Parses and checks addresses, and folds them to a key. */
#include "subscribers/roster/address.h"

#include <stdint.h>
#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "digest/base/host.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"

/* Octets. RFC 5321 §4.5.3.1 with its path's brackets taken off; RFC 1035
 * §2.3.4 without the root's length. */
enum {
    LOCAL_MAX = 64,
    LABEL_MAX = 63,
    DOMAIN_MAX = 253,
    ADDRESS_MAX = 254,
    TEXT_MAX = 1024, /* before any work is done on it */
};

void address_free(struct address *address)
{
    strbuf_free(&address->email);
    strbuf_free(&address->key);
}

struct str address_domain(struct str email)
{
    for (size_t i = email.len; i > 0; i--)
        if (email.ptr[i - 1] == '@')
            return str_from(email, i);
    return str_from(email, email.len);
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* RFC 5322 §3.2.3 */
static bool is_atext(char c)
{
    return is_letter_or_digit(c) ||
           (c && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* ---- the whole ---- */

/* Marks that people paste with an address, and why it can't be mailed so. */
static const struct {
    char mark;
    const char *why;
} marks[] = {
    {'"', "a local part in quotes isn't mailed"},
    {'(', "a comment in brackets doesn't belong to an address"},
    {'<', "give the address alone, without a name and < >"},
    {'[', "an address at an IP number isn't mailed"},
    {',', "it has a comma; give one address at a time"},
    {';', "it has a semicolon; give one address at a time"},
};

static bool check_text(struct str text, struct err *err)
{
    if (text.len == 0)
        return err_set(err, ERR_INPUT, "the address is empty");
    if (text.len > TEXT_MAX)
        return err_set(err, ERR_INPUT, "an address of %zu bytes is too long",
                       text.len);
    if (utf8_invalid_at(text) < text.len)
        return err_set(err, ERR_INPUT, "the address isn't UTF-8 text");
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return err_set(err, ERR_INPUT,
                           "the address holds a control character");
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (str_find(text, marks[i].mark) < text.len)
            return err_set(err, ERR_INPUT, "\"%.*s\": %s", STR_ARG(text),
                           marks[i].why);
    return true;
}

/* ---- the local part ---- */

/* Letters, marks, numbers, punctuation, symbols: what can be seen. */
static bool is_visible(unsigned codepoint)
{
    return uc_is_general_category(codepoint, UC_LETTER) ||
           uc_is_general_category(codepoint, UC_MARK) ||
           uc_is_general_category(codepoint, UC_NUMBER) ||
           uc_is_general_category(codepoint, UC_PUNCTUATION) ||
           uc_is_general_category(codepoint, UC_SYMBOL);
}

static bool check_characters(struct str local, struct err *err)
{
    for (size_t i = 0; i < local.len;) {
        char c = local.ptr[i];
        if ((unsigned char)c < 0x80) {
            i++;
            if (c != '.' && !is_atext(c))
                return err_set(err, ERR_INPUT,
                               c == ' ' ? "it has a space in the local part"
                                        : "'%c' can't stand before the @",
                               c);
        } else {
            unsigned codepoint = utf8_next(local, &i);
            if (!is_visible(codepoint))
                return err_set(err, ERR_INPUT,
                               "it has an invisible character (U+%04X)",
                               codepoint);
        }
    }
    return true;
}

static bool check_local(struct str local, struct err *err)
{
    if (local.len == 0)
        return err_set(err, ERR_INPUT, "nothing stands before the @");
    if (local.len > LOCAL_MAX)
        return err_set(err, ERR_INPUT,
                       "what stands before the @ is longer than %d bytes",
                       LOCAL_MAX);
    if (local.ptr[0] == '.' || local.ptr[local.len - 1] == '.' ||
        str_find_str(local, STR("..")) < local.len)
        return err_set(err, ERR_INPUT,
                       "before the @, a dot stands at the beginning, at the "
                       "end, or next to another");
    return check_characters(local, err);
}

static void add_lower(struct strbuf *out, struct str text)
{
    size_t begin = out->len;
    strbuf_add_str(out, text);
    for (char *at = out->ptr + begin; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + ('a' - 'A'));
}

/* `text` is well-formed; libunistring fails on nothing else but memory. */
static void add_u8(struct strbuf *out, uint8_t *text, size_t length)
{
    if (!text)
        abort();
    strbuf_add(out, text, length);
    free(text);
}

static void add_nfc(struct strbuf *out, struct str text)
{
    if (is_ascii(text)) {
        strbuf_add_str(out, text);
        return;
    }
    size_t length = 0;
    uint8_t *nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)text.ptr,
                                text.len, NULL, &length);
    add_u8(out, nfc, length);
}

static void add_folded(struct strbuf *out, struct str text)
{
    if (is_ascii(text)) {
        add_lower(out, text);
        return;
    }
    size_t length = 0;
    uint8_t *folded = u8_casefold((const uint8_t *)text.ptr, text.len, NULL,
                                  UNINORM_NFC, NULL, &length);
    add_u8(out, folded, length);
}

/* ---- the domain ---- */

static bool check_label(struct str label, struct err *err)
{
    if (label.len == 0)
        return err_set(err, ERR_INPUT,
                       "in the domain, a dot stands at the beginning, at the "
                       "end, or next to another");
    if (label.len > LABEL_MAX)
        return err_set(err, ERR_INPUT,
                       "a part of the domain is longer than %d bytes",
                       LABEL_MAX);
    if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return err_set(err, ERR_INPUT,
                       "a part of the domain begins or ends with a hyphen");
    for (size_t i = 0; i < label.len; i++)
        if (!is_letter_or_digit(label.ptr[i]) && label.ptr[i] != '-')
            return err_set(err, ERR_INPUT,
                           label.ptr[i] == ' ' ? "it has a space in the domain"
                                               : "'%c' can't stand in a domain",
                           label.ptr[i]);
    return true;
}

static bool is_number(struct str label)
{
    unsigned long long number;
    return str_to_u64(label, &number) ||
           (label.len && strspn(label.ptr, "0123456789") >= label.len);
}

/* `domain` is ASCII and NUL-terminated. */
static bool check_domain(struct str domain, struct err *err)
{
    if (domain.len > DOMAIN_MAX)
        return err_set(err, ERR_INPUT, "the domain is longer than %d bytes",
                       DOMAIN_MAX);
    size_t labels = 0;
    struct str rest = domain, label = {0};
    for (bool more = true; more; labels++) {
        more = str_find(rest, '.') < rest.len;
        label = str_cut(&rest, '.');
        if (!check_label(label, err))
            return false;
    }
    if (labels < 2)
        return err_set(err, ERR_INPUT,
                       "the domain \"%.*s\" has no dot; is its end missing?",
                       STR_ARG(domain));
    if (is_number(label))
        return err_set(err, ERR_INPUT,
                       "the domain ends in a number; an address at an IP "
                       "number isn't mailed");
    return true;
}

static bool add_domain(struct strbuf *out, struct str domain, struct err *err)
{
    if (domain.len == 0)
        return err_set(err, ERR_INPUT, "nothing stands behind the @");
    if (is_ascii(domain)) {
        add_lower(out, domain);
        return true;
    }
    OWNED(strbuf_free) struct strbuf ascii = STRBUF_INIT;
    if (!host_to_ascii(domain, &ascii, err))
        return err_context(err, "the domain can't be written in DNS");
    add_lower(out, strbuf_str(&ascii));
    return true;
}

/* ---- together ---- */

/* Fills email; returns the length of its local part, or 0. */
static size_t build_email(struct str text, struct strbuf *email,
                          struct err *err)
{
    struct str domain = address_domain(text);
    if (domain.len == 0 && str_find(text, '@') == text.len) {
        err_set(err, ERR_INPUT, "it has no @");
        return 0;
    }
    struct str local = {text.ptr, text.len - domain.len - 1};
    if (str_find(local, '@') < local.len) {
        err_set(err, ERR_INPUT, "it has more than one @");
        return 0;
    }
    add_nfc(email, local);
    size_t local_length = email->len;
    if (!check_local(strbuf_str(email), err))
        return 0;
    strbuf_add_char(email, '@');
    if (!add_domain(email, domain, err) ||
        !check_domain(str_from(strbuf_str(email), local_length + 1), err))
        return 0;
    if (email->len > ADDRESS_MAX) {
        err_set(err, ERR_INPUT, "it is longer than %d bytes", ADDRESS_MAX);
        return 0;
    }
    return local_length;
}

bool address_parse(struct str text, struct address *out, struct err *err)
{
    strbuf_cut(&out->email, 0);
    strbuf_cut(&out->key, 0);
    text = str_trim(text);
    if (!check_text(text, err))
        return false;
    size_t local_length = build_email(text, &out->email, err);
    if (local_length == 0)
        return err_context(err, "\"%.*s\"", STR_ARG(text));
    struct str email = strbuf_str(&out->email);
    add_folded(&out->key, (struct str){email.ptr, local_length});
    strbuf_add_str(&out->key, str_from(email, local_length));
    return true;
}
