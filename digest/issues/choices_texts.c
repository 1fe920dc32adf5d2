/* Changes the texts of one issue: titles, summaries, introduction, links. */
#include <inttypes.h>
#include <string.h>

#include "digest/articles/article_store.h"
#include "digest/articles/category.h"
#include "digest/base/cluster.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/document/document.h"
#include "digest/document/url.h"
#include "digest/issues/choices_internal.h"
#include "digest/media/picture_store.h"

enum { MAX_TITLE = 300, MAX_SUBJECT = 250, MAX_MARKDOWN = 1 << 20 };

/* ---- texts ---- */

static bool check_line(const char *what, const char *text, size_t most,
                       struct err *err)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return err_set(err, ERR_USAGE,
                           "%s: holds a line break or another control "
                           "character; give it in one line",
                           what);
    if (utf8_invalid_at(str_of(text)) < strlen(text))
        return err_set(err, ERR_USAGE, "%s: isn't UTF-8", what);
    size_t count = cluster_count(str_of(text));
    return count <= most ||
           err_set(err, ERR_USAGE, "%s: has %zu characters; %zu are the most",
                   what, count, most);
}

static bool check_markdown(const char *what, const char *text, struct err *err)
{
    OWNED(document_release) struct document *document = NULL;
    if (strlen(text) > MAX_MARKDOWN)
        return err_set(err, ERR_USAGE, "%s: is longer than a megabyte", what);
    return document_from_markdown(str_of(text), NULL, &document, err) ||
           err_context(err, "%s", what);
}

/* A text of its own keeps the article in the issue. */
static bool put_text(struct choices *edit, int64_t article_id, const char *text,
                     const char *title, const char *summary, struct err *err)
{
    struct choice *choice = choices_about(edit, article_id);
    choice->pinned |= *text != '\0';
    if (title)
        choice->title = arena_copy(edit->arena, title);
    if (summary)
        choice->summary = arena_copy(edit->arena, summary);
    return choice_put(edit->db, edit->issue.id, choice, err);
}

bool choices_set_title(struct choices *edit, int64_t article_id,
                       const char *title, struct err *err)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    struct article article;
    if (choices_find(edit, article_id) == edit->story_count)
        return choices_fail_not_in(edit, article_id, err);
    if (!check_line("title", title, MAX_TITLE, err) ||
        !article_get(edit->db, article_id, edit->arena, &article, err))
        return false;
    utf8_clean_line(&clean, str_of(title));
    if (strcmp(strbuf_text(&clean), article.title) == 0)
        strbuf_cut(&clean, 0);
    return put_text(edit, article_id, strbuf_text(&clean), strbuf_text(&clean),
                    NULL, err);
}

bool choices_set_picture(struct choices *edit, int64_t article_id,
                         const struct picture *picture, int64_t now,
                         struct err *err)
{
    if (choices_find(edit, article_id) == edit->story_count)
        return choices_fail_not_in(edit, article_id, err);
    if (picture && !picture_put(edit->db, picture, now, err))
        return false;
    struct choice *choice = choices_about(edit, article_id);
    choice->pinned |= picture != NULL;
    choice->picture = picture ? arena_copy(edit->arena, picture->name) : "";
    return choice_put(edit->db, edit->issue.id, choice, err);
}

bool choices_set_summary(struct choices *edit, int64_t article_id,
                         const char *markdown, struct err *err)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    if (choices_find(edit, article_id) == edit->story_count)
        return choices_fail_not_in(edit, article_id, err);
    if (!check_markdown("summary", markdown, err))
        return false;
    utf8_clean(&clean, str_trim(str_of(markdown)));
    return put_text(edit, article_id, strbuf_text(&clean), NULL,
                    strbuf_text(&clean), err);
}

bool choices_set_show(struct choices *edit, int64_t article_id,
                      const char *show, struct err *err)
{
    enum story_show known;
    if (choices_find(edit, article_id) == edit->story_count)
        return choices_fail_not_in(edit, article_id, err);
    if (*show && !story_show_parse(show, &known))
        return err_set(err, ERR_USAGE,
                       "\"%.40s\": a story shows its headline, a summary, or "
                       "its full text: headline, summary or full",
                       show);
    struct choice *choice = choices_about(edit, article_id);
    choice->pinned |= *show != '\0';
    choice->show = arena_copy(edit->arena, show);
    return choice_put(edit->db, edit->issue.id, choice, err);
}

