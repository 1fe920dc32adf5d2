/* Reads texts, attributes and markup from an XML feed's elements. */
#include <libxml/HTMLtree.h>
#include <libxml/tree.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/document/images.h"
#include "digest/document/url.h"
#include "digest/sources/feed/feed_item_internal.h"
#include "digest/sources/feed/feed_names_internal.h"
#include "digest/sources/feed/feed_parts_internal.h"

static void end_xml_text(xmlChar **text)
{
    xmlFree(*text);
}

static void end_buffer(xmlBuffer **buffer)
{
    xmlBufferFree(*buffer);
}

static const char *kept(struct arena *arena, const xmlChar *text)
{
    if (!text)
        return NULL;
    struct str trimmed = str_trim(str_of((const char *)text));
    return trimmed.len ? arena_copy_str(arena, trimmed) : NULL;
}

const char *feed_node_text(xmlNode *node, struct arena *arena)
{
    OWNED(end_xml_text) xmlChar *text = xmlNodeGetContent(node);
    return kept(arena, text);
}

const char *feed_node_attribute(xmlNode *node, const char *name,
                                struct arena *arena)
{
    OWNED(end_xml_text)
    xmlChar *text = xmlGetNoNsProp(node, (const xmlChar *)name);
    return kept(arena, text);
}

const char *feed_node_token(xmlNode *node, const char *name,
                            struct arena *arena)
{
    static const char *const registries[] = {
        "http://www.iana.org/assignments/relation/",
        "https://www.iana.org/assignments/relation/",
        "http://www.iana.org/assignments/link-relations/",
        "https://www.iana.org/assignments/link-relations/"};
    const char *text = feed_node_attribute(node, name, arena);
    for (size_t i = 0; text && i < ARRAY_SIZE(registries); i++)
        if (str_starts_nocase(str_of(text), str_of(registries[i])))
            text += strlen(registries[i]);
    char *token = text ? arena_copy(arena, text) : NULL;
    for (char *c = token; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c | 0x20);
    return token;
}

const char *feed_node_language(xmlNode *node, struct arena *arena)
{
    OWNED(end_xml_text) xmlChar *text = xmlNodeGetLang(node);
    return kept(arena, text);
}

/* xml:base of the element and those above it, and the feed's own address. */
static const char *base_of(xmlNode *node, struct arena *arena)
{
    OWNED(end_xml_text) xmlChar *base = xmlNodeGetBase(node->doc, node);
    return kept(arena, base);
}

const char *feed_node_url(xmlNode *node, const char *reference,
                          struct arena *arena)
{
    if (!reference)
        return NULL;
    const char *url =
        url_resolve(arena, str_of(reference), base_of(node, arena), URL_FILE);
    return url ? url : reference;
}

static bool has_elements(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            return true;
    return false;
}

/* A srcset with each of its addresses made absolute. */
static const char *resolve_set(xmlNode *node, const char *said,
                               struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct image_candidate one;
    for (struct str rest = str_of(said); image_next_candidate(&rest, &one);) {
        const char *url =
            feed_node_url(node, arena_copy_str(arena, one.url), arena);
        strbuf_add_format(&out, "%s%s ", out.len ? ", " : "", url);
        if (one.pixels)
            strbuf_add_format(&out, "%uw", one.pixels);
        else
            strbuf_add_format(&out, "%u.%02ux", one.percent / 100,
                              one.percent % 100);
    }
    return arena_copy(arena, strbuf_text(&out));
}

/* The bases of elements inside: HTML knows none. */
static void resolve_inside(xmlNode *node, struct arena *arena, unsigned depth)
{
    static const char *const names[] = {
        "href", "src", "cite", "poster", "data-src", "srcset", "data-srcset"};
    for (xmlNode *child = node->children; child && depth < 256;
         child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
            const char *said = feed_node_attribute(child, names[i], arena);
            if (!said)
                continue;
            const char *url = str_ends(str_of(names[i]), STR("srcset"))
                                  ? resolve_set(child, said, arena)
                                  : feed_node_url(child, said, arena);
            xmlSetProp(child, (const xmlChar *)names[i], (const xmlChar *)url);
        }
        resolve_inside(child, arena, depth + 1);
    }
}

