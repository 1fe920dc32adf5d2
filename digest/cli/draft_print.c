/* Prints a draft and the reasons behind it. */
#include "digest/cli/draft_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/cli/app.h"
#include "digest/document/text.h"

enum { SCREEN = 80, SECTION_WIDTH = 16, ID_WIDTH = 6 };

/* The text in at most so many columns, cut with "…". */
static void print_cut(const char *text, unsigned width)
{
    struct str cut = str_of(text);
    if (text_width(cut) <= width) {
        printf("%s", text);
        return;
    }
    while (cut.len && text_width(cut) >= width)
        cut.len = utf8_cut_length(cut, cut.len - 1);
    printf("%.*s…", STR_ARG(cut));
}

static void print_padded(const char *text, unsigned width)
{
    unsigned taken = text_width(str_of(text));
    print_cut(text, width);
    printf("%*s", taken < width ? (int)(width - taken) : 0, "");
}

/* The parts of a score have a line of their own where they don't fit. */
static void print_reason(const char *why)
{
    const char *score = strstr(why, ", score ");
    bool fits = ID_WIDTH + 2 + text_width(str_of(why)) <= SCREEN;
    if (fits || !score)
        printf("%*s%s\n", ID_WIDTH + 2, "", why);
    else
        printf("%*s%.*s,\n%*s%s\n", ID_WIDTH + 2, "", (int)(score - why), why,
               ID_WIDTH + 2, "", score + 2);
}

/* Which section, its rank there, what it is; and below, why. */
static void print_candidate(const struct draft *d,
                            const struct selector_verdict *v,
                            unsigned section_width)
{
    OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
    selector_explain(&d->rules, v, &why);
    printf("%*" PRId64 "  ", ID_WIDTH, v->candidate->article->id);
    print_padded(selector_has_section(v) ? d->rules.sections[v->section].title
                                         : "-",
                 section_width);
    if (v->rank)
        printf("%5zu  ", v->rank);
    else
        printf("%7s", "");
    print_cut(v->candidate->article->title,
              SCREEN - ID_WIDTH - 2 - section_width - 7);
    putchar('\n');
    print_reason(strbuf_text(&why));
}

static unsigned widest_section(const struct draft *d)
{
    unsigned widest = (unsigned)strlen("SECTION");
    for (size_t i = 0; i < d->rules.section_count; i++) {
        unsigned width = text_width(str_of(d->rules.sections[i].title));
        if (width > widest)
            widest = width;
    }
    return widest < SECTION_WIDTH ? widest : SECTION_WIDTH;
}

void draft_print_candidates(const struct draft *d)
{
    const struct selection *s = &d->selection;
    unsigned width = widest_section(d);
    if (s->count)
        printf("%*s  %-*s RANK  TITLE\n", ID_WIDTH, "ID", (int)width,
               "SECTION");
    for (size_t i = 0; i < s->count; i++) {
        if (i && i == s->selected)
            putchar('\n');
        print_candidate(d, &s->verdicts[i], width);
    }
    if (d->older) {
        char from[TIME_TEXT_SIZE];
        printf("%s%" PRId64 " older %s not looked at: the window begins at "
               "%s.\n",
               s->count ? "\n" : "", d->older,
               plural(d->older, "article was", "articles were"),
               time_rfc3339(d->rules.window_from, from));
    }
}

static size_t count_sections(const struct selection *s)
{
    size_t sections = 0;
    for (size_t i = 0; i < s->selected; i++)
        sections +=
            i == 0 || s->verdicts[i].section != s->verdicts[i - 1].section;
    return sections;
}

void draft_print(const struct draft *d, bool explain)
{
    const struct selection *s = &d->selection;
    size_t sections = count_sections(s);
    printf("%s %s/%" PRId64 ": %zu %s in %zu %s (%zu %s).\n",
           d->redrafted ? "Drafted again" : "Drafted", d->issue.newsletter,
           d->issue.number, s->selected,
           plural((int64_t)s->selected, "article", "articles"), sections,
           plural((int64_t)sections, "section", "sections"), s->count,
           plural((int64_t)s->count, "candidate", "candidates"));
    printf("Subject: %s\n", d->issue.subject);
    if (explain) {
        putchar('\n');
        draft_print_candidates(d);
    }
}
