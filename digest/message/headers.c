/* Writes header fields, folded and encoded, and checks their values. */
#include "digest/message/headers.h"

#include "digest/base/utf8.h"
#include "digest/message/encoded_word.h"

enum {
    FOLD_AT = 78,
    LINE_LIMIT = 998,
    ENCODED_LINE = 76,
    ADDRESS_MAX = 254,
    LOCAL_MAX = 64,
    LABEL_MAX = 63,
    MESSAGE_ID_MAX = 250,
    URI_MAX = 900,
    UTF8_PHRASE_MAX = 200,
};

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static bool is_atext(char c)
{
    return is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_printable(char c)
{
    return c >= ' ' && c <= '~';
}

static bool all(struct str text, bool (*is)(char))
{
    for (size_t i = 0; i < text.len; i++)
        if (!is(text.ptr[i]))
            return false;
    return true;
}

static bool has(struct str text, struct str needle)
{
    return str_find_str(text, needle) < text.len;
}

/* ---- texts ----------------------------------------------------------- */

static bool check_text(const char *name, struct str text, struct err *err)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\r' || text.ptr[i] == '\n' || !text.ptr[i])
            return err_set(err, ERR_INPUT,
                           "%s: a line end or NUL at byte %zu; a header text "
                           "is one line",
                           name, i + 1);
    size_t bad = utf8_invalid_at(text);
    if (bad < text.len)
        return err_set(err, ERR_INPUT, "%s: not UTF-8 at byte %zu", name,
                       bad + 1);
    return true;
}

/* The next word with the spaces before it; as long as there is one. */
static struct str next_word(struct str *rest)
{
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] == ' ')
        end++;
    while (end < rest->len && rest->ptr[end] != ' ')
        end++;
    struct str word = {rest->ptr, end};
    *rest = str_from(*rest, end);
    return word;
}

/* Whether it can go as it is: ASCII, no look of an encoded word, and each
 * word short enough to fold. */
static bool can_go_plain(const char *name, struct str text)
{
    if (!all(text, is_printable) || has(text, STR("=?")))
        return false;
    size_t room = FOLD_AT - strlen(name) - 2;
    while (text.len) {
        if (next_word(&text).len > room)
            return false;
        room = FOLD_AT - 1;
    }
    return true;
}

static void add_folded(struct strbuf *out, size_t column, struct str text)
{
    bool first = true;
    while (text.len) {
        struct str word = next_word(&text);
        if (!first && column + word.len > FOLD_AT) {
            strbuf_add_text(out, "\r\n");
            column = 0;
        }
        strbuf_add_str(out, word);
        column += word.len;
        first = false;
    }
}

bool header_add_text(struct strbuf *out, const char *name, struct str text,
                     struct err *err)
{
    if (!check_text(name, text, err))
        return false;
    text = str_trim(text);
    strbuf_add_text(out, name);
    strbuf_add_text(out, ": ");
    if (can_go_plain(name, text))
        add_folded(out, strlen(name) + 2, text);
    else
        encoded_words_add(out, strlen(name) + 2, text);
    strbuf_add_text(out, "\r\n");
    return true;
}

bool header_add_plain(struct strbuf *out, const char *name, struct str text,
                      struct err *err)
{
    text = str_trim(text);
    if (text.len == 0 || !all(text, is_printable))
        return err_set(err, ERR_INPUT,
                       "%s: only printable ASCII can stand there", name);
    if (strlen(name) + 2 + text.len > LINE_LIMIT)
        return err_set(err, ERR_INPUT, "%s: longer than a line", name);
    strbuf_add_text(out, name);
    strbuf_add_text(out, ": ");
    strbuf_add_str(out, text);
    strbuf_add_text(out, "\r\n");
    return true;
}

/* ---- phrases --------------------------------------------------------- */

static bool is_atext_or_space(char c)
{
    return c == ' ' || is_atext(c);
}

static size_t quoted_length(struct str phrase)
{
    size_t length = phrase.len + 2;
    for (size_t i = 0; i < phrase.len; i++)
        length += phrase.ptr[i] == '"' || phrase.ptr[i] == '\\';
    return length;
}

static void add_quoted(struct strbuf *out, struct str phrase)
{
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < phrase.len; i++) {
        if (phrase.ptr[i] == '"' || phrase.ptr[i] == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, phrase.ptr[i]);
    }
    strbuf_add_char(out, '"');
}

/* Atoms, a quoted string, or, where it is too long for the line or not
 * ASCII, encoded words. Returns the column after it. */
static size_t add_phrase(struct strbuf *out, size_t column, struct str phrase)
{
    size_t before = out->len;
    if (!all(phrase, is_printable) || has(phrase, STR("=?")) ||
        column + quoted_length(phrase) > FOLD_AT)
        return encoded_words_add(out, column, phrase);
    if (all(phrase, is_atext_or_space) && !has(phrase, STR("  ")))
        strbuf_add_str(out, phrase);
    else
        add_quoted(out, phrase);
    return column + (out->len - before);
}

