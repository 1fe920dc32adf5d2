/* A small SMTP server in a thread, that does as a test tells it.
 *
 * One thread serves all connections. For each line it asks the test's
 * answer(), which returns what to say, or one of the marks below. */
#ifndef TESTS_SENDER_SERVER_H
#define TESTS_SENDER_SERVER_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

#define SERVER_CLOSE ((const char *)1)  /* hangs up */
#define SERVER_SILENT ((const char *)2) /* says nothing */
#define SERVER_USUAL ((const char *)3)  /* what a good server says */

enum { SERVER_CLIENTS = 64 };

struct server_client {
    int fd;
    int number; /* of this connection, from 1 */
    int mails;  /* MAIL commands it has seen */
    bool data;  /* reading a message */
    struct strbuf input, message;
    char to[256];
};

struct server {
    const char *offers; /* EHLO lines, "250-SIZE 100\r\n250 X\r\n" */
    /* `line` is "" for the greeting and "." for the end of a message. */
    const char *(*answer)(struct server *server,
                          const struct server_client *client, const char *line);
    bool bytewise; /* says everything in writes of one byte */
    int step;      /* for answer() to count in */

    int port, listener, wake[2];
    pthread_t thread;
    struct server_client clients[SERVER_CLIENTS];
    int connections, open, most_open;
    int under_way, most_under_way; /* from MAIL to the reply to its dot */
    struct strbuf log;             /* commands, "1 MAIL FROM:<>\n" each */
    struct strbuf to;   /* recipients of accepted messages, a line each */
    struct strbuf last; /* the last message, dots undone */
    int accepted;
};

static inline const char *usual_answer(const struct server *s, const char *line)
{
    static const struct {
        const char *command, *reply;
    } rows[] = {
        {"MAIL", "250 2.1.0 Ok\r\n"},     {"RCPT", "250 2.1.5 Ok\r\n"},
        {"DATA", "354 End with dot\r\n"}, {"RSET", "250 2.0.0 Ok\r\n"},
        {"QUIT", "221 2.0.0 Bye\r\n"},    {".", "250 2.0.0 Ok: queued\r\n"},
        {"HELO", "250 test\r\n"},
    };
    if (!*line)
        return "220 test ESMTP\r\n";
    if (strncmp(line, "EHLO", 4) == 0)
        return s->offers ? s->offers : "250-test\r\n250 SIZE 1000000\r\n";
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (strncmp(line, rows[i].command, strlen(rows[i].command)) == 0)
            return rows[i].reply;
    }
    return "502 5.5.2 what?\r\n";
}

static inline void server_hang_up(struct server *s, struct server_client *c)
{
    close(c->fd);
    c->fd = -1;
    s->open--;
    strbuf_free(&c->input);
    strbuf_free(&c->message);
}

static inline void server_write(struct server *s, struct server_client *c,
                                const char *text)
{
    size_t step = s->bytewise ? 1 : strlen(text);
    for (size_t left = strlen(text); left;) {
        ssize_t part =
            send(c->fd, text, step < left ? step : left, MSG_NOSIGNAL);
        if (part <= 0)
            return;
        text += part;
        left -= (size_t)part;
    }
}

static inline void server_say(struct server *s, struct server_client *c,
                              const char *line)
{
    const char *reply = s->answer ? s->answer(s, c, line) : SERVER_USUAL;
    if (reply == SERVER_USUAL)
        reply = usual_answer(s, line);
    if (reply == SERVER_CLOSE) {
        server_hang_up(s, c);
        return;
    }
    if (strcmp(line, ".") == 0) {
        if (reply != SERVER_SILENT && reply[0] == '2') {
            s->accepted++;
            strbuf_add_format(&s->to, "%s\n", c->to);
        }
        strbuf_cut(&s->last, 0);
        strbuf_add_str(&s->last, strbuf_str(&c->message));
    }
    if (reply == SERVER_SILENT)
        return;
    server_write(s, c, reply);
    if (strncmp(reply, "354", 3) == 0) {
        c->data = true;
        strbuf_cut(&c->message, 0);
    }
    bool over = strncmp(reply, "221", 3) == 0 || strncmp(reply, "421", 3) == 0;
    if (over)
        server_hang_up(s, c);
}

