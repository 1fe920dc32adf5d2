#include "digest/cli/draft_print.h"

#include <inttypes.h>
#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/cli/app.h"
#include "digest/cli/table.h"

void draft_print_candidates(const struct draft *d)
{
    OWNED(table_free) struct table table;
    table_begin(&table, 4,
                (const char *const[]){"ID", "SECTION", "TITLE", "WHY"});
    table.right = 1;
    for (size_t i = 0; i < d->selection.count; i++) {
        const struct selector_verdict *v = &d->selection.verdicts[i];
        OWNED(strbuf_free) struct strbuf why = STRBUF_INIT;
        selector_explain(&d->rules, v, &why);
        struct str title = str_of(v->candidate->article->title);
        size_t cut = utf8_cut_length(title, 48);
        bool placed = v->reason == SELECTED || v->reason == NOT_WITHIN_LIMIT;
        table_add(&table, "%" PRId64, v->candidate->article->id);
        table_add(&table, "%s",
                  placed ? d->rules.sections[v->section].title : "-");
        table_add(&table, "%.*s%s", (int)cut, title.ptr,
                  cut < title.len ? "…" : "");
        table_add(&table, "%s", strbuf_text(&why));
    }
    if (d->selection.count)
        table_print(&table);
    if (d->older)
        printf("%s%" PRId64 " older %s not looked at: the window begins "
               "at %s.\n",
               d->selection.count ? "\n" : "", d->older,
               plural(d->older, "article was", "articles were"),
               d->rules.by_published ? "--since" : "the last issue");
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
