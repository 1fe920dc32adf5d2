/* Reads the article that a page describes in JSON-LD. */
#include <jansson.h>
#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/sources/json_text_internal.h"
#include "digest/sources/page/page_parts_internal.h"

enum { MAX_KEYWORDS = 20, MAX_DEPTH = 4 };

static void end_json(json_t **json)
{
    json_decref(*json);
}

static bool is_text(const json_t *value, const char *text)
{
    const char *said = json_string_value(value);
    return said && strcmp(said, text) == 0;
}

/* Whether an object is one of schema.org's types that stand for an article. */
static bool is_article(const json_t *object)
{
    static const char *const types[] = {"Article",
                                        "NewsArticle",
                                        "BlogPosting",
                                        "Report",
                                        "ReportageNewsArticle",
                                        "AnalysisNewsArticle",
                                        "OpinionNewsArticle",
                                        "ReviewNewsArticle",
                                        "ScholarlyArticle",
                                        "TechArticle",
                                        "SocialMediaPosting",
                                        "BackgroundNewsArticle",
                                        "AdvertiserContentArticle",
                                        "LiveBlogPosting",
                                        "MedicalScholarlyArticle",
                                        "AskPublicNewsArticle",
                                        "SatiricalArticle",
                                        "APIReference"};
    const json_t *type = json_object_get(object, "@type");
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (is_text(type, types[i]))
            return true;
        for (size_t j = 0; j < json_array_size(type); j++)
            if (is_text(json_array_get(type, j), types[i]))
                return true;
    }
    return false;
}

/* The article itself, in a list, or in "@graph". */
static const json_t *find_article(const json_t *value, unsigned depth)
{
    const json_t *found = NULL;
    if (depth > MAX_DEPTH)
        return NULL;
    if (json_is_array(value)) {
        for (size_t i = 0; !found && i < json_array_size(value); i++)
            found = find_article(json_array_get(value, i), depth + 1);
        return found;
    }
    if (!json_is_object(value))
        return NULL;
    if (is_article(value))
        return value;
    found = find_article(json_object_get(value, "@graph"), depth + 1);
    return found
               ? found
               : find_article(json_object_get(value, "mainEntity"), depth + 1);
}

static const char *text_of(const json_t *object, const char *key,
                           struct arena *arena)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        return NULL;
    struct str trimmed = str_trim(str_of(text));
    return trimmed.len ? arena_copy_str(arena, trimmed) : NULL;
}

/* "@graph" says who somebody is in one place, and refers to it elsewhere. */
static const json_t *find_id(const json_t *value, const char *id,
                             unsigned depth)
{
    const json_t *found = NULL;
    if (!id || depth > MAX_DEPTH)
        return NULL;
    if (json_is_object(value) && json_object_get(value, "name") &&
        is_text(json_object_get(value, "@id"), id))
        return value;
    for (size_t i = 0; !found && i < json_array_size(value); i++)
        found = find_id(json_array_get(value, i), id, depth + 1);
    return found ? found
                 : find_id(json_object_get(value, "@graph"), id, depth + 1);
}

static const char *names_of(const json_t *value, const json_t *all,
                            struct arena *arena)
{
    const char *names = NULL;
    if (json_is_string(value))
        return arena_copy(arena, json_string_value(value));
    if (json_is_object(value)) {
        const char *name = text_of(value, "name", arena);
        const json_t *other =
            find_id(all, json_string_value(json_object_get(value, "@id")), 0);
        return name || !other ? name : text_of(other, "name", arena);
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *name = names_of(json_array_get(value, i), all, arena);
        if (name)
            names = names ? arena_format(arena, "%s, %s", names, name) : name;
    }
    return names;
}

static unsigned pixels_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return entry_pixels(json_string_value(value), json_integer_value(value));
}

