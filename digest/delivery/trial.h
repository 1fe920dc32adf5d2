/* A trial: how a newsletter would come out, before its settings are taken. */
#ifndef DIGEST_DELIVERY_TRIAL_H
#define DIGEST_DELIVERY_TRIAL_H

#include "digest/base/conf.h"
#include "digest/newsletters/newsletter.h"
#include "digest/renderer/template_set.h"

/* Renders an issue of samples in the newsletter's design, theme and language:
 * one that has everything, one that has as little as can be, and the public
 * copy. Fails: as build_render and build_check, naming the design. */
FALLIBLE bool trial_design(const struct conf *conf,
                           struct template_set *templates,
                           const struct newsletter *newsletter,
                           struct err *err);

/* Appends what is to be said of a language that has no words, which is as good
 * as English; nothing where it has. */
void trial_language(struct template_set *templates, const char *language,
                    struct strbuf *out);

#endif
