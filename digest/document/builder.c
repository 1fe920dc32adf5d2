/* Builds a tree from what a reader of Markdown or HTML comes upon. */
#include <cmark.h>
#include <stdint.h>
#include <uniwidth.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/images.h"
#include "digest/document/tree_internal.h"

/* ---- the leaf and its words ------------------------------------------- */

void builder_append(struct cmark_node *parent, struct cmark_node *child)
{
    /* The builder only makes children that their parents can have. */
    if (!cmark_node_append_child(parent, child))
        abort();
}

static void flush_run(struct builder *b)
{
    if (!b->run.len)
        return;
    struct cmark_node *node =
        cmark_node_new(b->run_is_code ? CMARK_NODE_CODE : CMARK_NODE_TEXT);
    cmark_node_set_literal(node, strbuf_text(&b->run));
    builder_append(b->spot, node);
    strbuf_cut(&b->run, 0);
}

void builder_close_leaf(struct builder *b)
{
    b->breaks = 0;
    b->has_space = false;
    b->last = 0;
    if (!b->leaf)
        return;
    flush_run(b);
    b->leaf = b->spot = NULL;
    b->open_count = 0;
}

/* Makes a list loose where an item's paragraphs have to be written with <p>. */
static void note_looseness(struct builder *b, const struct style *style)
{
    if (cmark_node_get_type(b->at) != CMARK_NODE_ITEM)
        return;
    struct cmark_node *before = cmark_node_previous(b->leaf);
    if (style->is_paragraph ||
        (before && cmark_node_get_type(before) == CMARK_NODE_PARAGRAPH))
        cmark_node_set_list_tight(cmark_node_parent(b->at), 0);
}

static void open_leaf(struct builder *b, const struct style *style)
{
    builder_close_leaf(b);
    b->leaf = cmark_node_new(style->heading ? CMARK_NODE_HEADING
                                            : CMARK_NODE_PARAGRAPH);
    if (style->heading)
        cmark_node_set_heading_level(b->leaf, (int)style->heading);
    builder_append(b->at, b->leaf);
    b->leaves++;
    b->spot = b->leaf;
    if (!style->heading)
        note_looseness(b, style);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool alike(const struct format *a, const struct format *b)
{
    return a->kind == b->kind && same_text(a->url, b->url) &&
           same_text(a->title, b->title);
}

/* How many of the open formats go on in `style`. Over a gap only those that
 * span it. */
static unsigned shared_formats(const struct builder *b,
                               const struct style *style, bool over_gap)
{
    unsigned n = 0;
    while (n < b->open_count && n < style->format_count) {
        const struct format *open = &b->open[n], *next = &style->formats[n];
        if (!alike(open, next) || (over_gap && open->source != next->source))
            break;
        n++;
    }
    return n;
}

static void close_formats(struct builder *b, unsigned keep)
{
    if (b->open_count == keep)
        return;
    flush_run(b);
    while (b->open_count > keep) {
        b->spot = cmark_node_parent(b->spot);
        b->open_count--;
    }
}

static struct cmark_node *format_node(const struct format *format)
{
    static const cmark_node_type types[] = {
        [FORMAT_EMPH] = CMARK_NODE_EMPH,
        [FORMAT_STRONG] = CMARK_NODE_STRONG,
        [FORMAT_LINK] = CMARK_NODE_LINK,
    };
    struct cmark_node *node = cmark_node_new(types[format->kind]);
    if (format->kind == FORMAT_LINK) {
        cmark_node_set_url(node, format->url);
        cmark_node_set_title(node, format->title ? format->title : "");
    }
    return node;
}

static void open_formats(struct builder *b, const struct style *style)
{
    if (b->open_count < style->format_count)
        flush_run(b);
    while (b->open_count < style->format_count) {
        const struct format *format = &style->formats[b->open_count];
        struct cmark_node *node = format_node(format);
        builder_append(b->spot, node);
        b->spot = node;
        b->open[b->open_count++] = *format;
    }
}

static void begin_run(struct builder *b, bool is_code, const void *source)
{
    if (b->run_is_code != is_code)
        flush_run(b);
    b->run_is_code = is_code;
    b->run_source = source;
}

/* Puts the space or the line break that waits before the next word. */
static void place_gap(struct builder *b, const struct style *style)
{
    if (b->breaks) {
        flush_run(b);
        builder_append(b->spot, cmark_node_new(CMARK_NODE_LINEBREAK));
        return;
    }
    bool within_code = b->run.len && b->run_is_code && style->code &&
                       b->run_source == style->code &&
                       b->open_count == style->format_count;
    if (!within_code)
        begin_run(b, false, NULL);
    strbuf_add_char(&b->run, ' ');
}

/* Between two wide characters a line's end is no space (CSS Text 3 §4.1.3);
 * Korean has spaces. */
static bool is_wide(unsigned c)
{
    bool hangul = (c >= 0x1100 && c <= 0x11ff) ||
                  (c >= 0x3130 && c <= 0x318f) || (c >= 0xac00 && c <= 0xd7ff);
    return c >= 0x2e80 && !hangul && uc_width(c, "UTF-8") == 2;
}

/* Only a cell is opened before its first word comes. */
static bool is_at_start(const struct builder *b)
{
    return !b->leaf || b->breaks ||
           (!b->run.len && !cmark_node_first_child(b->leaf));
}

/* Makes the tree ready for something visible: leaf, gap, formats. `first` is
 * its first character, 0 for an image. */
static void place(struct builder *b, const struct style *style, unsigned first)
{
    if (b->has_space && b->space_has_newline && !b->breaks && is_wide(first) &&
        is_wide(b->last))
        b->has_space = false;
    if (b->leaf && !b->breaks && is_at_start(b))
        b->has_space = false;
    bool splits = b->breaks > 1 && !style->heading;
    if (!b->leaf || splits)
        open_leaf(b, style);
    bool over_gap = b->breaks || b->has_space;
    close_formats(b, shared_formats(b, style, over_gap));
    if (over_gap)
        place_gap(b, style);
    b->breaks = 0;
    b->has_space = false;
    open_formats(b, style);
}

/* ---- words ------------------------------------------------------------ */

/* Blank characters that don't begin a line. */
static bool is_blank(unsigned c)
{
    return c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200b) ||
           c == 0x202f || c == 0x205f;
}

