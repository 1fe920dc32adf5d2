/* The options of `newsletter create` and `edit` that say what is chosen. */
#ifndef DIGEST_CLI_CMD_NEWSLETTER_RULES_H
#define DIGEST_CLI_CMD_NEWSLETTER_RULES_H

#include "digest/cli/app.h"
#include "digest/newsletters/newsletter.h"

#define NEWSLETTER_RULE_OPTIONS                                                \
    {"--max", "N", "at most N articles in all; 0: no limit"},                  \
        {"--per-source", "N", "at most N of one source; 0: no limit"},         \
        {"--per-author", "N", "at most N of one author; 0: no limit"},         \
        {"--story-pages", "WHICH",                                             \
         "unlinked: articles without an address have a page; all"},            \
        {"--half-life", "3d", "by score: after so long, half as good"},        \
        {"--boost", "SOURCE=N",                                                \
         "add N to its scores, and prefer it; again for more"},                \
        {"--exclude", "WORDS", "never what holds these; again for more"},      \
    {                                                                          \
        "--only-language", "LANG,...", "articles in these alone"               \
    }

/* Takes what is given. Fails: USAGE, NOT_FOUND (a source). */
FALLIBLE bool newsletter_rules_apply(struct invocation *call, struct app *app,
                                     struct newsletter_rules *rules,
                                     struct err *err);

/* Prints the rules and sections as lines of `newsletter show`. */
void newsletter_rules_print(const struct newsletter *newsletter,
                            struct arena *arena);

#endif
