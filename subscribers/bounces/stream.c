/* Connects to mail servers over TLS, and limits what they may send. */
#include "subscribers/bounces/stream_internal.h"

#include <errno.h>
#include <libetpan/libetpan.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/certificate_internal.h"

struct stream {
    mailstream_low *under; /* TLS */
    mailstream *etpan;     /* reads through us */
    size_t left;
    bool overran;
};

/* ---- between libetpan and its TLS ---- */

static struct stream *stream_of(mailstream_low *low)
{
    return low->data;
}

static ssize_t meter_read(mailstream_low *low, void *bytes, size_t count)
{
    struct stream *stream = stream_of(low);
    if (!stream->left) {
        stream->overran = true;
        return -1;
    }
    if (count > stream->left)
        count = stream->left;
    ssize_t got = mailstream_low_read(stream->under, bytes, count);
    if (got > 0)
        stream->left -= (size_t)got;
    return got;
}

static ssize_t meter_write(mailstream_low *low, const void *bytes, size_t count)
{
    return mailstream_low_write(stream_of(low)->under, bytes, count);
}

static int meter_close(mailstream_low *low)
{
    return mailstream_low_close(stream_of(low)->under);
}

static int meter_fd(mailstream_low *low)
{
    return mailstream_low_get_fd(stream_of(low)->under);
}

static void meter_free(mailstream_low *low)
{
    mailstream_low_free(stream_of(low)->under);
    free(low->data);
    free(low);
}

static void meter_cancel(mailstream_low *low)
{
    mailstream_low_cancel(stream_of(low)->under);
}

static struct mailstream_cancel *meter_get_cancel(mailstream_low *low)
{
    return mailstream_low_get_cancel(stream_of(low)->under);
}

static carray *meter_chain(mailstream_low *low)
{
    return mailstream_low_get_certificate_chain(stream_of(low)->under);
}

static mailstream_low_driver meter = {
    .mailstream_read = meter_read,
    .mailstream_write = meter_write,
    .mailstream_close = meter_close,
    .mailstream_get_fd = meter_fd,
    .mailstream_free = meter_free,
    .mailstream_cancel = meter_cancel,
    .mailstream_get_cancel = meter_get_cancel,
    .mailstream_get_certificate_chain = meter_chain,
};

/* ---- the connection ---- */

static int connect_one(const struct addrinfo *address)
{
    struct timeval timeout = {.tv_sec = MAILBOX_TIMEOUT_S};
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    /* A connect that waits for longer fails, too. */
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static void free_addresses(struct addrinfo **addresses)
{
    if (*addresses)
        freeaddrinfo(*addresses);
}

static bool connect_to(const struct mailbox_place *place, int *fd,
                       struct err *err)
{
    OWNED(free_addresses) struct addrinfo *addresses = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)place->port);
    int code = getaddrinfo(place->host, port, &hints, &addresses);
    if (code)
        return err_set(err, ERR_TEMPORARY, "%s: cannot connect: %s",
                       place->host, gai_strerror(code));
    for (const struct addrinfo *a = addresses; a && *fd < 0; a = a->ai_next)
        *fd = connect_one(a);
    return *fd >= 0 || err_set(err, ERR_TEMPORARY, "%s: cannot connect: %s",
                               place->host, strerror(errno));
}

enum { CHAIN_MAX = 20 };

static bool check_certificate(mailstream_low *low,
                              const struct mailbox_place *place,
                              struct err *err)
{
    struct str chain[CHAIN_MAX];
    size_t count = 0;
    carray *certificates = mailstream_low_get_certificate_chain(low);
    for (unsigned i = 0;
         certificates && i < carray_count(certificates) && count < CHAIN_MAX;
         i++) {
        const MMAPString *one = carray_get(certificates, i);
        chain[count++] = (struct str){one->str, one->len};
    }
    bool good =
        certificate_check(chain, count, place->host, place->ca_file, err);
    if (certificates)
        mailstream_certificate_chain_free(certificates);
    return good;
}

enum { BUFFER_BYTES = 8192 };

bool stream_open(const struct mailbox_place *place, struct stream **out,
                 struct err *err)
{
    int fd = -1;
    if (!connect_to(place, &fd, err))
        return false;
    mailstream_network_delay.tv_sec = MAILBOX_TIMEOUT_S;
    mailstream_network_delay.tv_usec = 0;
    mailstream_low *tls =
        mailstream_low_ssl_open_timeout(fd, MAILBOX_TIMEOUT_S);
    if (!tls) {
        close(fd);
        return err_set(err, ERR_TEMPORARY,
                       "%s: cannot connect: no TLS on port %u", place->host,
                       (unsigned)place->port);
    }
    if (!check_certificate(tls, place, err)) {
        mailstream_low_close(tls);
        mailstream_low_free(tls);
        return false;
    }
    struct stream *stream = MEM_NEW(struct stream);
    stream->under = tls;
    stream->left = STREAM_ANSWER_MAX;
    stream->etpan =
        mailstream_new(mailstream_low_new(stream, &meter), BUFFER_BYTES);
    *out = stream;
    return true;
}

void *stream_etpan(struct stream *stream)
{
    return stream->etpan;
}

void stream_allow(struct stream *stream, size_t bytes)
{
    stream->left = bytes;
}

bool stream_overran(const struct stream *stream)
{
    return stream->overran;
}
