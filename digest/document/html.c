#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/convert.h"
#include "digest/document/input.h"
#include "digest/document/url.h"

enum { ELEMENT_DEPTH_MAX = 512 };

/* ---- inline elements -------------------------------------------------- */

static void convert_emph(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    struct style inner = *style;
    if (!element_look(node).is_not_italic)
        style_add(&inner, &(struct format){FORMAT_EMPH, NULL, NULL, node});
    convert_children(c, &inner, node);
}

/* Google Docs wraps all it copies in <b style="font-weight:normal">. */
static void convert_strong(struct converter *c, const struct style *style,
                           const xmlNode *node)
{
    struct style inner = *style;
    if (!element_look(node).is_not_bold)
        style_add(&inner, &(struct format){FORMAT_STRONG, NULL, NULL, node});
    convert_children(c, &inner, node);
}

static void convert_span(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    struct style inner = *style;
    struct look look = element_look(node);
    if (look.is_bold)
        style_add(&inner, &(struct format){FORMAT_STRONG, NULL, NULL, node});
    if (look.is_italic)
        style_add(&inner, &(struct format){FORMAT_EMPH, NULL, NULL, node});
    convert_children(c, &inner, node);
}

static void convert_code(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    struct style inner = *style;
    inner.code = node;
    convert_children(c, &inner, node);
}

static void convert_link(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    struct style inner = *style;
    const char *url = url_resolve(c->arena, element_attribute(node, "href"),
                                  c->base, URL_LINK);
    if (url) {
        OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
        tree_clean_line(&title, element_attribute(node, "title"));
        const char *kept =
            title.len ? arena_copy_str(c->arena, strbuf_str(&title)) : NULL;
        style_add(&inner, &(struct format){FORMAT_LINK, url, kept, node});
    }
    convert_children(c, &inner, node);
}

static void convert_break(struct converter *c, const struct style *style,
                          const xmlNode *node)
{
    (void)node;
    builder_break(c->builder, style);
}

static void convert_quotation(struct converter *c, const struct style *style,
                              const xmlNode *node)
{
    builder_text(c->builder, style, STR("\xe2\x80\x9c"));
    convert_children(c, style, node);
    /* The closing mark stands at the last word, whatever space was there. */
    c->builder->has_space = false;
    builder_text(c->builder, style, STR("\xe2\x80\x9d"));
}

/* A reading aid stands in parentheses, whether or not its <rp> say so. */
static void convert_reading(struct converter *c, const struct style *style,
                            const xmlNode *node)
{
    builder_text(c->builder, style, STR("("));
    convert_children(c, style, node);
    builder_text(c->builder, style, STR(")"));
}

static void convert_math(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    struct str text = element_attribute(node, "alttext");
    if (text.len)
        builder_text(c->builder, style, text);
    else
        convert_children(c, style, node);
}

/* Raised and lowered digits and signs, where all of them have a character. */
static const struct raised {
    char plain;
    unsigned up, down;
} raised[] = {
    {'0', 0x2070, 0x2080}, {'1', 0xb9, 0x2081},   {'2', 0xb2, 0x2082},
    {'3', 0xb3, 0x2083},   {'4', 0x2074, 0x2084}, {'5', 0x2075, 0x2085},
    {'6', 0x2076, 0x2086}, {'7', 0x2077, 0x2087}, {'8', 0x2078, 0x2088},
    {'9', 0x2079, 0x2089}, {'+', 0x207a, 0x208a}, {'-', 0x207b, 0x208b},
    {'n', 0x207f, 0x2099},
};

static unsigned raise_char(char plain, bool up)
{
    for (size_t i = 0; i < ARRAY_SIZE(raised); i++)
        if (raised[i].plain == plain)
            return up ? raised[i].up : raised[i].down;
    return 0;
}

static void convert_raised(struct converter *c, const struct style *style,
                           const xmlNode *node)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    const xmlNode *only = node->children;
    bool is_text = only && !only->next && only->type == XML_TEXT_NODE;
    struct str text = str_of(is_text ? (const char *)only->content : NULL);
    bool fits = is_text && !style->code;
    for (size_t i = 0; fits && i < text.len; i++) {
        unsigned to = raise_char(text.ptr[i], element_is(node, "sup"));
        fits = to != 0;
        strbuf_add_utf8(&out, to);
    }
    if (fits)
        builder_text(c->builder, style, strbuf_str(&out));
    else
        convert_children(c, style, node);
}

