#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/media/picture.h"

static void read_case(const char *name, struct strbuf *out)
{
    OWNED(mem_free)
    char *path = mem_format("%s/cases/pictures/%s", TESTS_DIR, name);
    struct err err = {0};
    if (!file_read(path, 1 << 20, out, &err))
        fail_msg("%s", err.text);
}

static void make(struct str given, struct picture *out)
{
    struct err err = {0};
    if (!picture_make(given, out, &err))
        fail_msg("%s", err.text);
}

static void make_case(const char *name, struct picture *out)
{
    OWNED(strbuf_free) struct strbuf given = STRBUF_INIT;
    read_case(name, &given);
    make(strbuf_str(&given), out);
}

/* ---- what comes out ---------------------------------------------------- */

static void destroy(gdImagePtr *image)
{
    if (*image)
        gdImageDestroy(*image);
}

static gdImagePtr decoded(struct str bytes, const char *name)
{
    gdImagePtr image =
        str_ends(str_of(name), STR(".png"))
            ? gdImageCreateFromPngPtr((int)bytes.len, (void *)bytes.ptr)
            : gdImageCreateFromJpegPtr((int)bytes.len, (void *)bytes.ptr);
    assert_non_null(image);
    gdImagePaletteToTrueColor(image);
    return image;
}

/* JPEG is not exact. */
static void assert_colour(gdImagePtr image, int x, int y, int colour)
{
    enum { TOLERANCE = 24 };
    int pixel = gdImageGetTrueColorPixel(image, x, y);
    for (int shift = 0; shift < 24; shift += 8) {
        int difference = (pixel >> shift & 255) - (colour >> shift & 255);
        if (abs(difference) > TOLERANCE)
            fail_msg("#%06x at %d, %d, where #%06x was expected",
                     (unsigned)pixel & 0xffffff, x, y, (unsigned)colour);
    }
}

/* All of these are red on the left. */
static void assert_case(const char *name, const char *ending, int right)
{
    OWNED(picture_free) struct picture picture;
    make_case(name, &picture);
    assert_true(str_ends(str_of(picture.name), str_of(ending)));
    assert_int_equal(picture.width, 64);
    assert_int_equal(picture.height, 48);
    assert_int_equal(picture.small_width, 0);
    assert_int_equal(picture.small.len, 0);
    OWNED(destroy)
    gdImagePtr image = decoded(strbuf_str(&picture.bytes), picture.name);
    assert_colour(image, 8, 24, 0xff0000);
    if (right < 0)
        assert_int_equal(
            gdTrueColorGetAlpha(gdImageGetTrueColorPixel(image, 60, 24)),
            gdAlphaTransparent);
    else
        assert_colour(image, 60, 24, right);
}

static void each_kind_is_decoded(void **state)
{
    (void)state;
    assert_case("plain.jpg", ".jpg", 0x0000ff);
    assert_case("plain.png", ".png", 0x0000ff);
    assert_case("clear.png", ".png", -1);
    assert_case("clear.webp", ".png", -1);
    assert_case("animated.gif", ".png", 0xff0000);
    assert_case("animated.webp", ".png", -1);
    assert_case("cmyk.jpg", ".jpg", 0x00ffff);
}

static void other_webps_are_decoded(void **state)
{
    (void)state;
    const char *const names[] = {"plain.webp", "lossless.webp"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        OWNED(picture_free) struct picture picture;
        make_case(names[i], &picture);
        OWNED(destroy)
        gdImagePtr image = decoded(strbuf_str(&picture.bytes), picture.name);
        assert_colour(image, 30, 20, 0x0000ff);
    }
}

static void the_same_picture_has_the_same_name(void **state)
{
    (void)state;
    OWNED(picture_free) struct picture once, again, other;
    make_case("plain.jpg", &once);
    make_case("polyglot-tail.jpg", &again);
    make_case("cmyk.jpg", &other);
    assert_string_equal(once.name, again.name);
    assert_string_not_equal(once.name, other.name);
}

