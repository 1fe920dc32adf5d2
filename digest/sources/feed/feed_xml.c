/* Reads an XML feed as a stream, one item's tree at a time. */
#include <stdio.h>

#include <libxml/xmlreader.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/url.h"
#include "digest/sources/date_words_internal.h"
#include "digest/sources/feed/feed_item_internal.h"
#include "digest/sources/feed/feed_names_internal.h"
#include "digest/sources/feed/feed_parts_internal.h"
#include "digest/sources/xml_break_internal.h"

enum {
    OPTIONS = XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
              XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_COMPACT |
              XML_PARSE_HUGE,
    MAX_CHANNEL_DEPTH = 3,
    MAX_TAGS = 2000000,
    MAX_TEXT = 512 << 10, /* of one element; what is more is cut off */
};

struct xml_feed {
    const struct import_bytes *input;
    struct feed_reading *reading;
    xmlTextReader *reader;
    struct xml_break broken;
};

static void end_reader(xmlTextReader **reader)
{
    xmlFreeTextReader(*reader);
}

static void end_doc(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
}

static bool is_item(const xmlNode *node)
{
    const char *name;
    enum feed_space space = feed_space_of(node, &name);
    return (space == SPACE_RSS && strcmp(name, "item") == 0) ||
           ((space == SPACE_ATOM || space == SPACE_RSS) &&
            strcmp(name, "entry") == 0);
}

static bool is_root(const xmlNode *node)
{
    static const char *const roots[] = {"rss", "RDF", "feed", "channel"};
    const char *name;
    feed_space_of(node, &name);
    for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
        if (str_equal_nocase(str_of(name), str_of(roots[i])))
            return true;
    return false;
}

/* The feed's own fields stand directly in <feed> or <channel>. */
static bool is_of_channel(const xmlNode *node)
{
    const char *name;
    if (!node->parent || node->parent->type != XML_ELEMENT_NODE)
        return false;
    feed_space_of(node->parent, &name);
    return str_equal_nocase(str_of(name), STR("channel")) ||
           str_equal_nocase(str_of(name), STR("feed"));
}

static void set_first(const char **slot, const char *text)
{
    if (!*slot)
        *slot = text;
}

static void set_latest(int64_t *slot, const char *text)
{
    int64_t at;
    if (text && date_words_parse(str_of(text), &at) && at > *slot)
        *slot = at;
}

static const char *image_of(xmlNode *node, struct arena *arena)
{
    const char *url = feed_node_attribute(node, "href", arena);
    if (!url)
        url = feed_node_attribute(node, "url", arena);
    for (xmlNode *child = node->children; !url && child; child = child->next)
        if (child->type == XML_ELEMENT_NODE &&
            strcmp((const char *)child->name, "url") == 0)
            url = feed_node_text(child, arena);
    return feed_node_url(node, url ? url : feed_node_text(node, arena), arena);
}

static const char *link_of(xmlNode *node, struct arena *arena)
{
    const char *rel = feed_node_token(node, "rel", arena);
    const char *href = feed_node_attribute(node, "href", arena);
    if (rel && strcmp(rel, "alternate") != 0)
        return NULL;
    return feed_node_url(node, href ? href : feed_node_text(node, arena),
                         arena);
}

/* Relative links are as from the site: what xml:base doesn't say is resolved
 * against the document's address, for which the channel's link stands. */
static void set_site(struct feed *out, xmlNode *node, const char *url)
{
    if (out->url || !url || url_host(str_of(url)).len == 0)
        return;
    out->url = url;
    if (!node->doc->dict || !xmlDictOwns(node->doc->dict, node->doc->URL))
        xmlFree((xmlChar *)node->doc->URL);
    node->doc->URL = xmlStrdup((const xmlChar *)url);
}

