/* Loads the catalogue of each language, and finds one by its tag. */
#include "digest/renderer/languages.h"

#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"

static const char ending[] = ".yaml";

static int by_tag(const void *a, const void *b)
{
    return strcmp(((const struct language *)a)->tag,
                  ((const struct language *)b)->tag);
}

bool languages_new(struct template_set *templates, struct languages **out,
                   struct err *err)
{
    OWNED(languages_release)
    struct languages *made = MEM_NEW(struct languages);
    OWNED(file_list_free) struct file_list files = {0};
    template_set_list(templates, "messages", ending, &files);
    made->items = MEM_NEW_ARRAY(struct language, files.count);
    for (size_t i = 0; i < files.count; i++) {
        struct language *item = &made->items[made->count++];
        struct str name = str_of(files.names[i]);
        name.len -= strlen(ending);
        char *tag = str_dup(name);
        item->tag = tag;
        if (!catalogue_new(templates, tag, &item->words, err))
            return false;
        const char *called = catalogue_get(item->words, "language");
        item->name = *called ? called : tag;
    }
    qsort(made->items, made->count, sizeof *made->items, by_tag);
    *out = TAKE(made);
    return true;
}

void languages_free(struct languages *languages)
{
    if (!languages)
        return;
    for (size_t i = 0; i < languages->count; i++) {
        free((char *)languages->items[i].tag);
        catalogue_free(languages->items[i].words);
    }
    free(languages->items);
    free(languages);
}

void languages_release(struct languages **languages)
{
    languages_free(*languages);
    *languages = NULL;
}

const struct language *languages_find(const struct languages *languages,
                                      struct str tag)
{
    tag = str_trim(tag);
    while (tag.len) {
        for (size_t i = 0; i < languages->count; i++)
            if (str_equal_nocase(str_of(languages->items[i].tag), tag))
                return &languages->items[i];
        while (tag.len && tag.ptr[tag.len - 1] != '-')
            tag.len--;
        tag.len -= tag.len > 0;
    }
    return NULL;
}

const struct language *languages_default(const struct languages *languages)
{
    return languages_find(languages, STR("en"));
}
