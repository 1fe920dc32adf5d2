/* Feeds: files of them, and those that are fetched. */
#include "digest/sources/feed/feed_find_internal.h"
#include "digest/sources/feed/feed_internal.h"
#include "digest/sources/source_kind_internal.h"
#include "digest/sources/source_turn_internal.h"

static enum source_sureness recognise(const char *name, const char *look)
{
    static const char *const marks[] = {"jsonfeed.org/version/",
                                        "<rss",
                                        "<rdf:rdf",
                                        "<feed",
                                        ":feed",
                                        "<channel",
                                        NULL};
    (void)name;
    return source_has_word(look, marks) ? SOURCE_BY_LOOK : SOURCE_NO;
}

static struct fetch_request begin(struct source_turn *turn)
{
    const struct source *source = turn->source;
    return (struct fetch_request){
        source->address,
        {.etag = source->etag, .last_modified = source->last_modified}};
}

static bool take(struct source_turn *turn, const struct fetch_reply *reply,
                 char **follow, struct err *err)
{
    struct source *source = turn->source;
    (void)follow;
    if (!source_turn_move(turn, reply->moved_url, err))
        return false;
    turn->is_unchanged = reply->is_unchanged;
    if (turn->is_unchanged)
        return true;
    if (!import_reply(turn->db, source->address, reply, &turn->options,
                      turn->report, err))
        return false;
    source->etag = reply->etag;
    source->last_modified = reply->last_modified;
    return true;
}

const struct source_kind source_kind_feed = {
    .name = "feed",
    .source_noun = "feed",
    .file_noun = "a feed",
    .suffixes =
        (const char *const[]){".rss", ".atom", ".rdf", ".xml", ".json", NULL},
    .recognise = recognise,
    .read = import_feed,
    .is_at = feed_is_at,
    .is_behind = feed_is_behind,
    .begin = begin,
    .take = take,
};