static inline void server_line(struct server *s, struct server_client *c,
                               struct str line)
{
    if (c->data && !str_equal(line, STR("."))) {
        if (str_starts(line, STR(".")))
            line = str_from(line, 1);
        strbuf_add_str(&c->message, line);
        strbuf_add_text(&c->message, "\r\n");
        return;
    }
    c->data = false;
    OWNED(mem_free) char *text = str_dup(line);
    strbuf_add_format(&s->log, "%d %s\n", c->number, text);
    if (strncmp(text, "MAIL", 4) == 0) {
        c->mails++;
        if (++s->under_way > s->most_under_way)
            s->most_under_way = s->under_way;
    }
    if (strcmp(text, ".") == 0)
        s->under_way--;
    if (strncmp(text, "RCPT TO:<", 9) == 0)
        snprintf(c->to, sizeof c->to, "%.*s",
                 (int)str_find(str_from(line, 9), '>'), text + 9);
    server_say(s, c, text);
}

static inline void server_read(struct server *s, struct server_client *c)
{
    char buffer[16384];
    ssize_t got = recv(c->fd, buffer, sizeof buffer, 0);
    if (got <= 0) {
        server_hang_up(s, c);
        return;
    }
    strbuf_add(&c->input, buffer, (size_t)got);
    size_t used = 0;
    while (c->fd >= 0) {
        struct str rest = str_from(strbuf_str(&c->input), used);
        size_t end = str_find_str(rest, STR("\r\n"));
        if (end == rest.len)
            break;
        used += end + 2;
        server_line(s, c, (struct str){rest.ptr, end});
    }
    if (c->fd < 0)
        return;
    struct strbuf left = STRBUF_INIT;
    strbuf_add_str(&left, str_from(strbuf_str(&c->input), used));
    strbuf_free(&c->input);
    c->input = left;
}

static inline void server_accept(struct server *s)
{
    int fd = accept(s->listener, NULL, NULL);
    int one = 1;
    for (int i = 0; i < SERVER_CLIENTS && fd >= 0; i++) {
        struct server_client *c = &s->clients[i];
        if (c->fd >= 0)
            continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        *c = (struct server_client){.fd = fd, .number = ++s->connections};
        if (++s->open > s->most_open)
            s->most_open = s->open;
        server_say(s, c, "");
        return;
    }
}

static inline void *server_loop(void *context)
{
    struct server *s = context;
    for (;;) {
        struct pollfd fds[SERVER_CLIENTS + 2];
        fds[0] = (struct pollfd){.fd = s->wake[0], .events = POLLIN};
        fds[1] = (struct pollfd){.fd = s->listener, .events = POLLIN};
        for (int i = 0; i < SERVER_CLIENTS; i++)
            fds[i + 2] =
                (struct pollfd){.fd = s->clients[i].fd, .events = POLLIN};
        poll(fds, SERVER_CLIENTS + 2, -1);
        if (fds[0].revents)
            return NULL;
        for (int i = 0; i < SERVER_CLIENTS; i++) {
            if (fds[i + 2].revents && s->clients[i].fd >= 0)
                server_read(s, &s->clients[i]);
        }
        if (fds[1].revents)
            server_accept(s);
    }
}

static inline void server_start(struct server *s)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    for (int i = 0; i < SERVER_CLIENTS; i++)
        s->clients[i].fd = -1;
    if (s->listener < 0 || bind(s->listener, (void *)&address, size) != 0 ||
        listen(s->listener, 64) != 0 || pipe(s->wake) != 0 ||
        getsockname(s->listener, (void *)&address, &size) != 0)
        abort();
    s->port = ntohs(address.sin_port);
    pthread_create(&s->thread, NULL, server_loop, s);
}

/* After this the test may look at what was heard. */
static inline void server_stop(struct server *s)
{
    if (write(s->wake[1], "x", 1) != 1)
        abort();
    pthread_join(s->thread, NULL);
    for (int i = 0; i < SERVER_CLIENTS; i++) {
        if (s->clients[i].fd >= 0)
            server_hang_up(s, &s->clients[i]);
    }
    close(s->listener);
    close(s->wake[0]);
    close(s->wake[1]);
}

static inline void server_free(struct server *s)
{
    strbuf_free(&s->log);
    strbuf_free(&s->to);
    strbuf_free(&s->last);
}

#endif
