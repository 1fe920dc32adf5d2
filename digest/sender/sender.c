#include "digest/sender/sender.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/sender/envelope.h"
#include "digest/sender/offer.h"
#include "digest/sender/relay.h"

enum {
    TURN_MS = 200, /* feed->turn is asked at least so often */
    IDLE_MS = 60 * 1000,
    LAG_MOST = 8,  /* so that a relay that rested doesn't get all afterwards */
    TIMES_MAX = 4, /* links that may break under one message */
    BROKEN_MS = 5 * 1000, /* for replies, when nothing can be recorded */
};

struct sender {
    struct relay *relays;
    size_t relay_count;
    struct dialer *dialer;
    struct offers offers;
    unsigned waiting_max;
    struct pollfd *fds;
    struct link **polled;

    /* of one run */
    const struct sender_feed *feed;
    int64_t now_ms;
    int64_t wake_ms;     /* when the next turn has something to do */
    int64_t ask_feed_ms; /* not before */
    bool feed_ended;     /* SENDER_END */
    bool ending;         /* nothing new goes out */
    bool unrecorded;     /* commit failed: nothing goes out at all */
    int64_t unrecorded_until_ms;
    double served; /* the most of any relay */
    bool dirty;    /* claims or results since the last commit */
    struct err failure;
};

static void wake_at(struct sender *s, int64_t at_ms)
{
    if (at_ms < s->wake_ms)
        s->wake_ms = at_ms;
}

static void fail_with(struct sender *s, const struct err *err)
{
    if (s->failure.kind == ERR_NONE)
        s->failure = *err;
    s->ending = true;
}

/* ---- results ---------------------------------------------------------- */

static void tell(struct sender *s, const struct relay *relay, int64_t id,
                 const struct verdict *v)
{
    struct sender_result result = {
        .id = id,
        .outcome = v->outcome,
        .stage = v->stage,
        .code = v->code,
        .reply = v->text,
        .relay = relay ? relay->name : "",
    };
    memcpy(result.status, v->status, sizeof result.status);
    s->feed->result(s->feed->context, &result);
    s->dirty = true;
}

static void return_offer(struct sender *s, struct offer *offer,
                         const struct relay *relay, const char *why)
{
    struct verdict verdict;
    verdict_say(&verdict, SENDER_RETURNED, STAGE_CONNECT, "", why);
    tell(s, relay, offer->job.id, &verdict);
    offers_put(&s->offers, offer);
}

/* The verdicts of a run of refusals; when the relay is the likelier fault,
 * the messages go back untouched. */
static void tell_held(struct sender *s, struct relay *relay, bool stand)
{
    for (size_t i = 0; i < relay->held_count; i++) {
        struct held *held = &relay->held[i];
        if (!stand)
            held->verdict.outcome = SENDER_RETURNED;
        tell(s, relay, held->id, &held->verdict);
    }
    relay->held_count = 0;
}

/* The link broke before the server said anything of the message: another
 * link gets it. */
static void offer_again(struct sender *s, struct relay *relay,
                        struct offer *offer, struct verdict *v)
{
    if (s->ending) {
        return_offer(s, offer, relay, v->text);
    } else if (++offer->times < TIMES_MAX) {
        offers_wait(&s->offers, offer, true);
    } else {
        v->outcome = SENDER_DEFERRED;
        tell(s, relay, offer->job.id, v);
        offers_put(&s->offers, offer);
    }
}

static void take_verdict(struct sender *s, struct relay *relay,
                         struct link *link, struct verdict *v)
{
    struct offer *offer = offer_of(v->job);
    assert(link->busy > 0);
    link->busy--;
    link->idle_since_ms = s->now_ms;
    domain_end(offer->domain);
    offer->domain = NULL;
    if (v->outcome == SENDER_RETURNED) {
        offer_again(s, relay, offer, v);
        return;
    }
    if (v->outcome == SENDER_SENT) {
        link->sent++;
        relay_accepted(relay, s->now_ms);
        if (relay->held_count)
            tell_held(s, relay, true);
    }
    if (v->outcome != SENDER_SENT && v->code >= 400)
        relay_refused(relay, v, offer->job.id, s->now_ms);
    else
        tell(s, relay, offer->job.id, v);
    offers_put(&s->offers, offer);
}

