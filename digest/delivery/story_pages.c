/* Names the pages of stories, and freezes what they show. */
#include "digest/delivery/story_pages.h"

#include <string.h>

#include "digest/articles/story_name.h"
#include "digest/base/mem.h"

/* ---- names ---- */

/* A link that an editor added leads where it leads, and an article without a
 * body has nothing to read. */
static bool has_page(const struct newsletter *newsletter,
                     const struct issue_article *item)
{
    const struct article *a = &item->article;
    return !item->is_link && *a->body_html &&
           (!*a->url || newsletter->rules.all_story_pages);
}

static bool is_taken(const struct issue_articles *articles, size_t end,
                     struct str name)
{
    for (size_t i = 0; i < end; i++)
        if (articles->items[i].page &&
            str_equal(name, str_of(articles->items[i].page)))
            return true;
    return false;
}

static const char *make_name(const struct issue_articles *articles, size_t at,
                             struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf name = STRBUF_INIT, other = STRBUF_INIT;
    story_name(str_of(articles->items[at].article.title), &name);
    struct str chosen = strbuf_str(&name);
    for (unsigned n = 2; is_taken(articles, at, chosen); n++) {
        strbuf_cut(&other, 0);
        story_name_numbered(strbuf_str(&name), n, &other);
        chosen = strbuf_str(&other);
    }
    return arena_copy_str(arena, chosen);
}

static void name_frozen(const struct story_list *stories,
                        struct issue_articles *articles)
{
    for (size_t i = 0; i < articles->count; i++)
        for (size_t k = 0; k < stories->count; k++) {
            const struct story *story = &stories->items[k];
            struct issue_article *item = &articles->items[i];
            if (story->article_id != item->article.id)
                continue;
            item->show = story->show;
            if (*story->name)
                item->page = story->name;
        }
}

bool issue_name_pages(struct db *db, const struct issue *issue,
                      const struct newsletter *newsletter,
                      struct issue_articles *articles, struct arena *arena,
                      struct err *err)
{
    if (issue->started_at) {
        struct story_list stories;
        if (!story_find(db, issue->id, false, arena, &stories, err))
            return false;
        name_frozen(&stories, articles);
        return true;
    }
    for (size_t i = 0; i < articles->count; i++) {
        struct issue_article *item = &articles->items[i];
        item->show =
            item->choice && *item->choice->show
                ? item->choice->show
                : story_show_name(newsletter_shows(newsletter, item->heading));
        if (has_page(newsletter, item))
            item->page = make_name(articles, i, arena);
    }
    return true;
}

/* ---- how much of each is shown ---- */

/* Whether a text has words outside of its tags (document_to_html's). */
static bool has_words(const char *html)
{
    bool is_tag = false;
    for (const char *c = html; *c; c++) {
        if (*c == '<' || *c == '>')
            is_tag = *c == '<';
        else if (!is_tag && (unsigned char)*c > ' ')
            return true;
    }
    return false;
}

enum story_show issue_story_shows(const struct issue_article *item,
                                  const char *base_url, const char **why)
{
    const struct article *a = &item->article;
    enum story_show show;
    *why = NULL;
    if (!item->show || !story_show_parse(item->show, &show))
        show = STORY_SUMMARY;
    if (!item->is_link && !*a->url && !base_url && *a->body_html) {
        show = STORY_FULL;
        *why = "it has no address, and no base_url is known where it could be "
               "read";
    }
    if (show != STORY_FULL || has_words(a->body_html))
        return show;
    *why = *a->body_html ? "its text has only pictures" : "it has no text";
    return STORY_SUMMARY;
}

/* ---- freezing ---- */

static bool is_full(const struct issue_article *item)
{
    return item->show && strcmp(item->show, story_show_name(STORY_FULL)) == 0;
}

struct story story_of_item(const struct issue *issue,
                           const struct issue_article *item, size_t position)
{
    const struct article *a = &item->article;
    return (struct story){
        .issue_id = issue->id,
        .article_id = a->id,
        .position = (int64_t)position,
        .section = item->section,
        .heading = item->heading,
        .name = item->page ? item->page : "",
        .title = a->title,
        .own_title = item->own_title ? item->own_title : a->title,
        .author = a->author,
        .source = item->source ? item->source : "",
        .url = a->url,
        .language = a->language,
        .published_at = a->published_at,
        .word_count = a->word_count,
        .image_url = a->image_url,
        .image_alt = a->image_alt,
        .image_width = a->image_width,
        .image_height = a->image_height,
        .picture = item->picture ? item->picture : "",
        .summary_html = a->summary_html,
        .show = item->show ? item->show : story_show_name(STORY_SUMMARY),
        .body_html = item->page || is_full(item) ? a->body_html : "",
        .unpublished_note = "",
    };
}

bool issue_freeze_stories(struct db *db, const struct issue *issue,
                          const struct issue_articles *articles,
                          struct err *err)
{
    for (size_t i = 0; i < articles->count; i++) {
        struct story story = story_of_item(issue, &articles->items[i], i);
        if (!story_add(db, &story, err))
            return false;
    }
    return true;
}

struct issue_articles issue_frozen_articles(const struct story_list *list,
                                            struct arena *arena)
{
    struct issue_articles out = {
        .items = ARENA_NEW_ARRAY(arena, struct issue_article, list->count)};
    for (size_t i = 0; i < list->count; i++) {
        const struct story *s = &list->items[i];
        if (s->unpublished_at)
            continue;
        out.items[out.count++] = (struct issue_article){
            .section = s->section,
            .heading = s->heading,
            .source = *s->source ? s->source : NULL,
            .page = *s->name ? s->name : NULL,
            .show = s->show,
            .picture = *s->picture ? s->picture : NULL,
            .article = {.id = s->article_id,
                        .url = s->url,
                        .title = s->title,
                        .author = s->author,
                        .published_at = s->published_at,
                        .language = s->language,
                        .summary_html = s->summary_html,
                        .body_html = s->body_html,
                        .image_url = s->image_url,
                        .image_alt = s->image_alt,
                        .image_width = (unsigned)s->image_width,
                        .image_height = (unsigned)s->image_height,
                        .word_count = s->word_count}};
    }
    return out;
}
