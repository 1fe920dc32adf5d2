/* Connections that are up while others are opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/sender/dialer.h"

static const struct relay_settings settings = {.tls_none = true,
                                               .helo = "test.example.org"};
static struct smtp_url url = {.host = "127.0.0.1"};
static int listener;
static struct dialer *dialer;

static int begin(void **state)
{
    (void)state;
    struct err err;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 8), 0);
    getsockname(listener, (struct sockaddr *)&address, &size);
    url.port = ntohs(address.sin_port);
    return dialer_new(&dialer, &err) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    dialer_free(dialer);
    close(listener);
    return 0;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Greets whoever comes, and answers EHLO. */
static void serve(int *peer, struct strbuf *heard)
{
    char bytes[512];
    if (*peer < 0) {
        *peer = accept(listener, NULL, NULL);
        if (*peer >= 0)
            say(*peer, "220 greeting\r\n");
        return;
    }
    ssize_t n = recv(*peer, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n <= 0)
        return;
    strbuf_add(heard, bytes, (size_t)n);
    if (str_ends(strbuf_str(heard), STR("\r\n")))
        say(*peer, "250 test\r\n");
}

static struct call *dial(int *peer)
{
    OWNED(strbuf_free) struct strbuf heard = STRBUF_INIT;
    struct call *call = dialer_call(dialer, &settings, &url);
    *peer = -1;
    while (call_state(call) == CALL_DIALING) {
        struct pollfd fd = {.fd = *peer < 0 ? listener : *peer,
                            .events = POLLIN};
        dialer_turn(dialer);
        dialer_wait(dialer, &fd, 1, 100);
        serve(peer, &heard);
    }
    if (call_state(call) != CALL_UP)
        fail_msg("%s", call_fault(call)->text);
    return call;
}

static void hears(struct call *call, const char *text)
{
    char bytes[512];
    struct pollfd fd = {.fd = call_fd(call), .events = POLLIN};
    dialer_wait(dialer, &fd, 1, -1);
    long n = call_read(call, bytes, sizeof bytes);
    if (n != (long)strlen(text) || memcmp(bytes, text, (size_t)n) != 0)
        fail_msg("%ld bytes, which aren't: %s", n, text);
}

/* libcurl looks each second, when it opens a connection, whether those that it
 * has are dead, and takes one for dead that an answer has come on. */
static void an_answer_that_waits_outlives_another_call(void **state)
{
    (void)state;
    int peers[3];
    struct call *calls[ARRAY_SIZE(peers)];
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        int64_t until = clock_monotonic_ms() + 1100;
        calls[i] = dial(&peers[i]);
        say(peers[i], "250 for this one\r\n");
        while (clock_monotonic_ms() < until)
            dialer_wait(dialer, NULL, 0, 50);
    }
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        hears(calls[i], "250 for this one\r\n");
        say(peers[i], "250 and more\r\n");
        hears(calls[i], "250 and more\r\n");
    }
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        call_close(calls[i]);
        close(peers[i]);
    }
}

/* A call that is given up in the middle of being opened is apart, too. */
static void calls_are_apart(void **state)
{
    (void)state;
    int silent = -1, one, other;
    struct call *gone = dialer_call(dialer, &settings, &url);
    while (silent < 0) {
        dialer_turn(dialer);
        silent = accept(listener, NULL, NULL);
    }
    struct call *first = dial(&one);
    call_close(gone);
    close(silent);
    struct call *second = dial(&other);
    call_close(first);
    close(one);
    say(other, "250 still here\r\n");
    hears(second, "250 still here\r\n");
    call_close(second);
    close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            an_answer_that_waits_outlives_another_call, begin, end),
        cmocka_unit_test_setup_teardown(calls_are_apart, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
