/* Reads HTML into a list of nodes with their places, by libxml2's events. */
#include "digest/document/markup.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/input_internal.h"

enum { DEPTH_MAX = 512 };

/* Kept behind libxml2's parser while it reads. */
struct reading {
    struct markup *out;
    struct markup_node *at; /* the element that takes the next node */
    unsigned depth;
    size_t last; /* where the last event ended */
    bool too_deep;
};

static struct reading *reading_of(void *context)
{
    return ((xmlParserCtxt *)context)->_private;
}

/* How much of the source the parser has taken. */
static size_t taken(const xmlParserCtxt *parser, const struct reading *r)
{
    const xmlParserInput *in = parser->input;
    size_t at = (size_t)in->consumed + (size_t)(in->cur - in->base);
    return at < r->out->source.len ? at : r->out->source.len;
}

static struct markup_node *add_node(struct reading *r, enum markup_kind kind,
                                    size_t offset)
{
    struct markup_node *node = ARENA_NEW(&r->out->arena, struct markup_node);
    node->kind = kind;
    node->offset = offset;
    node->parent = r->at;
    if (r->at->last)
        r->at->last->next = node;
    else
        r->at->first = node;
    r->at->last = node;
    MEM_PUSH(r->out->nodes, r->out->count, r->out->capacity, node);
    return node;
}

/* ---- events ---------------------------------------------------------- */

/* The < of the tag that the parser is at the end of; an element that was
 * left out has none, and stands where it was needed. */
static size_t start_of_tag(const struct reading *r, const char *name,
                           size_t end)
{
    struct str source = r->out->source, wanted = str_of(name);
    for (size_t at = end; at > r->last; at--)
        if (source.ptr[at - 1] == '<' &&
            str_starts_nocase(str_from(source, at), wanted))
            return at - 1;
    return r->last;
}

static void copy_attributes(struct markup *out, struct markup_node *node,
                            const xmlChar **attributes)
{
    size_t count = 0;
    while (attributes && attributes[2 * count])
        count++;
    struct markup_attribute *items =
        ARENA_NEW_ARRAY(&out->arena, struct markup_attribute, count);
    for (size_t i = 0; i < count; i++) {
        const char *value = (const char *)attributes[2 * i + 1];
        items[i].name =
            arena_copy(&out->arena, (const char *)attributes[2 * i]);
        items[i].value = arena_copy(&out->arena, value ? value : "");
    }
    node->attributes = items;
    node->attribute_count = count;
}

static void on_start(void *context, const xmlChar *name,
                     const xmlChar **attributes)
{
    struct reading *r = reading_of(context);
    size_t end = taken(context, r);
    struct markup_node *node =
        add_node(r, MARKUP_ELEMENT, start_of_tag(r, (const char *)name, end));
    node->name = arena_copy(&r->out->arena, (const char *)name);
    copy_attributes(r->out, node, attributes);
    r->at = node;
    r->last = end;
    if (++r->depth > DEPTH_MAX) {
        r->too_deep = true;
        xmlStopParser(context);
    }
}

static void on_end(void *context, const xmlChar *name)
{
    struct reading *r = reading_of(context);
    struct markup_node *open = r->at;
    unsigned levels = 1;
    while (open->parent && strcmp(open->name, (const char *)name) != 0) {
        open = open->parent;
        levels++;
    }
    if (!open->parent)
        return;
    r->at = open->parent;
    r->depth -= levels;
    r->last = taken(context, r);
}

static size_t skip_blanks(struct str source, size_t at)
{
    while (at < source.len && source.ptr[at] &&
           strchr(" \t\r\n>", source.ptr[at]))
        at++;
    return at;
}

/* A text comes in pieces; they become one. */
static void on_text(void *context, const xmlChar *bytes, int length)
{
    struct reading *r = reading_of(context);
    struct str text = {(const char *)bytes, (size_t)length};
    struct markup_node *node = r->at->last;
    if (node && node->kind == MARKUP_TEXT) {
        OWNED(strbuf_free) struct strbuf both = STRBUF_INIT;
        strbuf_add_str(&both, node->text);
        strbuf_add_str(&both, text);
        text = strbuf_str(&both);
        node->text.ptr = arena_copy_str(&r->out->arena, text);
    } else {
        node = add_node(r, MARKUP_TEXT, skip_blanks(r->out->source, r->last));
        node->text.ptr = arena_copy_str(&r->out->arena, text);
    }
    node->text.len = text.len;
    r->last = taken(context, r);
}

