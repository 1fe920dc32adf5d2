/* Images: words in their place, and addresses that mail programs can load. */
#include "digest/base/mem.h"
#include "digest/lint/check_internal.h"

/* Words that say that there is a picture, and not what is in it. */
static const char *const useless[] = {
    "image", "img",      "picture",    "photo",     "photograph",
    "pic",   "graphic",  "screenshot", "thumbnail", "untitled",
    "alt",   "alt text", "spacer",     "banner",    "placeholder",
    "bild",  "foto",     "grafik",     "photo de",  "illustration",
    "图片",  "image de", "صورة",       "ছবি",       "imagen",
    "hero",  "header",
};

static const char *const file_endings[] = {".jpg",  ".jpeg", ".png", ".gif",
                                           ".webp", ".svg",  ".avif"};

static bool is_file_name(struct str alt)
{
    for (size_t i = 0; i < ARRAY_SIZE(file_endings); i++) {
        struct str ending = str_of(file_endings[i]);
        if (alt.len > ending.len &&
            str_equal_nocase(str_from(alt, alt.len - ending.len), ending))
            return true;
    }
    return str_starts_nocase(alt, STR("IMG_")) ||
           str_starts_nocase(alt, STR("DSC_")) ||
           str_starts_nocase(alt, STR("DSC0"));
}

static bool is_useless(struct str alt)
{
    for (size_t i = 0; i < ARRAY_SIZE(useless); i++)
        if (str_equal_nocase(alt, str_of(useless[i])))
            return true;
    return is_file_name(alt);
}

static void check_alt(struct lint *lint, const struct markup_node *image,
                      const struct lint_place *place)
{
    const char *alt = markup_get(image, "alt");
    if (!alt)
        lint_add(lint, RULE_ALT_MISSING, place, "has no alternative text");
    else if (is_useless(str_trim(str_of(alt))))
        lint_add(lint, RULE_ALT_USELESS, place,
                 "\"%s\" doesn't say what it shows", alt);
}

static void check_source(struct lint *lint, const struct markup_node *image,
                         const struct lint_place *place)
{
    const char *source = markup_get(image, "src");
    struct str src = str_trim(str_of(source ? source : ""));
    if (!src.len)
        lint_add(lint, RULE_IMAGE_SOURCE, place, "has no address");
    else if (str_starts_nocase(src, STR("data:")))
        lint_add(lint, RULE_IMAGE_SOURCE, place,
                 "is inside the message (data:), where Gmail doesn't show it");
    else if (str_starts_nocase(src, STR("http://")))
        lint_add(lint, RULE_LINK_HTTP, place, "%s", source);
    else if (!str_starts_nocase(src, STR("https://")) &&
             !str_starts_nocase(src, STR("cid:")))
        lint_add(lint, RULE_IMAGE_SOURCE, place,
                 "\"%.100s\" isn't a whole https address", source);
}

void check_images(struct lint *lint)
{
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *image = lint->markup.nodes[i];
        if (!markup_is(image, "img"))
            continue;
        struct lint_place place = lint_at_node(image);
        check_alt(lint, image, &place);
        check_source(lint, image, &place);
        if (!markup_get(image, "width"))
            lint_add(lint, RULE_IMAGE_WIDTH, &place, "has no width");
    }
}
