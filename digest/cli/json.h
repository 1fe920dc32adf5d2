/* The JSON that --json prints, with DESIGN's names. Times are RFC 3339 in
 * UTC, or null. */
#ifndef DIGEST_CLI_JSON_H
#define DIGEST_CLI_JSON_H

#include "digest/articles/article.h"
#include "digest/issues/issue.h"
#include "digest/ledger/ledger.h"
#include "digest/newsletters/newsletter.h"
#include "subscribers/consent/consent.h"

/* A JSON value under way; an opaque jansson value. */
struct json_t;

struct json_t *json_time(int64_t at); /* 0: null */
struct json_t *json_article(const struct article *article, bool with_body);
struct json_t *json_newsletter(const struct newsletter *newsletter);
struct json_t *json_subscriber(const struct subscriber *subscriber);
struct json_t *json_issue(const struct issue *issue,
                          const struct ledger_counts *counts);
struct json_t *json_event(const struct consent_event *event);

/* Names, one a line, as an array of texts. */
struct json_t *json_lines(const char *lines);

/* Prints the value on standard output, and frees it. */
void json_print(struct json_t *value);

#endif
