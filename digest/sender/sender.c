/* Runs the sender's loop: turns over all connections, until the feed ends. */
#include "digest/sender/sender.h"

#include <signal.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/sender/run_internal.h"

enum {
    TURN_MS = 200, /* feed->turn is asked at least so often */
    HURRY_MS = 45 * 1000,
    BROKEN_MS = 5 * 1000, /* for replies, when nothing can be recorded */
};

void run_fail(struct sender *s, const struct err *err)
{
    if (s->failure.kind == ERR_NONE)
        s->failure = *err;
    s->ending = true;
}

static void each_connection(struct sender *s,
                            void (*act)(struct sender *, struct relay *,
                                        struct connection *))
{
    for (size_t i = 0; i < s->relay_count; i++) {
        for (unsigned j = 0; j < s->relays[i].connection_count; j++)
            act(s, &s->relays[i], s->relays[i].connections[j]);
    }
}

/* The text of a message for somebody who left while the server was slow
 * stays here; giving the connection up is the one way out of a DATA. Where
 * nothing new goes out, a slow server isn't waited for to say so. */
static void go_connection(struct sender *s, struct relay *relay,
                          struct connection *connection)
{
    struct sender_job *job =
        relay->ops->about_to_send
            ? relay->ops->about_to_send(connection, s->ending)
            : NULL;
    if (job && !run_is_wanted(s, offer_of(job)))
        relay->ops->drop(connection, "it is no longer to be sent");
    else
        relay->ops->go(connection, s->now_ms);
}

static void break_off_link(struct sender *s, struct relay *relay,
                           struct connection *connection)
{
    (void)s;
    relay->ops->drop(connection, "the sending was stopped");
}

/* Winds a connection up when nothing can be recorded: only replies that are due
 * are waited for. */
static void wind_up_link(struct sender *s, struct relay *relay,
                         struct connection *connection)
{
    bool waits = connection->busy && connection->deadline_ms != NO_DEADLINE;
    if (!waits || s->now_ms >= s->unrecorded_until_ms)
        relay->ops->drop(connection, "the sending was broken off");
}

static void commit(struct sender *s)
{
    struct err err = {0};
    if (!s->dirty || s->unrecorded)
        return;
    if (s->feed->commit(s->feed->context, &err)) {
        s->dirty = false;
        return;
    }
    run_fail(s, &err);
    s->unrecorded = true;
    s->unrecorded_until_ms = s->now_ms + BROKEN_MS;
}

/* Looks for a relay that still takes mail; with none, fails with what each of
 * them said. */
static void look_for_hope(struct sender *s)
{
    OWNED(strbuf_free) struct strbuf said = STRBUF_INIT;
    struct err err = {0};
    if (run_nothing_to_come(s))
        return;
    for (size_t i = 0; i < s->relay_count; i++) {
        const struct err *fault = &s->relays[i].fault;
        if (!relay_hopeless(&s->relays[i], s->now_ms))
            return;
        if (err.kind != ERR_TEMPORARY)
            err.kind = fault->kind;
        strbuf_add_text(&said, said.len ? "\n" : "");
        strbuf_add_text(&said, fault->text);
    }
    err_set(&err, err.kind, "%s", strbuf_text(&said));
    run_fail(s, &err);
}

static bool any_connection(const struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++) {
        if (relay_in_use(&s->relays[i]) || relay_busy(&s->relays[i]))
            return true;
    }
    return false;
}

static void settle_transports(struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++) {
        const struct relay *relay = &s->relays[i];
        if (relay->ops->settle)
            relay->ops->settle(relay->transport);
    }
}

static void ask_wish(struct sender *s)
{
    enum sender_wish wish =
        s->feed->turn ? s->feed->turn(s->feed->context) : SENDER_GO_ON;
    int hurry = s->feed->hurry_ms > 0 ? s->feed->hurry_ms : HURRY_MS;
    if (wish == SENDER_GO_ON)
        return;
    s->ending = true;
    int64_t at = wish == SENDER_BREAK_OFF ? s->now_ms
                 : wish == SENDER_HURRY   ? s->now_ms + hurry
                                          : NO_DEADLINE;
    if (at < s->break_off_ms)
        s->break_off_ms = at;
}

static void write_connections(struct sender *s)
{
    if (s->unrecorded)
        each_connection(s, wind_up_link);
    else if (s->now_ms >= s->break_off_ms)
        each_connection(s, break_off_link);
    else
        each_connection(s, go_connection);
}

/* True when the run is over. */
static bool take_turn(struct sender *s)
{
    s->now_ms = clock_monotonic_ms();
    s->wake_ms = s->feed->turn ? s->now_ms + TURN_MS : NO_DEADLINE;
    dialer_turn(s->dialer);
    each_connection(s, run_read_link);
    ask_wish(s);
    look_for_hope(s);
    run_give_messages(s);
    if (s->ending)
        run_return_waiting(s);
    commit(s);
    write_connections(s);
    settle_transports(s);
    run_close_idle_connections(s);
    run_open_connections(s);
    return run_nothing_to_come(s) && !any_connection(s);
}

