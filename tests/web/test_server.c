/* The server over a real connection: what HTTP adds to the pages. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/log.h"
#include "digest/web/gate.h"
#include "digest/web/server.h"
#include "subscribers/consent/consent.h"
#include "tests/support/house.h"

static struct db *db;
static struct token_keys *keys;
static struct template_set *templates;
static struct server *server;
static pthread_t thread;
static struct err err;
static char token_text[128];
static struct strbuf got;

static void *serve(void *context)
{
    static struct err failure;
    return server_run(context, &failure) ? NULL : &failure;
}

static void make_reader(void)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct consent_origin origin = {.means = MEANS_COMMAND};
    enum consent_result result;
    struct subscriber ada;
    house_newsletter(db, "weekly");
    assert_true(consent_subscribe(db, STR("a@example.org"), NULL, 1, NULL,
                                  false, &origin, &result, &err));
    assert_true(roster_get(db, "a@example.org", &arena, &ada, &err));
    struct token token = {.purpose = TOKEN_UNSUBSCRIBE, .newsletter_id = 1};
    memcpy(token.subscriber_key, ada.key, sizeof token.subscriber_key);
    token_write(keys, &token, &text);
    memcpy(token_text, text.ptr, text.len + 1);
}

static int start(size_t proxy_count)
{
    static const char *proxies[] = {"127.0.0.1"};
    keys = house_keys();
    templates = template_set_new(NULL);
    db = house_db();
    make_reader();
    struct web_settings settings = {.listen = "127.0.0.1:0",
                                    .db = db,
                                    .keys = keys,
                                    .templates = templates,
                                    .trusted_proxies = {proxies, proxy_count}};
    return server_new(&settings, &server, &err) &&
                   pthread_create(&thread, NULL, serve, server) == 0
               ? 0
               : -1;
}

static int begin(void **state)
{
    (void)state;
    return start(1);
}

/* Whoever connects is nobody's proxy. */
static int begin_bare(void **state)
{
    (void)state;
    return start(0);
}

/* After it the database belongs to this thread again. */
static void stop(void)
{
    void *failure = NULL;
    server_stop(server);
    assert_int_equal(pthread_join(thread, &failure), 0);
    assert_null(failure);
    server_release(&server);
}

static int end(void **state)
{
    (void)state;
    if (server)
        stop();
    strbuf_free(&got);
    db_release(&db);
    token_keys_release(&keys);
    template_set_release(&templates);
    return 0;
}

/* From 127.0.0.`host`. */
static int dial_from(unsigned host)
{
    struct sockaddr_in own = {.sin_family = AF_INET};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port =
                                      htons((uint16_t)server_port(server))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    own.sin_addr.s_addr = htonl((INADDR_LOOPBACK & ~0xffU) | host);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address),
                     0);
    return fd;
}

static int dial(void)
{
    return dial_from(1);
}

static void put(int fd, const char *text, size_t length)
{
    while (length) {
        ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server may have closed; the answer tells */
        text += sent;
        length -= (size_t)sent;
    }
}

static const char *answer(int fd)
{
    strbuf_cut(&got, 0);
    for (;;) {
        ssize_t n = recv(fd, strbuf_reserve(&got, 4096), 4096, 0);
        if (n <= 0)
            break;
        got.len += (size_t)n;
        got.ptr[got.len] = '\0';
    }
    close(fd);
    return strbuf_text(&got);
}

static const char *exchange(const char *request)
{
    int fd = dial();
    put(fd, request, strlen(request));
    return answer(fd);
}

static const char *send_to_token(const char *method, const char *rest)
{
    OWNED(mem_free)
    char *request = mem_format("%s /u/%s HTTP/1.1\r\nHost: x\r\n"
                               "Connection: close\r\n%s",
                               method, token_text, rest);
    return exchange(request);
}

static void assert_begins(const char *text, const char *begin)
{
    if (strncmp(text, begin, strlen(begin)) != 0)
        fail_msg("not \"%s\": %s", begin, text);
}

