/* The readers' pages: leaving a newsletter, reading it in the browser.
 *
 * /u/TOKEN  GET shows one page with one button and changes nothing, however
 *           often scanners fetch it; POST unsubscribes: mail programs with
 *           RFC 8058's body, readers with the page's form. Never a redirect.
 * /c/TOKEN  GET shows what was asked for, with one button; POST confirms it.
 * /v/TOKEN  GET shows the public copy of the token's issue.
 * The token alone says who; nothing else is asked for or remembered.
 */
#ifndef DIGEST_WEB_READER_PAGES_H
#define DIGEST_WEB_READER_PAGES_H

#include "digest/web/web.h"

bool reader_page_unsubscribe(struct web *web, struct request *request,
                             struct response *response, struct err *err);
bool reader_page_unsubscribe_post(struct web *web, struct request *request,
                                  struct response *response, struct err *err);
bool reader_page_confirm(struct web *web, struct request *request,
                         struct response *response, struct err *err);
bool reader_page_confirm_post(struct web *web, struct request *request,
                              struct response *response, struct err *err);
bool reader_page_view(struct web *web, struct request *request,
                      struct response *response, struct err *err);

#endif
