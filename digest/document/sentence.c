/* Finds the ends of sentences, and tells whether one is complete. */
#include "digest/document/sentence.h"

#include <unictype.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

enum { ELLIPSIS = 0x2026, FULLWIDTH_FULL_STOP = 0xff0e };

static bool is_terminal(unsigned c)
{
    if (c < 0x80)
        return c == '.' || c == '!' || c == '?';
    return c == ELLIPSIS || uc_is_property_sentence_terminal(c);
}

/* Whether a mark ends a sentence without a space behind it: 。！？ and their
 * halfwidth forms. */
static bool ends_without_space(unsigned c)
{
    return c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0xff61;
}

static bool is_general(unsigned c, uint32_t categories)
{
    return uc_is_general_category_withtable(c, categories);
}

static bool is_strictly_closing(unsigned c)
{
    if (c < 0x80)
        return c == '"' || c == '\'' || c == ')' || c == ']';
    return is_general(c, UC_CATEGORY_MASK_Pe | UC_CATEGORY_MASK_Pf);
}

/* German closes with the marks that open elsewhere. */
static bool is_closing(unsigned c)
{
    return is_strictly_closing(c) ||
           (c >= 0x80 && is_general(c, UC_CATEGORY_MASK_Pi));
}

static bool is_opening(unsigned c)
{
    if (c < 0x80)
        return c == '"' || c == '\'' || c == '(' || c == '[' || c == '*';
    return c == 0xbf || c == 0xa1 ||
           is_general(c, UC_CATEGORY_MASK_Ps | UC_CATEGORY_MASK_Pi |
                             UC_CATEGORY_MASK_Pf);
}

/* ---- the word before a full stop -------------------------------------- */

/* Sorted, lower case, without the last stop. After these a sentence goes on. */
static const char *const abbreviations[] = {
    "abb",  "abs",  "adm",  "al",  "apr",  "approx", "art",  "aug", "av",
    "ave",  "bd",   "bros", "bzw", "ca",   "cap",    "capt", "cf",  "ch",
    "cie",  "cmdr", "co",   "col", "corp", "dec",    "dept", "dez", "dipl",
    "dr",   "dra",  "ed",   "eds", "eg",   "ing",    "est",  "etc", "evtl",
    "ex",   "feb",  "fig",  "fr",  "ft",   "gen",    "ggf",  "gov", "hon",
    "hr",   "hrsg", "ie",   "inc", "inkl", "jan",    "jg",   "jr",  "jul",
    "jun",  "lt",   "ltd",  "maj", "max",  "messrs", "mgr",  "min", "mio",
    "mlle", "mme",  "mr",   "mrd", "mrs",  "ms",     "msgr", "mt",  "mwst",
    "no",   "nos",  "nov",  "nr",  "oct",  "okt",    "op",   "pp",  "pres",
    "prof", "pt",   "rd",   "rep", "reps", "rev",    "s",    "sec", "sen",
    "sens", "sep",  "sept", "sgt", "sog",  "spp",    "sr",   "sra", "st",
    "ste",  "str",  "supt", "tel", "univ", "usw",    "v",    "vgl", "vol",
    "vs",   "zb",
};

/* They also end sentences: a capital after them begins a new one. */
static const char *const final_abbreviations[] = {
    "co", "corp", "etc", "inc", "jr", "ltd", "sr", "usw",
};

/* Words that begin sentences, and hardly ever follow an acronym as a part of
 * its name. */
static const char *const starters[] = {
    "A",     "After", "An",   "And",  "As",    "At",   "But", "By",    "For",
    "From",  "He",    "Her",  "His",  "How",   "I",    "If",  "In",    "It",
    "Its",   "Last",  "Many", "More", "Most",  "No",   "Not", "Now",   "On",
    "One",   "Our",   "She",  "So",   "Some",  "That", "The", "Their", "Then",
    "There", "These", "They", "This", "Those", "To",   "We",  "What",  "When",
    "While", "Who",   "Why",  "With", "Yet",   "You",
};

/* A day's number comes before these: "am 3. Mai". */
static const char *const after_ordinals[] = {
    "Januar", "Februar", "M\xc3\xa4rz", "April",   "Mai",      "Juni",
    "Juli",   "August",  "September",   "Oktober", "November", "Dezember",
};

static bool is_in(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(word, str_of(words[i])))
            return true;
    return false;
}

