#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/err.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"

static void setting_returns_false_with_kind_and_text(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(err_set(&err, ERR_INPUT, "%s:%d: bad", "a.md", 3));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.text, "a.md:3: bad");
    assert_false(err_set(NULL, ERR_INPUT, "nobody asked"));
    assert_false(err_context(NULL, "nobody asked"));
}

static void context_stands_in_front_and_keeps_the_kind(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_STORE, "locked");
    assert_false(err_context(&err, "weekly/%d", 12));
    err_context(&err, "send");
    assert_string_equal(err.text, "send: weekly/12: locked");
    assert_int_equal(err.kind, ERR_STORE);
}

static void a_text_too_long_is_cut_at_its_end(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_INPUT, "%3000d", 1);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    err_context(&err, "begins");
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_memory_equal(err.text, "begins:  ", 9);
    err_context(&err, "%3000d", 1);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void every_kind_has_its_exit_code(void **state)
{
    (void)state;
    static const struct {
        enum err_kind kind;
        int code;
        const char *name;
    } kinds[] = {
        {ERR_NONE, 0, "none"},
        {ERR_USAGE, 64, "usage"},
        {ERR_INPUT, 65, "input"},
        {ERR_CONFLICT, 65, "conflict"},
        {ERR_NOT_FOUND, 66, "not_found"},
        {ERR_PERMANENT, 69, "permanent"},
        {ERR_TEMPORARY, 75, "temporary"},
        {ERR_STORE, 74, "store"},
        {ERR_IO, 74, "io"},
        {ERR_PERMISSION, 77, "permission"},
        {ERR_CONFIG, 78, "config"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        assert_int_equal(err_exit_code(kinds[i].kind), kinds[i].code);
        assert_string_equal(err_kind_name(kinds[i].kind), kinds[i].name);
    }
}

/* Catches what log_write puts on standard error. */
static void logged(enum log_level level, const char *text, char out[256])
{
    int pipes[2], saved = dup(STDERR_FILENO);
    assert_int_equal(pipe(pipes), 0);
    dup2(pipes[1], STDERR_FILENO);
    close(pipes[1]);
    log_write(level, "%s", text);
    dup2(saved, STDERR_FILENO); /* closes the pipe's writing end */
    close(saved);
    ssize_t length = read(pipes[0], out, 255);
    close(pipes[0]);
    out[length > 0 ? length : 0] = '\0';
}

static void a_log_line_says_its_level(void **state)
{
    (void)state;
    char out[256];
    logged(LOG_ERROR, "no", out);
    assert_string_equal(out, "error: no\n");
    logged(LOG_WARNING, "hm", out);
    assert_string_equal(out, "warning: hm\n");
    logged(LOG_NOTE, "so", out);
    assert_string_equal(out, "so\n");
    logged(LOG_DETAIL, "fine", out);
    assert_string_equal(out, "");
    log_set_level(LOG_WARNING);
    assert_int_equal(log_level(), LOG_WARNING);
    logged(LOG_NOTE, "so", out);
    assert_string_equal(out, "");
    log_set_level(LOG_NOTE);
}

static void no_logged_text_drives_a_terminal(void **state)
{
    (void)state;
    char out[256];
    logged(LOG_NOTE, "a\x1b[2J\nb\x7f\xc2\x9b.\xc3\xa9\xc2", out);
    assert_string_equal(out, "a?[2J?b???.\xc3\xa9\xc2\n");
}

static void a_door_adds_its_remedy(void **state)
{
    (void)state;
    struct err err = {0};
    err_set(&err, ERR_USAGE, "weekly: needs a title");
    assert_false(err_advise(&err, "add %s", "--title"));
    assert_string_equal(err.text, "weekly: needs a title; add --title");
    assert_int_equal(err.kind, ERR_USAGE);
    err_set(&err, ERR_USAGE, "%1021d", 1);
    err_advise(&err, "more");
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    err_set(&err, ERR_USAGE, "%1023d", 1);
    err_advise(&err, "more");
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void the_door_has_the_words_for_a_remedy(void **state)
{
    (void)state;
    static const char *const words[REMEDY_COUNT] = {
        [REMEDY_DRAFT] = "draft {} again", [REMEDY_LINT] = "look"};
    struct err err = {0};
    err_set(&err, ERR_INPUT, "wrong");
    assert_false(err_remedy(&err, REMEDY_DRAFT, "weekly"));
    assert_string_equal(err.text, "wrong"); /* there is no door yet */
    err_set_remedies(words);
    assert_false(err_remedy(&err, REMEDY_DRAFT, "weekly"));
    assert_string_equal(err.text, "wrong; draft weekly again");
    assert_false(err_remedy(&err, REMEDY_LINT, NULL));
    assert_string_equal(err.text, "wrong; draft weekly again; look");
    assert_false(err_remedy(&err, REMEDY_LIST_ARTICLES, NULL));
    assert_false(err_remedy(NULL, REMEDY_LINT, NULL));
    assert_string_equal(err.text, "wrong; draft weekly again; look");
    err_set_remedies(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_returns_false_with_kind_and_text),
        cmocka_unit_test(context_stands_in_front_and_keeps_the_kind),
        cmocka_unit_test(a_text_too_long_is_cut_at_its_end),
        cmocka_unit_test(every_kind_has_its_exit_code),
        cmocka_unit_test(a_log_line_says_its_level),
        cmocka_unit_test(no_logged_text_drives_a_terminal),
        cmocka_unit_test(a_door_adds_its_remedy),
        cmocka_unit_test(the_door_has_the_words_for_a_remedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
