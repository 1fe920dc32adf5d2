/* Runs a server's mailbox in a child process, and talks to it. */
#include "subscribers/bounces/mailbox_child_internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/mail_internal.h"

struct mailbox_child {
    pid_t pid;
    int fd;
    const struct mailbox_place *place;
    const struct mailbox_watch *watch;
    bool closed;
    bool lost; /* it owes an answer that nobody waits for any more */
};

/* An answer of the child's; `length` bytes follow: the mail, or the error. */
struct answer {
    bool good, found;
    enum err_kind kind;
    size_t length;
};

enum op { NEXT = 'n', REMOVE = 'r', CLOSE = 'c' };

/* ---- the clock ---- */

int64_t mailbox_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_stopped(const struct mailbox_watch *watch)
{
    return watch->stop && *watch->stop;
}

bool mailbox_is_late(const struct mailbox_watch *watch)
{
    return is_stopped(watch) || mailbox_clock_ms() >= watch->until_ms;
}

/* ---- the child's side ---- */

static bool write_all(int fd, const void *bytes, size_t count)
{
    const char *at = bytes;
    while (count) {
        ssize_t done = send(fd, at, count, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        count -= (size_t)done;
    }
    return true;
}

static bool tell(int fd, bool good, bool found, struct str mail,
                 const struct err *err)
{
    struct str text = good ? mail : str_of(err->text);
    /* The part of a mail that is read; the rest needn't be copied around. */
    if (text.len > MAIL_MAX_BYTES)
        text.len = MAIL_MAX_BYTES;
    struct answer answer = {good, found, err->kind, text.len};
    return write_all(fd, &answer, sizeof answer) &&
           write_all(fd, text.ptr, text.len);
}

static bool serve_one(const struct mailbox_kind *kind, void *state, char op,
                      int fd)
{
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    struct err err = {0};
    bool found = false, good = false;
    if (op == NEXT)
        good = kind->next(state, &mail, &found, &err);
    else if (op == REMOVE)
        good = kind->remove(state, &err);
    else
        good = kind->close(state, &err);
    return tell(fd, good, found, strbuf_str(&mail), &err) && op != CLOSE;
}

/* Serves the mailbox in the child; neither files nor memory of the parent's are
 * given back here. */
static void serve(const struct mailbox_kind *kind,
                  const struct mailbox_place *place, int fd)
{
    struct err err = {0};
    void *state = NULL;
    char op;
    bool good = kind->open(place, &state, &err);
    if (!tell(fd, good, false, STR(""), &err) || !good)
        return;
    while (recv(fd, &op, 1, 0) == 1 && serve_one(kind, state, op, fd))
        ;
    if (kind->leave)
        kind->leave(state);
}

/* A short answer can be a long list of small things: what libetpan makes of
 * it is limited, too. (AddressSanitizer's own memory is beyond any limit.) */
enum { MEMORY_MAX = 256 << 20 };

#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

static void limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    /* The sixth number: what is private and can be written. */
    bool known = file && fscanf(file, "%*u %*u %*u %*u %*u %lu", &pages) == 1;
    if (file)
        fclose(file);
    rlim_t most = pages * (rlim_t)sysconf(_SC_PAGESIZE) + MEMORY_MAX;
    struct rlimit limit = {most, most};
    if (known)
        setrlimit(RLIMIT_DATA, &limit);
#endif
}

static _Noreturn void be_child(const struct mailbox_kind *kind,
                               const struct mailbox_place *place, int fd,
                               pid_t parent)
{
    /* The parent decides when it ends, and it doesn't outlive the parent. */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    limit_memory();
    if (getppid() == parent)
        serve(kind, place, fd);
    _exit(0);
}

/* ---- the parent's side ---- */

static bool fail_late(struct mailbox_child *child, struct err *err)
{
    child->lost = true;
    if (is_stopped(child->watch))
        return err_set(err, ERR_TEMPORARY, "%s: stopped", child->place->host);
    return err_set(err, ERR_TEMPORARY,
                   "%s: the server was too slow: what it holds yet is read "
                   "next time",
                   child->place->host);
}

static bool fail_ended(const struct mailbox_child *child, struct err *err)
{
    return err_set(err, ERR_TEMPORARY,
                   "%s: what the server said ended the process that reads the "
                   "mailbox",
                   child->place->host);
}

