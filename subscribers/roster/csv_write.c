#include "subscribers/roster/csv_write.h"

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
