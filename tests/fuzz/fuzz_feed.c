/* Feeds and exports: whatever comes in, what is stored is clean. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/articles/article_store.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/sources/feed/feed_internal.h"
#include "digest/sources/wordpress/wordpress_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct db *db;

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_articles(void)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct article_list list;
    struct err err = {0};
    require(article_find(db, &(struct article_query){0}, &arena, &list, &err),
            err.text);
    for (size_t i = 0; i < list.count; i++) {
        const struct article *a = &list.items[i];
        struct str title = str_of(a->title);
        require(*a->title && *a->guid, "a title and a GUID");
        require(utf8_invalid_at(title) == title.len, "UTF-8 of titles");
        require(!strpbrk(a->title, "\n\r\x02\x03"), "one line");
        require(!*a->url || strncmp(a->url, "http", 4) == 0, "an http URL");
    }
}

/* One database for all runs; each is rolled back. */
static void open_once(struct tx *tx)
{
    struct err err = {0};
    require(db || db_open(":memory:", DB_CREATE, &db, &err), err.text);
    require(tx_begin(tx, db, TX_NORMAL, &err), err.text);
}

/* The first byte chooses: even for feeds, odd for exports. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct import_options options = {.now = 1795500000};
    struct import_report report = {0};
    OWNED(import_run_free)
    struct import_run run = {.options = &options, .report = &report};
    if (size < 2)
        return 0;
    open_once(&tx);
    run.db = db;
    struct str bytes = {(const char *)data + 1, size - 1};
    if (data[0] & 1) {
        FILE *file = fmemopen((void *)bytes.ptr, bytes.len, "r");
        require(file, "fmemopen");
        bool good = import_wordpress(&run, "fuzz", file, &err);
        fclose(file);
        require(good || err.kind == ERR_INPUT, err.text);
    } else {
        struct import_bytes input = {
            .name = "fuzz", .url = "https://a.example/", .bytes = bytes};
        require(import_feed(&run, &input, &err) || err.kind == ERR_INPUT,
                err.text);
    }
    require(import_finish(&run, &err), err.text);
    check_articles();
    import_report_free(&report);
    return 0;
}
