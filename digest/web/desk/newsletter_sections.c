/* The sections of a newsletter as rows of its form: place.N, categories.N,
 * heading.N, least.N, most.N and show.N. A row without categories is none. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest/articles/category.h"
#include "digest/articles/category_store.h"
#include "digest/base/mem.h"
#include "digest/web/desk/newsletter_visit.h"
#include "digest/web/desk/source_visit.h"

enum { BLANK_ROWS = 2 };

static const char *const fields[] = {"place", "categories", "heading", "least",
                                     "most"};

static const struct {
    enum story_show show;
    const char *title;
} shows[] = {
    {STORY_HEADLINE, "headlines"},
    {STORY_SUMMARY, "summaries"},
    {STORY_FULL, "the full text"},
};

static const char *name_of(const struct visit *visit, const char *field,
                           size_t row)
{
    return arena_format(visit->arena, "%s.%zu", field, row);
}

static const char *typed(const struct visit *visit, const char *field,
                         size_t row)
{
    return visit_field(visit, name_of(visit, field, row));
}

static bool is_typed(const struct visit *visit, size_t row)
{
    return form_get(visit->form, name_of(visit, "categories", row)).ptr;
}

/* ---- showing ---- */

static void set_number(struct visit *visit, struct value *item, const char *key,
                       int64_t number)
{
    value_set_text(item, key,
                   number ? arena_format(visit->arena, "%" PRId64, number)
                          : "");
}

/* "World, Europe", as it is typed. */
static const char *write_categories(struct visit *visit,
                                    const struct newsletter_section *section)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    struct newsletter_section bare = {.title = "",
                                      .categories = section->categories};
    newsletter_section_write(&bare, &text);
    struct str all = strbuf_str(&text);
    return arena_copy_str(visit->arena,
                          (struct str){all.ptr, all.len - (sizeof ":0" - 1)});
}

/* Whether any of its categories has articles of late. */
static bool has_articles(const struct newsletter_section *section,
                         const struct category_counts *counts)
{
    struct str rest = str_of(section->categories), line;
    while (str_next_line(&rest, &line)) {
        OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
        if (str_equal(line, STR("*")))
            return true;
        category_slug(line, &slug);
        for (size_t i = 0; i < counts->count; i++)
            if (str_equal(strbuf_str(&slug), str_of(counts->items[i].slug)))
                return true;
    }
    return false;
}

static struct value *add_row(struct visit *visit, struct value *list,
                             size_t row)
{
    struct value *item = value_object(visit->arena);
    value_set_number(item, "row", (int64_t)row);
    set_number(visit, item, "place", (int64_t)row + 1);
    value_append(list, item);
    return item;
}

static void add_shows(struct visit *visit, struct value *item,
                      const char *chosen)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < ARRAY_SIZE(shows); i++) {
        const char *name = story_show_name(shows[i].show);
        visit_add_choice(visit, list, name, shows[i].title,
                         strcmp(name, chosen) == 0);
    }
    value_set(item, "shows", list);
}

static void add_stored(struct visit *visit, const struct newsletter *n,
                       const struct category_counts *counts, struct value *list)
{
    for (size_t i = 0; i < n->section_count; i++) {
        const struct newsletter_section *section = &n->sections[i];
        struct value *item = add_row(visit, list, i);
        value_set_text(item, "categories", write_categories(visit, section));
        value_set_text(item, "heading", section->title);
        set_number(visit, item, "least", section->at_least);
        set_number(visit, item, "most", section->at_most);
        add_shows(visit, item, story_show_name(section->show));
        value_set_bool(item, "is_silent",
                       counts->is_all && !has_articles(section, counts));
    }
    for (size_t i = 0; i < BLANK_ROWS; i++)
        add_shows(visit, add_row(visit, list, n->section_count + i),
                  story_show_name(STORY_SUMMARY));
}

static void add_typed(struct visit *visit, struct value *list)
{
    for (size_t row = 0; row < NEWSLETTER_MAX_SECTIONS && is_typed(visit, row);
         row++) {
        struct value *item = add_row(visit, list, row);
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
            value_set_text(item, fields[i], typed(visit, fields[i], row));
        add_shows(visit, item, typed(visit, "show", row));
    }
}