static bool has_base_inside(xmlNode *node, unsigned depth)
{
    for (xmlNode *child = node->children; child && depth < 256;
         child = child->next)
        if (child->type == XML_ELEMENT_NODE &&
            (xmlHasNsProp(child, (const xmlChar *)"base", XML_XML_NAMESPACE) ||
             has_base_inside(child, depth + 1)))
            return true;
    return false;
}

/* HTML knows no prefixes. */
static void drop_spaces(xmlNode *node, unsigned depth)
{
    for (xmlNode *child = node->children; child && depth < 256;
         child = child->next)
        if (child->type == XML_ELEMENT_NODE) {
            child->ns = NULL;
            drop_spaces(child, depth + 1);
        }
}

static const char *inner_markup(xmlNode *node, struct arena *arena)
{
    OWNED(end_buffer) xmlBuffer *buffer = xmlBufferCreate();
    if (has_base_inside(node, 0))
        resolve_inside(node, arena, 0);
    drop_spaces(node, 0);
    for (xmlNode *child = node->children; child; child = child->next)
        htmlNodeDump(buffer, node->doc, child);
    return kept(arena, xmlBufferContent(buffer));
}

static const char *decoded(struct arena *arena, const char *text)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    if (!text || !base64_decode(&bytes, str_of(text)))
        return text;
    return arena_copy(arena, strbuf_text(&bytes));
}

static bool is_any(const char *text, const char *const *words)
{
    for (; text && *words; words++)
        if (str_equal_nocase(str_of(text), str_of(*words)))
            return true;
    return false;
}

static bool is_binary(const char *type)
{
    static const char *const known[] = {"text", "html", "xhtml", "escaped",
                                        NULL};
    struct str text = str_of(type);
    return type && !is_any(type, known) &&
           !str_starts_nocase(text, STR("text/")) &&
           !str_ends(text, STR("+xml")) && !str_ends(text, STR("/xml"));
}

struct entry_text feed_node_markup(xmlNode *node, struct arena *arena)
{
    static const char *const plain_types[] = {"text", "text/plain", NULL};
    const char *name;
    bool is_atom = feed_space_of(node, &name) == SPACE_ATOM;
    const char *type = is_atom ? feed_node_token(node, "type", arena) : NULL;
    const char *mode = is_atom ? feed_node_token(node, "mode", arena) : NULL;
    struct entry_text out = {.base_url = base_of(node, arena)};
    const char *text = feed_node_text(node, arena);
    /* Escaped HTML inside a bare <div>, as some wrote Atom. */
    bool is_escaped =
        type && text && strcmp(type, "html") == 0 && feed_looks_like_html(text);
    if (has_elements(node) && !is_escaped) {
        out.text = inner_markup(node, arena);
        return out;
    }
    out.text = text;
    if ((mode && strcmp(mode, "base64") == 0) || (!mode && is_binary(type)))
        out.text = decoded(arena, out.text);
    /* Without a type it should be text; many mean HTML all the same. */
    bool is_silent = is_atom && !type && out.text;
    if (is_any(type, plain_types) ||
        (is_silent && !feed_looks_like_html(out.text)))
        out.markup = ENTRY_PLAIN;
    return out;
}

/* In Atom a text is what its type says; in RSS it says nothing. */
const char *feed_node_words(xmlNode *node, struct arena *arena)
{
    const char *name;
    bool is_atom = feed_space_of(node, &name) == SPACE_ATOM;
    const char *type = is_atom ? feed_node_token(node, "type", arena) : NULL;
    struct entry_text text = feed_node_markup(node, arena);
    bool is_text =
        is_atom && !has_elements(node) &&
        (!type || strcmp(type, "text") == 0 || strcmp(type, "text/plain") == 0);
    if (!text.text || is_text || !feed_looks_like_html(text.text))
        return text.text;
    return feed_words(arena, text.text);
}

const char *feed_node_person(xmlNode *node, struct arena *arena)
{
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE) {
            const char *name;
            feed_space_of(child, &name);
            if (strcmp(name, "name") == 0)
                return feed_node_words(child, arena);
        }
    if (has_elements(node))
        return NULL;
    const char *text = feed_node_words(node, arena);
    return text ? feed_person(arena, text) : NULL;
}
