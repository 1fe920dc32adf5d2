/* Images: the address to show, its size, and what stands in its place. */
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/document/convert_internal.h"
#include "digest/document/images.h"
#include "digest/document/url.h"

enum {
    COPIES_MAX = 64,
    SMALL = 200 /* pixels: a logo, a face; shown as large as the page has it */
};

/* Attributes in which pages that load images late keep the real address, in
 * order. */
static const char *const sources[] = {"src", "data-lazy-src", "data-src",
                                      "data-original", "data-orig-file"};
static const char *const sets[] = {"srcset", "data-srcset", "data-lazy-srcset"};

/* Names of pictures that only hold a place. */
static const struct str placeholders[] = {
    {"placeholder", 11},  {"spacer.", 7},  {"blank.", 6},       {"1x1.", 4},
    {"transparent.", 12}, {"lazyload", 8}, {"loading.gif", 11},
};

static bool is_placeholder(const char *url)
{
    struct str text = str_of(url);
    for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++)
        if (str_find_str(text, placeholders[i]) < text.len)
            return true;
    return false;
}

/* All that is gathered of one image. */
struct image_choice {
    struct converter *converter;
    unsigned width, height; /* as the page says; 0: it doesn't */
    struct image_copy copies[COPIES_MAX];
    unsigned shown[COPIES_MAX]; /* the widest to show each in; 0: not known */
    size_t count;
};

static void add_copy(struct image_choice *choice, const char *url,
                     unsigned pixels, unsigned shown)
{
    if (choice->count == COPIES_MAX || !url || is_placeholder(url))
        return;
    choice->copies[choice->count] = (struct image_copy){url, pixels};
    choice->shown[choice->count++] = shown;
}

/* A density says nothing of the size: it is that of what is shown. */
static void add_candidate(struct image_choice *choice,
                          const struct image_candidate *candidate)
{
    struct converter *c = choice->converter;
    const char *url = url_resolve(c->arena, candidate->url, c->base, URL_FILE);
    unsigned column = choice->width ? choice->width : IMAGE_WIDTH / 2;
    if (candidate->pixels)
        add_copy(choice, url, candidate->pixels, candidate->pixels);
    else
        add_copy(choice, url, column * candidate->percent / 100, choice->width);
}

static void add_sets(struct image_choice *choice, const xmlNode *element)
{
    for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
        struct str set = element_attribute(element, sets[i]);
        struct image_candidate candidate;
        while (image_next_candidate(&set, &candidate))
            add_candidate(choice, &candidate);
    }
}

/* Outlook knows neither WebP nor AVIF, and what is for one kind of screen is
 * another cut of the picture. */
static bool is_for_all(const xmlNode *source)
{
    static const char *const types[] = {"image/jpeg", "image/png", "image/gif"};
    struct str type = str_trim(element_attribute(source, "type"));
    bool is_known = type.len == 0;
    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        is_known = is_known || str_equal_nocase(type, str_of(types[i]));
    return is_known && !element_attribute(source, "media").ptr;
}

/* The other sources of a <picture>. The parser may not know that <source> is
 * empty, and puts what follows into it. */
static void add_sources(struct image_choice *choice, const xmlNode *image,
                        bool for_all)
{
    for (const xmlNode *at = image;;) {
        at = at->prev ? at->prev : at->parent;
        bool is_source = at && element_is(at, "source");
        if (!at || (at->type == XML_ELEMENT_NODE && !is_source))
            return;
        if (is_source && is_for_all(at) == for_all)
            add_sets(choice, at);
    }
}

static const char *first_source(struct converter *c, const xmlNode *image)
{
    const char *second_best = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
        struct str value = str_trim(element_attribute(image, sources[i]));
        const char *url = url_resolve(c->arena, value, c->base, URL_FILE);
        if (url && !is_placeholder(url))
            return url;
        if (!second_best)
            second_best = url;
    }
    return second_best;
}

