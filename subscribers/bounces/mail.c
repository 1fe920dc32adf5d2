/* Takes a mail apart into fields and parts, broken ones included. */
#include "subscribers/bounces/mail_internal.h"

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "subscribers/bounces/mend_internal.h"
#include "subscribers/bounces/prose_internal.h"

/* Broken parts in broken parts: deeper ones aren't looked into. */
enum { DEPTH_MAX = 12, PARTS_MAX = 200 };

struct walk {
    struct mail *mail;
    struct read_part *items;
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

static void read_all_parts(struct walk *walk, struct str source,
                           unsigned depth);

static void push(struct walk *walk, struct read_part part)
{
    if (walk->count < PARTS_MAX)
        MEM_PUSH(walk->items, walk->count, walk->capacity, part);
}

/* Takes the parts of a body that was taken for one text. */
static bool take_mended(struct walk *walk, struct str body, unsigned depth)
{
    OWNED(strbuf_free) struct strbuf mended = STRBUF_INIT;
    size_t before = walk->count;
    if (depth > DEPTH_MAX || !mend_parts(body, &mended))
        return false;
    read_all_parts(
        walk, str_of(arena_copy_str(&walk->mail->arena, strbuf_str(&mended))),
        depth + 1);
    return walk->count > before;
}

/* A mail with parts nested beyond reason has none. */
static void read_all_parts(struct walk *walk, struct str source, unsigned depth)
{
    struct read_parts parts;
    struct err ignored;
    if (!parts_read(&walk->mail->arena, source, PARTS_READ_CARRIED, &parts,
                    &ignored))
        return;
    for (size_t i = 0; i < parts.count; i++) {
        struct read_part part = parts.items[i];
        bool may_hold_parts = strcmp(part.type, "text/plain") == 0 ||
                              strncmp(part.type, "multipart/", 10) == 0;
        if (part.is_carried || !may_hold_parts ||
            !take_mended(walk, part.text, depth))
            push(walk, part);
    }
}

static bool says_anything(const struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        if (str_trim(walk->items[i].text).len)
            return true;
    return false;
}

const struct read_part *mail_part(const struct mail *mail, const char *type)
{
    for (int carried = 0; carried < 2; carried++)
        for (size_t i = 0; i < mail->count; i++)
            if (mail->parts[i].is_carried == (carried == 1) &&
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
        read_all_parts(&walk, out->source, 0);
    if (!says_anything(&walk) && !take_mended(&walk, rest, 0))
        push(&walk, (struct read_part){.type = "text/plain", .text = rest});
    out->count = walk.count;
    out->parts = ARENA_NEW_ARRAY(&out->arena, struct read_part, walk.count);
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
