/* Loads message catalogues, checks them, and fills their texts. */
#include "digest/renderer/catalogue.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/embed.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/base/yaml.h"
#include "digest/base/zone.h"
#include "digest/renderer/plural_internal.h"

enum { LAYERS_MAX = 12, MONTHS = 12, DIGITS = 10, LANGUAGE_MAX = 60 };

/* Catalogues from the nearest to English; the first that has a text wins. */
struct catalogue {
    struct arena arena;
    const struct yaml *layers[LAYERS_MAX];
    const struct plural_rule *rules[LAYERS_MAX];
    size_t count;
    struct str digits[DIGITS];
    const char **names; /* of all texts without forms, each once */
    size_t name_count, name_capacity;
};

/* ---- reading --------------------------------------------------------- */

static bool fail_at(const char *origin, const struct yaml *node,
                    const char *problem, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s:%u: %s: %s", origin, node->line,
                   node->key ? node->key : "", problem);
}

static bool check_forms(const struct yaml *node, const char *origin,
                        struct err *err)
{
    for (const struct yaml *form = node->children; form; form = form->next)
        if (form->kind != YAML_TEXT)
            return fail_at(origin, form, "a form has to be a text", err);
    return yaml_get(node, "other") ||
           fail_at(origin, node, "needs the form \"other\"", err);
}

static bool check_months(const struct yaml *node, const char *origin,
                         struct err *err)
{
    size_t count = 0;
    for (const struct yaml *name = node->children; name; name = name->next)
        count += name->kind == YAML_TEXT;
    return (count == MONTHS && strcmp(node->key, "months") == 0) ||
           fail_at(origin, node, "the only list is months, of twelve names",
                   err);
}

static bool check_digits(const struct yaml *node, const char *origin,
                         struct err *err)
{
    size_t at = 0, count = 0;
    for (struct str text = str_of(node->text); at < text.len; count++)
        utf8_next(text, &at);
    return count == DIGITS ||
           fail_at(origin, node, "has to be ten digits, from 0 to 9", err);
}

static bool check_rule(const struct yaml *node, const char *origin,
                       struct err *err)
{
    if (plural_find(node->text))
        return true;
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    plural_names(&names);
    return err_set(err, ERR_INPUT,
                   "%s:%u: plural: \"%.40s\" is no rule; there are %s", origin,
                   node->line, node->text, strbuf_text(&names));
}

static bool check_entry(const struct yaml *node, const char *origin,
                        struct err *err)
{
    if (node->kind == YAML_MAP)
        return check_forms(node, origin, err);
    if (node->kind == YAML_LIST)
        return check_months(node, origin, err);
    if (strcmp(node->key, "months") == 0)
        return fail_at(origin, node, "has to be a list of twelve names", err);
    if (strcmp(node->key, "digits") == 0)
        return check_digits(node, origin, err);
    return strcmp(node->key, "plural") != 0 || check_rule(node, origin, err);
}

static bool add_layer(struct catalogue *words, struct str source,
                      const char *origin, struct err *err)
{
    struct yaml *layer;
    if (words->count == LAYERS_MAX)
        return true;
    if (!yaml_parse(&words->arena, source, origin, 1, &layer, err))
        return false;
    if (layer->kind != YAML_MAP)
        return err_set(err, ERR_INPUT,
                       "%s:1: has to be a map of names and texts", origin);
    for (const struct yaml *node = layer->children; node; node = node->next)
        if (!check_entry(node, origin, err))
            return false;
    const struct yaml *rule = yaml_get(layer, "plural");
    words->rules[words->count] = rule ? plural_find(rule->text) : NULL;
    words->layers[words->count++] = layer;
    return true;
}

/* The publisher's own catalogue, then the one that it stands in front of. */
static bool add_language(struct catalogue *words,
                         struct template_set *templates, struct str language,
                         struct err *err)
{
    OWNED(mem_free)
    char *path = mem_format("messages/%.*s.yaml", STR_ARG(language));
    OWNED(mem_free) char *inside = mem_format("templates/%s", path);
    struct str built_in = embed_find(inside), source;
    const char *origin;
    struct err reading = {0};
    if (!template_set_source(templates, path, &source, &origin, &reading)) {
        if (reading.kind == ERR_NOT_FOUND)
            return true;
        if (err)
            *err = reading;
        return false;
    }
    if (!add_layer(words, source, origin, err))
        return false;
    return !built_in.ptr || source.ptr == built_in.ptr ||
           add_layer(words, built_in, inside, err);
}