static bool read_of_channel(struct xml_feed *feed, xmlNode *node)
{
    struct feed *out = &feed->reading->feed;
    struct arena *arena = feed->reading->feed_arena;
    const char *name;
    int rank;
    enum feed_field field = feed_field_of(node, &rank);
    feed_space_of(node, &name);
    if (strcmp(name, "lastBuildDate") == 0)
        field = FIELD_PUBLISHED;
    if (strcmp(name, "subtitle") == 0 || strcmp(name, "tagline") == 0)
        field = FIELD_SUMMARY;
    if (field == FIELD_NONE || !xml_break_expand(&feed->broken, feed->reader))
        return field != FIELD_NONE;
    if (field == FIELD_PUBLISHED)
        set_latest(&out->updated_at, feed_node_text(node, arena));
    else if (field == FIELD_TITLE)
        set_first(&out->title, feed_node_words(node, arena));
    else if (field == FIELD_LINK || field == FIELD_ATOM_LINK)
        set_site(out, node, link_of(node, arena));
    else if (field == FIELD_SUMMARY)
        set_first(&out->description, feed_node_words(node, arena));
    else if (field == FIELD_LANGUAGE)
        set_first(&out->language, feed_node_text(node, arena));
    else if (field == FIELD_AUTHOR || field == FIELD_PERSON)
        set_first(&out->author, feed_node_person(node, arena));
    else if (field == FIELD_IMAGE || field == FIELD_IMAGE_LINK)
        set_first(&out->image_url, image_of(node, arena));
    return true;
}

static bool read_item(struct xml_feed *feed, xmlNode *node, struct err *err)
{
    OWNED(arena_free) struct arena item_arena = ARENA_INIT;
    OWNED(entry_free)
    struct entry entry = {.file = feed->input->name,
                          .line = (unsigned)xmlGetLineNo(node)};
    feed_item_read(node, &item_arena, &entry);
    if (!entry.language)
        entry.language = feed->reading->feed.language;
    if (!entry.author)
        entry.author = feed->reading->feed.author;
    entry.latest_at = feed->reading->feed.updated_at;
    feed->reading->entries++;
    return feed->reading->take(feed->reading->context, feed->reading, &entry,
                               err);
}

static bool fail_no_feed(const struct xml_feed *feed, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "%s:%u: isn't a feed: neither RSS nor Atom begins here%s%s",
                   feed->input->name, feed->broken.line ? feed->broken.line : 1,
                   *feed->broken.text ? ": " : "", feed->broken.text);
}

/* One node. *next: what is below it is done with. */
static bool read_element(struct xml_feed *feed, bool *next, struct err *err)
{
    xmlNode *node = xmlTextReaderCurrentNode(feed->reader);
    int depth = xmlTextReaderDepth(feed->reader);
    *next = false;
    if (!node || xmlTextReaderNodeType(feed->reader) != XML_READER_TYPE_ELEMENT)
        return true;
    if (depth == 0) {
        if (!is_root(node))
            return fail_no_feed(feed, err);
        set_first(&feed->reading->feed.language,
                  feed_node_language(node, feed->reading->feed_arena));
        return true;
    }
    if (is_item(node)) {
        *next = true;
        return !xml_break_expand(&feed->broken, feed->reader) ||
               read_item(feed, node, err);
    }
    *next = depth <= MAX_CHANNEL_DEPTH && is_of_channel(node) &&
            read_of_channel(feed, node);
    return true;
}

/* An ill-formed feed that was read to its end is as good as any. */
static bool check_end(const struct xml_feed *feed, int state, struct err *err)
{
    if (state == 0 || !feed->broken.line ||
        (feed->reading->entries && !feed->broken.is_grave))
        return true;
    return err_set(err, ERR_INPUT,
                   "%s:%u: the feed is broken here (%s); the %zu entries "
                   "before were taken",
                   feed->input->name, feed->broken.line, feed->broken.text,
                   feed->reading->entries);
}

static bool read_nodes(struct xml_feed *feed, bool *has_root, struct err *err)
{
    int state = xmlTextReaderRead(feed->reader);
    *has_root = false;
    while (state == 1) {
        bool next;
        if (!read_element(feed, &next, err))
            return false;
        *has_root = true;
        state = next ? xmlTextReaderNext(feed->reader)
                     : xmlTextReaderRead(feed->reader);
    }
    return !*has_root || check_end(feed, state, err);
}

