/* Drafts an issue: candidates, selection, subject, stored rows. */
#include "digest/issues/draft.h"

#include <inttypes.h>

#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/document/clause.h"
#include "digest/issues/candidates_internal.h"

enum { MAX_SUBJECT = 60 /* characters */ };

static struct selector_section
make_section(const struct newsletter_section *section, struct arena *arena)
{
    struct selector_section out = {.at_most = (size_t)section->at_most,
                                   .at_least = (size_t)section->at_least};
    OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
    newsletter_section_title(section, &title);
    out.title = arena_copy_str(arena, strbuf_str(&title));
    size_t lines = 1;
    for (const char *c = section->categories; *c; c++)
        lines += *c == '\n';
    const char **slugs = ARENA_NEW_ARRAY(arena, const char *, lines);
    struct str rest = str_of(section->categories), name;
    while (str_next_line(&rest, &name)) {
        OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
        out.rest |= str_equal(name, STR("*"));
        category_slug(name, &slug);
        if (slug.len)
            slugs[out.slug_count++] = arena_copy_str(arena, strbuf_str(&slug));
    }
    out.slugs = slugs;
    return out;
}

struct selector_section *draft_sections(const struct newsletter *n,
                                        struct arena *arena)
{
    struct selector_section *sections =
        ARENA_NEW_ARRAY(arena, struct selector_section, n->section_count);
    for (size_t i = 0; i < n->section_count; i++)
        sections[i] = make_section(&n->sections[i], arena);
    return sections;
}

/* Lines as the selector takes them. */
static void split_lines(const char *lines, struct arena *arena,
                        const char *const **out, size_t *count)
{
    struct str rest = str_of(lines), line;
    size_t most = 1;
    for (size_t i = 0; i < rest.len; i++)
        most += rest.ptr[i] == '\n';
    const char **items = ARENA_NEW_ARRAY(arena, const char *, most);
    *count = 0;
    while (str_next_line(&rest, &line))
        items[(*count)++] = arena_copy_str(arena, line);
    *out = items;
}

static bool make_rules(struct db *db, const struct newsletter *n,
                       const struct draft_options *options, struct arena *arena,
                       struct selector_rules *rules, struct err *err)
{
    *rules = (struct selector_rules){
        .sections = draft_sections(n, arena),
        .section_count = n->section_count,
        .ranking = n->ranking,
        .window_until = options->until ? options->until : options->now,
        .by_published = options->since != 0,
        .max_age_s = n->max_age_s,
        .half_life_s = n->rules.half_life_s,
        .at_most = (size_t)n->rules.most,
        .per_source = (size_t)n->rules.per_source,
        .per_author = (size_t)n->rules.per_author,
    };
    int64_t last = 0;
    split_lines(n->rules.languages, arena, &rules->languages,
                &rules->language_count);
    if (rules->window_until > options->now)
        rules->window_until = options->now;
    if (options->since > rules->window_until)
        return err_set(err, ERR_USAGE,
                       "--since is later than %s: nothing lies between",
                       options->until ? "--until" : "now");
    if (!issue_last_window_end(db, n->id, &last, err))
        return false;
    if (options->since)
        rules->window_from = options->since;
    else if (n->window_s)
        rules->window_from = rules->window_until - n->window_s;
    else if (last && last <= options->now) /* not of a clock that ran ahead */
        rules->window_from = last;
    else
        rules->window_from = rules->window_until - n->max_age_s;
    return true;
}

const char *draft_subject(const struct newsletter *n,
                          const struct article *lead, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf subject = STRBUF_INIT;
    clause_shorten(str_of(lead->title), MAX_SUBJECT, &subject);
    return subject.len ? arena_copy_str(arena, strbuf_str(&subject)) : n->title;
}

static void list_articles(const struct draft *draft, struct arena *arena,
                          struct issue_articles *out)
{
    const struct selection *s = &draft->selection;
    out->items = ARENA_NEW_ARRAY(arena, struct issue_article, s->selected);
    out->count = s->selected;
    for (size_t i = 0; i < s->selected; i++)
        out->items[i] = (struct issue_article){
            .section = (int64_t)s->verdicts[i].section,
            .heading = draft->rules.sections[s->verdicts[i].section].title,
            .article = *s->verdicts[i].candidate->article,
        };
}

