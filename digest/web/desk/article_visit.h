/* An article as the desk's pages show it. */
#ifndef DIGEST_WEB_DESK_ARTICLE_VISIT_H
#define DIGEST_WEB_DESK_ARTICLE_VISIT_H

#include "digest/articles/article.h"
#include "digest/web/desk/visit.h"

/* An object with id, title, url, author, language, categories (in one line),
 * published, known, words and views. (article.c) */
struct value *article_visit_value(struct visit *visit,
                                  const struct article *article);

#endif
