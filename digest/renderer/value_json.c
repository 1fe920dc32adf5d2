/* Values from JSON. */
#include "digest/renderer/value_tree_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "digest/base/mem.h"

static struct value *from_json(struct arena *arena, const json_t *json);

/* The shortest decimals that read back as the same number. */
static struct value *from_real(struct arena *arena, double number)
{
    char digits[40];
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (!(strtod(digits, NULL) < number) &&
            !(strtod(digits, NULL) > number))
            break;
    }
    struct value *value = value_number(arena, number < 0 || number > 0);
    value->text = str_of(arena_copy(arena, digits));
    return value;
}

static struct value *from_array(struct arena *arena, const json_t *json)
{
    struct value *list = value_list(arena);
    for (size_t i = 0; i < json_array_size(json); i++)
        value_append(list, from_json(arena, json_array_get(json, i)));
    return list;
}

static struct value *from_object(struct arena *arena, const json_t *json)
{
    struct value *object = value_object(arena);
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)json, key, item) value_add(
        object, str_of(arena_copy(arena, key)), from_json(arena, item));
    return object;
}

static struct value *from_json(struct arena *arena, const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return from_object(arena, json);
    case JSON_ARRAY:
        return from_array(arena, json);
    case JSON_STRING:
        return value_text_str(arena, (struct str){json_string_value(json),
                                                  json_string_length(json)});
    case JSON_INTEGER:
        return value_number(arena, json_integer_value(json));
    case JSON_REAL:
        return from_real(arena, json_real_value(json));
    case JSON_TRUE:
    case JSON_FALSE:
        return value_bool(arena, json_is_true(json));
    case JSON_NULL:
        break;
    }
    return value_null(arena);
}

static void release(json_t **json)
{
    json_decref(*json);
}

bool value_from_json(struct arena *arena, struct str json, struct value **out,
                     struct err *err)
{
    json_error_t error;
    OWNED(release)
    json_t *parsed = json_loadb(
        json.ptr ? json.ptr : "", json.len,
        JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!parsed)
        return err_set(err, ERR_INPUT, "line %d, column %d: %s", error.line,
                       error.column, error.text);
    *out = from_json(arena, parsed);
    return true;
}