/* ---- blocks ----------------------------------------------------------- */

struct style convert_block_style(const struct converter *c,
                                 const struct style *style)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    if (inner.heading && c->builder->leaves > c->heading_leaves)
        inner.heading = 0;
    return inner;
}

static void convert_within(struct converter *c, const struct style *inner,
                           const xmlNode *node)
{
    builder_boundary(c->builder, inner);
    convert_children(c, inner, node);
    builder_boundary(c->builder, inner);
}

static void convert_block(struct converter *c, const struct style *style,
                          const xmlNode *node)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    convert_within(c, &inner, node);
}

/* A caption goes under its image, in the same paragraph. */
static void convert_caption(struct converter *c, const struct style *style,
                            const xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    style_add(&inner, &(struct format){FORMAT_EMPH, NULL, NULL, node});
    if (!style->is_one_line && builder_reopen_image(c->builder)) {
        convert_children(c, &inner, node);
        builder_boundary(c->builder, &inner);
    } else {
        convert_within(c, &inner, node);
    }
}

static void convert_paragraph(struct converter *c, const struct style *style,
                              const xmlNode *node)
{
    if (element_has_class(node, "wp-caption-text")) {
        convert_caption(c, style, node);
        return;
    }
    struct style inner = convert_block_style(c, style);
    inner.is_paragraph = true;
    convert_within(c, &inner, node);
}

static void convert_heading(struct converter *c, const struct style *style,
                            const xmlNode *node)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    unsigned before = c->heading_leaves;
    if (!style->is_one_line) {
        inner.heading = (unsigned)(node->name[1] - '0');
        c->heading_leaves = c->builder->leaves;
    }
    convert_within(c, &inner, node);
    c->heading_leaves = before;
}

static void convert_term(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    style_add(&inner, &(struct format){FORMAT_STRONG, NULL, NULL, node});
    convert_within(c, &inner, node);
}

static void convert_quote(struct converter *c, const struct style *style,
                          const xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    if (inner.is_one_line) {
        convert_within(c, &inner, node);
        return;
    }
    builder_boundary(c->builder, &inner);
    struct cmark_node *quote = builder_open(c->builder, CONTAINER_QUOTE, 0);
    convert_children(c, &inner, node);
    builder_close(c->builder, quote);
}

static void convert_rule(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    (void)node;
    if (style->is_one_line)
        builder_space(c->builder);
    else
        builder_rule(c->builder);
}

/* ---- code blocks ------------------------------------------------------ */

/* The language from class="language-c" on <code> or <pre>. */
static struct str code_language(const xmlNode *element)
{
    static const struct str prefixes[] = {{"language-", 9}, {"lang-", 5}};
    struct str classes = element_attribute(element, "class");
    while (classes.len) {
        struct str one = str_trim(str_cut(&classes, ' '));
        for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
            if (str_starts(one, prefixes[i]))
                return str_from(one, prefixes[i].len);
    }
    return (struct str){NULL, 0};
}

static void add_code_block(struct converter *c, const xmlNode *pre)
{
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf code = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf info = STRBUF_INIT;
    element_text(pre, &raw);
    struct str text = strbuf_str(&raw);
    for (size_t at = 0; at < text.len;) {
        unsigned ch = utf8_next(text, &at);
        if (ch != '\n' && ch != '\t')
            ch = tree_clean_char(ch);
        if (ch)
            strbuf_add_utf8(&code, ch);
    }
    struct str language = code_language(pre);
    if (!language.len && pre->children &&
        pre->children->type == XML_ELEMENT_NODE)
        language = code_language(pre->children);
    tree_clean_line(&info, language);
    builder_code_block(c->builder, strbuf_str(&code), strbuf_text(&info));
}

/* Verse keeps its lines but isn't code. */
static void add_verse(struct converter *c, const struct style *style,
                      const xmlNode *pre)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    element_text(pre, &text);
    struct str rest = strbuf_str(&text), line;
    builder_boundary(c->builder, style);
    while (str_next_line(&rest, &line)) {
        builder_text(c->builder, style, line);
        builder_break(c->builder, style);
    }
    builder_boundary(c->builder, style);
}

