/* Lint: what is wrong with a message or a page of HTML before it goes out,
 * where, and what to do about it.
 *
 * An error is what readers or mailbox providers won't forgive: a link that
 * leads nowhere, no way to unsubscribe, a placeholder left unfilled, a header
 * that a server refuses. A warning is what makes it worse than it should be.
 */
#ifndef DIGEST_LINT_LINT_H
#define DIGEST_LINT_LINT_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/base/strbuf.h"

enum lint_level { LINT_ERROR, LINT_WARNING, LINT_LEVELS };

enum lint_part { LINT_MESSAGE, LINT_HEADER, LINT_TEXT, LINT_HTML, LINT_PARTS };

struct lint_finding {
    enum lint_level level;
    enum lint_part part;
    const char *rule;      /* its short name: "link-empty" */
    unsigned line, column; /* from 1: in the file for message and header, in
                              the decoded part for text and html; 0: none */
    const char *element;   /* what stands there: `<a> "Read on"`, `Subject`;
                              "" for none */
    const char *what;      /* what is wrong */
    const char *remedy;    /* what to do */
    unsigned times;        /* how often; the place is that of the first */
};

/* Errors first, each level in the order of the message. */
struct lint_report {
    struct arena arena; /* holds all texts */
    struct lint_finding *items;
    size_t count, capacity;
    size_t errors, warnings; /* findings of each level */
};
void lint_report_free(struct lint_report *report); /* for OWNED */

struct lint_options {
    bool fetch_links;   /* ask for each link */
    bool allow_private; /* … on private and loopback addresses too */
    /* … but for those that begin so, since they are made for each reader;
     * ended by a NULL, or NULL for none. */
    const char *const *unasked;
    /* The message goes to no mail server: rules for bulk senders don't count
     * yet. */
    bool stays_here;
};

/* Looks at a message as it travels, or as a mail program saved it (LF).
 * `options` NULL: none. Fails: INPUT, for what isn't a message at all; IO,
 * where links can't be asked for. */
FALLIBLE bool lint_message(struct str eml, const struct lint_options *options,
                           struct lint_report *report, struct err *err);

/* Looks at HTML alone. Fails: INPUT, for what isn't UTF-8 or is nested beyond
 * reason; IO. */
FALLIBLE bool lint_html(struct str html, const struct lint_options *options,
                        struct lint_report *report, struct err *err);

/* Adds what another report finds and this one doesn't; `where` is put before
 * what it says: "in de". */
void lint_report_add(struct lint_report *report,
                     const struct lint_report *other, const char *where);

/* Adds one that the caller found; `times` and place as they are, texts are
 * copied. */
void lint_report_put(struct lint_report *report,
                     const struct lint_finding *finding);

/* "error", "warning"; "message", "header", "text", "html". */
const char *lint_level_name(enum lint_level level);
const char *lint_part_name(enum lint_part part);

/* Appends a finding as one line without its level: place, what, remedy and
 * the rule's name. */
void lint_finding_write(const struct lint_finding *finding, struct strbuf *out);

#endif