/* How many visible ASCII characters stand at the start. */
static size_t visible_length(struct str text)
{
    size_t length = 0;
    while (length < text.len && text.ptr[length] > 0x20 &&
           text.ptr[length] < 0x7f)
        length++;
    return length;
}

/* The word fit for a reader; its first and last character are told. */
static struct str clean_word(struct builder *b, struct str word, bool at_start,
                             unsigned *first, unsigned *last)
{
    *first = *last = 0;
    unsigned marks = 0;
    strbuf_cut(&b->word, 0);
    for (size_t at = 0; at < word.len;) {
        unsigned c = tree_clean_char(utf8_next(word, &at));
        if (!c || utf8_piles_up(c, &marks) ||
            (at_start && !*first && is_blank(c)))
            continue;
        if (!*first)
            *first = c;
        *last = c;
        strbuf_add_utf8(&b->word, c);
    }
    return strbuf_str(&b->word);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct builder *b, struct str *text)
{
    bool newline = false;
    size_t n = 0;
    for (; n < text->len && is_space(text->ptr[n]); n++)
        newline = newline || text->ptr[n] == '\n';
    if (n && b->leaf) {
        b->space_has_newline =
            newline || (b->has_space && b->space_has_newline);
        b->has_space = true;
    }
    *text = str_from(*text, n);
}

void builder_text(struct builder *b, const struct style *style, struct str text)
{
    for (;;) {
        skip_space(b, &text);
        if (!text.len)
            return;
        size_t plain = visible_length(text);
        struct str word = {text.ptr, plain};
        while (word.len < text.len && !is_space(text.ptr[word.len]))
            word.len++;
        text = str_from(text, word.len);
        unsigned first = (unsigned char)word.ptr[0];
        unsigned last = (unsigned char)word.ptr[word.len - 1];
        if (plain < word.len)
            word = clean_word(b, word, is_at_start(b), &first, &last);
        if (!word.len)
            continue;
        place(b, style, first);
        begin_run(b, style->code != NULL, style->code);
        strbuf_add_str(&b->run, word);
        b->last = last;
    }
}

