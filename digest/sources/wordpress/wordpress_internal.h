/* The parts of reading WordPress's exports; for the files of this room
 * alone. */
#ifndef DIGEST_SOURCES_WORDPRESS_WORDPRESS_INTERNAL_H
#define DIGEST_SOURCES_WORDPRESS_WORDPRESS_INTERNAL_H

#include <stdint.h>
#include <stdio.h>

#include "digest/base/strbuf.h"
#include "digest/sources/import_run_internal.h"

struct json_t; /* jansson's */

/* Stores the posts of an export (WXR), read as a stream, twice through.
 * Fails: INPUT, when all of it can't be read ("name:line: …"); STORE and its
 * kin. */
FALLIBLE bool import_wordpress(struct import_run *run, const char *name,
                               FILE *file, struct err *err);

/* Appends a post's text as HTML: paragraphs are made where the editor left
 * blank lines, and shortcodes go, but for what they enclose. */
void wordpress_to_html(struct str text, struct strbuf *out);

/* The files of an export's media library, by their post's number. */
struct wordpress_media {
    struct wordpress_file {
        uint64_t post_id;
        char *url;
    } * files;
    size_t count, capacity;
};

/* Reads the export once through, line by line. The stream is at its end
 * afterwards. */
void wordpress_media_read(FILE *file, struct wordpress_media *out);
/* NULL where there is none. Borrowed. */
const char *wordpress_media_find(const struct wordpress_media *media,
                                 uint64_t post_id);
void wordpress_media_free(struct wordpress_media *media);

/* Reads a post of the REST API, whose texts may be lent by `post`. False for
 * what is none. */
bool wordpress_post_read(const struct json_t *post, int64_t now,
                         struct arena *arena, struct entry *out);
/* The site's number for a post, from the GUID it has here. */
const char *wordpress_post_number(const char *guid);

#endif
