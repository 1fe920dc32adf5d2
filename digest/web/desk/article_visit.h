/* An article as the desk's pages show it. */
#ifndef DIGEST_WEB_DESK_ARTICLE_VISIT_H
#define DIGEST_WEB_DESK_ARTICLE_VISIT_H

#include "digest/articles/article.h"
#include "digest/web/desk/visit.h"

/* An object with id, title, url, author, language, categories (in one line),
 * published, known, words and views. (article.c) */
struct value *article_visit_value(struct visit *visit,
                                  const struct article *article);

/* The article of the request's address. Fails: NOT_FOUND. (article.c) */
FALLIBLE bool article_visit_get(struct visit *visit, struct article *out,
                                struct err *err);

/* Fails: PERMISSION, where the article stands in an issue that was approved,
 * and whoever is here may not change that. (article.c) */
FALLIBLE bool article_visit_check(struct visit *visit,
                                  const struct article *article,
                                  struct err *err);

/* Refusals of what couldn't be done, and why; NULL: nothing was tried. */
struct article_refusal {
    const struct err *edit, *picture, *correction;
};
/* The page again, with that and with what was typed. (article.c) */
FALLIBLE bool article_visit_show_refused(struct visit *visit,
                                         const struct article *article,
                                         const struct article_refusal *refusal,
                                         struct err *err);

/* Sets what the page shows of corrections. (article_correct.c) */
FALLIBLE bool article_visit_set_corrections(struct visit *visit,
                                            const struct article *article,
                                            struct value *data,
                                            struct err *err);

/* Sets what the page shows of the picture. (article_picture.c) */
FALLIBLE bool article_visit_set_picture(struct visit *visit,
                                        const struct article *article,
                                        struct value *data, struct err *err);

#endif
