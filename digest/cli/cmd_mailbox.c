#include <jansson.h>
#include <stdio.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"
#include "subscribers/bounces/classify.h"

/* ---- classify ---- */

enum { FILE_MAX_BYTES = 64 << 20 };

static json_t *text_json(struct str text)
{
    json_t *value = json_stringn(text.ptr ? text.ptr : "", text.len);
    if (value)
        return value;
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean(&clean, text);
    return json_stringn(strbuf_text(&clean), clean.len);
}

/* One object a line, so that a program can read them one by one. */
static void print_json(const char *file, const struct bounce_verdict *v)
{
    json_t *object = json_pack(
        "{s:o, s:o, s:s, s:s, s:s}", "file", text_json(str_of(file)),
        "recipient", text_json(v->recipient), "kind", bounce_kind_name(v->kind),
        "status", v->status, "reason", v->reason);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void add_row(struct table *table, const char *file,
                    const struct bounce_verdict *v)
{
    table_add(table, "%s", file);
    table_add(table, "%.*s", STR_ARG(v->recipient));
    table_add(table, "%s", bounce_kind_name(v->kind));
    table_add(table, "%s", v->status);
    table_add(table, "%s", v->reason);
}

static bool classify_file(const struct invocation *call, const char *path,
                          struct table *table, struct err *err)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    OWNED(mail_free) struct mail mail = {0};
    struct bounce_verdicts verdicts;
    if (!file_read(path, FILE_MAX_BYTES, &bytes, err))
        return false;
    mail_parse(strbuf_str(&bytes), &mail);
    bounce_classify(&mail, &verdicts);
    for (size_t i = 0; i < verdicts.count; i++)
        if (call->json)
            print_json(path, &verdicts.items[i]);
        else
            add_row(table, path, &verdicts.items[i]);
    return true;
}

/* Those that can be read are, and the first that couldn't is reported. */
static bool run_classify(struct invocation *call, struct err *err)
{
    OWNED(table_free) struct table table;
    struct err first = {0};
    table_begin(
        &table, 5,
        (const char *const[]){"FILE", "RECIPIENT", "KIND", "STATUS", "REASON"});
    if (!invocation_count(call, 1, 1000000, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        struct err one = {0};
        if (!classify_file(call, call->args[i], &table, &one) && !first.kind)
            first = one;
    }
    if (!call->json)
        table_print(&table);
    *err = first;
    return !first.kind;
}

const struct command mailbox_commands[] = {
    {"mailbox",
     "classify",
     "FILE...",
     "say what bounces and complaints mean; changes nothing",
     {{0}},
     run_classify},
    {0},
};
