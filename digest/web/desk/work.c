/* Serves the page that waits for the worker, and tells what it did. */
#include "digest/web/desk/work.h"

#include <inttypes.h>

#include "digest/web/desk/pages.h"

bool work_start(struct visit *visit, struct desk_work *work, const char *action,
                const char *object, const char *note, struct err *err)
{
    work->who = visit->session->editor.email;
    work->action = action;
    work->object = object;
    work->note = note;
    work->client = visit->request->client;
    return worker_add(visit->web->worker, work, &work->id, err) &&
           visit_go(visit,
                    arena_format(visit->arena, "work/%" PRId64, work->id), NULL,
                    err);
}

bool work_page(struct visit *visit, struct err *err)
{
    struct value *data;
    struct work_status status;
    unsigned long long id;
    if (!str_to_u64(str_of(visit->captures[0]), &id) || id > INT64_MAX)
        id = 0;
    if (!worker_get(visit->web->worker, (int64_t)id,
                    visit->session->editor.email, visit->arena, &status, err))
        return false;
    if (status.state == WORK_DONE && status.goes_on)
        return visit_go(visit, status.back, NULL, err);
    if (!visit_data(visit, "", &data, err))
        return false;
    bool is_over = status.state >= WORK_DONE;
    value_set_text(data, "title", status.title);
    value_set_text(data, "back", status.back);
    value_set_nonempty(data, "text", status.text);
    value_set_bool(data, "is_under_way", !is_over);
    value_set_bool(data, "is_done", status.state == WORK_DONE);
    value_set_number(data, "id", (int64_t)id);
    value_set_bool(data, "has_file", status.has_file);
    value_set_bool(data, "has_failed", status.state == WORK_FAILED);
    if (status.total) {
        value_set_bool(data, "has_total", true);
        value_set_number(data, "done_plain", status.done);
        value_set_number(data, "total_plain", status.total);
        value_set_text(data, "total", visit_number(visit, status.total));
    }
    if (status.done)
        value_set_text(data, "done", visit_number(visit, status.done));
    if (!is_over)
        response_header(visit->response, "Refresh", "1");
    return visit_show(visit, "work", data, 200, err);
}

/* dup'ed descriptors share their place: it is read from its begin. */
bool work_file(struct visit *visit, struct err *err)
{
    unsigned long long id;
    struct response *response = visit->response;
    if (!str_to_u64(str_of(visit->captures[0]), &id) || id > INT64_MAX)
        id = 0;
    if (!worker_get_file(visit->web->worker, (int64_t)id,
                         visit->session->editor.email, &response->file,
                         &response->file_size, err))
        return false;
    response_header(response, "Content-Type", "text/csv; charset=utf-8");
    response_header(response, "Content-Disposition",
                    "attachment; filename=\"readers.csv\"");
    return true;
}
