/* Measures what preparing a picture takes: processor time of the child, and
 * the most memory it has, beside bare decoding by libgd in the same run. The
 * pictures are made here: a photograph of 12 megapixels as a camera writes it,
 * one of 40 as progressive JPEG, and a drawing as PNG.
 *
 * usage: bench_pictures [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <gd.h>

#include "digest/base/mem.h"
#include "digest/media/picture.h"

static double processor_ms(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* Slopes with the noise of a sensor, or a few flat colours. */
static gdImagePtr make(int width, int height, bool is_drawing)
{
    gdImagePtr image = gdImageCreateTrueColor(width, height);
    unsigned seed = 1;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            seed = seed * 1103515245U + 12345U;
            int noise = (int)(seed >> 16 & 15);
            image->tpixels[y][x] =
                is_drawing ? (x / 97 * 7 + y / 61 * 13) % 12 * 0x111519
                           : gdTrueColor((x * 230 / width + noise) & 255,
                                         (y * 230 / height + noise) & 255,
                                         ((x + y) / 16 + noise) & 255);
        }
    return image;
}

static const struct {
    const char *name;
    int width, height;
    bool is_progressive, is_drawing;
} samples[] = {
    {"JPEG, 12 megapixels", 4000, 3000, false, false},
    {"JPEG, 40 megapixels, progressive", 7300, 5470, true, false},
    {"PNG, 12 megapixels, 12 colours", 4000, 3000, false, true},
};

static void encode(size_t sample, struct strbuf *out)
{
    int size;
    gdImagePtr image = make(samples[sample].width, samples[sample].height,
                            samples[sample].is_drawing);
    gdImageInterlace(image, samples[sample].is_progressive);
    void *bytes = samples[sample].is_drawing ? gdImagePngPtr(image, &size)
                                             : gdImageJpegPtr(image, &size, 90);
    strbuf_add(out, bytes, (size_t)size);
    gdFree(bytes);
    gdImageDestroy(image);
}

static void decode(size_t sample, const struct strbuf *given)
{
    gdImagePtr image =
        samples[sample].is_drawing
            ? gdImageCreateFromPngPtr((int)given->len, given->ptr)
            : gdImageCreateFromJpegPtr((int)given->len, given->ptr);
    gdImageDestroy(image);
}

static void bench(size_t sample, int rounds)
{
    OWNED(strbuf_free) struct strbuf given = STRBUF_INIT;
    OWNED(picture_free) struct picture picture = {0};
    struct err err = {0};
    encode(sample, &given);
    double begin = processor_ms(RUSAGE_SELF);
    for (int i = 0; i < rounds; i++)
        decode(sample, &given);
    double bare = (processor_ms(RUSAGE_SELF) - begin) / rounds;
    begin = processor_ms(RUSAGE_CHILDREN);
    for (int i = 0; i < rounds; i++) {
        picture_free(&picture);
        if (!picture_make(strbuf_str(&given), &picture, &err)) {
            fprintf(stderr, "%s\n", err.text);
            exit(EXIT_FAILURE);
        }
    }
    double all = (processor_ms(RUSAGE_CHILDREN) - begin) / rounds;
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    printf("%s (%.1f MB): both sizes in %.0f ms of processor, of bare "
           "decoding's %.0f: %.2f\n",
           samples[sample].name, (double)given.len / 1e6, all, bare,
           all / bare);
    printf("  %u × %u in %zu bytes, %u × %u in %zu; so far at most %ld MB\n",
           picture.width, picture.height, picture.bytes.len,
           picture.small_width, picture.small_height, picture.small.len,
           usage.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 10;
    if (rounds < 1) {
        fputs("usage: bench_pictures [ROUNDS]\n", stderr);
        return 64;
    }
    for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
        bench(i, rounds);
    return 0;
}
