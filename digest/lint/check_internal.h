/* One look at one message: what the checks share; for the files of this room
 * alone. */
#ifndef DIGEST_LINT_CHECK_INTERNAL_H
#define DIGEST_LINT_CHECK_INTERNAL_H

#include "digest/document/markup.h"
#include "digest/lint/lint.h"
#include "digest/message/reader.h"

/* Each has its row in rules.c: level, name and remedy. */
enum lint_rule {
    /* the message */
    RULE_LINE_ENDS,
    RULE_LINE_LENGTH,
    RULE_LINE_8BIT,
    RULE_TEXT_MISSING,
    RULE_HTML_MISSING,
    RULE_PART_EMPTY,
    RULE_PART_ORDER,
    RULE_PART_ENCODING,
    RULE_PART_LINE,
    RULE_PART_CHARSET,
    RULE_CLIPPED,
    RULE_NEARLY_CLIPPED,
    /* its header */
    RULE_HEADER_MISSING,
    RULE_HEADER_TWICE,
    RULE_HEADER_BROKEN,
    RULE_HEADER_UNWANTED,
    RULE_HEADER_WORD,
    RULE_FROM_DOMAIN,
    RULE_TO_MANY,
    RULE_LIST_ID,
    RULE_UNSUBSCRIBE_HEADER,
    RULE_ONE_CLICK,
    RULE_UNSUBSCRIBE_PAIR,
    RULE_DKIM_COVER,
    RULE_DKIM_DOMAIN,
    RULE_UNSIGNED,
    RULE_AUTHENTICATION,
    RULE_SUBJECT_EMPTY,
    RULE_SUBJECT_LONG,
    RULE_SUBJECT_CAPITALS,
    RULE_SUBJECT_EMOJI,
    RULE_SUBJECT_SHOUTS,
    RULE_SUBJECT_REPLY,
    /* both parts */
    RULE_UNSUBSCRIBE_LINK,
    RULE_PLACEHOLDER,
    RULE_PLACEHOLDER_MAYBE,
    RULE_HTML_ALONE,
    RULE_TEXT_ALONE,
    RULE_HEADLINE_ALONE,
    /* HTML */
    RULE_LANG,
    RULE_DIR,
    RULE_DIR_RTL,
    RULE_TITLE,
    RULE_HEADING_FIRST,
    RULE_HEADING_ORDER,
    RULE_TABLE_ROLE,
    RULE_ALT_MISSING,
    RULE_ALT_USELESS,
    RULE_IMAGE_SOURCE,
    RULE_IMAGE_WIDTH,
    RULE_LINK_EMPTY,
    RULE_LINK_RELATIVE,
    RULE_LINK_SCHEME,
    RULE_LINK_HTTP,
    RULE_LINK_SHORTENED,
    RULE_LINK_IP,
    RULE_LINK_OTHER_HOST,
    RULE_LINK_DISGUISED,
    RULE_LINK_WORDLESS,
    RULE_LINK_VAGUE,
    RULE_LINK_LONG,
    RULE_CONTRAST,
    RULE_CONTRAST_DARK,
    RULE_UNREADABLE,
    RULE_SCRIPT,
    RULE_CLIENT_LACKS,
    RULE_STYLE_SIZE,
    RULE_STYLE_NESTED,
    RULE_STYLE_BROKEN,
    /* links that were asked for */
    RULE_LINK_BROKEN,
    RULE_LINK_UNSURE,
    RULE_LINK_MOVED,
    RULE_LINK_PRIVATE,
    RULES
};

struct lint {
    const struct lint_options *options;
    struct lint_report *report;
    struct str bytes;                   /* the message as it came */
    const struct read_message *message; /* NULL: HTML alone */
    struct str html, text;              /* decoded; empty for none */
    struct markup markup;               /* of the HTML */
};

/* Where a finding is. A zero line is none. */
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
