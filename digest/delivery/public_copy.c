/* Renders the copy of an issue that everybody may read. */
#include "digest/base/clock.h"
#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/slot.h"
#include "digest/delivery/build.h"
#include "digest/delivery/conductor.h"
#include "digest/delivery/story_pages.h"
#include "digest/issues/draft.h"

/* The issue as it would go out now. */
struct current {
    struct arena arena;
    struct newsletter newsletter;
    struct issue issue;
    struct issue_articles articles;
    struct block_list blocks;
    struct text_list texts;
    struct correction_list corrections, corrected;
    struct build build;
};

static void free_current(struct current *current)
{
    build_end(&current->build);
    arena_free(&current->arena);
}

static bool load_current(const struct conductor *c, const struct issue *issue,
                         struct current *out, struct err *err)
{
    int64_t now = c->now ? c->now : clock_now();
    out->issue = *issue;
    if (!newsletter_get_by_id(c->db, issue->newsletter_id, &out->arena,
                              &out->newsletter, err) ||
        !issue_get_articles(c->db, issue->id, &out->arena, &out->articles,
                            err) ||
        !issue_name_pages(c->db, issue, &out->newsletter, &out->articles,
                          &out->arena, err) ||
        !build_find_blocks(c->db, issue, &out->newsletter, now, &out->arena,
                           &out->blocks, err) ||
        !build_find_texts(c->db, issue, &out->arena, &out->texts, err) ||
        !build_find_owed(c->db, issue, now, 0, &out->arena, &out->corrections,
                         err))
        return false;
    if (!issue->started_at && !issue->subject_is_edited && out->articles.count)
        out->issue.subject = draft_subject(
            &out->newsletter, &out->articles.items[0].article, &out->arena);
    out->build = (struct build){
        .conf = c->conf,
        .templates = c->templates,
        .keys = c->keys,
        .newsletter = &out->newsletter,
        .issue = &out->issue,
        .blocks = &out->blocks,
        .texts = &out->texts,
        .corrections = &out->corrections,
        .date = issue->started_at ? issue->started_at : now,
        .is_preview = true,
    };
    return build_begin(&out->build, err);
}

static bool render_current(const struct conductor *c, const struct issue *issue,
                           bool public_copy, struct strbuf *html,
                           struct render_notes *notes, struct err *err)
{
    OWNED(free_current) struct current current = {.arena = ARENA_INIT};
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    return load_current(c, issue, &current, err) &&
           build_render(&current.build, &current.articles, public_copy, html,
                        &text, notes, err);
}

bool conductor_measure(const struct conductor *c, const struct issue *issue,
                       struct render_notes *notes, struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    return render_current(c, issue, false, &html, notes, err);
}

/* A public copy has one slot alone. */
static void fill_archive_url(struct str html, const char *url,
                             struct strbuf *out)
{
    while (html.len) {
        bool marked = str_find(html, SLOT_OPEN) < html.len;
        strbuf_add_str(out, str_cut(&html, SLOT_OPEN));
        if (!marked)
            return;
        str_cut(&html, SLOT_CLOSE);
        html_escape(out, str_of(url));
    }
}

/* ---- what became of its stories since ---- */

static bool has_withdrawn(const struct story_list *stories)
{
    for (size_t i = 0; i < stories->count; i++)
        if (stories->items[i].unpublished_at)
            return true;
    return false;
}

/* Keeps the articles of the issue that the copy was made of. */
static void keep_parts(struct issue_articles *articles,
                       const struct ledger_copy_parts *parts)
{
    size_t kept = 0;
    for (size_t i = 0; i < articles->count; i++)
        for (size_t k = 0; k < parts->article_count; k++)
            if (articles->items[i].article.id == parts->article_ids[k])
                articles->items[kept++] = articles->items[i];
    articles->count = kept;
}

/* The corrections of those articles. */
static void keep_corrected(struct correction_list *list,
                           const struct issue_articles *articles)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < articles->count; k++)
            if (articles->items[k].article.id == list->items[i].article_id) {
                list->items[kept++] = list->items[i];
                break;
            }
    list->count = kept;
}

/* Renders a frozen copy anew without the stories that are withdrawn from
 * publication, and with the corrections of the others. *html stays empty where
 * there is nothing of either. */
static bool render_anew(const struct conductor *c, const struct issue *issue,
                        const unsigned char *key, struct strbuf *html,
                        struct err *err)
{
    OWNED(free_current) struct current now = {.arena = ARENA_INIT};
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct story_list stories;
    struct ledger_copy_parts parts;
    OWNED(render_notes_free) struct render_notes notes = {0};
    if (!story_find(c->db, issue->id, true, &now.arena, &stories, err))
        return false;
    if (!correction_find_in(c->db, issue->id, &now.arena, &now.corrected, err))
        return false;
    if (!has_withdrawn(&stories) && !now.corrected.count)
        return true;
    if (!load_current(c, issue, &now, err) ||
        !ledger_public_copy_parts(c->db, issue->id, key, &now.arena, &parts,
                                  err) ||
        !correction_find_brought(c->db, parts.variant_id, &now.arena,
                                 &now.corrections, err) ||
        !build_voice(&now.build, parts.language, &now.build.voice, err))
        return false;
    now.articles = issue_frozen_articles(&stories, &now.arena);
    keep_parts(&now.articles, &parts);
    keep_corrected(&now.corrected, &now.articles);
    now.build.corrected = &now.corrected;
    return build_render(&now.build, &now.articles, true, html, &text, &notes,
                        err);
}

bool conductor_public_html(const struct conductor *c, const struct issue *issue,
                           const unsigned char *subscriber_key,
                           const char *archive_url, struct strbuf *out,
                           struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    OWNED(render_notes_free) struct render_notes notes = {0};
    if (issue->started_at &&
        (!render_anew(c, issue, subscriber_key, &html, err) ||
         (!html.len &&
          !ledger_public_copy(c->db, issue->id, subscriber_key, &html, err))))
        return false;
    if (!html.len && !render_current(c, issue, true, &html, &notes, err))
        return false;
    fill_archive_url(strbuf_str(&html), archive_url, out);
    return true;
}