static void a_page_is_served_and_head_has_no_body(void **state)
{
    (void)state;
    assert_begins(send_to_token("GET", "\r\n"), "HTTP/1.1 200");
    assert_non_null(strstr(got.ptr, "You are leaving"));
    assert_non_null(strstr(got.ptr, "Referrer-Policy: no-referrer"));
    assert_begins(send_to_token("HEAD", "\r\n"), "HTTP/1.1 200");
    assert_null(strstr(got.ptr, "You are leaving"));
    stop();
    assert_int_equal(house_number(db, "SELECT count(*) FROM subscription "
                                      "WHERE state = 'active'"),
                     1);
}

static void a_click_is_recorded_with_the_readers_address(void **state)
{
    (void)state;
    assert_begins(
        send_to_token("POST",
                      "Content-Type: application/x-www-form-urlencoded\r\n"
                      "X-Forwarded-For: 6.6.6.6\r\n"
                      "X-Forwarded-For: 192.0.2.9\r\n"
                      "Content-Length: 26\r\n\r\nList-Unsubscribe=One-Click"),
        "HTTP/1.1 200");
    assert_non_null(strstr(got.ptr, "\r\n\r\nUnsubscribed.\n"));
    stop();
    assert_int_equal(house_number(db, "SELECT count(*) FROM consent_event "
                                      "WHERE means = 'one-click' "
                                      "AND client = '192.0.2.9'"),
                     1);
}

#define ONE_CLICK                                                              \
    "Content-Type: application/x-www-form-urlencoded\r\n"                      \
    "Content-Length: 26\r\n\r\nList-Unsubscribe=One-Click"

static void clicks_that_come_together_are_each_answered(void **state)
{
    (void)state;
    enum { CLICKS = 40 };
    int fds[CLICKS];
    OWNED(mem_free)
    char *request = mem_format("POST /u/%s HTTP/1.1\r\nHost: x\r\n"
                               "Connection: close\r\n" ONE_CLICK,
                               token_text);
    for (int i = 0; i < CLICKS; i++)
        fds[i] = dial();
    for (int i = 0; i < CLICKS; i++)
        put(fds[i], request, strlen(request));
    for (int i = 0; i < CLICKS; i++)
        assert_begins(answer(fds[i]), "HTTP/1.1 200");
    stop();
    assert_int_equal(house_number(db, "SELECT count(*) FROM consent_event "
                                      "WHERE event = 'unsubscribed'"),
                     1);
}

static void a_click_that_cannot_be_kept_is_not_answered_as_done(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    stop();
    /* A constraint that is only looked at when the transaction commits. */
    assert_true(stmt_run(
        db_stmt(db, "CREATE TABLE late (id INTEGER REFERENCES newsletter (id) "
                    "DEFERRABLE INITIALLY DEFERRED)"),
        &err));
    assert_true(stmt_run(
        db_stmt(db, "CREATE TRIGGER late AFTER INSERT ON consent_event BEGIN "
                    "INSERT INTO late VALUES (-1); END"),
        &err));
    struct web_settings settings = {.listen = "127.0.0.1:0",
                                    .db = db,
                                    .keys = keys,
                                    .templates = templates};
    assert_true(server_new(&settings, &server, &err));
    assert_int_equal(pthread_create(&thread, NULL, serve, server), 0);
    assert_begins(send_to_token("POST", ONE_CLICK), "HTTP/1.1 500");
    stop();
    assert_int_equal(house_number(db, "SELECT count(*) FROM subscription "
                                      "WHERE state = 'active'"),
                     1);
}

static void a_chunked_body_is_read(void **state)
{
    (void)state;
    assert_begins(
        send_to_token("POST",
                      "Content-Type: application/x-www-form-urlencoded\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n"
                      "5\r\nList-\r\n15\r\nUnsubscribe=One-Click\r\n0\r\n\r\n"),
        "HTTP/1.1 200");
    assert_non_null(strstr(got.ptr, "\r\n\r\nUnsubscribed.\n"));
}