/* A text, an object with "url", or a list of them. */
static void read_image(const json_t *value, struct arena *arena,
                       struct page_parts *out)
{
    if (json_is_array(value))
        value = json_array_get(value, 0);
    out->image_url = json_is_object(value)
                         ? text_of(value, "url", arena)
                         : arena_copy(arena, json_string_value(value));
    out->image_alt = text_of(value, "caption", arena);
    out->image_width = pixels_at(value, "width");
    out->image_height = pixels_at(value, "height");
}

static void set(const char **slot, const char *text)
{
    if (text)
        *slot = text;
}

static void read_keywords(const json_t *article, struct arena *arena,
                          struct page_parts *out)
{
    const json_t *value = json_object_get(article, "articleSection");
    const char *one = json_string_value(value);
    out->keywords = ARENA_NEW_ARRAY(arena, const char *, MAX_KEYWORDS);
    if (one)
        out->keywords[out->keyword_count++] = arena_copy(arena, one);
    for (size_t i = 0;
         i < json_array_size(value) && out->keyword_count < MAX_KEYWORDS; i++) {
        one = json_string_value(json_array_get(value, i));
        if (one)
            out->keywords[out->keyword_count++] = arena_copy(arena, one);
    }
}

/* "mainEntityOfPage" is an address, or an object that has it. */
static const char *address_of(const json_t *article, struct arena *arena)
{
    const char *own = text_of(article, "url", arena);
    const char *page = text_of(article, "mainEntityOfPage", arena);
    if (!own)
        own = page ? page
                   : text_of(json_object_get(article, "mainEntityOfPage"),
                             "@id", arena);
    return own && str_starts_nocase(str_of(own), STR("http")) ? own : NULL;
}

static void read_article(const json_t *article, const json_t *all,
                         struct arena *arena, struct page_parts *out)
{
    const char *headline = text_of(article, "headline", arena);
    set(&out->title, headline ? headline : text_of(article, "name", arena));
    set(&out->author, names_of(json_object_get(article, "author"), all, arena));
    set(&out->summary, text_of(article, "description", arena));
    if (!out->image_url)
        read_image(json_object_get(article, "image"), arena, out);
    page_set_date(out, text_of(article, "datePublished", arena));
    set(&out->text, text_of(article, "articleBody", arena));
    if (!out->url || !*out->url)
        out->url = address_of(article, arena);
    read_keywords(article, arena, out);
}

/* Some wrap it in a comment or in CDATA. */
static struct str unwrapped(struct str text)
{
    size_t begin = 0, end = text.len;
    while (begin < end && text.ptr[begin] != '{' && text.ptr[begin] != '[')
        begin++;
    if (str_starts(str_from(text, begin), STR("[CDATA["))) {
        begin += 7;
        while (begin < end && text.ptr[begin] != '{' && text.ptr[begin] != '[')
            begin++;
    }
    while (end > begin && text.ptr[end - 1] != '}' && text.ptr[end - 1] != ']')
        end--;
    while (end > begin + 2 && text.ptr[end - 1] == ']' &&
           text.ptr[end - 2] == ']' && text.ptr[begin] == '{')
        end--;
    return (struct str){text.ptr + begin, end - begin};
}

void page_json_read(xmlDoc *tree, struct arena *arena, struct page_parts *out)
{
    xmlNode *root = xmlDocGetRootElement(tree);
    for (xmlNode *node = root; node; node = page_next(node, root, false)) {
        if (!page_is(node, "script") ||
            strcmp(page_attribute(node, "type", arena),
                   "application/ld+json") != 0)
            continue;
        xmlChar *content = xmlNodeGetContent(node);
        struct str text =
            unwrapped(str_of(content ? (const char *)content : ""));
        OWNED(end_json)
        json_t *json = json_text_load(text, 0, NULL);
        xmlFree(content);
        const json_t *article = json ? find_article(json, 0) : NULL;
        if (!article)
            continue;
        read_article(article, json, arena, out);
        return;
    }
}
