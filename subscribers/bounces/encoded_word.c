#include "subscribers/bounces/encoded_word_internal.h"

#include <libetpan/libetpan.h>

#include "digest/base/mem.h"

void encoded_word_decode(struct str value, struct strbuf *out)
{
    OWNED(mem_free)
    char *copy = mem_copy_n(value.ptr ? value.ptr : "", value.len);
    char *decoded = NULL;
    size_t index = 0;
    if (mailmime_encoded_phrase_parse("utf-8", copy, value.len, &index, "utf-8",
                                      &decoded) == MAILIMF_NO_ERROR &&
        decoded)
        strbuf_add_text(out, decoded);
    else
        strbuf_add_text(out, copy);
    free(decoded);
}
