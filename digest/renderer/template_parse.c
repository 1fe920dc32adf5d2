/* From tokens to nodes: nesting, standalone tags, indentation. */
#include "digest/renderer/template_nodes_internal.h"

#include "digest/base/mem.h"

enum { NESTING_MAX = 100 };

/* A tag that waits for its end. `margin` is the indentation in the source
 * that its content's lines lose. */
struct opened {
    struct node *node;
    struct str margin;
    struct node *blank; /* the white space in front of it on its line */
    bool is_left_clear;
};

struct parser {
    struct template *template;
    struct template_token *tokens;
    size_t count;
    struct opened stack[NESTING_MAX + 1];
    unsigned depth;
    bool line_begins;   /* the next node is the first of its line */
    struct node *blank; /* the last node, where it is a line's margin */
};

static bool fail(const struct parser *p, const struct template_token *token,
                 struct err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "%s:%u:%u: %s", p->template->file,
                   token->line, token->column, what);
}

/* ---- what stands beside a tag ---------------------------------------- */

static bool ends_line(const struct template_token *token)
{
    return token->sigil == TOKEN_TEXT && str_ends(token->text, STR("\n"));
}

static bool is_blank(const struct template_token *token)
{
    return token->sigil == TOKEN_TEXT && str_trim(token->text).len == 0;
}

/* Whether nothing but white space stands before it on its line. */
static bool is_left_clear(const struct parser *p, size_t at)
{
    if (at == 0 || ends_line(&p->tokens[at - 1]))
        return true;
    return is_blank(&p->tokens[at - 1]) &&
           (at == 1 || ends_line(&p->tokens[at - 2]));
}

static bool is_right_clear(const struct parser *p, size_t at)
{
    if (at + 1 == p->count)
        return true;
    const struct template_token *next = &p->tokens[at + 1];
    return is_blank(next) && (ends_line(next) || at + 2 == p->count);
}

/* The white space before a tag that is left clear. */
static struct str margin_before(const struct parser *p, size_t at)
{
    if (at == 0 || ends_line(&p->tokens[at - 1]))
        return STR("");
    return p->tokens[at - 1].text;
}

static void skip_left(struct parser *p, size_t at)
{
    if (at > 0 && !ends_line(&p->tokens[at - 1]))
        p->tokens[at - 1].is_skipped = true;
}

static void skip_right(struct parser *p, size_t at)
{
    if (at + 1 < p->count)
        p->tokens[at + 1].is_skipped = true;
}

/* A tag alone on its line takes the line with it. Blocks and parents have
 * more rules, since a block is a template within the template: the line end
 * after a block's tag is never content, whatever stands before the tag. */
static bool is_settled_by_line(char sigil)
{
    return sigil == '#' || sigil == '^' || sigil == '!' || sigil == '=' ||
           sigil == '>' || sigil == '/';
}

static bool stands_alone(const struct parser *p, size_t at)
{
    return is_left_clear(p, at) && is_right_clear(p, at);
}

static void settle_white_space(struct parser *p)
{
    for (size_t at = 0; at < p->count; at++) {
        char sigil = p->tokens[at].sigil;
        if (is_settled_by_line(sigil) && stands_alone(p, at)) {
            skip_left(p, at);
            skip_right(p, at);
        } else if (sigil == '$' && is_right_clear(p, at)) {
            skip_right(p, at);
            if (is_left_clear(p, at))
                skip_left(p, at);
        }
    }
}

/* ---- nodes ----------------------------------------------------------- */

static struct opened *innermost(struct parser *p)
{
    return &p->stack[p->depth];
}

