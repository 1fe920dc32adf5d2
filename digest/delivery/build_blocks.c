/* The blocks of an issue, on their way into it. */
#include "digest/delivery/build_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/zone.h"
#include "digest/document/document.h"

enum { DAY_SIZE = 48 };

bool build_find_blocks(struct db *db, const struct issue *issue,
                       const struct newsletter *newsletter, int64_t date,
                       struct arena *arena, struct block_list *out,
                       struct err *err)
{
    *out = (struct block_list){0};
    if (issue->correction_id) /* a correction stands alone */
        return true;
    if (issue->started_at)
        return block_find_frozen(db, issue->id, arena, out, err);
    if (!block_find(db, newsletter->id, arena, out, err))
        return false;
    char day[DAY_SIZE];
    struct zone_time local;
    zone_local(newsletter->timezone,
               issue->scheduled_at > date ? issue->scheduled_at : date, &local);
    snprintf(day, sizeof day, "%04d-%02u-%02u", local.year, local.month,
             local.day);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (block_is_due(&out->items[i], day))
            out->items[kept++] = out->items[i];
    out->count = kept;
    return true;
}

bool build_find_texts(struct db *db, const struct issue *issue,
                      struct arena *arena, struct text_list *out,
                      struct err *err)
{
    return issue->started_at
               ? text_find_frozen(db, issue->id, arena, out, err)
               : text_find(db, issue->newsletter_id, arena, out, err);
}

static bool fill_html(const struct build *build, const struct block *block,
                      const char *date, struct arena *arena, const char **html,
                      struct err *err)
{
    OWNED(document_release) struct document *document = NULL;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;
    const struct conf *conf = build->conf;
    const char *number = arena_format(arena, "%" PRId64, build->issue->number);
    const struct block_name names[] = {
        {"newsletter.title", str_of(build->newsletter->title)},
        {"issue.number", str_of(number)},
        {"issue.date", str_of(date)},
        {"site.name", str_of(conf->site_name)},
        {"site.url", str_of(conf_site(conf))},
    };
    block_text_fill(block->text, names, ARRAY_SIZE(names), &text);
    if (!document_from_markdown(strbuf_str(&text), conf_site(conf), &document,
                                err))
        return err_context(err, "block %" PRId64, block->id);
    document_to_html(document, &out);
    *html = arena_copy_str(arena, strbuf_str(&out));
    return true;
}

/* Finds a block's place among these sections; a section that isn't there has
 * none, so that the block comes to stand at the bottom. */
static void find_place(const struct block *block, const char *const *headings,
                       size_t count, struct render_block *out)
{
    static const enum render_place places[] = {
        [BLOCK_TOP] = RENDER_TOP,
        [BLOCK_AFTER_SECTION] = RENDER_AFTER_SECTION,
        [BLOCK_AFTER_STORY] = RENDER_AFTER_STORY,
        [BLOCK_BOTTOM] = RENDER_BOTTOM,
    };
    out->place = places[block->place];
    if (block->place == BLOCK_AFTER_STORY)
        out->index = (size_t)block->story;
    if (block->place != BLOCK_AFTER_SECTION)
        return;
    for (size_t i = 0; i < count; i++)
        if (strcmp(headings[i], block->section) == 0) {
            out->index = i;
            return;
        }
    out->place = RENDER_BOTTOM;
}

bool build_fill_blocks(const struct build *build, const char *date,
                       const char *const *headings, size_t heading_count,
                       struct arena *arena, struct render_block **out,
                       size_t *count, struct err *err)
{
    size_t all = build->blocks ? build->blocks->count : 0;
    *out = ARENA_NEW_ARRAY(arena, struct render_block, all + 2);
    *count = build_fill_corrections(build, build->corrected, arena, *out);
    for (size_t i = 0; i < all; i++) {
        const struct block *block = &build->blocks->items[i];
        struct render_block item = {
            .kind = block_kind_name(block->kind),
            .is_advertisement = block->kind == BLOCK_SPONSOR,
        };
        if (!block_speaks_to(block, build->voice->language))
            continue;
        if (!fill_html(build, block, date, arena, &item.html, err))
            return false;
        find_place(block, headings, heading_count, &item);
        (*out)[(*count)++] = item;
    }
    *count += build_fill_corrections(build, build->corrections, arena,
                                     &(*out)[*count]);
    return true;
}
