/* Builds the tree of values that a template is applied to. */
#include "digest/renderer/value_tree_internal.h"

#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/base/slot.h"
#include "digest/base/utf8.h"

static struct value *value_new(struct arena *arena, enum value_kind kind)
{
    struct value *value = ARENA_NEW(arena, struct value);
    value->arena = arena;
    value->kind = kind;
    return value;
}

struct value *value_object(struct arena *arena)
{
    return value_new(arena, VALUE_OBJECT);
}

struct value *value_list(struct arena *arena)
{
    return value_new(arena, VALUE_LIST);
}

struct value *value_null(struct arena *arena)
{
    return value_new(arena, VALUE_NULL);
}

struct value *value_text_str(struct arena *arena, struct str text)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean(&clean, text);
    struct value *value = value_new(arena, VALUE_TEXT);
    value->text =
        (struct str){arena_copy_str(arena, strbuf_str(&clean)), clean.len};
    return value;
}

struct value *value_text(struct arena *arena, const char *text)
{
    return text ? value_text_str(arena, str_of(text)) : NULL;
}

struct value *value_number(struct arena *arena, int64_t number)
{
    struct value *value = value_new(arena, VALUE_NUMBER);
    value->text = str_of(arena_format(arena, "%" PRId64, number));
    value->truth = number != 0;
    return value;
}

struct value *value_bool(struct arena *arena, bool truth)
{
    struct value *value = value_new(arena, VALUE_BOOL);
    value->truth = truth;
    value->text = truth ? STR("true") : STR("false");
    return value;
}

struct value *value_slot(struct arena *arena, const char *name)
{
    struct value *value = value_new(arena, VALUE_SLOT);
    value->text =
        str_of(arena_format(arena, "%c%s%c", SLOT_OPEN, name, SLOT_CLOSE));
    return value;
}

/* Members grow in the arena; what they leave behind goes with it. */
static void add_member(struct value *to, struct str key, struct value *value)
{
    if (to->count == to->capacity) {
        to->capacity = to->capacity ? to->capacity * 2 : 8;
        struct value_member *members =
            ARENA_NEW_ARRAY(to->arena, struct value_member, to->capacity);
        if (to->count)
            memcpy(members, to->members, to->count * sizeof *members);
        to->members = members;
    }
    to->members[to->count++] = (struct value_member){key, value};
}

static struct value_member *find_member(const struct value *object,
                                        struct str key)
{
    for (size_t i = 0; i < object->count; i++)
        if (str_equal(object->members[i].key, key))
            return &object->members[i];
    return NULL;
}

struct value *value_set(struct value *object, const char *key,
                        struct value *value)
{
    if (!value)
        return object;
    struct value_member *there = find_member(object, str_of(key));
    if (there)
        there->value = value;
    else
        add_member(object, str_of(key), value);
    return object;
}

struct value *value_set_text(struct value *object, const char *key,
                             const char *text)
{
    return value_set(object, key, value_text(object->arena, text));
}

struct value *value_set_nonempty(struct value *object, const char *key,
                                 const char *text)
{
    return value_set_text(object, key, text && *text ? text : NULL);
}

struct value *value_set_str(struct value *object, const char *key,
                            struct str text)
{
    return value_set(object, key, value_text_str(object->arena, text));
}

struct value *value_set_number(struct value *object, const char *key,
                               int64_t number)
{
    return value_set(object, key, value_number(object->arena, number));
}

struct value *value_set_bool(struct value *object, const char *key, bool truth)
{
    return value_set(object, key, value_bool(object->arena, truth));
}

void value_add(struct value *object, struct str key, struct value *value)
{
    add_member(object, key, value);
}

void value_append(struct value *list, struct value *value)
{
    if (value)
        add_member(list, STR(""), value);
}

const struct value *value_find(const struct value *value, struct str key)
{
    if (!value || value->kind != VALUE_OBJECT)
        return NULL;
    const struct value_member *member = find_member(value, key);
    return member ? member->value : NULL;
}

bool value_is_true(const struct value *value)
{
    if (!value)
        return false;
    switch (value->kind) {
    case VALUE_NULL:
        return false;
    case VALUE_BOOL:
    case VALUE_NUMBER:
        return value->truth;
    case VALUE_TEXT:
        return value->text.len > 0;
    case VALUE_LIST:
        return value->count > 0;
    case VALUE_SLOT:
    case VALUE_OBJECT:
        return true;
    }
    return false;
}
