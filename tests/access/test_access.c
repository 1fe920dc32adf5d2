#include "digest/access/audit.h"
#include "digest/access/editor.h"
#include "digest/access/password.h"
#include "digest/access/session.h"
#include "tests/support/house.h"

enum { NOW = 1764054000 };

static struct db *db;
static struct arena arena;
static struct err err;

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    db = house_db();
    return 0;
}

static int end(void **state)
{
    (void)state;
    db_release(&db);
    arena_free(&arena);
    return 0;
}

static int64_t add(const char *email, enum editor_role role)
{
    int64_t id = 0;
    struct editor editor = {
        .email = email, .name = "Ada", .role = role, .created_at = NOW};
    if (!editor_add(db, &editor, STR("correct horse battery"), &id, &err))
        fail_msg("%s", err.text);
    return id;
}

static const char *sign_in(int64_t id, int64_t at)
{
    const char *token;
    if (!session_begin(db, id, "192.0.2.1", "Browser", at, &arena, &token,
                       &err))
        fail_msg("%s", err.text);
    return token;
}

static bool is_signed_in(const char *token, int64_t at)
{
    struct session session;
    struct err why = {0};
    bool good = session_get(db, str_of(token), at, &arena, &session, &why);
    if (!good)
        assert_int_equal(why.kind, ERR_NOT_FOUND);
    return good;
}

/* ---- passwords ---- */

static void a_password_matches_its_hash_and_no_other(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    assert_true(password_hash(STR("correct horse"), &hash, &err));
    assert_true(password_matches(STR("correct horse"), strbuf_str(&hash)));
    assert_false(password_matches(STR("correct horsf"), strbuf_str(&hash)));
    assert_false(password_matches(STR(""), strbuf_str(&hash)));
}

static void the_same_password_is_hashed_differently_each_time(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf one = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf two = STRBUF_INIT;
    assert_true(password_hash(STR("correct horse"), &one, &err));
    assert_true(password_hash(STR("correct horse"), &two, &err));
    assert_string_not_equal(strbuf_text(&one), strbuf_text(&two));
}

/* RFC 7914 §12, the second vector: "password", "NaCl", 1024, 8, 16, whose
 * first 32 bytes are what a key of 32 bytes is. */
static void a_hash_of_another_cost_verifies(void **state)
{
    (void)state;
    const char *hash = "scrypt$1024$8$16$TmFDbA$"
                       "_bq-HJ00cgB4VucZDQHp_nxq18vII3gw53N2Y0s3MWI";
    assert_true(password_matches(STR("password"), str_of(hash)));
    assert_false(password_matches(STR("passwore"), str_of(hash)));
}

static void what_is_no_hash_matches_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "scrypt",
        "plain$correct horse",
        "scrypt$0$8$1$TmFDbA$_bq-HJ00cgB4VucZDQHp_nxq18vII3gw53N2Y0s3MWI",
        "scrypt$1024$8$16$TmFDbA$_bq-HJ00cgB4VucZDQHp",
        "scrypt$99999999999$8$16$TmFDbA$x",
    };
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_false(password_matches(STR("correct horse"), str_of(wrong[i])));
}

