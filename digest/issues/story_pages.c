/* Names the pages of stories, and freezes what they show. */
#include "digest/issues/story_pages.h"

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
        for (size_t k = 0; k < stories->count; k++)
            if (stories->items[k].article_id == articles->items[i].article.id &&
                *stories->items[k].name)
                articles->items[i].page = stories->items[k].name;
}

bool issue_name_pages(struct db *db, const struct issue *issue,
                      const struct newsletter *newsletter,
                      struct issue_articles *articles, struct arena *arena,
                      struct err *err)
{
    if (issue->started_at) {
        struct story_list stories;
        if (!story_find(db, issue->id, arena, &stories, err))
            return false;
        name_frozen(&stories, articles);
        return true;
    }
    for (size_t i = 0; i < articles->count; i++)
        if (has_page(newsletter, &articles->items[i]))
            articles->items[i].page = make_name(articles, i, arena);
    return true;
}

/* ---- freezing ---- */

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
        .summary_html = a->summary_html,
        .body_html = item->page ? a->body_html : "",
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
            .article = {.id = s->article_id,
                        .url = s->url,
                        .title = s->title,
                        .author = s->author,
                        .published_at = s->published_at,
                        .language = s->language,
                        .summary_html = s->summary_html,
                        .body_html = "",
                        .image_url = s->image_url,
                        .image_alt = s->image_alt,
                        .image_width = (unsigned)s->image_width,
                        .image_height = (unsigned)s->image_height,
                        .word_count = s->word_count}};
    }
    return out;
}
