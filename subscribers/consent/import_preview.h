/* The begin of a list, for somebody who is to say what its columns are. */
#ifndef SUBSCRIBERS_CONSENT_IMPORT_PREVIEW_H
#define SUBSCRIBERS_CONSENT_IMPORT_PREVIEW_H

#include "digest/base/arena.h"
#include "subscribers/consent/import_columns_internal.h"

enum { IMPORT_SAMPLES = 3 };

struct import_preview_column {
    const char *title;                   /* "" in a list without headings */
    const char *samples[IMPORT_SAMPLES]; /* of the first rows; "" where a row
                                            ends before it */
    int field; /* as it would be read; IMPORT_FIELD_COUNT: it wouldn't */
};

struct import_preview {
    const char *tool; /* as import_columns_tool */
    bool is_headless;
    size_t sample_count;
    struct import_preview_column *columns;
    size_t count;
};

/* Where no heading stands for addresses, the column with most of them among
 * the samples is taken for it. All lives in the arena. Fails: INPUT (empty). */
FALLIBLE bool import_preview(struct str text, struct arena *arena,
                             struct import_preview *out, struct err *err);

#endif
