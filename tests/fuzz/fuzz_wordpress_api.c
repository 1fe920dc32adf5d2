/* WordPress's API: any answer is a list of posts, a site, or told as none. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/sources/wordpress/wordpress_api_internal.h"
#include "digest/sources/wordpress/wordpress_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_articles(struct db *db)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct article_list list;
    struct err err = {0};
    require(article_find(db, &(struct article_query){0}, &arena, &list, &err),
            err.text);
    for (size_t i = 0; i < list.count; i++) {
        const struct article *a = &list.items[i];
        struct str title = str_of(a->title);
        require(*a->title && strncmp(a->guid, "wp:", 3) == 0,
                "a title and a GUID");
        require(utf8_invalid_at(title) == title.len, "UTF-8 of titles");
        require(!*a->url || strncmp(a->url, "http", 4) == 0, "an http URL");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    static struct db *db; /* one for all runs; each is rolled back */
    OWNED(tx_end) struct tx tx = TX_INIT;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct import_options options = {.now = 1795500000, .source_id = 1};
    struct import_report report = {0};
    struct import_bytes input = {.name = "fuzz",
                                 .bytes = {(const char *)data, size}};
    struct wordpress_site site;
    const char *newest, **guids;
    size_t count;
    require(db || db_open(":memory:", DB_CREATE, &db, &err), err.text);
    require(tx_begin(&tx, db, TX_NORMAL, &err), err.text);
    OWNED(import_run_free)
    struct import_run run = {.db = db, .options = &options, .report = &report};
    require(import_wordpress_posts(&run, &input, &newest, &err) ||
                err.kind == ERR_INPUT,
            err.text);
    require(import_finish(&run, &err), err.text);
    check_articles(db);
    if (wordpress_api_read_guids(&input, &arena, &guids, &count, &err))
        for (size_t i = 0; i < count; i++)
            require(strspn(wordpress_post_number(guids[i]), "-0123456789") ==
                        strlen(wordpress_post_number(guids[i])),
                    "numbers alone");
    if (wordpress_api_read_site(input.bytes, &arena, &site))
        require(site.name && site.timezone && site.image_url, "texts");
    import_report_free(&report);
    return 0;
}