void builder_break(struct builder *b, const struct style *style)
{
    if (style->is_one_line)
        builder_space(b);
    else if (b->leaf)
        b->breaks++;
}

void builder_space(struct builder *b)
{
    if (!b->leaf)
        return;
    b->has_space = true;
    b->space_has_newline = false;
}

/* A number that the tree has no place for is kept in a pointer of its nodes; an
 * odd number points to nothing. */
static void *number_to_keep(int64_t number)
{
    return (void *)(intptr_t)(number * 2 + 1);
}

static bool kept_number(struct cmark_node *node, int64_t *number)
{
    void *kept = cmark_node_get_user_data(node);
    if (kept)
        *number = ((intptr_t)kept - 1) / 2;
    return kept != NULL;
}

enum { LENGTH_BITS = 15 };
_Static_assert(IMAGE_LENGTH_MAX < 1 << LENGTH_BITS, "two fit in a pointer");

static void keep_size(struct builder *b, struct cmark_node *image,
                      const struct image *picture)
{
    if (!picture->width || picture->width > IMAGE_LENGTH_MAX)
        return;
    unsigned height = picture->height <= IMAGE_LENGTH_MAX ? picture->height : 0;
    cmark_node_set_user_data(
        image, number_to_keep((int64_t)picture->width << LENGTH_BITS | height));
    b->has_extras = true;
}

bool tree_image_size(struct cmark_node *image, unsigned *width,
                     unsigned *height)
{
    int64_t kept = 0;
    bool is_kept = kept_number(image, &kept);
    *width = (unsigned)(kept >> LENGTH_BITS);
    *height = (unsigned)kept & ((1u << LENGTH_BITS) - 1);
    return is_kept;
}

void builder_image(struct builder *b, const struct style *style,
                   const struct image *picture, struct str alt,
                   const char *title)
{
    struct style plain = *style;
    plain.code = NULL; /* so that the space before it isn't code either */
    place(b, &plain, 0);
    flush_run(b);
    struct cmark_node *image = cmark_node_new(CMARK_NODE_IMAGE);
    cmark_node_set_url(image, picture->url);
    cmark_node_set_title(image, title ? title : "");
    keep_size(b, image, picture);
    strbuf_cut(&b->word, 0);
    tree_clean_line(&b->word, alt);
    if (b->word.len) {
        struct cmark_node *text = cmark_node_new(CMARK_NODE_TEXT);
        cmark_node_set_literal(text, strbuf_text(&b->word));
        builder_append(image, text);
    }
    builder_append(b->spot, image);
    b->last = 0;
}

/* ---- blocks ----------------------------------------------------------- */

void builder_boundary(struct builder *b, const struct style *style)
{
    if (style->is_one_line)
        builder_space(b);
    else
        builder_close_leaf(b);
}

static bool last_block_is(const struct builder *b, cmark_node_type type)
{
    struct cmark_node *last = cmark_node_last_child(b->at);
    return last && cmark_node_get_type(last) == type;
}

void builder_rule(struct builder *b)
{
    builder_close_leaf(b);
    if (!last_block_is(b, CMARK_NODE_THEMATIC_BREAK))
        builder_append(b->at, cmark_node_new(CMARK_NODE_THEMATIC_BREAK));
}

/* Trims blank lines from both ends of code. */
static struct str trim_code(struct str code)
{
    size_t start = 0;
    for (size_t i = 0; i < code.len && is_space(code.ptr[i]); i++)
        if (code.ptr[i] == '\n')
            start = i + 1;
    code = str_from(code, start);
    while (code.len && is_space(code.ptr[code.len - 1]))
        code.len--;
    return code;
}

void builder_code_block(struct builder *b, struct str code, const char *info)
{
    builder_close_leaf(b);
    code = trim_code(code);
    if (!code.len)
        return;
    OWNED(strbuf_free) struct strbuf literal = STRBUF_INIT;
    strbuf_add_str(&literal, code);
    strbuf_add_char(&literal, '\n');
    struct cmark_node *node = cmark_node_new(CMARK_NODE_CODE_BLOCK);
    cmark_node_set_literal(node, strbuf_text(&literal));
    cmark_node_set_fence_info(node, info ? info : "");
    builder_append(b->at, node);
}

