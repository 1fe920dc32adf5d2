/* The page for a form that couldn't be kept, for a reason that isn't the
 * editor's: why, what was typed, and a way to send it again. */

#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/web/desk/kept.h"

enum { LINE_MAX_BYTES = 120, SHOWN_MAX_BYTES = 200000 };

/* Fields that go along unseen: nobody types them. */
static const char *const unseen[] = {
    "stamp",
    "version",
    "id",
    "act",
    "place",
    "door",
    "next",
    "how",
    "as",
    "anyway",
    "dark",
    "section",
    "template",
    "policy",
    "newsletter",
    "ranking",
    "state",
    "as_imported",
    "all_story_pages",
    "greeting",
    "quiet",
    "checks",
};

/* Fields that aren't shown, and can't be sent again from here: passwords, and
 * the bytes of a file. */
static const char *const withheld[] = {"password", "old", "new", "list"};

static bool is_one_of(struct str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(name, str_of(names[i])))
            return true;
    return false;
}

static bool is_unseen(struct str name)
{
    return is_one_of(name, unseen, ARRAY_SIZE(unseen)) ||
           str_starts(name, STR("theirs.")) ||
           str_starts(name, STR("place.")) ||
           str_starts(name, STR("column.")) ||
           str_starts(name, STR("category.")) ||
           str_starts(name, STR("section-")) || str_starts(name, STR("show-"));
}

bool visit_can_show(const struct form_field *field)
{
    return !field->file.len && field->value.len <= SHOWN_MAX_BYTES &&
           !is_one_of(field->name, withheld, ARRAY_SIZE(withheld));
}

bool visit_is_typed(const struct form_field *field)
{
    return field->value.len && !is_unseen(field->name) &&
           visit_can_show(field) && !str_equal(field->name, STR("csrf"));
}

/* "reply_to" as "Reply to", for the desk's own labels stand in its pages. */
static const char *label_of(const struct visit *visit, struct str name)
{
    char *label = arena_copy_str(visit->arena, name);
    for (char *c = label; *c; c++)
        if (*c == '_' || *c == '.')
            *c = ' ';
    if (*label >= 'a' && *label <= 'z')
        *label = (char)(*label - 'a' + 'A');
    return label;
}

/* Adds each field as it was sent; false where not all of them can be. */
static bool add_fields(const struct visit *visit, struct value *data)
{
    struct value *list = value_list(visit->arena);
    bool all = true, any = false;
    for (size_t i = 0; i < visit->form->count; i++) {
        const struct form_field *field = &visit->form->fields[i];
        if (str_equal(field->name, STR("csrf")))
            continue;
        if (!visit_can_show(field)) {
            all = false;
            continue;
        }
        struct value *item = value_object(visit->arena);
        OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        utf8_clean(&name, field->name);
        utf8_clean(&text, field->value);
        bool is_hidden = is_unseen(field->name) || !text.len;
        bool is_long = text.len > LINE_MAX_BYTES ||
                       str_find(strbuf_str(&text), '\n') < text.len;
        any |= !is_hidden;
        value_set_text(item, "name",
                       arena_copy_str(visit->arena, strbuf_str(&name)));
        value_set_text(item, "label", label_of(visit, strbuf_str(&name)));
        value_set_text(item, "value",
                       arena_copy_str(visit->arena, strbuf_str(&text)));
        value_set_text(item, "key", arena_format(visit->arena, "typed-%zu", i));
        value_set_bool(item, "is_hidden", is_hidden);
        value_set_bool(item, "is_long", is_long);
        value_append(list, item);
    }
    value_set(data, "fields", list);
    value_set_bool(data, "has_typed", any);
    return all;
}

/* An error's words, without the place of the database, which the operator knows
 * from the log. */
static const char *said_of(const struct visit *visit, const struct err *why)
{
    OWNED(mem_free) char *path = mem_format("%s: ", db_path(visit->db));
    struct str text = str_of(why->text);
    if (str_starts(text, str_of(path)))
        text = str_from(text, strlen(path));
    return arena_copy_str(visit->arena, text);
}

/* Shows the door again, where nothing else is kept than who it was. */
static bool show_door(struct visit *visit, struct value *data,
                      const char *problem, unsigned status, struct err *err)
{
    static const char *const kept[] = {"door", "next", "email"};
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
        value_set_text(data, kept[i], visit_field(visit, kept[i]));
    value_set_text(
        data, "wrong",
        arena_format(visit->arena, "You couldn’t be signed in: %s.", problem));
    kept_show(visit, kept_of_door(visit), data);
    return visit_show(visit, "sign_in", data, status, err);
}

static bool show(struct visit *visit, struct value *data, const char *problem,
                 bool is_passing, unsigned status, struct err *err)
{
    value_set_text(data, "problem", problem);
    value_set_bool(data, "is_passing", is_passing);
    value_set_bool(data, "can_retry", add_fields(visit, data));
    return visit_show(visit, "unsaved", data, status, err);
}

bool visit_send_again(struct visit *visit, const char *path,
                      const char *problem, unsigned status, struct err *err)
{
    struct value *data;
    if (!visit_data(visit, "", &data, err))
        return false;
    value_set_text(data, "path", path);
    return show(visit, data, problem, true, status, err);
}

bool visit_unsaved(struct visit *visit, const struct err *why, struct err *err)
{
    struct value *data;
    const char *problem = said_of(visit, why);
    bool passing = why->kind == ERR_TEMPORARY;
    unsigned status = passing ? 503 : 500;
    if (!visit_data(visit, "", &data, err))
        return false;
    strbuf_cut(&visit->response->body, 0);
    if (passing)
        response_header(visit->response, "Retry-After", "60");
    else
        log_error("web: %s", why->text);
    if (!visit->session)
        return show_door(visit, data, problem, status, err);
    return show(visit, data, problem, passing, status, err);
}
