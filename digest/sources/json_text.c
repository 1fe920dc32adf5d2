/* Mends broken JSON text, and loads it with jansson. */
#include "digest/sources/json_text_internal.h"

#include <jansson.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

enum { ESCAPE = 6 /* bytes: \\uXXXX */ };

/* The code unit of an escape at the beginning; 0 for anything else. */
static unsigned unit_at(struct str json)
{
    unsigned value = 0;
    if (json.len < ESCAPE || json.ptr[0] != '\\' || json.ptr[1] != 'u')
        return 0;
    for (size_t i = 2; i < ESCAPE; i++) {
        unsigned char c = (unsigned char)json.ptr[i];
        unsigned letter = (c | 0x20u) - 'a';
        if (c >= '0' && c <= '9')
            value = value * 16 + c - '0';
        else if (letter < 6)
            value = value * 16 + letter + 10;
        else
            return 0;
    }
    return value;
}

static bool is_high(unsigned unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(unsigned unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Every byte keeps its place; outside of strings there is no backslash. */
static void mend(struct str rest, struct strbuf *mended)
{
    while (rest.len) {
        size_t plain = str_find(rest, '\\');
        strbuf_add(mended, rest.ptr, plain);
        rest = str_from(rest, plain);
        unsigned unit = unit_at(rest);
        bool is_pair = is_high(unit) && is_low(unit_at(str_from(rest, ESCAPE)));
        size_t length = is_pair ? 2 * ESCAPE : unit ? ESCAPE : 2;
        length = length < rest.len ? length : rest.len;
        if (!is_pair && (is_high(unit) || is_low(unit)))
            strbuf_add_text(mended, "\\uFFFD");
        else
            strbuf_add(mended, rest.ptr, length);
        rest = str_from(rest, length);
    }
}

json_t *json_text_load(struct str json, size_t flags, json_error_t *why)
{
    OWNED(strbuf_free) struct strbuf mended = STRBUF_INIT;
    if (str_find_str(json, STR("\\u")) < json.len) {
        mend(json, &mended);
        json = strbuf_str(&mended);
    }
    return json_loadb(json.ptr, json.len, flags | JSON_ALLOW_NUL, why);
}