static void read_link(struct sender *s, struct relay *relay, struct link *link)
{
    struct verdict verdict;
    relay->ops->read(link, s->now_ms);
    while (relay->ops->verdict(link, &verdict))
        take_verdict(s, relay, link, &verdict);
    if (link->state != LINK_CLOSED || link->closing_told)
        return;
    link->closing_told = true;
    relay_link_closed(relay, link, s->now_ms);
}

/* ---- giving messages to links ----------------------------------------- */

static struct domain *domain_of(struct sender *s, struct relay *relay,
                                const struct offer *offer)
{
    struct str address = strbuf_str(&offer->job.to);
    return domains_get(&relay->domains, envelope_domain(address), s->now_ms);
}

/* Whether the recipient's domain lets this relay begin a message now. */
static bool domain_permits(struct sender *s, struct relay *relay,
                           const struct offer *offer)
{
    int64_t wait =
        domain_wait_ms(&relay->domains, domain_of(s, relay, offer), s->now_ms);
    if (wait > 0)
        wake_at(s, s->now_ms + wait);
    return wait == 0;
}

static struct offer *take_waiting(struct sender *s, struct relay *relay)
{
    for (struct offer **at = &s->offers.waiting; *at; at = &(*at)->next) {
        if (domain_permits(s, relay, *at))
            return offers_take(&s->offers, at);
    }
    return NULL;
}

static bool may_ask_feed(const struct sender *s)
{
    return !s->feed_ended && s->now_ms >= s->ask_feed_ms &&
           s->offers.waiting_count < s->waiting_max;
}

/* NULL when the feed has nothing now. */
static struct offer *ask_feed(struct sender *s)
{
    struct offer *offer = offers_get(&s->offers);
    struct err err = {0};
    int wait_ms = 0;
    switch (s->feed->next(s->feed->context, &offer->job, &wait_ms, &err)) {
    case SENDER_JOB:
        s->dirty = true;
        return offer;
    case SENDER_WAIT:
        s->ask_feed_ms = s->now_ms + (wait_ms > 0 ? wait_ms : 1000);
        break;
    case SENDER_END:
        s->feed_ended = true;
        if (err.kind != ERR_NONE)
            fail_with(s, &err);
        break;
    }
    offers_put(&s->offers, offer);
    return NULL;
}

static struct offer *next_offer(struct sender *s, struct relay *relay)
{
    struct offer *offer = take_waiting(s, relay);
    while (!offer && may_ask_feed(s)) {
        offer = ask_feed(s);
        if (offer && !domain_permits(s, relay, offer)) {
            offers_wait(&s->offers, offer, false);
            offer = NULL;
        }
    }
    return offer;
}

/* A link that can take a message: an idle one rather than one that could
 * take the next ahead of time. */
static struct link *ready_link(const struct relay *relay)
{
    struct link *ahead = NULL;
    for (unsigned i = 0; i < relay->link_count; i++) {
        struct link *link = relay->links[i];
        if (!relay->ops->ready(link))
            continue;
        if (!link->busy)
            return link;
        if (!ahead)
            ahead = link;
    }
    return ahead;
}

/* The relay whose turn it is by weight, of those that can take a message
 * now and aren't passed over in this turn. */
static struct relay *pick_relay(struct sender *s, const bool *passed,
                                struct link **link)
{
    struct relay *best = NULL;
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        if (relay->served < s->served - LAG_MOST)
            relay->served = s->served - LAG_MOST;
        if (passed[i] || !relay_usable(relay, s->now_ms) ||
            (best && best->served <= relay->served) ||
            (relay->refusing && relay_busy(relay)))
            continue;
        struct link *found = ready_link(relay);
        if (!found)
            continue;
        int64_t wait = bucket_wait_ms(&relay->bucket, s->now_ms);
        if (wait) {
            wake_at(s, s->now_ms + wait);
            continue;
        }
        best = relay;
        *link = found;
    }
    return best;
}

static void give(struct sender *s, struct relay *relay, struct link *link,
                 struct offer *offer)
{
    unsigned weight = relay->settings.weight ? relay->settings.weight : 1;
    offer->domain = domain_of(s, relay, offer);
    domain_begin(offer->domain, s->now_ms);
    bucket_take(&relay->bucket, s->now_ms);
    relay->served += 1.0 / weight;
    if (relay->served > s->served)
        s->served = relay->served;
    link->given++;
    link->busy++;
    relay->ops->bind(link, &offer->job);
}

