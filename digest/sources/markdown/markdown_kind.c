/* A folder of Markdown, or of pages, with front matter. */
#include "digest/sources/markdown/markdown_internal.h"

#include "digest/sources/source_kind_internal.h"

static bool has_front_matter(struct str text)
{
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_from(text, 3);
    return str_starts(text, STR("---\n")) || str_starts(text, STR("+++\n")) ||
           str_starts(text, STR("---\r")) || str_starts(text, STR("+++\r"));
}

/* Recognises a Markdown file by its name, whatever stands in it, and any file
 * by its front matter. */
static enum source_sureness recognise(const char *name, const char *look)
{
    static const char *const own[] = {".md", ".markdown", ".mdx", ".mkd", NULL};
    return has_front_matter(str_of(look)) || source_name_ends(name, own)
               ? SOURCE_BY_MARK
               : SOURCE_NO;
}

extern const struct source_kind source_kind_markdown;
const struct source_kind source_kind_markdown = {
    .name = "markdown",
    .file_noun = "Markdown",
    .suffixes = (const char *const[]){".md", ".markdown", ".mdx", ".mkd",
                                      ".html", NULL},
    .recognise = recognise,
    .read = import_markdown,
};
