/* Selectors: reading and matching them. */
#include "digest/renderer/css_sheet_internal.h"

#include "digest/base/mem.h"

enum { COMPOUNDS_MAX = 32, WEIGHT_MAX = 255 };

struct selector_reader {
    struct str text;
    size_t at;
    struct arena *arena;
    unsigned ids, classes, types; /* the specificity */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           (unsigned char)c >= 0x80;
}

static char peek(const struct selector_reader *r)
{
    return r->at < r->text.len ? r->text.ptr[r->at] : '\0';
}

static struct str read_word(struct selector_reader *r)
{
    size_t start = r->at;
    while (r->at < r->text.len && is_word_char(r->text.ptr[r->at]))
        r->at++;
    return (struct str){r->text.ptr + start, r->at - start};
}

/* Adds to an array in the arena. */
static void *grow(struct arena *arena, void *items, size_t count,
                  size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 4;
    void *grown = arena_new(arena, *capacity, size);
    if (count)
        memcpy(grown, items, count * size);
    return grown;
}

/* ---- reading --------------------------------------------------------- */

static enum css_use read_class(struct selector_reader *r,
                               struct css_compound *c)
{
    r->at++;
    struct str word = read_word(r);
    if (word.len == 0)
        return peek(r) == '\\' ? CSS_KEPT : CSS_UNREADABLE;
    c->classes = grow(r->arena, c->classes, c->class_count, &c->class_capacity,
                      sizeof *c->classes);
    c->classes[c->class_count++] = word;
    r->classes++;
    return CSS_INLINE;
}

static enum css_use read_id(struct selector_reader *r, struct css_compound *c)
{
    r->at++;
    struct str word = read_word(r);
    if (word.len == 0)
        return peek(r) == '\\' ? CSS_KEPT : CSS_UNREADABLE;
    r->ids++;
    if (c->id.len && !str_equal(c->id, word))
        return CSS_KEPT;
    c->id = word;
    return CSS_INLINE;
}

static struct str unquote(struct str value)
{
    if (value.len >= 2 && (value.ptr[0] == '"' || value.ptr[0] == '\'') &&
        value.ptr[value.len - 1] == value.ptr[0])
        return (struct str){value.ptr + 1, value.len - 2};
    return value;
}

/* [name], [name=value], [name~="value" i]. Those that Outlook on the web
 * sets on what it shows (data-ogsc and others) only a client can match. */
static enum css_use read_attribute(struct selector_reader *r,
                                   struct css_compound *c)
{
    size_t end = css_step(r->text, r->at);
    struct str inside = {r->text.ptr + r->at + 1, end - r->at - 1};
    if (inside.len == 0 || inside.ptr[inside.len - 1] != ']')
        return CSS_UNREADABLE;
    inside.len--;
    r->at = end;
    r->classes++;
    struct css_attribute_test test = {0};
    struct str rest = inside;
    struct str name = str_cut(&rest, '=');
    if (name.len < inside.len && name.len &&
        strchr("~|^$*", name.ptr[name.len - 1])) {
        test.relation = name.ptr[name.len - 1];
        name.len--;
    } else if (name.len < inside.len) {
        test.relation = '=';
    }
    test.name = str_trim(name);
    rest = str_trim(rest);
    test.ignores_case = str_ends(rest, STR(" i"));
    if (test.ignores_case)
        rest = str_trim((struct str){rest.ptr, rest.len - 2});
    test.value = unquote(rest);
    for (size_t i = 0; i < test.name.len; i++)
        if (!is_word_char(test.name.ptr[i]) && test.name.ptr[i] != ':')
            return CSS_UNREADABLE;
    if (test.name.len == 0)
        return CSS_UNREADABLE;
    c->tests = grow(r->arena, c->tests, c->test_count, &c->test_capacity,
                    sizeof *c->tests);
    c->tests[c->test_count++] = test;
    return str_starts_nocase(test.name, STR("data-og")) ? CSS_KEPT : CSS_INLINE;
}

