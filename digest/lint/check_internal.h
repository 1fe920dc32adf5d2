/* One look at one message: what the checks share; for the files of this room
 * alone. */
#ifndef DIGEST_LINT_CHECK_INTERNAL_H
#define DIGEST_LINT_CHECK_INTERNAL_H

#include "digest/document/markup.h"
#include "digest/lint/lint.h"
#include "digest/lint/rules_internal.h"
#include "digest/message/reader.h"

struct lint {
    const struct lint_options *options;
    struct lint_report *report;
    struct str bytes;                   /* the message as it came */
    const struct read_message *message; /* NULL: HTML alone */
    struct str html, text;              /* decoded; empty for none */
    struct markup markup;               /* of the HTML */
};

/* The place of a finding. A zero line is none. */
struct lint_place {
    enum lint_part part;
    unsigned line, column;
    const char *element;            /* NULL: none */
    const struct markup_node *node; /* of the HTML, in place of these */
};

/* Adds a finding, or counts one more where the same was found elsewhere. */
void lint_add(struct lint *lint, enum lint_rule rule,
              const struct lint_place *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The place of a node of the HTML, of an offset in the text, of a field; the
 * words live with the report. */
struct lint_place lint_at_node(const struct markup_node *node);
struct lint_place lint_at_text(const struct lint *lint, size_t offset);
struct lint_place lint_at_field(struct lint *lint,
                                const struct read_field *field);

/* ---- the checks ------------------------------------------------------- */

void check_lines(struct lint *lint);
void check_headers(struct lint *lint);
void check_list_headers(struct lint *lint);
void check_authentication(struct lint *lint);
void check_subject(struct lint *lint);
void check_parts(struct lint *lint);
void check_both(struct lint *lint);         /* the two parts side by side */
void check_placeholders(struct lint *lint); /* in subject and parts */
void check_structure(struct lint *lint);
void check_images(struct lint *lint);
void check_links(struct lint *lint);
void check_clients(struct lint *lint);
void check_contrast(struct lint *lint);
/* Fails: IO. */
FALLIBLE bool check_fetched(struct lint *lint, struct err *err);

#endif
