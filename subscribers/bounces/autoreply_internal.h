/* Mails that machines write of their own accord and that aren't about
 * delivery: out of office, receipts, tickets, challenges. Source: RFC 3834. */
#ifndef SUBSCRIBERS_BOUNCES_AUTOREPLY_INTERNAL_H
#define SUBSCRIBERS_BOUNCES_AUTOREPLY_INTERNAL_H

#include "subscribers/bounces/mail_internal.h"

/* A word for its kind ("vacation", "receipt", "challenge", "automatic"), or
 * NULL when it isn't one. */
const char *autoreply_kind(const struct mail *mail);

/* Whether it comes from a mail system, by its sender, its return path or
 * its subject. */
bool from_mail_system(const struct mail *mail);

#endif
