/* Serves an editor's own account, and the record of what was done. */
#include "digest/access/audit.h"
#include "digest/access/password.h"
#include "digest/base/mem.h"
#include "digest/web/desk/pages.h"

enum { TRAIL_LINES = 200 };

static bool add_sessions(struct visit *visit, struct value *data,
                         struct err *err)
{
    struct session_rows rows;
    struct value *list = value_list(visit->arena);
    if (!session_find(visit->db, visit->session, visit->now, visit->arena,
                      &rows, err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct session_row *row = &rows.items[i];
        struct value *item = value_object(visit->arena);
        value_set_text(item, "id", row->id);
        value_set_bool(item, "is_current", row->is_current);
        value_set_text(item, "client", row->client);
        value_set_text(item, "agent", row->agent);
        value_set(item, "seen", visit_time(visit, row->seen_at, "UTC"));
        value_append(list, item);
    }
    value_set(data, "sessions", list);
    return true;
}

static bool show(struct visit *visit, const char *wrong, unsigned status,
                 struct err *err)
{
    struct value *data;
    if (!visit_data(visit, "account", &data, err) ||
        !add_sessions(visit, data, err))
        return false;
    value_set_text(data, "email", visit->session->editor.email);
    value_set_text(data, "wrong", wrong);
    value_set_number(data, "password_min", PASSWORD_MIN);
    return visit_show(visit, "account", data, status, err);
}

bool account_page(struct visit *visit, struct err *err)
{
    return show(visit, NULL, 200, err);
}

/* A new password ends every session, this one too. */
bool account_password_post(struct visit *visit, struct err *err)
{
    struct editor editor;
    struct err why = {0};
    struct str old = form_get(visit->form, "old");
    struct str fresh = form_get(visit->form, "new");
    const char *email = visit->session->editor.email;
    const char *too_often = visit_try(visit, email);
    if (too_often)
        return show(visit, too_often, 429, err);
    bool good = editor_check(visit->db, str_of(email), old, visit->arena,
                             &editor, &why);
    if (!good && why.kind != ERR_PERMISSION) {
        *err = why;
        return false;
    }
    if (!good)
        return show(visit, "The present password isn’t this one.", 403, err);
    if (!password_check(fresh, &why))
        return show(visit, arena_copy(visit->arena, why.text), 422, err);
    return editor_set_password(visit->db, editor.id, fresh, err) &&
           visit_note(visit, "changed the password of", editor.email, "",
                      err) &&
           visit_go(visit, "sign-in?changed=1", NULL, err);
}

bool account_end_post(struct visit *visit, struct err *err)
{
    const char *id = visit_field(visit, "id");
    return session_end_one(visit->db, visit->session->editor.id, str_of(id),
                           err) &&
           visit_go(visit, "account", "Ended that session.", err);
}

/* ---- the activity log ---- */

bool activity_log_page(struct visit *visit, struct err *err)
{
    struct value *data, *list = value_list(visit->arena);
    struct audit_lines lines;
    if (!visit_data(visit, "trail", &data, err) ||
        !audit_find(visit->db, NULL, TRAIL_LINES, visit->arena, &lines, err))
        return false;
    for (size_t i = 0; i < lines.count; i++) {
        const struct audit_line *line = &lines.items[i];
        struct value *item = value_object(visit->arena);
        value_set(item, "at", visit_time(visit, line->at, "UTC"));
        value_set_text(item, "who", line->who);
        value_set_text(item, "action", line->action);
        value_set_text(item, "object", line->object);
        value_set_text(item, "note", line->note);
        value_set_text(item, "client", line->client);
        value_append(list, item);
    }
    value_set(data, "lines", list);
    return visit_show(visit, "trail", data, 200, err);
}
