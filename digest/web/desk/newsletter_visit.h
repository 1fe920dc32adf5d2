/* Helpers that the pages of one newsletter share. */
#ifndef DIGEST_WEB_DESK_NEWSLETTER_VISIT_H
#define DIGEST_WEB_DESK_NEWSLETTER_VISIT_H

#include "digest/newsletters/newsletter.h"
#include "digest/web/desk/visit.h"

/* The parts of the form, and of its page. */
#define NEWSLETTER_WHO "who"
#define NEWSLETTER_SECTIONS "sections"
#define NEWSLETTER_RULES "rules"
#define NEWSLETTER_LOOK "look"
#define NEWSLETTER_SCHEDULE "schedule"

/* Shows the page of a newsletter, or with `is_new` the form for one. With
 * `why` what was typed stands there again, with what is wrong, and in which
 * part. (newsletters.c) */
FALLIBLE bool newsletter_visit_show(struct visit *visit,
                                    const struct newsletter *n, bool is_new,
                                    const struct err *why, const char *where,
                                    struct err *err);

/* Sets the form's fields from a newsletter. (newsletter_form.c) */
void newsletter_visit_fill(struct visit *visit, const struct newsletter *n,
                           struct value *data);

/* Whether an error is the editor's to mend. (newsletters.c) */
bool newsletter_visit_is_theirs(const struct err *why);

/* Appends the state of a newsletter that its form shows. (newsletter_form.c) */
void newsletter_visit_state(const struct newsletter *n, struct strbuf *state);

/* Sets designs and languages that can be chosen, a note where the language
 * has no words, and contrast where the theme has colours that can't be read.
 * (newsletter_offer.c) */
void newsletter_visit_offer(struct visit *visit, const struct newsletter *n,
                            struct value *data);

/* Reads the form over a newsletter, and checks it; *where is the part that is
 * wrong. Fails: USAGE, INPUT, NOT_FOUND (the design). */
FALLIBLE bool newsletter_visit_read(struct visit *visit, struct newsletter *n,
                                    const char **where, struct err *err);

/* Sets sections as they were typed, else as they are, with rows to fill in,
 * and the categories there are of late; and reads them.
 * (newsletter_sections.c) */
FALLIBLE bool newsletter_visit_sections(struct visit *visit,
                                        const struct newsletter *n,
                                        struct value *data, struct err *err);
FALLIBLE bool newsletter_visit_read_sections(struct visit *visit,
                                             struct newsletter *n,
                                             struct err *err);

/* Sets colours and looks, the settings of the theme; and reads them: what has
 * no field stays as it is. (newsletter_theme.c) */
void newsletter_visit_theme(struct visit *visit, const struct newsletter *n,
                            struct value *data);
FALLIBLE bool newsletter_visit_read_theme(struct visit *visit,
                                          struct newsletter *n,
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