static void give_messages(struct sender *s)
{
    OWNED(mem_free) bool *passed = MEM_NEW_ARRAY(bool, s->relay_count);
    struct relay *relay;
    struct link *link = NULL;
    while (!s->ending && (relay = pick_relay(s, passed, &link))) {
        struct offer *offer = next_offer(s, relay);
        if (offer)
            give(s, relay, link, offer);
        else
            passed[relay - s->relays] = true;
    }
}

/* ---- links ------------------------------------------------------------ */

static bool wants_links(const struct sender *s)
{
    if (s->ending)
        return false;
    return s->offers.waiting_count || may_ask_feed(s);
}

static bool nothing_to_come(const struct sender *s)
{
    return s->ending || (s->feed_ended && !s->offers.waiting_count);
}

static void close_idle_links(struct sender *s, struct relay *relay)
{
    for (unsigned i = 0; i < relay->link_count; i++) {
        struct link *link = relay->links[i];
        bool idle = link->state == LINK_OPEN && !link->busy;
        bool opening = link->state == LINK_OPENING;
        bool done = idle && (link->given >= link->most ||
                             s->now_ms - link->idle_since_ms > IDLE_MS);
        if (done || ((idle || opening) && nothing_to_come(s)))
            relay->ops->leave(link, s->now_ms);
    }
}

/* Where the next link opens: where, by weight, there are fewest. */
static struct relay *relay_to_open(struct sender *s)
{
    struct relay *best = NULL;
    double best_load = 0;
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        unsigned weight = relay->settings.weight ? relay->settings.weight : 1;
        unsigned used = relay_in_use(relay);
        double load = (used + 1.0) / weight;
        if (!relay->dead && !relay_usable(relay, s->now_ms))
            wake_at(s, relay->rest_until_ms);
        if (!relay_usable(relay, s->now_ms) ||
            used >= relay_link_limit(relay, s->now_ms) ||
            (best && load >= best_load))
            continue;
        best = relay;
        best_load = load;
    }
    return best;
}

static void open_one(struct sender *s, struct relay *relay)
{
    for (unsigned i = 0; i < relay->link_count; i++) {
        struct link *link = relay->links[i];
        if (link->state != LINK_CLOSED || link->busy)
            continue;
        link->closing_told = false;
        relay->ops->open(link, s->now_ms);
        wake_at(s, s->now_ms);
        return;
    }
}

/* As many new links as have a message in hand, and at least one: a short
 * list needs few, a long one has all of them after a few turns. */
static void open_links(struct sender *s)
{
    unsigned busy = 0, idle = 0, opening = 0;
    for (size_t i = 0; i < s->relay_count; i++) {
        for (unsigned j = 0; j < s->relays[i].link_count; j++) {
            const struct link *link = s->relays[i].links[j];
            busy += link->busy > 0;
            opening += link->state == LINK_OPENING;
            idle += link->state == LINK_OPEN && !link->busy &&
                    relay_usable(&s->relays[i], s->now_ms);
        }
    }
    if (idle || !wants_links(s))
        return;
    for (unsigned most = busy ? busy : 1; opening < most; opening++) {
        struct relay *relay = relay_to_open(s);
        if (!relay)
            return;
        open_one(s, relay);
    }
}

/* ---- the turn --------------------------------------------------------- */

static void each_link(struct sender *s,
                      void (*act)(struct sender *, struct relay *,
                                  struct link *))
{
    for (size_t i = 0; i < s->relay_count; i++) {
        for (unsigned j = 0; j < s->relays[i].link_count; j++)
            act(s, &s->relays[i], s->relays[i].links[j]);
    }
}

static void go_link(struct sender *s, struct relay *relay, struct link *link)
{
    relay->ops->go(link, s->now_ms);
}

/* Nothing can be recorded: only replies that are due are waited for. */
static void wind_up_link(struct sender *s, struct relay *relay,
                         struct link *link)
{
    bool waits = link->busy && link->deadline_ms != NO_DEADLINE;
    if (!waits || s->now_ms >= s->unrecorded_until_ms)
        relay->ops->drop(link, "the sending was broken off");
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
    fail_with(s, &err);
    s->unrecorded = true;
    s->unrecorded_until_ms = s->now_ms + BROKEN_MS;
}

/* When no relay takes anything any more, what each of them said. */
static void look_for_hope(struct sender *s)
{
    OWNED(strbuf_free) struct strbuf said = STRBUF_INIT;
    struct err err = {0};
    if (nothing_to_come(s))
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
    fail_with(s, &err);
}

