#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/bounces/mailbox_internal.h"

static struct err err;
static char folder[] = "/tmp/digest-mailbox-XXXXXX";
static char *url, *path;

static int begin(void **state)
{
    (void)state;
    err = (struct err){0};
    snprintf(folder, sizeof folder, "/tmp/digest-mailbox-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "box");
    url = mem_format("mbox:%s", path);
    return 0;
}

static int end(void **state)
{
    (void)state;
    OWNED(mem_free) char *command = mem_format("rm -rf '%s'", folder);
    free(path);
    free(url);
    return system(command);
}

static void write_box(const char *text)
{
    assert_true(file_write(path, str_of(text), 0640, &err));
}

static void expect_box(const char *text)
{
    OWNED(strbuf_free) struct strbuf now = STRBUF_INIT;
    assert_true(file_read(path, 1 << 20, &now, &err));
    assert_string_equal(strbuf_text(&now), text);
}

/* Reads all, and removes those whose number stands in `removed`. */
static void go_through(const char *where, const char *removed,
                       struct strbuf *out)
{
    OWNED(mailbox_release) struct mailbox *mailbox = NULL;
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    struct mailbox_settings settings = {.url = where};
    bool found;
    if (!mailbox_open(&settings, &mailbox, &err))
        fail_msg("%s", err.text);
    for (char number = '1';; number++) {
        assert_true(mailbox_next(mailbox, &mail, &found, &err));
        if (!found)
            break;
        strbuf_add_format(out, "[%s]", strbuf_text(&mail));
        if (strchr(removed, number))
            assert_true(mailbox_remove(mailbox, &err));
    }
    if (!mailbox_close(mailbox, &err))
        fail_msg("%s", err.text);
}

#define TWO "From b Mon Jan 1\nSubject: 2\n\ntwo\n\n"
#define THREE "From c Mon Jan 1\nSubject: 3\n\nthree\n"

static void an_mbox_is_read_mail_by_mail(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf got = STRBUF_INIT;
    write_box("From a Mon Jan 1\nSubject: 1\n\n>From there\n\n" TWO THREE);
    go_through(url, "", &got);
    assert_string_equal(strbuf_text(&got),
                        "[Subject: 1\n\nFrom there\n\n]"
                        "[Subject: 2\n\ntwo\n\n][Subject: 3\n\nthree\n]");
}

static void what_is_not_removed_stays(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf got = STRBUF_INIT;
    struct stat before, after;
    write_box(TWO "From x Mon Jan 1\n\nx\n\n" THREE);
    assert_int_equal(stat(path, &before), 0);
    go_through(url, "2", &got);
    expect_box(TWO THREE);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void an_emptied_mbox_stays_as_a_file(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf got = STRBUF_INIT;
    write_box(TWO THREE);
    go_through(url, "12", &got);
    expect_box("");
    go_through(url, "", &got);
}

static bool opens(const char *where)
{
    OWNED(mailbox_release) struct mailbox *mailbox = NULL;
    struct mailbox_settings settings = {.url = where};
    err = (struct err){0};
    return mailbox_open(&settings, &mailbox, &err);
}

static void a_locked_mbox_is_left_for_later(void **state)
{
    (void)state;
    OWNED(mem_free) char *lock = mem_format("%s.lock", path);
    write_box(TWO);
    assert_true(file_write(lock, STR(""), 0600, &err));
    assert_false(opens(url));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_true(file_exists(lock));
    unlink(lock);
    assert_true(opens(url));
    assert_false(file_exists(lock));
}

static void a_lock_that_we_left_when_killed_is_ours(void **state)
{
    (void)state;
    OWNED(mem_free) char *lock = mem_format("%s.lock", path);
    write_box(TWO);
    pid_t child = fork();
    if (child == 0) {
        struct mailbox *mailbox = NULL;
        struct mailbox_settings settings = {.url = url};
        _exit(mailbox_open(&settings, &mailbox, &err) ? 7 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
    assert_true(file_exists(lock));
    assert_true(opens(url));
    assert_false(file_exists(lock));
}

static void what_is_no_mbox_is_refused(void **state)
{
    (void)state;
    write_box("hello\n");
    assert_false(opens(url));
    assert_int_equal(err.kind, ERR_INPUT);
    expect_box("hello\n");
    unlink(path);
    assert_false(opens(url));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void a_maildir_is_read_and_emptied(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf got = STRBUF_INIT;
    static const char *const names[] = {"new/1", "new/2", "cur/3:2,S"};
    OWNED(mem_free) char *where = mem_format("maildir:%s", folder);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        OWNED(mem_free) char *file = file_join(folder, names[i]);
        OWNED(mem_free)
        char *parent =
            str_dup((struct str){file, (size_t)(strrchr(file, '/') - file)});
        assert_true(file_make_folder(parent, 0700, &err));
        assert_true(file_write(file, str_of(names[i]), 0600, &err));
    }
    go_through(where, "13", &got);
    assert_string_equal(strbuf_text(&got), "[new/1][new/2][cur/3:2,S]");
    strbuf_cut(&got, 0);
    go_through(where, "", &got);
    assert_string_equal(strbuf_text(&got), "[new/2]");
}

static void a_mail_without_end_holds_up_no_other(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf got = STRBUF_INIT;
    OWNED(mem_free) char *where = mem_format("maildir:%s", folder);
    OWNED(mem_free) char *large = file_join(folder, "new/0");
    OWNED(mem_free) char *small = file_join(folder, "new/4");
    OWNED(mem_free) char *fresh = file_join(folder, "new");
    OWNED(mem_free) char *seen = file_join(folder, "cur");
    assert_true(file_make_folder(fresh, 0700, &err));
    assert_true(file_make_folder(seen, 0700, &err));
    assert_true(file_write(large, STR("x"), 0600, &err));
    assert_int_equal(truncate(large, (64 << 20) + 1), 0);
    assert_true(file_write(small, STR("four"), 0600, &err));
    go_through(where, "", &got);
    assert_string_equal(strbuf_text(&got), "[four]");
}

static void a_wrong_url_is_named(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "",
        "imap://a@b",
        "imaps://host",
        "imaps://@host",
        "imaps://a@",
        "imaps://a@host:0",
        "imaps://a@host:99999",
        "imaps://a@[::1",
        "pop3s://a@host:x",
        "imaps://a%0d%0ab@host",
        "imaps://a@host/in%0abox",
        "maildir:",
    };
    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        assert_false(opens(urls[i]));
        assert_int_equal(err.kind, ERR_CONFIG);
    }
}

static void a_server_needs_a_password_file(void **state)
{
    (void)state;
    assert_false(opens("imaps://a%40b@[::1]:993/In%20box"));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.text, "password_file"));
    assert_non_null(strstr(err.text, "a@b"));
}