static void on_comment(void *context, const xmlChar *bytes)
{
    struct reading *r = reading_of(context);
    size_t end = taken(context, r);
    struct markup_node *node =
        add_node(r, MARKUP_COMMENT, start_of_tag(r, "!--", end));
    node->text.ptr = arena_copy(&r->out->arena, (const char *)bytes);
    node->text.len = strlen(node->text.ptr);
    r->last = end;
}

/* ---- reading --------------------------------------------------------- */

static void read_all(struct reading *r, struct str html)
{
    htmlParserCtxt *parser = html_parser_new(html, r);
    if (!parser)
        return;
    *parser->sax = (xmlSAXHandler){.startElement = on_start,
                                   .endElement = on_end,
                                   .characters = on_text,
                                   .ignorableWhitespace = on_text,
                                   .cdataBlock = on_text,
                                   .comment = on_comment};
    htmlParseDocument(parser);
    xmlFreeDoc(parser->myDoc);
    htmlFreeParserCtxt(parser);
}

/* Marks of marked sections, which libxml2 would take for text, become blanks,
 * so that all else keeps its place. */
static void blank_sections(struct strbuf *html)
{
    struct str all = strbuf_str(html);
    for (size_t at = 0; at < all.len; at++) {
        at += str_find_str(str_from(all, at), STR("<!["));
        size_t end = at;
        while (end < all.len && html->ptr[end] != '>')
            end++;
        bool ends_comment = str_starts(str_from(all, at), STR("<![endif]-->"));
        for (; !ends_comment && at <= end && at < all.len; at++)
            html->ptr[at] = ' ';
    }
}

bool markup_read(struct str html, struct markup *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf cleaned = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf copy = STRBUF_INIT;
    *out = (struct markup){.source = html};
    out->root = ARENA_NEW(&out->arena, struct markup_node);
    if (!input_check(&html, &cleaned, err))
        return false;
    out->source = html;
    if (cleaned.len) /* shorter by its NULs, and so not the caller's */
        out->source.ptr = arena_copy_str(&out->arena, html);
    if (!html.len)
        return true;
    strbuf_add_str(&copy, html);
    blank_sections(&copy);
    if (input_has_endless_tag(strbuf_str(&copy)))
        return err_set(err, ERR_INPUT,
                       "a tag with more than %d attributes: leave it out",
                       TAG_ATTRIBUTES_MAX);
    struct reading reading = {.out = out, .at = out->root};
    read_all(&reading, strbuf_str(&copy));
    return !reading.too_deep ||
           err_set(err, ERR_INPUT,
                   "nested more than %d elements deep: close what is open",
                   DEPTH_MAX);
}

void markup_free(struct markup *markup)
{
    free(markup->nodes);
    arena_free(&markup->arena);
    *markup = (struct markup){0};
}

/* ---- asking ---------------------------------------------------------- */

bool markup_is(const struct markup_node *node, const char *name)
{
    return node->kind == MARKUP_ELEMENT && node->name &&
           strcmp(node->name, name) == 0;
}

const char *markup_get(const struct markup_node *node, const char *name)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (strcmp(node->attributes[i].name, name) == 0)
            return node->attributes[i].value;
    return NULL;
}

const struct markup_node *markup_within(const struct markup_node *node,
                                        const char *name)
{
    for (node = node->parent; node; node = node->parent)
        if (markup_is(node, name))
            return node;
    return NULL;
}

static void add_words(const struct markup_node *node, struct strbuf *out)
{
    if (node->kind == MARKUP_TEXT)
        strbuf_add_str(out, node->text);
    if (node->kind != MARKUP_ELEMENT || markup_is(node, "style") ||
        markup_is(node, "script") || markup_is(node, "title"))
        return;
    if (markup_is(node, "img") && markup_get(node, "alt"))
        strbuf_add_text(out, markup_get(node, "alt"));
    if (markup_is(node, "br") || markup_is(node, "td"))
        strbuf_add_char(out, ' ');
    for (const struct markup_node *n = node->first; n; n = n->next)
        add_words(n, out);
}

void markup_words(const struct markup_node *node, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT;
    add_words(node, &raw);
    utf8_clean_line(out, strbuf_str(&raw));
}

void markup_place(struct str source, size_t offset, unsigned *line,
                  unsigned *column)
{
    *line = *column = 1;
    for (size_t at = 0; at < offset && at < source.len;) {
        bool ends = source.ptr[at] == '\n';
        utf8_next(source, &at);
        *line += ends;
        *column = ends ? 1 : *column + 1;
    }
}
