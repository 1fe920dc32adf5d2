/* What the pages about readers share. */
#ifndef DIGEST_WEB_DESK_READER_VISIT_H
#define DIGEST_WEB_DESK_READER_VISIT_H

#include "digest/web/desk/visit.h"
#include "subscribers/consent/consent.h"

/* What stands in the record for a change at the desk. */
struct consent_origin reader_visit_origin(const struct visit *visit);

/* Appends what an address, or its beginning, is compared by. */
void reader_visit_fold(const char *text, struct strbuf *out);

/* Sets newsletters: {value, title, is_chosen}. */
FALLIBLE bool reader_visit_newsletters(struct visit *visit, const char *chosen,
                                       struct value *data, struct err *err);

#endif
