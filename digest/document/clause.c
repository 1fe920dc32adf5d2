/* Finds the clauses of a headline, and cuts it after one of them. */
#include "digest/document/clause.h"

#include "digest/base/cluster.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/sentence.h"

enum { LEAST_SHARE = 3 /* a clause is this part of the room, or more */ };

/* Marks between two clauses, and the spaces that make them so: a comma without
 * one may be in a number, a hyphen in a word. */
static const struct {
    unsigned mark;
    bool after_space, before_space;
} breaks[] = {
    {',', false, true},     {';', false, true},     {':', false, true},
    {0x60c, false, true},   {0x61b, false, true},   {0xff0c, false, false},
    {0xff1b, false, false}, {0xff1a, false, false}, {0x2014, false, false},
    {0x2013, true, true},   {'-', true, true},      {'|', true, true},
    {0xb7, true, true},     {'(', true, false},     {0xff08, false, false},
};

static bool is_space(struct str text, size_t at)
{
    return at >= text.len || text.ptr[at] == ' ';
}

static bool is_break(struct str text, size_t at, size_t behind, unsigned c)
{
    for (size_t i = 0; i < ARRAY_SIZE(breaks); i++)
        if (breaks[i].mark == c)
            return (!breaks[i].after_space || (at && is_space(text, at - 1))) &&
                   (!breaks[i].before_space || is_space(text, behind));
    return false;
}

/* Languages differ on which mark opens a quotation and which closes it. */
static bool is_quote(unsigned c)
{
    return c == '"' || c == 0xab || c == 0xbb || (c >= 0x201c && c <= 0x201e) ||
           (c >= 0x300c && c <= 0x300f);
}

struct nesting {
    unsigned brackets;
    bool is_quoted;
};

static void nest(struct nesting *nesting, unsigned c)
{
    if (c == '(' || c == '[' || c == 0xff08)
        nesting->brackets++;
    else if ((c == ')' || c == ']' || c == 0xff09) && nesting->brackets)
        nesting->brackets--;
    nesting->is_quoted ^= is_quote(c);
}

/* The end of the last clause that begins a break within `room` bytes; 0:
 * none. */
static size_t clauses_end(struct str line, size_t room)
{
    struct nesting nesting = {0};
    size_t end = 0;
    for (size_t at = 0; at <= room && at < line.len;) {
        size_t behind = at;
        unsigned c = utf8_next(line, &behind);
        if (!nesting.brackets && !nesting.is_quoted &&
            is_break(line, at, behind, c))
            end = at;
        nest(&nesting, c);
        at = behind;
    }
    return end;
}

static size_t sentences_end(struct str line, size_t room)
{
    struct str rest = line, sentence;
    size_t end = 0;
    while (sentence_next(&rest, &sentence)) {
        size_t here = (size_t)(sentence.ptr + sentence.len - line.ptr);
        if (here > room)
            break;
        end = here;
    }
    return end;
}

/* Cuts a line to the words that there is room for, without marks at the end; in
 * a script without spaces to as many characters. */
static struct str cut_words(struct str line, size_t room)
{
    size_t end = room;
    while (end > room / 2 && !is_space(line, end))
        end--;
    struct str words = {line.ptr, is_space(line, end) ? end : room};
    while (words.len && strchr(" ,;:-|(", words.ptr[words.len - 1]))
        words.len--;
    return words;
}

void clause_shorten(struct str line, size_t most, struct strbuf *out)
{
    size_t room = cluster_cut(line, most);
    if (room == line.len) {
        strbuf_add_str(out, line);
        return;
    }
    size_t clause = clauses_end(line, room);
    size_t sentence = sentences_end(line, room);
    size_t end = clause > sentence ? clause : sentence;
    struct str whole = str_trim((struct str){line.ptr, end});
    if (cluster_count(whole) * LEAST_SHARE >= most) {
        strbuf_add_str(out, whole);
        return;
    }
    strbuf_add_str(out, cut_words(line, cluster_cut(line, most - 1)));
    strbuf_add_text(out, "…");
}
