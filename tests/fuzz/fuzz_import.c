/* Any bytes are a list: it has a preview where it has a row, a dry run counts
 * what the import then does, a second import changes nothing, and what is
 * exported comes back the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "subscribers/consent/import_preview.h"
#include "subscribers/consent/subscriber_export.h"
#include "subscribers/consent/subscriber_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE_MAX_READ = 1 << 16 };

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static struct db *fresh(void)
{
    struct db *db = NULL;
    struct err err = {0};
    must(db_open(":memory:", DB_OPEN, &db, &err) &&
             stmt_run(db_stmt(db, "INSERT INTO newsletter (id, slug, title, "
                                  "    from_address, created_at) "
                                  "VALUES (1, 'weekly', 'W', 'w@x.org', 0)"),
                      &err),
         "there is a database");
    return db;
}

static bool import(struct db *db, struct str text, int64_t newsletter_id,
                   bool dry_run, struct subscriber_import_report *report)
{
    struct err err = {0};
    struct subscriber_import_options options = {.newsletter_id = newsletter_id,
                                                .dry_run = dry_run,
                                                .now = 2000000000,
                                                .categories = "World\nScience"};
    *report = (struct subscriber_import_report){0};
    bool good =
        subscriber_import_text(db, text, "list.csv", &options, report, &err);
    must(good || err.kind == ERR_INPUT, "memory never fails to be read");
    return good;
}

static bool put(void *context, struct str text, struct err *err)
{
    (void)err;
    strbuf_add_str(context, text);
    return true;
}

static void export(struct db *db, struct strbuf *out)
{
    struct subscriber_export_to to = {put, out};
    struct err err = {0};
    size_t count;
    must(subscriber_export(db, NULL, &to, &count, &err), "it is exported");
}

static bool look_at(struct str text)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct import_preview preview;
    struct err err = {0};
    return import_preview(text, &arena, &preview, &err) && preview.count > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SIZE_MAX_READ)
        return 0;
    struct str text = {(const char *)data, size};
    struct subscriber_import_report dry, first, second, back;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf again = STRBUF_INIT;
    OWNED(db_release) struct db *one = fresh();
    OWNED(db_release) struct db *two = fresh();
    bool has_rows = look_at(text);
    if (!import(one, text, 1, true, &dry))
        return 0;
    must(has_rows, "what can be imported has a preview");
    must(import(one, text, 1, false, &first), "it is imported");
    must(dry.added == first.added && dry.unchanged == first.unchanged &&
             dry.refused == first.refused && dry.ended == first.ended &&
             dry.rejected == first.rejected,
         "a dry run counts what the import does");
    must(import(one, text, 1, false, &second) && !second.added && !second.ended,
         "a second import changes nothing");
    export(one, &out);
    must(import(two, strbuf_str(&out), 0, false, &back) && !back.rejected,
         "what is exported can be imported");
    export(two, &again);
    must(str_equal(strbuf_str(&out), strbuf_str(&again)),
         "export and import are the identity");
    return 0;
}
