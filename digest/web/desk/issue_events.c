/* How a send goes on, second after second, for the pages that show it. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/tally.h"

struct watch {
    struct db *db;
    struct tallies *tallies;
    int64_t issue_id;
};

static void write_progress(const struct ledger_counts *counts,
                           struct strbuf *out)
{
    int64_t waiting = counts->states[DELIVERY_QUEUED] +
                      counts->states[DELIVERY_SENDING] +
                      counts->states[DELIVERY_DEFERRED];
    strbuf_add_format(
        out,
        "event: progress\ndata: {\"recipients\":%" PRId64 ",\"done\":%" PRId64
        ",\"sent\":%" PRId64 ",\"failed\":%" PRId64 ",\"deferred\":%" PRId64
        ",\"skipped\":%" PRId64 ",\"waiting\":%" PRId64 "}\n\n",
        counts->recipients, counts->recipients - waiting,
        counts->states[DELIVERY_SENT], counts->states[DELIVERY_FAILED],
        counts->states[DELIVERY_DEFERRED], counts->states[DELIVERY_SKIPPED],
        waiting);
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
    write_progress(&counts, out);
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
    *watch = (struct watch){visit->db, visit->web->tallies, issue.id};
    visit->response->events = (struct response_events){tell, free, watch};
    response_header(visit->response, "Content-Type", "text/event-stream");
    return true;
}