/* libxml2's reader gives nothing of a document that is broken and fits into
 * its first chunk; its parser does. */
static bool read_small(struct xml_feed *feed, struct str text, struct err *err)
{
    OWNED(end_doc)
    xmlDoc *doc = xmlReadMemory(text.ptr, (int)text.len, feed->input->url,
                                "UTF-8", OPTIONS);
    OWNED(end_reader) xmlTextReader *reader = doc ? xmlReaderWalker(doc) : NULL;
    bool has_root;
    if (!reader)
        return fail_no_feed(feed, err);
    feed->reader = reader;
    if (!read_nodes(feed, &has_root, err))
        return false;
    return has_root || fail_no_feed(feed, err);
}

/* Each becomes a node, thirty times as large. */
static bool has_too_many_tags(struct str text)
{
    size_t count = 0;
    for (const char *at = text.ptr; count <= MAX_TAGS; count++) {
        at = memchr(at, '<', text.len - (size_t)(at - text.ptr));
        if (!at)
            return false;
        at++;
    }
    return true;
}

static size_t find_text(struct str text, const char *what)
{
    return str_find_str(text, str_of(what));
}

/* The length to cut a long text at: not within a character or an entity. */
static size_t cut_length(struct str text)
{
    enum { ENTITY_MAX = 12 };
    size_t length = utf8_cut_length(text, MAX_TEXT);
    for (size_t back = 1; back < ENTITY_MAX; back++) {
        if (text.ptr[length - back] == ';')
            break;
        if (text.ptr[length - back] == '&')
            return length - back;
    }
    return length;
}

/* libxml2's reader puts a long text together from pieces, and goes through
 * all that it has for each: that takes as long as the square of its length.
 * False where nothing has to be cut; `out` NULL: that alone is asked. */
static bool cut_texts(struct str text, struct strbuf *out)
{
    static const struct str begins = {"<![CDATA[", 9};
    bool is_cut = false;
    while (text.len) {
        bool is_data = str_starts(text, begins);
        size_t skip = is_data              ? begins.len
                      : text.ptr[0] == '<' ? find_text(text, ">")
                                           : 0;
        struct str rest = str_from(text, skip);
        size_t length = find_text(rest, is_data ? "]]>" : "<");
        size_t kept = length > MAX_TEXT
                          ? cut_length((struct str){rest.ptr, length})
                          : length;
        is_cut |= kept < length;
        if (is_cut && !out)
            return true;
        if (out)
            strbuf_add(out, text.ptr, skip + kept);
        text = str_from(rest, length);
    }
    return is_cut;
}

bool feed_read_xml(const struct import_bytes *input, struct str text,
                   struct feed_reading *reading, struct err *err)
{
    struct xml_feed feed = {.input = input, .reading = reading};
    struct str trimmed = str_trim(text);
    if (trimmed.len == 0 || text.len > INT32_MAX)
        return fail_no_feed(&feed, err);
    if (has_too_many_tags(text))
        return err_set(err, ERR_INPUT,
                       "%s: has more than %d tags; no feed is that long",
                       input->name, MAX_TAGS);
    OWNED(strbuf_free) struct strbuf shorter = STRBUF_INIT;
    if (cut_texts(text, NULL)) {
        cut_texts(text, &shorter);
        text = strbuf_str(&shorter);
    }
    OWNED(end_reader)
    xmlTextReader *reader = xmlReaderForMemory(text.ptr, (int)text.len,
                                               input->url, "UTF-8", OPTIONS);
    if (!reader)
        return fail_no_feed(&feed, err);
    feed.reader = reader;
    xml_break_watch(&feed.broken, reader);
    bool has_root;
    if (!read_nodes(&feed, &has_root, err))
        return false;
    return has_root || read_small(&feed, text, err);
}
