/* Reads kind, size and completeness from a picture's headers. */
#include "digest/media/picture_look_internal.h"

#include <stdint.h>

#include "digest/base/mem.h"

/* ---- numbers ----------------------------------------------------------- */

static unsigned byte_at(struct str s, size_t at)
{
    return at < s.len ? (unsigned char)s.ptr[at] : 0;
}

static unsigned big16(struct str s, size_t at)
{
    return byte_at(s, at) << 8 | byte_at(s, at + 1);
}

static uint32_t big32(struct str s, size_t at)
{
    return (uint32_t)big16(s, at) << 16 | big16(s, at + 2);
}

static unsigned little16(struct str s, size_t at)
{
    return byte_at(s, at) | byte_at(s, at + 1) << 8;
}

static uint32_t little24(struct str s, size_t at)
{
    return little16(s, at) | byte_at(s, at + 2) << 16;
}

static uint32_t little32(struct str s, size_t at)
{
    return little24(s, at) | (uint32_t)byte_at(s, at + 3) << 24;
}

static struct str part(struct str s, size_t at, size_t length)
{
    return (struct str){s.ptr + at, length};
}

static bool cut_short(struct err *err)
{
    return err_set(err, ERR_INPUT, "this picture is cut short, or damaged");
}

static void take_size(struct picture_look *out, unsigned width, unsigned height)
{
    out->width = width > out->width ? width : out->width;
    out->height = height > out->height ? height : out->height;
}

/* ---- JPEG -------------------------------------------------------------- */

enum {
    JPEG_SOF0 = 0xc0,
    JPEG_DHT = 0xc4,
    JPEG_JPG = 0xc8,
    JPEG_DAC = 0xcc,
    JPEG_SOF15 = 0xcf,
    JPEG_RST0 = 0xd0,
    JPEG_RST7 = 0xd7,
    JPEG_EOI = 0xd9,
    JPEG_SOS = 0xda,
    JPEG_APP1 = 0xe1,
};

static bool is_frame_header(unsigned marker)
{
    return marker >= JPEG_SOF0 && marker <= JPEG_SOF15 && marker != JPEG_DHT &&
           marker != JPEG_JPG && marker != JPEG_DAC;
}

/* The next marker from *at on, which then stands behind it; 0: none. Between
 * segments other bytes may stand, and so do a scan's. */
static unsigned next_marker(struct str s, size_t *at)
{
    for (size_t i = *at; i + 1 < s.len; i++) {
        unsigned marker = byte_at(s, i + 1);
        bool is_data = marker == 0 || marker == 0xff ||
                       (marker >= JPEG_RST0 && marker <= JPEG_RST7);
        if (byte_at(s, i) != 0xff || is_data)
            continue;
        *at = i + 2;
        return marker;
    }
    return 0;
}

static void take_exif(struct str segment, struct picture_look *out)
{
    if (!out->exif.ptr && str_starts(segment, STR("Exif\0\0")))
        out->exif = str_from(segment, 6);
}

static bool look_jpeg(struct str s, struct picture_look *out, struct err *err)
{
    size_t at = 2;
    bool has_scan = false;
    for (;;) {
        unsigned marker = next_marker(s, &at);
        if (marker == JPEG_EOI && has_scan)
            return out->width > 0 || cut_short(err);
        unsigned length = big16(s, at);
        if (!marker || marker == JPEG_EOI || length < 2 || at + length > s.len)
            return cut_short(err);
        if (is_frame_header(marker))
            take_size(out, big16(s, at + 5), big16(s, at + 3));
        if (marker == JPEG_APP1)
            take_exif(part(s, at + 2, length - 2U), out);
        has_scan |= marker == JPEG_SOS;
        at += length;
    }
}

/* ---- PNG --------------------------------------------------------------- */

static bool look_png(struct str s, struct picture_look *out, struct err *err)
{
    size_t at = 8;
    if (!str_equal(part(s, 12, s.len < 16 ? 0 : 4), STR("IHDR")))
        return cut_short(err);
    uint32_t width = big32(s, 16), height = big32(s, 20);
    if (width > INT32_MAX || height > INT32_MAX)
        return cut_short(err);
    take_size(out, width, height);
    for (;;) {
        uint32_t length = big32(s, at);
        if (s.len - at < 12 || length > s.len - at - 12)
            return cut_short(err);
        struct str name = part(s, at + 4, 4);
        if (str_equal(name, STR("eXIf")) && !out->exif.ptr)
            out->exif = part(s, at + 8, length);
        if (str_equal(name, STR("IEND")))
            return true;
        at += (size_t)length + 12;
    }
}

/* ---- GIF --------------------------------------------------------------- */