/* Anything else that stood in the file is gone. */
static void nothing_but_the_picture_is_kept(void **state)
{
    (void)state;
    const char *const names[] = {"polyglot-tail.jpg", "polyglot-comment.jpg",
                                 "polyglot-comment.gif", "polyglot-text.png"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        OWNED(picture_free) struct picture picture;
        make_case(names[i], &picture);
        struct str bytes = strbuf_str(&picture.bytes);
        assert_int_equal(str_find_str(bytes, STR("polyglot")), bytes.len);
    }
}

/* ---- hostile ones ------------------------------------------------------ */

static const struct {
    const char *name, *why;
} hostile[] = {
    {"bomb.jpg", "8000 × 6000 pixels; 40 megapixels"},
    {"bomb.png", "50000 × 50000 pixels; 40 megapixels"},
    {"bomb.gif", "65535 × 65535 pixels; 40 megapixels"},
    {"bomb-frame.gif", "60000 × 60000 pixels; 40 megapixels"},
    {"bomb.webp", "16384 × 16384 pixels; 40 megapixels"},
    {"short-data.png", "damaged: it can't be decoded"},
    {"two-sizes.jpg", "damaged: it can't be decoded"},
    {"frame-outside.gif", "damaged: it can't be decoded"},
    {"svg.jpg", "this is an SVG"},
    {"page.jpg", "this is an HTML page, not a picture"},
    {"heic.jpg", "AVIF or HEIC"},
    {"text.jpg", "this isn't a picture that is known here"},
    {"empty.jpg", "there is nothing in it"},
};

static void hostile_pictures_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
        OWNED(strbuf_free) struct strbuf given = STRBUF_INIT;
        OWNED(picture_free) struct picture picture;
        struct err err = {0};
        read_case(hostile[i].name, &given);
        if (picture_make(strbuf_str(&given), &picture, &err))
            fail_msg("%s was taken", hostile[i].name);
        assert_int_equal(err.kind, ERR_INPUT);
        if (!strstr(err.text, hostile[i].why))
            fail_msg("%s: %s", hostile[i].name, err.text);
    }
}

/* They hold more than they show, and show what they can. */
static void hostile_parts_do_no_harm(void **state)
{
    (void)state;
    const char *const names[] = {"bomb-profile.png", "bomb-text.png",
                                 "exif-loop.jpg", "exif-many.jpg",
                                 "one-row.jpg"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        OWNED(picture_free) struct picture picture;
        make_case(names[i], &picture);
        assert_true(picture.bytes.len < 100000);
    }
}

static void a_picture_cut_short_is_refused(void **state)
{
    (void)state;
    const char *const names[] = {"plain.jpg", "plain.png", "animated.gif",
                                 "plain.webp", "animated.webp"};
    /* Of an animation the first frame is enough. */
    const size_t enough[] = {0, 0, 103, 0, 0};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        OWNED(strbuf_free) struct strbuf given = STRBUF_INIT;
        read_case(names[i], &given);
        size_t whole = enough[i] ? enough[i] : given.len;
        for (size_t length = 0; length < whole; length++) {
            struct picture_look look;
            struct err err = {0};
            struct str some = {given.ptr, length};
            if (picture_look(some, &look, &err))
                fail_msg("%s: %zu bytes were enough", names[i], length);
            assert_int_equal(err.kind, ERR_INPUT);
        }
    }
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf given = STRBUF_INIT;
    struct picture_look look;
    struct err err = {0};
    read_case("plain.jpg", &given);
    while (given.len <= PICTURE_BYTES_MAX)
        strbuf_add_char(&given, '\0');
    assert_false(picture_look(strbuf_str(&given), &look, &err));
    assert_non_null(strstr(err.text, "larger than 16 MB"));
}

/* ---- sizes, and which way is up ---------------------------------------- */

/* A photograph, as far as a coder can tell. */
static void photograph(int width, int height, struct strbuf *out)
{
    OWNED(destroy) gdImagePtr image = gdImageCreateTrueColor(width, height);
    unsigned seed = 1;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            seed = seed * 1103515245U + 12345U;
            int noise = (int)(seed >> 16 & 15);
            image->tpixels[y][x] =
                gdTrueColor(x * 230 / width + noise, y * 230 / height + noise,
                            (x + y) % 200 + noise);
        }
    int size;
    void *bytes = gdImageJpegPtr(image, &size, 90);
    strbuf_add(out, bytes, (size_t)size);
    gdFree(bytes);
}