static enum css_use read_pseudo(struct selector_reader *r,
                                struct css_compound *c)
{
    r->at++;
    bool is_element = peek(r) == ':';
    r->at += is_element;
    struct str word = read_word(r);
    if (word.len == 0)
        return CSS_UNREADABLE;
    if (peek(r) == '(')
        r->at = css_step(r->text, r->at);
    else if (!is_element && str_equal(word, STR("first-child"))) {
        c->is_first_child = true;
        r->classes++;
        return CSS_INLINE;
    }
    return CSS_KEPT;
}

static enum css_use read_part(struct selector_reader *r, struct css_compound *c)
{
    switch (peek(r)) {
    case '.':
        return read_class(r, c);
    case '#':
        return read_id(r, c);
    case '[':
        return read_attribute(r, c);
    case ':':
        return read_pseudo(r, c);
    case '\\':
        r->at += 2;
        return CSS_KEPT;
    default:
        return CSS_UNREADABLE;
    }
}

static bool ends_compound(char c)
{
    return c == '\0' || is_blank(c) || c == '>' || c == '+' || c == '~';
}

static enum css_use worse(enum css_use a, enum css_use b)
{
    return a > b ? a : b;
}

static enum css_use read_compound(struct selector_reader *r,
                                  struct css_compound *c)
{
    size_t start = r->at;
    enum css_use use = CSS_INLINE;
    if (peek(r) == '*') {
        r->at++;
    } else if (is_word_char(peek(r))) {
        c->type = read_word(r);
        r->types++;
    }
    while (r->at < r->text.len && !ends_compound(peek(r)) &&
           use != CSS_UNREADABLE) {
        if (is_word_char(peek(r)) && use == CSS_KEPT)
            read_word(r);
        else
            use = worse(use, read_part(r, c));
    }
    return r->at == start ? CSS_UNREADABLE : use;
}

/* The combinator before the next compound: ' ', '>', '+', '~'. */
static char read_combinator(struct selector_reader *r)
{
    char combinator = ' ';
    while (is_blank(peek(r)))
        r->at++;
    if (peek(r) == '>' || peek(r) == '+' || peek(r) == '~') {
        combinator = r->text.ptr[r->at++];
        while (is_blank(peek(r)))
            r->at++;
    }
    return combinator;
}

static unsigned capped(unsigned count)
{
    return count < WEIGHT_MAX ? count : WEIGHT_MAX;
}

static uint64_t names_of(const struct css_compound *c)
{
    uint64_t names = 0;
    if (c->type.len)
        names |= css_name_bit('t', c->type);
    if (c->id.len)
        names |= css_name_bit('#', c->id);
    for (size_t i = 0; i < c->class_count; i++)
        names |= css_name_bit('.', c->classes[i]);
    return names;
}

enum css_use css_selector_parse(struct str text, struct arena *arena,
                                struct css_selector *out)
{
    struct selector_reader r = {.text = str_trim(text), .arena = arena};
    enum css_use use = CSS_INLINE;
    struct css_compound *outer = NULL;
    char combinator = '\0';
    unsigned compounds = 0;
    do {
        struct css_compound *compound = ARENA_NEW(arena, struct css_compound);
        compound->outer = outer;
        compound->combinator = combinator;
        use = worse(use, read_compound(&r, compound));
        outer = compound;
        if (use == CSS_UNREADABLE || ++compounds > COMPOUNDS_MAX)
            return CSS_UNREADABLE;
        if (r.at >= r.text.len)
            break;
        combinator = read_combinator(&r);
        if (combinator == '+' || combinator == '~')
            use = CSS_KEPT;
    } while (true);
    out->key = outer;
    for (const struct css_compound *c = outer->outer; c; c = c->outer)
        out->outer_names |= names_of(c);
    out->specificity =
        capped(r.ids) << 16 | capped(r.classes) << 8 | capped(r.types);
    return use;
}

