/* The walk through the structure that libetpan read. */
#include "digest/message/parts.h"

#include <ctype.h>
#include <libetpan/libetpan.h>
#include <stdlib.h>

#include "digest/base/charset.h"
#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/base/utf8.h"

enum { DEPTH_MAX = 16, PARTS_MAX = 500 };

struct walk {
    struct arena *arena;
    enum parts_carried carried;
    struct read_part *items;
    size_t count, capacity;
    bool is_alternative;
};

/* ---- one part -------------------------------------------------------- */

static const char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text ? text : "");
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

/* A multipart that stands for one part has no boundary that libetpan found. */
static const char *major_type(const struct mailmime_type *type)
{
    static const char *const discrete[] = {
        [MAILMIME_DISCRETE_TYPE_TEXT] = "text",
        [MAILMIME_DISCRETE_TYPE_IMAGE] = "image",
        [MAILMIME_DISCRETE_TYPE_AUDIO] = "audio",
        [MAILMIME_DISCRETE_TYPE_VIDEO] = "video",
        [MAILMIME_DISCRETE_TYPE_APPLICATION] = "application",
    };
    if (type->tp_type == MAILMIME_TYPE_COMPOSITE_TYPE)
        return type->tp_data.tp_composite_type->ct_type ==
                       MAILMIME_COMPOSITE_TYPE_MESSAGE
                   ? "message"
                   : "multipart";
    int kind = type->tp_data.tp_discrete_type->dt_type;
    bool is_known = kind > 0 && (size_t)kind < ARRAY_SIZE(discrete);
    return is_known && discrete[kind] ? discrete[kind] : "application";
}

static const char *type_of(struct arena *arena,
                           const struct mailmime_content *content)
{
    if (!content || !content->ct_type || !content->ct_subtype)
        return "text/plain";
    return lower(arena,
                 arena_format(arena, "%s/%s", major_type(content->ct_type),
                              content->ct_subtype));
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

static bool is_japanese(struct str text)
{
    return str_find_str(text, STR("\x1b$B")) < text.len ||
           str_find_str(text, STR("\x1b$@")) < text.len;
}

/* Where nothing is declared, libetpan says us-ascii. */
static struct str to_utf8(struct arena *arena, const char *charset,
                          struct str text)
{
    OWNED(strbuf_free) struct strbuf converted = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    bool is_utf8 = utf8_invalid_at(text) == text.len;
    if (is_japanese(text))
        charset = "ISO-2022-JP";
    else if (!*charset || strcmp(charset, "us-ascii") == 0)
        charset = is_utf8 ? "utf-8" : "windows-1252";
    bool is_converted =
        strcmp(charset, "utf-8") != 0 &&
        charset_convert(text, charset_meant(charset), &converted);
    utf8_clean(&clean, is_converted ? strbuf_str(&converted) : text);
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

static void push(struct walk *walk, struct read_part part,
                 const struct mailmime_data *data)
{
    if (!data || data->dt_type != MAILMIME_DATA_TEXT ||
        walk->count == PARTS_MAX)
        return;
    part.encoding = encoding_of(data);
    part.raw = (struct str){data->dt_data.dt_text.dt_data,
                            data->dt_data.dt_text.dt_length};
    part.text = decode(walk->arena, data);
    if (str_starts(str_of(part.type), STR("text/")))
        part.text = to_utf8(walk->arena, part.charset, part.text);
    MEM_PUSH(walk->items, walk->count, walk->capacity, part);
}

static void take_single(struct walk *walk, const struct mailmime *mime,
                        bool is_carried)
{
    struct mailmime_content *content = mime->mm_content_type;
    const char *charset =
        content ? mailmime_content_charset_get(content) : NULL;
    struct read_part part = {.type = type_of(walk->arena, content),
                             .charset = lower(walk->arena, charset),
                             .is_carried = is_carried};
    push(walk, part, mime->mm_data.mm_single);
}

/* ---- the walk -------------------------------------------------------- */

static void take(struct walk *walk, const struct mailmime *mime, unsigned depth,
                 bool is_carried)
{
    if (!mime || depth > DEPTH_MAX)
        return;
    if (mime->mm_type == MAILMIME_SINGLE) {
        take_single(walk, mime, is_carried);
    } else if (mime->mm_type == MAILMIME_MULTIPLE) {
        const char *sub =
            mime->mm_content_type ? mime->mm_content_type->ct_subtype : "";
        if (str_equal_nocase(str_of(sub), STR("alternative")))
            walk->is_alternative = true;
        clist *list = mime->mm_data.mm_multipart.mm_mp_list;
        for (clistiter *i = clist_begin(list); i; i = clist_next(i))
            take(walk, clist_content(i), depth + 1, is_carried);
    } else if (depth == 0 || walk->carried == PARTS_READ_CARRIED) {
        bool is_whole = mime->mm_parent == NULL;
        if (!is_whole)
            push(walk,
                 (struct read_part){.type = "message/rfc822",
                                    .charset = "",
                                    .is_carried = is_carried},
                 mime->mm_body);
        take(walk, mime->mm_data.mm_message.mm_msg_mime, depth + 1,
             is_carried || !is_whole);
    }
}

/* libetpan goes down by recursion, and each level has a Content-Type. */
static bool nests_beyond_reason(struct str bytes)
{
    static const struct str word = {"content-type", 12};
    unsigned levels = 0;
    for (size_t at = 0; at < bytes.len; at++)
        levels += (bytes.ptr[at] | 0x20) == 'c' &&
                  str_starts_nocase(str_from(bytes, at), word);
    return levels > PARTS_MAX;
}

bool parts_read(struct arena *arena, struct str bytes,
                enum parts_carried carried, struct read_parts *out,
                struct err *err)
{
    *out = (struct read_parts){0};
    if (nests_beyond_reason(bytes))
        return err_set(err, ERR_INPUT, "parts nested beyond reason");
    struct walk walk = {.arena = arena, .carried = carried};
    struct mailmime *mime = NULL;
    size_t index = 0;
    if (mailmime_parse(bytes.ptr, bytes.len, &index, &mime) == MAILIMF_NO_ERROR)
        take(&walk, mime, 0, false);
    if (mime)
        mailmime_free(mime);
    out->items = ARENA_NEW_ARRAY(arena, struct read_part, walk.count);
    if (walk.count)
        memcpy(out->items, walk.items, walk.count * sizeof *walk.items);
    out->count = walk.count;
    out->is_alternative = walk.is_alternative;
    free(walk.items);
    return true;
}