/* "width" of style="…; width: 120px", over the attribute as CSS has it. */
static unsigned length_of(const xmlNode *image, const char *name)
{
    struct str css = element_attribute(image, "style");
    unsigned pixels = image_pixels(element_attribute(image, name));
    while (css.len) {
        struct str value = str_cut(&css, ';');
        struct str key = str_trim(str_cut(&value, ':'));
        unsigned said = image_pixels(value);
        if (str_equal_nocase(key, str_of(name)) && said)
            pixels = said;
    }
    return pixels;
}

static unsigned width_of_name(const char *url)
{
    unsigned width = 0, height;
    return image_size_of_name(str_of(url), &width, &height) ? width : 0;
}

/* A width without a height that is known keeps its shape at the reader's. */
static void set_size(const struct image_choice *choice, unsigned shown,
                     struct image *out)
{
    unsigned long long width = choice->width, height = choice->height;
    unsigned w, h;
    if ((!width || !height) && image_size_of_name(str_of(out->url), &w, &h)) {
        width = w;
        height = h;
    }
    out->width = shown > 1 ? shown : 0;
    height = width && height ? out->width * height / width : 0;
    out->height =
        height > 1 && height <= IMAGE_LENGTH_MAX ? (unsigned)height : 0;
}

/* False where it has no address. */
static bool choose(struct converter *c, const xmlNode *image, struct image *out)
{
    struct image_choice choice = {.converter = c,
                                  .width = length_of(image, "width"),
                                  .height = length_of(image, "height")};
    bool is_small = choice.width && choice.width < SMALL;
    out->url = first_source(c, image);
    add_sets(&choice, image);
    add_sources(&choice, image, true);
    if (!choice.count && (!out->url || is_placeholder(out->url)))
        add_sources(&choice, image, false);
    unsigned own = choice.width;
    if (out->url && !own)
        own = width_of_name(out->url);
    if (choice.count && own)
        add_copy(&choice, out->url, own, own);
    if (choice.count) {
        size_t best = image_choose(choice.copies, choice.count,
                                   is_small ? 2 * choice.width : IMAGE_WIDTH);
        out->url = choice.copies[best].url;
        own = choice.shown[best];
    }
    if (out->url)
        set_size(&choice, is_small ? choice.width : own, out);
    return out->url != NULL;
}

static bool is_emoji(const xmlNode *image)
{
    return element_has_class(image, "emoji") ||
           element_has_class(image, "wp-smiley");
}

/* Whether an image is the last one again: one copy may be for readers without
 * scripts. */
static bool is_last(const struct converter *c, const char *url)
{
    return c->last_image && image_is_same(str_of(url), str_of(c->last_image));
}

void convert_image(struct converter *c, const struct style *style,
                   const struct _xmlNode *image)
{
    struct str alt = element_attribute(image, "alt");
    struct image picture = {0};
    if (element_look(image).is_tiny)
        return;
    bool has_url = choose(c, image, &picture);
    if (has_url && url_is_beacon(str_of(picture.url)))
        return;
    if (!has_url || is_emoji(image)) {
        builder_text(c->builder, style, alt);
        return;
    }
    if (c->last_image_is_spare && is_last(c, picture.url))
        return;
    OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
    tree_clean_line(&title, element_attribute(image, "title"));
    builder_image(c->builder, style, &picture, alt,
                  title.len ? strbuf_text(&title) : NULL);
    c->last_image = picture.url;
    c->last_image_is_spare = false;
}

void convert_noscript(struct converter *c, const struct style *style,
                      const struct _xmlNode *noscript)
{
    for (const xmlNode *n = noscript->children; n; n = n->next) {
        struct image picture;
        if (n->type != XML_ELEMENT_NODE || element_look(n).is_hidden)
            continue;
        if (!element_is(n, "img")) {
            convert_noscript(c, style, n);
            continue;
        }
        if (!choose(c, n, &picture) || is_last(c, picture.url))
            continue;
        convert_image(c, style, n);
        c->last_image_is_spare = c->last_image != NULL;
    }
}
