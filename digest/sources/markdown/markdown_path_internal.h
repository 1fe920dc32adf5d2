/* The path of a Markdown file, and what it says about the article; for the
 * files of this room alone. */
#ifndef DIGEST_SOURCES_MARKDOWN_MARKDOWN_PATH_INTERNAL_H
#define DIGEST_SOURCES_MARKDOWN_MARKDOWN_PATH_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "digest/base/arena.h"

struct markdown_path {
    const char *folder; /* "" or with a slash at its end */
    const char *page;   /* where a site would put it: folder and name */
    bool has_date;      /* 2026-11-20-title.md */
    int64_t date;
    bool is_draft;            /* below _drafts/ */
    bool is_section;          /* _index.md */
    bool is_about_the_folder; /* README.md and its kin */
    bool is_html;
};

/* `inside` is the path below the folder that is being imported. Texts live
 * in the arena. */
void markdown_path_read(struct arena *arena, const char *inside,
                        struct markdown_path *out);

#endif
