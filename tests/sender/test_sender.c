#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest/base/clock.h"

#include "feed.h"
#include "server.h"

#define PIPELINING "250-test\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"

/* One run against one server. */
struct play {
    struct server server;
    struct feed feed;
    struct relay_settings relay;
    char url[64];
    struct err err;
    bool good;
};

static void run_relays(struct play *play, const struct relay_settings *relays,
                       size_t count)
{
    struct sender *sender = NULL;
    struct sender_feed feed = feed_of(&play->feed);
    play->good = sender_new(relays, count, &sender, &play->err) &&
                 sender_run(sender, &feed, &play->err);
    sender_free(sender);
    assert_int_equal(play->feed.given, play->feed.answered);
}

static void set_relay(struct play *play)
{
    snprintf(play->url, sizeof play->url, "smtp://127.0.0.1:%d",
             play->server.port);
    play->relay.url = play->url;
    play->relay.tls_none = true;
    play->relay.helo = "test.example.org";
    if (!play->relay.retry_ms)
        play->relay.retry_ms = 1;
}

static void run(struct play *play)
{
    server_start(&play->server);
    set_relay(play);
    run_relays(play, &play->relay, 1);
    server_stop(&play->server);
}

static void end(struct play *play)
{
    server_free(&play->server);
    free(play);
}

static struct play *a_play(int messages, const char *offers,
                           const char *(*answer)(struct server *,
                                                 const struct server_client *,
                                                 const char *))
{
    struct play *play = MEM_NEW(struct play);
    play->feed.total = messages;
    play->server.offers = offers;
    play->server.answer = answer;
    return play;
}

static int count_lines(const struct strbuf *text, const char *line)
{
    int count = 0;
    struct str rest = strbuf_str(text), one;
    while (str_next_line(&rest, &one))
        count += str_find_str(one, str_of(line)) < one.len;
    return count;
}

static void all_arrive_once(const char *offers, unsigned connections,
                            bool bytewise)
{
    struct play *play = a_play(300, offers, NULL);
    play->relay.connections = connections;
    play->server.bytewise = bytewise;
    run(play);
    if (!play->good)
        fail_msg("%s", play->err.text);
    assert_int_equal(feed_count(&play->feed, SENDER_SENT), 300);
    assert_int_equal(play->server.accepted, 300);
    for (int i = 0; i < 300; i++) {
        char line[32];
        snprintf(line, sizeof line, "\nr%d@example.net\n", i);
        struct str to = strbuf_str(&play->server.to);
        bool first = str_starts(to, str_of(line + 1));
        assert_true(first || str_find_str(to, str_of(line)) < to.len);
    }
    assert_non_null(strstr(strbuf_text(&play->server.last),
                           "\r\n\r\n.dot\r\n..\r\nend\r\n"));
    assert_true(play->server.most_open <= (int)connections);
    assert_int_equal(play->feed.uncommitted, 0);
    assert_string_equal(play->feed.told[7].reply, "Ok: queued");
    assert_string_equal(play->feed.told[7].status, "2.0.0");
    assert_non_null(strstr(play->feed.told[7].relay, "127.0.0.1:"));
    end(play);
}

static void every_message_arrives_once(void **state)
{
    (void)state;
    all_arrive_once(NULL, 1, false);
    all_arrive_once(NULL, 8, false);
    all_arrive_once(PIPELINING, 8, false);
    all_arrive_once(PIPELINING, 3, true);
}

static void connections_grow_with_the_work(void **state)
{
    (void)state;
    struct play *play = a_play(1, NULL, NULL);
    play->relay.connections = 8;
    run(play);
    assert_int_equal(play->server.connections, 1);
    assert_int_equal(count_lines(&play->server.log, "QUIT"), 1);
    end(play);
}

