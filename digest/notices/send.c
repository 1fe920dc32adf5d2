#include <inttypes.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/escape.h"
#include "digest/base/file.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/delivery/pace.h"
#include "digest/delivery/signers.h"
#include "digest/delivery/work.h"
#include "digest/notices/compose.h"
#include "digest/notices/notice_store.h"
#include "digest/notices/retry.h"
#include "subscribers/roster/roster_store.h"

enum {
    GIVE_UP_S = 48 * 3600,
    TRUST_S = 3600, /* a relay that took a notice so lately isn't at fault */
};

/* One run. */
struct outbox {
    struct db *db;
    const struct notices_options *options;
    struct notices_report *report;
    struct signers signers;
    struct work work;
    struct sender *sender;     /* whose pace is kept */
    struct notice_claim claim; /* the last; its buffers are used again */
    struct strbuf composed;
    struct retry_item *items;
    size_t count, capacity; /* those in the sender's hands */
    bool ending;
    struct err broken; /* why, when it wasn't asked for */
};

static void outbox_free(struct outbox *outbox)
{
    work_end(&outbox->work);
    signers_free(&outbox->signers);
    notice_claim_free(&outbox->claim);
    strbuf_free(&outbox->composed);
    free(outbox->items);
}

static int64_t now_of(const struct notices_options *options)
{
    return options->now ? options->now : clock_now();
}

static int64_t patience_of(const struct notices_options *options)
{
    return options->give_up_after ? options->give_up_after : GIVE_UP_S;
}

/* ---- transactions ---------------------------------------------------- */

static bool commit(void *context, struct err *err)
{
    struct outbox *outbox = context;
    if (outbox->broken.kind) {
        *err = outbox->broken;
        return false;
    }
    if (!work_commit(&outbox->work, err))
        return false;
    return !work_sync_is_due(&outbox->work) ||
           (pace_keep(outbox->db, outbox->sender, err) &&
            db_sync(outbox->db, err));
}

static void break_off(struct outbox *outbox, const struct err *err)
{
    if (!outbox->broken.kind)
        outbox->broken = *err;
    outbox->ending = true;
}

/* ---- messages on their way out --------------------------------------- */

static bool make_message(struct outbox *outbox, struct strbuf *out,
                         struct err *err)
{
    const struct notice_claim *c = &outbox->claim;
    struct notice notice = {
        .kind = c->kind,
        .to_address = strbuf_text(&c->to_address),
        .to_name = strbuf_text(&c->to_name),
        .from_address = strbuf_text(&c->from_address),
        .from_name = strbuf_text(&c->from_name),
        .reply_to = strbuf_text(&c->reply_to),
        .subject = strbuf_text(&c->subject),
        .text = strbuf_text(&c->text),
        .html = strbuf_text(&c->html),
    };
    /* A clock that was ahead may have queued it. */
    int64_t now = now_of(outbox->options);
    int64_t date = c->created_at < now ? c->created_at : now;
    strbuf_cut(&outbox->composed, 0);
    strbuf_cut(out, 0);
    return notice_compose(&notice, strbuf_text(&c->message_id), date,
                          &outbox->composed, err) &&
           signers_sign(&outbox->signers, notice.from_address,
                        strbuf_str(&outbox->composed), now, out, err);
}

/* Someone may have asked never to be mailed since it was queued. */
static bool check_wanted(struct outbox *outbox, struct err *err)
{
    bool suppressed;
    if (!notice_is_for_reader(outbox->claim.kind))
        return true;
    if (!roster_suppressed(outbox->db, strbuf_text(&outbox->claim.to_key),
                           &suppressed, err))
        return false;
    return !suppressed || err_set(err, ERR_INPUT,
                                  "the address is suppressed; nothing is sent "
                                  "to it");
}

/* One that can't be sent to anyone at any time. */
static bool refuse(struct outbox *outbox, const char *why, struct err *err)
{
    struct notice_result row = {.id = outbox->claim.id,
                                .state = NOTICE_FAILED,
                                .reply = why,
                                .now = now_of(outbox->options)};
    outbox->report->failed++;
    return notice_store_record(outbox->db, &row, err);
}