static void add_offered(struct visit *visit,
                        const struct category_counts *counts,
                        struct value *data)
{
    value_set(data, "categories",
              source_visit_categories(visit, counts->items, counts->count));
    value_set_bool(data, "has_categories", counts->count > 0);
}

bool newsletter_visit_sections(struct visit *visit, const struct newsletter *n,
                               struct value *data, struct err *err)
{
    struct category_counts counts;
    struct value *list = value_list(visit->arena);
    if (!category_count_recent(visit->db, visit->now - n->max_age_s,
                               visit->arena, &counts, err))
        return false;
    if (is_typed(visit, 0))
        add_typed(visit, list);
    else
        add_stored(visit, n, &counts, list);
    value_set(data, "sections", list);
    add_offered(visit, &counts, data);
    return true;
}

/* ---- reading ---- */

struct row {
    unsigned long long place;
    size_t row;
    struct newsletter_section section;
};

static bool read_limit(const char *text, int64_t otherwise, int64_t *out,
                       struct err *err)
{
    unsigned long long number;
    *out = otherwise;
    if (!*text)
        return true;
    if (!str_to_u64(str_of(text), &number) || number > NEWSLETTER_MAX_ARTICLES)
        return err_set(err, ERR_INPUT,
                       "\"%.40s\" articles of a section: it has to be a whole "
                       "number up to %d",
                       text, NEWSLETTER_MAX_ARTICLES);
    *out = (int64_t)number;
    return true;
}

static bool read_row(struct visit *visit, size_t row, struct row *out,
                     struct err *err)
{
    const char *place = typed(visit, "place", row);
    struct newsletter_section *section = &out->section;
    out->row = row;
    if (!str_to_u64(str_of(place), &out->place))
        out->place = row + 1;
    if (!newsletter_parse_section(typed(visit, "categories", row), visit->arena,
                                  section, err) ||
        !read_limit(typed(visit, "most", row), section->at_most,
                    &section->at_most, err) ||
        !read_limit(typed(visit, "least", row), section->at_least,
                    &section->at_least, err))
        return false;
    if (*typed(visit, "heading", row))
        section->title = typed(visit, "heading", row);
    if (*typed(visit, "show", row) &&
        !story_show_parse(typed(visit, "show", row), &section->show))
        return err_set(err, ERR_INPUT,
                       "a section shows headlines, summaries or the full text "
                       "of its stories");
    if (!section->at_most || section->at_least > section->at_most)
        return err_set(err, ERR_INPUT,
                       "section \"%s\" takes at least %" PRId64
                       " and at most %" PRId64 " articles; the second has to "
                       "be one or more, and no less than the first",
                       typed(visit, "categories", row), section->at_least,
                       section->at_most);
    return true;
}

static int by_place(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    return a->place != b->place ? (a->place > b->place) - (a->place < b->place)
                                : (a->row > b->row) - (a->row < b->row);
}

bool newsletter_visit_read_sections(struct visit *visit, struct newsletter *n,
                                    struct err *err)
{
    struct row *rows =
        ARENA_NEW_ARRAY(visit->arena, struct row, NEWSLETTER_MAX_SECTIONS);
    size_t count = 0;
    for (size_t row = 0; row < NEWSLETTER_MAX_SECTIONS && is_typed(visit, row);
         row++)
        if (*typed(visit, "categories", row) &&
            !read_row(visit, row, &rows[count++], err))
            return false;
    if (!count)
        return err_set(err, ERR_INPUT,
                       "it needs a section; * takes every article");
    qsort(rows, count, sizeof *rows, by_place);
    struct newsletter_section *sections =
        ARENA_NEW_ARRAY(visit->arena, struct newsletter_section, count);
    for (size_t i = 0; i < count; i++)
        sections[i] = rows[i].section;
    n->sections = sections;
    n->section_count = count;
    return true;
}
