/* Any bytes begin a request, or don't; what is whole stays what it is, however
 * it comes in pieces, and whatever follows. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/web/head.h"

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
    struct str all = {(const char *)data, size < HEAD_MAX ? size : HEAD_MAX};
    const struct head_refusal *why;
    enum head_state state = head_look(all, &why);
    must((state == HEAD_REFUSED) == (why != NULL), "a refusal says why");
    must(!why || why->status >= 400, "it is one");
    if (state != HEAD_WHOLE)
        return 0;
    size_t end = str_find_str(all, STR("\r\n\r\n"));
    must(end < all.len, "there is an empty line at its end");
    must(!memchr(all.ptr, '\0', end), "no NUL in it");
    OWNED(strbuf_free) struct strbuf more = STRBUF_INIT;
    strbuf_add(&more, all.ptr, all.len);
    strbuf_add(&more, "\0\r\n:", 4);
    must(head_look(strbuf_str(&more), &why) == HEAD_WHOLE,
         "what follows changes nothing");
    for (size_t length = 0; length < end; length++)
        must(head_look((struct str){all.ptr, length}, &why) != HEAD_REFUSED,
             "its begin is refused");
    return 0;
}
