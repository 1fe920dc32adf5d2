/* Puts a template's data together. */
#include "digest/renderer/data_builder_internal.h"

#include <stdlib.h>

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/renderer/capitals.h"
#include "digest/renderer/theme.h"

enum {
    CONTENTS_FROM = 9, /* stories: fewer are seen at once */
    CONTENTS_MOST = 12,
};

/* ---- blocks ---------------------------------------------------------- */

static struct value *block_object(struct data_builder *b,
                                  const struct render_block *block,
                                  struct err *err)
{
    struct value *object = value_object(b->arena);
    value_set(object, "kind", data_line(b, block->kind));
    if (block->is_advertisement)
        value_set(
            object, "label",
            data_line(b, catalogue_get(b->issue->words, "advertisement")));
    if (!data_set_issue_text(b, object, "block", block->html,
                             block->is_section ? '2' : '3', 0, &b->links,
                             err)) {
        err_context(err, "block");
        return NULL;
    }
    return object;
}

/* Sets the blocks of a place, and at the bottom all that found none. */
static bool set_blocks(struct data_builder *b, struct value *object,
                       const char *name, enum render_place place, size_t index,
                       struct err *err)
{
    struct value *list = value_list(b->arena);
    bool any = false;
    for (size_t i = 0; i < b->issue->block_count; i++) {
        const struct render_block *block = &b->issue->blocks[i];
        bool here = block->place == place && block->index == index;
        if (b->placed[i] || !(here || place == RENDER_BOTTOM))
            continue;
        struct value *item = block_object(b, block, err);
        if (!item)
            return false;
        value_append(list, item);
        b->placed[i] = any = true;
    }
    value_set(object, name, any ? list : NULL);
    return true;
}

static void note_shown(struct data_builder *b, const struct render_story *story)
{
    struct value *entry = value_object(b->arena);
    b->minutes += story->reading_minutes;
    if (b->stories_shown >= CONTENTS_MOST)
        return;
    value_set(entry, "title", data_line(b, story->title));
    if (data_is_web_address(story->url))
        value_set(entry, "url", data_line(b, story->url));
    value_append(b->contents, entry);
}

/* "12 stories · 34 min", and a list of what stands below where that isn't seen
 * at once. */
static void set_overview(struct data_builder *b, struct value *root)
{
    OWNED(strbuf_free) struct strbuf totals = STRBUF_INIT;
    const struct catalogue *words = b->issue->words;
    if (!b->stories_shown)
        return;
    catalogue_add_count(words, "stories", (int64_t)b->stories_shown, &totals);
    if (b->minutes) {
        strbuf_add_text(&totals, " · ");
        catalogue_add_count(words, "minutes", (int64_t)b->minutes, &totals);
    }
    value_set(root, "totals", data_line(b, strbuf_text(&totals)));
    value_set(root, "contents", b->contents);
    value_set_bool(root, "has_contents",
                   b->stories_shown >= CONTENTS_FROM &&
                       !b->fit->omits_contents);
}

static struct value *section_value(struct data_builder *b,
                                   const struct render_section *section,
                                   size_t kept, struct err *err)
{
    struct value *object = value_object(b->arena);
    const char *language = data_language(b->issue);
    struct value *title = data_line(b, section->title);
    if (title) {
        OWNED(strbuf_free) struct strbuf capitals = STRBUF_INIT;
        capitals_add(&capitals, str_of(section->title), language);
        value_set(object, "title", title);
        value_set(object, "title_capitals",
                  data_line(b, strbuf_text(&capitals)));
        value_set_bool(object, "is_spaced", capitals_may_be_spaced(language));
    }
    struct value *stories = value_list(b->arena);
    for (size_t i = 0; i < kept; i++) {
        struct value *story =
            data_story(b, &section->stories[i], title != NULL, err);
        if (!story)
            return NULL;
        value_append(stories, story);
        note_shown(b, &section->stories[i]);
        if (!set_blocks(b, story, "story_blocks", RENDER_AFTER_STORY,
                        ++b->stories_shown, err))
            return NULL;
    }
    value_set(object, "stories", stories);
    if (!set_blocks(b, object, "section_blocks", RENDER_AFTER_SECTION,
                    (size_t)(section - b->issue->sections), err))
        return NULL;
    return value_set(object, "notes", data_take_notes(b));
}

static bool may_leave_out(const struct render_section *section, size_t kept)
{
    return kept && !section->stories[kept - 1].is_only_here;
}

/* How many stories of each section are shown: those left out come from the
 * end of the section that is longest, since there the least stand. */
