/* Acts on a whole issue: test copies, pausing, resuming, ending. */
#include <inttypes.h>

#include "digest/base/mem.h"
#include "digest/delivery/conductor.h"
#include "digest/delivery/ways.h"
#include "digest/issues/acts.h"
#include "digest/scheduler/plan.h"
#include "digest/web/desk/issue_visit.h"
#include "digest/web/desk/pages.h"
#include "digest/web/desk/work.h"
#include "digest/web/limits.h"

/* ---- test copies ---- */

enum { TEST_MAX = 5 };

struct test {
    int64_t issue_id;
    char *emails[TEST_MAX];
    size_t count;
};

static void free_test(void *argument)
{
    struct test *test = argument;
    for (size_t i = 0; i < test->count; i++)
        free(test->emails[i]);
    free(test);
}

static bool run_test(struct work_run *run, void *argument, struct err *err)
{
    struct test *test = argument;
    struct issue issue;
    const char *emails[TEST_MAX];
    for (size_t i = 0; i < test->count; i++)
        emails[i] = test->emails[i];
    if (!issue_get_by_id(run->conductor.db, test->issue_id, run->arena, &issue,
                         err) ||
        !conductor_test(&run->conductor, &issue, emails, test->count, err))
        return false;
    strbuf_add_text(&run->said, "Sent a test copy to ");
    for (size_t i = 0; i < test->count; i++)
        strbuf_add_format(&run->said, "%s%s", i ? ", " : "", emails[i]);
    strbuf_add_format(
        &run->said, "%s. Its links are disabled.",
        ways_aside(ways_of(run->conductor.conf, run->arena), run->arena));
    return true;
}

static bool read_emails(struct visit *visit, struct test *test, struct err *err)
{
    struct str rest = str_of(visit_field(visit, "to"));
    for (char *c = (char *)rest.ptr; *c; c++)
        if (strchr(",;\r\n\t", *c))
            *c = ' ';
    while (rest.len) {
        struct str email = str_cut(&rest, ' ');
        if (!email.len)
            continue;
        if (test->count == TEST_MAX)
            return err_set(err, ERR_INPUT, "at most %d addresses at a time",
                           TEST_MAX);
        test->emails[test->count++] = str_dup(email);
    }
    return test->count ||
           err_set(err, ERR_INPUT, "to whom? Give an address, or several");
}

/* Copies go to whoever is named, so that they are counted for each editor. */
static bool may_test(struct visit *visit, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!limits_take(visit->web->limits, LIMIT_TEST,
                         visit->session->editor.email))
            return err_set(err, ERR_PERMISSION,
                           "you have sent 30 test copies within the hour; "
                           "nothing was sent. Two minutes for each, and you "
                           "may send again");
    return true;
}

bool issue_test_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    struct err why = {0};
    struct test *test = MEM_NEW(struct test);
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !read_emails(visit, test, &why) || !may_test(visit, test->count, err)) {
        free_test(test);
        return why.kind &&
               issue_visit_show(visit, arena_copy(visit->arena, why.text), 422,
                                err);
    }
    test->issue_id = issue.id;
    const char *name = issue_visit_name(visit, &issue);
    struct desk_work work = {
        .title = arena_format(visit->arena, "Sending a test copy of %s", name),
        .back = issue_visit_path(visit, &issue),
        .run = run_test,
        .free = free_test,
        .argument = test,
    };
    return work_start(
        visit, &work, "sent a test copy", name,
        arena_format(visit->arena, "to %s", visit_field(visit, "to")), err);
}

/* ---- pausing, resuming, ending ---- */

static bool act(struct visit *visit, enum issue_act act, const char *done,
                struct err *err)
{
    struct issue issue;
    struct newsletter n;
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !issue_act(visit->db, &issue, act, visit->now, err))
        return false;
    const char *name = issue_visit_name(visit, &issue);
    return visit_note(visit, done, name, "", err) &&
           visit_go_saying(visit, issue_visit_path(visit, &issue), err,
                           "%s is %s.", name, done);
}

bool issue_pause_post(struct visit *visit, struct err *err)
{
    return act(visit, ACT_PAUSE, "paused", err);
}

bool issue_resume_post(struct visit *visit, struct err *err)
{
    return act(visit, ACT_RESUME, "resumed", err);
}

bool issue_cancel_post(struct visit *visit, struct err *err)
{
    struct issue issue;
    struct newsletter n;
    int64_t skipped = 0;
    struct conductor conductor = web_conductor(visit->web);
    if (!issue_visit_get(visit, &issue, &n, err) ||
        !plan_cancel(&conductor, &issue, &skipped, err))
        return false;
    const char *name = issue_visit_name(visit, &issue);
    const char *path = issue_visit_path(visit, &issue);
    const char *people =
        visit_count(visit, skipped, "subscriber", "subscribers");
    if (!issue.started_at)
        return visit_note(visit, "deleted", name, "", err) &&
               visit_go_saying(visit, path, err,
                               "Deleted %s; it won’t be sent.", name);
    return visit_note(visit, "stopped", name, people, err) &&
           visit_go_saying(visit, path, err, "Stopped %s; %s won’t get it.",
                           name, people);
}
