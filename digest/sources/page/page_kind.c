/* A saved page, or a page's text as it was pasted. */
#include "digest/sources/page/page_internal.h"

#include "digest/sources/source_kind_internal.h"

static enum source_sureness recognise(const char *name, const char *look)
{
    static const char *const marks[] = {"<!doctype html", "<html", "<body",
                                        "<article", NULL};
    return source_has_word(look, marks)                        ? SOURCE_BY_LOOK
           : source_name_ends(name, source_kind_page.suffixes) ? SOURCE_BY_NAME
                                                               : SOURCE_NO;
}

const struct source_kind source_kind_page = {
    .name = "page",
    .file_noun = "a page",
    .suffixes = (const char *const[]){".html", ".htm", ".txt", NULL},
    .recognise = recognise,
    .read = import_page,
};