static void a_connection_carries_only_so_many(void **state)
{
    (void)state;
    struct play *play = a_play(25, PIPELINING, NULL);
    play->relay.connections = 1;
    play->relay.messages_per_connection = 10;
    run(play);
    assert_int_equal(feed_count(&play->feed, SENDER_SENT), 25);
    assert_int_equal(play->server.connections, 3);
    assert_int_equal(count_lines(&play->server.log, "QUIT"), 3);
    end(play);
}

static const char *odd_recipients_are_unknown(struct server *s,
                                              const struct server_client *c,
                                              const char *line)
{
    (void)s;
    (void)c;
    if (strncmp(line, "RCPT", 4) == 0 && strstr(line, "1@"))
        return "550 5.1.1 no such user\r\n";
    return SERVER_USUAL;
}

static void a_refused_recipient_costs_no_connection(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct play *play =
            a_play(50, i ? PIPELINING : NULL, odd_recipients_are_unknown);
        play->relay.connections = 1;
        run(play);
        assert_true(play->good);
        assert_int_equal(feed_count(&play->feed, SENDER_FAILED), 5);
        assert_int_equal(feed_count(&play->feed, SENDER_SENT), 45);
        assert_int_equal(play->server.connections, 1);
        assert_int_equal(play->feed.told[41].code, 550);
        assert_string_equal(play->feed.told[41].status, "5.1.1");
        assert_int_equal(play->feed.told[41].stage, STAGE_RCPT);
        end(play);
    }
}

/* Each connection ends at the stage that `step` names, at its third MAIL. */
static const char *hangs_up(struct server *s, const struct server_client *c,
                            const char *line)
{
    static const char *const stages[] = {"MAIL", "RCPT", "DATA", "."};
    if (c->mails == 3 && c->number <= 2 &&
        strncmp(line, stages[s->step], strlen(stages[s->step])) == 0)
        return SERVER_CLOSE;
    return SERVER_USUAL;
}

static void a_dropped_connection_loses_nothing(void **state)
{
    (void)state;
    static const enum sender_outcome expected[] = {
        SENDER_SENT, SENDER_DEFERRED, SENDER_DEFERRED, SENDER_UNKNOWN};
    for (int step = 0; step < 4; step++) {
        struct play *play = a_play(20, NULL, hangs_up);
        play->server.step = step;
        play->relay.connections = 1;
        run(play);
        assert_true(play->good);
        assert_int_equal(play->server.connections, 3);
        int hit = step == 0 ? 20 : 2;
        assert_int_equal(feed_count(&play->feed, expected[step]), hit);
        assert_int_equal(feed_count(&play->feed, SENDER_SENT),
                         step == 0 ? 20 : 18);
        end(play);
    }
}

static const char *silent_after_dot(struct server *s,
                                    const struct server_client *c,
                                    const char *line)
{
    (void)s;
    return c->mails == 2 && strcmp(line, ".") == 0 ? SERVER_SILENT
                                                   : SERVER_USUAL;
}

static void no_reply_after_the_dot_is_unknown(void **state)
{
    (void)state;
    struct play *play = a_play(2, NULL, silent_after_dot);
    play->relay.connections = 1;
    play->relay.timeout_ms = 100;
    run(play);
    assert_int_equal(play->feed.told[0].outcome, SENDER_SENT);
    assert_int_equal(play->feed.told[1].outcome, SENDER_UNKNOWN);
    assert_int_equal(play->feed.told[1].stage, STAGE_FINAL);
    assert_int_equal(play->feed.told[1].code, 0);
    assert_non_null(strstr(play->feed.told[1].reply, "no reply"));
    end(play);
}

static const char *silent_at_rcpt(struct server *s,
                                  const struct server_client *c,
                                  const char *line)
{
    (void)s;
    return c->number == 1 && strncmp(line, "RCPT", 4) == 0 ? SERVER_SILENT
                                                           : SERVER_USUAL;
}

static void silence_before_the_dot_is_deferred(void **state)
{
    (void)state;
    struct play *play = a_play(1, NULL, silent_at_rcpt);
    play->relay.timeout_ms = 100;
    run(play);
    assert_int_equal(play->feed.told[0].outcome, SENDER_DEFERRED);
    assert_int_equal(play->feed.told[0].stage, STAGE_RCPT);
    end(play);
}

