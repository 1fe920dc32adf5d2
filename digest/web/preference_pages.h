/* The pages where readers choose what they get.
 *
 * /p/TOKEN  GET shows what is chosen; POST changes the choice, or asks for
 *           another address.
 * /a/TOKEN  GET shows the new address, with one button; POST confirms it.
 */
#ifndef DIGEST_WEB_PREFERENCE_PAGES_H
#define DIGEST_WEB_PREFERENCE_PAGES_H

#include "digest/web/web.h"

bool preference_page(struct web *web, struct request *request,
                     struct response *response, struct err *err);
bool preference_page_post(struct web *web, struct request *request,
                          struct response *response, struct err *err);
bool preference_page_address(struct web *web, struct request *request,
                             struct response *response, struct err *err);
bool preference_page_address_post(struct web *web, struct request *request,
                                  struct response *response, struct err *err);

/* The way back from a changed address, from the old one. */
bool preference_page_back(struct web *web, struct request *request,
                          struct response *response, struct err *err);
bool preference_page_back_post(struct web *web, struct request *request,
                               struct response *response, struct err *err);

#endif
