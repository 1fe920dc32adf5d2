/* The subject, as it stands in a list of mails. */
#include "digest/base/cluster.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/lint/check_internal.h"

enum { LENGTH_MAX = 78, LETTERS_MIN = 10 };

struct subject {
    unsigned length, capitals, small, emoji, shouts;
};

/* Pictographs; joiners and skin tones don't count of themselves. */
static bool is_emoji(unsigned c)
{
    return (c >= 0x1f300 && c <= 0x1faff && !(c >= 0x1f3fb && c <= 0x1f3ff)) ||
           (c >= 0x2600 && c <= 0x27bf) || (c >= 0x2b05 && c <= 0x2b55);
}

/* A sequence that joiners hold together is one picture. */
static struct subject look_at(struct str text)
{
    struct subject s = {.length = (unsigned)cluster_count(text)};
    bool joined = false;
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        bool flag = c >= 0x1f1e6 && c <= 0x1f1ff;
        s.capitals += c >= 'A' && c <= 'Z';
        s.small += c >= 'a' && c <= 'z';
        s.shouts += c == '!' || c == 0xff01;
        s.emoji += is_emoji(c) && !joined;
        s.emoji += flag && !joined;
        joined = c == 0x200d || (flag && !joined);
    }
    return s;
}

static bool begins_as_answer(struct str text)
{
    static const char *const prefixes[] = {
        "re:", "fwd:", "fw:", "aw:", "wg:", "tr:", "sv:", "rv:", "antw:"};
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (str_starts_nocase(text, str_of(prefixes[i])))
            return true;
    return false;
}

void check_subject(struct lint *lint)
{
    const struct read_field *field =
        read_field_get(lint->message, "Subject", 0);
    if (!field)
        return;
    struct str text = str_trim(str_of(field->decoded));
    struct lint_place place = lint_at_field(lint, field);
    struct subject s = look_at(text);
    if (!text.len) {
        lint_add(lint, RULE_SUBJECT_EMPTY, &place, "is empty");
        return;
    }
    if (s.length > LENGTH_MAX)
        lint_add(lint, RULE_SUBJECT_LONG, &place,
                 "has %u characters, where phones show about 40 and desks "
                 "about 70",
                 s.length);
    if (s.capitals + s.small >= LETTERS_MIN && s.capitals > 2 * s.small)
        lint_add(lint, RULE_SUBJECT_CAPITALS, &place,
                 "is in capitals, as spam is");
    if (s.emoji > 1)
        lint_add(lint, RULE_SUBJECT_EMOJI, &place, "has %u emoji", s.emoji);
    if (s.shouts > 1)
        lint_add(lint, RULE_SUBJECT_SHOUTS, &place, "has %u exclamation marks",
                 s.shouts);
    if (begins_as_answer(text))
        lint_add(lint, RULE_SUBJECT_REPLY, &place,
                 "begins like an answer or a forwarded mail");
}
