/* A listening socket from the text in the configuration. */
#ifndef DIGEST_WEB_LISTENER_H
#define DIGEST_WEB_LISTENER_H

#include "digest/base/err.h"

/* Opens "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or ":8080" (all
 * addresses). Port 0 is any free one; *port is what it became. Fails:
 * CONFIG, PERMISSION, IO. */
FALLIBLE bool listener_open(const char *listen, int *fd, unsigned *port,
                            struct err *err);

#endif
