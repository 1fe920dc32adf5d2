/* Opens connections to SMTP servers: address, TCP, greeting, EHLO, STARTTLS,
 * certificate, AUTH, all without blocking; then carries bytes.
 *
 * libcurl does the opening and the TLS; it stays inside dialer.c.
 */
#ifndef DIGEST_SENDER_DIALER_H
#define DIGEST_SENDER_DIALER_H

#include <poll.h>
#include <stdint.h>
#include <sys/uio.h>

#include "digest/base/err.h"
#include "digest/sender/sender.h"
#include "digest/sender/smtp_caps_internal.h"
#include "digest/sender/smtp_url.h"

struct dialer; /* of many calls */
struct call;   /* one connection */

enum call_state {
    CALL_DIALING,
    CALL_UP,
    CALL_FAILED, /* its fault says why */
};

FALLIBLE bool dialer_new(struct dialer **out, struct err *err);
void dialer_free(struct dialer *dialer); /* after its calls */

/* Moves the opening of connections on. */
void dialer_turn(struct dialer *dialer);

/* Waits until one of `fds` is ready (their revents are set), a connection
 * that is being opened has something to do, or the time is over. */
void dialer_wait(struct dialer *dialer, struct pollfd *fds, unsigned count,
                 int timeout_ms);

/* Begins a connection. Borrows settings and url for the call's life. */
struct call *dialer_call(struct dialer *dialer,
                         const struct relay_settings *settings,
                         const struct smtp_url *url);

enum call_state call_state(const struct call *call);

/* Whether TCP stands, and how many lines the server has said: what the
 * timeouts of the opening count from. */
bool call_connected(const struct call *call);
unsigned call_lines(const struct call *call);

/* Why it failed: TEMPORARY or PERMANENT, with what the server said and the
 * remedy. */
const struct err *call_fault(const struct call *call);

const struct smtp_caps *call_caps(const struct call *call);
int call_fd(const struct call *call);

enum { CALL_AGAIN = -1, CALL_BROKEN = -2 };

/* Bytes read or written; 0 from call_read is the end of the stream;
 * CALL_AGAIN when it would block, CALL_BROKEN when the connection is gone. */
long call_read(struct call *call, char *buffer, size_t size);
long call_write(struct call *call, const struct iovec *pieces, int count);

/* Closes at once. */
void call_close(struct call *call);

#endif