static void a_body_too_long_is_refused(void **state)
{
    (void)state;
    assert_begins(send_to_token("POST", "Content-Length: 8193\r\n\r\n"),
                  "HTTP/1.1 413");
    assert_begins(send_to_token("POST", "Content-Length: 99999999999999999999"
                                        "\r\n\r\n"),
                  "HTTP/1.1 4");
    OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
    strbuf_add_text(&body, "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 12; i++)
        strbuf_add_format(&body, "400\r\n%01024d\r\n", 0);
    strbuf_add_text(&body, "0\r\n\r\n");
    assert_begins(send_to_token("POST", strbuf_text(&body)), "HTTP/1.1 413");
    stop();
    assert_int_equal(house_number(db, "SELECT count(*) FROM subscription "
                                      "WHERE state = 'active'"),
                     1);
}

static void a_body_without_end_is_cut(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
    strbuf_add_text(&body, "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 200; i++)
        strbuf_add_format(&body, "400\r\n%01024d\r\n", 0);
    send_to_token("POST", strbuf_text(&body)); /* it returns */
    assert_null(strstr(strbuf_text(&got), "200 OK"));
}

static void headers_too_long_are_refused(void **state)
{
    (void)state;
    OWNED(mem_free) char *rest = mem_format("X: %020000d\r\n\r\n", 0);
    assert_null(strstr(send_to_token("GET", rest), "HTTP/1.1 200"));
}

static void nonsense_does_no_harm(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\x16\x03\x01\x02",
        "GET /%00%ff/../../etc/passwd HTTP/1.0\r\n\r\n",
        "POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"};
    for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
        int fd = dial();
        put(fd, requests[i], strlen(requests[i]));
        shutdown(fd, SHUT_WR);
        assert_null(strstr(answer(fd), "HTTP/1.1 200"));
    }
    assert_begins(send_to_token("GET", "\r\n"), "HTTP/1.1 200");
}

static void a_head_that_comes_in_pieces_is_served(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *request =
        mem_format("GET /u/%s HTTP/1.1\r\nHost: x\r\n\r\n", token_text);
    int fd = dial();
    for (const char *c = request; *c; c++)
        put(fd, c, 1);
    assert_begins(answer(fd), "HTTP/1.1 200");
}

static void a_connection_carries_one_request(void **state)
{
    (void)state;
    static const char second[] = "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n";
    OWNED(mem_free)
    char *first = mem_format(
        "POST /u/%s HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n" ONE_CLICK
        "%s",
        token_text, second);
    assert_begins(exchange(first), "HTTP/1.1 200");
    assert_non_null(strstr(got.ptr, "\r\nConnection: close\r\n"));
    assert_null(strstr(got.ptr + 1, "HTTP/1."));
    OWNED(mem_free)
    char *old = mem_format("GET /u/%s HTTP/1.0\r\nConnection: keep-alive\r\n"
                           "\r\n%s",
                           token_text, second);
    assert_begins(exchange(old), "HTTP/1.1 200");
    assert_null(strstr(got.ptr + 1, "HTTP/1."));
}

/* Also where much more has been sent than was looked at. */
static void a_refusal_is_read_to_its_end(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf request = STRBUF_INIT;
    strbuf_add_text(&request, "POST /l HTTP/1.1\r\nHost: x\r\n"
                              "Content-Length: 1\r\n 0\r\n\r\n");
    for (int i = 0; i < 60; i++)
        strbuf_add_format(&request, "%01000d", 0);
    assert_begins(exchange(request.ptr), "HTTP/1.1 400 Bad Request\r\n");
    assert_non_null(strstr(got.ptr, "\r\nConnection: close\r\n"));
    assert_non_null(strstr(got.ptr, "\r\nX-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(got.ptr, " GMT\r\n"));
    assert_non_null(strstr(got.ptr, "isn't clear.\n"));
    assert_null(strstr(got.ptr + 1, "HTTP/1."));
}

static void an_address_may_come_as_a_whole(void **state)
{
    (void)state;
    OWNED(mem_free)
    char *request =
        mem_format("GET http://x/u/%s HTTP/1.1\r\nHost: x\r\n\r\n", token_text);
    assert_begins(exchange(request), "HTTP/1.1 200");
    assert_non_null(strstr(got.ptr, "You are leaving"));
}

static bool is_cut(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}

static void wait_until_cut(int fd)
{
    struct pollfd end = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&end, 1, -1), 1);
    assert_true(is_cut(fd));
}

