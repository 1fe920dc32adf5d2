/* Any template compiles or is refused with its place, and is applied without
 * harm; the data can't forge a slot.
 *
 * The input is cut at each byte 0x1e into: template, partial "p", parent
 * "q", JSON data. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/renderer/template_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sample_json[] =
    "{\"a\": \"<b>\", \"l\": [{\"a\": 1}], \"o\": {\"a\": {\"a\": true}}, "
    "\"n\": null, \"name\": \"p\"}";

struct shelf {
    struct template *p, *q;
};

static const struct template *find(void *context, const char *name,
                                   struct err *err)
{
    (void)err;
    const struct shelf *shelf = context;
    return strcmp(name, "p") == 0   ? shelf->p
           : strcmp(name, "q") == 0 ? shelf->q
                                    : NULL;
}

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static struct template *compile(struct str source)
{
    struct template *template = NULL;
    struct err err = {0};
    if (template_compile(source, "fuzz", &template, &err))
        return template;
    must(err.kind == ERR_INPUT && strncmp(err.text, "fuzz:", 5) == 0,
         "an error names its place");
    return NULL;
}

static void apply(const struct template *template, const struct value *value,
                  struct shelf *shelf, enum template_edge edge)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct template_library library = {find, shelf};
    struct err err = {0};
    if (!template_apply(template, value, edge, &library, &out, &err)) {
        must(err.kind == ERR_INPUT, "an error says what");
        must(out.len == 0, "an error leaves nothing");
    }
    must(str_find(strbuf_str(&out), '\x02') == out.len, "no slot is forged");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    struct str rest = {size ? (const char *)data : "", size};
    struct str source = str_cut(&rest, '\x1e'), p = str_cut(&rest, '\x1e'),
               q = str_cut(&rest, '\x1e');
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct value *value = NULL;
    struct err err = {0};
    if (!value_from_json(&arena, rest, &value, &err) &&
        !value_from_json(&arena, STR(sample_json), &value, &err))
        abort();
    struct template *template = compile(source);
    struct shelf shelf = {compile(p), compile(q)};
    for (int edge = EDGE_HTML; template && edge <= EDGE_URL; edge++)
        apply(template, value, &shelf, (enum template_edge)edge);
    template_free(template);
    template_free(shelf.p);
    template_free(shelf.q);
    return 0;
}
