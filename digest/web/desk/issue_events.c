/* How a send goes on, second after second, for the pages that show it. */
#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/tally.h"

enum { PACE_MS = 2000 };

struct watch {
    struct db *db;
    struct tallies *tallies;
    int64_t issue_id;
    int64_t since_ms, done; /* where counting the pace began */
};

/* "12 a second, about 3 minutes left", once there is something to go by. */
static void write_pace(struct watch *watch, int64_t done, int64_t waiting,
                       struct strbuf *out)
{
    int64_t now = clock_monotonic_ms(), passed = now - watch->since_ms;
    if (!watch->since_ms) {
        watch->since_ms = now;
        watch->done = done;
    }
    if (!watch->since_ms || passed < PACE_MS || done <= watch->done)
        return;
    double rate = 1000.0 * (double)(done - watch->done) / (double)passed;
    double left = (double)waiting / rate;
    strbuf_add_format(out, rate < 1 ? "%.0f a minute" : "%.0f a second",
                      rate < 1 ? 60 * rate : rate);
    if (waiting && left < 90)
        strbuf_add_text(out, ", about a minute left");
    else if (waiting && left < 90 * 60)
        strbuf_add_format(out, ", about %.0f minutes left", left / 60);
    else if (waiting)
        strbuf_add_format(out, ", about %.0f hours left", left / 3600);
}

static void write_progress(struct watch *watch,
                           const struct ledger_counts *counts,
                           struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf pace = STRBUF_INIT;
    int64_t waiting = counts->states[DELIVERY_QUEUED] +
                      counts->states[DELIVERY_SENDING] +
                      counts->states[DELIVERY_DEFERRED];
    write_pace(watch, counts->recipients - waiting, waiting, &pace);
    strbuf_add_format(
        out,
        "event: progress\ndata: {\"recipients\":%" PRId64 ",\"done\":%" PRId64
        ",\"sent\":%" PRId64 ",\"failed\":%" PRId64 ",\"deferred\":%" PRId64
        ",\"skipped\":%" PRId64 ",\"waiting\":%" PRId64 ",\"pace\":\"%s\"}\n\n",
        counts->recipients, counts->recipients - waiting,
        counts->states[DELIVERY_SENT], counts->states[DELIVERY_FAILED],
        counts->states[DELIVERY_DEFERRED], counts->states[DELIVERY_SKIPPED],
        waiting, strbuf_text(&pace));
}

static void tell(void *context, struct strbuf *out, bool *last)
{
    struct watch *watch = context;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct issue issue;
    struct ledger_counts counts;
    struct err err = {0};
    if (!issue_get_by_id(watch->db, watch->issue_id, &arena, &issue, &err) ||
        !tally_count(watch->tallies, watch->db, watch->issue_id, &counts,
                     &err)) {
        *last = true;
        return;
    }
    write_progress(watch, &counts, out);
    if (issue.state == ISSUE_SENDING)
        return;
    strbuf_add_text(out, "event: end\ndata: {}\n\n");
    *last = true;
}

bool issue_events(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    if (!issue_visit_get(visit, &issue, &n, err))
        return false;
    struct watch *watch = MEM_NEW(struct watch);
    *watch = (struct watch){
        .db = visit->db, .tallies = visit->web->tallies, .issue_id = issue.id};
    visit->response->events = (struct response_events){tell, free, watch};
    response_header(visit->response, "Content-Type", "text/event-stream");
    response_header(visit->response, "X-Accel-Buffering", "no");
    return true;
}
