/* The gate: where connections wait until the head of their request is there,
 * and was found to have one meaning (head.h). They cost a descriptor here, no
 * more; one that lets the server wait gives way to those who come.
 *
 * A connection carries one request, so that nothing of what follows it can be
 * taken for another's.
 */
#ifndef DIGEST_WEB_GATE_H
#define DIGEST_WEB_GATE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "digest/base/conf.h"
#include "digest/base/err.h"
#include "digest/web/client.h"

enum {
    GATE_WAITING_MAX = 400,     /* then whoever has waited longest goes */
    GATE_WAITING_OF_PEER = 100, /* the same, among those of one peer */
};

/* The house takes connections in; false where there is no room now. A
 * connection taken is its own; nothing was read from it. */
struct gate_house {
    bool (*take)(void *context, int fd, const struct peer *peer,
                 const struct sockaddr *address, socklen_t address_size);
    void *context;
};

struct gate;

/* Owns: `listener`, a socket that listens and doesn't block, also where it
 * fails. Borrows: `trusted`. Fails: IO. */
FALLIBLE bool gate_new(int listener, const struct conf_list *trusted,
                       struct gate **out, struct err *err);
void gate_free(struct gate *gate);

/* Readable when there is something for gate_turn. */
int gate_fd(const struct gate *gate);

/* Looks at those who came or sent something, without waiting for any. */
void gate_turn(struct gate *gate, const struct gate_house *house);

/* Sends guests away that took too long; to be called each second or so. */
void gate_sweep(struct gate *gate);

/* Closes the gate: nobody comes any more, and guests who are here go. */
void gate_close(struct gate *gate);

#endif
