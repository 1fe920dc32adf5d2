/* Lays a newsletter's texts over a catalogue of words. */
#include "digest/newsletters/text_words.h"

#include <string.h>

/* Where the site has a name, the footer's words are another entry. */
static const char why[] = "why", why_site[] = "why_site";

const struct catalogue *texts_over(const struct text_list *texts,
                                   const char *language,
                                   const struct catalogue *words,
                                   struct arena *arena)
{
    struct catalogue_text *own =
        ARENA_NEW_ARRAY(arena, struct catalogue_text, text_kind_count + 1);
    size_t count = 0;
    for (size_t i = 0; texts && i < text_kind_count; i++) {
        const char *name = text_kinds[i].name;
        const char *text = text_for(texts, language, name);
        if (!text)
            continue;
        own[count++] = (struct catalogue_text){name, text};
        if (strcmp(name, why) == 0)
            own[count++] = (struct catalogue_text){why_site, text};
    }
    return count ? catalogue_over(words, own, count, arena) : words;
}