static const char *limits_three_a_connection(struct server *s,
                                             const struct server_client *c,
                                             const char *line)
{
    (void)s;
    if (c->mails > 3 && strncmp(line, "MAIL", 4) == 0)
        return "421 4.7.0 too many messages, come back\r\n";
    return SERVER_USUAL;
}

static void
closing_by_421_brings_the_message_to_another_connection(void **state)
{
    (void)state;
    struct play *play = a_play(4, PIPELINING, limits_three_a_connection);
    play->relay.connections = 1;
    play->relay.retry_ms = 10000;
    run(play);
    assert_true(play->good);
    assert_int_equal(feed_count(&play->feed, SENDER_SENT), 4);
    assert_int_equal(play->server.connections, 2);
    end(play);
}

static const char *babbles(struct server *s, const struct server_client *c,
                           const char *line)
{
    static const char *const what[] = {
        "bogus\r\n",
        "250-one\r\n550 two\r\n",
        "250 ok\r\n250 unasked\r\n250 unasked\r\n250 unasked\r\n",
        "354 go\r\n",
    };
    if (c->number == 1 && c->mails == 2 && strncmp(line, "RCPT", 4) == 0)
        return what[s->step];
    return SERVER_USUAL;
}

static void a_reply_that_is_none_ends_the_connection_not_the_run(void **state)
{
    (void)state;
    for (int step = 0; step < 4; step++) {
        struct play *play = a_play(5, NULL, babbles);
        play->server.step = step;
        play->relay.connections = 1;
        play->relay.retry_ms = 10000;
        run(play);
        assert_int_equal(feed_count(&play->feed, SENDER_SENT), 4);
        assert_int_equal(play->feed.told[1].outcome, SENDER_DEFERRED);
        assert_int_equal(play->server.connections, 2);
        end(play);
    }
}

static const char *refuses_all(struct server *s, const struct server_client *c,
                               const char *line)
{
    (void)s;
    (void)c;
    if (strncmp(line, "RCPT", 4) == 0)
        return "554 5.7.1 relay access denied\r\n";
    return SERVER_USUAL;
}

static void a_relay_that_refuses_all_consumes_no_recipient(void **state)
{
    (void)state;
    struct play *play = a_play(200, NULL, refuses_all);
    play->relay.refusals_max = 5;
    play->relay.connections = 2;
    run(play);
    assert_false(play->good);
    assert_int_equal(play->err.kind, ERR_PERMANENT);
    assert_non_null(strstr(play->err.text, "554 5.7.1 relay access denied"));
    assert_true(play->feed.given < 20);
    assert_int_equal(feed_count(&play->feed, SENDER_RETURNED),
                     play->feed.given);
    end(play);
}

/* A relay that took nothing at all may be the fault itself, however few it
 * refused: nobody is given up for it. */
static void a_few_refusals_prove_nothing_without_a_success(void **state)
{
    (void)state;
    struct play *play = a_play(3, NULL, refuses_all);
    run(play);
    assert_true(play->good);
    assert_int_equal(feed_count(&play->feed, SENDER_DEFERRED), 3);
    assert_int_equal(feed_count(&play->feed, SENDER_FAILED), 0);
    end(play);
}

static void a_single_refusal_stands(void **state)
{
    (void)state;
    struct play *play = a_play(1, NULL, refuses_all);
    run(play);
    assert_true(play->good);
    assert_int_equal(feed_count(&play->feed, SENDER_FAILED), 1);
    end(play);
}

static void an_unreachable_relay_is_named_with_the_remedy(void **state)
{
    (void)state;
    struct play *play = a_play(5, NULL, NULL);
    server_start(&play->server);
    set_relay(play);
    server_stop(&play->server);
    run_relays(play, &play->relay, 1);
    assert_false(play->good);
    assert_int_equal(play->err.kind, ERR_TEMPORARY);
    assert_non_null(strstr(play->err.text, play->url));
    assert_non_null(strstr(play->err.text, "check host and port"));
    assert_int_equal(play->feed.given, 0);
    end(play);
}

