#include "digest/sources/discover_internal.h"

#include <libxml/tree.h>

#include "digest/base/charset.h"
#include "digest/base/mem.h"
#include "digest/document/images.h"
#include "digest/document/url.h"
#include "digest/sources/feed/feed_internal.h"
#include "digest/sources/format_internal.h"
#include "digest/sources/page/page_parts_internal.h"

enum { MAX_FEEDS = 16, MAX_GUESSES = 4 };

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
static const char *const comment_words[] = {
    "comments/feed", "/comments",        "comments.xml",     "feed/comments",
    "comments-rss",  "feed=comments",    "comment-feed",     "comments-feed",
    "/commentaires", "type=comment_rss", "comments/rss",     "comments/atom",
    "comments.rss",  "comments.atom",    "comments/default", NULL};

/* What the address of a feed ends with. */
static const char *const feed_ends[] = {
    "/feed",     "/feed/",    "/rss",      "/rss/",     "/atom",
    ".rss",      ".atom",     "rss.xml",   "atom.xml",  "feed.xml",
    "feed.json", "index.xml", "index.rdf", "feeds.xml",
};

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
        if (strcmp(d->feeds[i].address, address) == 0)
            return true;
    for (size_t i = 0; i < d->guess_count; i++)
        if (strcmp(d->guesses[i], address) == 0)
            return true;
    return false;
}

/* One page being looked through. */
struct look {
    struct arena *arena;
    const char *base;
    struct discovery *out;
    const char *icon, *touch_icon, *shown_logo;
};

static void take_feed(struct look *look, xmlNode *node, const char *address)
{
    struct discovery *out = look->out;
    const char *type = page_attribute(node, "type", look->arena);
    if (!is_feed_type(type) || strstr(address, "/wp-json/") ||
        strstr(address, "/oembed") || page_has_word(address, comment_words) ||
        out->feed_count == MAX_FEEDS || is_known(out, address))
        return;
    out->feeds[out->feed_count++] = (struct discovered_feed){
        address, page_attribute(node, "title", look->arena),
        page_attribute(node, "hreflang", look->arena)};
}

/* Mail programs show neither SVG nor ICO. */
static bool is_for_mail(const char *address)
{
    static const char *const ends[] = {".svg", ".ico"};
    struct str path = str_of(address);
    path.len = str_find(path, '?');
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
        if (str_ends(path, str_of(ends[i])))
            return false;
    return true;
}

static void read_link(struct look *look, xmlNode *node)
{
    const char *rel = page_attribute(node, "rel", look->arena);
    const char *href = page_attribute(node, "href", look->arena);
    const char *address =
        url_resolve(look->arena, str_of(href), look->base, URL_FILE);
    if (!address)
        return;
    if (has_word(rel, "https://api.w.org/") && !look->out->api)
        look->out->api = address;
    if (has_word(rel, "icon") && is_for_mail(address))
        look->icon = address;
    if (has_word(rel, "apple-touch-icon") && is_for_mail(address))
        look->touch_icon = address;
    if (has_word(rel, "alternate"))
        take_feed(look, node, address);
}

static void read_anchor(struct look *look, xmlNode *node)
{
    struct discovery *out = look->out;
    const char *href = page_attribute(node, "href", look->arena);
    struct str path = str_of(href);
    path.len = str_find(path, '?');
    bool is_fit = false;
    for (size_t i = 0; i < ARRAY_SIZE(feed_ends); i++)
        is_fit = is_fit || str_ends(path, str_of(feed_ends[i]));
    if (!is_fit || page_has_word(href, comment_words) ||
        out->guess_count == MAX_GUESSES)
        return;
    const char *address =
        url_resolve(look->arena, str_of(href), look->base, URL_FILE);
    if (address && !is_known(out, address))
        out->guesses[out->guess_count++] = address;
}

static void read_image(struct look *look, xmlNode *node)
{
    static const char *const words[] = {"logo", NULL};
    const char *src = page_attribute(node, "src", look->arena);
    if (look->shown_logo || !*src ||
        (!page_has_word(page_label(node, look->arena), words) &&
         !(node->parent &&
           page_has_word(page_label(node->parent, look->arena), words))))
        return;
    const char *address =
        url_resolve(look->arena, str_of(src), look->base, URL_FILE);
    if (!address || !is_for_mail(address))
        return;
    look->shown_logo = address;
    look->out->image_width =
        image_pixels(str_of(page_attribute(node, "width", look->arena)));
}

static void read_tree(struct look *look, xmlNode *root)
{
    xmlNode *base = page_find(root, "base");
    const char *given = base ? page_attribute(base, "href", look->arena) : "";
    const char *against =
        *given ? url_resolve(look->arena, str_of(given), look->base, URL_FILE)
               : NULL;
    if (against)
        look->base = against;
    for (xmlNode *node = root; node; node = page_next(node, root, false)) {
        if (page_is(node, "link"))
            read_link(look, node);
        else if (page_is(node, "a"))
            read_anchor(look, node);
        else if (page_is(node, "img"))
            read_image(look, node);
    }
}

