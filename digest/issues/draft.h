/* Drafting: the selector's choice becomes an issue that editors can see. */
#ifndef DIGEST_ISSUES_DRAFT_H
#define DIGEST_ISSUES_DRAFT_H

#include "digest/issues/issue.h"
#include "digest/newsletters/newsletter.h"
#include "digest/selector/selector.h"

struct draft_options {
    int64_t now;
    int64_t since;    /* 0: since the last issue; else by published time */
    int64_t until;    /* 0: now */
    bool explain;     /* count those before the window, too */
    bool by_schedule; /* a draft that is held stays as it is */
};

struct draft {
    struct issue issue;
    struct selector_rules rules;
    struct selection selection;
    int64_t older;  /* articles from before the window, not looked at; with
                       `explain` alone */
    bool redrafted; /* the open draft was drafted again */
};

/* Drafts the next issue of a newsletter, or its open draft again (one that is
 * held too, unless a schedule asks), keeping what editors wrote. Everything in
 * `out` lives in the arena. Fails: NOT_FOUND when there are fewer articles than
 * the newsletter's minimum (no issue is made; `out` still explains), STORE. */
FALLIBLE bool draft_issue(struct db *db, const struct newsletter *newsletter,
                          const struct draft_options *options,
                          struct arena *arena, struct draft *out,
                          struct err *err);

/* Explains what an issue's newsletter chooses, as its rules are now, from the
 * window that the issue was drafted from, with what editors chose for it;
 * nothing is written. Fails: STORE. */
FALLIBLE bool draft_explain(struct db *db, const struct newsletter *newsletter,
                            const struct issue *issue, struct arena *arena,
                            struct draft *out, struct err *err);

/* A newsletter's sections as the selector takes them. In the arena. */
struct selector_section *draft_sections(const struct newsletter *newsletter,
                                        struct arena *arena);

/* The subject of a draft while no editor has written one: its first headline,
 * at a clause where it is long. The sender is named beside it in an inbox. In
 * the arena, or the newsletter's title. */
const char *draft_subject(const struct newsletter *newsletter,
                          const struct article *lead, struct arena *arena);

#endif