static const char *greets_badly(struct server *s, const struct server_client *c,
                                const char *line)
{
    (void)c;
    if (!*line)
        return s->step == 2   ? SERVER_SILENT
               : s->step == 1 ? "421 4.3.2 busy\r\n"
                              : "554 5.7.1 not from there\r\n";
    return SERVER_USUAL;
}

static void a_bad_greeting_is_an_error_that_quotes_it(void **state)
{
    (void)state;
    static const struct {
        enum err_kind kind;
        const char *says;
    } expected[] = {{ERR_PERMANENT, "554 5.7.1 not from there"},
                    {ERR_TEMPORARY, "421 4.3.2 busy"},
                    {ERR_TEMPORARY, "says nothing"}};
    for (int step = 0; step < 3; step++) {
        struct play *play = a_play(2, NULL, greets_badly);
        play->server.step = step;
        play->relay.timeout_ms = 100;
        run(play);
        assert_false(play->good);
        assert_int_equal(play->err.kind, expected[step].kind);
        if (!strstr(play->err.text, expected[step].says))
            fail_msg("%s", play->err.text);
        assert_int_equal(play->feed.given, 0);
        end(play);
    }
}

static void starttls_stripped_is_refused(void **state)
{
    (void)state;
    struct play *play = a_play(1, NULL, NULL);
    server_start(&play->server);
    set_relay(play);
    play->relay.tls_none = false;
    run_relays(play, &play->relay, 1);
    server_stop(&play->server);
    assert_false(play->good);
    assert_int_equal(play->err.kind, ERR_PERMANENT);
    assert_non_null(strstr(play->err.text, "STARTTLS"));
    assert_int_equal(count_lines(&play->server.log, "MAIL"), 0);
    end(play);
}

static const char *smuggles(struct server *s, const struct server_client *c,
                            const char *line)
{
    (void)s;
    (void)c;
    if (strncmp(line, "STARTTLS", 8) == 0)
        return "220 go\r\n250-test\r\n250 SMTPUTF8\r\n";
    return SERVER_USUAL;
}

static void bytes_smuggled_before_tls_are_refused(void **state)
{
    (void)state;
    struct play *play = a_play(1, "250-test\r\n250 STARTTLS\r\n", smuggles);
    server_start(&play->server);
    set_relay(play);
    play->relay.tls_none = false;
    play->relay.timeout_ms = 2000;
    run_relays(play, &play->relay, 1);
    server_stop(&play->server);
    assert_false(play->good);
    assert_int_equal(play->feed.given, 0);
    assert_int_equal(count_lines(&play->server.log, "MAIL"), 0);
    end(play);
}

static void auth_wanted_and_not_offered_is_an_error(void **state)
{
    (void)state;
    struct play *play = a_play(1, NULL, NULL);
    server_start(&play->server);
    set_relay(play);
    snprintf(play->url, sizeof play->url, "smtp://ann@127.0.0.1:%d",
             play->server.port);
    play->relay.password = "secret";
    play->relay.password_file = "smtp.password";
    run_relays(play, &play->relay, 1);
    server_stop(&play->server);
    assert_false(play->good);
    assert_int_equal(play->err.kind, ERR_PERMANENT);
    assert_non_null(strstr(play->err.text, "smtp.password"));
    assert_null(strstr(strbuf_text(&play->server.log), "secret"));
    end(play);
}

static const char *refuses_password(struct server *s,
                                    const struct server_client *c,
                                    const char *line)
{
    (void)s;
    (void)c;
    if (strncmp(line, "AUTH", 4) == 0)
        return "535 5.7.8 wrong\r\n";
    return SERVER_USUAL;
}

