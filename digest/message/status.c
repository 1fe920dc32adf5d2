/* Finds status and reply codes in text, and holds the table of meanings. */
#include "digest/message/status.h"

#include <ctype.h>

#include "digest/base/mem.h"

/* ---- in text ---- */

static bool is_digit(struct str text, size_t at)
{
    return at < text.len && isdigit((unsigned char)text.ptr[at]);
}

/* Takes one to three digits from *at on. */
static bool take_number(struct str text, size_t *at, unsigned *out)
{
    size_t begin = *at;
    *out = 0;
    while (is_digit(text, *at) && *at - begin < 3)
        *out = *out * 10 + (unsigned)(text.ptr[(*at)++] - '0');
    return *at > begin && !is_digit(text, *at);
}

/* A status at `at`; its end goes to *end. */
static bool status_at(struct str text, size_t at, struct status *out,
                      size_t *end)
{
    unsigned parts[3];
    for (int i = 0; i < 3; i++) {
        if (i && (at == text.len || text.ptr[at++] != '.'))
            return false;
        if (!take_number(text, &at, &parts[i]))
            return false;
    }
    if (parts[0] != 2 && parts[0] != 4 && parts[0] != 5)
        return false;
    if (at + 1 < text.len && text.ptr[at] == '.' && is_digit(text, at + 1))
        return false;
    *out = (struct status){parts[0], parts[1], parts[2]};
    *end = at;
    return true;
}

bool status_read(struct str text, struct status *out)
{
    size_t end;
    return status_at(text, 0, out, &end) && end == text.len;
}

/* A number in the middle of a word or another number is no status. */
static bool may_begin(struct str text, size_t at)
{
    return at == 0 || (!isalnum((unsigned char)text.ptr[at - 1]) &&
                       text.ptr[at - 1] != '.');
}

static bool may_end(struct str text, size_t end)
{
    return end == text.len ||
           !(isalnum((unsigned char)text.ptr[end]) || text.ptr[end] == '@');
}

bool status_is_generic(struct status s)
{
    return !s.class || (s.subject == 0 && s.detail == 0) ||
           (s.subject == 5 && s.detail == 0);
}

struct status status_in(struct str text)
{
    struct status first = {0}, found;
    for (size_t i = 0; i < text.len; i++) {
        size_t end;
        if (!is_digit(text, i) || !may_begin(text, i) ||
            !status_at(text, i, &found, &end) || !may_end(text, end) ||
            found.class == 2)
            continue;
        if (!first.class || status_is_generic(first))
            first = found;
        if (!status_is_generic(first))
            break;
    }
    return first;
}

unsigned reply_code_in(struct str text)
{
    for (size_t i = 0; i + 2 < text.len; i++) {
        bool code = (text.ptr[i] == '4' || text.ptr[i] == '5') &&
                    text.ptr[i + 1] >= '0' && text.ptr[i + 1] <= '5' &&
                    is_digit(text, i + 2) && !is_digit(text, i + 3);
        bool apart =
            i + 3 == text.len || strchr(" -:,;)'\"\n", text.ptr[i + 3]);
        if (code && apart && may_begin(text, i) &&
            (i == 0 || !strchr("-/#[", text.ptr[i - 1])))
            return (unsigned)((text.ptr[i] - '0') * 100 +
                              (text.ptr[i + 1] - '0') * 10 +
                              (text.ptr[i + 2] - '0'));
    }
    return 0;
}

bool status_is_code(struct str word)
{
    struct status status;
    if (status_read(word, &status))
        return true;
    if (word.len < 3 || (word.ptr[0] != '4' && word.ptr[0] != '5') ||
        !is_digit(word, 1) || !is_digit(word, 2))
        return false;
    word = str_from(word, 3);
    return !word.len ||
           (word.ptr[0] == '-' &&
            (word.len == 1 || status_read(str_from(word, 1), &status)));
}

/* ---- what they mean ---- */

#define BIT(reason) (1u << (reason))
#define FULL BIT(REASON_MAILBOX_FULL)
#define DEAD                                                                   \
    (BIT(REASON_UNKNOWN_USER) | BIT(REASON_UNKNOWN_HOST) | BIT(REASON_MOVED))
#define ASLEEP BIT(REASON_SUSPENDED)
#define OURS BIT(REASON_POLICY)
#define LINE (BIT(REASON_NETWORK) | BIT(REASON_EXPIRED))
#define THEIRS BIT(REASON_SYSTEM)
#define ANY 0xffffffffu