static void set_text(struct strbuf *buf, struct str text)
{
    strbuf_cut(buf, 0);
    strbuf_add_str(buf, text);
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

static void hand_over(struct outbox *outbox, struct sender_job *job)
{
    const struct notice_claim *c = &outbox->claim;
    const char *own = outbox->options->return_path;
    struct retry_item item = {c->id,       c->attempts, c->unknowns,
                              c->first_at, c->next_at,  c->refused_at};
    if (!item.first_at)
        item.first_at = now_of(outbox->options);
    job->id = c->id;
    set_text(&job->from, own ? str_of(own) : strbuf_str(&c->from_address));
    set_text(&job->to, strbuf_str(&c->to_address));
    job->utf8 = !is_ascii(strbuf_str(&job->to)) ||
                !is_ascii(strbuf_str(&c->from_address)) ||
                !is_ascii(strbuf_str(&c->reply_to));
    MEM_PUSH(outbox->items, outbox->count, outbox->capacity, item);
}

/* One that can't be made now waits as before. */
static bool put_back(struct outbox *outbox, struct err *err)
{
    struct notice_result row = {.id = outbox->claim.id,
                                .state = NOTICE_QUEUED,
                                .next_at = outbox->claim.next_at,
                                .now = now_of(outbox->options)};
    return notice_store_record(outbox->db, &row, err);
}

/* Claims the next. *given: `job` is filled; *end: nothing more is due. */
static bool claim_next(struct outbox *outbox, struct sender_job *job,
                       bool *given, bool *end, struct err *err)
{
    bool found;
    struct err why = {0};
    if (!work_begin(&outbox->work, err) ||
        !notice_store_claim(outbox->db, now_of(outbox->options), &outbox->claim,
                            &found, err))
        return false;
    *end = !found;
    if (*end)
        return work_commit(&outbox->work, err);
    *given =
        check_wanted(outbox, &why) && make_message(outbox, &job->message, &why);
    if (*given)
        hand_over(outbox, job);
    else if (why.kind == ERR_INPUT)
        return refuse(outbox, why.text, err);
    else if (put_back(outbox, err))
        *err = why;
    return *given;
}

static enum sender_next next(void *context, struct sender_job *job,
                             int *wait_ms, struct err *err)
{
    struct outbox *outbox = context;
    (void)wait_ms;
    while (!outbox->ending) {
        bool given = false, end = false;
        if (!claim_next(outbox, job, &given, &end, err))
            break_off(outbox, err);
        else if (given)
            return SENDER_JOB;
        else if (end)
            return SENDER_END;
    }
    return SENDER_END;
}

/* ---- answers --------------------------------------------------------- */

/* As many as there are connections: a search from end to end is quick. */
static struct retry_item take_item(struct outbox *outbox, int64_t id)
{
    for (size_t i = 0; i < outbox->count; i++) {
        struct retry_item found = outbox->items[i];
        if (found.id != id)
            continue;
        outbox->items[i] = outbox->items[--outbox->count];
        return found;
    }
    return (struct retry_item){.id = id, .first_at = now_of(outbox->options)};
}

static void count_result(struct notices_report *report, enum notice_state state)
{
    report->sent += state == NOTICE_SENT;
    report->deferred += state == NOTICE_DEFERRED;
    report->failed += state == NOTICE_FAILED;
}

/* Whether a refusal can't be the relay's fault: it takes others. For one
 * that came back, those that it took since the last time count. */
static bool ask_relay(struct outbox *outbox, const struct retry_item *item,
                      const struct sender_result *r, int64_t now, bool *good,
                      struct err *err)
{
    bool again = retry_is_handed_back(r) && item->refused_at;
    int64_t since = now - TRUST_S;
    if (since > item->first_at)
        since = item->first_at;
    if (again)
        since = item->refused_at + 1;
    *good = false;
    return !(again || r->outcome == SENDER_FAILED) ||
           notice_store_relay_took(outbox->db, r->relay, since, good, err);
}

static bool weigh(struct outbox *outbox, const struct sender_result *r,
                  struct notice_result *row, struct err *err)
{
    struct retry_item item = take_item(outbox, r->id);
    bool relay_is_good;
    if (!work_begin(&outbox->work, err) ||
        !ask_relay(outbox, &item, r, row->now, &relay_is_good, err))
        return false;
    retry_decide(&item, r, relay_is_good, patience_of(outbox->options), row);
    return notice_store_record(outbox->db, row, err);
}

static void result(void *context, const struct sender_result *r)
{
    struct outbox *outbox = context;
    struct notice_result row = {.now = now_of(outbox->options)};
    struct err err = {0};
    if (!weigh(outbox, r, &row, &err)) {
        break_off(outbox, &err);
        return;
    }
    count_result(outbox->report, row.state);
    OWNED(strbuf_free) struct strbuf reply = STRBUF_INIT;
    quote_escape(&reply, str_of(row.reply));
    log_detail("notice id=%" PRId64 " state=%s code=%d status=%s relay=%s "
               "reply=\"%s\"",
               r->id, notice_state_name(row.state), r->code,
               *r->status ? r->status : "-", r->relay, strbuf_text(&reply));
}

static enum sender_wish turn(void *context)
{
    struct outbox *outbox = context;
    struct err err = {0};
    int stop = outbox->options->stop ? *outbox->options->stop : 0;
    if (stop)
        outbox->ending = outbox->report->stopped = true;
    if (!work_keep(&outbox->work, &err))
        break_off(outbox, &err);
    return stop > 1         ? SENDER_BREAK_OFF
           : stop           ? SENDER_HURRY
           : outbox->ending ? SENDER_FINISH
                            : SENDER_GO_ON;
}

/* One that waited for its turn is looked at again before it goes out. */
static bool still(void *context, int64_t id)
{
    struct outbox *outbox = context;
    struct err err = {0};
    bool may = false;
    if (!outbox->ending && !notice_store_may_send(outbox->db, id, &may, &err))
        break_off(outbox, &err);
    return may;
}

/* ---- the run --------------------------------------------------------- */

/* The lock on a file is gone with its process, the lease tells other hosts,
 * and a run that woke too late finds its fence grown. */
static bool take_turn(struct outbox *outbox, int *lock, struct err *err)
{
    struct db *db = outbox->db;
    OWNED(mem_free) char *path = mem_format("%s.notices.lock", db_path(db));
    bool in_memory = strcmp(db_path(db), ":memory:") == 0;
    if (!in_memory && !file_lock(path, lock, err))
        return err->kind == ERR_TEMPORARY
                   ? err_set(err, ERR_TEMPORARY,
                             "the outbox is being sent by another process; "
                             "this one steps aside")
                   : false;
    return work_take(&outbox->work, db, "notices", err) &&
           notice_store_recover(db, now_of(outbox->options),
                                &outbox->report->recovered, err) &&
           notice_store_set_clock(db, now_of(outbox->options),
                                  patience_of(outbox->options), err);
}

static bool drive(struct outbox *outbox, struct err *err)
{
    OWNED(sender_release) struct sender *sender = NULL;
    const struct notices_options *options = outbox->options;
    struct sender_feed hooks = {
        .context = outbox,
        .next = next,
        .result = result,
        .commit = commit,
        .turn = turn,
        .wake_fd = -1,
        .still = still,
    };
    struct err late = {0};
    if (!sender_new(options->relays, options->relay_count, &sender, err) ||
        !pace_begin(outbox->db, sender, options->pace_rate,
                    options->pace_connections, err))
        return false;
    outbox->sender = sender;
    bool good = sender_run(sender, &hooks, err);
    bool kept = work_commit(&outbox->work, &late) &&
                pace_keep(outbox->db, sender, &late) &&
                db_sync(outbox->db, &late);
    work_end(&outbox->work);
    outbox->sender = NULL;
    if (outbox->broken.kind)
        *err = outbox->broken;
    else if (good && !kept)
        *err = late;
    return good && kept && !outbox->broken.kind;
}

bool notices_send(struct db *db, const struct notices_options *options,
                  struct notices_report *report, struct err *err)
{
    *report = (struct notices_report){0};
    bool has_work;
    if (!notice_store_has_work(db, now_of(options), &has_work, err))
        return false;
    if (!has_work)
        return true;
    OWNED(file_unlock) int lock = -1;
    OWNED(outbox_free)
    struct outbox outbox = {
        .db = db,
        .options = options,
        .report = report,
        .signers = {.dkim = options->dkim, .dkim_count = options->dkim_count},
    };
    if (!take_turn(&outbox, &lock, err))
        return false;
    bool good = drive(&outbox, err);
    lease_release(db, &outbox.work.lease);
    return good;
}
