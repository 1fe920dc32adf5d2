/* Gives the archive's pictures their relative addresses. */
#include <string.h>

#include "digest/archive/archive_internal.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/document/images.h"
#include "digest/media/picture.h"

const char *archive_picture(const struct story *s, const char *way, bool small,
                            struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
    if (!*s->picture)
        return *s->image_url && !small ? s->image_url : NULL;
    if (!small)
        return arena_format(arena, "%si/%s", way, s->picture);
    picture_small_name(str_of(s->picture), (unsigned)s->image_width, &name);
    if (strcmp(strbuf_text(&name), s->picture) == 0)
        return NULL;
    return arena_format(arena, "%si/%s", way, strbuf_text(&name));
}

void archive_picture_in(const struct story *s, struct str html, const char *way,
                        struct strbuf *out)
{
    OWNED(mem_free) char *ours = mem_format("%si/%s", way, s->picture);
    if (*s->picture)
        image_swap(html, str_of(s->image_url), str_of(ours), out);
    else
        strbuf_add_str(out, html);
}

void archive_picture_relink(struct str html, const char *base_url,
                            const char *way, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf there = STRBUF_INIT;
    if (base_url) {
        strbuf_add_text(&there, "src=\"");
        html_escape(&there, str_of(base_url));
        strbuf_add_text(&there, "/i/");
    }
    while (html.len) {
        size_t at =
            there.len ? str_find_str(html, strbuf_str(&there)) : html.len;
        strbuf_add_str(out, (struct str){html.ptr, at});
        if (at < html.len)
            strbuf_add_format(out, "src=\"%si/", way);
        html = str_from(html, at + there.len);
    }
}