enum { ALL = 1000 }; /* any detail */

/* The first row that fits holds. */
static const struct {
    unsigned subject, detail;
    enum refusal_reason reason;
    unsigned yields;
} meanings[] = {
    {1, 0, REASON_NONE, ANY},
    {1, 1, REASON_UNKNOWN_USER, FULL | BIT(REASON_MOVED)},
    {1, 2, REASON_UNKNOWN_HOST, FULL | BIT(REASON_UNKNOWN_USER)},
    {1, 3, REASON_UNKNOWN_USER, 0}, /* not an address there */
    {1, 4, REASON_UNDETERMINED, DEAD},
    {1, 6, REASON_MOVED, 0},
    {1, 7, REASON_POLICY, 0}, /* the sender's address */
    {1, 8, REASON_POLICY, 0},
    {1, 9, REASON_CONTENT, 0},
    {1, 10, REASON_UNKNOWN_HOST, BIT(REASON_UNKNOWN_USER)}, /* null MX; of
                                                  Exchange: no such user */
    {1, 351, REASON_UNKNOWN_USER, FULL | ASLEEP | OURS},
    {1, ALL, REASON_NONE, ANY},
    {2, 0, REASON_NONE, ANY},
    {2, 1, REASON_SUSPENDED, FULL | OURS | DEAD}, /* disabled */
    {2, 2, REASON_MAILBOX_FULL, 0},
    {2, 3, REASON_TOO_BIG, 0},
    {2, 4, REASON_SYSTEM, DEAD},
    {2, ALL, REASON_NONE, ANY},
    {3, 3, REASON_CONTENT, 0},
    {3, 4, REASON_TOO_BIG, 0},
    {3, ALL, REASON_SYSTEM, FULL | ASLEEP | OURS | DEAD},
    {4, 1, REASON_NETWORK, ANY}, /* 5.4.1 of Exchange: asked below */
    {4, 2, REASON_NETWORK, OURS},
    {4, 3, REASON_SYSTEM, BIT(REASON_UNKNOWN_HOST)},
    {4, 4, REASON_NETWORK, DEAD | OURS},
    {4, 7, REASON_EXPIRED, OURS | FULL},
    {4, 310, REASON_UNKNOWN_HOST, LINE}, /* Exchange: no such domain */
    {4, ALL, REASON_NETWORK, OURS | FULL},
    {5, 3, REASON_POLICY, 0}, /* too many recipients */
    {5, ALL, REASON_NONE, ANY},
    {6, 7, REASON_CONTENT, 0},
    {6, ALL, REASON_CONTENT, OURS},
    {7, 13, REASON_SUSPENDED, 0},
    {7, 17, REASON_UNKNOWN_USER, 0}, /* RFC 7293: has a new owner */
    {7, 27, REASON_POLICY, BIT(REASON_UNKNOWN_HOST)},
    {7, 1, REASON_POLICY, DEAD | ASLEEP | FULL},
    {7, 0, REASON_POLICY, DEAD | ASLEEP | FULL},
    {7, ALL, REASON_POLICY, 0},
};

struct status_meaning status_meaning(struct status s)
{
    if (!status_is_generic(s))
        for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
            if (meanings[i].subject == s.subject &&
                (meanings[i].detail == s.detail || meanings[i].detail == ALL))
                return (struct status_meaning){meanings[i].reason,
                                               meanings[i].yields};
    return (struct status_meaning){REASON_NONE, ANY};
}

enum refusal_reason reply_code_meaning(unsigned code)
{
    static const struct {
        unsigned code;
        enum refusal_reason reason;
    } codes[] = {
        {421, REASON_NETWORK},      {422, REASON_MAILBOX_FULL},
        {431, REASON_SYSTEM},       {451, REASON_SYSTEM},
        {452, REASON_SYSTEM},       {521, REASON_UNKNOWN_HOST},
        {522, REASON_MAILBOX_FULL}, {523, REASON_TOO_BIG},
        {525, REASON_SUSPENDED},    {530, REASON_POLICY},
        {535, REASON_POLICY},       {541, REASON_POLICY},
        {542, REASON_UNKNOWN_USER}, {551, REASON_MOVED},
        {552, REASON_MAILBOX_FULL}, {556, REASON_UNKNOWN_HOST},
        {571, REASON_POLICY},
    };
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
        if (codes[i].code == code)
            return codes[i].reason;
    return REASON_NONE;
}
