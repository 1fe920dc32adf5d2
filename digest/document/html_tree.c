/* Reads HTML into a tree, and keeps it from going too deep. */
#include "digest/document/html_tree.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>

#include "digest/base/mem.h"
#include "digest/document/html_names.h"
#include "digest/document/input_internal.h"

enum { DEPTH_MAX = 512 };

struct _xmlParserCtxt *html_parser_new(struct str html, void *context)
{
    xmlInitParser();
    htmlParserCtxt *parser =
        htmlCreateMemoryParserCtxt(html.ptr, (int)html.len);
    if (!parser)
        return NULL;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                   HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                   HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
    parser->options |= XML_PARSE_HUGE;
    parser->_private = context;
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    return parser;
}

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
    if (parser->nodeNr > DEPTH_MAX) {
        *too_deep = true;
        xmlStopParser(parser);
    }
}

static xmlDoc *parse(struct str html, bool *too_deep)
{
    htmlParserCtxt *parser = html.len ? html_parser_new(html, too_deep) : NULL;
    if (!parser)
        return NULL;
    parser->sax->startElement = start_element;
    parser->sax->ignorableWhitespace = xmlSAX2Characters;
    parser->sax->comment = NULL;
    htmlParseDocument(parser);
    xmlDoc *tree = parser->myDoc;
    htmlFreeParserCtxt(parser);
    return tree;
}

bool html_tree_read(struct str html, struct _xmlDoc **out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf named = STRBUF_INIT;
    bool too_deep = false;
    *out = NULL;
    html_names_resolve(&html, &named);
    if (html.len > INT32_MAX)
        return err_set(err, ERR_INPUT, "a page larger than 2 GB");
    if (input_has_endless_tag(html))
        return err_set(err, ERR_INPUT,
                       "a tag with more than %d attributes: leave out the "
                       "broken part of the page",
                       TAG_ATTRIBUTES_MAX);
    OWNED(html_tree_free) xmlDoc *tree = parse(html, &too_deep);
    if (too_deep)
        return err_set(err, ERR_INPUT,
                       "nested more than %d elements deep: leave out the part "
                       "that is never closed",
                       DEPTH_MAX);
    *out = TAKE(tree);
    return true;
}

void html_tree_free(struct _xmlDoc **tree)
{
    xmlFreeDoc(*tree);
    *tree = NULL;
}
