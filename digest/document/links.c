/* Numbers the links of plain text, and lists their addresses below it. */
#include "digest/base/mem.h"
#include "digest/document/text.h"

void text_links_free(struct text_links *links)
{
    for (size_t i = 0; i < links->count; i++)
        free(links->urls[i]);
    free(links->urls);
    *links = (struct text_links){0};
}

unsigned text_links_add(struct text_links *links, struct str url)
{
    for (size_t i = 0; i < links->count; i++)
        if (str_equal(str_of(links->urls[i]), url))
            return links->first + (unsigned)i;
    char *copy = str_dup(url);
    MEM_PUSH(links->urls, links->count, links->capacity, copy);
    return links->first + (unsigned)links->count - 1;
}

void text_links_flush(struct text_links *links, struct strbuf *out)
{
    for (size_t i = 0; i < links->count; i++) {
        strbuf_add_format(out, "[%u] %s\n", links->first + (unsigned)i,
                          links->urls[i]);
        free(links->urls[i]);
    }
    links->first += (unsigned)links->count;
    links->count = 0;
}