static void assert_sizes(int width, int height, unsigned large,
                         unsigned large_height, unsigned small,
                         unsigned small_height)
{
    OWNED(strbuf_free) struct strbuf given = STRBUF_INIT;
    OWNED(picture_free) struct picture picture;
    photograph(width, height, &given);
    make(strbuf_str(&given), &picture);
    assert_int_equal(picture.width, large);
    assert_int_equal(picture.height, large_height);
    assert_int_equal(picture.small_width, small);
    assert_int_equal(picture.small_height, small_height);
    assert_true(str_ends(str_of(picture.name), STR(".jpg")));
}

static void pictures_are_scaled_down_and_never_up(void **state)
{
    (void)state;
    assert_sizes(2500, 1000, 1200, 480, 600, 240);
    assert_sizes(1200, 900, 1200, 900, 600, 450);
    assert_sizes(1001, 300, 1001, 300, 600, 180);
    assert_sizes(600, 400, 600, 400, 0, 0);
    assert_sizes(40, 30, 40, 30, 0, 0);
    /* A picture that is a ribbon stays one that can be sent. */
    assert_sizes(800, 8000, 480, 4800, 0, 0);
}

enum { RED = 0xff0000, GREEN = 0x00ff00, BLUE = 0x0000ff, WHITE = 0xffffff };

/* A colour in each quarter, wider than high. */
static void quarters(struct strbuf *out)
{
    OWNED(destroy) gdImagePtr image = gdImageCreateTrueColor(640, 320);
    gdImageFilledRectangle(image, 0, 0, 319, 159, RED);
    gdImageFilledRectangle(image, 320, 0, 639, 159, GREEN);
    gdImageFilledRectangle(image, 0, 160, 319, 319, BLUE);
    gdImageFilledRectangle(image, 320, 160, 639, 319, WHITE);
    int size;
    void *bytes = gdImageJpegPtr(image, &size, 95);
    strbuf_add(out, bytes, (size_t)size);
    gdFree(bytes);
}

/* An EXIF block with an orientation, a maker and the place it was taken at
 * (a directory of its own with GPSMapDatum), put behind the picture's SOI. */
static void add_exif(struct str jpeg, size_t orientation, struct strbuf *out)
{
    const unsigned char tiff[] = {
        'M',  'M',  0,   42,   0,
        0,    0,    8,   0,    3,
        0x01, 0x0f, 0,   2,    0,
        0,    0,    12,  0,    0,
        0,    50, /* Make */
        0x01, 0x12, 0,   3,    0,
        0,    0,    1,   0,    (unsigned char)orientation,
        0,    0, /* Orientation */
        0x88, 0x25, 0,   4,    0,
        0,    0,    1,   0,    0,
        0,    62, /* GPS at 62 */
        0,    0,    0,   0,    'S',
        'e',  'c',  'r', 'e',  't',
        'm',  'a',  'k', 'e',  'r',
        0,    0,    1,   0x00, 0x12,
        0,    2,    0,   0,    0,
        12,   0,    0,   0,    80, /* GPSMapDatum */
        0,    0,    0,   0,    'S',
        'e',  'c',  'r', 'e',  't',
        'p',  'l',  'a', 'c',  'e',
        0,
    };
    unsigned length = sizeof tiff + 8;
    const char head[] = {
        '\xff', '\xe1', (char)(length >> 8), (char)length, 'E', 'x', 'i', 'f',
        0,      0};
    strbuf_add_str(out, (struct str){jpeg.ptr, 2});
    strbuf_add(out, head, sizeof head);
    strbuf_add(out, tiff, sizeof tiff);
    strbuf_add_str(out, str_from(jpeg, 2));
}

