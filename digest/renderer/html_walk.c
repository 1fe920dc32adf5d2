/* Walks HTML from start tag to start tag, tracking the open elements. */
#include "digest/renderer/html_walk_internal.h"

#include <stdlib.h>

#include "digest/base/mem.h"

enum { DEPTH_MAX = 512 };

static const char *const void_elements[] = {
    "area", "base",  "br",   "col",   "embed",  "hr",    "img",
    "link", "input", "meta", "param", "source", "track", "wbr"};

static const char *const raw_elements[] = {"style", "script", "title",
                                           "textarea"};

/* Elements that end where the next of their kind begins. */
static const struct {
    const char *begins, *ends[3];
} implied_ends[] = {
    {"li", {"li"}},         {"tr", {"td", "th", "tr"}},
    {"td", {"td", "th"}},   {"th", {"td", "th"}},
    {"option", {"option"}}, {"dt", {"dt", "dd"}},
    {"dd", {"dt", "dd"}},   {"p", {"p"}},
};

static bool is_one_of(struct str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(name, str_of(names[i])))
            return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- the open elements ----------------------------------------------- */

static void close_last(struct html_walk *w)
{
    w->depth--;
}

static void imply_ends(struct html_walk *w, struct str name)
{
    for (size_t i = 0; i < ARRAY_SIZE(implied_ends); i++) {
        if (!str_equal_nocase(name, str_of(implied_ends[i].begins)))
            continue;
        for (int e = 0; e < 3 && implied_ends[i].ends[e]; e++)
            if (w->depth && str_equal_nocase(w->open[w->depth - 1].name,
                                             str_of(implied_ends[i].ends[e])))
                close_last(w);
    }
}

static void close_named(struct html_walk *w, struct str name)
{
    for (size_t depth = w->depth; depth > 0; depth--) {
        if (!str_equal_nocase(w->open[depth - 1].name, name))
            continue;
        w->depth = depth - 1;
        return;
    }
}

/* Opens an element; elements deeper than anyone writes stay at one depth. */
static struct css_element *open_element(struct html_walk *w, struct str name)
{
    imply_ends(w, name);
    if (w->depth == DEPTH_MAX)
        close_last(w);
    if (w->depth + 1 >= w->capacity) {
        size_t capacity = w->capacity ? w->capacity * 2 : 32;
        w->open = mem_resize(w->open, capacity, sizeof *w->open);
        w->children = mem_resize(w->children, capacity, sizeof *w->children);
        if (!w->capacity)
            w->children[0] = 0;
        w->capacity = capacity;
    }
    struct css_element *element = &w->open[w->depth];
    *element = (struct css_element){
        .name = name, .is_first_child = w->children[w->depth]++ == 0};
    w->children[++w->depth] = 0;
    return element;
}

/* ---- tags ------------------------------------------------------------ */

static size_t skip_blanks(struct str html, size_t at)
{
    while (at < html.len && is_blank(html.ptr[at]))
        at++;
    return at;
}

static size_t end_of_name(struct str html, size_t at)
{
    while (at < html.len && !is_blank(html.ptr[at]) && html.ptr[at] != '>' &&
           html.ptr[at] != '/' && html.ptr[at] != '=')
        at++;
    return at;
}

static size_t read_value(struct str html, size_t at, struct str *value)
{
    char quote = at < html.len ? html.ptr[at] : '\0';
    if (quote == '"' || quote == '\'') {
        struct str rest = str_from(html, at + 1);
        size_t end = str_find(rest, quote);
        *value = (struct str){rest.ptr, end};
        return at + 1 + end + (end < rest.len);
    }
    size_t start = at;
    while (at < html.len && !is_blank(html.ptr[at]) && html.ptr[at] != '>')
        at++;
    *value = (struct str){html.ptr + start, at - start};
    return at;
}

/* The attribute at `at`; its end. */
static size_t read_attribute(struct str html, size_t at,
                             struct css_attribute *out)
{
    size_t end = end_of_name(html, at);
    if (end == at)
        end++; /* a stray = or the like */
    *out = (struct css_attribute){
        .name = {html.ptr + at, end - at}, .value = STR(""), .start = at};
    size_t equals = skip_blanks(html, end);
    if (equals < html.len && html.ptr[equals] == '=')
        end = read_value(html, skip_blanks(html, equals + 1), &out->value);
    out->end = end;
    return end;
}

