/* WordPress: its export files, and a live site's API. */
#include <stdio.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/sources/source_kind_internal.h"
#include "digest/sources/source_turn_internal.h"
#include "digest/sources/wordpress/wordpress_fetch_internal.h"
#include "digest/sources/wordpress/wordpress_find_internal.h"
#include "digest/sources/wordpress/wordpress_internal.h"

static enum source_sureness recognise(const char *name, const char *look)
{
    (void)name;
    return strstr(look, "wordpress.org/export/") ? SOURCE_BY_MARK : SOURCE_NO;
}

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static bool read_export(struct import_run *run,
                        const struct import_bytes *input, struct err *err)
{
    OWNED(close_file)
    FILE *file = fmemopen((void *)input->bytes.ptr, input->bytes.len, "r");
    if (!file)
        return file_fail(err, input->name, "read");
    return import_wordpress(run, input->name, file, err);
}

static struct fetch_request begin(struct source_turn *turn)
{
    struct wordpress_fetch *site = turn->state =
        MEM_NEW(struct wordpress_fetch);
    return (struct fetch_request){
        wordpress_fetch_begin(site, turn->source, turn->max_posts),
        {.accept = "application/json"}};
}

static size_t news_in(const struct import_report *report)
{
    return report->added + report->changed + report->withdrawn_count;
}

/* One answer of several; the last ends the fetching. */
static bool take(struct source_turn *turn, const struct fetch_reply *reply,
                 char **follow, struct err *err)
{
    struct wordpress_fetch *site = turn->state;
    size_t before = news_in(turn->report);
    if (!wordpress_fetch_take(site, turn->db, reply, &turn->options,
                              turn->report, follow, err))
        return false;
    site->has_news |= before != news_in(turn->report);
    if (*follow)
        return true;
    turn->is_unchanged = !site->has_news;
    turn->source->last_modified = site->newest;
    return source_turn_move(turn, site->moved_root, err);
}

static void end(struct source_turn *turn)
{
    wordpress_fetch_free(turn->state);
    free(turn->state);
}

extern const struct source_kind source_kind_wordpress;
const struct source_kind source_kind_wordpress = {
    .name = "wordpress",
    .source_noun = "WordPress site",
    .file_noun = "a WordPress export",
    .suffixes = (const char *const[]){".wxr", ".xml", NULL},
    .recognise = recognise,
    .read = read_export,
    .read_stream = import_wordpress,
    .is_whole = true,
    .is_at = wordpress_is_at,
    .is_behind = wordpress_is_behind,
    .begin = begin,
    .take = take,
    .end = end,
};
