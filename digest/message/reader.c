#include "digest/message/reader.h"

#include <ctype.h>
#include <iconv.h>
#include <libetpan/libetpan.h>
#include <stdlib.h>

#include "digest/base/charset.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"

enum {
    BYTES_MAX = 32 << 20,
    DEPTH_MAX = 16,
    PARTS_MAX = 500,
    FIELDS_MAX = 1000,
};

/* ---- fields ---------------------------------------------------------- */

static const char *decode_words(struct arena *arena, const char *value)
{
    char *decoded = NULL;
    size_t index = 0;
    const char *out = value;
    if (strstr(value, "=?") &&
        mailmime_encoded_phrase_parse("utf-8", value, strlen(value), &index,
                                      "utf-8", &decoded) == MAILIMF_NO_ERROR &&
        decoded)
        out = arena_copy(arena, decoded);
    free(decoded);
    return out;
}

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
    field->decoded = decode_words(arena, field->value);
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

/* ---- parts ----------------------------------------------------------- */

struct parts {
    struct read_message *message;
    struct read_part *items;
    size_t count, capacity;
};

static const char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text ? text : "");
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static const char *type_of(struct arena *arena,
                           const struct mailmime_content *content)
{
    static const char *const discrete[] = {
        [MAILMIME_DISCRETE_TYPE_TEXT] = "text",
        [MAILMIME_DISCRETE_TYPE_IMAGE] = "image",
        [MAILMIME_DISCRETE_TYPE_AUDIO] = "audio",
        [MAILMIME_DISCRETE_TYPE_VIDEO] = "video",
        [MAILMIME_DISCRETE_TYPE_APPLICATION] = "application",
    };
    if (!content || !content->ct_type || !content->ct_subtype)
        return "text/plain";
    const char *major = "application";
    if (content->ct_type->tp_type == MAILMIME_TYPE_COMPOSITE_TYPE) {
        major = "message";
    } else {
        int type = content->ct_type->tp_data.tp_discrete_type->dt_type;
        if (type > 0 && (size_t)type < ARRAY_SIZE(discrete) && discrete[type])
            major = discrete[type];
    }
    return lower(arena,
                 arena_format(arena, "%s/%s", major, content->ct_subtype));
}

static const char *const encodings[] = {
    [MAILMIME_MECHANISM_7BIT] = "7bit",
    [MAILMIME_MECHANISM_8BIT] = "8bit",
    [MAILMIME_MECHANISM_BINARY] = "binary",
    [MAILMIME_MECHANISM_QUOTED_PRINTABLE] = "quoted-printable",
    [MAILMIME_MECHANISM_BASE64] = "base64",
};

static const char *encoding_of(const struct mailmime_data *data)
{
    int encoding = data->dt_encoding;
    bool known = encoding > 0 && (size_t)encoding < ARRAY_SIZE(encodings);
    return known && encodings[encoding] ? encodings[encoding] : "";
}

static void convert(iconv_t cd, struct str text, struct strbuf *out)
{
    OWNED(mem_free) char *copy = mem_copy_n(text.ptr, text.len);
    char *in = copy;
    size_t left = text.len;
    while (left) {
        char buffer[4096], *to = buffer;
        size_t room = sizeof buffer, before = left;
        size_t done = iconv(cd, &in, &left, &to, &room);
        strbuf_add(out, buffer, sizeof buffer - room);
        if (done == (size_t)-1 && left == before && room == sizeof buffer) {
            strbuf_add_utf8(out, 0xfffd);
            in++;
            left--;
        }
    }
}

static struct str to_utf8(struct arena *arena, const char *charset,
                          struct str text)
{
    OWNED(strbuf_free) struct strbuf converted = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    bool plain = !*charset || strcmp(charset, "utf-8") == 0 ||
                 strcmp(charset, "us-ascii") == 0;
    iconv_t cd =
        plain ? (iconv_t)-1 : iconv_open("UTF-8", charset_meant(charset));
    if (cd != (iconv_t)-1) {
        convert(cd, text, &converted);
        iconv_close(cd);
        text = strbuf_str(&converted);
    }
    utf8_clean(&clean, text);
    return (struct str){arena_copy_str(arena, strbuf_str(&clean)), clean.len};
}