/* ---- a server that says nothing ---- */

/* It listens, and that is all: connections wait in its queue. */
static int listen_in_silence(char **where)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *where =
        mem_format("imaps://a@127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    assert_true(file_write(path, STR("secret\n"), 0600, &err));
    return fd;
}

static void a_server_has_only_so_much_time(void **state)
{
    (void)state;
    OWNED(mailbox_release) struct mailbox *mailbox = NULL;
    OWNED(mem_free) char *where = NULL;
    int fd = listen_in_silence(&where);
    struct mailbox_settings settings = {
        .url = where, .password_file = path, .time_limit_s = 1};
    assert_false(mailbox_open(&settings, &mailbox, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_non_null(strstr(err.text, "too slow"));
    close(fd);
    /* Its reader isn't left behind. */
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static volatile int asked_to_stop;

static void ask_to_stop(int number)
{
    (void)number;
    asked_to_stop = 1;
}

static void waiting_for_a_server_stops_when_asked_to(void **state)
{
    (void)state;
    OWNED(mailbox_release) struct mailbox *mailbox = NULL;
    OWNED(mem_free) char *where = NULL;
    int fd = listen_in_silence(&where);
    struct mailbox_settings settings = {
        .url = where, .password_file = path, .stop = &asked_to_stop};
    signal(SIGALRM, ask_to_stop);
    alarm(1);
    assert_false(mailbox_open(&settings, &mailbox, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_non_null(strstr(err.text, "stopped"));
    close(fd);
    signal(SIGALRM, SIG_DFL);
    asked_to_stop = 0;
}

/* Mails that were read stand; the rest is for the next time. */
static void a_mailbox_ends_when_it_is_to_stop(void **state)
{
    (void)state;
    OWNED(mailbox_release) struct mailbox *mailbox = NULL;
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    struct mailbox_settings settings = {.url = url, .stop = &asked_to_stop};
    bool found;
    write_box(TWO THREE);
    assert_true(mailbox_open(&settings, &mailbox, &err));
    assert_true(mailbox_next(mailbox, &mail, &found, &err));
    assert_true(found);
    assert_true(mailbox_remove(mailbox, &err));
    asked_to_stop = 1;
    assert_true(mailbox_next(mailbox, &mail, &found, &err));
    assert_false(found);
    assert_true(mailbox_close(mailbox, &err));
    expect_box(THREE);
    asked_to_stop = 0;
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(an_mbox_is_read_mail_by_mail),
        FRESH(what_is_not_removed_stays),
        FRESH(an_emptied_mbox_stays_as_a_file),
        FRESH(a_locked_mbox_is_left_for_later),
        FRESH(what_is_no_mbox_is_refused),
        FRESH(a_maildir_is_read_and_emptied),
        FRESH(a_mail_without_end_holds_up_no_other),
        FRESH(a_lock_that_we_left_when_killed_is_ours),
        FRESH(a_wrong_url_is_named),
        FRESH(a_server_needs_a_password_file),
        FRESH(a_server_has_only_so_much_time),
        FRESH(waiting_for_a_server_stops_when_asked_to),
        FRESH(a_mailbox_ends_when_it_is_to_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
