/* Serves the schedule of a newsletter: when its issues go out by themselves. */
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/newsletters/schedule.h"
#include "digest/scheduler/occurrence.h"
#include "digest/web/desk/newsletter_visit.h"
#include "digest/web/desk/pages.h"

enum { NEXT_SHOWN = 5 };

static const char *hours(struct visit *visit, int64_t seconds)
{
    return seconds % 3600 == 0
               ? arena_format(visit->arena, "%lldh",
                              (long long)(seconds / 3600))
               : arena_format(visit->arena, "%lldm", (long long)(seconds / 60));
}

static bool add_times(struct visit *visit, const struct schedule *s,
                      struct value *data, struct err *err)
{
    struct value *list = value_list(visit->arena);
    int64_t times[NEXT_SHOWN];
    size_t count = 0;
    if (*s->every && !occurrence_times(visit->db, s, visit->now, NEXT_SHOWN,
                                       times, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        value_append(list, visit_time(visit, times[i], s->zone));
    value_set(data, "times", list);
    value_set_bool(data, "has_times", count > 0);
    return true;
}

static const struct {
    const char *name, *title;
    enum schedule_policy policy;
} policies[] = {
    {"auto", "goes out by itself", POLICY_AUTO},
    {"approve", "waits until an editor approves it", POLICY_APPROVE},
    {"object", "goes out unless an editor cancels it in time", POLICY_OBJECT},
};

static void add_policies(struct visit *visit, const struct schedule *s,
                         struct value *data)
{
    enum { OBJECT_S = 4 * 3600 };
    const char *typed = visit_field(visit, "policy");
    struct value *list = value_list(visit->arena);
    for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
        visit_add_choice(visit, list, policies[i].name, policies[i].title,
                         *typed ? strcmp(policies[i].name, typed) == 0
                                : policies[i].policy == s->policy);
    value_set(data, "policies", list);
    value_set_text(
        data, "object",
        hours(visit, s->policy == POLICY_OBJECT ? s->object_s : OBJECT_S));
}

static void write_state(const struct schedule *s, const char *editors,
                        struct strbuf *state)
{
    OWNED(strbuf_free) struct strbuf policy = STRBUF_INIT;
    schedule_policy_text(s, &policy);
    visit_state_add(state, s->every);
    visit_state_add(state, s->except);
    visit_state_add(state, strbuf_text(&policy));
    visit_state_number(state, s->lead_s);
    visit_state_number(state, s->grace_s);
    visit_state_add(state, editors);
}

/* Sets the form's fields to what was typed, where it could not be kept. */
static void add_typed(struct visit *visit, struct value *data)
{
    static const char *const fields[] = {"every", "except", "object",
                                         "lead",  "grace",  "editors"};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        if (form_get(visit->form, fields[i]).ptr)
            value_set_text(data, fields[i], visit_field(visit, fields[i]));
}

bool newsletter_visit_schedule(struct visit *visit, const struct newsletter *n,
                               struct value *data, struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    struct schedule s;
    const char *editors;
    if (!schedule_get(visit->db, n->id, visit->arena, &s, err) ||
        !schedule_editors(visit->db, n->id, visit->arena, &editors, err))
        return false;
    write_state(&s, editors, &state);
    value_set(data, "schedule_stamp", visit_stamp(visit, strbuf_str(&state)));
    value_set_text(data, "every", s.every);
    value_set_text(data, "except", s.except);
    add_policies(visit, &s, data);
    value_set_text(data, "lead", hours(visit, s.lead_s));
    value_set_text(data, "grace", hours(visit, s.grace_s));
    value_set_text(data, "editors", editors);
    add_typed(visit, data);
    return add_times(visit, &s, data, err);
}

/* ---- what was typed ---- */

static bool read_span(struct visit *visit, const char *field, int64_t *out,
                      struct err *err)
{
    return schedule_read_span(visit_field(visit, field), out, err);
}

static bool read_policy(struct visit *visit, struct schedule *s,
                        struct err *err)
{
    const char *name = visit_field(visit, "policy");
    for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
        if (strcmp(policies[i].name, name) == 0) {
            s->policy = policies[i].policy;
            return s->policy != POLICY_OBJECT ||
                   read_span(visit, "object", &s->object_s, err);
        }
    return err_set(err, ERR_INPUT, "choose whether it waits for an editor");
}

static bool read_rule(struct visit *visit, struct schedule *s, struct err *err)
{
    const char *every = visit_field(visit, "every");
    if (strcmp(every, s->every) == 0)
        return true;
    s->since = visit->now;
    if (*every)
        return schedule_read(every, visit->now, visit->arena, s, err);
    s->every = s->rule = s->begins = "";
    return true;
}

static const char *read_lines(struct visit *visit, const char *field)
{
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct str rest = str_of(visit_field(visit, field)), line;
    while (str_next_line(&rest, &line)) {
        line = str_trim(line);
        if (line.len)
            strbuf_add_format(&out, "%s%.*s", out.len ? "\n" : "",
                              STR_ARG(line));
    }
    return arena_copy_str(visit->arena, strbuf_str(&out));
}

/* Addresses at commas or one a line. */
static const char *read_editors(struct visit *visit)
{
    char *text = arena_copy(visit->arena, read_lines(visit, "editors"));
    for (char *c = text; *c; c++)
        if (*c == '\n')
            *c = ',';
    return text;
}

/* Reads a schedule as it is kept, and as it was typed. */
static bool read_all(struct visit *visit, const struct newsletter *n,
                     struct schedule *s, struct err *err)
{
    OWNED(strbuf_free) struct strbuf state = STRBUF_INIT;
    const char *editors;
    if (!schedule_get(visit->db, n->id, visit->arena, s, err) ||
        !schedule_editors(visit->db, n->id, visit->arena, &editors, err))
        return false;
    write_state(s, editors, &state);
    s->except = read_lines(visit, "except");
    return visit_check_stamp(visit, strbuf_str(&state), err) &&
           read_rule(visit, s, err) && read_policy(visit, s, err) &&
           read_span(visit, "lead", &s->lead_s, err) &&
           read_span(visit, "grace", &s->grace_s, err);
}

bool newsletter_schedule_post(struct visit *visit, struct err *err)
{
    struct newsletter n;
    struct schedule s;
    struct err why = {0};
    if (!newsletter_get(visit->db, visit->captures[0], visit->arena, &n, err))
        return false;
    if (!read_all(visit, &n, &s, &why) ||
        !schedule_change(visit->db, &s, read_editors(visit), visit->arena,
                         &why)) {
        *err = why;
        return newsletter_visit_is_theirs(&why) &&
               newsletter_visit_show(visit, &n, false, &why,
                                     NEWSLETTER_SCHEDULE, err);
    }
    if (!visit_note(visit, "changed the schedule of", n.slug, s.every, err))
        return false;
    return visit_go(
        visit, arena_format(visit->arena, "newsletters/%s", n.slug),
        *s.every ? "Saved the schedule." : "It has no schedule any more.", err);
}
