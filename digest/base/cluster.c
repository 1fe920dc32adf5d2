/* Finds the end of a grapheme cluster, by libunistring's rules and its own for
 * families of emoji, flags and conjuncts. */
#include "digest/base/cluster.h"

#include <unictype.h>
#include <unigbrk.h>

#include "digest/base/utf8.h"

enum { CHARACTERS_MAX = 32, JOINER = 0x200d };

static bool is_flag_letter(unsigned c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static bool is_pictograph(unsigned c)
{
    return c >= 0x2190 && uc_is_general_category(c, UC_OTHER_SYMBOL);
}

/* The scripts whose consonants such a sign joins (GB9c). */
static bool is_virama(unsigned c)
{
    return c == 0x94d || c == 0x9cd || c == 0xacd || c == 0xb4d || c == 0xc4d ||
           c == 0xd4d;
}

/* Whether a cluster goes on, where the library's pairs can't tell: its version
 * knows neither families of emoji nor flags nor conjuncts. `first` and `count`
 * are of the cluster. */
static bool goes_on(unsigned first, unsigned before, unsigned c, unsigned count)
{
    if (before == JOINER && is_pictograph(c))
        return is_pictograph(first);
    if (is_flag_letter(before) && is_flag_letter(c))
        return count == 1;
    return (is_virama(before) && uc_is_property_alphabetic(c)) ||
           !uc_is_grapheme_break(before, c);
}

size_t cluster_end(struct str text, size_t at)
{
    unsigned first = utf8_next(text, &at), before = first, count = 1;
    while (at < text.len && count < CHARACTERS_MAX) {
        size_t end = at;
        unsigned c = utf8_next(text, &end);
        if (!goes_on(first, before, c, count++))
            break;
        before = c;
        at = end;
    }
    return at;
}

size_t cluster_count(struct str text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len; count++)
        at = cluster_end(text, at);
    return count;
}

size_t cluster_cut(struct str text, size_t count)
{
    size_t at = 0;
    for (; at < text.len && count; count--)
        at = cluster_end(text, at);
    return at;
}
