#include "subscribers/bounces/mail_internal.h"

#include <ctype.h>
#include <libetpan/libetpan.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "subscribers/bounces/mail_charset_internal.h"
#include "subscribers/bounces/mend_internal.h"
#include "subscribers/bounces/prose_internal.h"

/* Forwarded mails in forwarded mails: deeper ones aren't looked into. */
enum { DEPTH_MAX = 12, PARTS_MAX = 200 };

struct walk {
    struct mail *mail;
    struct mail_part *items;
    size_t count, capacity;
};

/* ---- the source ---- */

static void add_line_end(struct strbuf *out, struct str bytes, size_t *i)
{
    strbuf_add_char(out, '\n');
    if (bytes.ptr[*i] == '\r' && *i + 1 < bytes.len &&
        bytes.ptr[*i + 1] == '\n')
        ++*i;
}

/* CRLF, CR and LF become LF; an mbox line in front goes. */
static struct str with_lf(struct arena *arena, struct str bytes)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    if (bytes.len > MAIL_MAX_BYTES)
        bytes.len = MAIL_MAX_BYTES;
    strbuf_reserve(&out, bytes.len + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == '\r' || bytes.ptr[i] == '\n')
            add_line_end(&out, bytes, &i);
        else
            strbuf_add_char(&out, bytes.ptr[i] ? bytes.ptr[i] : ' ');
    }
    struct str text = strbuf_str(&out), line;
    if (str_starts(text, STR("From ")) || str_starts(text, STR(">From ")))
        str_next_line(&text, &line);
    while (text.len && text.ptr[0] == '\n')
        text = str_from(text, 1);
    return str_of(arena_copy_str(arena, text));
}

/* ---- parts ---- */

static const char *const discrete_names[] = {
    [MAILMIME_DISCRETE_TYPE_TEXT] = "text",
    [MAILMIME_DISCRETE_TYPE_IMAGE] = "image",
    [MAILMIME_DISCRETE_TYPE_AUDIO] = "audio",
    [MAILMIME_DISCRETE_TYPE_VIDEO] = "video",
    [MAILMIME_DISCRETE_TYPE_APPLICATION] = "application",
};

static const char *major_type(const struct mailmime_type *type)
{
    if (type->tp_type == MAILMIME_TYPE_COMPOSITE_TYPE)
        return type->tp_data.tp_composite_type->ct_type ==
                       MAILMIME_COMPOSITE_TYPE_MESSAGE
                   ? "message"
                   : "multipart";
    int discrete = type->tp_data.tp_discrete_type->dt_type;
    const char *name =
        discrete > 0 && (size_t)discrete < ARRAY_SIZE(discrete_names)
            ? discrete_names[discrete]
            : NULL;
    return name ? name : "application";
}

