/* The names of a feed's elements: which namespace they are from, and what
 * field each one tells of; for the files of this room alone. */
#ifndef DIGEST_SOURCES_FEED_FEED_NAMES_INTERNAL_H
#define DIGEST_SOURCES_FEED_FEED_NAMES_INTERNAL_H

struct _xmlNode; /* libxml2's */

enum feed_space {
    SPACE_OTHER,
    SPACE_RSS, /* none, or one of RSS's own */
    SPACE_ATOM,
    SPACE_RDF,
    SPACE_CONTENT,
    SPACE_DC,
    SPACE_DCTERMS,
    SPACE_MEDIA,
    SPACE_ITUNES,
    SPACE_XHTML,
    SPACE_FEEDBURNER,
};

enum feed_field {
    FIELD_NONE,
    FIELD_TITLE,
    FIELD_LINK,
    FIELD_ATOM_LINK,
    FIELD_GUID,
    FIELD_PUBLISHED,
    FIELD_AUTHOR,
    FIELD_PERSON, /* Atom's, with a name inside */
    FIELD_SUMMARY,
    FIELD_ABSTRACT, /* a summary beside a description */
    FIELD_CONTENT,
    FIELD_CATEGORY,
    FIELD_TAGS, /* several, parted by commas */
    FIELD_ENCLOSURE,
    FIELD_MEDIA_CONTENT,
    FIELD_THUMBNAIL,
    FIELD_MEDIA_GROUP,
    FIELD_IMAGE,
    FIELD_IMAGE_LINK,
    FIELD_LANGUAGE,
    FIELD_SOURCE,
};

/* The namespace of an element, by its URI or, where it isn't declared, by
 * its customary prefix. *name: the name without prefix. */
enum feed_space feed_space_of(const struct _xmlNode *node, const char **name);

/* The field an element tells of in an entry, with its rank: of two the
 * lower one counts. */
enum feed_field feed_field_of(const struct _xmlNode *node, int *rank);

#endif