static struct str decode(struct arena *arena, const struct mailmime_data *data)
{
    size_t index = 0, length = 0;
    char *text = NULL;
    struct str raw = {data->dt_data.dt_text.dt_data,
                      data->dt_data.dt_text.dt_length};
    if (!raw.len ||
        mailmime_part_parse(raw.ptr, raw.len, &index, data->dt_encoding, &text,
                            &length) != MAILIMF_NO_ERROR)
        return raw;
    struct str out = {arena_copy_str(arena, (struct str){text, length}),
                      length};
    mailmime_decoded_part_free(text);
    return out;
}

static void take_part(struct parts *parts, const struct mailmime *mime)
{
    struct arena *arena = &parts->message->arena;
    const struct mailmime_data *data =
        mime->mm_type == MAILMIME_SINGLE ? mime->mm_data.mm_single : NULL;
    if (!data || data->dt_type != MAILMIME_DATA_TEXT ||
        parts->count == PARTS_MAX)
        return;
    const char *charset =
        mime->mm_content_type
            ? mailmime_content_charset_get(mime->mm_content_type)
            : NULL;
    struct read_part part = {
        .type = type_of(arena, mime->mm_content_type),
        .encoding = encoding_of(data),
        .charset = lower(arena, charset),
        .raw = {data->dt_data.dt_text.dt_data, data->dt_data.dt_text.dt_length},
        .text = decode(arena, data),
    };
    if (str_starts(str_of(part.type), STR("text/")))
        part.text = to_utf8(arena, part.charset, part.text);
    MEM_PUSH(parts->items, parts->count, parts->capacity, part);
}

static void take(struct parts *parts, const struct mailmime *mime,
                 unsigned depth)
{
    if (!mime || depth > DEPTH_MAX)
        return;
    if (mime->mm_type == MAILMIME_MESSAGE) {
        if (depth == 0)
            take(parts, mime->mm_data.mm_message.mm_msg_mime, 1);
    } else if (mime->mm_type == MAILMIME_MULTIPLE) {
        const char *sub =
            mime->mm_content_type ? mime->mm_content_type->ct_subtype : "";
        if (str_equal_nocase(str_of(sub), STR("alternative")))
            parts->message->is_alternative = true;
        clist *list = mime->mm_data.mm_multipart.mm_mp_list;
        for (clistiter *i = clist_begin(list); i; i = clist_next(i))
            take(parts, clist_content(i), depth + 1);
    } else {
        take_part(parts, mime);
    }
}

/* libetpan goes down by recursion: as deep as there are boundaries. */
static bool nests_beyond_reason(struct str bytes)
{
    static const struct str word = {"boundary=", 9};
    unsigned boundaries = 0;
    for (size_t at = 0; at < bytes.len; at++)
        boundaries += (bytes.ptr[at] | 0x20) == 'b' &&
                      str_starts_nocase(str_from(bytes, at), word);
    return boundaries > PARTS_MAX;
}

static void free_mime(struct mailmime **mime)
{
    if (*mime)
        mailmime_free(*mime);
}

bool message_read(struct str bytes, struct read_message *out, struct err *err)
{
    *out = (struct read_message){0};
    if (bytes.len > BYTES_MAX)
        return err_set(err, ERR_INPUT, "a message larger than %d MB",
                       BYTES_MAX >> 20);
    if (nests_beyond_reason(bytes))
        return err_set(err, ERR_INPUT, "parts nested beyond reason");
    /* libetpan reads up to a NUL at times. */
    struct str copy = {arena_copy_str(&out->arena, bytes), bytes.len};
    read_fields(out, copy);
    if (!out->field_count)
        return err_set(err, ERR_INPUT,
                       "line 1: not a header field (\"Name: text\"); is this "
                       "a message?");
    OWNED(free_mime) struct mailmime *mime = NULL;
    struct parts parts = {.message = out};
    size_t index = 0;
    if (mailmime_parse(copy.ptr, copy.len, &index, &mime) == MAILIMF_NO_ERROR)
        take(&parts, mime, 0);
    out->parts = ARENA_NEW_ARRAY(&out->arena, struct read_part, parts.count);
    if (parts.count)
        memcpy(out->parts, parts.items, parts.count * sizeof *parts.items);
    out->part_count = parts.count;
    free(parts.items);
    return true;
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
    for (size_t i = 0; i < message->part_count; i++)
        if (strcmp(message->parts[i].type, type) == 0)
            return &message->parts[i];
    return NULL;
}