static void add_attribute(struct html_walk *w, struct css_element *element,
                          struct css_attribute **items, size_t *capacity,
                          const struct css_attribute *attribute)
{
    if (element->attribute_count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 4;
        struct css_attribute *grown =
            ARENA_NEW_ARRAY(w->arena, struct css_attribute, *capacity);
        if (element->attribute_count)
            memcpy(grown, *items, element->attribute_count * sizeof *grown);
        *items = grown;
        element->attributes = grown;
    }
    (*items)[element->attribute_count++] = *attribute;
    if (str_equal_nocase(attribute->name, STR("class")))
        element->classes = attribute->value;
    else if (str_equal_nocase(attribute->name, STR("id")))
        element->id = attribute->value;
}

/* Reads a start tag; false where it never ends, and so is none. */
static bool read_start_tag(struct html_walk *w, size_t start)
{
    size_t at = end_of_name(w->html, start + 1);
    struct str name = {w->html.ptr + start + 1, at - start - 1};
    struct css_element element = {.classes = STR(""), .id = STR("")};
    struct css_attribute *attributes = NULL;
    size_t capacity = 0, insert_at = at;
    bool slash = false;
    for (;;) {
        at = skip_blanks(w->html, at);
        if (at >= w->html.len)
            return false;
        if (w->html.ptr[at] == '>')
            break;
        slash = w->html.ptr[at] == '/';
        if (slash) {
            at++;
            continue;
        }
        struct css_attribute attribute;
        at = insert_at = read_attribute(w->html, at, &attribute);
        add_attribute(w, &element, &attributes, &capacity, &attribute);
    }
    struct css_element *opened = open_element(w, name);
    element.name = name;
    element.is_first_child = opened->is_first_child;
    *opened = element;
    w->tag_start = start;
    w->tag_end = at + 1;
    w->insert_at = insert_at;
    w->closes_itself =
        slash || is_one_of(name, void_elements, ARRAY_SIZE(void_elements));
    return true;
}

/* ---- between tags ---------------------------------------------------- */

/* The place behind the end tag of an element whose text isn't markup. */
static size_t end_of_raw(const struct html_walk *w, struct str name, size_t at)
{
    for (; at + 2 + name.len <= w->html.len; at++) {
        struct str rest = str_from(w->html, at);
        if (!str_starts(rest, STR("</")))
            continue;
        if (str_starts_nocase(str_from(rest, 2), name))
            return at;
    }
    return w->html.len;
}

static size_t behind(struct str html, size_t from, struct str mark)
{
    size_t found = str_find_str(str_from(html, from), mark);
    return from + found < html.len ? from + found + mark.len : html.len;
}

/* Passes what begins with < and isn't a start tag. */
static size_t pass_markup(struct html_walk *w, size_t at)
{
    struct str rest = str_from(w->html, at);
    if (str_starts(rest, STR("<!--")))
        return behind(w->html, at + 2, STR("-->"));
    if (str_starts(rest, STR("<!")) || str_starts(rest, STR("<?")))
        return behind(w->html, at, STR(">"));
    if (rest.len > 2 && rest.ptr[1] == '/' && is_letter(rest.ptr[2])) {
        size_t end = end_of_name(w->html, at + 2);
        close_named(w, (struct str){rest.ptr + 2, end - at - 2});
        return behind(w->html, end, STR(">"));
    }
    return at + 1;
}

bool html_walk_style(const struct html_walk *w, struct str *inside)
{
    struct str name = w->open[w->depth - 1].name;
    if (!str_equal_nocase(name, STR("style")) || w->closes_itself)
        return false;
    size_t end = end_of_raw(w, name, w->tag_end);
    *inside = (struct str){w->html.ptr + w->tag_end, end - w->tag_end};
    return true;
}

static void leave_tag(struct html_walk *w)
{
    if (w->tag_end == 0)
        return;
    struct str name = w->open[w->depth - 1].name;
    w->at = w->tag_end;
    if (w->closes_itself)
        close_last(w);
    else if (is_one_of(name, raw_elements, ARRAY_SIZE(raw_elements)))
        w->at = end_of_raw(w, name, w->tag_end);
    w->tag_end = 0;
}

bool html_walk_next(struct html_walk *w)
{
    leave_tag(w);
    while (w->at < w->html.len) {
        size_t at = w->at + str_find(str_from(w->html, w->at), '<');
        if (at >= w->html.len)
            break;
        bool is_tag = at + 1 < w->html.len && is_letter(w->html.ptr[at + 1]);
        if (is_tag && !read_start_tag(w, at))
            break;
        if (is_tag)
            return true;
        w->at = pass_markup(w, at);
    }
    w->at = w->html.len;
    return false;
}

void html_walk_free(struct html_walk *w)
{
    free(w->open);
    free(w->children);
    w->open = NULL;
    w->children = NULL;
}
