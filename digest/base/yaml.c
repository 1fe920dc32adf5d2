/* Builds a tree with lines and columns from libyaml's events. */
#include "digest/base/yaml.h"

#include <strings.h>
#include <yaml.h>

#include "digest/base/mem.h"

enum { MAX_DEPTH = 64 };

struct yaml_reader {
    yaml_parser_t parser;
    struct arena *arena;
    const char *file;
    unsigned first_line;
};

static unsigned line_of(const struct yaml_reader *reader, yaml_mark_t mark)
{
    return (unsigned)mark.line + reader->first_line;
}

static bool fail_at(const struct yaml_reader *reader, yaml_mark_t mark,
                    const char *what, struct err *err)
{
    return err_set(err, ERR_INPUT, "%s:%u: %s", reader->file,
                   line_of(reader, mark), what);
}

static bool next_event(struct yaml_reader *reader, yaml_event_t *event,
                       struct err *err)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    const yaml_parser_t *p = &reader->parser;
    yaml_mark_t mark =
        p->error == YAML_READER_ERROR ? p->mark : p->problem_mark;
    return err_set(err, ERR_INPUT, "%s:%u: not valid YAML: %s", reader->file,
                   line_of(reader, mark),
                   p->problem ? p->problem : "cannot be read");
}

static bool read_node(struct yaml_reader *reader, const yaml_event_t *event,
                      unsigned depth, struct yaml *node, struct err *err);

static void append(struct yaml ***tail, struct yaml *node)
{
    **tail = node;
    *tail = &node->next;
}

static bool read_list(struct yaml_reader *reader, unsigned depth,
                      struct yaml *list, struct err *err)
{
    struct yaml **tail = &list->children;
    for (;;) {
        OWNED(yaml_event_delete) yaml_event_t event = {0};
        if (!next_event(reader, &event, err))
            return false;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            return true;
        struct yaml *node = ARENA_NEW(reader->arena, struct yaml);
        if (!read_node(reader, &event, depth + 1, node, err))
            return false;
        append(&tail, node);
    }
}

static bool read_map(struct yaml_reader *reader, unsigned depth,
                     struct yaml *map, struct err *err)
{
    struct yaml **tail = &map->children;
    for (;;) {
        OWNED(yaml_event_delete) yaml_event_t key = {0}, value = {0};
        if (!next_event(reader, &key, err))
            return false;
        if (key.type == YAML_MAPPING_END_EVENT)
            return true;
        if (key.type != YAML_SCALAR_EVENT)
            return fail_at(reader, key.start_mark, "a key has to be a word",
                           err);
        const char *name = (const char *)key.data.scalar.value;
        if (yaml_get(map, name))
            return err_set(err, ERR_INPUT, "%s:%u: \"%s\" stands here twice",
                           reader->file, line_of(reader, key.start_mark), name);
        if (!next_event(reader, &value, err))
            return false;
        struct yaml *node = ARENA_NEW(reader->arena, struct yaml);
        node->key = arena_copy(reader->arena, name);
        node->key_line = line_of(reader, key.start_mark);
        if (!read_node(reader, &value, depth + 1, node, err))
            return false;
        append(&tail, node);
    }
}

static bool read_node(struct yaml_reader *reader, const yaml_event_t *event,
                      unsigned depth, struct yaml *node, struct err *err)
{
    node->line = line_of(reader, event->start_mark);
    node->column = (unsigned)event->start_mark.column + 1;
    if (depth > MAX_DEPTH)
        return fail_at(reader, event->start_mark, "nested too deeply", err);
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        node->kind = YAML_TEXT;
        node->text = arena_copy_str(
            reader->arena, (struct str){(const char *)event->data.scalar.value,
                                        event->data.scalar.length});
        node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        return true;
    case YAML_SEQUENCE_START_EVENT:
        node->kind = YAML_LIST;
        return read_list(reader, depth, node, err);
    case YAML_MAPPING_START_EVENT:
        node->kind = YAML_MAP;
        return read_map(reader, depth, node, err);
    default:
        return fail_at(reader, event->start_mark,
                       "anchors and aliases are not supported; write the "
                       "value out",
                       err);
    }
}

static bool read_document(struct yaml_reader *reader, struct yaml *root,
                          struct err *err)
{
    for (;;) {
        OWNED(yaml_event_delete) yaml_event_t event = {0};
        if (!next_event(reader, &event, err))
            return false;
        switch (event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_START_EVENT:
            continue;
        case YAML_DOCUMENT_END_EVENT:
        case YAML_STREAM_END_EVENT:
            return true;
        default:
            if (!read_node(reader, &event, 0, root, err))
                return false;
        }
    }
}

bool yaml_parse(struct arena *arena, struct str text, const char *file,
                unsigned first_line, struct yaml **out, struct err *err)
{
    struct yaml_reader reader = {
        .arena = arena, .file = file, .first_line = first_line};
    struct yaml *root = ARENA_NEW(arena, struct yaml);
    root->kind = YAML_MAP;
    root->line = first_line;
    root->column = 1;
    if (!yaml_parser_initialize(&reader.parser))
        return err_set(err, ERR_INPUT, "%s: cannot be parsed", file);
    yaml_parser_set_input_string(
        &reader.parser, (const unsigned char *)(text.ptr ? text.ptr : ""),
        text.len);
    bool good = read_document(&reader, root, err);
    yaml_parser_delete(&reader.parser);
    /* "---\n---" holds a null, which is an empty map here. */
    if (good && root->kind == YAML_TEXT && yaml_is_null(root))
        root->kind = YAML_MAP;
    *out = root;
    return good;
}

struct yaml *yaml_get(const struct yaml *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (struct yaml *node = map->children; node; node = node->next)
        if (node->key && strcmp(node->key, key) == 0)
            return node;
    return NULL;
}

bool yaml_is_null(const struct yaml *node)
{
    return node->kind == YAML_TEXT && !node->quoted &&
           (!*node->text || strcmp(node->text, "~") == 0 ||
            strcasecmp(node->text, "null") == 0);
}

bool yaml_to_bool(const struct yaml *node, bool *out)
{
    static const char *const words[] = {"false", "true", "no",
                                        "yes",   "off",  "on"};
    if (!node || node->kind != YAML_TEXT)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcasecmp(node->text, words[i]) == 0) {
            *out = i % 2;
            return true;
        }
    }
    return false;
}
