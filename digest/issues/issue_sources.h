/* The source of each article of an issue, as its reader is told. */
#ifndef DIGEST_ISSUES_ISSUE_SOURCES_H
#define DIGEST_ISSUES_ISSUE_SOURCES_H

#include "digest/base/arena.h"
#include "digest/base/conf.h"
#include "digest/issues/issue.h"

/* Each item's `source` is the name of its source, or "": then it becomes the
 * name that another article of the same host has, else that host. Where all
 * are of one, nobody needs to be told: NULL, as where there is no host. */
void issue_sources_name(struct issue_articles *articles, struct arena *arena);

/* Whether a source is the publication itself, by the newsletter's title, or
 * the site's name or host: its name would say nothing. */
bool issue_source_is_own(const char *source, const char *newsletter,
                         const struct conf *conf);

#endif
