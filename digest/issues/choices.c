/* Changes an issue's articles as its editor decides, in one transaction. */
#include "digest/issues/choices.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest/articles/article_store.h"
#include "digest/articles/category.h"
#include "digest/base/mem.h"
#include "digest/issues/acts.h"
#include "digest/issues/choices_internal.h"
#include "digest/issues/draft.h"

/* ---- begin and end ---- */

static int64_t section_of_heading(const struct choices *edit,
                                  const char *heading, int64_t otherwise)
{
    for (size_t i = 0; i < edit->heading_count; i++)
        if (strcmp(edit->headings[i], heading) == 0)
            return (int64_t)i;
    return otherwise;
}

static void name_sections(struct choices *edit)
{
    const struct newsletter *n = &edit->newsletter;
    struct selector_section *sections = draft_sections(n, edit->arena);
    edit->headings =
        ARENA_NEW_ARRAY(edit->arena, const char *, n->section_count);
    edit->heading_count = n->section_count;
    for (size_t i = 0; i < n->section_count; i++)
        edit->headings[i] = sections[i].title;
}

/* The newsletter's sections may have changed since the draft: a heading that
 * is gone stands behind them all. */
static bool load_stories(struct choices *edit, struct err *err)
{
    struct issue_rows rows;
    if (!issue_get_rows(edit->db, edit->issue.id, edit->arena, &rows, err))
        return false;
    int64_t behind = (int64_t)edit->newsletter.section_count;
    for (size_t i = 0; i < rows.count; i++) {
        const struct issue_row *row = &rows.items[i];
        struct choices_story story = {
            row->article_id,
            section_of_heading(edit, row->heading, behind + row->section),
            row->heading};
        MEM_PUSH(edit->stories, edit->story_count, edit->story_capacity, story);
    }
    return true;
}

static int by_section(const void *left, const void *right)
{
    const struct choices_story *a = left, *b = right;
    return (a->section > b->section) - (a->section < b->section);
}

/* A stable sort: within a section the order stays. */
static void sort_stories(struct choices *edit)
{
    for (size_t i = 1; i < edit->story_count; i++) {
        struct choices_story story = edit->stories[i];
        size_t at = i;
        for (; at > 0 && by_section(&edit->stories[at - 1], &story) > 0; at--)
            edit->stories[at] = edit->stories[at - 1];
        edit->stories[at] = story;
    }
}

static bool check_open(const struct issue *issue, int64_t version,
                       struct err *err)
{
    if (!issue_check(issue, ACT_EDIT, err))
        return false;
    if (version && version != issue->version)
        return err_set(err, ERR_CONFLICT,
                       "%s/%" PRId64 ": somebody else has changed it "
                       "meanwhile; look at it as it is now, and make your "
                       "change again",
                       issue->newsletter, issue->number);
    return true;
}

bool choices_begin(struct choices *edit, struct db *db, int64_t issue_id,
                   int64_t version, struct arena *arena, struct err *err)
{
    *edit = (struct choices){.db = db, .arena = arena};
    if (!tx_begin(&edit->tx, db, TX_DURABLE, err) ||
        !issue_get_by_id(db, issue_id, arena, &edit->issue, err) ||
        !check_open(&edit->issue, version, err) ||
        !newsletter_get_by_id(db, edit->issue.newsletter_id, arena,
                              &edit->newsletter, err))
        return false;
    name_sections(edit);
    if (!choice_find(db, issue_id, arena, &edit->list, err) ||
        !load_stories(edit, err))
        return false;
    sort_stories(edit);
    return true;
}

void choices_end(struct choices *edit)
{
    tx_end(&edit->tx);
    free(edit->stories);
    edit->stories = NULL;
    edit->story_count = edit->story_capacity = 0;
}

static bool write_stories(struct choices *edit, struct err *err)
{
    struct issue_articles articles = {
        .items = ARENA_NEW_ARRAY(edit->arena, struct issue_article,
                                 edit->story_count),
        .count = edit->story_count};
    for (size_t i = 0; i < edit->story_count; i++) {
        articles.items[i].section = edit->stories[i].section;
        articles.items[i].heading = edit->stories[i].heading;
        articles.items[i].article.id = edit->stories[i].article_id;
    }
    return issue_set_articles(edit->db, edit->issue.id, &articles, err);
}

/* A subject that no editor wrote follows the lead. */
static bool write_issue(struct choices *edit, struct err *err)
{
    struct issue_articles articles;
    if (edit->issue.subject_is_edited)
        return issue_put(edit->db, &edit->issue, err);
    if (!issue_get_articles(edit->db, edit->issue.id, edit->arena, &articles,
                            err))
        return false;
    edit->issue.subject =
        articles.count ? draft_subject(&edit->newsletter,
                                       &articles.items[0].article, edit->arena)
                       : edit->newsletter.title;
    return issue_put(edit->db, &edit->issue, err);
}