bool header_add_angle(struct strbuf *out, const char *name, struct str phrase,
                      struct str inside, struct err *err)
{
    if (!check_text(name, phrase, err))
        return false;
    phrase = str_trim(phrase);
    strbuf_add_text(out, name);
    strbuf_add_text(out, ": ");
    if (phrase.len) {
        size_t column = add_phrase(out, strlen(name) + 2, phrase);
        bool fits = column + inside.len + 3 <= ENCODED_LINE;
        strbuf_add_text(out, fits ? " " : "\r\n ");
    }
    strbuf_add_char(out, '<');
    strbuf_add_str(out, inside);
    strbuf_add_text(out, ">\r\n");
    return true;
}

/* Beyond ASCII all is allowed that a reader can see (RFC 6532 §3.2), but for
 * controls, spaces and what turns the direction of the text around it. */
static bool is_invisible(unsigned c)
{
    return (c >= 0x80 && c <= 0xa0) || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200b) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) ||
           c == 0x3000 || c == 0xfeff || c == 0xfffd;
}

/* RFC 6532: as it is, in quotes. */
static void add_utf8_phrase(struct strbuf *out, struct str phrase)
{
    strbuf_add_char(out, '"');
    for (size_t at = 0; at < phrase.len;) {
        size_t before = at;
        unsigned c = utf8_next(phrase, &at);
        if (c < ' ' || (c >= 0x7f && is_invisible(c)))
            c = ' ';
        if (c == '"' || c == '\\')
            strbuf_add_char(out, '\\');
        if (c == ' ')
            strbuf_add_char(out, ' ');
        else
            strbuf_add(out, phrase.ptr + before, at - before);
    }
    strbuf_add_text(out, "\" ");
}

/* Where SMTPUTF8 is needed for the address, the name needs no encoded words,
 * which RFC 6532 §3.6 advises against there. */
static bool may_be_utf8(struct str phrase, struct str address)
{
    return !all(address, is_printable) && !all(phrase, is_printable) &&
           phrase.len <= UTF8_PHRASE_MAX && !has(phrase, STR("=?"));
}

bool header_add_mailbox(struct strbuf *out, const char *name, struct str phrase,
                        struct str address, struct err *err)
{
    if (!header_address_is_safe(address))
        return err_set(err, ERR_INPUT,
                       "%s: '%.*s' is not an address that can be mailed "
                       "(local@domain)",
                       name, (int)(address.len < 300 ? address.len : 300),
                       address.ptr ? address.ptr : "");
    phrase = str_trim(phrase);
    if (!check_text(name, phrase, err))
        return false;
    bool utf8 = may_be_utf8(phrase, address);
    if (phrase.len && !utf8)
        return header_add_angle(out, name, phrase, address, err);
    strbuf_add_text(out, name);
    strbuf_add_text(out, ": ");
    if (utf8)
        add_utf8_phrase(out, phrase);
    strbuf_add_text(out, utf8 ? "<" : "");
    strbuf_add_str(out, address);
    strbuf_add_text(out, utf8 ? ">\r\n" : "\r\n");
    return true;
}

/* ---- what stands inside <> ------------------------------------------ */

static bool is_atom(struct str text)
{
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        if (c < 0x80 ? !is_atext((char)c) : is_invisible(c))
            return false;
    }
    return text.len > 0;
}

/* RFC 5322 §3.2.3: atoms with single dots between them. */
static bool is_dot_atom(struct str text)
{
    if (text.len == 0 || text.ptr[text.len - 1] == '.')
        return false;
    while (text.len)
        if (!is_atom(str_cut(&text, '.')))
            return false;
    return true;
}

static bool is_label(struct str label)
{
    if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t at = 0; at < label.len;) {
        unsigned c = utf8_next(label, &at);
        if (c < 0x80 ? !is_alnum((char)c) && c != '-' : is_invisible(c))
            return false;
    }
    return true;
}

static bool is_domain(struct str domain)
{
    if (domain.len == 0 || domain.ptr[domain.len - 1] == '.')
        return false;
    while (domain.len)
        if (!is_label(str_cut(&domain, '.')))
            return false;
    return true;
}

bool header_address_is_safe(struct str address)
{
    if (address.len > ADDRESS_MAX)
        return false;
    struct str domain = address;
    struct str local = str_cut(&domain, '@');
    return local.len <= LOCAL_MAX && is_dot_atom(local) && is_domain(domain);
}

bool header_message_id_is_safe(struct str id)
{
    struct str right = id;
    struct str left = str_cut(&right, '@');
    return id.len <= MESSAGE_ID_MAX && all(id, is_printable) &&
           is_dot_atom(left) && is_dot_atom(right);
}

static bool is_uri_character(char c)
{
    return is_alnum(c) || (c && strchr("-._~:/?#[]@!$&'()*+,;=%", c));
}

bool header_uri_is_safe(struct str uri, struct str scheme)
{
    return uri.len > scheme.len && uri.len <= URI_MAX &&
           str_starts_nocase(uri, scheme) && all(uri, is_uri_character);
}
