/* Reads front matter in JSON as the tree that YAML gives. */
#include <jansson.h>
#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/sources/json_text_internal.h"
#include "digest/sources/markdown/front_matter_internal.h"

enum { DEPTH_MAX = 64 };

static void end_json(json_t **json)
{
    json_decref(*json);
}

/* A number or a word as it is written. */
static const char *bare(struct arena *arena, const json_t *value)
{
    OWNED(mem_free) char *text = json_dumps(value, JSON_ENCODE_ANY);
    return arena_copy(arena, text ? text : "");
}

/* Makes a node of a JSON value, with the line of the beginning: jansson tells
 * no other. NULL where it nests beyond reason. */
static struct yaml *node_of(struct arena *arena, const json_t *value,
                            unsigned line, unsigned depth)
{
    struct yaml *node = ARENA_NEW(arena, struct yaml);
    node->line = node->key_line = line;
    node->column = 1;
    if (!json_is_object(value) && !json_is_array(value)) {
        node->quoted = json_is_string(value);
        node->text = node->quoted ? arena_copy(arena, json_string_value(value))
                                  : bare(arena, value);
        return node;
    }
    node->kind = json_is_object(value) ? YAML_MAP : YAML_LIST;
    struct yaml **next = &node->children;
    void *at = json_object_iter((json_t *)value);
    for (size_t i = 0; depth < DEPTH_MAX && (at || i < json_array_size(value));
         i++, next = &(*next)->next) {
        const json_t *child =
            at ? json_object_iter_value(at) : json_array_get(value, i);
        *next = node_of(arena, child, line, depth + 1);
        if (!*next)
            return NULL;
        if (at)
            (*next)->key = arena_copy(arena, json_object_iter_key(at));
        at = at ? json_object_iter_next((json_t *)value, at) : NULL;
    }
    return depth < DEPTH_MAX ? node : NULL;
}

bool front_json_parse(struct arena *arena, struct str text, const char *file,
                      unsigned first_line, struct yaml **out, size_t *end,
                      struct err *err)
{
    json_error_t why;
    OWNED(end_json)
    json_t *json = json_text_load(
        text, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &why);
    if (!json)
        return err_set(err, ERR_INPUT, "%s:%u: JSON front matter: %s", file,
                       first_line + (why.line > 0 ? (unsigned)why.line - 1 : 0),
                       why.text);
    *end = (size_t)why.position;
    *out = node_of(arena, json, first_line, 0);
    return *out || err_set(err, ERR_INPUT,
                           "%s:%u: JSON front matter: nested more than %d deep",
                           file, first_line, DEPTH_MAX);
}