static void a_short_password_is_refused(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    assert_false(password_hash(STR("123456789"), &hash, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(hash.len, 0);
}

/* ---- accounts ---- */

static void an_editor_is_known_by_address_in_any_case(void **state)
{
    (void)state;
    struct editor editor;
    int64_t id = add("Ada@Example.org", ROLE_OWNER);
    assert_true(editor_check(db, STR(" ada@example.ORG "),
                             STR("correct horse battery"), &arena, &editor,
                             &err));
    assert_int_equal(editor.id, id);
    assert_int_equal(editor.role, ROLE_OWNER);
}

static void a_wrong_password_and_a_wrong_address_read_alike(void **state)
{
    (void)state;
    struct editor editor;
    struct err first = {0}, second = {0};
    add("ada@example.org", ROLE_OWNER);
    assert_false(editor_check(db, STR("ada@example.org"), STR("not this one"),
                              &arena, &editor, &first));
    assert_int_equal(editor.id, 0);
    assert_false(editor_check(db, STR("eve@example.org"),
                              STR("correct horse battery"), &arena, &editor,
                              &second));
    assert_int_equal(first.kind, ERR_PERMISSION);
    assert_int_equal(second.kind, ERR_PERMISSION);
    assert_string_equal(first.text, second.text);
}

static void an_address_has_one_account(void **state)
{
    (void)state;
    int64_t id;
    struct editor editor = {.email = "ADA@example.org", .role = ROLE_WRITER};
    add("ada@example.org", ROLE_OWNER);
    assert_false(editor_add(db, &editor, STR("another password"), &id, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

static void what_is_no_address_gets_no_account(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",   "ada",   "@x",
                                        "a@", "a b@c", "a@b\n"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong) - 1; i++) {
        int64_t id;
        struct editor editor = {.email = wrong[i], .role = ROLE_WRITER};
        assert_false(
            editor_add(db, &editor, STR("another password"), &id, &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void the_last_owner_stays(void **state)
{
    (void)state;
    int64_t ada = add("ada@example.org", ROLE_OWNER);
    int64_t bob = add("bob@example.org", ROLE_WRITER);
    assert_false(editor_set_role(db, ada, ROLE_EDITOR, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_false(editor_remove(db, ada, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_true(editor_set_role(db, bob, ROLE_OWNER, &err));
    assert_true(editor_remove(db, ada, &err));
    assert_true(editor_remove(db, bob, &err));
}

static void an_unknown_editor_is_answered_with_those_there_are(void **state)
{
    (void)state;
    struct editor editor;
    add("ada@example.org", ROLE_OWNER);
    assert_false(editor_get(db, "eve@example.org", &arena, &editor, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "ada@example.org"));
}

/* ---- sessions ---- */

static void a_session_says_who_it_is(void **state)
{
    (void)state;
    struct session session;
    const char *token = sign_in(add("ada@example.org", ROLE_EDITOR), NOW);
    assert_true(
        session_get(db, str_of(token), NOW + 1, &arena, &session, &err));
    assert_string_equal(session.editor.email, "ada@example.org");
    assert_int_equal(session.editor.role, ROLE_EDITOR);
    assert_true(session_owns(&session, str_of(session.csrf)));
    assert_string_not_equal(session.csrf, token);
}

static void a_form_of_another_session_is_not_its_own(void **state)
{
    (void)state;
    struct session one, two;
    int64_t id = add("ada@example.org", ROLE_EDITOR);
    const char *first = sign_in(id, NOW), *second = sign_in(id, NOW);
    assert_true(session_get(db, str_of(first), NOW, &arena, &one, &err));
    assert_true(session_get(db, str_of(second), NOW, &arena, &two, &err));
    assert_false(session_owns(&one, str_of(two.csrf)));
    assert_false(session_owns(&one, STR("")));
}

static void an_idle_session_ends_and_a_used_one_lasts(void **state)
{
    (void)state;
    const char *token = sign_in(add("ada@example.org", ROLE_EDITOR), NOW);
    assert_true(is_signed_in(token, NOW + SESSION_IDLE_S - 1));
    assert_true(is_signed_in(token, NOW + 2 * SESSION_IDLE_S - 2));
    assert_false(is_signed_in(token, NOW + 3 * SESSION_IDLE_S));
}

static void a_session_ends_however_much_it_is_used(void **state)
{
    (void)state;
    const char *token = sign_in(add("ada@example.org", ROLE_EDITOR), NOW);
    for (int64_t at = NOW; at < NOW + SESSION_LONGEST_S;
         at += SESSION_IDLE_S / 2)
        assert_true(is_signed_in(token, at));
    assert_false(is_signed_in(token, NOW + SESSION_LONGEST_S));
}

/* While it was ahead it is a session that ended, of one who signs in again. */
static void a_clock_that_is_set_right_locks_no_editor_out(void **state)
{
    (void)state;
    static const int64_t ahead[] = {3600, 365 * 86400};
    int64_t id = add("ada@example.org", ROLE_EDITOR);
    for (size_t i = 0; i < ARRAY_SIZE(ahead); i++) {
        const char *before = sign_in(id, NOW);
        const char *meanwhile = sign_in(id, NOW + ahead[i]);
        is_signed_in(before, NOW + ahead[i]);
        assert_true(is_signed_in(before, NOW));
        assert_true(is_signed_in(meanwhile, NOW));
        /* They don't last longer for it. */
        assert_false(is_signed_in(before, NOW + SESSION_IDLE_S + 60));
        assert_false(is_signed_in(meanwhile, NOW + SESSION_IDLE_S + 60));
    }
}

static void sessions_of_a_clock_ahead_end_unused_as_well(void **state)
{
    (void)state;
    const char *token =
        sign_in(add("ada@example.org", ROLE_EDITOR), NOW + 365 * 86400);
    assert_true(session_expire(db, NOW, &err));
    assert_true(session_expire(db, NOW + SESSION_IDLE_S, &err));
    assert_false(is_signed_in(token, NOW + SESSION_IDLE_S));
}

static void the_token_itself_is_not_in_the_database(void **state)
{
    (void)state;
    int64_t found = -1;
    const char *token = sign_in(add("ada@example.org", ROLE_EDITOR), NOW);
    struct stmt *count = db_stmt(db, "SELECT count(*) FROM session "
                                     "WHERE instr(token_hash, ?1) "
                                     "OR hex(token_hash) = ?1");
    stmt_bind_text(count, 1, token);
    assert_true(stmt_one_int(count, &found, &err));
    assert_int_equal(found, 0);
    assert_false(is_signed_in("", NOW));
    assert_false(is_signed_in("guessed", NOW));
}

static void sessions_end_one_by_one_and_all_together(void **state)
{
    (void)state;
    struct session session;
    struct session_rows rows;
    int64_t id = add("ada@example.org", ROLE_EDITOR);
    const char *a = sign_in(id, NOW), *b = sign_in(id, NOW + 1);
    const char *c = sign_in(id, NOW + 2);
    assert_true(session_get(db, str_of(a), NOW + 3, &arena, &session, &err));
    assert_true(session_find(db, &session, NOW + 3, &arena, &rows, &err));
    assert_int_equal(rows.count, 3);
    assert_true(rows.items[2].is_current);
    assert_true(session_end_one(db, id, str_of(rows.items[0].id), &err));
    assert_false(is_signed_in(c, NOW + 3));
    assert_true(is_signed_in(b, NOW + 3));
    assert_true(session_end(db, str_of(b), &err));
    assert_false(is_signed_in(b, NOW + 3));
    assert_true(session_end_all(db, id, &err));
    assert_false(is_signed_in(a, NOW + 3));
}

static void one_editor_cannot_end_anothers_session(void **state)
{
    (void)state;
    struct session session;
    struct session_rows rows;
    int64_t ada = add("ada@example.org", ROLE_EDITOR);
    int64_t eve = add("eve@example.org", ROLE_WRITER);
    const char *token = sign_in(ada, NOW);
    assert_true(session_get(db, str_of(token), NOW, &arena, &session, &err));
    assert_true(session_find(db, &session, NOW, &arena, &rows, &err));
    assert_true(session_end_one(db, eve, str_of(rows.items[0].id), &err));
    assert_true(is_signed_in(token, NOW));
}

static void a_new_password_ends_the_sessions(void **state)
{
    (void)state;
    struct editor editor;
    int64_t id = add("ada@example.org", ROLE_EDITOR);
    const char *token = sign_in(id, NOW);
    assert_true(editor_set_password(db, id, STR("a new one entirely"), &err));
    assert_false(is_signed_in(token, NOW));
    assert_false(editor_check(db, STR("ada@example.org"),
                              STR("correct horse battery"), &arena, &editor,
                              &err));
    assert_true(editor_check(db, STR("ada@example.org"),
                             STR("a new one entirely"), &arena, &editor, &err));
}

static void a_removed_editor_is_signed_out(void **state)
{
    (void)state;
    add("ada@example.org", ROLE_OWNER);
    int64_t id = add("bob@example.org", ROLE_EDITOR);
    const char *token = sign_in(id, NOW);
    assert_true(editor_remove(db, id, &err));
    assert_false(is_signed_in(token, NOW));
}

static void what_has_ended_is_swept_away(void **state)
{
    (void)state;
    int64_t left = -1;
    int64_t id = add("ada@example.org", ROLE_EDITOR);
    sign_in(id, NOW);
    sign_in(id, NOW + SESSION_IDLE_S);
    assert_true(session_expire(db, NOW + SESSION_IDLE_S, &err));
    assert_true(
        stmt_one_int(db_stmt(db, "SELECT count(*) FROM session"), &left, &err));
    assert_int_equal(left, 1);
}

/* ---- the activity log ---- */

static void the_activity_log_tells_of_one_thing_or_of_all(void **state)
{
    (void)state;
    struct audit_lines lines;
    static const char *const objects[] = {"weekly/1", "weekly/2", "weekly/1"};
    for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
        assert_true(audit_add(db,
                              &(struct audit_line){.at = NOW + (int64_t)i,
                                                   .who = "ada@example.org",
                                                   .action = "edited",
                                                   .object = objects[i]},
                              &err));
    assert_true(audit_find(db, "weekly/1", 10, &arena, &lines, &err));
    assert_int_equal(lines.count, 2);
    assert_int_equal(lines.items[0].at, NOW + 2);
    assert_true(audit_find(db, NULL, 2, &arena, &lines, &err));
    assert_int_equal(lines.count, 2);
    assert_true(audit_expire(db, NOW + 1, &err));
    assert_true(audit_find(db, NULL, 10, &arena, &lines, &err));
    assert_int_equal(lines.count, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_matches_its_hash_and_no_other),
        cmocka_unit_test(the_same_password_is_hashed_differently_each_time),
        cmocka_unit_test(a_hash_of_another_cost_verifies),
        cmocka_unit_test(what_is_no_hash_matches_nothing),
        cmocka_unit_test(a_short_password_is_refused),
        CASE(an_editor_is_known_by_address_in_any_case),
        CASE(a_wrong_password_and_a_wrong_address_read_alike),
        CASE(an_address_has_one_account),
        CASE(what_is_no_address_gets_no_account),
        CASE(the_last_owner_stays),
        CASE(an_unknown_editor_is_answered_with_those_there_are),
        CASE(a_session_says_who_it_is),
        CASE(a_form_of_another_session_is_not_its_own),
        CASE(an_idle_session_ends_and_a_used_one_lasts),
        CASE(a_session_ends_however_much_it_is_used),
        CASE(a_clock_that_is_set_right_locks_no_editor_out),
        CASE(sessions_of_a_clock_ahead_end_unused_as_well),
        CASE(the_token_itself_is_not_in_the_database),
        CASE(sessions_end_one_by_one_and_all_together),
        CASE(one_editor_cannot_end_anothers_session),
        CASE(a_new_password_ends_the_sessions),
        CASE(a_removed_editor_is_signed_out),
        CASE(what_has_ended_is_swept_away),
        CASE(the_activity_log_tells_of_one_thing_or_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
