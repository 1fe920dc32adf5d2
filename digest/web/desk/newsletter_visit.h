/* What the pages of one newsletter share. */
#ifndef DIGEST_WEB_DESK_NEWSLETTER_VISIT_H
#define DIGEST_WEB_DESK_NEWSLETTER_VISIT_H

#include "digest/issues/newsletter.h"
#include "digest/web/desk/visit.h"

/* Sets the form's fields from a newsletter. (newsletters.c) */
void newsletter_visit_fill(struct visit *visit, const struct newsletter *n,
                           struct value *data);

/* Sets designs and languages that can be chosen, and contrast where the
 * theme has colours that can't be read well. (newsletter_offer.c) */
void newsletter_visit_offer(struct visit *visit, const struct newsletter *n,
                            struct value *data);

/* Reads the form over a newsletter, and checks it. Fails: USAGE, INPUT,
 * NOT_FOUND (the design). */
FALLIBLE bool newsletter_visit_read(struct visit *visit, struct newsletter *n,
                                    struct err *err);

/* Sets what a newsletter that is there has besides: how people sign up, and
 * the snippet for one's own site. (newsletter_look.c) */
FALLIBLE bool newsletter_visit_more(struct visit *visit,
                                    const struct newsletter *n,
                                    struct value *data, struct err *err);

/* Sets its schedule's fields, and the coming times. (newsletter_schedule.c) */
FALLIBLE bool newsletter_visit_schedule(struct visit *visit,
                                        const struct newsletter *n,
                                        struct value *data, struct err *err);

#endif
