/* Writes cells and rows of CSV. */
#include "subscribers/roster/csv_write.h"

#include <string.h>

#include "digest/base/mem.h"

/* Spaces at the ends might be taken for none. */
static bool needs_quotes(struct str field)
{
    if (field.len == 0)
        return false;
    for (size_t i = 0; i < field.len; i++)
        if (strchr(",;\t\"\r\n", field.ptr[i]))
            return true;
    return field.ptr[0] == ' ' || field.ptr[field.len - 1] == ' ';
}

void csv_write(struct strbuf *out, struct str field, char end)
{
    if (!needs_quotes(field)) {
        strbuf_add_str(out, field);
        strbuf_add_char(out, end);
        return;
    }
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < field.len; i++) {
        if (field.ptr[i] == '"')
            strbuf_add_char(out, '"');
        strbuf_add_char(out, field.ptr[i]);
    }
    strbuf_add_char(out, '"');
    strbuf_add_char(out, end);
}

/* Whether a field is a formula, behind any apostrophes, so that taking one away
 * is the way back. */
static bool is_formula(struct str field)
{
    while (str_starts(field, STR("'")))
        field = str_from(field, 1);
    return field.len && strchr("=+-@\t\r", field.ptr[0]);
}

void csv_write_text(struct strbuf *out, struct str field, char end)
{
    OWNED(strbuf_free) struct strbuf guarded = STRBUF_INIT;
    if (is_formula(field))
        strbuf_add_char(&guarded, '\'');
    strbuf_add_str(&guarded, field);
    csv_write(out, strbuf_str(&guarded), end);
}

struct str csv_text(struct str field)
{
    return str_starts(field, STR("'")) && is_formula(field) ? str_from(field, 1)
                                                            : field;
}
