/* The jobs, in the order in which a run does them: what is due to go out is
 * started first, and sent last, after all that is short. */
#include <inttypes.h>
#include <string.h>

#include "digest/access/audit.h"
#include "digest/access/session.h"
#include "digest/articles/source_store.h"
#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/base/zone.h"
#include "digest/issues/issue_due.h"
#include "digest/media/picture_store.h"
#include "digest/newsletters/schedule.h"
#include "digest/notices/notices.h"
#include "digest/notices/outbox.h"
#include "digest/notices/reader_mail.h"
#include "digest/notices/reader_request.h"
#include "digest/scheduler/erase.h"
#include "digest/scheduler/occurrence.h"
#include "digest/scheduler/scheduler_internal.h"
#include "digest/sources/picture_fetch.h"
#include "digest/sources/source_fetch.h"
#include "digest/store/erasing.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/bounces/poll.h"
#include "subscribers/consent/preferences.h"
#include "subscribers/consent/retention.h"
#include "subscribers/roster/name_store.h"

enum { POLL_EVERY_S = 5 * 60, TIDY_EVERY_S = 24 * 3600 };

/* ---- sources ------------------------------------------------------- */

static bool sources_due(const struct scheduler *scheduler, int64_t now,
                        bool *out, struct err *err)
{
    int64_t due, next_at;
    if (!source_due(scheduler->conductor.db, now, &due, &next_at, err))
        return false;
    *out = due > 0;
    return true;
}

/* Logs a line of an import; failures are told by note_source, once. */
static void tell_source(void *context, enum import_word word, const char *line)
{
    (void)context;
    log_write(word == IMPORT_DOUBTED ? LOG_WARNING : LOG_DETAIL, "%s", line);
}

/* A source that keeps failing is told to the operator as a job is. */
static bool note_source(const struct scheduler *scheduler,
                        const struct source *source, int64_t before,
                        int64_t now, struct err *err)
{
    OWNED(mem_free) char *name = mem_format("source %" PRId64, source->id);
    OWNED(mem_free) char *label = mem_format("fetching %s", source->address);
    url_hide_password(label);
    struct scheduler_job job = {.name = name, .label = label};
    struct err why = {0};
    if (source->failures == before)
        return true;
    if (!source->failures)
        return scheduler_note_good(scheduler, &job, now, err);
    err_set(&why, ERR_TEMPORARY, "%s", source->last_error);
    return scheduler_note_bad(scheduler, &job, now, &why, err);
}

/* Notes how each source fared. Both lists are sorted by id; a source may have
 * been added or removed meanwhile. */
static bool note_sources(const struct scheduler *scheduler,
                         const struct source_list *before,
                         const struct source_list *after, int64_t now,
                         struct err *err)
{
    size_t b = 0;
    for (size_t i = 0; i < after->count; i++) {
        const struct source *source = &after->items[i];
        while (b < before->count && before->items[b].id < source->id)
            b++;
        if (b < before->count && before->items[b].id == source->id &&
            !note_source(scheduler, source, before->items[b].failures, now,
                         err))
            return false;
    }
    return true;
}

static void free_report(struct source_fetch_report *report)
{
    import_report_free(&report->import);
}

static bool fetch_sources(const struct scheduler *scheduler, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(free_report)
    struct source_fetch_report report = {.import = {.tell = tell_source}};
    struct source_list list;
    struct source_fetch_options options = {
        .now = scheduler_now(scheduler),
        .allow_private = scheduler->conductor.conf->fetch_private,
        .base_url = conf_site(scheduler->conductor.conf),
        .only_due = true,
    };
    struct db *db = scheduler->conductor.db;
    if (!source_find(db, &arena, &list, err))
        return false;
    struct source_list before = list, after;
    before.items = ARENA_NEW_ARRAY(&arena, struct source, list.count);
    if (list.count)
        memcpy(before.items, list.items, list.count * sizeof *list.items);
    return sources_fetch(db, list.items, list.count, &options, &report, err) &&
           source_find(db, &arena, &after, err) &&
           note_sources(scheduler, &before, &after, options.now, err);
}

static bool explain_sources(const struct scheduler *scheduler, int64_t now,
                            struct scheduler_steps *out, struct err *err)
{
    int64_t due, next_at;
    if (!source_due(scheduler->conductor.db, now, &due, &next_at, err))
        return false;
    if (due)
        scheduler_add_step(out, now, now, "UTC", "%" PRId64 " %s fetched", due,
                           due == 1 ? "source is" : "sources are");
    else if (next_at)
        scheduler_add_step(out, next_at, now, "UTC",
                           "the next source is fetched");
    return true;
}

/* ---- drafts -------------------------------------------------------- */

