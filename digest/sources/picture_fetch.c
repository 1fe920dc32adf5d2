/* Fetches the pictures of articles, and has them kept. */
#include "digest/sources/picture_fetch.h"

#include <inttypes.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/url.h"
#include "digest/fetch/fetch.h"

enum { A_ROUND = 16, ALL_MS = 60 * 1000, ONE_S = 20 };

static const struct fetch_options how = {
    .max_bytes = PICTURE_BYTES_MAX,
    .timeout_s = ONE_S,
    .accept = "image/jpeg, image/png, image/webp, image/gif;q=0.8",
};

/* One round. */
struct round {
    struct db *db;
    const struct picture_fetch_options *options;
    struct picture_fetch_report *report;
    struct article_picture_list due;
};

static bool note_failure(struct round *round,
                         const struct article_picture_due *due,
                         const struct err *why, struct err *err)
{
    struct picture_fetch_report *report = round->report;
    OWNED(mem_free)
    char *line = mem_format("picture of article %" PRId64 ": %s",
                            due->article_id, why->text);
    report->failed++;
    if (report->tell)
        report->tell(report->context, line);
    return article_picture_fail(round->db, due->article_id, due->url, why->text,
                                round->options->now, err);
}

/* A fault of ours, such as a child that can't be run, is none of the
 * picture's, and isn't noted as one. */
static bool is_ours(enum err_kind kind)
{
    return kind == ERR_IO || kind == ERR_STORE;
}

static bool make(const char *name, struct str bytes, struct picture *out,
                 struct err *err)
{
    return picture_make(bytes, out, err) ||
           (is_ours(err->kind) ? false : err_context(err, "%.300s", name));
}

static bool take(void *context, size_t index, const struct fetch_reply *reply,
                 const struct err *why, char **follow, struct err *err)
{
    struct round *round = context;
    const struct article_picture_due *due = &round->due.items[index];
    OWNED(picture_free) struct picture picture = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct err wrong = {0};
    (void)follow;
    if (why)
        return note_failure(round, due, why, err);
    if (!make(due->url, strbuf_str(&reply->body), &picture, &wrong)) {
        if (!is_ours(wrong.kind))
            return note_failure(round, due, &wrong, err);
        *err = wrong;
        return false;
    }
    round->report->stored++;
    return tx_begin(&tx, round->db, TX_NORMAL, err) &&
           article_picture_put(round->db, due->article_id, due->url, &picture,
                               round->options->now, err) &&
           tx_commit(&tx, err);
}

static bool fetch_round(struct round *round, struct err *err)
{
    struct fetch_request requests[A_ROUND];
    for (size_t i = 0; i < round->due.count; i++) {
        requests[i] = (struct fetch_request){round->due.items[i].url, how};
        requests[i].options.allow_private = round->options->allow_private;
    }
    struct fetch_crowd crowd = {.requests = requests,
                                .count = round->due.count,
                                .take = take,
                                .context = round};
    return fetch_many(&crowd, err);
}

bool pictures_fetch(struct db *db, const struct picture_fetch_options *options,
                    struct picture_fetch_report *report, struct err *err)
{
    int64_t until = clock_monotonic_ms() + ALL_MS;
    struct article_picture_wish wish = {
        .all = options->all, .now = options->now, .limit = A_ROUND};
    do {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct round round = {.db = db, .options = options, .report = report};
        if (!article_picture_due(db, &wish, &arena, &round.due, err))
            return false;
        if (!round.due.count)
            return true;
        if (!fetch_round(&round, err))
            return false;
    } while (clock_monotonic_ms() < until);
    return true;
}

bool picture_from(const char *name, bool allow_private, struct picture *out,
                  struct err *err)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    OWNED(fetch_reply_free) struct fetch_reply reply = {0};
    struct fetch_options options = how;
    options.allow_private = allow_private;
    if (!url_is_absolute(str_of(name)))
        return file_read(name, PICTURE_BYTES_MAX, &bytes, err) &&
               make(name, strbuf_str(&bytes), out, err);
    return fetch_url(name, &options, &reply, err) &&
           make(name, strbuf_str(&reply.body), out, err);
}
