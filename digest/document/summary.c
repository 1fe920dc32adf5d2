/* Makes a summary of a document's first sentences, cut to a length. */
#include <cmark.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/sentence.h"
#include "digest/document/tree_internal.h"

/* A paragraph with fewer words that ends in no sentence is a byline, a date
 * line, a heading in disguise. */
enum { LINE_WORDS_MAX = 12 };

struct summary {
    struct strbuf *out;
    size_t start;
    unsigned words, max_words;
    bool needs_space; /* before the next sentence */
    bool is_full;
};

/* ---- adding sentences ------------------------------------------------- */

static void add(struct summary *summary, struct str text)
{
    if (summary->needs_space)
        strbuf_add_char(summary->out, ' ');
    strbuf_add_str(summary->out, text);
    summary->needs_space = sentence_needs_space(text);
}

static size_t without_trailing_marks(struct str text)
{
    while (text.len && strchr(" ,;:-", text.ptr[text.len - 1]))
        text.len--;
    return text.len;
}

/* Length of the longest beginning with at most max words, ending between two
 * of them; 0 if the first one is too long already. */
static size_t cut_between_words(struct str text, unsigned max)
{
    size_t best = 0;
    unsigned words = 0;
    for (size_t at = 0; at < text.len;) {
        size_t length = str_find(str_from(text, at), ' ');
        words += tree_count_words((struct str){text.ptr + at, length});
        if (words > max)
            break;
        best = at + length;
        at = best + 1;
    }
    return best;
}

/* The same between characters, for scripts without spaces. */
static size_t cut_between_characters(struct str text, unsigned max)
{
    size_t low = 0, high = text.len;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        size_t length = utf8_cut_length(text, middle);
        if (tree_count_words((struct str){text.ptr, length}) <= max)
            low = middle;
        else
            high = middle;
    }
    return utf8_cut_length(text, low);
}

static size_t cut_length(struct str text, unsigned max)
{
    size_t length = cut_between_words(text, max);
    return length ? length : cut_between_characters(text, max);
}

static void add_cut(struct summary *summary, struct str sentence)
{
    struct str cut = {sentence.ptr, cut_length(sentence, summary->max_words)};
    cut.len = without_trailing_marks(cut);
    add(summary, cut);
    strbuf_add_text(summary->out, "\xe2\x80\xa6");
    summary->is_full = true;
}

/* Takes a sentence if that brings the length nearer to what was asked. */
static void add_sentence(struct summary *summary, struct str sentence)
{
    unsigned count = tree_count_words(sentence);
    unsigned with = summary->words + count, max = summary->max_words;
    if (summary->words == 0 && count > max + max / 2) {
        add_cut(summary, sentence);
        return;
    }
    bool is_nearer = with <= max || with - max < max - summary->words;
    if (summary->words > 0 && (!is_nearer || with > max + max / 2)) {
        summary->is_full = true;
        return;
    }
    add(summary, sentence);
    summary->words = with;
    summary->is_full = with >= max;
}

static void add_words(struct summary *summary, struct str words)
{
    struct str sentence;
    while (!summary->is_full && sentence_next(&words, &sentence))
        add_sentence(summary, sentence);
}

/* ---- choosing paragraphs ---------------------------------------------- */

static bool starts_with_image(cmark_node *leaf)
{
    cmark_node *node = cmark_node_first_child(leaf);
    while (node && cmark_node_get_type(node) == CMARK_NODE_LINK)
        node = cmark_node_first_child(node);
    return node && cmark_node_get_type(node) == CMARK_NODE_IMAGE;
}

static bool is_below(cmark_node *node, cmark_node_type type)
{
    while ((node = cmark_node_parent(node)))
        if (cmark_node_get_type(node) == type)
            return true;
    return false;
}

/* From the strictest choice to the widest; the first that gives anything is
 * taken. */
enum choice { SENTENCES, PARAGRAPHS, QUOTES, LISTS, CHOICES };

static bool is_chosen(cmark_node *leaf, enum choice choice, struct str words)
{
    if (cmark_node_get_type(leaf) != CMARK_NODE_PARAGRAPH || !words.len)
        return false;
    if (starts_with_image(leaf) && choice < QUOTES)
        return false;
    if (choice < LISTS && is_below(leaf, CMARK_NODE_LIST))
        return false;
    if (choice < QUOTES && is_below(leaf, CMARK_NODE_BLOCK_QUOTE))
        return false;
    return choice != SENTENCES || sentence_is_complete(words) ||
           tree_count_words(words) >= LINE_WORDS_MAX;
}

static void add_leaf(struct summary *summary, cmark_node *leaf,
                     enum choice choice)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    if (cmark_node_get_type(leaf) != CMARK_NODE_PARAGRAPH)
        return;
    tree_words(leaf, WORDS_OF_PROSE, &words);
    if (is_chosen(leaf, choice, strbuf_str(&words)))
        add_words(summary, strbuf_str(&words));
}

static void add_chosen(struct summary *summary, cmark_node *root,
                       enum choice choice)
{
    cmark_iter *iter = cmark_iter_new(root);
    while (!summary->is_full && cmark_iter_next(iter) != CMARK_EVENT_DONE)
        if (cmark_iter_get_event_type(iter) == CMARK_EVENT_ENTER)
            add_leaf(summary, cmark_iter_get_node(iter), choice);
    cmark_iter_free(iter);
}

void document_summary(const struct document *document, unsigned max_words,
                      struct strbuf *out)
{
    struct summary summary = {
        .out = out,
        .start = out->len,
        .max_words = max_words ? max_words : 1,
    };
    for (enum choice choice = SENTENCES; choice < CHOICES; choice++) {
        add_chosen(&summary, document->root, choice);
        if (out->len > summary.start)
            return;
    }
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    tree_words(document->root, WORDS_OF_PROSE, &words);
    add_words(&summary, strbuf_str(&words));
}
