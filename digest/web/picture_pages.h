/* Pictures that are kept here, as mails and pages show them. */
#ifndef DIGEST_WEB_PICTURE_PAGES_H
#define DIGEST_WEB_PICTURE_PAGES_H

#include "digest/web/web.h"

/* Handler: see router.c. What bears a name never changes, and may be kept for
 * a year. */
bool picture_page(struct web *web, struct request *request,
                  struct response *response, struct err *err);

#endif
