/* Reads the links and titles of a home page, for finding its sources. */
#include "digest/sources/discover_internal.h"

#include <libxml/tree.h>

#include "digest/base/charset.h"
#include "digest/base/mem.h"
#include "digest/document/images.h"
#include "digest/document/url.h"
#include "digest/sources/page/page_parts_internal.h"

bool discovery_has_rel(const struct discovered_link *link, const char *word)
{
    for (struct str rest = str_of(link->rel); rest.len;)
        if (str_equal_nocase(str_trim(str_cut(&rest, ' ')), str_of(word)))
            return true;
    return false;
}

/* One page being looked through. */
struct discovery_look {
    struct arena *arena;
    struct discovery *out;
    size_t capacity; /* of its links */
    const char *icon, *touch_icon, *shown_logo;
};

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

static struct discovered_link *add_link(struct discovery_look *look,
                                        const char *href)
{
    struct discovery *out = look->out;
    struct discovered_link link = {.href = href};
    if (out->link_count == look->capacity) {
        size_t more = look->capacity ? look->capacity * 2 : 64;
        struct discovered_link *links =
            ARENA_NEW_ARRAY(look->arena, struct discovered_link, more);
        for (size_t i = 0; i < out->link_count; i++)
            links[i] = out->links[i];
        out->links = links;
        look->capacity = more;
    }
    out->links[out->link_count] = link;
    return &out->links[out->link_count++];
}

static void read_link(struct discovery_look *look, xmlNode *node)
{
    struct discovered_link *link =
        add_link(look, page_attribute(node, "href", look->arena));
    link->rel = page_attribute(node, "rel", look->arena);
    link->type = page_attribute(node, "type", look->arena);
    link->title = page_attribute(node, "title", look->arena);
    link->language = page_attribute(node, "hreflang", look->arena);
    bool is_icon = discovery_has_rel(link, "icon");
    bool is_touch_icon = discovery_has_rel(link, "apple-touch-icon");
    if (!is_icon && !is_touch_icon)
        return;
    const char *address =
        url_resolve(look->arena, str_of(link->href), look->out->base, URL_FILE);
    if (!address || !is_for_mail(address))
        return;
    if (is_icon)
        look->icon = address;
    if (is_touch_icon)
        look->touch_icon = address;
}

static void read_anchor(struct discovery_look *look, xmlNode *node)
{
    struct discovered_link *link =
        add_link(look, page_attribute(node, "href", look->arena));
    link->is_anchor = true;
    link->rel = link->type = link->title = link->language = "";
}

static void read_image(struct discovery_look *look, xmlNode *node)
{
    static const char *const words[] = {"logo", NULL};
    const char *src = page_attribute(node, "src", look->arena);
    if (look->shown_logo || !*src ||
        (!source_has_word(page_label(node, look->arena), words) &&
         !(node->parent &&
           source_has_word(page_label(node->parent, look->arena), words))))
        return;
    const char *address =
        url_resolve(look->arena, str_of(src), look->out->base, URL_FILE);
    if (!address || !is_for_mail(address))
        return;
    look->shown_logo = address;
    look->out->image_width =
        image_pixels(str_of(page_attribute(node, "width", look->arena)));
}

static void read_tree(struct discovery_look *look, xmlNode *root)
{
    xmlNode *base = page_find(root, "base");
    const char *given = base ? page_attribute(base, "href", look->arena) : "";
    const char *against = *given ? url_resolve(look->arena, str_of(given),
                                               look->out->base, URL_FILE)
                                 : NULL;
    if (against)
        look->out->base = against;
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

static void settle_logo(const struct discovery_look *look)
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

bool discover(const char *url, const struct fetch_reply *reply,
              struct arena *arena, struct discovery *out, struct err *err)
{
    *out = (struct discovery){
        .base = reply->url, .name = "", .language = "", .image_url = ""};
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    charset_to_utf8(strbuf_str(&reply->body),
                    *reply->charset ? reply->charset : NULL, &html);
    OWNED(html_tree_free)
    struct _xmlDoc *tree = page_tree_read(strbuf_str(&html), err);
    if (!tree)
        return err_context(err, "%.300s", url);
    xmlNode *root = xmlDocGetRootElement(tree);
    struct page_parts page = {0};
    struct discovery_look look = {.arena = arena, .out = out};
    page_meta_read(tree, arena, &page);
    read_tree(&look, root);
    settle_logo(&look);
    out->name = page.site ? page.site : name_of(root, arena);
    out->language = page.language ? page.language : "";
    return true;
}
