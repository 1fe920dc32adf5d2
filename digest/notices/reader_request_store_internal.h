/* Requests in the database. For reader_request.c only. */
#ifndef DIGEST_NOTICES_READER_REQUEST_STORE_INTERNAL_H
#define DIGEST_NOTICES_READER_REQUEST_STORE_INTERNAL_H

#include "digest/notices/reader_request.h"

/* The oldest one, in the arena; *id is 0 where there is none. */
FALLIBLE bool reader_request_store_next(struct db *db, struct arena *arena,
                                        struct reader_request *out, int64_t *id,
                                        struct err *err);
FALLIBLE bool reader_request_store_drop(struct db *db, int64_t id,
                                        struct err *err);

#endif
