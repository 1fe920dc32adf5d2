#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "digest/base/mem.h"
#include "digest/document/convert_internal.h"
#include "digest/document/html_names.h"
#include "digest/document/input_internal.h"
#include "digest/document/url.h"

enum { ELEMENT_DEPTH_MAX = 512 };

/* Stops a page that nests beyond reason; libxml2 has a limit of its own,
 * lower, at which it would drop the rest without a word. */
static void start_element(void *context, const xmlChar *name,
                          const xmlChar **attributes)
{
    xmlParserCtxt *parser = context;
    bool *too_deep = parser->_private;
    if (*too_deep)
        return;
    xmlSAX2StartElement(context, name, attributes);
    if (parser->nodeNr > ELEMENT_DEPTH_MAX) {
        *too_deep = true;
        xmlStopParser(parser);
    }
}

static xmlDoc *parse(struct str html, bool *too_deep)
{
    if (html.len == 0)
        return NULL;
    xmlInitParser();
    htmlParserCtxt *parser =
        htmlCreateMemoryParserCtxt(html.ptr, (int)html.len);
    if (!parser)
        return NULL;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                   HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                   HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
    parser->options |= XML_PARSE_HUGE;
    parser->_private = too_deep;
    parser->sax->startElement = start_element;
    parser->sax->ignorableWhitespace = xmlSAX2Characters;
    parser->sax->comment = NULL;
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    htmlParseDocument(parser);
    xmlDoc *doc = parser->myDoc;
    htmlFreeParserCtxt(parser);
    return doc;
}

static void free_doc(xmlDoc **doc)
{
    xmlFreeDoc(*doc);
}

static const char *escaped_base(struct arena *arena, const char *base_url)
{
    if (!base_url)
        return NULL;
    return url_resolve(arena, str_of(base_url), NULL, URL_FILE);
}

bool document_from_html(struct str html, const char *base_url,
                        struct document **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf cleaned = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf named = STRBUF_INIT;
    if (!input_check(&html, &cleaned, err))
        return false;
    input_strip_sections(&html, &cleaned);
    html_names_resolve(&html, &named);
    if (input_has_endless_tag(html))
        return err_set(err, ERR_INPUT,
                       "a tag with more than %d attributes: leave out the "
                       "broken part of the page",
                       TAG_ATTRIBUTES_MAX);
    bool too_deep = false;
    OWNED(free_doc) xmlDoc *doc = parse(html, &too_deep);
    if (too_deep)
        return err_set(err, ERR_INPUT,
                       "nested more than %d elements deep: leave out the part "
                       "that is never closed",
                       ELEMENT_DEPTH_MAX);
    OWNED(arena_free) struct arena conversion_arena = ARENA_INIT;
    OWNED(builder_free) struct builder builder;
    builder_init(&builder);
    struct converter converter = {
        .builder = &builder,
        .arena = &conversion_arena,
        .base = escaped_base(&conversion_arena, base_url),
    };
    struct style plain = {0};
    for (const xmlNode *n = doc ? doc->children : NULL; n; n = n->next)
        convert_node(&converter, &plain, n);
    *out = builder_finish(&builder);
    return true;
}
