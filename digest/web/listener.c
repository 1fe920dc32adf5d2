/* Opens the socket that the server listens on. */
#include "digest/web/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"

enum { BACKLOG = 512 };

static bool split(const char *text, char **host, char **port, struct err *err)
{
    struct str all = str_of(text);
    size_t colon = all.len;
    while (colon > 0 && all.ptr[colon - 1] != ':')
        colon--;
    unsigned long long number;
    struct str tail = str_from(all, colon);
    if (colon == 0 || !str_to_u64(tail, &number) || number > 65535)
        return err_set(err, ERR_CONFIG,
                       "cannot listen on \"%s\": give ADDRESS:PORT, such as "
                       "127.0.0.1:8080",
                       text);
    struct str name = {all.ptr, colon - 1};
    if (name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        name = (struct str){name.ptr + 1, name.len - 2};
    *host = str_dup(name);
    *port = str_dup(tail);
    return true;
}

static bool fail(const char *text, struct err *err)
{
    int why = errno;
    enum err_kind kind =
        why == EACCES || why == EPERM ? ERR_PERMISSION : ERR_IO;
    return err_set(err, kind, "cannot listen on %s: %s%s", text, strerror(why),
                   why == EADDRINUSE ? "; another program has it, or `digest "
                                       "serve` runs already"
                                     : "");
}

static bool open_at(const struct addrinfo *at, const char *text, int *out,
                    struct err *err)
{
    int on = 1;
    int fd =
        socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return fail(text, err);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, at->ai_addr, at->ai_addrlen) != 0 ||
        listen(fd, BACKLOG) != 0) {
        fail(text, err);
        close(fd);
        return false;
    }
    *out = fd;
    return true;
}

static unsigned port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {.v6 = {0}};
    socklen_t length = sizeof address;
    if (fd < 0 || getsockname(fd, &address.any, &length) != 0)
        return 0;
    in_port_t port = address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                       : address.v4.sin_port;
    return ntohs(port);
}

bool listener_open(const char *text, int *fd, unsigned *port, struct err *err)
{
    OWNED(mem_free) char *host = NULL, *service = NULL;
    if (!split(text, &host, &service, err))
        return false;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int code =
        getaddrinfo(host && *host ? host : NULL, service, &hints, &found);
    if (code != 0)
        return err_set(err, ERR_CONFIG, "cannot listen on %s: %s", text,
                       gai_strerror(code));
    bool good = open_at(found, text, fd, err);
    freeaddrinfo(found);
    if (good)
        *port = port_of(*fd);
    return good;
}
