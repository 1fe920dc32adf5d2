/* Markdown articles: front matter in YAML and TOML, dates, addresses. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/sources/markdown/markdown_internal.h"

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
    struct err err = {0};
    static struct db *db; /* one for all runs; each is rolled back */
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct import_options options = {.now = 1795500000,
                                     .base_url = "https://a.example"};
    struct import_report report = {0};
    OWNED(import_run_free)
    struct import_run run = {.options = &options, .report = &report};
    require(db || db_open(":memory:", DB_CREATE, &db, &err), err.text);
    require(tx_begin(&tx, db, TX_NORMAL, &err), err.text);
    run.db = db;
    struct import_bytes input = {.name = "fuzz.md",
                                 .inside = "2026-11-20-fuzz.md",
                                 .bytes = {(const char *)data, size}};
    bool good = import_markdown(&run, &input, &err);
    require(good || err.kind == ERR_INPUT, err.text);
    require(good || strncmp(err.text, "fuzz.md:", 8) == 0, "a place is named");
    require(import_finish(&run, &err), err.text);
    import_report_free(&report);
    return 0;
}
