/* The lines of a pasted page, told apart by their look; for the files of this
 * room alone. The lines are clean (utf8_clean_line). */
#ifndef DIGEST_SOURCES_PAGE_PASTE_LINES_INTERNAL_H
#define DIGEST_SOURCES_PAGE_PASTE_LINES_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "digest/base/str.h"

/* The article ends here: "Leave a Reply", "Copyright © …". */
bool paste_is_end(struct str line);

/* A button or a heading of the page around it: "Share", "Home » News". */
bool paste_is_furniture(struct str line);

/* "someone@example.org : user :", or another such line of an account. */
bool paste_is_account(struct str line);

/* The address in a line; empty without one. */
struct str paste_address(struct str line);

/* "Update Time : Wednesday, May 21, 2025". *is_said: it has such a label. */
bool paste_date(struct str line, int64_t *at, bool *is_said);

/* "6 Time View", "1,204 views", "Views: 6". */
bool paste_views(struct str line, int64_t *views);

/* "By Ann Lee", "Reporter: Ann Lee": the name. */
bool paste_byline(struct str line, struct str *name);

/* A line without the bullet that a list was pasted with. */
struct str paste_without_bullet(struct str line, bool *had);

bool paste_ends_sentence(struct str line);

#endif