static const char *ask_from(unsigned host)
{
    static const char request[] = "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n";
    int fd = dial_from(host);
    put(fd, request, strlen(request));
    return answer(fd);
}

static void one_client_may_not_let_the_server_wait_for_many(void **state)
{
    (void)state;
    enum { MORE = 5 };
    int fds[GATE_WAITING_OF_PEER + MORE], other = dial_from(2);
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
        fds[i] = dial_from(3);
    for (size_t i = 0; i < MORE; i++)
        wait_until_cut(fds[i]);
    assert_begins(ask_from(3), "HTTP/1.1 200");
    assert_begins(ask_from(2), "HTTP/1.1 200");
    assert_false(is_cut(other));
    assert_false(is_cut(fds[ARRAY_SIZE(fds) - 1]));
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
        close(fds[i]);
    close(other);
}

/* A proxy's may be of many clients; but what comes comes in. */
static void whoever_waits_longest_gives_way(void **state)
{
    (void)state;
    enum { MORE = 5 };
    int fds[GATE_WAITING_MAX + MORE];
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
        fds[i] = dial();
    for (size_t i = 0; i < MORE; i++)
        wait_until_cut(fds[i]);
    assert_false(is_cut(fds[GATE_WAITING_OF_PEER]));
    assert_begins(ask_from(1), "HTTP/1.1 200");
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
        close(fds[i]);
}

static void one_client_may_not_have_many_requests_under_way(void **state)
{
    (void)state;
    static const char slow[] = "POST /l HTTP/1.1\r\nHost: x\r\n"
                               "Content-Length: 100\r\n\r\nemail=";
    int fds[105];
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        fds[i] = dial_from(3);
        put(fds[i], slow, strlen(slow));
    }
    for (size_t i = 0; i < 5; i++)
        wait_until_cut(fds[i]);
    assert_false(is_cut(fds[ARRAY_SIZE(fds) - 1]));
    assert_begins(ask_from(3), "HTTP/1.1 200");
    assert_begins(ask_from(2), "HTTP/1.1 200");
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
        close(fds[i]);
}

static void an_open_connection_does_not_hold_up_the_end(void **state)
{
    (void)state;
    int idle = dial();
    stop();
    char byte;
    assert_true(recv(idle, &byte, 1, 0) <= 0);
    close(idle);
}

static void a_port_in_use_is_told(void **state)
{
    (void)state;
    struct server *second = NULL;
    OWNED(mem_free)
    char *listen = mem_format("127.0.0.1:%u", server_port(server));
    struct web_settings settings = {.listen = listen, .templates = templates};
    assert_false(server_new(&settings, &second, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_non_null(strstr(err.text, listen));
    settings.listen = "8080";
    assert_false(server_new(&settings, &second, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    settings.listen = "127.0.0.1:80x";
    assert_false(server_new(&settings, &second, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
}

int main(void)
{
#define SERVED(test) cmocka_unit_test_setup_teardown(test, begin, end)
#define BARE(test) cmocka_unit_test_setup_teardown(test, begin_bare, end)
    const struct CMUnitTest tests[] = {
        SERVED(a_page_is_served_and_head_has_no_body),
        SERVED(a_click_is_recorded_with_the_readers_address),
        SERVED(clicks_that_come_together_are_each_answered),
        SERVED(a_click_that_cannot_be_kept_is_not_answered_as_done),
        SERVED(a_chunked_body_is_read),
        SERVED(a_body_too_long_is_refused),
        SERVED(a_body_without_end_is_cut),
        SERVED(headers_too_long_are_refused),
        SERVED(nonsense_does_no_harm),
        SERVED(a_head_that_comes_in_pieces_is_served),
        SERVED(a_connection_carries_one_request),
        SERVED(a_refusal_is_read_to_its_end),
        SERVED(an_address_may_come_as_a_whole),
        BARE(one_client_may_not_let_the_server_wait_for_many),
        SERVED(whoever_waits_longest_gives_way),
        BARE(one_client_may_not_have_many_requests_under_way),
        SERVED(an_open_connection_does_not_hold_up_the_end),
        SERVED(a_port_in_use_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
