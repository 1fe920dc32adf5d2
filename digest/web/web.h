/* The web: what the handlers of all pages share. */
#ifndef DIGEST_WEB_WEB_H
#define DIGEST_WEB_WEB_H

#include <stdint.h>

#include "digest/delivery/conductor.h"
#include "digest/notices/reader_mail.h"
#include "digest/renderer/languages.h"
#include "digest/renderer/template_set.h"
#include "digest/store/db.h"
#include "digest/web/request.h"
#include "subscribers/tokens/tokens.h"

/* The view that the public copy of an issue comes from. Appends a whole HTML
 * page.
 * Fails: NOT_FOUND (no such issue, or not public), STORE, … */
struct web_view {
    bool (*public_html)(void *context, int64_t issue_id,
                        const unsigned char *subscriber_key,
                        struct strbuf *html, struct err *err);
    void *context;
};

/* Borrowed, all of it. */
struct web {
    struct db *db; /* used by the thread of server_run alone */
    const struct token_keys *keys;
    struct template_set *templates;
    const struct languages *languages; /* what the pages can speak */
    const char *site_name;
    const char *base_url, *postal_address; /* NULL: none; without base_url no
                                              page sends mail */
    struct web_view view;  /* public_html NULL: there are no public copies */
    struct limits *limits; /* NULL: nothing is limited */
    const struct address_list *disposables; /* whose addresses sign nobody up;
                                               NULL: none */
    const struct conf *conf;                /* NULL: there is no desk */
    struct worker *worker;           /* what takes longer than a page may */
    struct uploads *uploads;         /* lists that are being imported */
    struct tallies *tallies;         /* NULL: always counted */
    const struct conductor *archive; /* NULL: there is no archive */
    struct archive_cache *archive_cache;
};

/* Gathers what mails to a reader take. */
struct reader_mail web_reader_mail(const struct web *web);

/* Gathers what running an issue takes; there has to be a desk. */
struct conductor web_conductor(const struct web *web);

/* How long the body of a request may be, by its path and its cookie. */
size_t web_body_max(struct web *web, const struct request *request);

/* Sets the headers that every response has. */
void web_set_headers(struct response *response);

/* Handles any request: finds the route, calls its handler, and sets the
 * headers that every response has. Never fails: what goes wrong inside
 * becomes a page, and a line in the log. */
void web_handle(struct web *web, struct request *request,
                struct response *response);

/* The response to a request that was handled, and what it changed then
 * couldn't be kept. */
void web_fail(struct web *web, struct request *request,
              struct response *response, const struct err *why);

#endif
