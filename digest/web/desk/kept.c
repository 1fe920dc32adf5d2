/* Carries a form through signing in, so that nothing typed is lost. */
#include "digest/web/desk/kept.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

/* Signing in has a few fields of its own. */
enum { KEPT_MAX = FORM_FIELDS_MAX - 8 };

#define PREFIX "kept."

struct str kept_name(struct str name)
{
    return str_starts(name, STR(PREFIX)) ? str_from(name, sizeof PREFIX - 1)
                                         : name;
}

static void add(struct form *kept, const struct form *form)
{
    for (size_t i = 0; i < form->count && kept->count < FORM_FIELDS_MAX; i++)
        if (!str_equal(form->fields[i].name, STR("csrf")))
            kept->fields[kept->count++] = form->fields[i];
}

static bool is_worth_it(const struct form *kept)
{
    bool typed = false;
    for (size_t i = 0; i < kept->count; i++) {
        if (!visit_can_show(&kept->fields[i]))
            return false;
        typed |= visit_is_typed(&kept->fields[i]);
    }
    return typed && kept->count <= KEPT_MAX;
}

struct form *kept_of_request(const struct visit *visit)
{
    struct form *kept = ARENA_NEW(visit->arena, struct form);
    add(kept, visit->form);
    add(kept, visit->query);
    if (!is_worth_it(kept))
        kept->count = 0;
    return kept;
}

struct form *kept_of_door(const struct visit *visit)
{
    struct form *kept = ARENA_NEW(visit->arena, struct form);
    for (size_t i = 0; i < visit->form->count; i++) {
        struct form_field field = visit->form->fields[i];
        if (!str_starts(field.name, STR(PREFIX)))
            continue;
        field.name = kept_name(field.name);
        kept->fields[kept->count++] = field;
    }
    return kept;
}

static struct value *clean(const struct visit *visit, const char *prefix,
                           struct str text)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    strbuf_add_text(&out, prefix);
    utf8_clean(&out, text);
    return value_text(visit->arena, strbuf_text(&out));
}

void kept_show(const struct visit *visit, const struct form *kept,
               struct value *data)
{
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < kept->count; i++) {
        struct value *item = value_object(visit->arena);
        value_set(item, "name", clean(visit, PREFIX, kept->fields[i].name));
        value_set(item, "value", clean(visit, "", kept->fields[i].value));
        value_append(list, item);
    }
    value_set(data, "kept", list);
    value_set_bool(data, "is_kept", kept->count > 0);
}
