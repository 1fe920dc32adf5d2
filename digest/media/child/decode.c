/* Each kind by the function that is named for it, never by a file's name. */
#include <gd.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/media/child/child.h"

/* libgd complains on standard error, which leads nowhere. */
static canvas *decode_jpeg(int size, void *bytes)
{
    return gdImageCreateFromJpegPtrEx(size, bytes, 1);
}

static canvas *(*const decoders[])(int, void *) = {
    [PICTURE_JPEG] = decode_jpeg,
    [PICTURE_PNG] = gdImageCreateFromPngPtr,
    [PICTURE_GIF] = gdImageCreateFromGifPtr,
    [PICTURE_WEBP] = gdImageCreateFromWebpPtr,
};

static void add_little(struct strbuf *out, size_t number, int bytes)
{
    for (; bytes; bytes--, number >>= 8)
        strbuf_add_char(out, (char)(number & 0xff));
}

/* The first frame of an animation as a picture of its own (RFC 9649 §2.7):
 * with an alpha channel beside it, it needs the header that says so. */
static void write_frame(const struct picture_look *look, struct strbuf *out)
{
    enum { HAS_ALPHA = 0x10 };
    bool has_alpha = str_starts(look->frame, STR("ALPH"));
    size_t head = has_alpha ? 22 : 4;
    strbuf_add_text(out, "RIFF");
    add_little(out, head + look->frame.len, 4);
    strbuf_add_text(out, "WEBP");
    if (has_alpha) {
        strbuf_add_text(out, "VP8X");
        add_little(out, 10, 4);
        add_little(out, HAS_ALPHA, 4);
        add_little(out, look->width - 1, 3);
        add_little(out, look->height - 1, 3);
    }
    strbuf_add_str(out, look->frame);
}

canvas *child_decode(struct str bytes, const struct picture_look *look)
{
    OWNED(strbuf_free) struct strbuf frame = STRBUF_INIT;
    if (look->frame.ptr) {
        write_frame(look, &frame);
        bytes = strbuf_str(&frame);
    }
    canvas *image = decoders[look->kind]((int)bytes.len, (void *)bytes.ptr);
    if (image && !gdImagePaletteToTrueColor(image)) {
        gdImageDestroy(image);
        return NULL;
    }
    return image;
}
