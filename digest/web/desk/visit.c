/* Reads what a visit asks, and answers it with pages and redirects. */
#include "digest/web/desk/visit.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "digest/access/audit.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/delivery/ways.h"
#include "digest/web/page.h"

/* ---- what was sent ---- */

static const char *get(const struct form *form, struct arena *arena,
                       const char *name)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    utf8_clean(&text, form_get(form, name));
    return arena_copy_str(arena, str_trim(strbuf_str(&text)));
}

const char *visit_field(const struct visit *visit, const char *name)
{
    return get(visit->form, visit->arena, name);
}

const char *visit_query(const struct visit *visit, const char *name)
{
    return get(visit->query, visit->arena, name);
}

int64_t visit_query_number(const struct visit *visit, const char *name,
                           int64_t otherwise)
{
    unsigned long long number;
    const char *text = visit_query(visit, name);
    return str_to_u64(str_of(text), &number) && number <= INT64_MAX
               ? (int64_t)number
               : otherwise;
}

static bool read_number(const char *text, int64_t *out, struct err *err)
{
    unsigned long long number;
    if (!str_to_u64(str_of(text), &number) || number > INT64_MAX)
        return err_set(err, ERR_INPUT,
                       "\"%.40s\" is no whole number; nothing was changed",
                       text);
    *out = (int64_t)number;
    return true;
}

bool visit_field_number(const struct visit *visit, const char *name,
                        int64_t *out, struct err *err)
{
    return read_number(visit_field(visit, name), out, err);
}

const char *visit_said(const struct visit *visit, const char *name)
{
    return form_get(visit->form, name).ptr ? visit_field(visit, name)
                                           : visit_query(visit, name);
}

bool visit_said_number(const struct visit *visit, const char *name,
                       int64_t *out, struct err *err)
{
    return read_number(visit_said(visit, name), out, err);
}

bool visit_may(const struct visit *visit, enum editor_role role)
{
    return visit->session && visit->session->editor.role >= role;
}

/* ---- answers ---- */

static const char *desk_root(const struct visit *visit)
{
    return arena_format(visit->arena, "%sdesk/", page_root(visit->request));
}

static void set_editor(struct visit *visit, struct value *data)
{
    const struct session *session = visit->session;
    value_set_text(data, "csrf", session->csrf);
    value_set_text(data, "editor", editor_shown(&session->editor));
    value_set_text(data, "role", editor_role_name(session->editor.role));
    value_set_bool(data, "may_send", visit_may(visit, ROLE_EDITOR));
    value_set_bool(data, "may_own", visit_may(visit, ROLE_OWNER));
}

bool visit_data(struct visit *visit, const char *here, struct value **out,
                struct err *err)
{
    struct value *data = page_data(visit->web, visit->request);
    *out = data;
    value_set_text(data, "desk", desk_root(visit));
    value_set_text(data, "release", DIGEST_VERSION);
    value_set_bool(data, arena_format(visit->arena, "here_%s", here), true);
    if (!visit->session)
        return true;
    set_editor(visit, data);
    value_set_text(
        data, "mail_is",
        ways_words(ways_of(visit->web->conf, visit->arena), visit->arena));
    const char *said;
    if (!session_take_said(visit->db, visit->session, visit->arena, &said, err))
        return false;
    if (*said)
        value_set_text(data, "said", said);
    return true;
}

bool visit_show(struct visit *visit, const char *name, const struct value *data,
                unsigned status, struct err *err)
{
    OWNED(mem_free) char *path = mem_format("desk/%s.mustache", name);
    if (!template_set_apply(visit->web->templates, path, data, EDGE_HTML,
                            &visit->response->body, err))
        return false;
    visit->response->status = status;
    response_header(visit->response, "Content-Type",
                    "text/html; charset=utf-8");
    return true;
}

bool visit_go(struct visit *visit, const char *path, const char *said,
              struct err *err)
{
    struct response *response = visit->response;
    if (said && visit->session &&
        !session_say(visit->db, visit->session, said, err))
        return false;
    response_text(response, 303, "");
    response_header(response, "Location",
                    arena_format(visit->arena, "%s%s", desk_root(visit), path));
    return true;
}

bool visit_go_saying(struct visit *visit, const char *path, struct err *err,
                     const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text[utf8_cut_length(str_of(text), sizeof text - 4)] = '\0';
    return visit_go(visit, path, text, err);
}

static unsigned status_of(enum err_kind kind)
{
    static const struct {
        enum err_kind kind;
        unsigned status;
    } map[] = {
        {ERR_NOT_FOUND, 404}, {ERR_PERMISSION, 403}, {ERR_CONFLICT, 409},
        {ERR_USAGE, 422},     {ERR_INPUT, 422},      {ERR_CONFIG, 422},
        {ERR_PERMANENT, 502}, {ERR_TEMPORARY, 503},
    };
    for (size_t i = 0; i < ARRAY_SIZE(map); i++)
        if (map[i].kind == kind)
            return map[i].status;
    return 0;
}

bool visit_refuse(struct visit *visit, const struct err *why, struct err *err)
{
    struct value *data;
    unsigned status = status_of(why->kind);
    if (!status) {
        *err = *why;
        return false;
    }
    if (!visit_data(visit, "", &data, err))
        return false;
    value_set_text(data, "problem", why->text);
    value_set_bool(data, "is_conflict", why->kind == ERR_CONFLICT);
    strbuf_cut(&visit->response->body, 0);
    return visit_show(visit, "problem", data, status, err);
}

void visit_add_choice(struct visit *visit, struct value *list, const char *name,
                      const char *title, bool is_chosen)
{
    struct value *item = value_object(visit->arena);
    value_set_text(item, "value", name);
    value_set_text(item, "title", title);
    value_set_bool(item, "is_chosen", is_chosen);
    value_append(list, item);
}

bool visit_note(struct visit *visit, const char *action, const char *object,
                const char *note, struct err *err)
{
    return audit_add(visit->db,
                     &(struct audit_line){
                         .at = visit->now,
                         .who = visit->session->editor.email,
                         .action = action,
                         .object = object,
                         .note = note,
                         .client = visit->request->client,
                     },
                     err);
}