static void a_refused_password_names_its_file(void **state)
{
    (void)state;
    struct play *play =
        a_play(1, "250-test\r\n250 AUTH PLAIN\r\n", refuses_password);
    server_start(&play->server);
    set_relay(play);
    snprintf(play->url, sizeof play->url, "smtp://ann@127.0.0.1:%d",
             play->server.port);
    play->relay.password = "secret";
    play->relay.password_file = "smtp.password";
    run_relays(play, &play->relay, 1);
    server_stop(&play->server);
    assert_false(play->good);
    assert_int_equal(play->err.kind, ERR_PERMANENT);
    assert_non_null(strstr(play->err.text, "535 5.7.8 wrong"));
    assert_non_null(strstr(play->err.text, "smtp.password"));
    end(play);
}

static void another_relay_takes_over(void **state)
{
    (void)state;
    struct play *play = a_play(60, NULL, limits_three_a_connection);
    struct server good = {.offers = PIPELINING};
    char url[64];
    server_start(&good);
    server_start(&play->server);
    set_relay(play);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", good.port);
    struct relay_settings relays[] = {
        play->relay,
        {.url = url, .tls_none = true, .helo = "x.example", .connections = 1},
        {.url = "smtp://127.0.0.1:1", .tls_none = true, .helo = "x.example"}};
    run_relays(play, relays, 3);
    server_stop(&play->server);
    server_stop(&good);
    if (!play->good)
        fail_msg("%s", play->err.text);
    assert_int_equal(feed_count(&play->feed, SENDER_SENT), 60);
    assert_int_equal(good.accepted + play->server.accepted, 60);
    assert_true(good.accepted > 20);
    server_free(&good);
    end(play);
}

/* The feed of the order test; the server looks at it from its thread. */
static struct feed *watched;

static const char *checks_the_record(struct server *s,
                                     const struct server_client *c,
                                     const char *line)
{
    static int last[SERVER_CLIENTS + 1];
    int id;
    if (sscanf(line, "RCPT TO:<r%d@", &id) == 1 &&
        id >= atomic_load(&watched->claimed))
        s->step = 1;
    if (strcmp(line, ".") != 0)
        return SERVER_USUAL;
    if (c->mails > 1 && !atomic_load(&watched->recorded[last[c->number]]))
        s->step = 2;
    sscanf(c->to, "r%d@", &last[c->number]);
    return SERVER_USUAL;
}

/* A claim is committed before its MAIL, and an answer before the connection's
 * next message: so a kill repeats at most one of each. */
static void the_record_is_ahead_of_the_wire(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct play *play =
            a_play(400, i ? PIPELINING : NULL, checks_the_record);
        play->relay.connections = 5;
        play->relay.messages_per_connection = 1000;
        watched = &play->feed;
        run(play);
        assert_true(play->good);
        assert_int_equal(play->server.step, 0);
        assert_int_equal(feed_count(&play->feed, SENDER_SENT), 400);
        end(play);
    }
}

static void nothing_goes_out_that_is_not_on_record(void **state)
{
    (void)state;
    for (int at = 1; at <= 4; at++) {
        struct play *play = a_play(50, PIPELINING, NULL);
        play->relay.connections = 2;
        play->feed.commit_fails_at = at;
        run(play);
        assert_false(play->good);
        assert_int_equal(play->err.kind, ERR_STORE);
        assert_string_equal(play->err.text, "the disk is full");
        if (at == 1)
            assert_int_equal(count_lines(&play->server.log, "MAIL"), 0);
        assert_int_equal(feed_count(&play->feed, SENDER_SENT),
                         play->server.accepted);
        end(play);
    }
}

static void asked_to_stop_it_finishes_what_is_on_the_wire(void **state)
{
    (void)state;
    struct play *play = a_play(500, PIPELINING, NULL);
    play->relay.connections = 4;
    play->feed.stop_after = 20;
    run(play);
    assert_true(play->good);
    assert_true(play->feed.given < 100);
    assert_int_equal(feed_count(&play->feed, SENDER_SENT),
                     play->server.accepted);
    assert_int_equal(feed_count(&play->feed, SENDER_UNKNOWN), 0);
    end(play);
}