/* Top left, top right, bottom left, bottom right. CIPA DC-008 §4.6.5. */
static const int upright[][4] = {
    [1] = {RED, GREEN, BLUE, WHITE},
    [2] = {GREEN, RED, WHITE, BLUE},
    [3] = {WHITE, BLUE, GREEN, RED},
    [4] = {BLUE, WHITE, RED, GREEN},
    [5] = {RED, BLUE, GREEN, WHITE},
    [6] = {BLUE, RED, WHITE, GREEN},
    [7] = {WHITE, GREEN, BLUE, RED},
    [8] = {GREEN, WHITE, RED, BLUE},
    /* There is no ninth way. */
    [9] = {RED, GREEN, BLUE, WHITE},
};

static void pictures_are_turned_upright_and_say_no_place(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf plain = STRBUF_INIT;
    quarters(&plain);
    for (size_t way = 1; way < ARRAY_SIZE(upright); way++) {
        OWNED(strbuf_free) struct strbuf given = STRBUF_INIT;
        OWNED(picture_free) struct picture picture;
        add_exif(strbuf_str(&plain), way, &given);
        make(strbuf_str(&given), &picture);
        bool lies = way >= 5 && way <= 8;
        assert_int_equal(picture.width, lies ? 320 : 640);
        assert_int_equal(picture.height, lies ? 640 : 320);
        OWNED(destroy)
        gdImagePtr image = decoded(strbuf_str(&picture.bytes), picture.name);
        int right = gdImageSX(image) - 40, low = gdImageSY(image) - 40;
        assert_colour(image, 40, 40, upright[way][0]);
        assert_colour(image, right, 40, upright[way][1]);
        assert_colour(image, 40, low, upright[way][2]);
        assert_colour(image, right, low, upright[way][3]);
        struct str bytes = strbuf_str(&picture.bytes);
        assert_int_equal(str_find_str(bytes, STR("Secret")), bytes.len);
        assert_int_equal(str_find_str(bytes, STR("Exif")), bytes.len);
    }
}

/* ---- names ------------------------------------------------------------- */

static void names_are_told_from_other_texts(void **state)
{
    (void)state;
    char large[PICTURE_NAME_SIZE];
    bool is_small;
    assert_true(picture_is_name(STR("0123456789abcdef0123456789abcdef.jpg"),
                                large, &is_small));
    assert_false(is_small);
    assert_true(picture_is_name(STR("0123456789abcdef0123456789abcdef-600.png"),
                                large, &is_small));
    assert_true(is_small);
    assert_string_equal(large, "0123456789abcdef0123456789abcdef.png");
    OWNED(strbuf_free) struct strbuf small = STRBUF_INIT;
    picture_small_name(str_of(large), 1200, &small);
    assert_string_equal(strbuf_text(&small),
                        "0123456789abcdef0123456789abcdef-600.png");
    const char *const others[] = {
        "",
        ".jpg",
        "0123456789abcdef0123456789abcde.jpg",
        "0123456789abcdef0123456789abcdef0.jpg",
        "0123456789ABCDEF0123456789ABCDEF.jpg",
        "0123456789abcdef0123456789abcdef.gif",
        "0123456789abcdef0123456789abcdef-601.jpg",
        "../123456789abcdef0123456789abcdef.jpg",
    };
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_false(picture_is_name(str_of(others[i]), large, &is_small));
}

static void the_child_is_there(void **state)
{
    (void)state;
    struct err err = {0};
    if (!picture_check(&err))
        fail_msg("%s", err.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_child_is_there),
        cmocka_unit_test(each_kind_is_decoded),
        cmocka_unit_test(other_webps_are_decoded),
        cmocka_unit_test(the_same_picture_has_the_same_name),
        cmocka_unit_test(nothing_but_the_picture_is_kept),
        cmocka_unit_test(hostile_pictures_are_refused),
        cmocka_unit_test(hostile_parts_do_no_harm),
        cmocka_unit_test(a_picture_cut_short_is_refused),
        cmocka_unit_test(a_file_that_is_too_large_is_refused),
        cmocka_unit_test(pictures_are_scaled_down_and_never_up),
        cmocka_unit_test(pictures_are_turned_upright_and_say_no_place),
        cmocka_unit_test(names_are_told_from_other_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