static int time_to_wait(struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++) {
        for (unsigned j = 0; j < s->relays[i].connection_count; j++) {
            const struct connection *connection = s->relays[i].connections[j];
            bool closed = connection->state == CONNECTION_CLOSED &&
                          !connection->closing_told;
            run_wake_at(s, closed ? s->now_ms : connection->deadline_ms);
        }
    }
    if (!s->feed_ended && !s->ending && s->ask_feed_ms > s->now_ms)
        run_wake_at(s, s->ask_feed_ms);
    if (s->unrecorded)
        run_wake_at(s, s->unrecorded_until_ms);
    int64_t wait = s->wake_ms - clock_monotonic_ms();
    if (wait <= 0)
        return 0;
    return wait < 60000 ? (int)wait : 60000;
}

static void wait_for_something(struct sender *s)
{
    unsigned count = 0;
    for (size_t i = 0; i < s->relay_count; i++) {
        for (unsigned j = 0; j < s->relays[i].connection_count; j++) {
            struct connection *connection = s->relays[i].connections[j];
            connection->watch.revents = 0;
            if (connection->watch.fd < 0)
                continue;
            s->polled[count] = connection;
            s->fds[count++] = connection->watch;
        }
    }
    unsigned connections = count;
    /* Only while it is awaited: it stays readable until the feed is asked,
     * which is not before a connection is ready. */
    bool asks_feed = s->feed->wake_fd >= 0 && !s->feed_ended && !s->ending &&
                     s->ask_feed_ms > s->now_ms;
    if (asks_feed)
        s->fds[count++] =
            (struct pollfd){.fd = s->feed->wake_fd, .events = POLLIN};
    dialer_wait(s->dialer, s->fds, count, time_to_wait(s));
    for (unsigned i = 0; i < connections; i++)
        s->polled[i]->watch.revents = s->fds[i].revents;
    if (asks_feed && s->fds[connections].revents)
        s->ask_feed_ms = 0;
}

static void reset(struct sender *s, const struct sender_feed *feed)
{
    s->feed = feed;
    s->now_ms = clock_monotonic_ms();
    s->ask_feed_ms = 0;
    s->break_off_ms = NO_DEADLINE;
    s->feed_ended = s->ending = s->unrecorded = s->dirty = false;
    s->failure = (struct err){0};
    s->served = 0;
    for (size_t i = 0; i < s->relay_count; i++)
        relay_reset(&s->relays[i], s->now_ms);
}

/* Warns of relays that others stood in for: somebody has to look after them. */
static void tell_of_faults(const struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++) {
        const struct relay *relay = &s->relays[i];
        if (relay->fault.kind && (relay->strikes || relay->dead))
            log_warning("%s (other relays took over)", relay->fault.text);
    }
}

bool sender_run(struct sender *s, const struct sender_feed *feed,
                struct err *err)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    reset(s, feed);
    while (!take_turn(s))
        wait_for_something(s);
    run_settle_held(s);
    commit(s);
    sigaction(SIGPIPE, &before, NULL);
    s->feed = NULL;
    if (s->failure.kind == ERR_NONE) {
        tell_of_faults(s);
        return true;
    }
    *err = s->failure;
    return false;
}

/* ---- making ----------------------------------------------------------- */

static void make_tables(struct sender *s)
{
    unsigned connections = 0;
    for (size_t i = 0; i < s->relay_count; i++)
        connections += s->relays[i].connection_count;
    s->waiting_max = connections + 16;
    s->fds = MEM_NEW_ARRAY(struct pollfd, connections + 1);
    s->polled = MEM_NEW_ARRAY(struct connection *, connections + 1);
}

bool sender_new(const struct relay_settings *relays, size_t count,
                struct sender **out, struct err *err)
{
    OWNED(sender_release) struct sender *s = MEM_NEW(struct sender);
    offers_begin(&s->offers);
    if (!count)
        return err_set(err, ERR_CONFIG, "no transport is set");
    if (!dialer_new(&s->dialer, err))
        return false;
    s->relays = MEM_NEW_ARRAY(struct relay, count);
    for (; s->relay_count < count; s->relay_count++) {
        if (!relay_begin(&s->relays[s->relay_count], &relays[s->relay_count],
                         s->dialer, err)) {
            relay_free(&s->relays[s->relay_count]);
            return false;
        }
    }
    make_tables(s);
    *out = TAKE(s);
    return true;
}

void sender_free(struct sender *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->relay_count; i++)
        relay_free(&s->relays[i]);
    free(s->relays);
    dialer_free(s->dialer);
    offers_free(&s->offers);
    free(s->fds);
    free(s->polled);
    free(s);
}

void sender_release(struct sender **sender)
{
    sender_free(*sender);
    *sender = NULL;
}
