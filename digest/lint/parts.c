/* The parts of a message: both there, in order, encoded for any relay. */
#include "digest/base/mem.h"
#include "digest/lint/check_internal.h"

enum { ENCODED_LINE_MAX = 76, GMAIL_CUTS_AT = 102 * 1024 };

static enum lint_part part_of(const struct read_part *part)
{
    return strcmp(part->type, "text/html") == 0 ? LINT_HTML : LINT_TEXT;
}

static bool is_encoded(const struct read_part *part)
{
    return strcmp(part->encoding, "quoted-printable") == 0 ||
           strcmp(part->encoding, "base64") == 0;
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

static size_t longest_line(struct str raw)
{
    size_t longest = 0;
    struct str line;
    while (str_next_line(&raw, &line))
        if (line.len > longest)
            longest = line.len;
    return longest;
}

static void check_encoding(struct lint *lint, const struct read_part *part,
                           const struct lint_place *place)
{
    bool eight = strcmp(part->encoding, "8bit") == 0 ||
                 strcmp(part->encoding, "binary") == 0;
    if (eight)
        lint_add(lint, RULE_PART_ENCODING, place,
                 "travels as %s, which not every relay takes", part->encoding);
    size_t longest = is_encoded(part) ? longest_line(part->raw) : 0;
    if (longest > ENCODED_LINE_MAX)
        lint_add(lint, RULE_PART_LINE, place,
                 "has an encoded line of %zu columns", longest);
    bool ascii = !*part->charset || strcmp(part->charset, "us-ascii") == 0;
    if (ascii && !is_ascii(part->text))
        lint_add(lint, RULE_PART_CHARSET, place,
                 "says that it is ASCII, and isn't");
    else if (!ascii && strcmp(part->charset, "utf-8") != 0)
        lint_add(lint, RULE_PART_CHARSET, place, "is in %s", part->charset);
    if (part->raw.len >= GMAIL_CUTS_AT && part_of(part) == LINT_HTML)
        lint_add(lint, RULE_NEARLY_CLIPPED, place,
                 "takes %zu KB encoded; Gmail cuts a message at about 102 KB",
                 part->raw.len / 1024);
}

static size_t place_of(const struct read_message *message, const char *type)
{
    size_t at = 0;
    while (at < message->parts.count &&
           strcmp(message->parts.items[at].type, type) != 0)
        at++;
    return at;
}

static void check_there(struct lint *lint)
{
    const struct read_message *m = lint->message;
    struct lint_place place = {.part = LINT_MESSAGE};
    size_t text = place_of(m, "text/plain"), html = place_of(m, "text/html");
    if (text == m->parts.count)
        lint_add(lint, RULE_TEXT_MISSING, &place, "there is no text part");
    else if (!str_trim(lint->text).len)
        lint_add(lint, RULE_PART_EMPTY, &place, "the text part is empty");
    if (html == m->parts.count)
        lint_add(lint, RULE_HTML_MISSING, &place, "there is no HTML part");
    else if (!str_trim(lint->html).len)
        lint_add(lint, RULE_PART_EMPTY, &place, "the HTML part is empty");
    if (text == m->parts.count || html == m->parts.count)
        return;
    if (html < text)
        lint_add(lint, RULE_PART_ORDER, &place,
                 "the HTML stands before the text");
    else if (!m->parts.is_alternative)
        lint_add(lint, RULE_PART_ORDER, &place,
                 "the two parts aren't marked as alternatives");
}

void check_parts(struct lint *lint)
{
    check_there(lint);
    for (size_t i = 0; i < lint->message->parts.count; i++) {
        const struct read_part *part = &lint->message->parts.items[i];
        if (!str_starts(str_of(part->type), STR("text/")))
            continue;
        struct lint_place place = {.part = part_of(part)};
        check_encoding(lint, part, &place);
    }
}