static const char *type_name(struct arena *arena,
                             const struct mailmime_content *content)
{
    if (!content || !content->ct_type || !content->ct_subtype)
        return "text/plain";
    char *name = arena_format(arena, "%s/%s", major_type(content->ct_type),
                              content->ct_subtype);
    for (char *c = name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return name;
}

static void push(struct walk *walk, const char *type, struct str body,
                 bool returned)
{
    struct mail_part part = {type, body, returned};
    if (walk->count < PARTS_MAX)
        MEM_PUSH(walk->items, walk->count, walk->capacity, part);
}

static struct str decoded(struct arena *arena, const struct mailmime_data *data)
{
    size_t index = 0, length = 0;
    char *text = NULL;
    if (!data || data->dt_type != MAILMIME_DATA_TEXT)
        return STR("");
    struct str raw = {data->dt_data.dt_text.dt_data,
                      data->dt_data.dt_text.dt_length};
    if (mailmime_part_parse(raw.ptr, raw.len, &index, data->dt_encoding, &text,
                            &length) != MAILIMF_NO_ERROR)
        return raw;
    struct str body = str_of(arena_copy_str(arena, (struct str){text, length}));
    mailmime_decoded_part_free(text);
    return body;
}

static bool take_mended(struct walk *walk, struct str body, unsigned depth);

static void take_single(struct walk *walk, struct mailmime *mime,
                        unsigned depth, bool returned)
{
    struct arena *arena = &walk->mail->arena;
    const char *type = type_name(arena, mime->mm_content_type);
    struct str body = decoded(arena, mime->mm_data.mm_single);
    bool is_text = strncmp(type, "text/", 5) == 0;
    if (is_text && mime->mm_content_type)
        body = mail_charset_to_utf8(
            arena, mailmime_content_charset_get(mime->mm_content_type), body);
    bool whole =
        strcmp(type, "text/plain") == 0 || strncmp(type, "multipart/", 10) == 0;
    if (!whole || returned || !take_mended(walk, body, depth))
        push(walk, type, body, returned);
}

static void take(struct walk *walk, struct mailmime *mime, unsigned depth,
                 bool returned)
{
    if (!mime || depth > DEPTH_MAX)
        return;
    if (mime->mm_type == MAILMIME_SINGLE) {
        take_single(walk, mime, depth, returned);
    } else if (mime->mm_type == MAILMIME_MULTIPLE) {
        clist *list = mime->mm_data.mm_multipart.mm_mp_list;
        for (clistiter *i = clist_begin(list); i; i = clist_next(i))
            take(walk, clist_content(i), depth + 1, returned);
    } else if (mime->mm_type == MAILMIME_MESSAGE) {
        bool carried = mime->mm_parent != NULL;
        if (carried && mime->mm_body)
            push(walk, "message/rfc822",
                 decoded(&walk->mail->arena, mime->mm_body), returned);
        take(walk, mime->mm_data.mm_message.mm_msg_mime, depth + 1,
             returned || carried);
    }
}

static void walk_mime(struct walk *walk, struct str source, unsigned depth)
{
    struct mailmime *mime = NULL;
    size_t index = 0;
    if (mailmime_parse(source.ptr, source.len, &index, &mime) ==
        MAILIMF_NO_ERROR)
        take(walk, mime, depth, false);
    if (mime)
        mailmime_free(mime);
}

/* Takes the parts of a body that libetpan took for one text. */
static bool take_mended(struct walk *walk, struct str body, unsigned depth)
{
    OWNED(strbuf_free) struct strbuf mended = STRBUF_INIT;
    size_t before = walk->count;
    if (depth > DEPTH_MAX || !mend_parts(body, &mended))
        return false;
    walk_mime(walk, strbuf_str(&mended), depth + 1);
    return walk->count > before;
}

static bool says_anything(const struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        if (str_trim(walk->items[i].body).len)
            return true;
    return false;
}

const struct mail_part *mail_part(const struct mail *mail, const char *type)
{
    for (int returned = 0; returned < 2; returned++)
        for (size_t i = 0; i < mail->count; i++)
            if (mail->parts[i].returned == (returned == 1) &&
                strcmp(mail->parts[i].type, type) == 0)
                return &mail->parts[i];
    return NULL;
}

/* ---- the whole ---- */

void mail_parse(struct str bytes, struct mail *out)
{
    *out = (struct mail){0};
    out->source = with_lf(&out->arena, bytes);
    struct str rest = out->source;
    fields_read(&out->arena, &rest, &out->fields);
    struct walk walk = {.mail = out};
    bool broken = mend_is_due(fields_get(&out->fields, "Content-Type"), rest) &&
                  take_mended(&walk, rest, 0);
    if (!broken)
        walk_mime(&walk, out->source, 0);
    if (!says_anything(&walk) && !take_mended(&walk, rest, 0))
        push(&walk, "text/plain", rest, false);
    out->count = walk.count;
    out->parts = ARENA_NEW_ARRAY(&out->arena, struct mail_part, walk.count);
    if (walk.items)
        memcpy(out->parts, walk.items, walk.count * sizeof *walk.items);
    free(walk.items);
    prose_find(out);
}

void mail_free(struct mail *mail)
{
    arena_free(&mail->arena);
    *mail = (struct mail){0};
}