static bool drafts_due(const struct scheduler *scheduler, int64_t now,
                       bool *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct schedule_list due;
    if (!schedule_due(scheduler->conductor.db, now, &arena, &due, err))
        return false;
    *out = due.count > 0;
    return true;
}

static bool make_drafts(const struct scheduler *scheduler, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct occurrence_say say = {scheduler->say, scheduler->context};
    struct schedule_list due;
    struct err first = {0};
    if (!schedule_due(scheduler->conductor.db, scheduler_now(scheduler), &arena,
                      &due, err))
        return false;
    for (size_t i = 0; i < due.count; i++) {
        struct err one = {0};
        if (!occurrence_tend(&scheduler->conductor, &due.items[i], &say,
                             &one) &&
            !first.kind)
            first = one;
    }
    *err = first;
    return !first.kind;
}

static void explain_schedule(const struct schedule *s,
                             const struct occurrence_next *next, int64_t now,
                             struct scheduler_steps *out)
{
    OWNED(strbuf_free) struct strbuf due = STRBUF_INIT;
    zone_date_time(s->zone, next->due_at, &due);
    static const char *const words[] = {
        [STEP_NOTHING] = "",
        [STEP_MAKE] = "is drafted and shown to its editors",
        [STEP_RETRY] = "had too few articles, and is tried again",
        [STEP_MISS] = "is marked as missed",
        [STEP_WAIT] = "is drafted once the one before it has gone out",
    };
    if (next->step != STEP_NOTHING)
        scheduler_add_step(out, next->step == STEP_MISS ? now : next->at, now,
                           s->zone, "%s: the issue due %s %s", s->newsletter,
                           strbuf_text(&due), words[next->step]);
}

