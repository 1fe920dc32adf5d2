/* The rules: how bad what they find is, their names, and their remedies; for
 * the files of this room alone.
 *
 * Sources: RFC 5322, 2045-2047, 2369, 2919, 8058, 6376; Gmail's, Yahoo's and
 * Outlook.com's rules for bulk senders; WCAG 2.2.
 */
#ifndef DIGEST_LINT_RULES_INTERNAL_H
#define DIGEST_LINT_RULES_INTERNAL_H

#include "digest/lint/lint.h"

/* A row is a rule: RULE_NAME in the code, how bad what it finds is, its name
 * for people, and the remedy. In the order in which the parts of a message are
 * looked at. */
#define LINT_RULES(RULE)                                                       \
    RULE(LINE_ENDS, LINT_ERROR, "line-ends",                                   \
         "end every line in CRLF, and leave no CR or LF alone")                \
    RULE(LINE_LENGTH, LINT_ERROR, "line-length",                               \
         "fold headers, and encode parts as "                                  \
         "quoted-printable or base64")                                         \
    RULE(LINE_8BIT, LINT_WARNING, "line-8bit",                                 \
         "encode it, so that no relay has to")                                 \
    RULE(TEXT_MISSING, LINT_ERROR, "text-missing",                             \
         "add a text/plain part with all of it")                               \
    RULE(HTML_MISSING, LINT_WARNING, "html-missing", "add a text/html part")   \
    RULE(PART_EMPTY, LINT_ERROR, "part-empty", "put the issue into it")        \
    RULE(PART_ORDER, LINT_ERROR, "part-order",                                 \
         "put text/plain first and text/html last, in "                        \
         "multipart/alternative")                                              \
    RULE(PART_ENCODING, LINT_WARNING, "part-encoding",                         \
         "encode it as quoted-printable or base64")                            \
    RULE(PART_LINE, LINT_ERROR, "part-line",                                   \
         "break encoded lines at 76 columns")                                  \
    RULE(PART_CHARSET, LINT_WARNING, "part-charset",                           \
         "write it in UTF-8, and charset=utf-8 on it")                         \
    RULE(CLIPPED, LINT_ERROR, "clipped",                                       \
         "take fewer articles, or shorter summaries")                          \
    RULE(NEARLY_CLIPPED, LINT_WARNING, "nearly-clipped",                       \
         "take fewer articles, or shorter summaries")                          \
    RULE(HEADER_MISSING, LINT_ERROR, "header-missing", "add it")               \
    RULE(HEADER_TWICE, LINT_ERROR, "header-twice", "keep one of them")         \
    RULE(HEADER_BROKEN, LINT_ERROR, "header-broken",                           \
         "write it in the form that its RFC gives")                            \
    RULE(HEADER_UNWANTED, LINT_WARNING, "header-unwanted", "leave it out")     \
    RULE(HEADER_WORD, LINT_ERROR, "header-word",                               \
         "write UTF-8 in encoded words of at most 75 "                         \
         "columns, with whole characters in each")                             \
    RULE(FROM_DOMAIN, LINT_WARNING, "from-domain",                             \
         "send by its own servers alone, or from a domain of "                 \
         "your own: elsewhere DMARC has it refused")                           \
    RULE(TO_MANY, LINT_ERROR, "to-many",                                       \
         "send each reader a copy of their own")                               \
    RULE(LIST_ID, LINT_WARNING, "list-id",                                     \
         "name the list: List-Id: Title <label.example.org>")                  \
    RULE(UNSUBSCRIBE_HEADER, LINT_ERROR, "unsubscribe-header",                 \
         "write List-Unsubscribe: <https://…>, "                             \
         "<mailto:…>")                                                         \
    RULE(ONE_CLICK, LINT_WARNING, "one-click",                                 \
         "set site.base_url to an https address: Gmail and "                   \
         "Yahoo want it of bulk senders")                                      \
    RULE(UNSUBSCRIBE_PAIR, LINT_ERROR, "unsubscribe-pair",                     \
         "write List-Unsubscribe with one https "                              \
         "address and List-Unsubscribe-Post: "                                 \
         "List-Unsubscribe=One-Click together")                                \
    RULE(DKIM_COVER, LINT_ERROR, "dkim-cover", "name it in h=")                \
    RULE(DKIM_DOMAIN, LINT_WARNING, "dkim-domain",                             \
         "sign with a key of the sender's domain, so that "                    \
         "DMARC finds them aligned")                                           \
    RULE(UNSIGNED, LINT_WARNING, "unsigned",                                   \
         "sign it: `digest dkim keygen` makes a key; Gmail, "                  \
         "Yahoo and Outlook.com want it of bulk senders")                      \
    RULE(AUTHENTICATION, LINT_WARNING, "authentication",                       \
         "look at the DNS records: `digest doctor` "                           \
         "compares them")                                                      \
    RULE(SUBJECT_EMPTY, LINT_ERROR, "subject-empty", "write a subject")        \
    RULE(SUBJECT_LONG, LINT_WARNING, "subject-long",                           \
         "say it in fewer, what counts in the first 40")                       \
    RULE(SUBJECT_CAPITALS, LINT_WARNING, "subject-capitals",                   \
         "write it as a sentence")                                             \
    RULE(SUBJECT_EMOJI, LINT_WARNING, "subject-emoji", "keep one at most")     \
    RULE(SUBJECT_SHOUTS, LINT_WARNING, "subject-shouts",                       \
         "say it with one mark, or none")                                      \
    RULE(SUBJECT_REPLY, LINT_WARNING, "subject-reply",                         \
         "leave it to real answers")                                           \
    RULE(UNSUBSCRIBE_LINK, LINT_ERROR, "unsubscribe-link",                     \
         "put it there: {{{slot.unsubscribe_url}}} in "                        \
         "a design")                                                           \
    RULE(PLACEHOLDER, LINT_ERROR, "placeholder", "fill it in, or take it out") \
    RULE(PLACEHOLDER_MAYBE, LINT_WARNING, "placeholder-maybe",                 \
         "fill it in, if it is one")                                           \
    RULE(HTML_ALONE, LINT_WARNING, "html-alone",                               \
         "put it into the text part as well")                                  \
    RULE(TEXT_ALONE, LINT_WARNING, "text-alone",                               \
         "put it into the HTML part as well")                                  \
    RULE(HEADLINE_ALONE, LINT_WARNING, "headline-alone",                       \
         "put it into the text part as well")                                  \
    RULE(LANG, LINT_WARNING, "lang",                                           \
         "write lang=\"…\", so that it is read aloud in its "                \
         "language")                                                           \
    RULE(DIR, LINT_WARNING, "dir", "write dir=\"ltr\" or dir=\"rtl\"")         \
    RULE(DIR_RTL, LINT_WARNING, "dir-rtl", "write dir=\"rtl\"")                \
    RULE(TITLE, LINT_WARNING, "title",                                         \
         "put the subject into <title> in <head>")                             \
    RULE(HEADING_FIRST, LINT_WARNING, "heading-first",                         \
         "make the newsletter's name the one <h1>")                            \
    RULE(HEADING_ORDER, LINT_WARNING, "heading-order",                         \
         "go down one level at a time")                                        \
    RULE(TABLE_ROLE, LINT_WARNING, "table-role",                               \
         "write role=\"presentation\" on tables for layout, "                  \
         "and <th> in tables of data")                                         \
    RULE(ALT_MISSING, LINT_ERROR, "alt-missing",                               \
         "say in alt=\"…\" what it shows, or alt=\"\" for "                  \
         "an ornament")                                                        \
    RULE(ALT_USELESS, LINT_WARNING, "alt-useless",                             \
         "say in a sentence what it shows")                                    \
    RULE(IMAGE_SOURCE, LINT_ERROR, "image-source",                             \
         "give it the https address of a file")                                \
    RULE(IMAGE_WIDTH, LINT_WARNING, "image-width",                             \
         "write width=\"…\": Outlook shows it in its full "                  \
         "size without")                                                       \
    RULE(LINK_EMPTY, LINT_ERROR, "link-empty",                                 \
         "give it an address, or take the link out")                           \
    RULE(LINK_RELATIVE, LINT_ERROR, "link-relative",                           \
         "write the whole address, from https:// on")                          \
    RULE(LINK_SCHEME, LINT_ERROR, "link-scheme",                               \
         "link to https:, mailto: or tel: alone")                              \
    RULE(LINK_HTTP, LINT_WARNING, "link-http",                                 \
         "use https, where the site has it")                                   \
    RULE(LINK_SHORTENED, LINT_WARNING, "link-shortened",                       \
         "use the address that it leads to")                                   \
    RULE(LINK_IP, LINT_WARNING, "link-ip", "use a host's name")                \
    RULE(LINK_OTHER_HOST, LINT_WARNING, "link-other-host",                     \
         "show the host that it leads to, or words: "                          \
         "mail programs take this for fraud")                                  \
    RULE(LINK_DISGUISED, LINT_ERROR, "link-disguised",                         \
         "write the host first: what stands before an @ "                      \
         "passes for it")                                                      \
    RULE(LINK_WORDLESS, LINT_ERROR, "link-wordless",                           \
         "give it words, or its image an alternative "                         \
         "text")                                                               \
    RULE(LINK_VAGUE, LINT_WARNING, "link-vague",                               \
         "say where it leads, unseen if need be")                              \
    RULE(LINK_LONG, LINT_WARNING, "link-long", "shorten its parameters")       \
    RULE(CONTRAST, LINT_WARNING, "contrast",                                   \
         "WCAG AA wants 4.5:1, and 3:1 of large type: take "                   \
         "colours further apart")                                              \
    RULE(CONTRAST_DARK, LINT_WARNING, "contrast-dark",                         \
         "WCAG AA wants 4.5:1, and 3:1 of large type: "                        \
         "take colours further apart in the dark rules")                       \
    RULE(UNREADABLE, LINT_ERROR, "unreadable",                                 \
         "set the colours of text and ground together")                        \
    RULE(SCRIPT, LINT_ERROR, "script",                                         \
         "take it out: no mail program runs it, and filters "                  \
         "refuse mail with it")                                                \
    RULE(CLIENT_LACKS, LINT_WARNING, "client-lacks",                           \
         "do without, or see to it that it reads well "                        \
         "without")                                                            \
    RULE(STYLE_SIZE, LINT_WARNING, "style-size",                               \
         "move rules into style attributes")                                   \
    RULE(STYLE_NESTED, LINT_WARNING, "style-nested",                           \
         "write the inner @ rule on its own")                                  \
    RULE(STYLE_BROKEN, LINT_WARNING, "style-broken", "mend the rule")          \
    RULE(LINK_BROKEN, LINT_ERROR, "link-broken",                               \
         "correct the address, or take the link out")                          \
    RULE(LINK_UNSURE, LINT_WARNING, "link-unsure", "look at it in a browser")  \
    RULE(LINK_MOVED, LINT_WARNING, "link-moved", "link to where it is now")    \
    RULE(LINK_PRIVATE, LINT_ERROR, "link-private",                             \
         "readers can't reach it; if it is a site under "                      \
         "way, allow it with fetch.allow_private")

#define LINT_RULE_ID(id, level, name, remedy) RULE_##id,
enum lint_rule { LINT_RULES(LINT_RULE_ID) };
#undef LINT_RULE_ID

struct lint_rule_row {
    enum lint_level level;
    const char *name, *remedy;
};

const struct lint_rule_row *lint_rule_get(enum lint_rule rule);

#endif
