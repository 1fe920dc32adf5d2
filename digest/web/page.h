/* Pages from templates/pages/, and those that belong to no room: style
 * sheet, not found, something went wrong. */
#ifndef DIGEST_WEB_PAGE_H
#define DIGEST_WEB_PAGE_H

#include "digest/renderer/value.h"
#include "digest/web/web.h"

/* The way from the request's path to the top: "", "../" … In its arena. */
const char *page_root(const struct request *request);

/* An object with what every page needs: site_name, and `root`, the way from
 * the page's path to the top, so that the site may live below a prefix. */
struct value *page_data(const struct web *web, const struct request *request);

/* Applies pages/NAME.mustache. Fails: as template_set_apply. */
FALLIBLE bool page_apply(struct web *web, const char *name,
                         const struct value *data, struct response *response,
                         unsigned status, struct err *err);

/* Handlers: see router.c. */
bool page_style_sheet(struct web *web, struct request *request,
                      struct response *response, struct err *err);
bool page_robots(struct web *web, struct request *request,
                 struct response *response, struct err *err);
bool page_not_found(struct web *web, struct request *request,
                    struct response *response, struct err *err);

/* What a reader sees of an error: nothing but what to do. It is written to
 * the log for the operator. */
void page_failed(struct web *web, struct request *request,
                 struct response *response, const struct err *why);

#endif
