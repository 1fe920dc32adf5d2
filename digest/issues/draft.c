#include "digest/issues/draft.h"

#include <inttypes.h>

#include "digest/articles/article_store.h"
#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"

enum { MAX_SUBJECT = 100 };

static struct selector_section
make_section(const struct newsletter_section *section, struct arena *arena)
{
    struct selector_section out = {.at_most = (size_t)section->at_most};
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
    };
    int64_t last = 0;
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
    else if (last)
        rules->window_from = last;
    else
        rules->window_from = rules->window_until - n->max_age_s;
    return true;
}

static bool find_candidates(struct db *db, const struct newsletter *n,
                            const struct selector_rules *rules,
                            struct arena *arena,
                            struct selector_candidate **out, size_t *count,
                            struct err *err)
{
    struct article_query query = {0};
    if (rules->by_published)
        query.published_from = rules->window_from;
    else
        query.fresh_from = rules->window_from;
    struct article_list list;
    if (!article_find(db, &query, arena, &list, err))
        return false;
    int64_t *ids = ARENA_NEW_ARRAY(arena, int64_t, list.count);
    for (size_t i = 0; i < list.count; i++)
        ids[i] = list.items[i].id;
    const char **sent_in;
    if (!issue_sent_in(db, n->id, ids, list.count, arena, &sent_in, err))
        return false;
    *out = ARENA_NEW_ARRAY(arena, struct selector_candidate, list.count);
    *count = list.count;
    for (size_t i = 0; i < list.count; i++)
        (*out)[i] = (struct selector_candidate){.article = &list.items[i],
                                                .sent_in = sent_in[i]};
    return true;
}

/* "Weekly Review: the lead's headline", cut at a word. */
const char *draft_subject(const struct newsletter *n,
                          const struct article *lead, struct arena *arena)
{
    struct str text =
        str_of(arena_format(arena, "%s: %s", n->title, lead->title));
    size_t length = utf8_cut_length(text, MAX_SUBJECT);
    if (length == text.len)
        return text.ptr;
    size_t word = length;
    while (word > MAX_SUBJECT / 2 && text.ptr[word] != ' ')
        word--;
    if (text.ptr[word] == ' ')
        length = word;
    return arena_format(arena, "%.*s…", (int)length, text.ptr);
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

static bool store_draft(struct db *db, const struct newsletter *n,
                        const struct draft_options *options,
                        struct arena *arena, struct draft *draft,
                        struct err *err)
{
    struct err none = {0};
    draft->redrafted = issue_open_draft(db, n->id, arena, &draft->issue, &none);
    if (!draft->redrafted && none.kind != ERR_NOT_FOUND) {
        *err = none;
        return false;
    }
    struct issue *issue = &draft->issue;
    if (!draft->redrafted)
        *issue = (struct issue){.newsletter_id = n->id,
                                .newsletter = n->slug,
                                .preheader = "",
                                .intro = ""};
    if (!issue->subject_is_edited)
        issue->subject = draft_subject(
            n, draft->selection.verdicts[0].candidate->article, arena);
    issue->window_from = draft->rules.window_from;
    issue->window_until = draft->rules.window_until;
    issue->by_published = draft->rules.by_published;
    issue->drafted_at = options->now;
    struct issue_articles articles = {0};
    list_articles(draft, arena, &articles);
    return issue_put(db, issue, err) &&
           issue_set_articles(db, issue->id, &articles, err);
}

bool draft_issue(struct db *db, const struct newsletter *n,
                 const struct draft_options *options, struct arena *arena,
                 struct draft *out, struct err *err)
{
    *out = (struct draft){0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct selector_candidate *candidates;
    size_t count;
    int64_t all;
    if (!tx_begin(&tx, db, TX_NORMAL, err) ||
        !make_rules(db, n, options, arena, &out->rules, err) ||
        !find_candidates(db, n, &out->rules, arena, &candidates, &count, err) ||
        !article_count(db, &all, err))
        return false;
    out->older = all - (int64_t)count;
    selector_select(&out->rules, candidates, count, arena, &out->selection);
    size_t least = n->min_articles > 1 ? (size_t)n->min_articles : 1;
    if (out->selection.selected < least)
        return err_set(err, ERR_NOT_FOUND,
                       "%s: no issue made: %zu new articles for its "
                       "sections, at least %zu needed; --explain says why "
                       "each was left out",
                       n->slug, out->selection.selected, least);
    return store_draft(db, n, options, arena, out, err) && tx_commit(&tx, err);
}
