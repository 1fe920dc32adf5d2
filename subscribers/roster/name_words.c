/* Splits names into folded words. */
#include "subscribers/roster/name_words.h"

#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "digest/base/mem.h"

struct words {
    struct strbuf *out;
    size_t begin; /* of all of them, in out */
    size_t word;  /* of the one being written */
    size_t count;
};

static bool came_before(const struct words *w)
{
    struct str all = str_from(strbuf_str(w->out), w->begin), line;
    struct str last = str_from(strbuf_str(w->out), w->word);
    all.len = w->word - w->begin;
    while (str_next_line(&all, &line))
        if (str_equal(line, last))
            return true;
    return false;
}

static void end_word(struct words *w)
{
    if (w->out->len == w->word)
        return;
    if (w->count == NAME_WORDS_MAX || came_before(w)) {
        strbuf_cut(w->out, w->word);
        return;
    }
    strbuf_add_char(w->out, '\n');
    w->word = w->out->len;
    w->count++;
}

static void add_letter(struct words *w, const uint8_t *bytes, size_t length,
                       ucs4_t letter)
{
    if (uc_is_general_category(letter, UC_NON_SPACING_MARK))
        return;
    if (!uc_is_property_alphabetic(letter) &&
        !uc_is_general_category(letter, UC_NUMBER))
        end_word(w);
    else if (w->out->len - w->word + length <= NAME_WORD_BYTES)
        strbuf_add(w->out, (const char *)bytes, length);
}

void name_words(struct str name, struct strbuf *out)
{
    size_t length = 0;
    struct words w = {.out = out, .begin = out->len, .word = out->len};
    if (!name.len)
        return;
    uint8_t *folded = u8_casefold((const uint8_t *)name.ptr, name.len, NULL,
                                  UNINORM_NFKD, NULL, &length);
    for (size_t at = 0; folded && at < length;) {
        ucs4_t letter;
        int bytes = u8_mbtouc(&letter, folded + at, length - at);
        add_letter(&w, folded + at, (size_t)bytes, letter);
        at += (size_t)bytes;
    }
    free(folded);
    end_word(&w);
}