/* The open draft, or a new one. */
static bool begin_issue(struct db *db, const struct newsletter *n,
                        bool by_schedule, struct arena *arena,
                        struct draft *draft, struct choice_list *choices,
                        struct err *err)
{
    struct err none = {0};
    draft->redrafted = issue_open_draft(db, n->id, arena, &draft->issue, &none);
    if (draft->redrafted && by_schedule && draft->issue.held) {
        draft->redrafted = false;
        none.kind = ERR_NOT_FOUND;
    }
    if (draft->redrafted)
        return choice_find(db, draft->issue.id, arena, choices, err);
    draft->issue = (struct issue){.newsletter_id = n->id,
                                  .newsletter = n->slug,
                                  .preheader = "",
                                  .intro = "",
                                  .ways = ""};
    if (none.kind != ERR_NOT_FOUND)
        *err = none;
    return none.kind == ERR_NOT_FOUND;
}

/* The lead's headline may be another one in this issue. */
static const char *derive_subject(const struct newsletter *n,
                                  const struct article *lead,
                                  const struct choice_list *choices,
                                  struct arena *arena)
{
    struct article copy = *lead;
    const struct choice *choice = choice_about(choices, lead->id);
    if (choice && *choice->title)
        copy.title = choice->title;
    return draft_subject(n, &copy, arena);
}

static bool store_draft(struct db *db, const struct newsletter *n,
                        const struct draft_options *options,
                        const struct choice_list *choices, struct arena *arena,
                        struct draft *draft, struct err *err)
{
    struct issue *issue = &draft->issue;
    if (!issue->subject_is_edited)
        issue->subject = derive_subject(
            n, draft->selection.verdicts[0].candidate->article, choices, arena);
    issue->window_from = draft->rules.window_from;
    issue->window_until = draft->rules.window_until;
    issue->by_published = draft->rules.by_published;
    issue->drafted_at = options->now;
    struct issue_articles articles = {0};
    list_articles(draft, arena, &articles);
    return issue_put(db, issue, err) &&
           issue_set_articles(db, issue->id, &articles, err);
}

static bool fail_too_few(const struct newsletter *n, size_t selected,
                         size_t least, struct err *err)
{
    return err_set(err, ERR_NOT_FOUND,
                   "%s: no issue made: %zu new %s for its sections, at least "
                   "%zu needed",
                   n->slug, selected, selected == 1 ? "article" : "articles",
                   least) ||
           err_remedy(err, REMEDY_EXPLAIN_DRAFT, n->slug);
}

static bool choose(struct db *db, const struct newsletter *n,
                   const struct choice_list *choices, int64_t before,
                   struct arena *arena, struct draft *out, struct err *err)
{
    struct candidates candidates;
    if (!candidates_find(db, n, &out->rules, choices, before, arena,
                         &candidates, err))
        return false;
    out->rules.sent = candidates.sent;
    out->rules.sent_count = candidates.sent_count;
    selector_select(&out->rules, candidates.items, candidates.count, arena,
                    &out->selection);
    return true;
}

bool draft_explain(struct db *db, const struct newsletter *n,
                   const struct issue *issue, struct arena *arena,
                   struct draft *out, struct err *err)
{
    *out = (struct draft){.issue = *issue};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct choice_list choices = {0};
    struct draft_options options = {.now = issue->window_until};
    if (!tx_begin(&tx, db, TX_READ, err) ||
        !make_rules(db, n, &options, arena, &out->rules, err) ||
        !choice_find(db, issue->id, arena, &choices, err))
        return false;
    out->rules.window_from = issue->window_from;
    out->rules.by_published = issue->by_published;
    return candidates_count_older(db, &out->rules, &out->older, err) &&
           choose(db, n, &choices, issue->number, arena, out, err);
}

bool draft_issue(struct db *db, const struct newsletter *n,
                 const struct draft_options *options, struct arena *arena,
                 struct draft *out, struct err *err)
{
    *out = (struct draft){0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct choice_list choices = {0};
    if (!tx_begin(&tx, db, TX_NORMAL, err) ||
        !make_rules(db, n, options, arena, &out->rules, err) ||
        !begin_issue(db, n, options->by_schedule, arena, out, &choices, err) ||
        !choose(db, n, &choices, INT64_MAX, arena, out, err) ||
        (options->explain &&
         !candidates_count_older(db, &out->rules, &out->older, err)))
        return false;
    size_t least = n->min_articles > 1 ? (size_t)n->min_articles : 1;
    if (out->selection.selected < least)
        return fail_too_few(n, out->selection.selected, least, err);
    return store_draft(db, n, options, &choices, arena, out, err) &&
           tx_commit(&tx, err);
}