static void a_domain_gets_only_so_many_connections(void **state)
{
    (void)state;
    struct play *play = a_play(40, NULL, NULL);
    play->relay.connections = 8;
    play->relay.connections_per_domain = 2;
    run(play);
    assert_true(play->good);
    assert_int_equal(feed_count(&play->feed, SENDER_SENT), 40);
    assert_int_equal(play->server.most_under_way, 2);
    end(play);
}

static void a_rate_is_kept(void **state)
{
    (void)state;
    struct play *play = a_play(30, PIPELINING, NULL);
    play->relay.rate = 100;
    play->relay.rate_per_domain = 20;
    int64_t begin = clock_monotonic_ms();
    run(play);
    assert_true(play->good);
    assert_int_equal(feed_count(&play->feed, SENDER_SENT), 30);
    assert_true(clock_monotonic_ms() - begin >= 450);
    end(play);
}

/* Plays with a feed that differs from the usual one. */
static void run_feed(struct play *play, const struct sender_feed *feed)
{
    struct sender *sender = NULL;
    server_start(&play->server);
    set_relay(play);
    assert_true(sender_new(&play->relay, 1, &sender, &play->err));
    play->good = sender_run(sender, feed, &play->err);
    sender_free(sender);
    server_stop(&play->server);
}

static bool nobody_still(void *context, int64_t id)
{
    (void)context;
    (void)id;
    return false;
}

static void who_left_while_waiting_is_not_mailed(void **state)
{
    (void)state;
    struct play *play = a_play(3, PIPELINING, NULL);
    play->relay.rate_per_domain = 0.9;
    struct sender_feed feed = feed_of(&play->feed);
    feed.is_wanted = nobody_still;
    run_feed(play, &feed);
    assert_true(play->good);
    assert_int_equal(feed_count(&play->feed, SENDER_SENT), 1);
    assert_int_equal(feed_count(&play->feed, SENDER_RETURNED), 2);
    assert_int_equal(play->server.accepted, 1);
    end(play);
}

/* The answer to DATA takes over a second, once. */
static const char *slow_data(struct server *s, const struct server_client *c,
                             const char *line)
{
    (void)c;
    if (strncmp(line, "DATA", 4) == 0 && !s->step++)
        poll(NULL, 0, 1100);
    return SERVER_USUAL;
}

static bool all_but_the_first_still(void *context, int64_t id)
{
    (void)context;
    return id != 0;
}

static void who_left_while_the_server_was_slow_is_not_mailed(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct play *play = a_play(3, i ? PIPELINING : NULL, slow_data);
        struct sender_feed feed = feed_of(&play->feed);
        feed.is_wanted = all_but_the_first_still;
        play->relay.connections = 1;
        run_feed(play, &feed);
        assert_true(play->good);
        assert_int_equal(play->feed.told[0].outcome, SENDER_RETURNED);
        assert_int_equal(feed_count(&play->feed, SENDER_SENT), 2);
        assert_int_equal(play->server.accepted, 2);
        end(play);
    }
}

static atomic_bool silence;
static enum sender_wish wish_in_silence;

static enum sender_wish turn_in_silence(void *context)
{
    (void)context;
    return atomic_load(&silence) ? wish_in_silence : SENDER_GO_ON;
}

/* The second message's dot, or its RCPT, is heard and not answered. */
static const char *falls_silent(struct server *s, const struct server_client *c,
                                const char *line)
{
    const char *at = s->step ? "." : "RCPT";
    if (c->mails != 2 || strncmp(line, at, strlen(at)) != 0)
        return SERVER_USUAL;
    atomic_store(&silence, true);
    return SERVER_SILENT;
}

/* A server that answers no more holds nobody up who wants to stop; only a
 * message that it may have taken is in doubt. */
