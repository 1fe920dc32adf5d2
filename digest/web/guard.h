/* The guard of forms that anybody can send: a signed form time, a field that
 * only robots fill in, and a limit for each client. No puzzle, no cookie. */
#ifndef DIGEST_WEB_GUARD_H
#define DIGEST_WEB_GUARD_H

#include "digest/renderer/value.h"
#include "digest/web/form.h"
#include "digest/web/page.h"

enum guard_verdict {
    GUARD_PASS,
    GUARD_AGAIN, /* too quick, too old, or not from our page: show the form
                    once more, with what was typed */
    GUARD_ROBOT, /* answer as if it had worked, and do nothing */
    GUARD_LIMIT, /* this client has asked too often */
};

/* Sets form_time, which the form has to carry; `what` names the form. */
void guard_fill(const struct web *web, const struct request *request,
                const char *what, struct value *data);

enum guard_verdict guard_check(struct web *web, const struct request *request,
                               const char *what, const struct form *form);

/* The page for GUARD_LIMIT, in the language of `page`. */
bool guard_show_limit(struct web *web, struct request *request,
                      struct page *page, struct response *response,
                      struct err *err);

#endif
