/* The parts of reading feeds that know libxml2 or jansson; for the files of
 * this room alone. */
#ifndef DIGEST_SOURCES_FEED_FEED_PARTS_INTERNAL_H
#define DIGEST_SOURCES_FEED_FEED_PARTS_INTERNAL_H

#include "digest/sources/feed/feed_internal.h"

/* `text` is UTF-8 and mended (xml_mend), respectively UTF-8. */
FALLIBLE bool feed_read_xml(const struct import_bytes *input, struct str text,
                            struct feed_reading *reading, struct err *err);
FALLIBLE bool feed_read_json(const struct import_bytes *input, struct str text,
                             struct feed_reading *reading, struct err *err);

/* Appends the words of HTML: for titles, which carry markup now and then. */
const char *feed_words(struct arena *arena, const char *html);

/* Whether a text has elements or character references of HTML in it. */
bool feed_looks_like_html(const char *text);

/* "me@example.org (Name)", "Name (me@example.org)" and
 * "Name <me@example.org>" become Name; a bare
 * address becomes NULL: it is no one's business. */
const char *feed_person(struct arena *arena, const char *text);

#endif
