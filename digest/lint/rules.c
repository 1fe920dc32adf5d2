#include "digest/lint/rules_internal.h"

/* Sources: RFC 5322, 2045-2047, 2369, 2919, 8058, 6376; Gmail's, Yahoo's and
 * Outlook.com's rules for bulk senders; WCAG 2.2. */
static const struct lint_rule_row rules[RULES] = {
    [RULE_LINE_ENDS] = {LINT_ERROR, "line-ends",
                        "end every line in CRLF, and leave no CR or LF alone"},
    [RULE_LINE_LENGTH] = {LINT_ERROR, "line-length",
                          "fold headers, and encode parts as "
                          "quoted-printable or base64"},
    [RULE_LINE_8BIT] = {LINT_WARNING, "line-8bit",
                        "encode it, so that no relay has to"},
    [RULE_TEXT_MISSING] = {LINT_ERROR, "text-missing",
                           "add a text/plain part with all of it"},
    [RULE_HTML_MISSING] = {LINT_WARNING, "html-missing",
                           "add a text/html part"},
    [RULE_PART_EMPTY] = {LINT_ERROR, "part-empty", "put the issue into it"},
    [RULE_PART_ORDER] = {LINT_ERROR, "part-order",
                         "put text/plain first and text/html last, in "
                         "multipart/alternative"},
    [RULE_PART_ENCODING] = {LINT_WARNING, "part-encoding",
                            "encode it as quoted-printable or base64"},
    [RULE_PART_LINE] = {LINT_ERROR, "part-line",
                        "break encoded lines at 76 columns"},
    [RULE_PART_CHARSET] = {LINT_WARNING, "part-charset",
                           "write it in UTF-8, and charset=utf-8 on it"},
    [RULE_CLIPPED] = {LINT_ERROR, "clipped",
                      "take fewer articles, or shorter summaries"},
    [RULE_NEARLY_CLIPPED] = {LINT_WARNING, "nearly-clipped",
                             "take fewer articles, or shorter summaries"},

    [RULE_HEADER_MISSING] = {LINT_ERROR, "header-missing", "add it"},
    [RULE_HEADER_TWICE] = {LINT_ERROR, "header-twice", "keep one of them"},
    [RULE_HEADER_BROKEN] = {LINT_ERROR, "header-broken",
                            "write it in the form that its RFC gives"},
    [RULE_HEADER_UNWANTED] = {LINT_WARNING, "header-unwanted", "leave it out"},
    [RULE_HEADER_WORD] = {LINT_ERROR, "header-word",
                          "write UTF-8 in encoded words of at most 75 "
                          "columns, with whole characters in each"},
    [RULE_FROM_DOMAIN] = {LINT_WARNING, "from-domain",
                          "send by its own servers alone, or from a domain of "
                          "your own: elsewhere DMARC has it refused"},
    [RULE_TO_MANY] = {LINT_ERROR, "to-many",
                      "send each reader a copy of their own"},
    [RULE_LIST_ID] = {LINT_WARNING, "list-id",
                      "name the list: List-Id: Title <label.example.org>"},
    [RULE_UNSUBSCRIBE_HEADER] = {LINT_ERROR, "unsubscribe-header",
                                 "write List-Unsubscribe: <https://…>, "
                                 "<mailto:…>"},
    [RULE_ONE_CLICK] = {LINT_WARNING, "one-click",
                        "set site.base_url to an https address: Gmail and "
                        "Yahoo want it of bulk senders"},
    [RULE_UNSUBSCRIBE_PAIR] = {LINT_ERROR, "unsubscribe-pair",
                               "write List-Unsubscribe with one https "
                               "address and List-Unsubscribe-Post: "
                               "List-Unsubscribe=One-Click together"},
    [RULE_DKIM_COVER] = {LINT_ERROR, "dkim-cover", "name it in h="},
    [RULE_DKIM_DOMAIN] = {LINT_WARNING, "dkim-domain",
                          "sign with a key of the sender's domain, so that "
                          "DMARC finds them aligned"},
    [RULE_UNSIGNED] = {LINT_WARNING, "unsigned",
                       "sign it: `digest dkim keygen` makes a key; Gmail, "
                       "Yahoo and Outlook.com want it of bulk senders"},
    [RULE_AUTHENTICATION] = {LINT_WARNING, "authentication",
                             "look at the DNS records: `digest doctor` "
                             "compares them"},
    [RULE_SUBJECT_EMPTY] = {LINT_ERROR, "subject-empty", "write a subject"},
    [RULE_SUBJECT_LONG] = {LINT_WARNING, "subject-long",
                           "say it in fewer, what counts in the first 40"},
    [RULE_SUBJECT_CAPITALS] = {LINT_WARNING, "subject-capitals",
                               "write it as a sentence"},
    [RULE_SUBJECT_EMOJI] = {LINT_WARNING, "subject-emoji", "keep one at most"},
    [RULE_SUBJECT_SHOUTS] = {LINT_WARNING, "subject-shouts",
                             "say it with one mark, or none"},
    [RULE_SUBJECT_REPLY] = {LINT_WARNING, "subject-reply",
                            "leave it to real answers"},

    [RULE_UNSUBSCRIBE_LINK] = {LINT_ERROR, "unsubscribe-link",
                               "put it there: {{{slot.unsubscribe_url}}} in "
                               "a design"},
    [RULE_PLACEHOLDER] = {LINT_ERROR, "placeholder",
                          "fill it in, or take it out"},
    [RULE_PLACEHOLDER_MAYBE] = {LINT_WARNING, "placeholder-maybe",
                                "fill it in, if it is one"},
    [RULE_HTML_ALONE] = {LINT_WARNING, "html-alone",
                         "put it into the text part as well"},
    [RULE_TEXT_ALONE] = {LINT_WARNING, "text-alone",
                         "put it into the HTML part as well"},
    [RULE_HEADLINE_ALONE] = {LINT_WARNING, "headline-alone",
                             "put it into the text part as well"},

    [RULE_LANG] = {LINT_WARNING, "lang",
                   "write lang=\"…\", so that it is read aloud in its "
                   "language"},
    [RULE_DIR] = {LINT_WARNING, "dir", "write dir=\"ltr\" or dir=\"rtl\""},
    [RULE_DIR_RTL] = {LINT_WARNING, "dir-rtl", "write dir=\"rtl\""},
    [RULE_TITLE] = {LINT_WARNING, "title",
                    "put the subject into <title> in <head>"},
    [RULE_HEADING_FIRST] = {LINT_WARNING, "heading-first",
                            "make the newsletter's name the one <h1>"},
    [RULE_HEADING_ORDER] = {LINT_WARNING, "heading-order",
                            "go down one level at a time"},
    [RULE_TABLE_ROLE] = {LINT_WARNING, "table-role",
                         "write role=\"presentation\" on tables for layout, "
                         "and <th> in tables of data"},
    [RULE_ALT_MISSING] = {LINT_ERROR, "alt-missing",
                          "say in alt=\"…\" what it shows, or alt=\"\" for "
                          "an ornament"},
    [RULE_ALT_USELESS] = {LINT_WARNING, "alt-useless",
                          "say in a sentence what it shows"},
    [RULE_IMAGE_SOURCE] = {LINT_ERROR, "image-source",
                           "give it the https address of a file"},
    [RULE_IMAGE_WIDTH] = {LINT_WARNING, "image-width",
                          "write width=\"…\": Outlook shows it in its full "
                          "size without"},
    [RULE_LINK_EMPTY] = {LINT_ERROR, "link-empty",
                         "give it an address, or take the link out"},
    [RULE_LINK_RELATIVE] = {LINT_ERROR, "link-relative",
                            "write the whole address, from https:// on"},
    [RULE_LINK_SCHEME] = {LINT_ERROR, "link-scheme",
                          "link to https:, mailto: or tel: alone"},
    [RULE_LINK_HTTP] = {LINT_WARNING, "link-http",
                        "use https, where the site has it"},
    [RULE_LINK_SHORTENED] = {LINT_WARNING, "link-shortened",
                             "use the address that it leads to"},
    [RULE_LINK_IP] = {LINT_WARNING, "link-ip", "use a host's name"},
    [RULE_LINK_OTHER_HOST] = {LINT_WARNING, "link-other-host",
                              "show the host that it leads to, or words: "
                              "mail programs take this for fraud"},
    [RULE_LINK_DISGUISED] = {LINT_ERROR, "link-disguised",
                             "write the host first: what stands before an @ "
                             "passes for it"},
    [RULE_LINK_WORDLESS] = {LINT_ERROR, "link-wordless",
                            "give it words, or its image an alternative "
                            "text"},
    [RULE_LINK_VAGUE] = {LINT_WARNING, "link-vague",
                         "say where it leads, unseen if need be"},
    [RULE_LINK_LONG] = {LINT_WARNING, "link-long", "shorten its parameters"},
    [RULE_CONTRAST] = {LINT_WARNING, "contrast",
                       "WCAG AA wants 4.5:1, and 3:1 of large type: take "
                       "colours further apart"},
    [RULE_CONTRAST_DARK] = {LINT_WARNING, "contrast-dark",
                            "WCAG AA wants 4.5:1, and 3:1 of large type: "
                            "take colours further apart in the dark rules"},
    [RULE_UNREADABLE] = {LINT_ERROR, "unreadable",
                         "set the colours of text and ground together"},
    [RULE_SCRIPT] = {LINT_ERROR, "script",
                     "take it out: no mail program runs it, and filters "
                     "refuse mail with it"},
    [RULE_CLIENT_LACKS] = {LINT_WARNING, "client-lacks",
                           "do without, or see to it that it reads well "
                           "without"},
    [RULE_STYLE_SIZE] = {LINT_WARNING, "style-size",
                         "move rules into style attributes"},
    [RULE_STYLE_NESTED] = {LINT_WARNING, "style-nested",
                           "write the inner @ rule on its own"},
    [RULE_STYLE_BROKEN] = {LINT_WARNING, "style-broken", "mend the rule"},

    [RULE_LINK_BROKEN] = {LINT_ERROR, "link-broken",
                          "correct the address, or take the link out"},
    [RULE_LINK_UNSURE] = {LINT_WARNING, "link-unsure",
                          "look at it in a browser"},
    [RULE_LINK_MOVED] = {LINT_WARNING, "link-moved", "link to where it is now"},
    [RULE_LINK_PRIVATE] = {LINT_ERROR, "link-private",
                           "readers can't reach it; if it is a site under "
                           "way, allow it with fetch.allow_private"},
};

const struct lint_rule_row *lint_rule_get(enum lint_rule rule)
{
    return &rules[rule];
}