static size_t colours_bytes(unsigned flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* The place behind the blocks that begin at `at`; 0: they don't end. */
static size_t skip_blocks(struct str s, size_t at)
{
    while (at < s.len && byte_at(s, at))
        at += byte_at(s, at) + 1;
    return at < s.len ? at + 1 : 0;
}

/* Looks at a GIF up to the end of its first image: those behind it aren't
 * shown. */
static bool look_gif(struct str s, struct picture_look *out, struct err *err)
{
    size_t at = 13 + colours_bytes(byte_at(s, 10));
    take_size(out, little16(s, 6), little16(s, 8));
    while (at && at < s.len) {
        unsigned kind = byte_at(s, at);
        if (kind == 0x2c) {
            take_size(out, little16(s, at + 5), little16(s, at + 7));
            at += 10 + colours_bytes(byte_at(s, at + 9)) + 1;
            return skip_blocks(s, at) || cut_short(err);
        }
        if (kind != 0x21)
            break;
        at = skip_blocks(s, at + 2);
    }
    return cut_short(err);
}

/* ---- WebP -------------------------------------------------------------- */

/* The chunk at *at, which then stands behind it. */
static bool next_chunk(struct str s, size_t *at, struct str *name,
                       struct str *data)
{
    uint32_t length = little32(s, *at + 4);
    if (*at > s.len || s.len - *at < 8 || length > s.len - *at - 8)
        return false;
    *name = part(s, *at, 4);
    *data = part(s, *at + 8, length);
    *at += 8 + (size_t)length + (length & 1);
    return true;
}

static bool take_bitstream(struct str name, struct str data,
                           struct picture_look *out)
{
    if (str_equal(name, STR("VP8 ")) && data.len >= 10) {
        take_size(out, little16(data, 6) & 0x3fff, little16(data, 8) & 0x3fff);
        return true;
    }
    if (!str_equal(name, STR("VP8L")) || data.len < 5)
        return false;
    uint32_t bits = little32(data, 1);
    take_size(out, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
    return true;
}

/* A frame of an animation: where it stands, then chunks of its own. */
static bool take_frame(struct str data, struct picture_look *out)
{
    struct str name, inner;
    size_t at = 16;
    if (data.len < 16)
        return false;
    take_size(out, little24(data, 6) + 1, little24(data, 9) + 1);
    out->frame = str_from(data, 16);
    while (next_chunk(data, &at, &name, &inner))
        if (take_bitstream(name, inner, out))
            return true;
    return false;
}

static bool look_webp(struct str s, struct picture_look *out, struct err *err)
{
    size_t at = 12;
    struct str name, data;
    bool has_image = false;
    uint32_t whole = little32(s, 4);
    if (whole > s.len - 8)
        return cut_short(err);
    s.len = (size_t)whole + 8;
    while (at < s.len && next_chunk(s, &at, &name, &data)) {
        if (str_equal(name, STR("VP8X")) && data.len >= 10)
            take_size(out, little24(data, 4) + 1, little24(data, 7) + 1);
        else if (str_equal(name, STR("EXIF")) && !out->exif.ptr)
            out->exif =
                str_starts(data, STR("Exif\0\0")) ? str_from(data, 6) : data;
        else if (str_equal(name, STR("ANMF")) && !has_image)
            has_image = take_frame(data, out);
        else
            has_image |= take_bitstream(name, data, out);
    }
    return (has_image && at >= s.len) || cut_short(err);
}

/* ---- which of them ----------------------------------------------------- */

#define SIGNATURE(text)                                                        \
    {                                                                          \
        (text), sizeof(text) - 1                                               \
    }

static const struct {
    struct str begins;
    enum picture_kind kind;
    bool (*look)(struct str, struct picture_look *, struct err *);
} kinds[] = {
    {SIGNATURE("\xff\xd8\xff"), PICTURE_JPEG, look_jpeg},
    {SIGNATURE("\x89PNG\r\n\x1a\n"), PICTURE_PNG, look_png},
    {SIGNATURE("GIF87a"), PICTURE_GIF, look_gif},
    {SIGNATURE("GIF89a"), PICTURE_GIF, look_gif},
    {SIGNATURE("RIFF"), PICTURE_WEBP, look_webp},
};

static bool is_webp(struct str s)
{
    return s.len >= 12 && str_equal(part(s, 8, 4), STR("WEBP"));
}

/* Says what the bytes are instead of a picture, as far as it can be told. */
static bool fail_other(struct str s, struct err *err)
{
    enum { LOOKED_AT = 1000 };
    struct str head = str_trim(
        (struct str){s.ptr, s.len < LOOKED_AT ? s.len : (size_t)LOOKED_AT});
    const char *what = "this isn't a picture that is known here";
    if (!s.len)
        what = "there is nothing in it";
    else if (s.len > 12 && str_equal(part(s, 4, 4), STR("ftyp")))
        what = "this picture is of a newer kind (AVIF or HEIC)";
    else if (str_find_str(head, STR("<svg")) < head.len)
        what = "this is an SVG, which is a program as much as a picture";
    else if (str_starts_nocase(head, STR("<!doctype html")) ||
             str_starts_nocase(head, STR("<html")))
        what = "this is an HTML page, not a picture";
    return err_set(err, ERR_INPUT, "%s; JPEG, PNG, GIF and WebP are taken",
                   what);
}

static bool check_size(const struct picture_look *look, struct err *err)
{
    if (!look->width || !look->height)
        return err_set(err, ERR_INPUT, "this picture is without any pixels");
    uint64_t pixels = (uint64_t)look->width * look->height;
    return pixels <= PICTURE_PIXELS_MAX ||
           err_set(err, ERR_INPUT,
                   "this picture is of %u × %u pixels; %d megapixels are the "
                   "most that is taken",
                   look->width, look->height, PICTURE_PIXELS_MAX / 1000000);
}

bool picture_look(struct str bytes, struct picture_look *out, struct err *err)
{
    *out = (struct picture_look){0};
    if (bytes.len > PICTURE_BYTES_MAX)
        return err_set(err, ERR_INPUT,
                       "this picture is larger than %d MB; save it smaller",
                       PICTURE_BYTES_MAX >> 20);
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (!str_starts(bytes, kinds[i].begins) ||
            (kinds[i].kind == PICTURE_WEBP && !is_webp(bytes)))
            continue;
        out->kind = kinds[i].kind;
        return kinds[i].look(bytes, out, err) && check_size(out, err);
    }
    return fail_other(bytes, err);
}
