/* Compares, trims, searches, cuts and reads borrowed views of text. */
#include "digest/base/str.h"

#include <assert.h>
#include <limits.h>
#include <strings.h>

#include "digest/base/mem.h"

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool str_equal(struct str a, struct str b)
{
    if (a.len != b.len || a.len == 0)
        return a.len == b.len;
    assert(a.ptr && b.ptr);
    return memcmp(a.ptr, b.ptr, a.len) == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_equal_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool str_starts(struct str text, struct str prefix)
{
    return text.len >= prefix.len &&
           str_equal((struct str){text.ptr, prefix.len}, prefix);
}

bool str_starts_nocase(struct str text, struct str prefix)
{
    return text.len >= prefix.len &&
           str_equal_nocase((struct str){text.ptr, prefix.len}, prefix);
}

bool str_ends(struct str text, struct str suffix)
{
    return text.len >= suffix.len &&
           str_equal(str_from(text, text.len - suffix.len), suffix);
}

struct str str_trim(struct str text)
{
    while (text.len && is_space(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

size_t str_find(struct str text, char byte)
{
    const char *at = text.len ? memchr(text.ptr, byte, text.len) : NULL;
    return at ? (size_t)(at - text.ptr) : text.len;
}

size_t str_find_str(struct str text, struct str needle)
{
    if (needle.len == 0)
        return 0;
    const char *at =
        text.len ? memmem(text.ptr, text.len, needle.ptr, needle.len) : NULL;
    return at ? (size_t)(at - text.ptr) : text.len;
}

struct str str_from(struct str text, size_t offset)
{
    if (offset > text.len)
        offset = text.len;
    return (struct str){text.ptr ? text.ptr + offset : NULL, text.len - offset};
}

struct str str_cut(struct str *rest, char byte)
{
    size_t at = str_find(*rest, byte);
    struct str head = {rest->ptr, at};
    *rest = str_from(*rest, at < rest->len ? at + 1 : at);
    return head;
}

bool str_next_line(struct str *rest, struct str *line)
{
    if (rest->len == 0)
        return false;
    *line = str_cut(rest, '\n');
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

char *str_dup(struct str text)
{
    return mem_copy_n(text.ptr, text.len);
}

bool str_to_u64(struct str text, unsigned long long *out)
{
    unsigned long long value = 0;
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (value > (ULLONG_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

unsigned str_distance(struct str a, struct str b)
{
    enum { LIMIT = 63 };
    unsigned row[3][LIMIT + 1] = {{0}};
    size_t m = a.len < LIMIT ? a.len : LIMIT;
    size_t n = b.len < LIMIT ? b.len : LIMIT;
    unsigned *before = row[0], *above = row[1], *here = row[2];
    for (size_t j = 0; j <= n; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++) {
        here[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned cost = a.ptr[i - 1] == b.ptr[j - 1] ? 0 : 1;
            here[j] =
                smallest(above[j] + 1, here[j - 1] + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
                a.ptr[i - 2] == b.ptr[j - 1] && before[j - 2] + 1 < here[j])
                here[j] = before[j - 2] + 1;
        }
        unsigned *oldest = before;
        before = above;
        above = here;
        here = oldest;
    }
    return above[n];
}