/* ---- matching -------------------------------------------------------- */

unsigned css_name_hash(char kind, struct str word)
{
    unsigned hash = 2166136261u ^ (unsigned char)kind;
    for (size_t i = 0; i < word.len; i++)
        hash = (hash ^ ((unsigned char)word.ptr[i] | 0x20u)) * 16777619u;
    return hash ^ hash >> 15;
}

uint64_t css_name_bit(char kind, struct str word)
{
    return (uint64_t)1 << css_name_hash(kind, word) % 64;
}

struct str css_next_class(struct str *classes)
{
    const char *at = classes->ptr, *end = at + classes->len;
    while (at < end && is_blank(*at))
        at++;
    const char *begin = at;
    while (at < end && !is_blank(*at))
        at++;
    *classes = (struct str){at, (size_t)(end - at)};
    return (struct str){begin, (size_t)(at - begin)};
}

static bool has_word(struct str words, struct str word, bool nocase)
{
    struct str one;
    while ((one = css_next_class(&words)).len)
        if (nocase ? str_equal_nocase(one, word) : str_equal(one, word))
            return true;
    return false;
}

static bool contains(struct str text, struct str part, bool nocase)
{
    for (; text.len >= part.len; text = str_from(text, 1))
        if (nocase ? str_starts_nocase(text, part) : str_starts(text, part))
            return true;
    return false;
}

static bool value_matches(const struct css_attribute_test *test,
                          struct str value)
{
    bool nocase = test->ignores_case;
    struct str want = test->value;
    bool starts =
        nocase ? str_starts_nocase(value, want) : str_starts(value, want);
    switch (test->relation) {
    case '\0':
        return true;
    case '=':
        return starts && value.len == want.len;
    case '~':
        return has_word(value, want, nocase);
    case '|':
        return starts && (value.len == want.len || value.ptr[want.len] == '-');
    case '^':
        return want.len && starts;
    case '$':
        return want.len && value.len >= want.len &&
               contains(str_from(value, value.len - want.len), want, nocase);
    default:
        return want.len && contains(value, want, nocase);
    }
}

static bool test_matches(const struct css_attribute_test *test,
                         const struct css_element *element)
{
    for (size_t i = 0; i < element->attribute_count; i++) {
        const struct css_attribute *attribute = &element->attributes[i];
        if (str_equal_nocase(attribute->name, test->name))
            return value_matches(test, attribute->value);
    }
    return false;
}

static bool compound_matches(const struct css_compound *c,
                             const struct css_element *element)
{
    if ((c->type.len && !str_equal_nocase(c->type, element->name)) ||
        (c->id.len && !str_equal(c->id, element->id)) ||
        (c->is_first_child && !element->is_first_child))
        return false;
    for (size_t i = 0; i < c->class_count; i++)
        if (!has_word(element->classes, c->classes[i], false))
            return false;
    for (size_t i = 0; i < c->test_count; i++)
        if (!test_matches(&c->tests[i], element))
            return false;
    return true;
}

/* Whether looking further out can still help. */
enum match { MATCH, MISS_HERE, MISS_EVERYWHERE };

static enum match match(const struct css_compound *c,
                        const struct css_element *elements, size_t count)
{
    if (count == 0)
        return MISS_EVERYWHERE;
    if (!compound_matches(c, &elements[count - 1]))
        return MISS_HERE;
    if (!c->outer)
        return MATCH;
    if (c->combinator == '>')
        return match(c->outer, elements, count - 1);
    while (--count > 0) {
        enum match outer = match(c->outer, elements, count);
        if (outer != MISS_HERE)
            return outer;
    }
    return MISS_EVERYWHERE;
}

bool css_selector_matches(const struct css_selector *selector,
                          const struct css_element *elements, size_t count)
{
    uint64_t names = count > 1 ? elements[count - 2].names : 0;
    return (selector->outer_names & ~names) == 0 &&
           match(selector->key, elements, count) == MATCH;
}