static struct cmark_node *container_node(enum container kind, int start)
{
    static const cmark_node_type types[] = {
        [CONTAINER_QUOTE] = CMARK_NODE_BLOCK_QUOTE,
        [CONTAINER_BULLETS] = CMARK_NODE_LIST,
        [CONTAINER_NUMBERS] = CMARK_NODE_LIST,
        [CONTAINER_ITEM] = CMARK_NODE_ITEM,
    };
    struct cmark_node *node = cmark_node_new(types[kind]);
    if (kind == CONTAINER_BULLETS)
        cmark_node_set_list_type(node, CMARK_BULLET_LIST);
    if (kind == CONTAINER_NUMBERS) {
        cmark_node_set_list_type(node, CMARK_ORDERED_LIST);
        cmark_node_set_list_delim(node, CMARK_PERIOD_DELIM);
        cmark_node_set_list_start(node, start);
    }
    if (types[kind] == CMARK_NODE_LIST)
        cmark_node_set_list_tight(node, 1);
    return node;
}

struct cmark_node *builder_open(struct builder *b, enum container kind,
                                int start)
{
    builder_close_leaf(b);
    bool is_list = kind == CONTAINER_BULLETS || kind == CONTAINER_NUMBERS;
    if (b->depth + (is_list ? 2 : 1) > TREE_DEPTH_MAX)
        return NULL;
    struct cmark_node *node = container_node(kind, start);
    builder_append(b->at, node);
    b->at = node;
    b->depth++;
    return node;
}

bool builder_close(struct builder *b, struct cmark_node *container)
{
    builder_close_leaf(b);
    if (!container)
        return false;
    b->at = cmark_node_parent(container);
    b->depth--;
    if (cmark_node_first_child(container))
        return true;
    cmark_node_free(container);
    return false;
}

bool tree_item_number(struct cmark_node *item, int following, int *number)
{
    int64_t kept = following;
    bool is_kept = kept_number(item, &kept);
    *number = (int)kept;
    return is_kept;
}

void builder_number(struct builder *b, struct cmark_node *item, int following,
                    int number)
{
    if (number == following)
        return;
    if (!cmark_node_previous(item) && number >= 0) {
        cmark_node_set_list_start(cmark_node_parent(item), number);
        return;
    }
    cmark_node_set_user_data(item, number_to_keep(number));
    b->has_extras = true;
}

struct cmark_node *builder_last_item(struct builder *b, struct cmark_node *list)
{
    struct cmark_node *item = cmark_node_last_child(list);
    if (!item)
        return builder_open(b, CONTAINER_ITEM, 0);
    builder_close_leaf(b);
    b->at = item;
    b->depth++;
    return item;
}

struct cmark_node *builder_reopen_list(struct builder *b)
{
    builder_close_leaf(b);
    if (!last_block_is(b, CMARK_NODE_LIST))
        return NULL;
    b->at = cmark_node_last_child(b->at);
    b->depth++;
    return b->at;
}

static bool ends_in_image(struct cmark_node *leaf)
{
    struct cmark_node *last = cmark_node_last_child(leaf);
    while (last && cmark_node_get_type(last) != CMARK_NODE_IMAGE)
        last = cmark_node_last_child(last);
    return last != NULL;
}

bool builder_reopen_image(struct builder *b)
{
    builder_close_leaf(b);
    if (!last_block_is(b, CMARK_NODE_PARAGRAPH) ||
        !ends_in_image(cmark_node_last_child(b->at)))
        return false;
    b->leaf = b->spot = cmark_node_last_child(b->at);
    b->breaks = 1;
    return true;
}

/* ---- from beginning to end -------------------------------------------- */

void builder_init(struct builder *b)
{
    *b = (struct builder){0};
    b->root = b->at = cmark_node_new(CMARK_NODE_DOCUMENT);
}

void builder_free(struct builder *b)
{
    strbuf_free(&b->run);
    strbuf_free(&b->word);
    if (b->root)
        cmark_node_free(b->root);
    *b = (struct builder){0};
}

struct document *builder_finish(struct builder *b)
{
    builder_close_leaf(b);
    struct document *document = MEM_NEW(struct document);
    document->root = TAKE(b->root);
    document->has_extras = b->has_extras;
    return document;
}
