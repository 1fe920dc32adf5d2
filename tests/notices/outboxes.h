/* Helpers of the outbox's tests: a fresh database, a notice, a run. */
#ifndef TESTS_NOTICES_OUTBOXES_H
#define TESTS_NOTICES_OUTBOXES_H

#include "digest/base/random.h"
#include "digest/notices/notices.h"
#include "tests/support/house.h"

enum { NOW = 1795000000 };

static inline int open_outbox(void **state)
{
    random_hold(7);
    return house_open(state);
}

static inline struct notice a_notice(const char *to)
{
    return (struct notice){
        .kind = NOTICE_CONFIRM,
        .to_address = to,
        .from_name = "Weekly",
        .from_address = "news@example.org",
        .subject = "Confirm",
        .text = "Please confirm.\n",
        .html = "<!doctype html><html><body><p>Please.</p></body></html>",
    };
}

static inline int64_t queue_notice(struct db *db, const struct notice *notice,
                                   int64_t now)
{
    struct err err = {0};
    int64_t id = 0;
    if (!notice_queue(db, notice, now, &id, &err))
        fail_msg("%s", err.text);
    return id;
}

static inline int64_t queue_to(struct db *db, const char *to)
{
    struct notice notice = a_notice(to);
    return queue_notice(db, &notice, NOW);
}

static inline struct notices_report send_through(struct db *db, const char *url,
                                                 int64_t now)
{
    struct relay_settings relay = {.url = url, .tls_none = true};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .now = now};
    struct notices_report report;
    struct err err = {0};
    if (!notices_send(db, &options, &report, &err))
        fail_msg("%s", err.text);
    return report;
}

/* The only one that is in state `name`; in the arena. */
static inline struct notice_row only(struct db *db, struct arena *arena,
                                     const char *name)
{
    struct notice_filter filter = {.state = name};
    struct notice_rows rows;
    struct err err = {0};
    assert_true(notices_find(db, &filter, arena, &rows, &err));
    assert_int_equal(rows.count, 1);
    return rows.items[0];
}

#endif
