/* Maps element names of feeds, in their namespaces, to fields of an item. */
#include "digest/sources/feed/feed_names_internal.h"

#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"

static const struct {
    const char *uri; /* without a slash or "#" at its end */
    enum feed_space space;
} uris[] = {
    {"http://www.w3.org/2005/atom", SPACE_ATOM},
    {"http://purl.org/atom/ns", SPACE_ATOM},
    {"http://example.com/newformat", SPACE_ATOM},
    {"http://necho", SPACE_ATOM},
    {"http://purl.org/echo", SPACE_ATOM},
    {"uri/of/echo/namespace", SPACE_ATOM},
    {"http://purl.org/pie", SPACE_ATOM},
    {"http://purl.org/rss/1.0", SPACE_RSS},
    {"http://purl.org/net/rss1.1", SPACE_RSS},
    {"http://my.netscape.com/rdf/simple/0.9", SPACE_RSS},
    {"http://channel.netscape.com/rdf/simple/0.9", SPACE_RSS},
    {"http://backend.userland.com/rss", SPACE_RSS},
    {"http://backend.userland.com/rss2", SPACE_RSS},
    {"http://backend.userland.com/rss2.1", SPACE_RSS},
    {"http://blogs.law.harvard.edu/tech/rss", SPACE_RSS},
    {"http://cyber.law.harvard.edu/rss/rss.html", SPACE_RSS},
    {"http://cyber.law.harvard.edu/rss", SPACE_RSS},
    {"http://purl.org/rss/2.0", SPACE_RSS},
    {"http://www.w3.org/1999/02/22-rdf-syntax-ns", SPACE_RDF},
    {"http://purl.org/rss/1.0/modules/content", SPACE_CONTENT},
    {"http://purl.org/dc/elements/1.1", SPACE_DC},
    {"http://purl.org/dc/elements/1.0", SPACE_DC},
    {"http://purl.org/dc/terms", SPACE_DCTERMS},
    {"http://search.yahoo.com/mrss", SPACE_MEDIA},
    {"http://www.itunes.com/dtds/podcast-1.0.dtd", SPACE_ITUNES},
    {"http://example.com/dtds/podcast-1.0.dtd", SPACE_ITUNES},
    {"http://www.w3.org/1999/xhtml", SPACE_XHTML},
    {"http://rssnamespace.org/feedburner/ext/1.0", SPACE_FEEDBURNER},
};

static const struct {
    const char *prefix;
    enum feed_space space;
} prefixes[] = {
    {"atom", SPACE_ATOM},
    {"content", SPACE_CONTENT},
    {"dc", SPACE_DC},
    {"dcterms", SPACE_DCTERMS},
    {"media", SPACE_MEDIA},
    {"itunes", SPACE_ITUNES},
    {"rdf", SPACE_RDF},
    {"xhtml", SPACE_XHTML},
    {"feedburner", SPACE_FEEDBURNER},
    {"rss", SPACE_RSS},
};

static const struct {
    enum feed_space space;
    const char *name;
    enum feed_field field;
    int rank;
} names[] = {
    {SPACE_RSS, "title", FIELD_TITLE, 1},
    {SPACE_ATOM, "title", FIELD_TITLE, 1},
    {SPACE_DC, "title", FIELD_TITLE, 2},
    {SPACE_MEDIA, "title", FIELD_TITLE, 3},
    {SPACE_ITUNES, "title", FIELD_TITLE, 4},
    {SPACE_FEEDBURNER, "origLink", FIELD_LINK, 0},
    {SPACE_RSS, "link", FIELD_LINK, 1},
    {SPACE_ATOM, "link", FIELD_ATOM_LINK, 2},
    {SPACE_RSS, "guid", FIELD_GUID, 1},
    {SPACE_ATOM, "id", FIELD_GUID, 1},
    {SPACE_DC, "identifier", FIELD_GUID, 2},
    {SPACE_RSS, "pubDate", FIELD_PUBLISHED, 1},
    {SPACE_ATOM, "published", FIELD_PUBLISHED, 1},
    {SPACE_ATOM, "issued", FIELD_PUBLISHED, 1},
    {SPACE_ATOM, "created", FIELD_PUBLISHED, 3},
    {SPACE_DCTERMS, "issued", FIELD_PUBLISHED, 2},
    {SPACE_DCTERMS, "created", FIELD_PUBLISHED, 3},
    {SPACE_DC, "date", FIELD_PUBLISHED, 4},
    {SPACE_ATOM, "updated", FIELD_PUBLISHED, 5},
    {SPACE_ATOM, "modified", FIELD_PUBLISHED, 5},
    {SPACE_DCTERMS, "modified", FIELD_PUBLISHED, 6},
    {SPACE_RSS, "author", FIELD_AUTHOR, 2},
    {SPACE_DC, "creator", FIELD_AUTHOR, 1},
    {SPACE_DC, "author", FIELD_AUTHOR, 1},
    {SPACE_ATOM, "author", FIELD_PERSON, 1},
    {SPACE_ITUNES, "author", FIELD_AUTHOR, 3},
    {SPACE_RSS, "managingEditor", FIELD_AUTHOR, 5},
    {SPACE_RSS, "description", FIELD_SUMMARY, 1},
    {SPACE_RSS, "summary", FIELD_ABSTRACT, 1},
    {SPACE_ATOM, "summary", FIELD_SUMMARY, 1},
    {SPACE_DC, "description", FIELD_SUMMARY, 3},
    {SPACE_ITUNES, "summary", FIELD_SUMMARY, 2},
    {SPACE_MEDIA, "description", FIELD_SUMMARY, 4},
    {SPACE_CONTENT, "encoded", FIELD_CONTENT, 1},
    {SPACE_ATOM, "content", FIELD_CONTENT, 1},
    {SPACE_XHTML, "body", FIELD_CONTENT, 2},
    {SPACE_XHTML, "div", FIELD_CONTENT, 3},
    {SPACE_RSS, "body", FIELD_CONTENT, 3},
    {SPACE_RSS, "fullitem", FIELD_CONTENT, 3},
    {SPACE_RSS, "category", FIELD_CATEGORY, 1},
    {SPACE_ATOM, "category", FIELD_CATEGORY, 1},
    {SPACE_DC, "subject", FIELD_CATEGORY, 1},
    {SPACE_ITUNES, "category", FIELD_CATEGORY, 1},
    {SPACE_MEDIA, "category", FIELD_CATEGORY, 1},
    {SPACE_RSS, "tags", FIELD_TAGS, 1},
    {SPACE_RSS, "enclosure", FIELD_ENCLOSURE, 2},
    {SPACE_MEDIA, "content", FIELD_MEDIA_CONTENT, 1},
    {SPACE_MEDIA, "thumbnail", FIELD_THUMBNAIL, 3},
    {SPACE_MEDIA, "group", FIELD_MEDIA_GROUP, 1},
    {SPACE_ITUNES, "image", FIELD_IMAGE, 4},
    {SPACE_ITUNES, "link", FIELD_IMAGE_LINK, 5},
    {SPACE_RSS, "image", FIELD_IMAGE, 5},
    {SPACE_ATOM, "logo", FIELD_IMAGE, 5},
    {SPACE_RSS, "language", FIELD_LANGUAGE, 1},
    {SPACE_DC, "language", FIELD_LANGUAGE, 2},
    {SPACE_ATOM, "source", FIELD_SOURCE, 1},
};