static void end_waiting(struct sender *s)
{
    const char *why = s->failure.kind ? s->failure.text : "the sending stops";
    while (s->offers.waiting)
        return_offer(s, offers_take(&s->offers, &s->offers.waiting), NULL, why);
}

static bool any_link(const struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++) {
        if (relay_in_use(&s->relays[i]) || relay_busy(&s->relays[i]))
            return true;
    }
    return false;
}

static void settle_held(struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++) {
        struct relay *relay = &s->relays[i];
        bool stand = relay_verdicts_stand(relay);
        if (!stand && relay->held_count)
            fail_with(s, &relay->fault);
        tell_held(s, relay, stand);
    }
}

/* True when the run is over. */
static bool take_turn(struct sender *s)
{
    s->now_ms = clock_monotonic_ms();
    s->wake_ms = s->feed->turn ? s->now_ms + TURN_MS : NO_DEADLINE;
    dialer_turn(s->dialer);
    each_link(s, read_link);
    if (s->feed->turn && !s->feed->turn(s->feed->context))
        s->ending = true;
    look_for_hope(s);
    give_messages(s);
    if (s->ending)
        end_waiting(s);
    commit(s);
    each_link(s, s->unrecorded ? wind_up_link : go_link);
    for (size_t i = 0; i < s->relay_count; i++)
        close_idle_links(s, &s->relays[i]);
    open_links(s);
    return nothing_to_come(s) && !any_link(s);
}

static int time_to_wait(struct sender *s)
{
    for (size_t i = 0; i < s->relay_count; i++) {
        for (unsigned j = 0; j < s->relays[i].link_count; j++) {
            const struct link *link = s->relays[i].links[j];
            bool closed = link->state == LINK_CLOSED && !link->closing_told;
            wake_at(s, closed ? s->now_ms : link->deadline_ms);
        }
    }
    if (!s->feed_ended && !s->ending && s->ask_feed_ms > s->now_ms)
        wake_at(s, s->ask_feed_ms);
    if (s->unrecorded)
        wake_at(s, s->unrecorded_until_ms);
    int64_t wait = s->wake_ms - clock_monotonic_ms();
    if (wait <= 0)
        return 0;
    return wait < 60000 ? (int)wait : 60000;
}

static void wait_for_something(struct sender *s)
{
    unsigned count = 0;
    for (size_t i = 0; i < s->relay_count; i++) {
        for (unsigned j = 0; j < s->relays[i].link_count; j++) {
            struct link *link = s->relays[i].links[j];
            link->watch.revents = 0;
            if (link->watch.fd < 0)
                continue;
            s->polled[count] = link;
            s->fds[count++] = link->watch;
        }
    }
    unsigned links = count;
    bool asks_feed = s->feed->wake_fd >= 0 && !s->feed_ended && !s->ending;
    if (asks_feed)
        s->fds[count++] =
            (struct pollfd){.fd = s->feed->wake_fd, .events = POLLIN};
    dialer_wait(s->dialer, s->fds, count, time_to_wait(s));
    for (unsigned i = 0; i < links; i++)
        s->polled[i]->watch.revents = s->fds[i].revents;
    if (asks_feed && s->fds[links].revents)
        s->ask_feed_ms = 0;
}

static void reset(struct sender *s, const struct sender_feed *feed)
{
    s->feed = feed;
    s->now_ms = clock_monotonic_ms();
    s->ask_feed_ms = 0;
    s->feed_ended = s->ending = s->unrecorded = s->dirty = false;
    s->failure = (struct err){0};
    s->served = 0;
    for (size_t i = 0; i < s->relay_count; i++)
        relay_reset(&s->relays[i], s->now_ms);
}

bool sender_run(struct sender *s, const struct sender_feed *feed,
                struct err *err)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    reset(s, feed);
    while (!take_turn(s))
        wait_for_something(s);
    settle_held(s);
    commit(s);
    sigaction(SIGPIPE, &before, NULL);
    s->feed = NULL;
    if (s->failure.kind == ERR_NONE)
        return true;
    *err = s->failure;
    return false;
}

/* ---- making ----------------------------------------------------------- */

static void make_tables(struct sender *s)
{
    unsigned links = 0;
    for (size_t i = 0; i < s->relay_count; i++)
        links += s->relays[i].link_count;
    s->waiting_max = links + 16;
    s->fds = MEM_NEW_ARRAY(struct pollfd, links + 1);
    s->polled = MEM_NEW_ARRAY(struct link *, links + 1);
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
