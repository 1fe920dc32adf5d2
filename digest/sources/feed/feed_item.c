/* Reads one item of an XML feed into an entry, field by field. */
#include "digest/sources/feed/feed_item_internal.h"

#include <libxml/tree.h>

#include "digest/base/mem.h"
#include "digest/sources/feed/feed_names_internal.h"

enum { NO_RANK = 1000, DEPTH = 3, MAX_KINDS = 50 };

struct item {
    struct arena *arena;
    struct entry *entry;
    int rank[FIELD_SOURCE + 1]; /* of what is taken for each field */
    struct entry_text abstract;
    const char *enclosure_url; /* of a podcast: better than no link */
    const char *source_author;
    bool guid_is_link;
    /* Media RSS: what stands in one group, or one content, is the same in
     * several copies. 0: outside of them. */
    unsigned kind, kinds;
    bool is_picture; /* the content that is being read */
    struct {
        const char *words; /* its description */
        bool is_other;     /* a film, a sound: its description isn't the
                              picture's */
    } about[MAX_KINDS + 1];
};

static bool is_better(struct item *item, enum feed_field field, int rank,
                      const char *text)
{
    if (!text || rank >= item->rank[field])
        return false;
    item->rank[field] = rank;
    return true;
}

static bool is_web_address(const char *text)
{
    return text && (str_starts_nocase(str_of(text), STR("http://")) ||
                    str_starts_nocase(str_of(text), STR("https://")));
}

/* Takes an image with its size, where the element says it. */
static void take_image(struct item *item, xmlNode *node, const char *reference,
                       int rank)
{
    const char *url = feed_node_url(node, reference, item->arena);
    const struct entry_picture picture = {
        .url = url,
        .width =
            entry_pixels(feed_node_attribute(node, "width", item->arena), 0),
        .height =
            entry_pixels(feed_node_attribute(node, "height", item->arena), 0),
        .kind = item->kind,
    };
    if (url)
        entry_add_picture(item->entry, &picture);
    if (!is_better(item, FIELD_IMAGE, rank, url))
        return;
    item->entry->image_url = url;
    item->entry->image_width = picture.width;
    item->entry->image_height = picture.height;
}

/* The article itself, in preference as HTML; never a comment's feed. */
static void read_atom_link(struct item *item, xmlNode *node, int rank)
{
    const char *rel = feed_node_token(node, "rel", item->arena);
    const char *type = feed_node_token(node, "type", item->arena);
    const char *href = feed_node_url(
        node, feed_node_attribute(node, "href", item->arena), item->arena);
    if (rel && strcmp(rel, "enclosure") == 0) {
        if (type && str_starts(str_of(type), STR("image/")))
            take_image(item, node, href, 2);
        if (!item->enclosure_url)
            item->enclosure_url = href;
        return;
    }
    if (!href)
        href =
            feed_node_url(node, feed_node_text(node, item->arena), item->arena);
    if (rel && strcmp(rel, "alternate") != 0)
        return;
    bool is_html = !type || strstr(type, "html");
    if (is_better(item, FIELD_LINK, is_html ? rank : rank + 1, href))
        item->entry->url = href;
}

static void read_guid(struct item *item, xmlNode *node, int rank)
{
    const char *text = feed_node_text(node, item->arena);
    const char *is_link = feed_node_attribute(node, "isPermaLink", item->arena);
    if (!is_better(item, FIELD_GUID, rank, text))
        return;
    const char *name;
    item->entry->guid = text;
    item->guid_is_link = feed_space_of(node, &name) == SPACE_RSS &&
                         !(is_link && strcmp(is_link, "false") == 0) &&
                         is_web_address(text);
}

static void read_date(struct item *item, xmlNode *node, int rank)
{
    const char *text = feed_node_text(node, item->arena);
    if (rank < item->rank[FIELD_PUBLISHED] && entry_set_date(item->entry, text))
        item->rank[FIELD_PUBLISHED] = rank;
}

/* Several authors of one kind are joined. */
static void read_author(struct item *item, xmlNode *node, int rank)
{
    const char *name = feed_node_person(node, item->arena);
    if (!name)
        return;
    const char *before = item->entry->author;
    if (before && item->rank[FIELD_AUTHOR] == rank && strcmp(before, name) != 0)
        item->entry->author = arena_format(item->arena, "%s, %s", before, name);
    else if (is_better(item, FIELD_AUTHOR, rank, name))
        item->entry->author = name;
}