static struct node *add(struct parser *p, enum node_kind kind,
                        const struct template_token *token)
{
    struct node *parent = innermost(p)->node;
    struct node *node = ARENA_NEW(&p->template->arena, struct node);
    node->kind = kind;
    node->text = token->text;
    node->line = token->line;
    node->column = token->column;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

static void begin_line(struct parser *p, const struct template_token *token)
{
    if (p->line_begins)
        add(p, NODE_LINE, token);
    p->line_begins = false;
}

/* White space without the margin, as far as it is there. */
static struct str without_margin(struct str space, struct str margin)
{
    size_t n = 0;
    while (n < space.len && n < margin.len && space.ptr[n] == margin.ptr[n])
        n++;
    return str_from(space, n);
}

static void add_text(struct parser *p, size_t at)
{
    struct template_token token = p->tokens[at];
    bool first = at == 0 || ends_line(&p->tokens[at - 1]);
    p->blank = NULL;
    if (first) {
        bool is_empty = is_blank(&token) && ends_line(&token);
        p->line_begins = !is_empty;
        token.text = without_margin(token.text, innermost(p)->margin);
    }
    begin_line(p, &token);
    if (token.text.len == 0)
        return;
    struct node *node = add(p, NODE_TEXT, &token);
    if (first && is_blank(&token))
        p->blank = node;
}

static bool check_part(struct str part)
{
    for (size_t i = 0; i < part.len; i++) {
        unsigned char c = (unsigned char)part.ptr[i];
        if (c <= ' ' || c == 0x7f)
            return false;
    }
    return part.len > 0;
}

static bool name_node(struct parser *p, struct node *node,
                      const struct template_token *token, struct err *err)
{
    struct str name = token->text;
    bool may_be_dynamic = token->sigil == '>' || token->sigil == '<';
    if (may_be_dynamic && str_starts(name, STR("*"))) {
        node->is_dynamic = true;
        name = str_trim(str_from(name, 1));
    }
    node->text = name;
    if (str_equal(name, STR(".")))
        return true;
    bool has_parts =
        node->is_dynamic || !(may_be_dynamic || token->sigil == '$');
    size_t parts = 1;
    for (size_t i = 0; has_parts && i < name.len; i++)
        parts += name.ptr[i] == '.';
    node->parts = ARENA_NEW_ARRAY(&p->template->arena, struct str, parts);
    node->part_count = parts;
    for (size_t i = 0; i < parts; i++) {
        node->parts[i] = has_parts ? str_cut(&name, '.') : name;
        if (!check_part(node->parts[i]))
            return fail(p, token, err,
                        "a tag needs a name: words without white space, "
                        "joined by dots");
    }
    return true;
}

/* ---- opening --------------------------------------------------------- */

/* The margin of a block's content: that of its first line, or of the tag
 * where there is none. */
static struct str margin_of_content(const struct parser *p, size_t at)
{
    struct str own =
        is_left_clear(p, at) ? margin_before(p, at) : p->stack[p->depth].margin;
    if (!is_right_clear(p, at))
        return own;
    for (size_t i = at + 2; i < p->count; i++) {
        const struct template_token *token = &p->tokens[i];
        if (is_blank(token) && ends_line(token))
            continue;
        size_t tag = is_blank(token) ? i + 1 : i;
        if (tag >= p->count)
            break;
        if (p->tokens[tag].sigil == '/')
            return own;
        if (p->tokens[tag].sigil != TOKEN_TEXT)
            return margin_before(p, tag);
        size_t n = 0;
        while (n < token->text.len &&
               (token->text.ptr[n] == ' ' || token->text.ptr[n] == '\t'))
            n++;
        return (struct str){token->text.ptr, n};
    }
    return own;
}

static bool open_tag(struct parser *p, enum node_kind kind, size_t at,
                     struct err *err)
{
    const struct template_token *token = &p->tokens[at];
    if (p->depth == NESTING_MAX)
        return fail(p, token, err, "more than 100 tags are open here");
    struct opened opened = {.margin = innermost(p)->margin,
                            .blank = p->blank,
                            .is_left_clear = is_left_clear(p, at)};
    if (kind == NODE_BLOCK)
        opened.margin = margin_of_content(p, at);
    struct node *node = add(p, kind, token);
    if (!name_node(p, node, token, err))
        return false;
    if (kind == NODE_BLOCK) {
        node->is_standalone = stands_alone(p, at);
        node->indent = without_margin(opened.margin, innermost(p)->margin);
    }
    opened.node = node;
    p->stack[++p->depth] = opened;
    return true;
}

/* ---- closing --------------------------------------------------------- */

/* White space within the name of an end tag doesn't count after a star. */
static bool names_match(const struct node *node, struct str name)
{
    if (node->is_dynamic) {
        if (!str_starts(name, STR("*")))
            return false;
        name = str_trim(str_from(name, 1));
    }
    return str_equal(node->text, name);
}

/* A parent has its lines to itself where nothing stands before its tag and
 * nothing after its end; what stands between is left out anyway. */
static void close_parent(struct parser *p, const struct opened *opened,
                         size_t at)
{
    if (!opened->is_left_clear || !is_right_clear(p, at))
        return;
    skip_right(p, at);
    opened->node->is_standalone = true;
    if (!opened->blank)
        return;
    opened->node->indent = opened->blank->text;
    opened->blank->text = STR("");
}

/* The end of a block that begins its line takes the white space before it
 * away, even where something follows. */
static void close_block(struct parser *p, size_t at)
{
    if (!is_left_clear(p, at) || !p->blank)
        return;
    p->blank->text = STR("");
}

static bool close_tag(struct parser *p, size_t at, struct err *err)
{
    const struct template_token *token = &p->tokens[at];
    if (p->depth == 0)
        return err_set(err, ERR_INPUT,
                       "%s:%u:%u: \"%.*s\" ends here, but was not begun",
                       p->template->file, token->line, token->column,
                       STR_ARG(token->text));
    struct opened opened = p->stack[p->depth];
    const struct node *node = opened.node;
    if (!names_match(node, token->text))
        return err_set(err, ERR_INPUT,
                       "%s:%u:%u: \"%.*s\" ends here, but \"%s%.*s\", begun "
                       "in line %u, has to end before it",
                       p->template->file, token->line, token->column,
                       STR_ARG(token->text), node->is_dynamic ? "*" : "",
                       STR_ARG(node->text), node->line);
    if (node->kind == NODE_PARENT)
        close_parent(p, &opened, at);
    else if (node->kind == NODE_BLOCK)
        close_block(p, at);
    p->depth--;
    return true;
}

/* ---- one token ------------------------------------------------------- */

static bool add_leaf(struct parser *p, enum node_kind kind, size_t at,
                     struct err *err)
{
    const struct template_token *token = &p->tokens[at];
    struct node *node = add(p, kind, token);
    if (kind == NODE_PARTIAL && stands_alone(p, at)) {
        node->is_standalone = true;
        node->indent =
            without_margin(margin_before(p, at), innermost(p)->margin);
    }
    return name_node(p, node, token, err);
}

/* The tag begins its line if its line isn't all its own: then there is
 * something to indent. */
static void begin_line_at_tag(struct parser *p, size_t at)
{
    const struct template_token *token = &p->tokens[at];
    bool takes_line = is_settled_by_line(token->sigil) && stands_alone(p, at);
    bool opens_block =
        token->sigil == '$' && is_left_clear(p, at) && is_right_clear(p, at);
    if (at == 0 || ends_line(&p->tokens[at - 1]))
        p->line_begins = true;
    if (takes_line || opens_block)
        p->line_begins = false;
    else
        begin_line(p, token);
}

static bool parse_tag(struct parser *p, size_t at, struct err *err)
{
    begin_line_at_tag(p, at);
    bool good = true;
    switch (p->tokens[at].sigil) {
    case '#':
        good = open_tag(p, NODE_SECTION, at, err);
        break;
    case '^':
        good = open_tag(p, NODE_INVERTED, at, err);
        break;
    case '<':
        good = open_tag(p, NODE_PARENT, at, err);
        break;
    case '$':
        good = open_tag(p, NODE_BLOCK, at, err);
        break;
    case '/':
        good = close_tag(p, at, err);
        break;
    case '>':
        good = add_leaf(p, NODE_PARTIAL, at, err);
        break;
    case '&':
        good = add_leaf(p, NODE_RAW, at, err);
        break;
    case TOKEN_VARIABLE:
        good = add_leaf(p, NODE_VARIABLE, at, err);
        break;
    }
    p->blank = NULL;
    return good;
}

static bool parse(struct parser *p, struct err *err)
{
    settle_white_space(p);
    for (size_t at = 0; at < p->count; at++) {
        if (p->tokens[at].is_skipped)
            continue;
        if (p->tokens[at].sigil == TOKEN_TEXT)
            add_text(p, at);
        else if (!parse_tag(p, at, err))
            return false;
    }
    if (p->depth == 0)
        return true;
    const struct node *open = innermost(p)->node;
    return err_set(err, ERR_INPUT,
                   "%s:%u:%u: \"%s%.*s\" begins here and never ends",
                   p->template->file, open->line, open->column,
                   open->is_dynamic ? "*" : "", STR_ARG(open->text));
}

static void free_tokens(struct token_list *list)
{
    free(list->items);
}

bool template_compile(struct str source, const char *file,
                      struct template **out, struct err *err)
{
    OWNED(template_release)
    struct template *template = MEM_NEW(struct template);
    template->file = arena_copy(&template->arena, file);
    struct str copy = {arena_copy_str(&template->arena, source), source.len};
    OWNED(free_tokens) struct token_list tokens = {0};
    if (!template_scan(copy, template->file, &tokens, err))
        return false;
    struct parser parser = {
        .template = template, .tokens = tokens.items, .count = tokens.count};
    parser.stack[0] = (struct opened){.node = &template->root};
    if (!parse(&parser, err))
        return false;
    *out = TAKE(template);
    return true;
}

void template_free(struct template *template)
{
    if (!template)
        return;
    arena_free(&template->arena);
    free(template);
}

void template_release(struct template **template)
{
    template_free(*template);
    *template = NULL;
}
