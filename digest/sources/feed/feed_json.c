/* Reads a JSON Feed, item by item. */
#include <jansson.h>

#include "digest/base/mem.h"
#include "digest/document/url.h"
#include "digest/sources/feed/feed_parts_internal.h"
#include "digest/sources/json_text_internal.h"

static void end_json(json_t **json)
{
    json_decref(*json);
}

/* The text of the first key that has one; numbers count as texts. */
static const char *text_of(const json_t *object, struct arena *arena,
                           const char *const *keys)
{
    for (; *keys; keys++) {
        const json_t *value = json_object_get(object, *keys);
        if (json_is_string(value) && json_string_length(value))
            return json_string_value(value);
        if (json_is_integer(value))
            return arena_format(arena, "%lld",
                                (long long)json_integer_value(value));
    }
    return NULL;
}
#define TEXT_OF(object, arena, ...)                                            \
    text_of((object), (arena), (const char *const[]){__VA_ARGS__, NULL})

static const char *authors_of(const json_t *object, struct arena *arena)
{
    const json_t *list = json_object_get(object, "authors");
    const char *all = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = TEXT_OF(json_array_get(list, i), arena, "name");
        if (name)
            all = all ? arena_format(arena, "%s, %s", all, name) : name;
    }
    return all ? all
               : TEXT_OF(json_object_get(object, "author"), arena, "name");
}

static const char *resolved(const struct import_bytes *input,
                            struct arena *arena, const char *reference)
{
    const char *url = NULL;
    if (reference)
        url = url_resolve(arena, str_of(reference), input->url, URL_FILE);
    return url ? url : reference;
}

static void read_image(const json_t *item, const struct import_bytes *input,
                       struct arena *arena, struct entry *entry)
{
    const json_t *files = json_object_get(item, "attachments");
    const char *url = TEXT_OF(item, arena, "image", "banner_image");
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        const char *type = TEXT_OF(file, arena, "mime_type");
        const char *at = TEXT_OF(file, arena, "url");
        if (!url && type && str_starts(str_of(type), STR("image/")))
            url = at;
        if (!entry->url)
            entry->url = resolved(input, arena, at);
    }
    entry->image_url = resolved(input, arena, url);
}

static void read_texts(const json_t *item, struct arena *arena,
                       struct entry *entry)
{
    const char *html = TEXT_OF(item, arena, "content_html");
    const char *text = TEXT_OF(item, arena, "content_text");
    entry->body = html ? (struct entry_text){ENTRY_HTML, html, NULL}
                       : (struct entry_text){ENTRY_PLAIN, text, NULL};
    entry->summary =
        (struct entry_text){ENTRY_PLAIN, TEXT_OF(item, arena, "summary"), NULL};
    if (!entry->body.text) {
        entry->body = entry->summary;
        entry->summary.text = NULL;
    }
}

static void read_item(const json_t *item, const struct import_bytes *input,
                      struct arena *arena, struct entry *entry)
{
    const json_t *tags = json_object_get(item, "tags");
    entry->guid = TEXT_OF(item, arena, "id");
    entry->url =
        resolved(input, arena, TEXT_OF(item, arena, "url", "external_url"));
    entry->title = TEXT_OF(item, arena, "title");
    if (entry->title && feed_looks_like_html(entry->title))
        entry->title = feed_words(arena, entry->title);
    entry->author = authors_of(item, arena);
    entry->language = TEXT_OF(item, arena, "language");
    if (!entry_set_date(entry, TEXT_OF(item, arena, "date_published")))
        entry_set_date(entry, TEXT_OF(item, arena, "date_modified"));
    read_texts(item, arena, entry);
    read_image(item, input, arena, entry);
    for (size_t i = 0; i < json_array_size(tags); i++)
        if (json_is_string(json_array_get(tags, i)))
            entry_add_category(entry,
                               json_string_value(json_array_get(tags, i)));
}

/* Relative links are as from the site. */
static bool take_item(const json_t *item, const struct import_bytes *input,
                      struct feed_reading *reading, struct err *err)
{
    OWNED(arena_free) struct arena item_arena = ARENA_INIT;
    OWNED(entry_free) struct entry entry = {.file = input->name};
    read_item(item, input, &item_arena, &entry);
    if (!entry.author)
        entry.author = reading->feed.author;
    if (!entry.language)
        entry.language = reading->feed.language;
    reading->entries++;
    return reading->take(reading->context, reading, &entry, err);
}

static void read_feed(const json_t *top, struct feed_reading *reading)
{
    struct arena *arena = reading->feed_arena;
    reading->feed = (struct feed){
        .title = arena_copy(arena, TEXT_OF(top, arena, "title")),
        .url = arena_copy(arena, TEXT_OF(top, arena, "home_page_url")),
        .description = arena_copy(arena, TEXT_OF(top, arena, "description")),
        .language = arena_copy(arena, TEXT_OF(top, arena, "language")),
        .author = arena_copy(arena, authors_of(top, arena)),
        .image_url = arena_copy(arena, TEXT_OF(top, arena, "icon", "favicon")),
    };
}

bool feed_read_json(const struct import_bytes *input, struct str text,
                    struct feed_reading *reading, struct err *err)
{
    json_error_t why;
    OWNED(end_json)
    json_t *top = json_text_load(text, 0, &why);
    if (!top)
        return err_set(err, ERR_INPUT, "%s:%d: isn't JSON: %s", input->name,
                       why.line > 0 ? why.line : 1, why.text);
    const json_t *items = json_object_get(top, "items");
    if (!json_is_array(items))
        return err_set(err, ERR_INPUT,
                       "%s:1: isn't a JSON Feed: it has no list \"items\"",
                       input->name);
    read_feed(top, reading);
    struct import_bytes from = *input;
    const char *home = resolved(input, reading->feed_arena, reading->feed.url);
    if (home && url_host(str_of(home)).len)
        from.url = home;
    for (size_t i = 0; i < json_array_size(items); i++)
        if (json_is_object(json_array_get(items, i)) &&
            !take_item(json_array_get(items, i), &from, reading, err))
            return false;
    return true;
}
