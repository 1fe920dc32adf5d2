/* A signature: what near-duplicates of an article are told by.
 *
 * Made of the normalised address, the words of the title and those of the
 * lead, folded as categories are; scripts that set no spaces give pairs of
 * characters in place of words. It is stored with the article, so that a
 * hundred thousand candidates can be compared without reading their texts.
 */
#ifndef DIGEST_ARTICLES_SIGNATURE_H
#define DIGEST_ARTICLES_SIGNATURE_H

#include "digest/articles/article.h"
#include "digest/base/arena.h"
#include "digest/base/strbuf.h"

/* Appends the signature of an article with summary and body, as bytes. */
void signature_write(const struct article *article, struct strbuf *out);

/* Reads those bytes. False for none, or those of another version of the
 * program: it has to be made anew. The words live in the arena. */
bool signature_read(struct str bytes, struct arena *arena,
                    struct article_signature *out);

/* Whether two texts, as documents' HTML, can be one that was revised: of their
 * longer words, half of those of the shorter text stand in the other as well.
 * A text without any can be any. */
bool signature_is_revision(struct str a, struct str b);

/* Appends an address as it is compared: without scheme, "www.", tracking,
 * fragment, an index page's name or the last slash. */
void signature_address(struct str url, struct strbuf *out);

#endif
