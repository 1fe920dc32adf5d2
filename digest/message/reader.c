/* Reads a message's fields and texts, with libetpan for its structure. */
#include "digest/message/reader.h"

#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/message/encoded_word.h"

enum {
    BYTES_MAX = 32 << 20,
    FIELDS_MAX = 1000,
};

/* ---- fields ---------------------------------------------------------- */

struct field_list {
    struct read_field *items;
    size_t count, capacity;
};

static bool begins_field(struct str line, size_t *colon)
{
    *colon = str_find(line, ':');
    for (size_t i = 0; i < *colon; i++)
        if (line.ptr[i] <= ' ' || line.ptr[i] > '~')
            return false;
    return *colon > 0 && *colon < line.len;
}

static void finish_field(struct arena *arena, struct field_list *list,
                         struct strbuf *value)
{
    if (!list->count)
        return;
    struct read_field *field = &list->items[list->count - 1];
    if (field->value)
        return;
    field->value = arena_copy_str(arena, str_trim(strbuf_str(value)));
    OWNED(strbuf_free) struct strbuf decoded = STRBUF_INIT;
    encoded_words_decode(str_of(field->value), &decoded);
    field->decoded = arena_copy_str(arena, strbuf_str(&decoded));
}

static void add_line(struct arena *arena, struct field_list *list,
                     struct strbuf *value, struct str line, unsigned number)
{
    size_t colon;
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
        strbuf_add_str(value, line);
        return;
    }
    finish_field(arena, list, value);
    if (!begins_field(line, &colon) || list->count == FIELDS_MAX)
        return;
    strbuf_cut(value, 0);
    strbuf_add_str(value, str_from(line, colon + 1));
    struct read_field field = {
        .name = arena_copy_str(arena, (struct str){line.ptr, colon}),
        .line = number,
    };
    MEM_PUSH(list->items, list->count, list->capacity, field);
}

/* Reads up to the empty line; the rest is the body. */
static void read_fields(struct read_message *out, struct str bytes)
{
    OWNED(strbuf_free) struct strbuf value = STRBUF_INIT;
    struct field_list list = {0};
    struct str line;
    unsigned number = 0;
    while (str_next_line(&bytes, &line) && line.len)
        add_line(&out->arena, &list, &value, line, ++number);
    finish_field(&out->arena, &list, &value);
    struct read_field *fields =
        ARENA_NEW_ARRAY(&out->arena, struct read_field, list.count);
    if (list.count)
        memcpy(fields, list.items, list.count * sizeof *fields);
    free(list.items);
    out->fields = fields;
    out->field_count = list.count;
    out->body = bytes;
    out->body_line = number + 2;
}

/* ---- the whole -------------------------------------------------------- */

bool message_read(struct str bytes, struct read_message *out, struct err *err)
{
    *out = (struct read_message){0};
    if (bytes.len > BYTES_MAX)
        return err_set(err, ERR_INPUT, "a message larger than %d MB",
                       BYTES_MAX >> 20);
    /* libetpan reads up to a NUL at times. */
    struct str copy = {arena_copy_str(&out->arena, bytes), bytes.len};
    read_fields(out, copy);
    if (!out->field_count)
        return err_set(err, ERR_INPUT,
                       "line 1: not a header field (\"Name: text\"); is this "
                       "a message?");
    return parts_read(&out->arena, copy, PARTS_LEAVE_CARRIED, &out->parts, err);
}

void read_message_free(struct read_message *message)
{
    arena_free(&message->arena);
    *message = (struct read_message){0};
}

/* ---- asking ---------------------------------------------------------- */

const struct read_field *read_field_get(const struct read_message *message,
                                        const char *name, size_t nth)
{
    for (size_t i = 0; i < message->field_count; i++) {
        const struct read_field *field = &message->fields[i];
        if (str_equal_nocase(str_of(field->name), str_of(name)) && nth-- == 0)
            return field;
    }
    return NULL;
}

size_t read_field_count(const struct read_message *message, const char *name)
{
    size_t count = 0;
    while (read_field_get(message, name, count))
        count++;
    return count;
}

const struct read_part *read_part_get(const struct read_message *message,
                                      const char *type)
{
    for (size_t i = 0; i < message->parts.count; i++)
        if (strcmp(message->parts.items[i].type, type) == 0)
            return &message->parts.items[i];
    return NULL;
}