static size_t *choose_kept(const struct data_builder *b)
{
    size_t count = b->issue->section_count;
    size_t *kept = ARENA_NEW_ARRAY(b->arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++)
        kept[i] = b->issue->sections[i].story_count;
    for (size_t n = 0; n < b->fit->left_out; n++) {
        size_t longest = count;
        for (size_t i = 0; i < count; i++)
            if (may_leave_out(&b->issue->sections[i], kept[i]) &&
                (longest == count || kept[i] >= kept[longest]))
                longest = i;
        if (longest < count)
            kept[longest]--;
    }
    return kept;
}

static void set_more(struct data_builder *b, struct value *root)
{
    if (!b->fit->left_out)
        return;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    catalogue_add_count(b->issue->words, "more_stories",
                        (int64_t)b->fit->left_out, &text);
    const struct render_issue *issue = b->issue;
    value_set(root, "more_stories", data_line(b, strbuf_text(&text)));
    value_set(root, "more_url",
              issue->has_view_link ? value_slot(b->arena, RENDER_SLOT_VIEW)
                                   : data_line(b, issue->site_url));
}

/* {{theme.NAME}}, the hyphens of names being underscores. */
static struct value *theme_value(struct data_builder *b)
{
    const struct render_issue *issue = b->issue;
    struct value *object = value_object(b->arena);
    value_set_number(object, "logo_width", THEME_LOGO_WIDTH);
    value_set_number(object, "thumb_width", THUMB_WIDTH + THUMB_MARGIN);
    value_set_number(object, "width", THEME_WIDTH);
    for (size_t i = 0; i < issue->theme_count; i++) {
        char *name = arena_copy(b->arena, issue->theme[i].name);
        for (char *c = name; *c; c++)
            *c = *c == '-' ? '_' : *c;
        value_set(object, name, data_line(b, issue->theme[i].value));
    }
    return object;
}

static bool set_sections(struct data_builder *b, struct value *root,
                         struct err *err)
{
    struct value *sections = value_list(b->arena);
    const size_t *kept = choose_kept(b);
    for (size_t i = 0; i < b->issue->section_count; i++) {
        if (kept[i] == 0)
            continue;
        struct value *section =
            section_value(b, &b->issue->sections[i], kept[i], err);
        if (!section)
            return false;
        value_append(sections, section);
    }
    value_set(root, "sections", sections);
    return true;
}

/* ---- the rest -------------------------------------------------------- */

static struct value *newsletter_value(struct data_builder *b)
{
    struct value *object = value_object(b->arena);
    value_set(object, "title", data_line(b, b->issue->newsletter_title));
    return value_set(object, "slug", data_line(b, b->issue->newsletter_slug));
}

static struct value *issue_value(struct data_builder *b)
{
    struct value *object = value_object(b->arena);
    data_set_language(b, object, data_language(b->issue));
    value_set_number(object, "number", b->issue->number);
    return value_set(object, "date", data_line(b, b->issue->date));
}

/* The address, as lines and as one. */
static void set_address(struct data_builder *b, struct value *object,
                        const char *address)
{
    struct value *lines = value_list(b->arena);
    OWNED(strbuf_free) struct strbuf joined = STRBUF_INIT;
    struct str rest = str_of(address ? address : ""), line;
    while (str_next_line(&rest, &line)) {
        line = str_trim(line);
        if (line.len == 0)
            continue;
        value_append(lines, value_text_str(b->arena, line));
        strbuf_add_format(&joined, "%s%.*s", joined.len ? ", " : "",
                          STR_ARG(line));
    }
    value_set(object, "address", lines);
    value_set(object, "address_line", data_line(b, strbuf_text(&joined)));
    value_set_bool(object, "has_address", joined.len > 0);
}

static struct value *site_value(struct data_builder *b)
{
    struct value *object = value_object(b->arena);
    const char *url = b->issue->site_url;
    value_set(object, "name", data_line(b, b->issue->site_name));
    value_set(object, "url", data_line(b, url));
    value_set(object, "label",
              data_line(b, b->issue->site_name ? b->issue->site_name : url));
    set_address(b, object, b->issue->postal_address);
    return object;
}

