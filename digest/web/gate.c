/* Accepts connections, and hands over those whose request has one meaning. */
#include "digest/web/gate.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/web/head.h"
#include "digest/web/web.h"

enum {
    HEAD_MS = 15 * 1000,  /* for a head to come */
    LEAVE_MS = 2 * 1000,  /* for an answer to be read … */
    LEAVE_MAX = 64 << 10, /* … by one who goes on sending */
    EVENTS_AT_ONCE = 64,
};

enum guest_state {
    GUEST_WAITING, /* the head isn't there yet */
    GUEST_READY,   /* there is no room for it */
    GUEST_LEAVING, /* it was refused */
};

struct guest {
    struct guest *next, **here; /* the one that came first stands first */
    int fd;
    enum guest_state state;
    int64_t since_ms;
    size_t dropped; /* bytes that came after the answer */
    struct peer peer;
    struct sockaddr_storage address;
    socklen_t address_size;
};

struct gate {
    int listener, epoll;
    bool is_listening;
    const struct conf_list *trusted;
    struct guest *guests, **last;
    unsigned count;
};

static const struct head_refusal too_slow = {408, "Request Timeout",
                                             "The request took too long.\n"};

/* ---- guests ---- */

static void listen_on(struct gate *gate, bool on)
{
    struct epoll_event event = {.events = EPOLLIN};
    if (gate->listener < 0 || on == gate->is_listening)
        return;
    if (epoll_ctl(gate->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
                  gate->listener, &event) == 0)
        gate->is_listening = on;
}

/* Lets a guest go whose descriptor stays open. */
static int let_go(struct gate *gate, struct guest *guest)
{
    int fd = guest->fd;
    epoll_ctl(gate->epoll, EPOLL_CTL_DEL, fd, NULL);
    *guest->here = guest->next;
    if (guest->next)
        guest->next->here = guest->here;
    else
        gate->last = guest->here;
    gate->count--;
    free(guest);
    return fd;
}

static void cut(struct gate *gate, struct guest *guest)
{
    close(let_go(gate, guest));
}

/* Cuts the one that has waited longest, of this peer where it is given; false
 * where there is none. One whose head is there isn't to blame. */
static bool cut_idle(struct gate *gate, const struct peer *peer)
{
    for (struct guest *guest = gate->guests; guest; guest = guest->next)
        if (guest->state != GUEST_READY &&
            (!peer || client_same_peer(&guest->peer, peer))) {
            cut(gate, guest);
            return true;
        }
    return false;
}

static bool has_too_many(const struct gate *gate, const struct peer *peer)
{
    unsigned count = 0;
    for (struct guest *guest = gate->guests; guest; guest = guest->next)
        count += client_same_peer(&guest->peer, peer);
    return !peer->is_proxy && count >= GATE_WAITING_OF_PEER;
}

/* ---- refusing ---- */

static void write_answer(struct strbuf *out, const struct head_refusal *why)
{
    char date[TIME_TEXT_SIZE];
    OWNED(response_free) struct response response = {0};
    web_set_headers(&response);
    response_text(&response, why->status, why->text);
    response_header(&response, "Cache-Control", "no-store");
    response_header(&response, "Connection", "close");
    response_header(&response, "Date", time_http(clock_now(), date));
    strbuf_add_format(out, "HTTP/1.1 %u %s\r\n", why->status, why->phrase);
    for (unsigned i = 0; i < response.header_count; i++)
        strbuf_add_format(out, "%s: %s\r\n", response.headers[i].name,
                          response.headers[i].value);
    strbuf_add_format(out, "Content-Length: %zu\r\n\r\n%s", response.body.len,
                      why->text);
}

/* Refuses a guest, who is closed once the other side has read the answer: a
 * close while more comes would take the answer back (RFC 9112 §9.6). */
