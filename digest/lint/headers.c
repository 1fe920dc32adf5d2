/* The header of a message: what has to be there, once, and in which form. */
#include <stdint.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/lint/check_internal.h"
#include "digest/message/headers.h"

enum { WORD_MAX = 75 };

/* RFC 5322 §3.6 asks for the first two; the rest is what large mailbox
 * providers ask of bulk mail. */
static const struct {
    const char *name;
    bool required;
} fields[] = {
    {"From", true},
    {"Date", true},
    {"To", true},
    {"Subject", true},
    {"Message-ID", true},
    {"Sender", false},
    {"Reply-To", false},
    {"Cc", false},
    {"In-Reply-To", false},
    {"References", false},
    {"MIME-Version", false},
    {"Content-Type", false},
    {"Content-Transfer-Encoding", false},
    {"List-Id", false},
    {"List-Unsubscribe", false},
    {"List-Unsubscribe-Post", false},
    {"List-Archive", false},
    {"List-Help", false},
    {"List-Post", false},
    {"List-Owner", false},
    {"Auto-Submitted", false},
    {"Precedence", false},
    {"Feedback-ID", false},
};

static const char *const unwanted[] = {
    "Bcc",        "Disposition-Notification-To",
    "X-Priority", "Return-Receipt-To",
    "Importance", "X-MSMail-Priority",
    "Resent-To",  "Resent-From",
};

static void check_counts(struct lint *lint)
{
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        const struct read_field *second =
            read_field_get(lint->message, fields[i].name, 1);
        struct lint_place place = {.part = LINT_HEADER,
                                   .element = fields[i].name};
        if (second) {
            place.line = second->line;
            lint_add(lint, RULE_HEADER_TWICE, &place, "is there %zu times",
                     read_field_count(lint->message, fields[i].name));
        } else if (fields[i].required &&
                   !read_field_get(lint->message, fields[i].name, 0)) {
            lint_add(lint, RULE_HEADER_MISSING, &place, "is missing");
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++) {
        const struct read_field *field =
            read_field_get(lint->message, unwanted[i], 0);
        if (!field)
            continue;
        struct lint_place place = lint_at_field(lint, field);
        lint_add(lint, RULE_HEADER_UNWANTED, &place,
                 "has no place in a newsletter");
    }
}

/* ---- encoded words --------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool q_decode(struct str text, struct strbuf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        int high, low;
        if (text.ptr[i] != '=') {
            strbuf_add_char(out, text.ptr[i]);
            continue;
        }
        if (i + 2 >= text.len || (high = hex_value(text.ptr[i + 1])) < 0 ||
            (low = hex_value(text.ptr[i + 2])) < 0)
            return false;
        strbuf_add_char(out, (char)(high << 4 | low));
        i += 2;
    }
    return true;
}

/* charset?encoding?text, as it stands between =? and ?=. */
static const char *fault_of_word(struct str inside)
{
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT;
    if (inside.len + 4 > WORD_MAX)
        return "an encoded word is longer than 75 columns";
    struct str charset = str_cut(&inside, '?');
    struct str encoding = str_cut(&inside, '?');
    bool q = str_equal_nocase(encoding, STR("Q"));
    bool good = q ? q_decode(inside, &raw) : base64_decode(&raw, inside);
    if (!good)
        return "an encoded word can't be decoded";
    if (str_equal_nocase(charset, STR("utf-8")) &&
        utf8_invalid_at(strbuf_str(&raw)) < raw.len)
        return "an encoded word splits a character";
    return NULL;
}

/* The end of the text of a word that begins at `word` (=?), or SIZE_MAX where
 * it is none. */
static size_t end_of_word(struct str word)
{
    size_t marks = 0;
    for (size_t i = 2; i < word.len && word.ptr[i] > ' '; i++) {
        if (word.ptr[i] != '?')
            continue;
        if (++marks == 3)
            return i + 1 < word.len && word.ptr[i + 1] == '=' ? i : SIZE_MAX;
    }
    return SIZE_MAX;
}

static void check_words(struct lint *lint, const struct read_field *field)
{
    struct str rest = str_of(field->value);
    while ((rest = str_from(rest, str_find_str(rest, STR("=?")))).len) {
        size_t end = end_of_word(rest);
        if (end == SIZE_MAX) {
            rest = str_from(rest, 2);
            continue;
        }
        struct str inside = {rest.ptr + 2, end - 2};
        const char *fault = fault_of_word(inside);
        struct lint_place place = lint_at_field(lint, field);
        if (fault)
            lint_add(lint, RULE_HEADER_WORD, &place, "%s", fault);
        rest = str_from(rest, end + 2);
    }
}

/* ---- raw 8-bit text -------------------------------------------------- */

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* An address outside ASCII needs SMTPUTF8, and with it headers may hold
 * UTF-8 (RFC 6532). */
static bool is_smtputf8(const struct lint *lint)
{
    static const char *const names[] = {"To", "From"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const struct read_field *field =
            read_field_get(lint->message, names[i], 0);
        const char *bracket = field ? strrchr(field->value, '<') : NULL;
        if (field && !is_ascii(bracket ? bracket : field->value))
            return true;
    }
    return false;
}

static void check_texts(struct lint *lint)
{
    bool utf8 = is_smtputf8(lint);
    for (size_t i = 0; i < lint->message->field_count; i++) {
        const struct read_field *field = &lint->message->fields[i];
        struct lint_place place = lint_at_field(lint, field);
        if (!utf8 && !is_ascii(field->value))
            lint_add(lint, RULE_LINE_8BIT, &place,
                     "holds bytes that aren't ASCII");
        check_words(lint, field);
    }
}