static void collect_names(struct catalogue *words)
{
    for (size_t i = 0; i < words->count; i++) {
        const struct yaml *node = words->layers[i]->children;
        for (; node; node = node->next) {
            bool known = node->kind != YAML_TEXT;
            for (size_t k = 0; k < i && !known; k++)
                known = yaml_get(words->layers[k], node->key) != NULL;
            if (!known)
                MEM_PUSH(words->names, words->name_count, words->name_capacity,
                         node->key);
        }
    }
}

/* A catalogue without a rule of its own follows the next that has one. */
static void settle(struct catalogue *words)
{
    const struct plural_rule *rule = plural_find("one");
    for (size_t i = words->count; i-- > 0;)
        rule = words->rules[i] = words->rules[i] ? words->rules[i] : rule;
    const char *digits = catalogue_get(words, "digits");
    struct str text = str_of(*digits ? digits : "0123456789");
    for (size_t i = 0, at = 0; i < DIGITS; i++) {
        size_t from = at;
        utf8_next(text, &at);
        words->digits[i] = (struct str){text.ptr + from, at - from};
    }
}

/* A tag as its file is called: de, pt-BR. */
static struct str file_tag(const char *language, char name[LANGUAGE_MAX])
{
    struct str tag = str_of(language ? language : "");
    size_t length = tag.len < LANGUAGE_MAX - 1 ? tag.len : LANGUAGE_MAX - 1;
    for (size_t i = 0; i < length; i++)
        name[i] = tag.ptr[i];
    name[length] = '\0';
    for (char *c = name; *c && *c != '-'; c++)
        *c = (char)tolower((unsigned char)*c);
    return str_of(name);
}

/* pt-BR: pt; "" in the end. */
static struct str wider_tag(struct str tag)
{
    while (tag.len && tag.ptr[tag.len - 1] != '-')
        tag.len--;
    tag.len -= tag.len > 0;
    return tag;
}

bool catalogue_exists(struct template_set *templates, const char *language)
{
    char name[LANGUAGE_MAX];
    struct str tag = file_tag(language, name), source;
    for (; tag.len; tag = wider_tag(tag)) {
        OWNED(mem_free)
        char *path = mem_format("messages/%.*s.yaml", STR_ARG(tag));
        const char *origin;
        struct err ignored = {0};
        if (template_set_source(templates, path, &source, &origin, &ignored))
            return true;
    }
    return false;
}

bool catalogue_new(struct template_set *templates, const char *language,
                   struct catalogue **out, struct err *err)
{
    OWNED(catalogue_release)
    struct catalogue *words = MEM_NEW(struct catalogue);
    char name[LANGUAGE_MAX];
    struct str tag = file_tag(language, name);
    for (; tag.len; tag = wider_tag(tag))
        if (!add_language(words, templates, tag, err))
            return false;
    if (!add_language(words, templates, STR("en"), err))
        return false;
    settle(words);
    collect_names(words);
    *out = TAKE(words);
    return true;
}

void catalogue_free(struct catalogue *words)
{
    if (!words)
        return;
    arena_free(&words->arena);
    free(words->names);
    free(words);
}

void catalogue_release(struct catalogue **words)
{
    catalogue_free(*words);
    *words = NULL;
}

struct catalogue *catalogue_over(const struct catalogue *base,
                                 const struct catalogue_text *texts,
                                 size_t count, struct arena *arena)
{
    struct catalogue *words = ARENA_NEW(arena, struct catalogue);
    struct yaml *layer = ARENA_NEW(arena, struct yaml);
    struct yaml *nodes = ARENA_NEW_ARRAY(arena, struct yaml, count);
    layer->kind = YAML_MAP;
    for (size_t i = 0; i < count; i++) {
        nodes[i] = (struct yaml){.kind = YAML_TEXT,
                                 .key = texts[i].name,
                                 .text = texts[i].text,
                                 .next = i + 1 < count ? &nodes[i + 1] : NULL};
        layer->children = nodes;
    }
    *words = *base;
    words->count = 0;
    words->layers[words->count] = layer;
    words->rules[words->count++] = base->rules[0];
    for (size_t i = 0; i < base->count && words->count < LAYERS_MAX; i++) {
        words->layers[words->count] = base->layers[i];
        words->rules[words->count++] = base->rules[i];
    }
    return words;
}

