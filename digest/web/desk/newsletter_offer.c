/* Sets what the form of a newsletter offers: designs, languages, and a word on
 * languages without words and colours that can't be read. */
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/delivery/trial.h"
#include "digest/renderer/theme.h"
#include "digest/web/desk/newsletter_visit.h"

/* The design that is chosen is offered though it may be gone. */
static void add_designs(struct visit *visit, const char *chosen,
                        struct value *data)
{
    OWNED(file_list_free) struct file_list names = {0};
    struct value *list = value_list(visit->arena);
    bool is_there = false;
    template_set_folders(visit->web->templates, "email", "html.mustache",
                         &names);
    for (size_t i = 0; i <= names.count; i++) {
        bool is_last = i == names.count;
        const char *name = is_last ? chosen : names.names[i];
        bool is_chosen = strcmp(name, chosen) == 0;
        if (is_last && is_there)
            break;
        struct value *item = value_object(visit->arena);
        value_set_text(item, "value", arena_copy(visit->arena, name));
        value_set_bool(item, "is_chosen", is_chosen);
        value_append(list, item);
        is_there |= is_chosen;
    }
    value_set(data, "designs", list);
}

static void add_languages(struct visit *visit, struct value *data)
{
    static const char suffix[] = ".yaml";
    OWNED(file_list_free) struct file_list names = {0};
    struct value *list = value_list(visit->arena);
    template_set_list(visit->web->templates, "messages", suffix, &names);
    for (size_t i = 0; i < names.count; i++) {
        struct str name = str_of(names.names[i]);
        name.len -= sizeof suffix - 1;
        value_append(
            list, value_text(visit->arena, arena_copy_str(visit->arena, name)));
    }
    value_set(data, "languages", list);
}

static void add_contrast(struct visit *visit, const struct newsletter *n,
                         struct value *data)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    struct render_setting *theme;
    size_t count;
    struct err ignored = {0};
    if (!theme_parse(str_of(n->theme), visit->arena, &theme, &count, &ignored))
        return;
    theme_write_contrast(theme, count, &lines);
    if (lines.len)
        value_set_str(data, "contrast", str_trim(strbuf_str(&lines)));
}

static void add_language_note(struct visit *visit, const struct newsletter *n,
                              struct value *data)
{
    OWNED(strbuf_free) struct strbuf note = STRBUF_INIT;
    trial_language(visit->web->templates, n->language, &note);
    if (note.len)
        value_set_str(data, "language_note", strbuf_str(&note));
}

void newsletter_visit_offer(struct visit *visit, const struct newsletter *n,
                            struct value *data)
{
    add_designs(visit, n->template_name, data);
    add_languages(visit, data);
    add_language_note(visit, n, data);
    add_contrast(visit, n, data);
}
