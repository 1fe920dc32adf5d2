/* A YAML document as a tree whose nodes know their line and column.
 *
 * For digest.yaml and for front matter. libyaml parses; its types stay
 * inside. Everything is a text scalar, a list or a mapping; meaning is the
 * reader's.
 */
#ifndef DIGEST_BASE_YAML_H
#define DIGEST_BASE_YAML_H

#include "digest/base/arena.h"
#include "digest/base/err.h"

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_kind kind;
    unsigned line, column; /* from 1 */
    const char *text;      /* YAML_TEXT */
    bool quoted;           /* YAML_TEXT: written in quotes */
    const char *key;       /* inside a map */
    unsigned key_line;
    struct yaml *children; /* YAML_LIST, YAML_MAP: the first, */
    struct yaml *next;     /* and so on */
};

/* Parses one document; an empty one is an empty map. Nodes live in the
 * arena. `file` and `first_line` (the line of the text's first line in that
 * file, from 1) are for errors. Fails: INPUT "file:line: …"; also for a key
 * that stands twice, aliases, nesting over 64. */
FALLIBLE bool yaml_parse(struct arena *arena, struct str text, const char *file,
                         unsigned first_line, struct yaml **out,
                         struct err *err);

/* The child of a map by key, or NULL. */
struct yaml *yaml_get(const struct yaml *map, const char *key);

/* A text that means nothing: null, ~, or empty and not quoted. */
bool yaml_is_null(const struct yaml *node);

/* true/yes/on and false/no/off; false when it is neither. */
bool yaml_to_bool(const struct yaml *node, bool *out);

#endif