/* The word that ends at `end`, with the stops within it: "U.S". */
static struct str word_before(struct str text, size_t end)
{
    size_t start = end;
    while (start > 0 && !strchr(" (\"'[/-", text.ptr[start - 1]))
        start--;
    return (struct str){text.ptr + start, end - start};
}

/* The ASCII or other letters that begin at `at`. */
static struct str word_at(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.len && !strchr(" .,;:!?\"')", text.ptr[end]))
        end++;
    return (struct str){text.ptr + at, end - at};
}

static bool is_number(struct str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] < '0' || word.ptr[i] > '9')
            return false;
    return word.len > 0;
}

/* One capital letter, or several with stops between: "J", "U.S", "z.B". */
static bool is_initials(struct str word)
{
    size_t at = 0;
    while (at < word.len) {
        unsigned c = utf8_next(word, &at);
        if (!uc_is_property_alphabetic(c) ||
            (at < word.len && word.ptr[at] != '.'))
            return false;
        if (at < word.len)
            at++;
    }
    size_t first = 0;
    return word.len > 0 && (str_find(word, '.') < word.len ||
                            uc_is_property_uppercase(utf8_next(word, &first)));
}

/* Whether the sentence goes on after a full stop at `stop`, the next word
 * being capitalised. */
static bool goes_on(struct str text, size_t stop, size_t next)
{
    struct str word = word_before(text, stop), after = word_at(text, next);
    if (is_initials(word))
        return !is_in(after, starters, ARRAY_SIZE(starters));
    if (is_number(word) && word.len <= 2)
        return is_in(after, after_ordinals, ARRAY_SIZE(after_ordinals));
    if (is_in(word, final_abbreviations, ARRAY_SIZE(final_abbreviations)))
        return false;
    if (str_equal_nocase(word, STR("no")))
        return is_number(after);
    return is_in(word, abbreviations, ARRAY_SIZE(abbreviations));
}

/* ---- the end of a sentence -------------------------------------------- */

static unsigned char_at(struct str text, size_t at)
{
    return at < text.len ? utf8_next(text, &at) : 0;
}

static size_t skip_while(struct str text, size_t at, bool (*is)(unsigned))
{
    while (at < text.len) {
        size_t next = at;
        if (!is(utf8_next(text, &next)))
            break;
        at = next;
    }
    return at;
}

static bool is_space_char(unsigned c)
{
    return c == ' ' || c == 0xa0 || c == 0x3000;
}

/* The end of the sentence whose terminal stands at `at`, or 0 if it doesn't
 * end there. */
static size_t end_at(struct str text, size_t at)
{
    unsigned terminal = char_at(text, at);
    size_t marks = skip_while(text, at, is_terminal);
    bool needs_space = !ends_without_space(terminal);
    size_t end =
        skip_while(text, marks, needs_space ? is_closing : is_strictly_closing);
    size_t next = skip_while(text, end, is_space_char);
    if (next >= text.len || !needs_space)
        return end;
    if (next == end)
        return 0;
    unsigned first = char_at(text, skip_while(text, next, is_opening));
    if (uc_is_property_lowercase(first) || first == ',' || first == ';')
        return 0;
    bool is_single_stop = terminal == '.' && marks == at + 1 && end == marks;
    if (is_single_stop && goes_on(text, at, next))
        return 0;
    return end;
}

bool sentence_next(struct str *rest, struct str *sentence)
{
    struct str text = *rest;
    if (!text.len)
        return false;
    size_t end = 0;
    for (size_t at = 0; at < text.len && !end;) {
        size_t here = at;
        if (is_terminal(utf8_next(text, &at))) {
            end = end_at(text, here);
            at = skip_while(text, at, is_terminal);
        }
    }
    if (!end)
        end = text.len;
    *sentence = (struct str){text.ptr, end};
    *rest = str_from(text, skip_while(text, end, is_space_char));
    return true;
}

/* The last terminal, and where it ends; 0 if there is none. */
static unsigned last_terminal(struct str text, size_t *end)
{
    unsigned last = 0;
    for (size_t at = 0; at < text.len;) {
        unsigned c = utf8_next(text, &at);
        if (is_terminal(c)) {
            last = c;
            *end = at;
        }
    }
    return last;
}

bool sentence_is_complete(struct str text)
{
    size_t end;
    return last_terminal(text, &end) &&
           skip_while(text, end, is_closing) == text.len;
}

bool sentence_needs_space(struct str sentence)
{
    size_t end;
    return !ends_without_space(last_terminal(sentence, &end));
}
