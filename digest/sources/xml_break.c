/* Notes where libxml2 met an error, and what is whole before it. */
#include "digest/sources/xml_break_internal.h"

#include <stdio.h>

#include <libxml/xmlreader.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"

/* Errors that libxml2 repairs without losing the text behind them. */
static bool is_repaired(int code, const xmlParserCtxt *parser)
{
    static const int codes[] = {
        XML_ERR_TAG_NAME_MISMATCH,     XML_ERR_ATTRIBUTE_REDEFINED,
        XML_ERR_ATTRIBUTE_NOT_STARTED, XML_ERR_ATTRIBUTE_WITHOUT_VALUE,
        XML_ERR_SPACE_REQUIRED,        XML_ERR_GT_REQUIRED,
        XML_ERR_LT_IN_ATTRIBUTE,       XML_ERR_HYPHEN_IN_COMMENT,
        XML_ERR_MISPLACED_CDATA_END};
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
        if (code == codes[i])
            return true;
    return code == XML_ERR_DOCUMENT_END && parser && parser->nodeNr == 0;
}

void xml_break_note(void *context, xmlError *error)
{
    struct xml_break *where = context;
    const xmlParserCtxt *parser = error->ctxt;
    if (error->level < XML_ERR_FATAL)
        return;
    struct str line = str_of(error->message ? error->message : "");
    line.len = str_find(line, '\n');
    where->line = error->line > 0 ? (unsigned)error->line : 1;
    snprintf(where->text, sizeof where->text, "%.*s", STR_ARG(line));
    where->is_grave = where->is_grave || !is_repaired(error->code, parser);
    bool is_end = error->code == XML_ERR_DOCUMENT_END ||
                  error->code == XML_ERR_TAG_NOT_FINISHED;
    if (is_end && parser)
        where->open = parser->nodeNr;
}

void xml_break_watch(struct xml_break *where, xmlTextReader *reader)
{
    xmlTextReaderSetStructuredErrorHandler(reader, xml_break_note, where);
}

xmlNode *xml_break_expand(const struct xml_break *where, xmlTextReader *reader)
{
    xmlNode *node = xmlTextReaderCurrentNode(reader);
    int depth = xmlTextReaderDepth(reader);
    bool is_expanded = xmlTextReaderExpand(reader) != NULL;
    bool is_cut = where->open > depth && !node->next;
    return (is_expanded || where->line) && !is_cut ? node : NULL;
}
