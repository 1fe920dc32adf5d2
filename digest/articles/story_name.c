/* Makes names of pages from headlines. */
#include "digest/articles/story_name.h"

#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"

/* Leaves room for a number behind it. */
enum { NUMBER_MAX = 6 };

/* Where a slug is cut: behind a whole word, unless the first is too long. */
static size_t cut_length(struct str slug, size_t most)
{
    if (slug.len <= most)
        return slug.len;
    size_t end = utf8_cut_length(slug, most), word = end;
    while (word && slug.ptr[word] != '-')
        word--;
    return word > most / 2 ? word : end;
}

void story_name(struct str headline, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    category_slug(headline, &slug);
    size_t length = cut_length(strbuf_str(&slug), STORY_NAME_MAX - NUMBER_MAX);
    if (length)
        strbuf_add(out, slug.ptr, length);
    else
        strbuf_add_text(out, "story");
}

void story_name_numbered(struct str name, unsigned number, struct strbuf *out)
{
    strbuf_add_format(out, "%.*s-%u", STR_ARG(name), number);
}
