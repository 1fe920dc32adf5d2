/* The desk's cookies: the session's token, the door's while somebody signs in,
 * and that this browser has signed in before (it opens nothing), each for this
 * site alone, and out of reach of scripts. Where base_url
 * says https it goes over TLS alone, and its name begins with __Host-: no
 * neighbouring host can set one like it. */
#ifndef DIGEST_WEB_DESK_COOKIE_H
#define DIGEST_WEB_DESK_COOKIE_H

#include "digest/web/desk/visit.h"

enum cookie { COOKIE_SESSION, COOKIE_DOOR, COOKIE_KNOWN };

/* The token that came with a request; "" where there is none. */
struct str cookie_read(const struct web *web, const struct request *request,
                       enum cookie cookie);

/* Gives the browser a token; NULL takes it away. */
void cookie_set(struct visit *visit, enum cookie cookie, const char *token);

#endif