/* ---- addresses ------------------------------------------------------- */

/* Domains whose DMARC policy, or whose filter, refuses mail that others send in
 * their name. */
static const char *const others_domains[] = {
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk",
    "yahoo.fr",  "yahoo.de",       "ymail.com", "rocketmail.com",
    "aol.com",   "icloud.com",     "me.com",    "mac.com",
    "mail.ru",
};

/* The address of a field with one mailbox. */
static struct str address_of(const char *value)
{
    const char *open = strrchr(value, '<');
    if (!open)
        return str_of(value);
    return (struct str){open + 1, strcspn(open + 1, ">")};
}

/* Mailboxes in a list: commas outside quotes and comments, and one more. */
static unsigned count_mailboxes(const char *value)
{
    unsigned count = *value ? 1 : 0;
    bool quoted = false;
    for (const char *c = value; *c; c++) {
        if (*c == '\\' && quoted && c[1])
            c++;
        else if (*c == '"')
            quoted = !quoted;
        else if (*c == ',' && !quoted && c[1])
            count++;
    }
    return count;
}

static void check_from(struct lint *lint)
{
    const struct read_field *from = read_field_get(lint->message, "From", 0);
    if (!from)
        return;
    struct lint_place place = lint_at_field(lint, from);
    struct str domain = address_of(from->value);
    if (count_mailboxes(from->value) != 1 || !header_address_is_safe(domain)) {
        lint_add(lint, RULE_HEADER_BROKEN, &place,
                 "has to be one mailbox: Name <local@domain>");
        return;
    }
    str_cut(&domain, '@');
    for (size_t i = 0; i < ARRAY_SIZE(others_domains); i++)
        if (str_equal_nocase(domain, str_of(others_domains[i])))
            lint_add(lint, RULE_FROM_DOMAIN, &place, "is of %s",
                     others_domains[i]);
}

static void check_to(struct lint *lint)
{
    const struct read_field *to = read_field_get(lint->message, "To", 0);
    if (!to)
        return;
    struct lint_place place = lint_at_field(lint, to);
    unsigned count = count_mailboxes(to->value);
    if (count > 1)
        lint_add(lint, RULE_TO_MANY, &place, "names %u addresses", count);
    else if (!header_address_is_safe(address_of(to->value)))
        lint_add(lint, RULE_HEADER_BROKEN, &place,
                 "has to be the one reader's address");
}

/* ---- date, identifier, feedback -------------------------------------- */

/* The date as its own clock had it, so that its weekday can be checked. */
static bool weekday_is_right(struct str date)
{
    char right[TIME_TEXT_SIZE];
    OWNED(strbuf_free) struct strbuf local = STRBUF_INIT;
    int64_t at;
    size_t zone = date.len;
    while (zone && date.ptr[zone - 1] != '+' && date.ptr[zone - 1] != '-')
        zone--;
    if (!zone || str_find(date, ',') != 3)
        return true;
    strbuf_add(&local, date.ptr, zone - 1);
    strbuf_add_text(&local, "+0000");
    return !time_parse_rfc5322(strbuf_str(&local), &at) ||
           strncmp(time_rfc5322(at, right), date.ptr, 3) == 0;
}

static void check_date(struct lint *lint)
{
    const struct read_field *date = read_field_get(lint->message, "Date", 0);
    int64_t at;
    if (!date)
        return;
    struct lint_place place = lint_at_field(lint, date);
    if (!time_parse_rfc5322(str_of(date->value), &at))
        lint_add(lint, RULE_HEADER_BROKEN, &place,
                 "isn't a date such as Fri, 20 Nov 2026 07:00:00 +0000");
    else if (!weekday_is_right(str_of(date->value)))
        lint_add(lint, RULE_HEADER_BROKEN, &place,
                 "names the wrong day of the week");
}

static void check_message_id(struct lint *lint)
{
    const struct read_field *id =
        read_field_get(lint->message, "Message-ID", 0);
    if (!id)
        return;
    struct str value = str_of(id->value);
    bool framed = str_starts(value, STR("<")) && str_ends(value, STR(">"));
    struct str inside = {value.ptr + 1, framed ? value.len - 2 : 0};
    struct lint_place place = lint_at_field(lint, id);
    if (!framed || !header_message_id_is_safe(inside))
        lint_add(lint, RULE_HEADER_BROKEN, &place,
                 "isn't <something@your.domain>");
}

/* a:b:c:SenderId, the last of 5 to 15 characters; Gmail's feedback loop. */
static void check_feedback_id(struct lint *lint)
{
    const struct read_field *field =
        read_field_get(lint->message, "Feedback-ID", 0);
    unsigned parts = 0;
    struct str rest, part = STR("");
    if (!field)
        return;
    for (rest = str_of(field->value); rest.len; parts++)
        part = str_cut(&rest, ':');
    struct lint_place place = lint_at_field(lint, field);
    if (parts > 4 || part.len < 5 || part.len > 15)
        lint_add(lint, RULE_HEADER_BROKEN, &place,
                 "isn't a:b:c:SenderId with a SenderId of 5 to 15 characters");
}

void check_headers(struct lint *lint)
{
    check_counts(lint);
    check_texts(lint);
    check_from(lint);
    check_to(lint);
    check_date(lint);
    check_message_id(lint);
    check_feedback_id(lint);
}
