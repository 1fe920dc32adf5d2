/* Why a connection could not be opened: a clear error with the remedy. */
#ifndef DIGEST_SENDER_DIAL_FAULT_INTERNAL_H
#define DIGEST_SENDER_DIAL_FAULT_INTERNAL_H

#include "digest/sender/sender.h"
#include "digest/sender/smtp_caps_internal.h"
#include "digest/sender/smtp_url.h"

/* The report on an opening when it ends, well or not. */
struct dial_report {
    const struct relay_settings *settings;
    const struct smtp_url *url;
    const struct smtp_caps *caps;
    const char *detail;    /* libcurl's own words */
    int os_errno;          /* of connecting; 0: none */
    long verify;           /* what is wrong with the certificate, in GnuTLS's
                              bits; 0: nothing, or it is for another host */
    const char *last_line; /* the server's last line */
    unsigned lines;        /* how many it said */
};

/* True when there is a fault: `code` is libcurl's (0: it worked, which is a
 * fault all the same when AUTH was wanted and didn't happen). `fault` becomes
 * TEMPORARY or PERMANENT. */
bool dial_fault(const struct dial_report *report, int code, struct err *fault);

#endif
