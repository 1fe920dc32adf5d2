/* Where XML broke, and what of it is whole all the same; for the files of
 * this room alone. */
#ifndef DIGEST_SOURCES_XML_BREAK_INTERNAL_H
#define DIGEST_SOURCES_XML_BREAK_INTERNAL_H

#include <stdbool.h>

struct _xmlError; /* libxml2's */
struct _xmlTextReader;
struct _xmlNode;

struct xml_break {
    unsigned line; /* the last; 0: nowhere */
    bool is_grave; /* something may be missing behind it */
    int open;      /* elements still open where the document ends too early */
    char text[160];
};

/* Notes the reader's fatal errors from here on. `where` has to live as long as
 * the reader. */
void xml_break_watch(struct xml_break *where, struct _xmlTextReader *reader);
/* The same, as the handler of a parser. */
void xml_break_note(void *where, struct _xmlError *error);

/* The current element with all below it, or NULL where the document ends
 * inside. (libxml2's reader also refuses the last whole one.) */
struct _xmlNode *xml_break_expand(const struct xml_break *where,
                                  struct _xmlTextReader *reader);

#endif