bool choices_commit(struct choices *edit, struct err *err)
{
    if (edit->issue.correction_id && edit->story_count)
        return err_set(err, ERR_CONFLICT,
                       "%s/%" PRId64 ": brings a correction, and takes no "
                       "stories; put them into the newsletter's next issue",
                       edit->issue.newsletter, edit->issue.number);
    return write_stories(edit, err) && write_issue(edit, err) &&
           tx_commit(&edit->tx, err);
}

/* ---- the rows ---- */

/* Its index, or story_count. */
size_t choices_find(const struct choices *edit, int64_t article_id)
{
    size_t i = 0;
    while (i < edit->story_count && edit->stories[i].article_id != article_id)
        i++;
    return i;
}

size_t choices_section_begin(const struct choices *edit, int64_t section)
{
    size_t i = 0;
    while (i < edit->story_count && edit->stories[i].section < section)
        i++;
    return i;
}

size_t choices_section_end(const struct choices *edit, int64_t section)
{
    return choices_section_begin(edit, section + 1);
}

static struct choices_story take_out(struct choices *edit, size_t index)
{
    struct choices_story story = edit->stories[index];
    edit->story_count--;
    memmove(&edit->stories[index], &edit->stories[index + 1],
            (edit->story_count - index) * sizeof story);
    return story;
}

/* place 0: at the end of the section. */
static void put_in(struct choices *edit, struct choices_story story,
                   int64_t place)
{
    size_t at = choices_section_begin(edit, story.section);
    size_t end = choices_section_end(edit, story.section);
    if (place == 0 || (uint64_t)place > end - at)
        at = end;
    else
        at += (size_t)place - 1;
    MEM_PUSH(edit->stories, edit->story_count, edit->story_capacity, story);
    memmove(&edit->stories[at + 1], &edit->stories[at],
            (edit->story_count - 1 - at) * sizeof story);
    edit->stories[at] = story;
}

/* ---- the choices ---- */

/* NULL: there is none. */
static struct choice *find_choice(struct choices *edit, int64_t article_id)
{
    for (size_t i = 0; i < edit->list.count; i++)
        if (edit->list.items[i].article_id == article_id)
            return &edit->list.items[i];
    return NULL;
}

/* The choice about an article; a new, empty one where there is none. */
struct choice *choices_about(struct choices *edit, int64_t article_id)
{
    struct choice_list *list = &edit->list;
    struct choice *found = find_choice(edit, article_id);
    if (found)
        return found;
    struct choice *items =
        ARENA_NEW_ARRAY(edit->arena, struct choice, list->count + 1);
    if (list->count)
        memcpy(items, list->items, list->count * sizeof *items);
    items[list->count] = (struct choice){.article_id = article_id,
                                         .section = "",
                                         .title = "",
                                         .summary = "",
                                         .show = "",
                                         .picture = ""};
    list->items = items;
    return &list->items[list->count++];
}

/* Stories with a place of their own get the one that they have now, so that the
 * next draft doesn't draw one back where another came in above it. */
static bool write_places(struct choices *edit, int64_t section, struct err *err)
{
    size_t begin = choices_section_begin(edit, section);
    for (size_t i = begin; i < choices_section_end(edit, section); i++) {
        struct choice *choice = find_choice(edit, edit->stories[i].article_id);
        if (!choice || !choice->place)
            continue;
        choice->place = (int64_t)(i - begin) + 1;
        if (!choice_put(edit->db, edit->issue.id, choice, err))
            return false;
    }
    return true;
}

bool choices_fail_not_in(const struct choices *edit, int64_t article_id,
                         struct err *err)
{
    OWNED(mem_free) char *id = mem_format("%" PRId64, article_id);
    return err_set(err, ERR_NOT_FOUND, "%s: isn't in %s/%" PRId64, id,
                   edit->issue.newsletter, edit->issue.number) ||
           err_remedy(err, REMEDY_TAKE_IN, id);
}

static bool check_article(struct choices *edit, int64_t article_id,
                          struct article *out, struct err *err)
{
    bool may;
    if (!article_get(edit->db, article_id, edit->arena, out, err) ||
        !choice_may_take(edit->db, edit->issue.id, article_id, &may, err))
        return false;
    return may || err_set(err, ERR_NOT_FOUND,
                          "%" PRId64 ": was removed, or is a link of another "
                          "issue",
                          article_id);
}

bool choices_move_to(struct choices *edit, int64_t article_id, int64_t section,
                     const char *heading, int64_t place, struct err *err)
{
    size_t index = choices_find(edit, article_id);
    int64_t left = -1;
    if (index < edit->story_count)
        left = take_out(edit, index).section;
    put_in(edit, (struct choices_story){article_id, section, heading}, place);
    struct choice *choice = choices_about(edit, article_id);
    choice->dropped = false;
    choice->pinned = true;
    choice->section = heading;
    choice->place = 1; /* as it comes out of write_places */
    return write_places(edit, section, err) &&
           (left < 0 || left == section || write_places(edit, left, err));
}

/* Finds the section an article goes to by itself: where it is, or by its
 * categories. */
