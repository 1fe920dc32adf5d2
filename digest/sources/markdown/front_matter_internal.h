/* Front matter: the fields above a Markdown file's text. YAML between lines
 * of "---" (the last may be "..."), TOML between lines of "+++", or JSON: an
 * object that the file begins with, as Hugo has it, or its members between
 * lines of ";;;", as Middleman has them. After "---" the form may be named.
 * For the files of this room alone. */
#ifndef DIGEST_SOURCES_MARKDOWN_FRONT_MATTER_INTERNAL_H
#define DIGEST_SOURCES_MARKDOWN_FRONT_MATTER_INTERNAL_H

#include "digest/base/yaml.h"

struct front_matter {
    struct yaml *fields; /* a map; empty where there is no front matter */
    bool is_there;
    struct str body;
    unsigned body_line; /* of the body's first line in the file, from 1 */
};

/* `text` has to be UTF-8; a BOM is passed over. Nodes live in the arena.
 * Fails: INPUT "file:line: …". */
FALLIBLE bool front_matter_read(struct arena *arena, struct str text,
                                const char *file, struct front_matter *out,
                                struct err *err);

/* The flat subset of TOML: keys with strings, numbers, booleans, dates and
 * lists of them; tables one level deep. The same tree as YAML's. `first_line`
 * as for yaml_parse. Fails: INPUT "file:line: …".
 * Source: TOML 1.0.0. */
FALLIBLE bool toml_parse(struct arena *arena, struct str text, const char *file,
                         unsigned first_line, struct yaml **out,
                         struct err *err);

/* JSON's value at the start of a text, as the same tree. `end`: where it ends.
 * Fails: INPUT "file:line: …". */
FALLIBLE bool front_json_parse(struct arena *arena, struct str text,
                               const char *file, unsigned first_line,
                               struct yaml **out, size_t *end, struct err *err);

#endif