static bool explain_drafts(const struct scheduler *scheduler, int64_t now,
                           struct scheduler_steps *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct schedule_list all;
    if (!schedule_due(scheduler->conductor.db, INT64_MAX, &arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        struct occurrence_next next;
        if (!occurrence_look(scheduler->conductor.db, &all.items[i], now, &next,
                             err))
            return false;
        explain_schedule(&all.items[i], &next, now, out);
    }
    return true;
}

/* ---- what was asked for on pages ------------------------------------ */

enum { REQUESTS_A_RUN = 1000 };

static bool requests_due(const struct scheduler *scheduler, int64_t now,
                         bool *out, struct err *err)
{
    (void)now;
    return reader_request_waits(scheduler->conductor.db, out, err);
}

static bool do_requests(const struct scheduler *scheduler, struct err *err)
{
    const struct conductor *c = &scheduler->conductor;
    struct reader_mail mail = {
        .db = c->db,
        .keys = c->keys,
        .templates = c->templates,
        .site_name = c->conf->site_name,
        .postal_address = c->conf->postal_address,
        .base_url = c->conf->base_url,
    };
    return reader_request_do(&mail, REQUESTS_A_RUN, err);
}

/* ---- the outbox ---------------------------------------------------- */

static bool has_notices_due(const struct scheduler *scheduler, int64_t now,
                            bool *out, struct err *err)
{
    int64_t due, next_at;
    if (!notices_due(scheduler->conductor.db, now, &due, &next_at, err))
        return false;
    *out = due > 0;
    return true;
}

static bool send_notices(const struct scheduler *scheduler, struct err *err)
{
    struct notices_report report = {0};
    return outbox_send(scheduler->conductor.conf, scheduler->conductor.db,
                       scheduler_watch(scheduler), &report, err) ||
           (err->kind == ERR_TEMPORARY && report.deferred);
}

static bool explain_notices(const struct scheduler *scheduler, int64_t now,
                            struct scheduler_steps *out, struct err *err)
{
    int64_t due, next_at;
    if (!notices_due(scheduler->conductor.db, now, &due, &next_at, err))
        return false;
    if (due)
        scheduler_add_step(out, now, now, "UTC", "%" PRId64 " %s sent", due,
                           due == 1 ? "mail of the outbox is"
                                    : "mails of the outbox are");
    else if (next_at)
        scheduler_add_step(out, next_at, now, "UTC",
                           "the outbox is tried again (%s)",
                           "a mail was deferred");
    return true;
}

/* ---- the mailbox --------------------------------------------------- */

/* *at: when a job that comes every so often is due; 0: at once. */
static bool job_next(const struct scheduler *scheduler, const char *name,
                     int64_t every_s, int64_t *at, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct job job;
    if (!job_get(scheduler->conductor.db, name, &arena, &job, err))
        return false;
    *at = clock_is_due(job.next_at, every_s, scheduler_now(scheduler))
              ? 0
              : job.next_at;
    return true;
}

static bool mailbox_due(const struct scheduler *scheduler, int64_t now,
                        bool *out, struct err *err)
{
    int64_t at;
    *out = false;
    if (!scheduler->conductor.conf->bounce_mailbox)
        return true;
    if (!job_next(scheduler, "mailbox", POLL_EVERY_S, &at, err))
        return false;
    *out = at <= now;
    return true;
}

static bool poll_mailbox(const struct scheduler *scheduler, struct err *err)
{
    const struct conf *conf = scheduler->conductor.conf;
    struct bounce_tally tally = {0};
    struct bounce_recorder recorder = {
        .db = scheduler->conductor.db,
        .keys = scheduler->conductor.keys,
        .soft_limit = conf->bounce_soft_limit,
        .authserv_id = conf->bounce_authserv_id,
        .now = scheduler_now(scheduler),
        .stop = scheduler_watch(scheduler),
    };
    struct mailbox_settings settings = {
        .url = conf->bounce_mailbox,
        .password_file = conf->bounce_password_file,
        .ca_file = conf->bounce_ca_file,
        .stop = recorder.stop,
    };
    bool good = bounce_poll(&recorder, &settings, &tally, err);
    if (tally.read)
        log_detail("read %zu mails in the bounce mailbox", tally.read);
    return good;
}

static bool explain_mailbox(const struct scheduler *scheduler, int64_t now,
                            struct scheduler_steps *out, struct err *err)
{
    int64_t at;
    if (!scheduler->conductor.conf->bounce_mailbox)
        return true;
    if (!job_next(scheduler, "mailbox", POLL_EVERY_S, &at, err))
        return false;
    scheduler_add_step(out, at, now, "UTC", "the bounce mailbox is read");
    return true;
}

/* ---- pictures ------------------------------------------------------ */

static bool pictures_due(const struct scheduler *scheduler, int64_t now,
                         bool *out, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    enum conf_media media = scheduler->conductor.conf->media_fetch;
    struct article_picture_wish wish = {
        .all = media == CONF_MEDIA_ALL, .now = now, .limit = 1};
    struct article_picture_list due = {0};
    if (media != CONF_MEDIA_NONE &&
        !article_picture_due(scheduler->conductor.db, &wish, &arena, &due, err))
        return false;
    *out = due.count > 0;
    return true;
}

static bool explain_pictures(const struct scheduler *scheduler, int64_t now,
                             struct scheduler_steps *out, struct err *err)
{
    bool due;
    if (!pictures_due(scheduler, now, &due, err))
        return false;
    if (due)
        scheduler_add_step(out, now, now, "UTC", "pictures are fetched");
    return true;
}

static void tell_picture(void *context, const char *line)
{
    (void)context;
    log_detail("%s", line);
}

static bool fetch_pictures(const struct scheduler *scheduler, struct err *err)
{
    const struct conf *conf = scheduler->conductor.conf;
    struct picture_fetch_report report = {.tell = tell_picture};
    struct picture_fetch_options options = {
        .now = scheduler_now(scheduler),
        .all = conf->media_fetch == CONF_MEDIA_ALL,
        .allow_private = conf->fetch_private,
    };
    bool good = pictures_fetch(scheduler->conductor.db, &options, &report, err);
    if (report.stored)
        log_detail("took in %zu pictures", report.stored);
    return good;
}

/* ---- tidying up ---------------------------------------------------- */

static bool tidy_due(const struct scheduler *scheduler, int64_t now, bool *out,
                     struct err *err)
{
    int64_t at;
    if (!job_next(scheduler, "tidy", TIDY_EVERY_S, &at, err))
        return false;
    *out = at <= now;
    return true;
}

/* Tidies records that only tell how things went. */
static bool tidy_logs(const struct scheduler *scheduler, int64_t now,
                      struct err *err)
{
    struct db *db = scheduler->conductor.db;
    int64_t keep = scheduler->conductor.conf->keep_logs, notices;
    return keep <= 0 || (bounce_store_prune(db, now - keep, err) &&
                         notices_expire(db, now - keep, &notices, err) &&
                         audit_expire(db, now - keep, err) &&
                         issue_tidy(db, now - keep, now, err));
}

/* Tidies the proofs that somebody wanted our mail. */
static bool tidy_proofs(const struct scheduler *scheduler, int64_t now,
                        struct err *err)
{
    int64_t keep = scheduler->conductor.conf->keep_proofs;
    struct consent_origin origin = {
        .means = MEANS_TIME, .now = now, .keys = scheduler->conductor.keys};
    size_t forgotten = 0;
    bool good = keep <= 0 || erase_expired(scheduler->conductor.db, now - keep,
                                           &origin, &forgotten, err);
    if (forgotten)
        log_detail("erased %zu subscribers who left long ago", forgotten);
    return good;
}

static bool tidy(const struct scheduler *scheduler, struct err *err)
{
    struct db *db = scheduler->conductor.db;
    int64_t now = scheduler_now(scheduler),
            asked = now - READER_CONFIRM_WITHIN_S;
    size_t expired;
    int64_t swept;
    return picture_sweep(db, now, &swept, err) &&
           consent_expire(db, asked, now, &expired, err) &&
           retention_drop_wishes(db, asked, now - PREFERENCES_PAST_S, err) &&
           session_expire(db, now, err) && tidy_logs(scheduler, now, err) &&
           tidy_proofs(scheduler, now, err);
}

static bool explain_tidy(const struct scheduler *scheduler, int64_t now,
                         struct scheduler_steps *out, struct err *err)
{
    int64_t at;
    if (!job_next(scheduler, "tidy", TIDY_EVERY_S, &at, err))
        return false;
    scheduler_add_step(
        out, at, now, "UTC",
        "what was never confirmed is ended, and what was kept long "
        "enough is removed");
    return true;
}

/* ---- what was erased ------------------------------------------------ */

static bool erased_due(const struct scheduler *scheduler, int64_t now,
                       bool *out, struct err *err)
{
    (void)now;
    return erasing_waits(scheduler->conductor.db, out, err);
}

/* Empties the write-ahead log; a program that still reads older pages is waited
 * for another time. */
static bool empty_log(const struct scheduler *scheduler, struct err *err)
{
    bool done;
    return erasing_empty_log(scheduler->conductor.db, &done, err);
}

/* ---- names that can be searched for --------------------------------- */

enum { NAMES_AT_ONCE = 2000, NAMES_A_RUN = 50000 };

static bool names_due(const struct scheduler *scheduler, int64_t now, bool *out,
                      struct err *err)
{
    int64_t waiting;
    (void)now;
    if (!names_waiting(scheduler->conductor.db, &waiting, err))
        return false;
    *out = waiting > 0;
    return true;
}

/* Takes names in, in small transactions: nobody else waits for long. */
static bool take_names(const struct scheduler *scheduler, struct err *err)
{
    bool good = true;
    int64_t waiting = 1;
    for (int done = 0; good && waiting > 0 && done < NAMES_A_RUN;
         done += NAMES_AT_ONCE)
        good = names_take_in(scheduler->conductor.db, NAMES_AT_ONCE, err) &&
               names_waiting(scheduler->conductor.db, &waiting, err);
    return good;
}

/* ---- starts that broke off ------------------------------------------ */

static bool left_due(const struct scheduler *scheduler, int64_t now, bool *out,
                     struct err *err)
{
    (void)now;
    return conductor_start_left(&scheduler->conductor, out, err);
}

static bool take_back(const struct scheduler *scheduler, struct err *err)
{
    return conductor_take_back(&scheduler->conductor, err);
}

/* ---- all of them --------------------------------------------------- */

const struct scheduler_job scheduler_jobs[] = {
    {"left", "taking back what a start left that broke off", false, false, 0,
     left_due, take_back, NULL},
    {"start", "starting issues that are due", false, false, 0,
     scheduler_start_due, scheduler_start, scheduler_start_explain},
    {"fetch", "fetching the sources", false, false, 0, sources_due,
     fetch_sources, explain_sources},
    {"draft", "drafting issues ahead of their time", false, false, 0,
     drafts_due, make_drafts, explain_drafts},
    /* An issue that was drafted late is due at once. */
    {"start", "starting issues that are due", false, false, 0,
     scheduler_start_due, scheduler_start, NULL},
    {"requests", "doing what was asked for on pages", false, false, 0,
     requests_due, do_requests, NULL},
    {"outbox", "sending the outbox", true, false, 0, has_notices_due,
     send_notices, explain_notices},
    {"mailbox", "reading the bounce mailbox", false, false, POLL_EVERY_S,
     mailbox_due, poll_mailbox, explain_mailbox},
    {"pictures", "fetching pictures", false, false, 0, pictures_due,
     fetch_pictures, explain_pictures},
    {"tidy", "tidying up", false, false, TIDY_EVERY_S, tidy_due, tidy,
     explain_tidy},
    {"erased", "emptying the database's log of what was erased", false, false,
     0, erased_due, empty_log, NULL},
    {"names", "taking in names to search for", false, false, 0, names_due,
     take_names, NULL},
    {"send", "sending issues that were started", true, true, 0,
     scheduler_send_due, scheduler_send, scheduler_send_explain},
};
const size_t scheduler_job_count = ARRAY_SIZE(scheduler_jobs);
