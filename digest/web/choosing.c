/* Shows and reads the fields in which a subscriber chooses. */
#include "digest/web/choosing.h"

#include <inttypes.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"

enum { DATE_LENGTH = 10 };

/* ---- showing ---- */

/* Whether `name` is one of the lines. */
static bool has_line(const char *lines, struct str name)
{
    struct str rest = str_of(lines), line;
    while (str_next_line(&rest, &line))
        if (str_equal(line, name))
            return true;
    return false;
}

static void add_names(struct strbuf *names, const char *lines)
{
    struct str rest = str_of(lines), line;
    while (str_next_line(&rest, &line))
        if (line.len && !str_equal(line, STR("*")) &&
            !has_line(strbuf_text(names), line))
            strbuf_add_format(names, "%.*s\n", STR_ARG(line));
}

/* The names to choose from, one a line: the sections' categories, and those
 * chosen before. */
static const char *choices_of(const struct newsletter *n, const char *chosen,
                              struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    for (size_t i = 0; i < n->section_count; i++)
        add_names(&names, n->sections[i].categories);
    add_names(&names, chosen);
    return arena_copy_str(arena, strbuf_str(&names));
}

static struct value *choice_list(const char *choices, const char *chosen,
                                 struct arena *arena)
{
    struct value *list = value_list(arena);
    struct str rest = str_of(choices), name;
    while (str_next_line(&rest, &name)) {
        struct value *item = value_object(arena);
        value_set_str(item, "category", name);
        value_set_bool(item, "is_chosen", !*chosen || has_line(chosen, name));
        value_append(list, item);
    }
    return list;
}

bool choosing_show(struct db *db, const struct newsletter *n,
                   int64_t subscriber_id, struct arena *arena,
                   struct value *item, struct err *err)
{
    struct preferences chosen;
    char until[TIME_TEXT_SIZE];
    if (!preferences_get(db, subscriber_id, n->id, arena, &chosen, err))
        return false;
    const char *choices = choices_of(n, chosen.categories, arena);
    value_set_bool(item, "has_choices", *choices != '\0');
    value_set(item, "choices", choice_list(choices, chosen.categories, arena));
    if (!clock_is_due(chosen.paused_until, PREFERENCES_PAUSE_MAX_S,
                      clock_now()))
        value_set_str(item, "paused_until",
                      (struct str){time_rfc3339(chosen.paused_until, until),
                                   DATE_LENGTH});
    return true;
}

/* ---- reading ---- */

/* Reads which of the names are ticked; everything ticked is "all". False when
 * nothing is. */
static bool read_choice(const struct form *form, const char *field,
                        const char *choices, struct arena *arena,
                        const char **out)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    struct str rest = str_of(choices), name;
    bool all = true;
    while (str_next_line(&rest, &name)) {
        bool ticked = false;
        for (size_t i = 0; i < form->count && !ticked; i++)
            ticked = str_equal(form->fields[i].name, str_of(field)) &&
                     str_equal(form->fields[i].value, name);
        all = all && ticked;
        if (ticked)
            strbuf_add_format(&names, "%s%.*s", names.len ? "\n" : "",
                              STR_ARG(name));
    }
    *out = all ? "" : arena_copy_str(arena, strbuf_str(&names));
    return all || names.len > 0;
}

/* An empty date, or one that has passed, is no pause. */
static bool read_pause(struct str text, int64_t *until)
{
    int64_t now = clock_now();
    *until = 0;
    text = str_trim(text);
    if (!text.len)
        return true;
    if (!time_parse_rfc3339(text, until) ||
        *until > now + PREFERENCES_PAUSE_MAX_S)
        return false;
    if (*until <= now)
        *until = 0;
    return true;
}

static const char *field_name(struct arena *arena, const char *what, int64_t id)
{
    return arena_format(arena, "%s.%" PRId64, what, id);
}

bool choosing_read(struct db *db, const struct newsletter *n,
                   int64_t subscriber_id, const struct form *form,
                   struct arena *arena, struct preferences *out,
                   const char **wrong, struct err *err)
{
    if (!preferences_get(db, subscriber_id, n->id, arena, out, err))
        return false;
    const char *choices = choices_of(n, out->categories, arena);
    if (!read_choice(form, field_name(arena, "category", n->id), choices, arena,
                     &out->categories))
        *wrong = "nothing_chosen";
    else if (!read_pause(form_get(form, field_name(arena, "pause", n->id)),
                         &out->paused_until))
        *wrong = "wrong_date";
    return true;
}
