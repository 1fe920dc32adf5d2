/* Fetches the sources that are due, all at a time, and imports from them. */
#include "digest/sources/source_fetch.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/url.h"
#include "digest/base/url_shown.h"
#include "digest/fetch/fetch.h"
#include "digest/sources/site.h"
#include "digest/sources/source_kind.h"
#include "digest/sources/source_turn_internal.h"

enum { BETWEEN_S = 15 * 60 };

struct fetching {
    struct db *db;
    const struct source_fetch_options *options;
    struct source_fetch_report *report;
    struct source_turn *turns; /* of those with an address on the net */
    size_t count;
    struct tx tx; /* over what comes one after another */
    int64_t begun_ms;
};

/* The time that another writer is kept waiting at most; none waits while a
 * server is silent. */
enum { HOLD_MS = 300 };

static bool let_go(void *context, struct err *err)
{
    struct fetching *f = context;
    return !f->tx.db || tx_commit(&f->tx, err);
}

static bool hold(struct fetching *f, struct err *err)
{
    int64_t now_ms = clock_monotonic_ms();
    if (f->tx.db && now_ms - f->begun_ms > HOLD_MS && !let_go(f, err))
        return false;
    if (f->tx.db)
        return true;
    f->begun_ms = now_ms;
    return tx_begin(&f->tx, f->db, TX_NORMAL, err);
}

static bool look_at_path(const char *path, struct arena *arena,
                         struct source *out, struct err *err)
{
    OWNED(mem_free) char *whole = realpath(path, NULL);
    enum source_sureness most = SOURCE_NO;
    if (!whole)
        return file_fail(err, path, "find");
    for (size_t i = 0; source_kinds[i]; i++) {
        const struct source_kind *kind = source_kinds[i];
        enum source_sureness sure =
            kind->recognise_path ? kind->recognise_path(whole) : SOURCE_NO;
        if (sure > most) {
            most = sure;
            out->kind = kind->name;
        }
    }
    out->address = arena_copy(arena, whole);
    return true;
}

bool source_look(const char *name, bool allow_private, struct arena *arena,
                 struct source *out, struct err *err)
{
    struct site site;
    out->name = out->category = out->etag = out->last_modified = "";
    out->last_error = out->language = "";
    if (url_is_absolute(str_of(name)) && !site_is_address(name))
        return err_set(err, ERR_INPUT,
                       "%.300s: can't be fetched; give an address that begins "
                       "with https:// or http://, or a path",
                       name);
    if (file_exists(name) || !site_is_address(name))
        return look_at_path(name, arena, out, err);
    if (!site_look(name, allow_private, arena, &site, err))
        return false;
    source_of_site(&site, out);
    return true;
}

void source_of_site(const struct site *site, struct source *out)
{
    out->category = out->etag = out->last_modified = out->last_error = "";
    out->kind = site->kind->name;
    out->address = site->address;
    out->name = site->name;
    out->language = site->language;
}

/* "failing for 3 days" */
static void add_span(struct strbuf *out, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *one, *many;
    } units[] = {{86400, "day", "days"},
                 {3600, "hour", "hours"},
                 {60, "minute", "minutes"}};
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        int64_t count = seconds / units[i].seconds;
        if (count) {
            strbuf_add_format(out, "%" PRId64 " %s", count,
                              count == 1 ? units[i].one : units[i].many);
            return;
        }
    }
    strbuf_add_text(out, "less than a minute");
}

static void tell_failure(struct fetching *f, const struct source *source)
{
    const struct import_report *report = &f->report->import;
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    strbuf_add_format(&line, "source %" PRId64 ": %s", source->id,
                      source->last_error);
    if (source->failures > 1) {
        strbuf_add_text(&line, " (failing for ");
        add_span(&line, f->options->now - source->failing_since);
        strbuf_add_format(&line, ", %" PRId64 " times)", source->failures);
    }
    if (report->tell)
        report->tell(report->context, IMPORT_FAILED, strbuf_text(&line));
}

/* Notes a source's failure; it rests for as long as it asked to, within a day,
 * or longer each time. */
static bool note_failure(struct fetching *f, struct source *source,
                         const struct err *why, int64_t asked_s,
                         struct err *err)
{
    int64_t rest = source_rest_s(++source->failures);
    if (asked_s > SOURCE_REST_S)
        asked_s = SOURCE_REST_S;
    if (!source->failing_since)
        source->failing_since = f->options->now;
    source->next_at = f->options->now + (asked_s > rest ? asked_s : rest);
    source->last_error = why->text;
    f->report->failed++;
    tell_failure(f, source);
    bool good = source_update(f->db, source, err);
    source->last_error = "";
    return good;
}

static bool note_success(struct fetching *f, struct source *source,
                         struct err *err)
{
    source->failures = source->failing_since = 0;
    source->last_fetched_at = f->options->now;
    source->next_at = f->options->now + BETWEEN_S;
    source->last_error = "";
    f->report->fetched++;
    return source_update(f->db, source, err);
}

static struct import_options import_options_of(const struct fetching *f,
                                               const struct source *source,
                                               const struct source_kind *kind)
{
    return (struct import_options){
        .category = *source->category ? source->category : NULL,
        .map = source->map,
        .map_count = source->map_count,
        .source_id = source->id,
        .was_fetched = source->last_fetched_at != 0,
        .now = f->options->now,
        .allow_private = f->options->allow_private,
        .base_url = f->options->base_url,
        .language = source->language,
        .kind = kind->read ? kind : NULL,
    };
}

