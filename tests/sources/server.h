/* A server of this folder's tests. */
#ifndef TESTS_SOURCES_SERVER_H
#define TESTS_SOURCES_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

/* A server on loopback that gives one answer to every connection. */
struct server {
    int listener;
    unsigned port;
    const char *answer;
    char request[4096]; /* the last */
    pthread_t thread;
};

static void *serve(void *context)
{
    struct server *s = context;
    for (;;) {
        int peer = accept(s->listener, NULL, NULL);
        if (peer < 0)
            return NULL;
        ssize_t got = read(peer, s->request, sizeof s->request - 1);
        s->request[got > 0 ? got : 0] = '\0';
        char *answer = mem_copy(s->answer);
        char *port = strstr(answer, "PORT!");
        if (port) {
            char digits[16];
            snprintf(digits, sizeof digits, "%05u", s->port);
            memcpy(port, digits, 5);
        }
        ssize_t put = write(peer, answer, strlen(answer));
        (void)put;
        free(answer);
        close(peer);
    }
}

static void start(struct server *s, const char *answer)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    s->answer = answer;
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->listener, 16), 0);
    getsockname(s->listener, (struct sockaddr *)&at, &length);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct server *s)
{
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
}

#endif
