/* An article: something the publication has published. Data only. */
#ifndef DIGEST_ARTICLES_ARTICLE_H
#define DIGEST_ARTICLES_ARTICLE_H

#include <stddef.h>
#include <stdint.h>

struct article_category {
    const char *name; /* as it was written */
    const char *slug; /* folded: what is compared (category_slug) */
};

/* Texts are never NULL; "" is none. Who owns them is said where an article
 * is handed over. Texts are plain and clean (utf8_clean_line) but for the
 * two that hold a document as cmark's HTML. */
struct article {
    int64_t id;        /* 0: not stored yet */
    int64_t source_id; /* 1: imported by hand */
    const char *guid;  /* what makes it the same article in its source */
    const char *url;   /* absolute, http(s) */
    const char *title;
    const char *author;
    int64_t published_at; /* Unix seconds; 0: nobody knows */
    int64_t known_at;     /* when it came to us; 0: now */
    const char *language; /* BCP 47 */
    const char *summary_html;
    const char *body_html; /* not loaded by lists and selection: "" */
    const char *image_url;
    const char *image_alt;
    unsigned image_width, image_height; /* pixels; 0: unknown */
    int64_t word_count;
    int64_t views;
    int64_t weight;
    const struct article_category *categories;
    size_t category_count;
};

/* The signature that near-duplicates are told by (signature.h). Words are
 * hashes, sorted, each once. */
struct article_signature {
    uint64_t url;          /* of the normalised address; 0: none */
    uint32_t numbers;      /* those in the title; 0: none */
    const uint32_t *title; /* its words */
    const uint16_t *lead;  /* the longer words of the lead */
    unsigned title_count, lead_count;
};

#endif