static enum feed_space space_by_uri(const char *uri)
{
    struct str text = str_of(uri);
    while (text.len && strchr("/#=", text.ptr[text.len - 1]))
        text.len--;
    if (text.len == 0)
        return SPACE_RSS;
    /* Some write https. */
    size_t scheme =
        str_starts_nocase(text, STR("https:")) ? strlen("https") : 0;
    for (size_t i = 0; i < ARRAY_SIZE(uris); i++) {
        struct str known = str_of(uris[i].uri);
        if (str_equal_nocase(text, known) ||
            (scheme && str_equal_nocase(str_from(text, scheme),
                                        str_from(known, strlen("http")))))
            return uris[i].space;
    }
    return SPACE_OTHER;
}

/* The element that an element's namespace is declared at. */
static const xmlNode *declared_at(const xmlNode *node)
{
    for (const xmlNode *at = node; at && at->type == XML_ELEMENT_NODE;
         at = at->parent)
        for (const xmlNs *ns = at->nsDef; ns; ns = ns->next)
            if (ns == node->ns)
                return at;
    return NULL;
}

/* An element without a prefix is RSS's in RSS, and Atom's in Atom, whatever is
 * declared at the root. */
static enum feed_space space_by_root(const xmlNode *node,
                                     enum feed_space by_uri)
{
    static const char *const rss[] = {"rss", "channel"};
    const xmlNode *root = declared_at(node);
    for (size_t i = 0; root && i < ARRAY_SIZE(rss); i++)
        if (str_equal_nocase(str_of((const char *)root->name), str_of(rss[i])))
            return SPACE_RSS;
    if (root && by_uri == SPACE_OTHER &&
        strcmp((const char *)root->name, "feed") == 0)
        return SPACE_ATOM;
    return by_uri;
}

enum feed_space feed_space_of(const xmlNode *node, const char **name)
{
    const char *colon = strchr((const char *)node->name, ':');
    *name = (const char *)node->name;
    if (node->ns && node->ns->href) {
        enum feed_space space = space_by_uri((const char *)node->ns->href);
        bool is_strange = space == SPACE_ATOM || space == SPACE_OTHER;
        return is_strange && !node->ns->prefix ? space_by_root(node, space)
                                               : space;
    }
    if (!colon)
        return SPACE_RSS;
    struct str prefix = {*name, (size_t)(colon - *name)};
    *name = colon + 1;
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (str_equal_nocase(prefix, str_of(prefixes[i].prefix)))
            return prefixes[i].space;
    return SPACE_OTHER;
}

static enum feed_field find(enum feed_space space, const char *name, int *rank)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].space == space &&
            str_equal_nocase(str_of(name), str_of(names[i].name))) {
            *rank = names[i].rank;
            return names[i].field;
        }
    return FIELD_NONE;
}

enum feed_field feed_field_of(const xmlNode *node, int *rank)
{
    const char *name;
    enum feed_space space = feed_space_of(node, &name);
    enum feed_field field = find(space, name, rank);
    /* Atom's names without its namespace. */
    if (field == FIELD_NONE && space == SPACE_RSS)
        field = find(SPACE_ATOM, name, rank);
    return field;
}
