/* Any body is a form or none; its fields lie within bounds. The input is cut
 * at its first line end into content type and body. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/web/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct str body = {(const char *)data, size};
    struct str type = str_cut(&body, '\n');
    struct form form;
    bool good = form_parse(type, body, &arena, &form);
    must(good || form.count == 0, "what is no form has no field");
    must(form.count <= FORM_FIELDS_MAX, "the fields have room");
    unsigned sum = 0;
    for (size_t i = 0; i < form.count; i++) {
        must(form.fields[i].name.len + form.fields[i].value.len <= size,
             "no field is longer than what came");
        for (size_t j = 0; j < form.fields[i].value.len; j++)
            sum += (unsigned char)form.fields[i].value.ptr[j];
    }
    must(sum <= size * 255, "every byte of a field can be read");
    form_get(&form, "List-Unsubscribe");
    return 0;
}
