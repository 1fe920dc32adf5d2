/* The two parts side by side: a way out in each, and the same in both. */
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/lint/links_internal.h"
#include "digest/renderer/capitals.h"

/* ---- the way out ----------------------------------------------------- */

/* How a link to leave is called, in an address or in words. */
static const char *const leaving[] = {
    "unsubscribe",   "unsub",      "opt-out",      "opt out",
    "optout",        "abbestell",  "abmelde",      "austragen",
    "désabonn",      "desabonn",   "désinscri",    "se désabonner",
    "darse de baja", "cancelar",   "annulla",      "disiscri",
    "uitschrijven",  "afmelden",   "avregistrera", "إلغاء الاشتراك",
    "退订",          "取消订阅",   "退訂",         "配信停止",
    "বাতিল করুন",     "отписаться",
};

static bool speaks_of_leaving(struct str text)
{
    for (size_t at = 0; at < text.len; at++)
        for (size_t i = 0; i < ARRAY_SIZE(leaving); i++)
            if (str_starts_nocase(str_from(text, at), str_of(leaving[i])))
                return true;
    return false;
}

/* Whether a link is one of those in List-Unsubscribe. */
static bool is_in_header(const struct lint *lint, struct str url)
{
    const struct read_field *field =
        read_field_get(lint->message, "List-Unsubscribe", 0);
    struct str value = str_of(field ? field->value : "");
    size_t at = str_find_str(value, url);
    return at > 0 && at + url.len < value.len && value.ptr[at - 1] == '<' &&
           value.ptr[at + url.len] == '>';
}

static bool html_has_way_out(const struct lint *lint)
{
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        struct str url = link_of(node);
        OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
        if (!url.len)
            continue;
        markup_words(node, &words);
        if (is_in_header(lint, url) || speaks_of_leaving(url) ||
            speaks_of_leaving(strbuf_str(&words)))
            return true;
    }
    return false;
}

/* Whether the text has a way out: a link that is one of the header's, or words
 * that say what one of its links, or an answer, does. */
static bool text_has_way_out(const struct lint *lint)
{
    struct str url;
    bool any = str_find(lint->text, '@') < lint->text.len;
    for (size_t at = 0; link_next_in_text(lint->text, &at, &url); any = true)
        if (is_in_header(lint, link_without_marks(url)))
            return true;
    return any && speaks_of_leaving(lint->text);
}

static void check_way_out(struct lint *lint)
{
    struct lint_place text = {.part = LINT_TEXT};
    struct lint_place html = {.part = LINT_HTML};
    if (lint->text.len && !text_has_way_out(lint))
        lint_add(lint, RULE_UNSUBSCRIBE_LINK, &text,
                 "has no link to unsubscribe");
    if (lint->html.len && !html_has_way_out(lint))
        lint_add(lint, RULE_UNSUBSCRIBE_LINK, &html,
                 "has no link to unsubscribe");
}

/* ---- links ----------------------------------------------------------- */

static bool text_holds(const struct lint *lint, struct str url)
{
    return str_find_str(lint->text, url) < lint->text.len;
}

static bool html_holds(const struct lint *lint, struct str url)
{
    struct str least = link_without_marks(url);
    for (size_t i = 0; i < lint->markup.count; i++) {
        struct str href = link_of(lint->markup.nodes[i]);
        if (href.len >= least.len && str_starts(url, href))
            return true;
    }
    return false;
}

static void compare_links(struct lint *lint)
{
    struct str url;
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        url = link_of(node);
        if (!link_is_web(url) || text_holds(lint, url))
            continue;
        struct lint_place place = lint_at_node(node);
        lint_add(lint, RULE_HTML_ALONE, &place,
                 "the text doesn't have this link: %.*s", STR_ARG(url));
    }
    for (size_t at = 0; link_next_in_text(lint->text, &at, &url);) {
        struct lint_place place = lint_at_text(lint, at - url.len);
        if (!html_holds(lint, url))
            lint_add(lint, RULE_TEXT_ALONE, &place,
                     "the HTML doesn't have this link: %.*s",
                     STR_ARG(link_without_marks(url)));
    }
}

/* ---- headlines ------------------------------------------------------- */

/* Adds a word without the marks that begin a line from the right, U+200F, or
 * from the left, U+200E: a headline that is wrapped has one in each line. */
static void add_unmarked(struct str word, struct strbuf *out)
{
    struct str rlm = STR("\u200f"), lrm = STR("\u200e");
    for (size_t at = 0; at < word.len;) {
        struct str rest = str_from(word, at);
        if (str_starts(rest, rlm) || str_starts(rest, lrm))
            at += rlm.len;
        else
            strbuf_add_char(out, word.ptr[at++]);
    }
}

/* Flattens a text to capitals without blanks, so that wrapping, direction and
 * case make no difference. */
static void flatten(struct str text, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT, joined = STRBUF_INIT;
    utf8_clean_line(&line, text);
    for (struct str rest = strbuf_str(&line); rest.len;)
        add_unmarked(str_cut(&rest, ' '), &joined);
    capitals_add(out, strbuf_str(&joined), NULL);
}

static bool is_headline(const struct markup_node *node)
{
    return markup_is(node, "h1") || markup_is(node, "h2") ||
           markup_is(node, "h3");
}

static void compare_headlines(struct lint *lint)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    flatten(lint->text, &text);
    for (size_t i = 0; i < lint->markup.count; i++) {
        const struct markup_node *node = lint->markup.nodes[i];
        OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
        OWNED(strbuf_free) struct strbuf flat = STRBUF_INIT;
        if (!is_headline(node))
            continue;
        markup_words(node, &words);
        flatten(strbuf_str(&words), &flat);
        struct lint_place place = lint_at_node(node);
        if (str_find_str(strbuf_str(&text), strbuf_str(&flat)) == text.len)
            lint_add(lint, RULE_HEADLINE_ALONE, &place,
                     "the text doesn't have this headline: %s",
                     strbuf_text(&words));
    }
}

void check_both(struct lint *lint)
{
    check_way_out(lint);
    if (!lint->text.len || !lint->html.len)
        return;
    compare_links(lint);
    compare_headlines(lint);
}
