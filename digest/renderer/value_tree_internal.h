/* The inside of a value; for the files of this room alone. */
#ifndef DIGEST_RENDERER_VALUE_TREE_INTERNAL_H
#define DIGEST_RENDERER_VALUE_TREE_INTERNAL_H

#include "digest/base/str.h"
#include "digest/renderer/value.h"

enum value_kind {
    VALUE_NULL, /* JSON's: it is there, and empty */
    VALUE_BOOL,
    VALUE_NUMBER, /* text holds it as it is written */
    VALUE_TEXT,
    VALUE_SLOT, /* text holds the mark; it is never escaped */
    VALUE_LIST,
    VALUE_OBJECT,
};

struct value_member {
    struct str key; /* empty in a list */
    struct value *value;
};

struct value {
    struct arena *arena;
    enum value_kind kind;
    bool truth;
    struct str text;
    struct value_member *members; /* of a list or an object */
    size_t count, capacity;
};

/* The value under a key; NULL where there is none, or no object. */
const struct value *value_find(const struct value *value, struct str key);

/* Whether a section is applied: not for NULL, null, false, 0, "" and []. */
bool value_is_true(const struct value *value);

#endif
