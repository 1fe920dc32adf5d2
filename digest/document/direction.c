/* Marks the direction of plain text's lines that begin the other way. */
#include <unictype.h>

#include "digest/base/slot.h"
#include "digest/base/utf8.h"
#include "digest/document/text.h"

#define RIGHT_TO_LEFT_MARK "\xe2\x80\x8f"

/* Whether a line would be set from left to right: its first letter decides. An
 * address is set so rightly. */
static bool begins_from_the_left(struct str line)
{
    for (size_t at = 0; at < line.len;) {
        struct str rest = str_from(line, at);
        if (line.ptr[at] == SLOT_OPEN) {
            at += str_find(rest, SLOT_CLOSE);
            at += at < line.len;
            continue;
        }
        int category = uc_bidi_category(utf8_next(line, &at));
        if (category == UC_BIDI_L) {
            struct str word = str_cut(&rest, ' ');
            return str_find_str(word, STR("://")) == word.len &&
                   !str_starts_nocase(word, STR("mailto:"));
        }
        if (category == UC_BIDI_R || category == UC_BIDI_AL)
            return false;
    }
    return false;
}

void text_mark_lines(struct str text, bool is_right_to_left, struct strbuf *out)
{
    if (!is_right_to_left) {
        strbuf_add_str(out, text);
        return;
    }
    while (text.len) {
        size_t end = str_find(text, '\n');
        struct str line = {text.ptr, end < text.len ? end + 1 : end};
        if (begins_from_the_left(line))
            strbuf_add_text(out, RIGHT_TO_LEFT_MARK);
        strbuf_add_str(out, line);
        text = str_from(text, line.len);
    }
}
