/* Shows which act an issue's state permits, and what comes of it. */
#include "digest/issues/acts.h"
#include "tests/support/house.h"

static const enum issue_state all[] = {
    ISSUE_DRAFT, ISSUE_SCHEDULED, ISSUE_SENDING, ISSUE_PAUSED,
    ISSUE_SENT,  ISSUE_CANCELLED, ISSUE_MISSED,
};

static struct issue in(enum issue_state state)
{
    bool started =
        state == ISSUE_SENDING || state == ISSUE_PAUSED || state == ISSUE_SENT;
    return (struct issue){.id = 1,
                          .newsletter = "weekly",
                          .number = 3,
                          .state = state,
                          .started_at = started ? 1795000000 : 0};
}

/* The states that permit an act: draft, sCheduled, sending, paused, sEnt,
 * cancelled (x), missed. */
static void assert_permits(enum issue_act act, const char *wanted)
{
    static const char letters[] = "dcspexm";
    char got[ARRAY_SIZE(all) + 1] = "";
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        struct issue issue = in(all[i]);
        if (issue_may(&issue, act))
            got[count++] = letters[i];
    }
    assert_string_equal(got, wanted);
}

static void each_act_has_the_states_that_permit_it(void **state)
{
    (void)state;
    assert_permits(ACT_EDIT, "dc");
    assert_permits(ACT_SCHEDULE, "dc");
    assert_permits(ACT_APPROVE, "c");
    assert_permits(ACT_UNSCHEDULE, "c");
    assert_permits(ACT_START, "dc");
    assert_permits(ACT_PAUSE, "s");
    assert_permits(ACT_RESUME, "p");
    assert_permits(ACT_FINISH, "s");
    assert_permits(ACT_RETRY, "se");
    assert_permits(ACT_CANCEL, "dcsp");
    assert_permits(ACT_MISS, "c");
    assert_permits(ACT_RESTORE, "xm");
}

static void what_was_started_is_not_restored(void **state)
{
    (void)state;
    struct issue stopped = in(ISSUE_CANCELLED);
    struct err err = {0};
    stopped.started_at = 1795000000;
    assert_false(issue_check(&stopped, ACT_RESTORE, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_non_null(strstr(err.text, "some may have got it"));
}

static void a_refusal_says_what_it_is_and_what_could_be(void **state)
{
    (void)state;
    struct issue draft = in(ISSUE_DRAFT);
    struct err err = {0};
    assert_false(issue_check(&draft, ACT_PAUSE, &err));
    assert_string_equal(err.text, "weekly/3: is a draft; only one that is "
                                  "being sent can be paused");
}

static void an_act_moves_it_once(void **state)
{
    (void)state;
    OWNED(db_release) struct db *db = house_db();
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct err err = {0};
    struct issue issue;
    house_newsletter(db, "weekly");
    issue = (struct issue){.newsletter_id = 1,
                           .newsletter = "weekly",
                           .subject = "S",
                           .preheader = "",
                           .intro = "",
                           .drafted_at = 1};
    if (!issue_put(db, &issue, &err))
        fail_msg("%s", err.text);
    assert_true(issue_act(db, &issue, ACT_START, 9, &err));
    /* An editor who still has the draft before them is told. */
    assert_false(issue_act(db, &issue, ACT_CANCEL, 10, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_true(issue_get_by_id(db, issue.id, &arena, &issue, &err));
    assert_int_equal(issue.state, ISSUE_SENDING);
    assert_true(issue_act(db, &issue, ACT_PAUSE, 10, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_act_has_the_states_that_permit_it),
        cmocka_unit_test(what_was_started_is_not_restored),
        cmocka_unit_test(a_refusal_says_what_it_is_and_what_could_be),
        cmocka_unit_test(an_act_moves_it_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
