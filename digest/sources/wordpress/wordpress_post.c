/* Reads one post of WordPress's REST API into an entry. */
#include <inttypes.h>

#include <jansson.h>

#include "digest/base/mem.h"
#include "digest/sources/feed/feed_parts_internal.h"
#include "digest/sources/wordpress/wordpress_internal.h"

/* A site numbers its posts: that stays when a title or an address changes. */
static const char guid_prefix[] = "wp:";

enum {
    MEDIA = 1,          /* the kind of the featured picture's copies */
    ORIGINAL_MAX = 2560 /* pixels */
};

const char *wordpress_post_number(const char *guid)
{
    return guid + (str_starts(str_of(guid), str_of(guid_prefix))
                       ? sizeof guid_prefix - 1
                       : 0);
}

/* NULL where there is none, or an empty one. */
static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && *text ? text : NULL;
}

/* {"rendered": "<p>…</p>"} */
static const char *rendered(const json_t *post, const char *key)
{
    return text_at(json_object_get(post, key), "rendered");
}

static const char *words(struct arena *arena, const char *html)
{
    return html ? feed_words(arena, html) : NULL;
}

static const json_t *embedded(const json_t *post, const char *rel)
{
    return json_object_get(json_object_get(post, "_embedded"), rel);
}

/* The authors whose names may be seen; an error stands for each other. */
static const char *authors_of(const json_t *post, struct arena *arena)
{
    const json_t *list = embedded(post, "author");
    const char *all = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = text_at(json_array_get(list, i), "name");
        if (name)
            all = all ? arena_format(arena, "%s, %s", all, name) : name;
    }
    if (!all)
        all = text_at(json_object_get(post, "yoast_head_json"), "author");
    return words(arena, all);
}

static unsigned pixels_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return entry_pixels(json_string_value(value), json_integer_value(value));
}

/* Takes the address there, and the size from `size`, unless it has one. */
static void take_image(struct entry *entry, const json_t *file, const char *key,
                       const json_t *size)
{
    const char *url = text_at(file, key);
    if (entry->image_url || !url)
        return;
    entry->image_url = url;
    entry->image_width = pixels_at(size, "width");
    entry->image_height = pixels_at(size, "height");
}

static void add_copy(struct entry *entry, const json_t *file,
                     const json_t *size, const char *alt)
{
    struct entry_picture copy = {text_at(file, "source_url"), alt,
                                 pixels_at(size, "width"),
                                 pixels_at(size, "height"), MEDIA};
    if (!copy.url)
        return;
    entry_add_picture(entry, &copy);
    take_image(entry, file, "source_url", size);
}

/* The copies that the site has made, and the original, unless it may be as
 * large as a camera makes it: WordPress itself shows none that is wider. */
static void take_media(struct entry *entry, const json_t *media,
                       struct arena *arena)
{
    const json_t *details = json_object_get(media, "media_details");
    json_t *sizes = json_object_get(details, "sizes");
    const char *name, *alt = words(arena, text_at(media, "alt_text"));
    json_t *file;
    unsigned width = pixels_at(details, "width");
    if (width && width <= ORIGINAL_MAX)
        add_copy(entry, media, details, alt);
    json_object_foreach(sizes, name, file) add_copy(entry, file, file, alt);
    if (!entry->image_url)
        add_copy(entry, media, details, alt);
}

static void read_image(const json_t *post, struct arena *arena,
                       struct entry *entry)
{
    const json_t *media = json_array_get(embedded(post, "wp:featuredmedia"), 0);
    const json_t *seo = json_object_get(post, "yoast_head_json");
    const json_t *shared = json_array_get(json_object_get(seo, "og_image"), 0);
    take_media(entry, media, arena);
    take_image(entry, post, "jetpack_featured_media_url", NULL);
    take_image(entry, shared, "url", shared);
}

static void read_terms(const json_t *post, const char *taxonomy,
                       struct arena *arena, struct entry *entry)
{
    const json_t *groups = embedded(post, "wp:term");
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);
        for (size_t j = 0; j < json_array_size(group); j++) {
            const json_t *term = json_array_get(group, j);
            const char *of = text_at(term, "taxonomy");
            const char *name = text_at(term, "name");
            const char *slug = text_at(term, "slug");
            if (of && name && strcmp(of, taxonomy) == 0 &&
                !(slug && strcmp(slug, "uncategorized") == 0))
                entry_add_category(entry, words(arena, name));
        }
    }
}

static bool is_protected(const json_t *post, const char *key)
{
    return json_is_true(
        json_object_get(json_object_get(post, key), "protected"));
}

static const char *reason_to_leave_out(const json_t *post, int64_t now,
                                       int64_t published_at)
{
    const char *status = text_at(post, "status");
    if (is_protected(post, "content") || is_protected(post, "excerpt"))
        return "protected by a password";
    if (status && strcmp(status, "publish") != 0)
        return strcmp(status, "draft") == 0     ? "a draft"
               : strcmp(status, "private") == 0 ? "private"
                                                : "not published";
    return published_at > now ? "to be published later" : NULL;
}

bool wordpress_post_read(const json_t *post, int64_t now, struct arena *arena,
                         struct entry *out)
{
    const json_t *number = json_object_get(post, "id");
    if (!json_is_integer(number))
        return false;
    out->guid = arena_format(arena, "%s%" JSON_INTEGER_FORMAT, guid_prefix,
                             json_integer_value(number));
    out->url = text_at(post, "link");
    out->title = words(arena, rendered(post, "title"));
    if (!entry_set_date(out, text_at(post, "date_gmt")))
        entry_set_date(out, text_at(post, "date"));
    out->language = text_at(post, "lang");
    out->author = authors_of(post, arena);
    out->body =
        (struct entry_text){ENTRY_HTML, rendered(post, "content"), NULL};
    out->summary =
        (struct entry_text){ENTRY_HTML, rendered(post, "excerpt"), NULL};
    read_image(post, arena, out);
    read_terms(post, "category", arena, out);
    if (!out->category_count)
        read_terms(post, "post_tag", arena, out);
    out->left_out = reason_to_leave_out(post, now, out->published_at);
    if (out->left_out && out->file)
        out->file = arena_format(arena, "%s: \"%s\"", out->file,
                                 out->title ? out->title : out->guid);
    return true;
}
