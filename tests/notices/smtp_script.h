/* A mail server for tests in C: a thread on a port of its own that answers
 * RCPT and the final dot as it is told, and keeps what it was given. One
 * connection at a time. */
#ifndef TESTS_NOTICES_SMTP_SCRIPT_H
#define TESTS_NOTICES_SMTP_SCRIPT_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/strbuf.h"

struct smtp_script {
    const char *on_rcpt;  /* a whole reply; NULL: 250 */
    const char *good_for; /* addresses with this in them are taken; or NULL */
    const char *on_dot;   /* NULL: 250; "": closes without an answer */
    char url[64];
    int listener, stop[2];
    pthread_t thread;
    struct strbuf transcript; /* all that clients sent */
    int offered;              /* RCPTs seen */
    struct strbuf unread;
};

static inline void smtp_say(int fd, const char *reply)
{
    char line[512];
    int length = snprintf(line, sizeof line, "%s\r\n", reply);
    if (write(fd, line, (size_t)length) != length)
        return; /* the client is gone; the next read says so */
}

/* The next line without its end; false when the client is gone. */
static inline bool smtp_line(struct smtp_script *s, int fd, struct strbuf *out)
{
    for (;;) {
        struct str all = strbuf_str(&s->unread);
        size_t end = str_find_str(all, STR("\r\n"));
        if (end < all.len) {
            strbuf_cut(out, 0);
            strbuf_add(out, all.ptr, end);
            size_t rest = all.len - end - 2;
            memmove(s->unread.ptr, all.ptr + end + 2, rest);
            strbuf_cut(&s->unread, rest);
            strbuf_add_str(&s->transcript, strbuf_str(out));
            strbuf_add_char(&s->transcript, '\n');
            return true;
        }
        char bytes[4096];
        struct pollfd fds[] = {{fd, POLLIN, 0}, {s->stop[0], POLLIN, 0}};
        if (poll(fds, 2, -1) < 0 || fds[1].revents)
            return false;
        ssize_t got = read(fd, bytes, sizeof bytes);
        if (got <= 0)
            return false;
        strbuf_add(&s->unread, bytes, (size_t)got);
    }
}

static inline bool smtp_data(struct smtp_script *s, int fd, struct strbuf *line)
{
    smtp_say(fd, "354 go on");
    do {
        if (!smtp_line(s, fd, line))
            return false;
    } while (strcmp(strbuf_text(line), ".") != 0);
    if (s->on_dot && !*s->on_dot)
        return false;
    smtp_say(fd, s->on_dot ? s->on_dot : "250 2.0.0 taken");
    return true;
}

static inline void smtp_session(struct smtp_script *s, int fd)
{
    struct strbuf line = STRBUF_INIT;
    strbuf_cut(&s->unread, 0);
    smtp_say(fd, "220 script ESMTP");
    while (smtp_line(s, fd, &line)) {
        const char *text = strbuf_text(&line);
        if (strncmp(text, "RCPT", 4) == 0) {
            s->offered++;
            bool good =
                !s->on_rcpt || (s->good_for && strstr(text, s->good_for));
            smtp_say(fd, good ? "250 2.1.5 fine" : s->on_rcpt);
        } else if (strncmp(text, "DATA", 4) == 0) {
            if (!smtp_data(s, fd, &line))
                break;
        } else if (strncmp(text, "QUIT", 4) == 0) {
            smtp_say(fd, "221 2.0.0 bye");
            break;
        } else {
            smtp_say(fd, "250 script");
        }
    }
    strbuf_free(&line);
    close(fd);
}

static inline void *smtp_thread(void *context)
{
    struct smtp_script *s = context;
    for (;;) {
        struct pollfd fds[] = {{s->listener, POLLIN, 0},
                               {s->stop[0], POLLIN, 0}};
        if (poll(fds, 2, -1) < 0 || fds[1].revents)
            return NULL;
        int fd = accept(s->listener, NULL, NULL);
        if (fd >= 0)
            smtp_session(s, fd);
    }
}

static inline bool smtp_start(struct smtp_script *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (s->listener < 0 || pipe(s->stop) != 0 ||
        bind(s->listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(s->listener, 8) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&at, &size) != 0)
        return false;
    snprintf(s->url, sizeof s->url, "smtp://127.0.0.1:%u",
             (unsigned)ntohs(at.sin_port));
    return pthread_create(&s->thread, NULL, smtp_thread, s) == 0;
}

/* Afterwards what it was given may be looked at. */
static inline void smtp_stop(struct smtp_script *s)
{
    if (write(s->stop[1], "x", 1) != 1)
        return;
    pthread_join(s->thread, NULL);
    close(s->listener);
    close(s->stop[0]);
    close(s->stop[1]);
    strbuf_free(&s->unread);
}

#endif