/* "Home | The Post" and "The Post - News of the harbour": the part that is
 * the name is the one that begins; "Home" and its like are none. */
static const char *name_of(xmlNode *root, struct arena *arena)
{
    static const char *const marks[] = {" | ",  " - ", " – ", " — ",
                                        " :: ", " » ", " • ", " · "};
    static const char *const homes[] = {"Home",   "Homepage",   "Home Page",
                                        "Start",  "Startseite", "Accueil",
                                        "Inicio", "Início",     "Главная"};
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    xmlNode *title = page_find(root, "title");
    if (title)
        page_text_of(title, &text);
    struct str rest = str_trim(strbuf_str(&text));
    while (rest.len) {
        size_t at = rest.len, length = 0;
        for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
            size_t found = str_find_str(rest, str_of(marks[i]));
            if (found < at) {
                at = found;
                length = strlen(marks[i]);
            }
        }
        struct str part = str_trim((struct str){rest.ptr, at});
        bool is_home = !part.len;
        for (size_t i = 0; i < ARRAY_SIZE(homes); i++)
            is_home = is_home || str_equal_nocase(part, str_of(homes[i]));
        if (!is_home)
            return arena_copy_str(arena, part);
        rest = str_from(rest, at + length);
    }
    return arena_copy_str(arena, str_trim(strbuf_str(&text)));
}

static void settle_logo(const struct look *look)
{
    const char *const choices[] = {look->shown_logo, look->touch_icon,
                                   look->icon};
    for (size_t i = 0; i < ARRAY_SIZE(choices); i++)
        if (choices[i]) {
            look->out->image_url = choices[i];
            look->out->image_is_icon = i > 0;
            return;
        }
}

static bool read_page(const char *url, const struct fetch_reply *reply,
                      struct arena *arena, struct discovery *out,
                      struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    charset_to_utf8(strbuf_str(&reply->body),
                    *reply->charset ? reply->charset : NULL, &html);
    OWNED(page_tree_free)
    struct _xmlDoc *tree = page_tree_read(strbuf_str(&html), err);
    if (!tree)
        return err_context(err, "%.300s", url);
    xmlNode *root = xmlDocGetRootElement(tree);
    struct page page = {0};
    struct look look = {.arena = arena, .base = reply->url, .out = out};
    page_meta_read(tree, arena, &page);
    if (reply->wordpress_api && *reply->wordpress_api)
        out->api = url_resolve(arena, str_of(reply->wordpress_api), reply->url,
                               URL_FILE);
    read_tree(&look, root);
    settle_logo(&look);
    out->name = page.site ? page.site : name_of(root, arena);
    out->language = page.language ? page.language : "";
    return true;
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
    struct err why = {0};
    /* One that is broken further down is a feed all the same. */
    if (!feed_read(&input, &reading, &why) && !reading.entries) {
        *err = why;
        return false;
    }
    out->is_feed = true;
    out->name = reading.feed.title ? reading.feed.title : "";
    out->language = reading.feed.language ? reading.feed.language : "";
    out->image_url = reading.feed.image_url ? reading.feed.image_url : "";
    out->feeds[out->feed_count++] = (struct discovered_feed){
        arena_copy(arena, reply->moved_url ? reply->moved_url : url), out->name,
        out->language};
    return true;
}

bool discover(const char *url, const struct fetch_reply *reply,
              struct arena *arena, struct discovery *out, struct err *err)
{
    *out = (struct discovery){.name = "", .language = "", .image_url = ""};
    out->feeds = ARENA_NEW_ARRAY(arena, struct discovered_feed, MAX_FEEDS);
    out->guesses = ARENA_NEW_ARRAY(arena, const char *, MAX_GUESSES);
    enum import_format format = format_guess("", strbuf_str(&reply->body));
    if (format == IMPORT_FEED ||
        (is_feed_type(reply->content_type) && format != IMPORT_PAGE))
        return read_feed(url, reply, arena, out, err);
    return read_page(url, reply, arena, out, err);
}

/* "pt-BR" and "pt" are near enough. */
static bool is_near(const char *a, const char *b)
{
    struct str one = str_of(a), other = str_of(b);
    one.len = strcspn(a, "-_");
    other.len = strcspn(b, "-_");
    return one.len && str_equal_nocase(one, other);
}

const struct discovered_feed *discovery_choose(const struct discovery *found)
{
    for (size_t i = 0; i < found->feed_count; i++)
        if (is_near(found->feeds[i].language, found->language))
            return &found->feeds[i];
    for (size_t i = 0; i < found->feed_count; i++)
        if (!*found->feeds[i].language)
            return &found->feeds[i];
    return found->feed_count ? &found->feeds[0] : NULL;
}