static bool is_ours(enum err_kind kind)
{
    return kind == ERR_STORE || kind == ERR_CONFLICT;
}

static struct source_turn turn_of(struct fetching *f, struct source *source,
                                  const struct source_kind *kind)
{
    return (struct source_turn){.db = f->db,
                                .kind = kind,
                                .source = source,
                                .options = import_options_of(f, source, kind),
                                .report = &f->report->import,
                                .max_posts = f->options->max_posts};
}

static bool fetch_here(struct fetching *f, struct source *source,
                       const struct source_kind *kind, struct err *err)
{
    struct source_turn turn = turn_of(f, source, kind);
    struct err why = {0};
    if (kind->fetch(&turn, &why))
        return note_success(f, source, err);
    if (!is_ours(why.kind))
        return note_failure(f, source, &why, 0, err);
    *err = why;
    return false;
}

/* A database may have been written by a program that knew more kinds. */
static bool fail_kind(struct fetching *f, struct source *source,
                      struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct err why;
    (void)!err_set(&why, ERR_INPUT,
                   "%.300s: can't be fetched, being of the kind \"%.40s\", "
                   "which this version doesn't know; use the version that "
                   "added it, or remove the source",
                   url_shown(&arena, source->address), source->kind);
    return note_failure(f, source, &why, 0, err);
}

bool source_turn_move(struct source_turn *turn, const char *address,
                      struct err *err)
{
    struct source *source = turn->source, moved = *source;
    struct err why = {0};
    if (!address || strcmp(address, source->address) == 0)
        return true;
    moved.address = address;
    if (source_update(turn->db, &moved, &why)) {
        source->address = address;
        return true;
    }
    if (why.kind == ERR_CONFLICT)
        return true;
    *err = why;
    return false;
}

static bool take_reply(struct fetching *f, struct source_turn *turn,
                       const struct fetch_reply *reply, char **follow,
                       struct err *err)
{
    struct err why = {0};
    if (!turn->kind->take(turn, reply, follow, &why)) {
        if (why.kind == ERR_INPUT)
            return note_failure(f, turn->source, &why, 0, err);
        *err = why;
        return false;
    }
    if (*follow)
        return true;
    f->report->unchanged += turn->is_unchanged;
    return hold(f, err) && note_success(f, turn->source, err);
}

/* Takes one reply. The source borrows texts of it, which are gone
 * afterwards. */
static bool take(void *context, size_t index, const struct fetch_reply *reply,
                 const struct err *why, char **follow, struct err *err)
{
    struct fetching *f = context;
    struct source_turn *turn = &f->turns[index];
    struct source *source = turn->source, kept = *source;
    bool is_read = !why && !reply->is_unchanged;
    /* Reading takes as long as the source likes: nobody waits for that. */
    if (is_read ? !let_go(f, err) : !hold(f, err))
        return false;
    bool good = why ? note_failure(f, source, why, reply->retry_after, err)
                    : take_reply(f, turn, reply, follow, err);
    source->address = kept.address;
    source->etag = kept.etag;
    source->last_modified = kept.last_modified;
    return good;
}

static bool is_resting(const struct fetching *f, const struct source *source)
{
    if (clock_is_due(source->next_at, SOURCE_REST_S, f->options->now))
        return false;
    return source->failures ? !f->options->again : f->options->only_due;
}

static bool fetch_turns(struct fetching *f, struct err *err)
{
    OWNED(mem_free)
    struct fetch_request *requests =
        MEM_NEW_ARRAY(struct fetch_request, f->count + 1);
    for (size_t i = 0; i < f->count; i++) {
        requests[i] = f->turns[i].kind->begin(&f->turns[i]);
        requests[i].options.allow_private = f->options->allow_private;
    }
    struct fetch_crowd crowd = {.requests = requests,
                                .count = f->count,
                                .take = take,
                                .rest = let_go,
                                .context = f};
    bool good = fetch_many(&crowd, err) && let_go(f, err);
    tx_end(&f->tx);
    for (size_t i = 0; i < f->count; i++)
        if (f->turns[i].kind->end)
            f->turns[i].kind->end(&f->turns[i]);
    return good;
}

bool sources_fetch(struct db *db, struct source *sources, size_t count,
                   const struct source_fetch_options *options,
                   struct source_fetch_report *report, struct err *err)
{
    OWNED(mem_free)
    struct source_turn *turns = MEM_NEW_ARRAY(struct source_turn, count + 1);
    struct fetching f = {
        .db = db, .options = options, .report = report, .turns = turns};
    for (size_t i = 0; i < count; i++) {
        struct source *source = &sources[i];
        const struct source_kind *kind = source_kind_find(source->kind);
        bool good = true;
        if (is_resting(&f, source))
            report->resting += source->failures > 0;
        else if (kind && kind->fetch)
            good = fetch_here(&f, source, kind, err);
        else if (kind && kind->begin)
            turns[f.count++] = turn_of(&f, source, kind);
        else
            good = fail_kind(&f, source, err);
        if (!good)
            return false;
    }
    return fetch_turns(&f, err);
}
