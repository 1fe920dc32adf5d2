/* The pages where somebody without a link asks for one.
 *
 * /s/SLUG  GET shows the form to sign up; POST queues the mail whose link
 *          confirms it.
 * /l       GET shows the form to ask for one's links; POST queues them.
 * The answer is the same whether or not an address is on a list.
 */
#ifndef DIGEST_WEB_SIGNUP_PAGES_H
#define DIGEST_WEB_SIGNUP_PAGES_H

#include "digest/web/web.h"

bool signup_page_form(struct web *web, struct request *request,
                      struct response *response, struct err *err);
bool signup_page_form_post(struct web *web, struct request *request,
                           struct response *response, struct err *err);
bool signup_page_links(struct web *web, struct request *request,
                       struct response *response, struct err *err);
bool signup_page_links_post(struct web *web, struct request *request,
                            struct response *response, struct err *err);

/* The answer to a link that isn't one of ours: it offers the form of /l. */
bool signup_page_wrong_link(struct web *web, struct request *request,
                            struct response *response, struct err *err);

#endif
