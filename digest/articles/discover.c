#include "digest/articles/discover.h"

#include <libxml/tree.h>

#include "digest/articles/charset.h"
#include "digest/articles/feed.h"
#include "digest/articles/format.h"
#include "digest/articles/page_parts.h"
#include "digest/base/mem.h"
#include "digest/document/url.h"

enum { MAX_FEEDS = 16 };

static const char *const feed_types[] = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
};

/* A feed of comments is no feed of articles. */
static const char *const comment_words[] = {"comments/feed", "/comments",
                                            "comments.xml", NULL};

static bool has_word(const char *list, const char *word)
{
    for (struct str rest = str_of(list); rest.len;)
        if (str_equal_nocase(str_trim(str_cut(&rest, ' ')), str_of(word)))
            return true;
    return false;
}

static bool is_feed_type(const char *type)
{
    struct str rest = str_of(type);
    struct str name = str_trim(str_cut(&rest, ';'));
    for (size_t i = 0; i < ARRAY_SIZE(feed_types); i++)
        if (str_equal_nocase(name, str_of(feed_types[i])))
            return true;
    return false;
}

static bool is_known(const struct discovery *d, const char *address)
{
    for (size_t i = 0; i < d->feed_count; i++)
        if (strcmp(d->feeds[i], address) == 0)
            return true;
    return false;
}

static void read_link(xmlNode *node, const char *base, struct arena *arena,
                      struct discovery *out, const char **api)
{
    const char *rel = page_attribute(node, "rel", arena);
    const char *href = page_attribute(node, "href", arena);
    const char *address = url_resolve(arena, str_of(href), base, URL_FILE);
    if (!address)
        return;
    if (has_word(rel, "https://api.w.org/"))
        *api = address;
    if (has_word(rel, "icon") && !*out->image_url)
        out->image_url = address;
    if (!has_word(rel, "alternate") ||
        !is_feed_type(page_attribute(node, "type", arena)) ||
        strstr(address, "/wp-json/") || page_has_word(address, comment_words) ||
        out->feed_count == MAX_FEEDS || is_known(out, address))
        return;
    out->feeds[out->feed_count++] = address;
}

static void read_links(xmlNode *root, const char *url, struct arena *arena,
                       struct discovery *out, const char **api)
{
    xmlNode *base = page_find(root, "base");
    const char *given = base ? page_attribute(base, "href", arena) : "";
    const char *against =
        *given ? url_resolve(arena, str_of(given), url, URL_FILE) : url;
    for (xmlNode *node = root; node; node = page_next(node, root, false))
        if (page_is(node, "link"))
            read_link(node, against ? against : url, arena, out, api);
}

static const char *title_of(xmlNode *root, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    xmlNode *title = page_find(root, "title");
    if (title)
        page_text_of(title, &text);
    return arena_copy_str(arena, str_trim(strbuf_str(&text)));
}

static bool fail_unknown(const char *url, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "%.300s: is neither a feed nor a page that names one; look "
                   "for the site's feed and give its address",
                   url);
}

static bool read_page(const char *url, const struct fetch_reply *reply,
                      struct arena *arena, struct discovery *out,
                      struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    const char *api = NULL;
    charset_to_utf8(strbuf_str(&reply->body),
                    *reply->charset ? reply->charset : NULL, &html);
    OWNED(page_tree_free)
    struct _xmlDoc *tree = page_tree_read(strbuf_str(&html), reply->url);
    if (!tree)
        return fail_unknown(url, err);
    xmlNode *root = xmlDocGetRootElement(tree);
    struct page page = {0};
    page_meta_read(tree, arena, &page);
    read_links(root, reply->url, arena, out, &api);
    out->name = page.site ? page.site : title_of(root, arena);
    out->language = page.language ? page.language : "";
    if (page.image_url)
        out->image_url = page.image_url;
    out->kind = out->feed_count ? SOURCE_FEED : SOURCE_WORDPRESS;
    out->address = out->feed_count ? out->feeds[0] : api;
    return out->address || fail_unknown(url, err);
}

static bool pass_over(void *context, struct feed_reading *reading,
                      struct entry *entry, struct err *err)
{
    (void)context, (void)reading, (void)entry, (void)err;
    return true;
}

static bool read_feed(const char *url, const struct fetch_reply *reply,
                      struct arena *arena, struct discovery *out,
                      struct err *err)
{
    struct feed_reading reading = {.feed_arena = arena, .take = pass_over};
    struct import_bytes input = {.name = url,
                                 .url = reply->url,
                                 .charset =
                                     *reply->charset ? reply->charset : NULL,
                                 .bytes = strbuf_str(&reply->body)};
    if (!feed_read(&input, &reading, err))
        return false;
    out->kind = SOURCE_FEED;
    out->address = arena_copy(arena, reply->moved_url ? reply->moved_url : url);
    out->name = reading.feed.title ? reading.feed.title : "";
    out->language = reading.feed.language ? reading.feed.language : "";
    out->image_url = reading.feed.image_url ? reading.feed.image_url : "";
    out->feeds[out->feed_count++] = out->address;
    return true;
}

bool discover(const char *url, const struct fetch_reply *reply,
              struct arena *arena, struct discovery *out, struct err *err)
{
    *out = (struct discovery){.name = "", .language = "", .image_url = ""};
    out->feeds = ARENA_NEW_ARRAY(arena, const char *, MAX_FEEDS);
    if (format_guess("", strbuf_str(&reply->body)) == IMPORT_FEED ||
        (is_feed_type(reply->content_type) &&
         format_guess("", strbuf_str(&reply->body)) != IMPORT_PAGE))
        return read_feed(url, reply, arena, out, err);
    return read_page(url, reply, arena, out, err);
}