static void read_text(struct item *item, enum feed_field field,
                      struct entry_text *slot, xmlNode *node, int rank)
{
    struct entry_text text = feed_node_markup(node, item->arena);
    const char *language = feed_node_language(node, item->arena);
    if (!is_better(item, field, rank, text.text))
        return;
    *slot = text;
    if (field == FIELD_CONTENT && language)
        item->entry->language = language;
}

/* Reads a category, and those inside it. */
static void read_category(struct item *item, xmlNode *node, unsigned depth)
{
    const char *name = feed_node_attribute(node, "label", item->arena);
    if (!name)
        name = feed_node_attribute(node, "term", item->arena);
    if (!name)
        name = feed_node_attribute(node, "text", item->arena);
    if (!name && !xmlFirstElementChild(node))
        name = feed_node_words(node, item->arena);
    if (name)
        entry_add_category(item->entry, name);
    for (xmlNode *child = node->children; child && depth < DEPTH;
         child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            read_category(item, child, depth + 1);
}

static void read_tags(struct item *item, xmlNode *node)
{
    const char *text = feed_node_text(node, item->arena);
    for (struct str rest = str_of(text ? text : ""); rest.len;)
        entry_add_category(
            item->entry,
            arena_copy_str(item->arena, str_trim(str_cut(&rest, ','))));
}

static bool is_image(const char *type, const char *medium, const char *url)
{
    static const char *const suffixes[] = {".jpg", ".jpeg", ".png", ".gif",
                                           ".webp"};
    if (medium)
        return strcmp(medium, "image") == 0;
    if (type)
        return str_starts_nocase(str_of(type), STR("image/"));
    struct str path = str_of(url);
    path.len = str_find(path, '?');
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
        if (str_ends(path, str_of(suffixes[i])))
            return true;
    return false;
}

static void read_media(struct item *item, xmlNode *node, int rank)
{
    const char *url = feed_node_attribute(node, "url", item->arena);
    const char *type = feed_node_token(node, "type", item->arena);
    const char *medium = feed_node_token(node, "medium", item->arena);
    /* WordPress puts the author's face first. */
    if (url && strstr(url, "gravatar.com/avatar/"))
        return;
    item->is_picture = url && is_image(type, medium, url);
    if (item->is_picture) {
        take_image(item, node, url, rank);
        return;
    }
    item->about[item->kind].is_other = true;
    if (url && !item->enclosure_url)
        item->enclosure_url = feed_node_url(node, url, item->arena);
}

/* Takes a description: a picture's says what is to be seen, the whole item's
 * nothing. */
static bool take_description(struct item *item, xmlNode *node)
{
    const char *name;
    if (feed_space_of(node, &name) != SPACE_MEDIA)
        return false;
    if (!item->about[item->kind].words)
        item->about[item->kind].words = feed_node_words(node, item->arena);
    return item->is_picture;
}

/* A description that stands beside the pictures is for all of them. */
static void settle_pictures(const struct item *item)
{
    struct entry *entry = item->entry;
    for (size_t i = 0; i < entry->picture_count; i++) {
        struct entry_picture *picture = &entry->pictures[i];
        unsigned kind = item->about[picture->kind].words ? picture->kind : 0;
        if (!item->about[picture->kind].is_other)
            picture->alt = item->about[kind].words;
    }
}

/* <itunes:image href="…"/>, <image><url>…</url></image>, or its text. */
static void read_image(struct item *item, xmlNode *node, int rank)
{
    const char *url = feed_node_attribute(node, "href", item->arena);
    if (!url)
        url = feed_node_attribute(node, "url", item->arena);
    for (xmlNode *child = node->children; !url && child; child = child->next)
        if (child->type == XML_ELEMENT_NODE &&
            strcmp((const char *)child->name, "url") == 0)
            url = feed_node_text(child, item->arena);
    take_image(item, node, url ? url : feed_node_text(node, item->arena), rank);
}

/* Reads the author of the feed that an Atom entry was taken from. */
static void read_source(struct item *item, xmlNode *node)
{
    for (xmlNode *child = node->children; child; child = child->next) {
        int rank;
        if (child->type == XML_ELEMENT_NODE &&
            feed_field_of(child, &rank) == FIELD_PERSON)
            item->source_author = feed_node_person(child, item->arena);
    }
}

static bool is_said(xmlNode *node, const char *name, const char *value,
                    struct arena *arena)
{
    const char *said = feed_node_token(node, name, arena);
    return said && strcmp(said, value) == 0;
}

static void read_children(struct item *item, xmlNode *node, unsigned depth);

/* A content with what stands in it, or (without a rank) a group of them. */
static void read_kind(struct item *item, xmlNode *node, unsigned depth,
                      int rank)
{
    unsigned outer = item->kind;
    if (!outer && item->kinds < MAX_KINDS)
        item->kind = ++item->kinds;
    if (rank < NO_RANK)
        read_media(item, node, rank);
    read_children(item, node, depth + 1);
    item->is_picture = false;
    item->kind = outer;
}

static void read_field(struct item *item, xmlNode *node, unsigned depth)
{
    int rank = NO_RANK;
    struct entry *entry = item->entry;
    enum feed_field field = feed_field_of(node, &rank);
    switch (field) {
    case FIELD_TITLE: {
        const char *title = feed_node_words(node, item->arena);
        if (is_better(item, field, rank, title))
            entry->title = title;
        break;
    }
    case FIELD_LINK: {
        const char *text = feed_node_text(node, item->arena);
        if (!text)
            text = feed_node_attribute(node, "href", item->arena);
        const char *url = feed_node_url(node, text, item->arena);
        if (is_better(item, field, rank, url))
            entry->url = url;
        break;
    }
    case FIELD_LANGUAGE:
        entry->language = feed_node_text(node, item->arena);
        break;
    case FIELD_ATOM_LINK:
        read_atom_link(item, node, rank);
        break;
    case FIELD_GUID:
        read_guid(item, node, rank);
        break;
    case FIELD_PUBLISHED:
        read_date(item, node, rank);
        break;
    case FIELD_AUTHOR:
    case FIELD_PERSON:
        read_author(item, node, rank);
        break;
    case FIELD_SUMMARY:
        if (!take_description(item, node))
            read_text(item, field, &entry->summary, node, rank);
        break;
    case FIELD_ABSTRACT:
        read_text(item, field, &item->abstract, node, rank);
        break;
    case FIELD_CONTENT:
        read_text(item, field, &entry->body, node, rank);
        break;
    case FIELD_CATEGORY:
        read_category(item, node, 0);
        break;
    case FIELD_TAGS:
        read_tags(item, node);
        break;
    case FIELD_ENCLOSURE:
    case FIELD_MEDIA_CONTENT:
        read_kind(item, node, depth, rank);
        break;
    case FIELD_THUMBNAIL:
        take_image(item, node, feed_node_attribute(node, "url", item->arena),
                   rank);
        break;
    case FIELD_IMAGE:
        read_image(item, node, rank);
        break;
    case FIELD_IMAGE_LINK:
        if (is_said(node, "rel", "image", item->arena))
            read_image(item, node, rank);
        break;
    case FIELD_MEDIA_GROUP:
        read_kind(item, node, depth, NO_RANK);
        break;
    case FIELD_SOURCE:
        read_source(item, node);
        break;
    case FIELD_NONE:
        break;
    }
}

static void read_children(struct item *item, xmlNode *node, unsigned depth)
{
    for (xmlNode *child = node->children; child && depth < DEPTH;
         child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            read_field(item, child, depth);
}

/* A description without a content is the body; beside one, the summary. */
static void settle_texts(struct entry *entry, const struct entry_text *abstract)
{
    if (abstract->text && !entry->summary.text)
        entry->summary = *abstract;
    else if (abstract->text && !entry->body.text) {
        entry->body = entry->summary;
        entry->summary = *abstract;
    }
    if (!entry->body.text) {
        entry->body = entry->summary;
        entry->summary.text = NULL;
    } else if (entry->summary.text &&
               strcmp(entry->summary.text, entry->body.text) == 0) {
        entry->summary.text = NULL;
    }
}

void feed_item_read(xmlNode *node, struct arena *arena, struct entry *out)
{
    struct item item = {.arena = arena, .entry = out};
    for (size_t i = 0; i < ARRAY_SIZE(item.rank); i++)
        item.rank[i] = NO_RANK;
    out->language = feed_node_language(node, arena);
    read_children(&item, node, 0);
    if (!out->author)
        out->author = item.source_author;
    if (!out->url && item.guid_is_link)
        out->url = out->guid;
    if (!out->url)
        out->url = item.enclosure_url;
    settle_texts(out, &item.abstract);
    settle_pictures(&item);
}
