/* One item of a feed, and the texts inside; for the files of this room
 * alone. */
#ifndef DIGEST_SOURCES_FEED_FEED_ITEM_INTERNAL_H
#define DIGEST_SOURCES_FEED_FEED_ITEM_INTERNAL_H

#include "digest/sources/entry_internal.h"

struct _xmlNode; /* libxml2's */

/* Reads the element of an item with all below it. Texts live in the arena. */
void feed_item_read(struct _xmlNode *item, struct arena *arena,
                    struct entry *out);

/* ---- texts of an element; NULL where there is none --------------------- */

/* All text inside an element, trimmed. */
const char *feed_node_text(struct _xmlNode *node, struct arena *arena);
const char *feed_node_attribute(struct _xmlNode *node, const char *name,
                                struct arena *arena);
/* The same in small letters, without the address of IANA's registry before
 * it: a relation, a type. Source: RFC 4287 §4.2.7.2. */
const char *feed_node_token(struct _xmlNode *node, const char *name,
                            struct arena *arena);
/* A text that may be markup, escaped, or inline: by its type and mode. */
struct entry_text feed_node_markup(struct _xmlNode *node, struct arena *arena);
/* The same as words alone. */
const char *feed_node_words(struct _xmlNode *node, struct arena *arena);
/* A reference made absolute by xml:base, else by the document's
 * address. */
const char *feed_node_url(struct _xmlNode *node, const char *reference,
                          struct arena *arena);
/* xml:lang of the element or of those above it. */
const char *feed_node_language(struct _xmlNode *node, struct arena *arena);
/* Atom's person, or a text. */
const char *feed_node_person(struct _xmlNode *node, struct arena *arena);

#endif
