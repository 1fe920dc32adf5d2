/* The certificate of a libetpan connection. For this room only. */
#ifndef SUBSCRIBERS_BOUNCES_STREAM_CHECK_H
#define SUBSCRIBERS_BOUNCES_STREAM_CHECK_H

#include "subscribers/bounces/mailbox_kind.h"

/* `stream` is a mailstream. Fails: PERMANENT, CONFIG. */
FALLIBLE bool stream_check(void *stream, const struct mailbox_place *place,
                           struct err *err);

/* Sets the timeout that libetpan keeps for all its connections. */
void stream_set_timeout(void);

#endif
