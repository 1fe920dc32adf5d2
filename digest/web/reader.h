/* A reader: who stands behind the token of a link. */
#ifndef DIGEST_WEB_READER_H
#define DIGEST_WEB_READER_H

#include "digest/newsletters/newsletter.h"
#include "digest/web/page.h"
#include "subscribers/consent/consent.h"

/* A reader behind a token, as far as they are still there. */
struct reader {
    const struct token_keys *keys;
    struct token token;
    struct subscriber subscriber; /* id 0: gone */
    struct newsletter newsletter; /* id 0: all of them, or gone */
};

/* *known: whether the request's token is one of ours, for that purpose. */
FALLIBLE bool reader_find(struct web *web, const struct request *request,
                          enum token_purpose purpose, struct reader *out,
                          bool *known, struct err *err);

/* A page in the reader's language, with the token's newsletter and whom to
 * write to about it. */
struct page *reader_page(const struct web *web, const struct request *request,
                         const struct reader *reader);

/* The origin that the record has of a change by this request. */
struct consent_origin reader_origin(const struct request *request,
                                    const struct reader *reader,
                                    const char *means);

#endif
