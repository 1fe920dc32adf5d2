/* Helpers of the files that make up an editor's choices; for them alone. */
#ifndef DIGEST_ISSUES_CHOICES_INTERNAL_H
#define DIGEST_ISSUES_CHOICES_INTERNAL_H

#include "digest/issues/choices.h"

/* A row of the issue while it is edited; withdrawn stories have one, too. */
struct choices_story {
    int64_t article_id;
    int64_t section;
    const char *heading;
};

/* The row of an article, or story_count. */
size_t choices_find(const struct choices *edit, int64_t article_id);
/* Where a section begins and ends among the rows. */
size_t choices_section_begin(const struct choices *edit, int64_t section);
size_t choices_section_end(const struct choices *edit, int64_t section);

/* The section of a heading. Fails: NOT_FOUND, naming those there are. */
FALLIBLE bool choices_find_section(const struct choices *edit, const char *name,
                                   int64_t *section, const char **heading,
                                   struct err *err);

/* The choice about an article, made where there is none. */
struct choice *choices_about(struct choices *edit, int64_t article_id);

/* NOT_FOUND: it is not in the issue. */
bool choices_fail_not_in(const struct choices *edit, int64_t article_id,
                         struct err *err);

/* Puts an article at a place of a section, and notes it as a choice. */
FALLIBLE bool choices_move_to(struct choices *edit, int64_t article_id,
                              int64_t section, const char *heading,
                              int64_t place, struct err *err);

#endif
