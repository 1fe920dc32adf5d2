/* Whatever the bytes are, they are a picture within the limits, whose parts
 * stand in them, or are refused as input. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/media/picture_look_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_part(struct str whole, struct str part)
{
    must(!part.ptr || (part.ptr >= whole.ptr &&
                       part.ptr + part.len <= whole.ptr + whole.len),
         "a part stands in the picture");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {size ? (const char *)data : "", size};
    struct picture_look look;
    struct err err = {0};
    if (!picture_look(bytes, &look, &err)) {
        must(err.kind == ERR_INPUT && *err.text, "it says why");
        return 0;
    }
    must(look.width && look.height &&
             (uint64_t)look.width * look.height <= PICTURE_PIXELS_MAX,
         "it is within the limits");
    check_part(bytes, look.exif);
    check_part(bytes, look.frame);
    return 0;
}
