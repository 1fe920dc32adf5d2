/* Grapheme clusters: what a reader takes for one character, and so the unit in
 * which texts are counted and cut. A letter with its marks, an emoji with its
 * skin tone or its family, a flag, a syllable.
 * Source: UAX #29 §3.1.1 (extended grapheme clusters). */
#ifndef DIGEST_BASE_CLUSTER_H
#define DIGEST_BASE_CLUSTER_H

#include "digest/base/str.h"

/* Where the cluster at `at` (< text.len) ends. One of more than 32 characters
 * (UAX #15 §13: no writing needs more marks) ends there. */
size_t cluster_end(struct str text, size_t at);

size_t cluster_count(struct str text);

/* The length of the first `count` clusters, or text.len. */
size_t cluster_cut(struct str text, size_t count);

#endif
