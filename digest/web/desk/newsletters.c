/* Newsletters: the list, making one, changing it and deleting it. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/issues/issue.h"
#include "digest/issues/stats.h"
#include "digest/newsletters/newsletter.h"
#include "digest/web/desk/newsletter_visit.h"
#include "digest/web/desk/pages.h"

/* ---- the list ---- */

bool newsletters_page(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct newsletter_list all;
    if (!visit_data(visit, "newsletters", &data, err) ||
        !newsletter_find(visit->db, visit->arena, &all, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        const struct newsletter *n = &all.items[i];
        struct value *item = value_object(visit->arena);
        int64_t active;
        if (!stats_active(visit->db, n->id, &active, err))
            return false;
        value_set_text(item, "slug", n->slug);
        value_set_text(item, "title", n->title);
        value_set_text(item, "active", visit_number(visit, active));
        value_set_text(item, "sections",
                       visit_number(visit, (int64_t)n->section_count));
        value_append(list, item);
    }
    value_set(data, "newsletters", list);
    return visit_show(visit, "newsletters", data, 200, err);
}

/* ---- pages ---- */

/* Adds the stamp and the further parts of a stored newsletter's page, as it is
 * kept, whatever was typed. */
static bool add_kept(struct visit *visit, const struct newsletter *n,
                     struct value *data, struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    struct newsletter kept;
    if (!newsletter_get_by_id(visit->db, n->id, visit->arena, &kept, err))
        return false;
    newsletter_visit_state(&kept, &state);
    value_set(data, "stamp", visit_stamp(visit, strbuf_str(&state)));
    return newsletter_visit_more(visit, n, data, err);
}

bool newsletter_visit_show(struct visit *visit, const struct newsletter *n,
                           bool is_new, const struct err *why,
                           const char *where, struct err *err)
{
    static const char *const typed[] = {
        "slug",     "title",      "from_name",  "from_address", "reply_to",
        "language", "timezone",   "template",   "max_age",      "min",
        "most",     "per_source", "per_author", "excluded"};
    struct value *data;
    if (!visit_data(visit, "newsletters", &data, err))
        return false;
    newsletter_visit_fill(visit, n, data);
    value_set_bool(data, "is_new", is_new);
    newsletter_visit_offer(visit, n, data);
    newsletter_visit_theme(visit, n, data);
    if (!newsletter_visit_sections(visit, n, data, err))
        return false;
    for (size_t i = 0; why && i < ARRAY_SIZE(typed); i++)
        if (form_get(visit->form, typed[i]).ptr)
            value_set_text(data, typed[i], visit_field(visit, typed[i]));
    if (why) {
        value_set_text(data, "wrong", why->text);
        value_set_text(data, "where", where);
        value_set_bool(data, "is_conflict",
                       why->kind == ERR_CONFLICT && !is_new);
        value_set_bool(data, arena_format(visit->arena, "wrong_%s", where),
                       true);
    }
    return (is_new || add_kept(visit, n, data, err)) &&
           visit_show(visit, "newsletter", data,
                      !why                        ? 200
                      : why->kind == ERR_CONFLICT ? 409
                                                  : 422,
                      err);
}

bool newsletter_visit_is_theirs(const struct err *why)
{
    return why->kind == ERR_USAGE || why->kind == ERR_INPUT ||
           why->kind == ERR_CONFLICT || why->kind == ERR_NOT_FOUND;
}

static struct newsletter fresh(const struct visit *visit)
{
    struct newsletter n = newsletter_defaults(visit->now);
    n.slug = visit_field(visit, "slug");
    return n;
}

bool newsletter_new_page(struct visit *visit, struct err *err)
{
    struct newsletter n = fresh(visit);
    return newsletter_visit_show(visit, &n, true, NULL, NULL, err);
}

bool newsletter_new_post(struct visit *visit, struct err *err)
{
    struct newsletter n = fresh(visit);
    struct err why = {0};
    const char *where = NEWSLETTER_WHO;
    if (newsletter_visit_read(visit, &n, &where, &why) &&
        newsletter_create(visit->db, &n, &n.id, &why))
        return visit_note(visit, "made the newsletter", n.slug, "", err) &&
               visit_go_saying(
                   visit, arena_format(visit->arena, "newsletters/%s", n.slug),
                   err, "Made %s.", n.slug);
    *err = why;
    return newsletter_visit_is_theirs(&why) &&
           newsletter_visit_show(visit, &n, true, &why, where, err);
}

bool newsletter_page(struct visit *visit, struct err *err)
{
    struct newsletter n;
    return newsletter_get(visit->db, visit->captures[0], visit->arena, &n,
                          err) &&
           newsletter_visit_show(visit, &n, false, NULL, NULL, err);
}

bool newsletter_edit_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct err why = {0};
    const char *where = NEWSLETTER_WHO;
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    if (!newsletter_get(visit->db, visit->captures[0], visit->arena, &n, err))
        return false;
    newsletter_visit_state(&n, &state);
    if (newsletter_visit_read(visit, &n, &where, &why) &&
        visit_check_stamp(visit, strbuf_str(&state), &why) &&
        newsletter_update(visit->db, &n, &why))
        return visit_note(visit, "changed the newsletter", n.slug, "", err) &&
               visit_go(visit,
                        arena_format(visit->arena, "newsletters/%s", n.slug),
                        "Saved. An open draft takes it up when it is drafted "
                        "again.",
                        err);
    *err = why;
    return newsletter_visit_is_theirs(&why) &&
           newsletter_visit_show(visit, &n, false, &why, where, err);
}

bool newsletter_delete_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    return newsletter_get(visit->db, visit->captures[0], visit->arena, &n,
                          err) &&
           issue_delete_newsletter(visit->db, n.id, err) &&
           visit_note(visit, "deleted the newsletter", n.slug, "", err) &&
           visit_go_saying(visit, "newsletters", err, "Deleted %s.", n.slug);
}