static void convert_pre(struct converter *c, const struct style *style,
                        const xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    if (inner.is_one_line || inner.heading)
        convert_code(c, &inner, node);
    else if (element_has_class(node, "wp-block-verse"))
        add_verse(c, &inner, node);
    else
        add_code_block(c, node);
}

/* ---- lists ------------------------------------------------------------ */

static void convert_item_in(struct converter *c, const struct style *style,
                            const xmlNode *item)
{
    struct style inner = *style;
    inner.is_paragraph = false;
    struct cmark_node *node = builder_open(c->builder, CONTAINER_ITEM, 0);
    convert_children(c, &inner, item);
    builder_close(c->builder, node);
}

static bool is_blank_text(const xmlNode *node)
{
    return node->type != XML_ELEMENT_NODE &&
           (!node->content || xmlIsBlankNode((xmlNode *)node));
}

/* What stands between items belongs to the item before: nested lists, most
 * of all, that should have stood within it. */
static const xmlNode *convert_strays(struct converter *c,
                                     const struct style *style,
                                     struct cmark_node *list,
                                     const xmlNode *node)
{
    struct cmark_node *item = builder_last_item(c->builder, list);
    for (; node && !element_is(node, "li"); node = node->next)
        convert_node(c, style, node);
    builder_close(c->builder, item);
    return node;
}

static void convert_items(struct converter *c, const struct style *style,
                          struct cmark_node *list, const xmlNode *node)
{
    while (node) {
        if (element_is(node, "li")) {
            if (!element_look(node).is_hidden)
                convert_item_in(c, style, node);
            node = node->next;
        } else if (is_blank_text(node)) {
            node = node->next;
        } else {
            node = convert_strays(c, style, list, node);
        }
    }
}

static int list_start(const xmlNode *list)
{
    unsigned long long start = 1;
    struct str text = str_trim(element_attribute(list, "start"));
    if (!str_to_u64(text, &start) || start > 999999999)
        return 1;
    return (int)start;
}

static void convert_list(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    builder_boundary(c->builder, &inner);
    bool is_numbered = element_is(node, "ol");
    struct cmark_node *list =
        inner.is_one_line
            ? NULL
            : builder_open(c->builder,
                           is_numbered ? CONTAINER_NUMBERS : CONTAINER_BULLETS,
                           list_start(node));
    if (list)
        convert_items(c, &inner, list, node->children);
    else
        convert_within(c, &inner, node);
    builder_close(c->builder, list);
}

/* An item whose list is missing, or too deep. */
static void convert_item(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    struct style inner = convert_block_style(c, style);
    struct cmark_node *list = NULL;
    bool is_in_list = node->parent && (element_is(node->parent, "ul") ||
                                       element_is(node->parent, "ol"));
    if (!inner.is_one_line && !is_in_list) {
        list = builder_reopen_list(c->builder);
        if (!list)
            list = builder_open(c->builder, CONTAINER_BULLETS, 0);
    }
    if (list)
        convert_item_in(c, &inner, node);
    else
        convert_within(c, &inner, node);
    builder_close(c->builder, list);
}

/* ---- what isn't text -------------------------------------------------- */

static void drop(struct converter *c, const struct style *style,
                 const xmlNode *node)
{
    (void)c;
    (void)style;
    (void)node;
}

static void convert_form(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    bool before = c->is_in_form;
    c->is_in_form = true;
    convert_block(c, style, node);
    c->is_in_form = before;
}

static void convert_label(struct converter *c, const struct style *style,
                          const xmlNode *node)
{
    if (!c->is_in_form)
        convert_children(c, style, node);
}

static void convert_base(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    (void)style;
    const char *url = url_resolve(c->arena, element_attribute(node, "href"),
                                  c->base, URL_FILE);
    if (url)
        c->base = url;
}

/* Of a page's head only <base> matters. */
static void convert_head(struct converter *c, const struct style *style,
                         const xmlNode *node)
{
    for (const xmlNode *n = node->children; n; n = n->next)
        if (element_is(n, "base"))
            convert_base(c, style, n);
}

/* ---- the table of elements -------------------------------------------- */

typedef void converts(struct converter *, const struct style *,
                      const xmlNode *);