static void refuse(struct guest *guest, const struct head_refusal *why)
{
    OWNED(strbuf_free) struct strbuf answer = STRBUF_INIT;
    write_answer(&answer, why);
    ssize_t sent =
        send(guest->fd, answer.ptr, answer.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent; /* it went away, or reads nothing */
    shutdown(guest->fd, SHUT_WR);
    guest->state = GUEST_LEAVING;
    guest->since_ms = clock_monotonic_ms();
    log_detail("web: a request is refused: %u", why->status);
}

/* False once it has gone, or sends without end. */
static bool drop_what_comes(struct guest *guest)
{
    char bytes[4096];
    ssize_t n;
    while ((n = recv(guest->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        if ((guest->dropped += (size_t)n) > LEAVE_MAX)
            return false;
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* ---- waiting ---- */

static void hand_over(struct gate *gate, struct guest *guest,
                      const struct gate_house *house)
{
    guest->state = GUEST_READY;
    if (house->take(house->context, guest->fd, &guest->peer,
                    (struct sockaddr *)&guest->address, guest->address_size))
        let_go(gate, guest);
}

static void look_at(struct gate *gate, struct guest *guest, bool has_ended,
                    const struct gate_house *house)
{
    char bytes[HEAD_MAX];
    const struct head_refusal *why = NULL;
    ssize_t n = recv(guest->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR) && !has_ended)
        return;
    enum head_state head =
        head_look((struct str){bytes, n > 0 ? (size_t)n : 0}, &why);
    if (head == HEAD_WHOLE)
        hand_over(gate, guest, house);
    else if (head == HEAD_REFUSED)
        refuse(guest, why);
    else if (has_ended || n <= 0)
        cut(gate, guest);
}

/* May cut the guest, and no other. */
static void attend(struct gate *gate, struct guest *guest, uint32_t events,
                   const struct gate_house *house)
{
    bool has_ended = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (guest->state == GUEST_WAITING)
        look_at(gate, guest, has_ended, house);
    else if (guest->state == GUEST_LEAVING && !drop_what_comes(guest))
        cut(gate, guest);
}

/* Takes *fd over. */
static void let_in(struct gate *gate, int fd, struct sockaddr_storage *address,
                   socklen_t address_size)
{
    struct peer peer = client_peer((struct sockaddr *)address, gate->trusted);
    if (has_too_many(gate, &peer))
        cut_idle(gate, &peer);
    struct guest *guest = MEM_NEW(struct guest);
    *guest = (struct guest){.fd = fd,
                            .here = gate->last,
                            .since_ms = clock_monotonic_ms(),
                            .peer = peer,
                            .address = *address,
                            .address_size = address_size};
    *gate->last = guest;
    gate->last = &guest->next;
    gate->count++;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET,
                                .data.ptr = guest};
    if (epoll_ctl(gate->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        cut(gate, guest);
}

/* Accepts connections; where there is no room, nor a descriptor, they wait
 * outside until the next sweep. */
static void accept_some(struct gate *gate)
{
    for (unsigned i = 0; i < EVENTS_AT_ONCE; i++) {
        struct sockaddr_storage address = {0};
        socklen_t size = sizeof address;
        if (gate->count >= GATE_WAITING_MAX && !cut_idle(gate, NULL)) {
            listen_on(gate, false);
            return;
        }
        int fd = accept4(gate->listener, (struct sockaddr *)&address, &size,
                         SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            let_in(gate, fd, &address, size);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                   errno == ENOMEM) {
            listen_on(gate, false);
            return;
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

/* ---- the gate ---- */

bool gate_new(int listener, const struct conf_list *trusted, struct gate **out,
              struct err *err)
{
    struct gate *gate = MEM_NEW(struct gate);
    *gate = (struct gate){.listener = listener,
                          .trusted = trusted,
                          .epoll = epoll_create1(EPOLL_CLOEXEC)};
    gate->last = &gate->guests;
    listen_on(gate, true);
    if (!gate->is_listening) {
        err_set(err, ERR_IO, "epoll: %s", strerror(errno));
        gate_free(gate);
        return false;
    }
    *out = gate;
    return true;
}

void gate_free(struct gate *gate)
{
    if (!gate)
        return;
    gate_close(gate);
    if (gate->epoll >= 0)
        close(gate->epoll);
    free(gate);
}

int gate_fd(const struct gate *gate)
{
    return gate->epoll;
}

void gate_turn(struct gate *gate, const struct gate_house *house)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    bool has_come = false;
    for (struct guest *guest = gate->guests, *next; guest; guest = next) {
        next = guest->next;
        if (guest->state == GUEST_READY)
            hand_over(gate, guest, house);
    }
    int n = epoll_wait(gate->epoll, events, EVENTS_AT_ONCE, 0);
    for (int i = 0; i < n; i++)
        if (events[i].data.ptr)
            attend(gate, events[i].data.ptr, events[i].events, house);
        else
            has_come = true;
    if (has_come) /* last, for it may cut anybody */
        accept_some(gate);
}

/* Dismisses a guest; one who sent nothing at all needs no answer. */
static void dismiss(struct gate *gate, struct guest *guest)
{
    char byte;
    if (guest->state == GUEST_WAITING &&
        recv(guest->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
        refuse(guest, &too_slow);
    else
        cut(gate, guest);
}

void gate_sweep(struct gate *gate)
{
    static const int64_t most_ms[] = {
        [GUEST_WAITING] = HEAD_MS,
        [GUEST_READY] = INT64_MAX,
        [GUEST_LEAVING] = LEAVE_MS,
    };
    int64_t now = clock_monotonic_ms();
    for (struct guest *guest = gate->guests, *next; guest; guest = next) {
        next = guest->next;
        if (now - guest->since_ms > most_ms[guest->state])
            dismiss(gate, guest);
    }
    listen_on(gate, true);
}

void gate_close(struct gate *gate)
{
    if (gate->listener >= 0)
        close(gate->listener);
    gate->listener = -1;
    while (gate->guests)
        cut(gate, gate->guests);
}