bool choices_set_subject(struct choices *edit, const char *subject,
                         struct err *err)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    if (!check_line("subject", subject, MAX_SUBJECT, err))
        return false;
    utf8_clean_line(&clean, str_of(subject));
    edit->issue.subject = arena_copy_str(edit->arena, strbuf_str(&clean));
    edit->issue.subject_is_edited = clean.len > 0;
    return true;
}

bool choices_set_preheader(struct choices *edit, const char *preheader,
                           struct err *err)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    if (!check_line("preheader", preheader, MAX_SUBJECT, err))
        return false;
    utf8_clean_line(&clean, str_of(preheader));
    edit->issue.preheader = arena_copy_str(edit->arena, strbuf_str(&clean));
    return true;
}

bool choices_set_intro(struct choices *edit, const char *markdown,
                       struct err *err)
{
    if (!check_markdown("introduction", markdown, err))
        return false;
    edit->issue.intro = arena_copy(edit->arena, markdown);
    return true;
}

/* ---- links ---- */

/* Readers who chose categories get a link with the section's. */
static void fill_categories(struct choices *edit, int64_t section,
                            struct article *link)
{
    struct str rest = str_of(edit->newsletter.sections[section].categories);
    struct str name;
    size_t most = 1, count = 0;
    for (size_t i = 0; i < rest.len; i++)
        most += rest.ptr[i] == '\n';
    struct article_category *categories =
        ARENA_NEW_ARRAY(edit->arena, struct article_category, most);
    while (str_next_line(&rest, &name)) {
        OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
        category_slug(name, &slug);
        if (slug.len)
            categories[count++] = (struct article_category){
                arena_copy_str(edit->arena, name),
                arena_copy_str(edit->arena, strbuf_str(&slug))};
    }
    link->categories = categories;
    link->category_count = count;
}

static bool fill_link(struct choices *edit, const struct choices_link *from,
                      struct article *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf title = STRBUF_INIT, note = STRBUF_INIT;
    OWNED(document_release) struct document *document = NULL;
    const char *url =
        url_resolve(edit->arena, str_of(from->url), NULL, URL_FILE);
    if (!url)
        return err_set(err, ERR_USAGE,
                       "\"%.200s\": a link's address has to begin with "
                       "https:// or http://",
                       from->url);
    if (!check_line("title of the link", from->title, MAX_TITLE, err))
        return false;
    utf8_clean_line(&title, str_of(from->title));
    if (!title.len)
        return err_set(err, ERR_USAGE, "%.200s: the link needs a title",
                       from->url);
    if (!document_from_markdown(str_of(from->note ? from->note : ""), url,
                                &document, err))
        return err_context(err, "note of the link");
    document_to_html(document, &note);
    *out = (struct article){
        .url = url,
        .title = arena_copy_str(edit->arena, strbuf_str(&title)),
        .summary_html = arena_copy_str(edit->arena, strbuf_str(&note)),
        .published_at = edit->issue.window_until,
    };
    return true;
}

bool choices_add_link(struct choices *edit, const struct choices_link *link,
                      int64_t *id, struct err *err)
{
    struct article article = {0};
    int64_t section = 0;
    const char *heading = edit->headings[0];
    if (!fill_link(edit, link, &article, err) ||
        (link->section &&
         !choices_find_section(edit, link->section, &section, &heading, err)))
        return false;
    fill_categories(edit, section, &article);
    const char *group = arena_format(edit->arena, "%" PRId64, edit->issue.id);
    if (!article_add_link(edit->db, group, &article, err))
        return false;
    *id = article.id;
    int64_t last = (int64_t)(choices_section_end(edit, section) -
                             choices_section_begin(edit, section)) +
                   1;
    return choices_move_to(edit, article.id, section, heading,
                           link->place > 0 ? link->place : last, err);
}
