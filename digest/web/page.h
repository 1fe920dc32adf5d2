/* Pages from templates/pages/, and those that belong to no room: style
 * sheet, not found, something went wrong. */
#ifndef DIGEST_WEB_PAGE_H
#define DIGEST_WEB_PAGE_H

#include "digest/renderer/value.h"
#include "digest/web/web.h"
#include "digest/web/wording.h"
#include "subscribers/roster/address.h"

/* The way from the request's path to the top: "", "../" … In its arena. */
const char *page_root(const struct request *request);

/* An object with what every page needs: site_name, and `root`, the way from
 * the page's path to the top, so that the site may live below a prefix. */
struct value *page_data(const struct web *web, const struct request *request);

/* A page as it is put together, in the request's arena. `data` is page_data's,
 * with the language. */
struct page {
    const struct language *language;
    const struct catalogue *words; /* the language's, or a newsletter's own */
    struct value *data;
    /* Names that the words of a page may fill in; NULL: none. In `data` as
     * well. */
    const char *site_name, *newsletter, *email, *meant, *contact;
};

/* Makes a page in that language; NULL: the site's. */
struct page *page_new(const struct web *web, const struct request *request,
                      const struct language *language);

/* Set the address that a page is about, and its newsletter with whom to write
 * to. */
void page_set_email(struct page *page, const char *email);
/* The address as typed, and the one that was probably meant, if any. */
void page_set_address(struct page *page, struct arena *arena,
                      const struct address *address);
void page_set_newsletter(struct page *page, const char *title,
                         const char *contact);

/* Puts that newsletter's texts in place of the language's words; where the
 * database can't be read, those words stay. */
void page_set_texts(const struct web *web, struct page *page,
                    struct arena *arena, int64_t newsletter_id);

/* The newsletter whose theme it takes up; one that has none changes nothing.
 */
void page_set_theme(struct page *page, const char *slug, const char *theme);

/* Makes one of the page's texts about another newsletter. */
struct value *page_text(const struct page *page, struct arena *arena,
                        const char *name, const char *newsletter);

/* Fills in the words and applies pages/NAME.mustache. Fails: as
 * template_set_apply. */
FALLIBLE bool page_show(struct web *web, const struct request *request,
                        const char *name, struct page *page,
                        struct response *response, unsigned status,
                        struct err *err);

/* Handlers: see router.c. */
bool page_style_sheet(struct web *web, struct request *request,
                      struct response *response, struct err *err);
bool page_theme(struct web *web, struct request *request,
                struct response *response, struct err *err);
bool page_robots(struct web *web, struct request *request,
                 struct response *response, struct err *err);
bool page_not_found(struct web *web, struct request *request,
                    struct response *response, struct err *err);

/* Answers an error: a reader sees nothing but what to do; the error is written
 * to the log for the operator. */
void page_failed(struct web *web, struct request *request,
                 struct response *response, const struct err *why);

#endif
