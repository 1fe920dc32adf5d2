/* Blocks of a newsletter: the list, adding one, changing it, taking it out. */
#include <inttypes.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/newsletters/block.h"
#include "digest/newsletters/newsletter.h"
#include "digest/web/desk/newsletter_visit.h"
#include "digest/web/desk/pages.h"

enum { STORIES_OFFERED = 10 };

static const struct {
    enum block_kind kind;
    const char *title;
} kinds[] = {
    {BLOCK_NOTE, "a note"},
    {BLOCK_SPONSOR, "a sponsor, labelled as an advertisement"},
    {BLOCK_EVENT, "an event"},
};

/* ---- the form ---- */

static const char *write_place(struct visit *visit, const struct block *block)
{
    OWNED(strbuf_free) struct strbuf place = STRBUF_INIT;
    block_place_write(block, &place);
    return arena_copy_str(visit->arena, strbuf_str(&place));
}

/* "de\nfr" as it is typed: "de, fr". */
static const char *write_languages(struct visit *visit,
                                   const struct block *block)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct str rest = str_of(block->languages), tag;
    while (str_next_line(&rest, &tag))
        strbuf_add_format(&out, "%s%.*s", out.len ? ", " : "", STR_ARG(tag));
    return arena_copy_str(visit->arena, strbuf_str(&out));
}

static bool add_place(struct visit *visit, struct value *list,
                      const char *place, const char *chosen)
{
    bool is_chosen = strcmp(place, chosen) == 0;
    visit_add_choice(visit, list, place, place, is_chosen);
    return is_chosen;
}

/* Adds the places there are, and the chosen one where it is gone since. */
static void add_places(struct visit *visit, const struct newsletter *n,
                       struct value *data, const char *chosen)
{
    struct value *list = value_list(visit->arena);
    bool found = add_place(visit, list, "top", chosen);
    for (size_t i = 0; i < n->section_count; i++) {
        OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
        newsletter_section_title(&n->sections[i], &title);
        found |= add_place(
            visit, list,
            arena_format(visit->arena, "after %s", strbuf_text(&title)),
            chosen);
    }
    for (int i = 1; i <= STORIES_OFFERED; i++)
        found |=
            add_place(visit, list,
                      arena_format(visit->arena, "after story %d", i), chosen);
    found |= add_place(visit, list, "bottom", chosen);
    if (!found && *chosen)
        add_place(visit, list, chosen, chosen);
    value_set(data, "places", list);
}

static void add_kinds(struct visit *visit, struct value *data,
                      const char *chosen)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        const char *name = block_kind_name(kinds[i].kind);
        visit_add_choice(visit, list, name, kinds[i].title,
                         strcmp(name, chosen) == 0);
    }
    value_set(data, "kinds", list);
}

/* The text that was typed, or else the block's. */
static const char *typed_or(const struct visit *visit, const char *field,
                            const char *kept)
{
    return form_get(visit->form, field).ptr ? visit_field(visit, field) : kept;
}

static void fill_form(struct visit *visit, const struct newsletter *n,
                      const struct block *block, struct value *data)
{
    value_set_nonempty(data, "text", typed_or(visit, "text", block->text));
    value_set_nonempty(data, "from", typed_or(visit, "from", block->from_day));
    value_set_nonempty(data, "until",
                       typed_or(visit, "until", block->until_day));
    value_set_nonempty(
        data, "languages",
        typed_or(visit, "languages", write_languages(visit, block)));
    add_places(visit, n, data,
               typed_or(visit, "place", write_place(visit, block)));
    add_kinds(visit, data,
              typed_or(visit, "kind", block_kind_name(block->kind)));
}

static bool read_form(struct visit *visit, struct block *block, struct err *err)
{
    const char *kind = visit_field(visit, "kind");
    if (!block_kind_parse(kind, &block->kind))
        return err_set(err, ERR_INPUT,
                       "a block is a note, a sponsor's or an event");
    block->text = visit_field(visit, "text");
    block->from_day = visit_field(visit, "from");
    block->until_day = visit_field(visit, "until");
    return block_place_read(visit_field(visit, "place"), visit->arena, block,
                            err) &&
           block_languages_read(visit_field(visit, "languages"), visit->arena,
                                &block->languages, err);
}

/* ---- the pages ---- */

static struct block fresh(const struct newsletter *n)
{
    return (struct block){.newsletter_id = n->id,
                          .place = BLOCK_BOTTOM,
                          .section = "",
                          .from_day = "",
                          .until_day = "",
                          .languages = "",
                          .text = ""};
}