/* The catalogue's texts as values, each filled in. */
static struct value *words_value(struct data_builder *b)
{
    const struct render_issue *issue = b->issue;
    OWNED(strbuf_free) struct strbuf number = STRBUF_INIT;
    catalogue_add_number(issue->words, issue->number, &number);
    const struct catalogue_fill fills[] = {
        {"number", strbuf_str(&number)},
        {"newsletter", str_of(issue->newsletter_title)},
        {"site", str_of(issue->site_name)},
        {"date", str_of(issue->date)},
    };
    struct value *object = value_object(b->arena);
    size_t index = 0;
    const char *name;
    while ((name = catalogue_next(issue->words, NULL, &index))) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        const char *from = name;
        if (strcmp(name, "why") == 0 && issue->site_name && *issue->site_name)
            from = "why_site";
        catalogue_add(issue->words, from, fills, ARRAY_SIZE(fills), &text);
        value_set(object, arena_copy(b->arena, name),
                  data_line(b, strbuf_text(&text)));
    }
    return object;
}

static bool has_greeting(const struct render_issue *issue)
{
    return !issue->public_copy && !issue->omits_greeting;
}

static struct value *slot_value(struct data_builder *b)
{
    const struct render_issue *issue = b->issue;
    const struct {
        const char *name;
        bool there;
    } slots[] = {
        {RENDER_SLOT_GREETING, has_greeting(issue)},
        {RENDER_SLOT_UNSUBSCRIBE,
         !issue->public_copy && issue->has_unsubscribe_link},
        {RENDER_SLOT_PREFERENCES,
         !issue->public_copy && issue->has_preferences_link},
        {RENDER_SLOT_VIEW, !issue->public_copy && issue->has_view_link},
        {RENDER_SLOT_ARCHIVE, issue->public_copy && issue->has_archive_link},
    };
    struct value *object = value_object(b->arena);
    for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
        if (slots[i].there)
            value_set(object, slots[i].name,
                      value_slot(b->arena, slots[i].name));
    return object;
}

static bool set_all(struct data_builder *b, struct value *root, struct err *err)
{
    const struct render_issue *issue = b->issue;
    data_set_language(b, root, data_language(issue));
    value_set(root, "newsletter", newsletter_value(b));
    value_set(root, "issue", issue_value(b));
    value_set(root, "site", site_value(b));
    value_set(root, "slot", slot_value(b));
    value_set(root, "words", words_value(b));
    value_set(root, "theme", theme_value(b));
    set_more(b, root);
    value_set(root, "subject",
              data_line(b, issue->subject ? issue->subject
                                          : issue->newsletter_title));
    value_set(root, "preheader", data_line(b, issue->preheader));
    value_set_bool(root, "public_copy", issue->public_copy);
    bool more = issue->has_preferences_link || issue->has_view_link;
    bool personal = issue->has_unsubscribe_link || more;
    bool open = issue->has_archive_link || issue->signup_url;
    value_set(root, "signup_url",
              issue->public_copy ? data_line(b, issue->signup_url) : NULL);
    value_set_bool(root, "site_follows", open);
    value_set_bool(root, "links_follow", more);
    value_set_bool(root, "has_links",
                   issue->public_copy ? open || issue->site_url != NULL
                                      : personal);
    if (!data_set_issue_text(b, root, "intro", issue->intro_html, '2', 0,
                             &b->links, err))
        return err_context(err, "introduction");
    value_set(root, "intro_notes", data_take_notes(b));
    bool has_intro = value_is_true(value_find(root, STR("intro_html")));
    value_set_bool(root, "has_opening", has_intro || has_greeting(issue));
    if (!set_blocks(b, root, "blocks_top", RENDER_TOP, 0, err))
        return false;
    value_set(root, "top_notes", data_take_notes(b));
    if (!set_sections(b, root, err) ||
        !set_blocks(b, root, "blocks_bottom", RENDER_BOTTOM, 0, err))
        return false;
    value_set(root, "bottom_notes", data_take_notes(b));
    set_overview(b, root);
    return true;
}

static size_t count_to_shorten(const struct render_issue *issue)
{
    size_t count = 0;
    for (size_t i = 0; i < issue->section_count; i++)
        for (size_t k = 0; k < issue->sections[i].story_count; k++)
            count += render_may_shorten(&issue->sections[i].stories[k]);
    return count;
}

bool render_data(const struct render_issue *issue, const struct render_fit *fit,
                 struct arena *arena, struct value **out, struct err *err)
{
    struct data_builder builder = {
        .issue = issue,
        .fit = fit,
        .arena = arena,
        .links = {.first = 1},
        .contents = value_list(arena),
        .placed = ARENA_NEW_ARRAY(arena, bool, issue->block_count + 1),
        .full = count_to_shorten(issue) - fit->shortened};
    struct value *root = value_object(arena);
    bool good = set_all(&builder, root, err);
    text_links_free(&builder.links);
    if (good)
        *out = root;
    return good;
}