enum { TICK_MS = 100 };

/* Waits until the child has something to say. */
static bool await(struct mailbox_child *child, struct err *err)
{
    struct pollfd wait = {.fd = child->fd, .events = POLLIN};
    while (!mailbox_is_late(child->watch)) {
        int ready = poll(&wait, 1, TICK_MS);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return err_set(err, ERR_IO, "poll: %s", strerror(errno));
    }
    return fail_late(child, err);
}

static bool hear(struct mailbox_child *child, void *bytes, size_t count,
                 struct err *err)
{
    char *at = bytes;
    while (count) {
        if (!await(child, err))
            return false;
        ssize_t got = recv(child->fd, at, count, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return fail_ended(child, err);
        at += got;
        count -= (size_t)got;
    }
    return true;
}

static bool hear_answer(struct mailbox_child *child, struct strbuf *out,
                        bool *found, struct err *err)
{
    struct answer answer;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!hear(child, &answer, sizeof answer, err))
        return false;
    /* A child that the server turned says what it wants. */
    if (answer.length > MAIL_MAX_BYTES)
        return fail_ended(child, err);
    strbuf_reserve(&text, answer.length + 1);
    if (!hear(child, text.ptr, answer.length, err))
        return false;
    text.len = answer.length;
    text.ptr[text.len] = '\0';
    if (!answer.good)
        return err_set(err, answer.kind, "%s", strbuf_text(&text));
    if (out) {
        strbuf_add_str(out, strbuf_str(&text));
        *found = answer.found;
    }
    return true;
}

static bool ask(struct mailbox_child *child, enum op op, struct strbuf *out,
                bool *found, struct err *err)
{
    char byte = (char)op;
    if (child->lost)
        return fail_late(child, err);
    /* A child that has ended is noticed below. */
    bool sent = write_all(child->fd, &byte, 1);
    (void)sent;
    return hear_answer(child, out, found, err);
}

bool mailbox_child_open(const struct mailbox_kind *kind,
                        const struct mailbox_place *place,
                        const struct mailbox_watch *watch,
                        struct mailbox_child **out, struct err *err)
{
    int pair[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return err_set(err, ERR_IO, "socketpair: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        be_child(kind, place, pair[1], parent);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return err_set(err, ERR_TEMPORARY, "fork: %s", strerror(errno));
    }
    OWNED(mailbox_child_release)
    struct mailbox_child *child = MEM_NEW(struct mailbox_child);
    *child = (struct mailbox_child){
        .pid = pid, .fd = pair[0], .place = place, .watch = watch};
    if (!hear_answer(child, NULL, NULL, err))
        return false;
    *out = TAKE(child);
    return true;
}

bool mailbox_child_next(struct mailbox_child *child, struct strbuf *out,
                        bool *found, struct err *err)
{
    return ask(child, NEXT, out, found, err);
}

bool mailbox_child_remove(struct mailbox_child *child, struct err *err)
{
    return ask(child, REMOVE, NULL, NULL, err);
}

/* The time for closing when there is none any more: mails that were recorded
 * had better leave the mailbox. */
enum { STOPPED_MS = 500, LATE_MS = 10000 };

bool mailbox_child_close(struct mailbox_child *child, struct err *err)
{
    bool stopped = is_stopped(child->watch);
    struct mailbox_watch last = {
        .until_ms = mailbox_clock_ms() + (stopped ? STOPPED_MS : LATE_MS),
        .stop = stopped ? NULL : child->watch->stop,
    };
    const struct mailbox_watch *watch = child->watch;
    if (mailbox_is_late(watch))
        child->watch = &last;
    child->closed = ask(child, CLOSE, NULL, NULL, err);
    child->watch = watch;
    return child->closed;
}

enum { LEAVE_MS = 500 };

void mailbox_child_release(struct mailbox_child **slot)
{
    struct mailbox_child *child = TAKE(*slot);
    if (!child)
        return;
    /* A server that was read to the end gets a goodbye, if it is quick. */
    struct pollfd wait = {.fd = child->fd, .events = POLLIN};
    if (child->closed && !is_stopped(child->watch))
        poll(&wait, 1, LEAVE_MS);
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(child->fd);
    free(child);
}
