#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

static char folder[32];

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/digest-file-XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    OWNED(mem_free) char *remove = mem_format("rm -rf '%s'", folder);
    return chdir("/") == 0 ? system(remove) : -1;
}

static void put(const char *path, const char *text)
{
    struct err err;
    if (!file_write(path, str_of(text), 0644, &err))
        fail_msg("%s", err.text);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct err err;
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf back = STRBUF_INIT;
    for (int i = 0; i < 300000; i++)
        strbuf_add_char(&bytes, (char)(i * 7));
    assert_true(file_write("big", strbuf_str(&bytes), 0600, &err));
    strbuf_add_text(&back, "> ");
    assert_true(file_read("big", SIZE_MAX, &back, &err));
    assert_true(str_equal(str_from(strbuf_str(&back), 2), strbuf_str(&bytes)));
    assert_int_equal(back.ptr[back.len], '\0');
    put("empty", "");
    strbuf_cut(&back, 2);
    assert_true(file_read("empty", 0, &back, &err));
    assert_string_equal(strbuf_text(&back), "> ");
}

static void a_new_text_replaces_the_old_one_whole(void **state)
{
    (void)state;
    struct err err;
    struct stat status;
    OWNED(strbuf_free) struct strbuf back = STRBUF_INIT;
    put("key", "a longer text");
    assert_true(file_write("key", STR("short"), 0600, &err));
    assert_true(file_read("key", 100, &back, &err));
    assert_string_equal(strbuf_text(&back), "short");
    assert_int_equal(stat("key", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    OWNED(file_list_free) struct file_list list = {0};
    assert_true(file_list(".", NULL, &list, &err));
    assert_int_equal(list.count, 1); /* nothing is left beside it */
}

static void a_write_that_fails_leaves_the_old_file(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(mkdir("taken", 0755), 0);
    put("taken/inside", "kept");
    assert_false(file_write("taken", STR("x"), 0600, &err));
    assert_int_equal(err.kind, ERR_IO);
    assert_true(file_exists("taken/inside"));
    OWNED(file_list_free) struct file_list list = {0};
    assert_true(file_list(".", NULL, &list, &err));
    assert_int_equal(list.count, 1);
    assert_false(file_write("absent/x", STR("x"), 0600, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void a_file_over_the_limit_is_refused(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    put("five", "12345");
    strbuf_add_text(&out, "before");
    assert_false(file_read("five", 4, &out, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "larger than 4 bytes"));
    assert_string_equal(strbuf_text(&out), "before");
    assert_int_equal(out.len, 6);
    assert_true(file_read("five", 5, &out, &err));
    assert_string_equal(strbuf_text(&out), "before12345");
}

static void errors_name_the_path_and_the_reason(void **state)
{
    (void)state;
    struct err err = {0};
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    assert_false(file_read("absent", 10, &out, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_string_equal(err.text,
                        "absent: cannot open: No such file or directory");
    assert_false(file_read(".", 10, &out, &err));
    assert_int_equal(err.kind, ERR_IO);
    put("secret", "x");
    assert_int_equal(chmod("secret", 0), 0);
    if (geteuid() != 0) { /* root reads everything */
        assert_false(file_read("secret", 10, &out, &err));
        assert_int_equal(err.kind, ERR_PERMISSION);
    }
}

static void folders_are_made_with_those_above(void **state)
{
    (void)state;
    struct err err = {0};
    assert_true(file_make_folder("a/b//c/", 0755, &err));
    assert_true(file_is_folder("a/b/c"));
    assert_true(file_make_folder("a/b/c", 0755, &err));
    OWNED(mem_free) char *absolute = file_join(folder, "x/y");
    assert_true(file_make_folder(absolute, 0700, &err));
    put("file", "");
    assert_false(file_is_folder("file"));
    assert_false(file_make_folder("file", 0755, &err));
    assert_non_null(strstr(err.text, "file: cannot make the folder"));
    assert_false(file_make_folder("file/under", 0755, &err));
}

static void names_join_into_paths(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *name, *path;
    } cases[] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {".", "b", "b"},  {"", "b", "b"},
        {NULL, "b", "b"},  {"a", "/b", "/b"},  {"/", "b", "/b"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(mem_free) char *path = file_join(cases[i].folder, cases[i].name);
        assert_string_equal(path, cases[i].path);
    }
}

static void a_folder_is_listed_in_order(void **state)
{
    (void)state;
    struct err err = {0};
    static const char *const files[] = {"b.md",       "a.md",  "Z.md",
                                        ".hidden.md", "a.txt", "\xc3\xa9.md"};
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        put(files[i], "");
    OWNED(file_list_free) struct file_list list = {0};
    assert_true(file_list(".", ".md", &list, &err));
    static const char *const wanted[] = {"Z.md", "a.md", "b.md", "\xc3\xa9.md"};
    assert_int_equal(list.count, ARRAY_SIZE(wanted));
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.names[i], wanted[i]);
    OWNED(file_list_free) struct file_list none = {0};
    assert_false(file_list("absent", NULL, &none, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void a_lock_is_held_by_one_and_freed_with_its_owner(void **state)
{
    (void)state;
    struct err err = {0};
    int held = -1, second = -1;
    assert_true(file_lock("lock", &held, &err));
    assert_false(file_lock("lock", &second, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_int_equal(second, -1);
    file_unlock(&held);
    assert_int_equal(held, -1);

    pid_t child = fork();
    if (child == 0) {
        int lock = -1;
        _exit(file_lock("lock", &lock, NULL) ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(file_lock("lock", &second, &err));
    file_unlock(&second);
}

/* ---- root in another's folder ---- */

enum { USER = 12345, GROUP = 12346 };

static bool is_of(const char *path, uid_t user)
{
    struct stat status;
    return lstat(path, &status) == 0 && status.st_uid == user &&
           (user == 0 || status.st_gid == GROUP);
}

/* A folder of the user's with one of root's beside it. */
static bool begin_as_root(void)
{
    if (geteuid() != 0) {
        print_message("skipped: files of root's: needs root\n");
        return false;
    }
    if (mkdir("home", 0755) != 0 || chown("home", USER, GROUP) != 0 ||
        mkdir("outside", 0755) != 0)
        fail();
    file_add_home("home/not/there/yet");
    return true;
}

static void what_root_makes_in_a_users_folder_is_the_users(void **state)
{
    (void)state;
    struct err err = {0};
    int lock = -1;
    if (!begin_as_root())
        skip();
    assert_true(file_make_folder("home/a/b/", 0700, &err));
    put("home/a/b/written", "x");
    put("home/a/b/written", "again");
    assert_true(file_lock("home/lock", &lock, &err));
    file_unlock(&lock);
    int over = file_create_over("home/over", 0600);
    assert_true(over >= 0);
    close(over);
    static const char *const made[] = {"home/a", "home/a/b", "home/a/b/written",
                                       "home/lock", "home/over"};
    for (size_t i = 0; i < ARRAY_SIZE(made); i++)
        assert_true(is_of(made[i], USER));
    put("outside/kept", "x");
    assert_true(file_make_folder("outside/folder", 0700, &err));
    assert_true(is_of("outside/kept", 0) && is_of("outside/folder", 0));
}

static void root_gives_nothing_away_through_a_link(void **state)
{
    (void)state;
    struct err err = {0};
    int lock = -1;
    if (!begin_as_root())
        skip();
    put("outside/kept", "kept");
    assert_int_equal(symlink("../outside", "home/led"), 0);
    assert_int_equal(symlink("../outside/made", "home/to-nothing"), 0);
    assert_int_equal(symlink("../outside/kept", "home/to-a-file"), 0);
    assert_int_equal(link("outside/kept", "home/hard"), 0);
    put("home/led/written", "x");
    assert_true(file_make_folder("home/led/folder", 0700, &err));
    assert_true(is_of("outside/written", 0) && is_of("outside/folder", 0));
    assert_false(file_lock("home/to-nothing", &lock, &err));
    assert_int_equal(file_create("home/to-nothing", 0600), -1);
    assert_int_equal(file_create_over("home/to-nothing", 0600), -1);
    assert_int_equal(file_create_over("home/to-a-file", 0600), -1);
    assert_false(file_exists("outside/made"));
    assert_false(file_give("home/to-a-file", "home", &err));
    assert_false(file_give("home/hard", "home", &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_true(is_of("outside/kept", 0));
    put("home/to-a-file", "theirs");
    assert_true(is_of("home/to-a-file", USER));
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    assert_true(file_read("outside/kept", 100, &text, &err));
    assert_string_equal(strbuf_text(&text), "kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, begin, end),
        cmocka_unit_test_setup_teardown(a_new_text_replaces_the_old_one_whole,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_write_that_fails_leaves_the_old_file,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_file_over_the_limit_is_refused, begin,
                                        end),
        cmocka_unit_test_setup_teardown(errors_name_the_path_and_the_reason,
                                        begin, end),
        cmocka_unit_test_setup_teardown(folders_are_made_with_those_above,
                                        begin, end),
        cmocka_unit_test(names_join_into_paths),
        cmocka_unit_test_setup_teardown(a_folder_is_listed_in_order, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            a_lock_is_held_by_one_and_freed_with_its_owner, begin, end),
        cmocka_unit_test_setup_teardown(
            what_root_makes_in_a_users_folder_is_the_users, begin, end),
        cmocka_unit_test_setup_teardown(root_gives_nothing_away_through_a_link,
                                        begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
