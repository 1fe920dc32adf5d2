/* A feed of numbered messages that keeps what became of each. */
#ifndef TESTS_SENDER_FEED_H
#define TESTS_SENDER_FEED_H

#include <stdatomic.h>
#include <stdio.h>

#include "digest/sender/sender.h"

enum { FEED_MOST = 1000 };

struct told {
    int times;
    enum sender_outcome outcome;
    enum sender_stage stage;
    int code;
    char status[16], reply[256], relay[64];
};

struct feed {
    int total, given, answered;
    int uncommitted;     /* claims and results since the last commit */
    int commit_fails_at; /* the number of the commit that fails; 0: none */
    int commits;
    int stop_after; /* turn() says so after this many results; 0: never */
    const char *domain;
    /* On record, as a server's thread may see it. */
    atomic_int claimed;
    atomic_bool recorded[FEED_MOST];
    struct told told[FEED_MOST];
};

static inline enum sender_next feed_next(void *context, struct sender_job *job,
                                         int *wait_ms, struct err *err)
{
    struct feed *feed = context;
    (void)wait_ms;
    (void)err;
    if (feed->given == feed->total)
        return SENDER_END;
    job->id = feed->given++;
    feed->uncommitted++;
    strbuf_cut(&job->from, 0);
    strbuf_cut(&job->to, 0);
    strbuf_cut(&job->message, 0);
    strbuf_add_text(&job->from, "bounces@example.org");
    strbuf_add_format(&job->to, "r%d@%s", (int)job->id,
                      feed->domain ? feed->domain : "example.net");
    strbuf_add_format(&job->message, "Subject: %d\r\n\r\n.dot\r\n..\r\nend\r\n",
                      (int)job->id);
    return SENDER_JOB;
}

static inline void feed_result(void *context, const struct sender_result *r)
{
    struct feed *feed = context;
    struct told *told = &feed->told[r->id];
    feed->answered++;
    feed->uncommitted++;
    told->times++;
    told->outcome = r->outcome;
    told->stage = r->stage;
    told->code = r->code;
    snprintf(told->status, sizeof told->status, "%s", r->status);
    snprintf(told->reply, sizeof told->reply, "%s", r->reply);
    snprintf(told->relay, sizeof told->relay, "%s", r->relay);
}

static inline bool feed_commit(void *context, struct err *err)
{
    struct feed *feed = context;
    if (++feed->commits == feed->commit_fails_at)
        return err_set(err, ERR_STORE, "the disk is full");
    feed->uncommitted = 0;
    atomic_store(&feed->claimed, feed->given);
    for (int i = 0; i < feed->given; i++)
        atomic_store(&feed->recorded[i], feed->told[i].times > 0);
    return true;
}

static inline enum sender_wish feed_turn(void *context)
{
    const struct feed *feed = context;
    bool go_on = !feed->stop_after || feed->answered < feed->stop_after;
    return go_on ? SENDER_GO_ON : SENDER_FINISH;
}

static inline struct sender_feed feed_of(struct feed *feed)
{
    return (struct sender_feed){.context = feed,
                                .next = feed_next,
                                .result = feed_result,
                                .commit = feed_commit,
                                .turn = feed_turn,
                                .wake_fd = -1};
}

/* How many had this outcome; each message must have been told once. */
static inline int feed_count(const struct feed *feed,
                             enum sender_outcome outcome)
{
    int count = 0;
    for (int i = 0; i < feed->given; i++) {
        assert_int_equal(feed->told[i].times, 1);
        count += feed->told[i].outcome == outcome;
    }
    return count;
}

#endif