static void stopping_does_not_wait_for_a_silent_server(void **state)
{
    (void)state;
    static const enum sender_wish wishes[] = {SENDER_BREAK_OFF, SENDER_HURRY};
    for (int i = 0; i < 4; i++) {
        struct play *play = a_play(2, NULL, falls_silent);
        struct sender_feed feed = feed_of(&play->feed);
        feed.turn = turn_in_silence;
        feed.hurry_ms = 300;
        atomic_store(&silence, false);
        wish_in_silence = wishes[i / 2];
        play->server.step = i % 2;
        play->relay.connections = 1;
        run_feed(play, &feed);
        assert_true(play->good);
        assert_int_equal(feed_count(&play->feed, SENDER_SENT), 1);
        assert_int_equal(play->feed.told[1].outcome,
                         i % 2 ? SENDER_UNKNOWN : SENDER_RETURNED);
        end(play);
    }
}

static void wrong_settings_are_refused_with_what_is_allowed(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "ftp://host",
        "smtp://",
        "smtp://host:0",
        "smtp://host:99999",
        "smtp://u:p@host",
        "smtp://[::1",
        "smtp://a b",
        "smtp://host/path",
        "maildir:",
        "null:x",
        "",
        "smtp://user@host",
        "smtp://ho%st",
    };
    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        struct relay_settings relay = {.url = urls[i]};
        struct sender *sender = NULL;
        struct err err = {0};
        assert_false(sender_new(&relay, 1, &sender, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_true(strlen(err.text) > 20);
        assert_null(strstr(err.text, ":p@"));
    }
    struct relay_settings clear = {
        .url = "smtp://u@mail.example.org", .password = "p", .tls_none = true};
    struct sender *sender = NULL;
    struct err err = {0};
    assert_false(sender_new(&clear, 1, &sender, &err));
    assert_non_null(strstr(err.text, "in the clear"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_arrives_once),
        cmocka_unit_test(connections_grow_with_the_work),
        cmocka_unit_test(a_connection_carries_only_so_many),
        cmocka_unit_test(a_refused_recipient_costs_no_connection),
        cmocka_unit_test(a_dropped_connection_loses_nothing),
        cmocka_unit_test(no_reply_after_the_dot_is_unknown),
        cmocka_unit_test(silence_before_the_dot_is_deferred),
        cmocka_unit_test(
            closing_by_421_brings_the_message_to_another_connection),
        cmocka_unit_test(a_reply_that_is_none_ends_the_connection_not_the_run),
        cmocka_unit_test(a_relay_that_refuses_all_consumes_no_recipient),
        cmocka_unit_test(a_few_refusals_prove_nothing_without_a_success),
        cmocka_unit_test(a_single_refusal_stands),
        cmocka_unit_test(an_unreachable_relay_is_named_with_the_remedy),
        cmocka_unit_test(a_bad_greeting_is_an_error_that_quotes_it),
        cmocka_unit_test(starttls_stripped_is_refused),
        cmocka_unit_test(bytes_smuggled_before_tls_are_refused),
        cmocka_unit_test(auth_wanted_and_not_offered_is_an_error),
        cmocka_unit_test(a_refused_password_names_its_file),
        cmocka_unit_test(another_relay_takes_over),
        cmocka_unit_test(the_record_is_ahead_of_the_wire),
        cmocka_unit_test(nothing_goes_out_that_is_not_on_record),
        cmocka_unit_test(asked_to_stop_it_finishes_what_is_on_the_wire),
        cmocka_unit_test(a_domain_gets_only_so_many_connections),
        cmocka_unit_test(a_rate_is_kept),
        cmocka_unit_test(who_left_while_waiting_is_not_mailed),
        cmocka_unit_test(who_left_while_the_server_was_slow_is_not_mailed),
        cmocka_unit_test(stopping_does_not_wait_for_a_silent_server),
        cmocka_unit_test(wrong_settings_are_refused_with_what_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