/* ---- using ----------------------------------------------------------- */

static const struct yaml *find(const struct catalogue *words, const char *name,
                               size_t *layer)
{
    for (*layer = 0; *layer < words->count; ++*layer) {
        const struct yaml *node = yaml_get(words->layers[*layer], name);
        if (node)
            return node;
    }
    return NULL;
}

const char *catalogue_get(const struct catalogue *words, const char *name)
{
    size_t layer;
    const struct yaml *node = find(words, name, &layer);
    if (node && node->kind == YAML_MAP)
        node = yaml_get(node, "other");
    return node && node->kind == YAML_TEXT ? node->text : "";
}

static struct str value_of(const struct catalogue_fill *fills, size_t count,
                           struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_of(fills[i].name), name))
            return fills[i].value;
    return STR("");
}

static void fill(const char *pattern, const struct catalogue_fill *fills,
                 size_t count, struct strbuf *out)
{
    struct str rest = str_of(pattern);
    while (rest.len) {
        size_t open = str_find(rest, '{');
        strbuf_add(out, rest.ptr, open);
        rest = str_from(rest, open);
        size_t close = str_find(rest, '}');
        if (close == rest.len) {
            strbuf_add_str(out, rest);
            return;
        }
        struct str name = {rest.ptr + 1, close - 1};
        strbuf_add_str(out, value_of(fills, count, name));
        rest = str_from(rest, close + 1);
    }
}

void catalogue_add(const struct catalogue *words, const char *name,
                   const struct catalogue_fill *fills, size_t count,
                   struct strbuf *out)
{
    fill(catalogue_get(words, name), fills, count, out);
}

void catalogue_add_number(const struct catalogue *words, int64_t number,
                          struct strbuf *out)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    for (const char *c = text; *c; c++)
        if (*c == '-')
            strbuf_add_char(out, '-');
        else
            strbuf_add_str(out, words->digits[*c - '0']);
}

void catalogue_add_count(const struct catalogue *words, const char *name,
                         int64_t count, struct strbuf *out)
{
    size_t layer;
    const struct yaml *node = find(words, name, &layer);
    if (!node || node->kind == YAML_LIST)
        return;
    if (node->kind == YAML_MAP) {
        const char *form = plural_form(words->rules[layer], count);
        const struct yaml *fitting = yaml_get(node, form);
        node = fitting ? fitting : yaml_get(node, "other");
    }
    OWNED(strbuf_free) struct strbuf number = STRBUF_INIT;
    catalogue_add_number(words, count, &number);
    const struct catalogue_fill one = {"count", strbuf_str(&number)};
    fill(node->text, &one, 1, out);
}

void catalogue_add_date(const struct catalogue *words, int year, unsigned month,
                        unsigned day, struct strbuf *out)
{
    OWNED(strbuf_free)
    struct strbuf days = STRBUF_INIT, months = STRBUF_INIT, years = STRBUF_INIT;
    size_t layer;
    const struct yaml *list = find(words, "months", &layer);
    const struct yaml *name = list ? list->children : NULL;
    for (unsigned i = 1; name && i < month; i++)
        name = name->next;
    catalogue_add_number(words, day, &days);
    catalogue_add_number(words, month, &months);
    catalogue_add_number(words, year, &years);
    const struct catalogue_fill fills[] = {
        {"day", strbuf_str(&days)},
        {"month", name ? str_of(name->text) : strbuf_str(&months)},
        {"month_number", strbuf_str(&months)},
        {"year", strbuf_str(&years)},
    };
    catalogue_add(words, "date", fills, ARRAY_SIZE(fills), out);
}

void catalogue_add_date_in(const struct catalogue *words, const char *zone,
                           int64_t at, struct strbuf *out)
{
    struct zone_time t;
    zone_local(zone, at, &t);
    catalogue_add_date(words, t.year, t.month, t.day, out);
}

static bool is_in_group(const char *name, const char *group)
{
    static const char *const groups[] = {"page_", "notice_"};
    for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
        size_t length = strlen(groups[i]);
        if (strncmp(name, groups[i], length) == 0)
            return group && strncmp(group, name, length - 1) == 0;
    }
    return !group;
}

const char *catalogue_next(const struct catalogue *words, const char *group,
                           size_t *index)
{
    while (*index < words->name_count) {
        const char *name = words->names[(*index)++];
        if (is_in_group(name, group))
            return name;
    }
    return NULL;
}
