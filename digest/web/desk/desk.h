/* The editors' desk: pages below /desk for those who make and send issues.
 *
 * Rendered on the server from templates/desk/, and working without scripts.
 * Every page but the one to sign in needs a session; every form carries its
 * session's token; each route names the role it needs. What a handler
 * changes is one transaction, kept when it succeeds.
 */
#ifndef DIGEST_WEB_DESK_DESK_H
#define DIGEST_WEB_DESK_DESK_H

#include "digest/web/web.h"

/* What helps, said in the desk's pages (err_remedy). */
extern const char *const desk_remedies[REMEDY_COUNT];

/* Whether a request is for the desk. */
bool desk_takes(const struct request *request);

/* Handles it, errors of editors included; fails as pages do. */
FALLIBLE bool desk_handle(struct web *web, struct request *request,
                          struct response *response, struct err *err);

/* The answer to a form of the desk that couldn't be kept. Fails, and answers
 * nothing, where it wasn't one, or didn't come from the desk. */
FALLIBLE bool desk_fail(struct web *web, struct request *request,
                        struct response *response, const struct err *why);

/* The longest body of a request; an editor who is signed in may send a file
 * with addresses. */
size_t desk_body_max(struct web *web, const struct request *request);

#endif