static void own_section(struct choices *edit, const struct article *article,
                        int64_t *section, const char **heading)
{
    size_t index = choices_find(edit, article->id);
    if (index < edit->story_count) {
        *section = edit->stories[index].section;
        *heading = edit->stories[index].heading;
        return;
    }
    const struct newsletter *n = &edit->newsletter;
    struct selector_section *sections = draft_sections(n, edit->arena);
    size_t own = selector_section_for(sections, n->section_count, article);
    if (own == n->section_count)
        own--;
    *section = (int64_t)own;
    *heading = sections[own].title;
}

bool choices_pin(struct choices *edit, int64_t article_id, struct err *err)
{
    return choices_move(edit, article_id, NULL, 1, err);
}

bool choices_find_section(const struct choices *edit, const char *name,
                          int64_t *section, const char **heading,
                          struct err *err)
{
    OWNED(strbuf_free) struct strbuf wanted = STRBUF_INIT, all = STRBUF_INIT;
    const char **headings = edit->headings;
    category_slug(str_of(name), &wanted);
    for (size_t i = 0; i < edit->heading_count; i++) {
        OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
        category_slug(str_of(headings[i]), &slug);
        strbuf_add_format(&all, "%s%s", i ? "; " : "", headings[i]);
        if (strcmp(headings[i], name) != 0 &&
            (!wanted.len || !str_equal(strbuf_str(&slug), strbuf_str(&wanted))))
            continue;
        *section = (int64_t)i;
        *heading = headings[i];
        return true;
    }
    return err_set(err, ERR_NOT_FOUND,
                   "\"%.100s\": no section of %s; there is %.400s", name,
                   edit->newsletter.slug, strbuf_text(&all));
}

bool choices_move(struct choices *edit, int64_t article_id, const char *name,
                  int64_t place, struct err *err)
{
    struct article article;
    int64_t section;
    const char *heading;
    if (place < 1)
        return err_set(err, ERR_USAGE,
                       "place %" PRId64 ": places in a section count from 1",
                       place);
    if (!check_article(edit, article_id, &article, err))
        return false;
    if (!name)
        own_section(edit, &article, &section, &heading);
    else if (!choices_find_section(edit, name, &section, &heading, err))
        return false;
    return choices_move_to(edit, article_id, section, heading, place, err);
}

static bool forget(struct choices *edit, int64_t article_id, struct err *err)
{
    struct choice *choice = choices_about(edit, article_id);
    struct choice_list *list = &edit->list;
    size_t index = (size_t)(choice - list->items);
    list->count--;
    memmove(choice, choice + 1, (list->count - index) * sizeof *choice);
    return choice_remove(edit->db, edit->issue.id, article_id, err);
}

static bool remove_link(struct choices *edit, int64_t article_id, size_t index,
                        struct err *err)
{
    int64_t section = -1;
    if (index < edit->story_count)
        section = take_out(edit, index).section;
    return forget(edit, article_id, err) && write_stories(edit, err) &&
           article_remove_link(edit->db, article_id, err) &&
           write_places(edit, section, err);
}

bool choices_drop(struct choices *edit, int64_t article_id, struct err *err)
{
    struct article article;
    if (!check_article(edit, article_id, &article, err))
        return false;
    size_t index = choices_find(edit, article_id);
    if (article.source_id == 0)
        return remove_link(edit, article_id, index, err);
    struct choice *choice = choices_about(edit, article_id);
    if (choice->dropped)
        return true;
    choice->dropped = true;
    choice->pinned = false;
    choice->section = "";
    choice->place = 0;
    int64_t section = -1;
    if (index < edit->story_count) {
        section = edit->stories[index].section;
        choice->section = edit->stories[index].heading;
        choice->place =
            (int64_t)(index - choices_section_begin(edit, section)) + 1;
        take_out(edit, index);
    }
    return choice_put(edit->db, edit->issue.id, choice, err) &&
           (section < 0 || write_places(edit, section, err));
}

bool choices_reset(struct choices *edit, int64_t article_id, struct err *err)
{
    struct article article;
    const struct choice *found = choice_about(&edit->list, article_id);
    if (!found)
        return err_set(err, ERR_NOT_FOUND,
                       "%" PRId64 ": no choice about it in %s/%" PRId64
                       " that could be taken back",
                       article_id, edit->issue.newsletter, edit->issue.number);
    struct choice choice = *found;
    if (!article_get(edit->db, article_id, edit->arena, &article, err))
        return false;
    if (article.source_id == 0)
        return remove_link(edit, article_id, choices_find(edit, article_id),
                           err);
    if (!forget(edit, article_id, err))
        return false;
    if (!choice.dropped || !choice.place)
        return true;
    int64_t behind = (int64_t)edit->newsletter.section_count;
    int64_t section = section_of_heading(edit, choice.section, behind);
    put_in(edit, (struct choices_story){article_id, section, choice.section},
           choice.place);
    return write_places(edit, section, err);
}
