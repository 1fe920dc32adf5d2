#include "digest/newsletters/text_words.h"

#include <string.h>

/* Where the site has a name, the footer's words are another entry. */
static const char why[] = "why", why_site[] = "why_site";

const struct words *texts_over(const struct text_list *texts,
                               const char *language, const struct words *words,
                               struct arena *arena)
{
    struct words_text *own =
        ARENA_NEW_ARRAY(arena, struct words_text, text_kind_count + 1);
    size_t count = 0;
    for (size_t i = 0; texts && i < text_kind_count; i++) {
        const char *name = text_kinds[i].name;
        const char *text = text_for(texts, language, name);
        if (!text)
            continue;
        own[count++] = (struct words_text){name, text};
        if (strcmp(name, why) == 0)
            own[count++] = (struct words_text){why_site, text};
    }
    return count ? words_over(words, own, count, arena) : words;
}
