/* Which of an issue's stories have pages, what these are called, how much of
 * each the issue shows, and how an issue's stories are frozen. */
#ifndef DIGEST_DELIVERY_STORY_PAGES_H
#define DIGEST_DELIVERY_STORY_PAGES_H

#include "digest/issues/issue.h"
#include "digest/ledger/story.h"
#include "digest/newsletters/newsletter.h"

/* Names the pages of an issue's stories, and says how much of each is shown:
 * as was frozen once it was started, and before that as it would be now.
 * Names live in the arena. Fails: STORE. */
FALLIBLE bool issue_name_pages(struct db *db, const struct issue *issue,
                               const struct newsletter *newsletter,
                               struct issue_articles *articles,
                               struct arena *arena, struct err *err);

/* How much of a story is shown after all: one that can be read nowhere else is
 * shown in full, and one without words never. *why is then the reason, to be
 * read behind "in full: " or "a summary: "; else NULL. */
enum story_show issue_story_shows(const struct issue_article *item,
                                  const char *base_url, const char **why);

/* Freezes all stories of an issue that starts; part of its transaction. */
FALLIBLE bool issue_freeze_stories(struct db *db, const struct issue *issue,
                                   const struct issue_articles *articles,
                                   struct err *err);

/* A story as it would be frozen now; borrows from the item. */
struct story story_of_item(const struct issue *issue,
                           const struct issue_article *item, size_t position);

/* The stories of a started issue as articles to render, without those that
 * are withdrawn from publication. Texts are the list's. */
struct issue_articles issue_frozen_articles(const struct story_list *list,
                                            struct arena *arena);

#endif
