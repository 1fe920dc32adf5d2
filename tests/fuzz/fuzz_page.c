/* Pages and pasted text: whatever comes in, an entry or a place comes out. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/sources/page/page_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(entry_free) struct entry entry = {0};
    struct import_options options = {.now = 1795500000};
    struct import_bytes input = {.name = "fuzz",
                                 .url = "https://a.example/",
                                 .bytes = {(const char *)data, size}};
    struct article article;
    struct err err = {0};
    if (!page_read(&input, &arena, &entry, &err)) {
        require(err.kind == ERR_INPUT, err.text);
        return 0;
    }
    if (!entry_to_article(&entry, &options, &arena, &article, &err)) {
        require(err.kind == ERR_INPUT, err.text);
        return 0;
    }
    require(*article.title && *article.guid, "a title and a GUID");
    require(!strstr(article.body_html, "<script"), "no scripts");
    return 0;
}
