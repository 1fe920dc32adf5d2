/* Which of an issue's stories have pages, what these are called, and how an
 * issue's stories are frozen. */
#ifndef DIGEST_ISSUES_STORY_PAGES_H
#define DIGEST_ISSUES_STORY_PAGES_H

#include "digest/issues/issue.h"
#include "digest/issues/newsletter.h"
#include "digest/ledger/story.h"

/* Names the pages of an issue's stories: those that were frozen once it was
 * started, and before that those that they would have now. Names live in the
 * arena. Fails: STORE. */
FALLIBLE bool issue_name_pages(struct db *db, const struct issue *issue,
                               const struct newsletter *newsletter,
                               struct issue_articles *articles,
                               struct arena *arena, struct err *err);

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
