/* XML as it comes, mended so that it can be read; for the files of this
 * room alone. */
#ifndef DIGEST_SOURCES_XML_TEXT_INTERNAL_H
#define DIGEST_SOURCES_XML_TEXT_INTERNAL_H

#include "digest/base/strbuf.h"

/* Appends clean UTF-8 XML without its declaration and document type (so
 * without entities of its own), with HTML's named entities as characters,
 * references to what can't be a character dropped, and a bare "&" or "<"
 * escaped. Lines stay where they are. */
void xml_mend(struct str xml, struct strbuf *out);

#endif