/* Sorted by name. What isn't here is a span. */
static const struct tag {
    const char *name;
    converts *convert;
} tags[] = {
    {"a", convert_link},
    {"address", convert_block},
    {"applet", drop},
    {"area", drop},
    {"article", convert_block},
    {"aside", convert_block},
    {"audio", convert_embed},
    {"b", convert_strong},
    {"base", convert_base},
    {"blockquote", convert_quote},
    {"body", convert_block},
    {"br", convert_break},
    {"button", drop},
    {"canvas", drop},
    {"center", convert_block},
    {"cite", convert_emph},
    {"code", convert_code},
    {"colgroup", drop},
    {"datalist", drop},
    {"dd", convert_block},
    {"details", convert_block},
    {"dfn", convert_emph},
    {"dialog", drop},
    {"div", convert_block},
    {"dl", convert_block},
    {"dt", convert_term},
    {"em", convert_emph},
    {"embed", convert_embed},
    {"fieldset", convert_block},
    {"figcaption", convert_caption},
    {"figure", convert_block},
    {"footer", convert_block},
    {"form", convert_form},
    {"frame", drop},
    {"frameset", drop},
    {"h1", convert_heading},
    {"h2", convert_heading},
    {"h3", convert_heading},
    {"h4", convert_heading},
    {"h5", convert_heading},
    {"h6", convert_heading},
    {"head", convert_head},
    {"header", convert_block},
    {"hgroup", convert_block},
    {"hr", convert_rule},
    {"html", convert_block},
    {"i", convert_emph},
    {"iframe", convert_embed},
    {"img", convert_image},
    {"input", drop},
    {"kbd", convert_code},
    {"label", convert_label},
    {"legend", drop},
    {"li", convert_item},
    {"link", drop},
    {"listing", convert_pre},
    {"main", convert_block},
    {"map", drop},
    {"math", convert_math},
    {"menu", convert_list},
    {"meta", drop},
    {"meter", drop},
    {"nav", convert_block},
    {"noembed", drop},
    {"noframes", drop},
    {"noscript", convert_noscript},
    {"object", convert_object},
    {"ol", convert_list},
    {"optgroup", drop},
    {"option", drop},
    {"output", drop},
    {"p", convert_paragraph},
    {"param", drop},
    {"pre", convert_pre},
    {"progress", drop},
    {"q", convert_quotation},
    {"rp", drop},
    {"rt", convert_reading},
    {"samp", convert_code},
    {"script", drop},
    {"search", convert_block},
    {"section", convert_block},
    {"select", drop},
    {"source", drop},
    {"strong", convert_strong},
    {"style", drop},
    {"sub", convert_raised},
    {"summary", convert_term},
    {"sup", convert_raised},
    {"svg", drop},
    {"table", convert_table},
    {"tbody", convert_block},
    {"td", convert_block},
    {"template", drop},
    {"textarea", drop},
    {"tfoot", convert_block},
    {"th", convert_block},
    {"thead", convert_block},
    {"title", drop},
    {"tr", convert_block},
    {"track", drop},
    {"tt", convert_code},
    {"ul", convert_list},
    {"var", convert_emph},
    {"video", convert_embed},
    {"xmp", convert_pre},
};

static int compare_name(const void *name, const void *tag)
{
    return strcmp(name, ((const struct tag *)tag)->name);
}

static converts *converter_of(const xmlNode *element)
{
    const struct tag *tag = bsearch(element->name, tags, ARRAY_SIZE(tags),
                                    sizeof *tags, compare_name);
    return tag ? tag->convert : convert_span;
}

void convert_node(struct converter *c, const struct style *style,
                  const xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
        builder_text(c->builder, style, str_of((const char *)node->content));
    else if (node->type == XML_ELEMENT_NODE &&
             !(node->properties && element_look(node).is_hidden))
        converter_of(node)(c, style, node);
}

void convert_children(struct converter *c, const struct style *style,
                      const xmlNode *element)
{
    for (const xmlNode *n = element->children; n; n = n->next)
        convert_node(c, style, n);
}

void convert_words(struct converter *c, const struct style *style,
                   struct str words)
{
    builder_boundary(c->builder, style);
    builder_text(c->builder, style, words);
    builder_boundary(c->builder, style);
}

/* ---- the parser ------------------------------------------------------- */

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
    if (!input_check(&html, &cleaned, err))
        return false;
    bool too_deep = false;
    OWNED(free_doc) xmlDoc *doc = parse(html, &too_deep);
    if (too_deep)
        return err_set(err, ERR_INPUT,
                       "HTML nested more than %d elements deep: leave out the "
                       "broken part of the page",
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