static bool add_list(struct visit *visit, const struct newsletter *n,
                     struct value *data, struct err *err)
{
    struct block_list blocks;
    struct value *list = value_list(visit->arena);
    if (!block_find(visit->db, n->id, visit->arena, &blocks, err))
        return false;
    for (size_t i = 0; i < blocks.count; i++) {
        const struct block *block = &blocks.items[i];
        struct value *item = value_object(visit->arena);
        value_set_number(item, "id", block->id);
        value_set_nonempty(item, "kind", block_kind_name(block->kind));
        value_set_nonempty(item, "place", write_place(visit, block));
        value_set_nonempty(item, "from", block->from_day);
        value_set_nonempty(item, "until", block->until_day);
        value_set_nonempty(item, "languages", write_languages(visit, block));
        value_set_nonempty(item, "text", block->text);
        value_append(list, item);
    }
    value_set(data, "blocks", list);
    value_set_bool(data, "has_blocks", blocks.count > 0);
    return true;
}

/* The list with a form for a new one, or the form of one. */
static bool show(struct visit *visit, const struct newsletter *n,
                 const struct block *block, const struct err *why,
                 struct err *err)
{
    struct value *data;
    if (!visit_data(visit, "newsletters", &data, err))
        return false;
    value_set_nonempty(data, "slug", n->slug);
    value_set_nonempty(data, "title", n->title);
    fill_form(visit, n, block, data);
    if (block->id)
        value_set_number(data, "block", block->id);
    if (why)
        value_set_nonempty(data, "wrong", why->text);
    return (block->id || add_list(visit, n, data, err)) &&
           visit_show(visit, "blocks", data, why ? 422 : 200, err);
}

static bool get_block(struct visit *visit, struct newsletter *n,
                      struct block *out, struct err *err)
{
    unsigned long long id;
    if (!newsletter_get(visit->db, visit->captures[0], visit->arena, n, err))
        return false;
    if (!str_to_u64(str_of(visit->captures[1]), &id) || id > INT64_MAX)
        return err_set(err, ERR_NOT_FOUND, "there is no such block");
    return block_get(visit->db, (int64_t)id, visit->arena, out, err) &&
           (out->newsletter_id == n->id ||
            err_set(err, ERR_NOT_FOUND, "there is no such block"));
}

static const char *path_of(struct visit *visit, const struct newsletter *n)
{
    return arena_format(visit->arena, "newsletters/%s/blocks", n->slug);
}

bool blocks_page(struct visit *visit, struct err *err)
{
    struct newsletter n;
    if (!newsletter_get(visit->db, visit->captures[0], visit->arena, &n, err))
        return false;
    struct block block = fresh(&n);
    return show(visit, &n, &block, NULL, err);
}

bool blocks_add_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct err why = {0};
    if (!newsletter_get(visit->db, visit->captures[0], visit->arena, &n, err))
        return false;
    struct block block = fresh(&n);
    if (read_form(visit, &block, &why) &&
        block_add(visit->db, &block, &block.id, &why))
        return visit_note(visit, "added a block", n.slug, "", err) &&
               visit_go(visit, path_of(visit, &n),
                        "Added. Issues not yet sent carry it.", err);
    *err = why;
    block.id = 0;
    return newsletter_visit_is_theirs(&why) &&
           show(visit, &n, &block, &why, err);
}

bool block_page(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct block block = {0};
    return get_block(visit, &n, &block, err) &&
           show(visit, &n, &block, NULL, err);
}

bool block_edit_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct block block = {0};
    struct err why = {0};
    if (!get_block(visit, &n, &block, err))
        return false;
    if (read_form(visit, &block, &why) && block_update(visit->db, &block, &why))
        return visit_note(visit, "changed a block", n.slug, "", err) &&
               visit_go(visit, path_of(visit, &n),
                        "Saved. Issues that were sent stay as they are.", err);
    *err = why;
    return newsletter_visit_is_theirs(&why) &&
           show(visit, &n, &block, &why, err);
}

bool block_remove_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct block block = {0};
    return get_block(visit, &n, &block, err) &&
           block_remove(visit->db, block.id, err) &&
           visit_note(visit, "removed a block", n.slug, "", err) &&
           visit_go(visit, path_of(visit, &n),
                    "Removed. Issues that carried it keep it.", err);
}
